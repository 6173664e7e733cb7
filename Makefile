# SPDX-License-Identifier: MIT
# A thin front of Meson, so that two commands are all that a newcomer needs: make demo, make test.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
INSTALL_BUILD ?= build-install
# For a build of another kind: arguments of `meson setup`, and which tests to run (all).
SETUP ?=
TESTS ?=
# Tests and the demo use what an installation holds, from a place of its own.
STAGE = $(CURDIR)/$(BUILD)/stage
PLUGIN = $(STAGE)/usr/local/bin/plugin

.PHONY: all demo test test-musl test-aarch64 test-hosts test-debian fuzz coverage bench html abi dist stage install uninstall format check-format clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@tools/install-packages build
	meson setup $(SETUP) $(BUILD)

stage: all
	@DESTDIR=$(STAGE) meson install -C $(BUILD) --no-rebuild --quiet

demo: stage
	@mkdir -p $(BUILD)/demo
	$(PLUGIN) build -buildmode=plugin -o $(BUILD)/demo/plugin_name.so examples/seed/plugin_name.c
	$(PLUGIN) build -o $(BUILD)/demo/host examples/seed/host.c
	cd $(BUILD)/demo && ./host

test:
	@tools/install-packages test
	@$(MAKE) --no-print-directory $(BUILD)/build.ninja
	meson configure $(BUILD) -Dtests=true
	@$(MAKE) --no-print-directory stage
	tests/run $(BUILD) $(TESTS)

# What hosts do with another C library, and on another machine, emulated.
test-musl test-aarch64: test-%:
	@tools/install-packages $*
	@$(MAKE) --no-print-directory stage
	tests/cross/run $* $(BUILD)-$* $(STAGE)/usr/local $(TESTS)

# Real hosts with their modules: verdicts against what happens. HOSTS="nginx bash" for some.
HOSTS ?=
test-hosts:
	@tools/install-packages hosts
	@$(MAKE) --no-print-directory stage
	tests/hosts/run $(PLUGIN) $(BUILD)-hosts $(HOSTS)

# The Debian packages, built in a new Debian system; installed and used in others.
test-debian:
	@tools/install-packages debian
	tests/debian/run $(BUILD)-debian

# Each target for its share of so many minutes, all by clang's libFuzzer.
MINUTES ?= 10
FUZZ_BUILD ?= build-fuzz
FUZZ_TARGETS ?= elf dynamic meta btf packed rules fit module gofile stamp signature crossing
fuzz:
	@tools/install-packages fuzz
	test -f $(FUZZ_BUILD)/build.ninja || CC=clang meson setup -Dfuzz=true \
		-Db_sanitize=address,undefined -Db_lundef=false $(FUZZ_BUILD)
	ninja -C $(FUZZ_BUILD) $(FUZZ_TARGETS:%=fuzz/fuzz_%)
	fuzz/run $(FUZZ_BUILD) $(MINUTES) $(FUZZ_TARGETS)

# Lines and branches of src/ that the unit tests and these reach.
COVERED ?= corpora starved_corpora library library_built_in language_built_in packages packages_inits \
	packages_modules refuse misfit deferred check built_in stamp stamp_compilers stamp_refused stamp_symbols \
	inspect compatibility trust go go_inspect starved
COVERAGE = test BUILD=build-coverage SETUP="-Db_coverage=true -Dbuildtype=debug"
coverage:
	@tools/install-packages coverage
	-$(MAKE) --no-print-directory $(COVERAGE) TESTS="--suite unit"
	-$(MAKE) --no-print-directory $(COVERAGE) TESTS="$(COVERED)"
	gcovr --root . --filter 'src/' --object-directory build-coverage --print-summary \
		--txt build-coverage/coverage.txt --html-details build-coverage/coverage.html

# Ratios against peers, in one run: docs/performance.md.
bench:
	@tools/install-packages bench
	@$(MAKE) --no-print-directory stage
	PLUGIN=$(PLUGIN) bench/run.sh $(BUILD)/bench

# The documentation as a site: open build/html/index.html.
html:
	@tools/install-packages html
	tools/make-site $(BUILD)/html

# The dump of the binary interface, of a release: test `abi` compares later libraries with it.
abi: stage
	tools/abi dump $(BUILD)/src

# The tarball of a release, from the last commit. KEY=FILE, a secret key of minisign, signs it.
KEY ?=
dist: $(if $(KEY),stage)
	tools/dist $(abspath $(BUILD)/dist) $(if $(KEY),$(PLUGIN) $(abspath $(KEY)))

# The prefix is part of the library's pkg-config file and of the command, hence a build of its own.
install:
	@tools/install-packages build
	test -f $(INSTALL_BUILD)/build.ninja || meson setup $(INSTALL_BUILD)
	meson configure $(INSTALL_BUILD) -Dprefix=$(abspath $(PREFIX)) -Dbuildtype=release $(SETUP)
	ninja -C $(INSTALL_BUILD)
	DESTDIR=$(abspath $(DESTDIR)) meson install -C $(INSTALL_BUILD) --no-rebuild --quiet
	@test -n "$(DESTDIR)" || tools/after-install \
		"$$(pkg-config --variable=libdir $(INSTALL_BUILD)/meson-private/plugin.pc)"

# Removes what the last `make install` installed.
uninstall:
	@test -f $(INSTALL_BUILD)/meson-logs/install-log.txt || { \
		echo "$(INSTALL_BUILD) has no record of an installation; run make install again, with the same PREFIX"; exit 1; }
	ninja -C $(INSTALL_BUILD) uninstall

# The seed's example is as its documents show it.
FORMATTED = include/*.h include/*.hpp src/*/*.[ch] go-bridge/*.[ch] stamp/*.[ch] stamp/*/*.[ch] worker/*.[ch] cmd/*.[ch] cmd/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch] tests/languages/cpp/*.cc examples/cpp/*.cc bench/*/*.[ch] fuzz/*.[ch] fuzz/*/*.[ch]
format:
	clang-format -i $(FORMATTED)

check-format:
	clang-format --dry-run -Werror $(FORMATTED)

clean:
	rm -rf build build-*
