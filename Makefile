# SPDX-License-Identifier: Apache-2.0
# A thin front for CMake. The two commands that matter: make run, make test.

JOBS ?= 2
PREFIX ?= /usr
SYSCONFDIR ?= /etc
SUDO := $(shell [ "$$(id -u)" -eq 0 ] || echo sudo)
RELEASE := build/release/eunomia

.PHONY: help run build test bench fuzz format lint clean install

help:
	@echo "make run      install what is missing, build, watch this machine with the default rules (Ctrl-C ends it)"
	@echo "make test     install what is missing, build, run every test"
	@echo "make build    the release binary: $(RELEASE)"
	@echo "make bench    measure the figures of the README and docs/performance.md"
	@echo "make fuzz     fuzz the rule language, FUZZ_SECONDS each (default 3600)"
	@echo "make format   format the sources; make lint checks format and clang-tidy"
	@echo "make install  binary, rules, configuration, systemd unit (honours DESTDIR, PREFIX, SYSCONFDIR)"
	@echo "make clean    remove build/"

run: build
	$(SUDO) $(RELEASE) run -c examples/eunomia.yaml -r rules

build: build/.packages-build
	@cmake --preset release -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DCMAKE_INSTALL_SYSCONFDIR=$(SYSCONFDIR) >build/cmake-release.log || { cat build/cmake-release.log; exit 1; }
	cmake --build --preset release -j$(JOBS)

test: build/.packages-test
	@cmake --preset dev >build/cmake-dev.log || { cat build/cmake-dev.log; exit 1; }
	cmake --build --preset dev -j$(JOBS)
	@cmake --preset fuzz >build/cmake-fuzz.log || { cat build/cmake-fuzz.log; exit 1; }
	cmake --build --preset fuzz -j$(JOBS) --target rules_fuzz condition_fuzz output_fuzz
	ctest --preset dev

BENCH_RULES ?= $(wildcard ../shared/data/falco/falco_rules.yaml)
bench: build/.packages-bench build
	@cmake --preset release -B build/bench -DEUNOMIA_BENCH=ON >build/cmake-bench.log || { cat build/cmake-bench.log; exit 1; }
	cmake --build build/bench -j$(JOBS) --target lang_bench lang_count
	EUNOMIA_BENCH_RULES=$(BENCH_RULES) build/bench/tests/bench/lang_bench
	tests/bench/instructions.sh build/bench/tests/bench/lang_count rules $(BENCH_RULES)
	$(SUDO) tests/bench/run.py

FUZZ_SECONDS ?= 3600
fuzz: build/.packages-test
	@cmake --preset fuzz >build/cmake-fuzz.log || { cat build/cmake-fuzz.log; exit 1; }
	cmake --build --preset fuzz -j$(JOBS) --target rules_fuzz condition_fuzz output_fuzz
	for target in rules condition output; do tests/fuzz/run.sh $$target $(FUZZ_SECONDS) build/fuzz || exit 1; done

format: build/.packages-test
	git ls-files '*.cpp' '*.h' '*.c' | xargs clang-format-19 -i

lint: build/.packages-test
	@cmake --preset dev >build/cmake-dev.log || { cat build/cmake-dev.log; exit 1; }
	ctest --preset dev -L lint

install: build
	DESTDIR=$(DESTDIR) cmake --install build/release --strip

clean:
	rm -rf build

build/.packages-%: packages.txt cmake/install_packages.sh
	@mkdir -p build
	@cmake/install_packages.sh $*
	@touch $@
