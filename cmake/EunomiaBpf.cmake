# SPDX-License-Identifier: Apache-2.0
# BPF C → one linked CO-RE object → a skeleton header that embeds it.

find_program(EUNOMIA_BPF_CLANG NAMES clang-19 clang REQUIRED)
find_program(EUNOMIA_BPFTOOL NAMES bpftool HINTS /usr/sbin REQUIRED)

# eunomia_bpf_skeleton(NAME SOURCES files...): interface target NAME that provides "NAME.skel.h".
function(eunomia_bpf_skeleton name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name})
  file(MAKE_DIRECTORY ${dir})
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bpf/*.h)
  set(objects)
  foreach(source ${ARG_SOURCES})
    string(REGEX REPLACE "[/.]" "_" base ${source})
    set(object ${dir}/${base}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${EUNOMIA_BPF_CLANG} -target bpf -mcpu=v3 -D__bpf__ -D__TARGET_ARCH_x86 -g -O2 -Wall -Wextra -Werror
              -Wno-unused-parameter -Wno-address-of-packed-member -I${CMAKE_SOURCE_DIR}
              -I${EUNOMIA_INCLUDE_bpf} -c ${CMAKE_SOURCE_DIR}/${source} -o ${object}
      DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${headers}
      COMMENT "BPF ${source}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  add_custom_command(
    OUTPUT ${dir}/${name}.skel.h
    COMMAND ${EUNOMIA_BPFTOOL} gen object ${dir}/${name}.o ${objects}
    COMMAND ${EUNOMIA_BPFTOOL} gen skeleton ${dir}/${name}.o name ${name} > ${dir}/${name}.skel.h
    DEPENDS ${objects} COMMENT "BPF skeleton ${name}" VERBATIM)
  add_custom_target(${name}_generate DEPENDS ${dir}/${name}.skel.h)
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_generate)
  target_include_directories(${name} SYSTEM INTERFACE ${dir})
  target_link_libraries(${name} INTERFACE eunomia::bpf)
endfunction()
