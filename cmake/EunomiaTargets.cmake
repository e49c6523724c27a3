# SPDX-License-Identifier: Apache-2.0
# How a room of the project becomes a library, and a folder of tests a test program.

set(EUNOMIA_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")

add_library(eunomia_options INTERFACE)
target_compile_features(eunomia_options INTERFACE cxx_std_23)
target_include_directories(eunomia_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(eunomia_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wnon-virtual-dtor -Werror
                       $<$<CONFIG:Release>:-ffunction-sections -fdata-sections>)
target_link_options(eunomia_options INTERFACE $<$<CONFIG:Release>:-Wl,--gc-sections>
                    $<$<BOOL:${EUNOMIA_STANDALONE}>:-static-libstdc++ -static-libgcc>)
if(EUNOMIA_SANITIZE)
  target_compile_options(eunomia_options INTERFACE -fsanitize=${EUNOMIA_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=undefined)
  target_link_options(eunomia_options INTERFACE -fsanitize=${EUNOMIA_SANITIZE})
endif()
# GCC's own headers warn under -fsanitize and -O2 in ways no code of ours causes.
target_compile_options(eunomia_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)

# eunomia_static_library(NAME HEADER header [LINK targets]): target eunomia::NAME, the archive where there is one, else
# the shared library.
function(eunomia_static_library name)
  cmake_parse_arguments(ARG "" "HEADER" "LINK" ${ARGN})
  find_library(EUNOMIA_LIB_${name} NAMES lib${name}.a ${name} REQUIRED)
  find_path(EUNOMIA_INCLUDE_${name} ${ARG_HEADER} REQUIRED)
  add_library(eunomia_dep_${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(eunomia_dep_${name} PROPERTIES IMPORTED_LOCATION ${EUNOMIA_LIB_${name}}
                        INTERFACE_INCLUDE_DIRECTORIES ${EUNOMIA_INCLUDE_${name}}
                        INTERFACE_LINK_LIBRARIES "${ARG_LINK}")
  add_library(eunomia::${name} ALIAS eunomia_dep_${name})
endfunction()

# eunomia_room(NAME SOURCES files... [LINK targets...]): static library eunomia_NAME.
function(eunomia_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(eunomia_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(eunomia_${name} PUBLIC eunomia_options ${ARG_LINK})
endfunction()

# eunomia_unit_tests(NAME SOURCES files... [LINK targets...] [LABELS labels...]): GoogleTest program NAME_tests whose
# tests ctest sees one by one.
function(eunomia_unit_tests name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name}_tests ${ARG_SOURCES})
  target_link_libraries(${name}_tests PRIVATE eunomia_options GTest::gtest GTest::gmock GTest::gtest_main ${ARG_LINK})
  target_precompile_headers(${name}_tests PRIVATE <gtest/gtest.h> <gmock/gmock.h> <string> <vector>)
  target_compile_definitions(${name}_tests PRIVATE EUNOMIA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                       PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
endfunction()
