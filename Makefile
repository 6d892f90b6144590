# duyetd: comment moderation for Vietnamese sites.
#
#   make            build build/duyetd
#   make help       what else there is
#
# Variables: CC=clang  DEBUG=1  SANITIZE=address,undefined  WERROR=1  BUILD=DIR  V=1
# After a change of one of them, the objects that depend on it are built again.

VERSION    := 0.1.0
BUILD      ?= build
# BUILD may be given as an absolute path; it is made relative, so that both names mean the same
# targets. The path of this tree may contain blanks, and make separates lists by blanks: so the
# path is first removed as text.
override BUILD := $(subst $(CURDIR)/,,$(BUILD))
ifneq ($(words $(BUILD)),1)
$(error BUILD is "$(BUILD)": expected a directory without a blank in its path)
endif
ifeq ($(words $(CURDIR)),1)
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
endif
PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
PACKAGES   := libevent_core hiredis icu-uc libpcre2-8 libhs yaml-0.1 libmd libpsl
PYTHON     := /usr/bin/python3
# rediss:// needs hiredis 1.0 or later; Debian 12 has 0.14.
TLS        := $(shell pkg-config --exists hiredis_ssl openssl 2>/dev/null && echo hiredis_ssl openssl)
PACKAGES   += $(TLS)

# ---- flags ----------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	    -Wpointer-arith -Wwrite-strings -Wformat=2 -Wvla \
	    -Wno-missing-field-initializers $(if $(WERROR),-Werror)
CFLAGS   ?= $(if $(DEBUG),-Og,-O2) -g
HARDEN   := -fPIE -fstack-protector-strong -fstack-clash-protection \
	    $(if $(SANITIZE)$(DEBUG),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
SAN      := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
override CPPFLAGS += -D_GNU_SOURCE $(if $(TLS),-DDUYETD_TLS) $(if $(SANITIZE),-DDUYETD_SANITIZED) -DDUYETD_VERSION='"$(VERSION)"' -Isrc -I$(BUILD)/gen \
		     $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
override CFLAGS   += -std=c11 $(WARNINGS) $(HARDEN) $(SAN) -pthread '-ffile-prefix-map=$(CURDIR)=.'
override LDFLAGS  += -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(SAN) -pthread
LDLIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lm

# ---- what is built from what ----------------------------------------------------------
# Generated headers are in $(BUILD)/gen. src/DIR/mkNAME.c is a program that prints the header NAME.h.
# src/DIR/NAME.lua becomes NAME.lua.h: the script's text and its SHA-1 as string literals, with
# common.lua inserted at the line `-- include common.lua`.
# Folders of src/ may have subfolders, one level deep.
in        = $(foreach dir,$1,$(wildcard src/$(dir)/$2 src/$(dir)/*/$2))
MAKERS   := $(call in,*,mk*.c)
CORE_SRC := $(filter-out $(MAKERS),$(call in,base text link rules,*.c))
LOOP_SRC := $(filter-out $(MAKERS),$(call in,redis monitor queue command,*.c))
UNIT_SRC := $(wildcard tests/unit/*.c)
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o)
LOOP_OBJ := $(LOOP_SRC:%.c=$(BUILD)/%.o)
MAIN_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/*.c))
UNITS    := $(UNIT_SRC:%.c=$(BUILD)/%)
FUZZERS  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES  := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
GEN      := $(patsubst mk%.c,$(BUILD)/gen/%.h,$(notdir $(MAKERS))) \
	    $(patsubst %,$(BUILD)/gen/%.h,$(filter-out common.lua,$(notdir $(call in,*,*.lua))))

Q   := $(if $(V),,@)
say  = $(if $(V),,@echo '  $1')

all: $(BUILD)/duyetd ## build build/duyetd (this is what plain `make` does)
	@echo 'Built $<. Next: `make demo` shows it at work, `make test` proves it,' \
	      '`make help` lists the rest.'

$(BUILD)/duyetd: $(MAIN_OBJ) $(BUILD)/libloop.a $(BUILD)/libduyet.a
	$(call say,LINK  $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The judging core: no Redis, no event loop. The daemon, the tests, the fuzzers and the
# benchmarks share it.
$(BUILD)/libduyet.a: $(CORE_OBJ)
# Redis and the commands: for the daemon and for the tests of their parts.
$(BUILD)/libloop.a: $(LOOP_OBJ)
$(BUILD)/%.a:
	$(call say,AR    $@)
	@mkdir -p $(@D); rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libloop.a $(BUILD)/libduyet.a
	@mkdir -p $(@D)
	$(call say,TEST  $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(LDLIBS) -lcmocka

# Driven by libFuzzer if it is compiled in, else by a program that replays the seeds.
FUZZ_MAIN := $(if $(findstring fuzzer,$(SANITIZE)),-fsanitize=fuzzer,$(BUILD)/tests/fuzz/replay.o)
$(BUILD)/tests/fuzz/fuzz_json: LDLIBS += -ljansson
$(BUILD)/tests/fuzz/fuzz_prefilter $(BUILD)/tests/unit/test_prefilter: $(BUILD)/tests/fuzz/pattern_maker.o
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(filter %.o,$(FUZZ_MAIN)) \
		$(BUILD)/libloop.a $(BUILD)/libduyet.a
	$(call say,FUZZ  $@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter-out %.o,$(FUZZ_MAIN)) $^ $(LDLIBS)

# tests/bench/NAME.c is $(BUILD)/bench/NAME.
$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libloop.a $(BUILD)/libduyet.a
	@mkdir -p $(@D)
	$(call say,BENCH $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $(filter-out %.h,$^) $(LDLIBS)

vpath %.lua $(sort $(dir $(call in,*,*.lua)))
vpath mk%.c $(sort $(dir $(MAKERS)))
$(BUILD)/mk%: mk%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC    $<)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-sign-conversion $(LDFLAGS) -o $@ $(filter %.c,$^) $(LDLIBS) $(MKLIBS)

# The Unicode tables are generated from the data of the installed ICU.
$(BUILD)/mkcodepoints: src/text/letter.c src/text/letter.h src/text/glyph.h src/text/codepoint.h
$(BUILD)/mkcodepoints: MKLIBS = $(shell pkg-config --libs icu-i18n)

$(BUILD)/gen/%.h: $(BUILD)/mk%
	@mkdir -p $(@D)
	$(call say,GEN   $@)
	$(Q)$< >$@.new && mv $@.new $@

$(BUILD)/gen/%.lua: %.lua common.lua Makefile
	@mkdir -p $(@D)
	$(Q)sed -e '/^-- include common.lua$$/{' -e 'r $(filter %common.lua,$^)' -e 'd' -e '}' $< >$@

$(BUILD)/gen/%.lua.h: $(BUILD)/gen/%.lua
	$(call say,LUA   $(notdir $<))
	$(Q)sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $< >$@
	$(Q)sha1sum $< | sed 's/ .*/"/; s/^/, "/' >>$@

# Rewritten only when the flags differ from those that the objects were built with.
$(BUILD)/flags: export FLAGS = $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(LDLIBS)
$(BUILD)/flags: FORCE
	@pkg-config --exists --print-errors $(PACKAGES) || \
		{ echo 'Libraries are missing. On Debian, `tests/deps.sh build` installs them.' >&2; exit 1; }
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || printf '%s\n' "$$FLAGS" >$@

# ---- for people -----------------------------------------------------------------------
deps: ## install the missing Debian packages, with the reason for each
	@tests/deps.sh

demo: ## a demonstration: comments, their verdicts, a moderator's decision
	@tests/deps.sh demo
	@$(MAKE) --no-print-directory all >/dev/null
	@BUILD=$(BUILD) tests/demo/demo.sh

test: deps ## run every test; ONLY=NAME: those whose name contains NAME, or the folder NAME of tests/
	@$(MAKE) --no-print-directory all units benches
	@BUILD=$(BUILD) $(PYTHON) tests/run.py $(ONLY)

test-stress: deps ## repeat the tests that depend on the order of events: ONLY=NAME ROUNDS=20 MODES=abcd
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) ROUNDS=$(ROUNDS) MODES=$(MODES) $(PYTHON) tests/stress.py $(ONLY)

test-debian13: ## the tests on Debian 13, with Redis 8 and with Valkey; needs root and debootstrap
	@BUILD=$(BUILD) tests/debian13.sh $(ONLY)

test-systemd: ## the package on a Debian that boots with its own systemd; needs root and debootstrap
	@BUILD=$(BUILD) $(PYTHON) -m pytest -q -rs -p no:cacheprovider tests/systemd/live.py $(if $(ONLY),-k $(ONLY))

units: $(UNITS)
	@:
fuzzers: $(FUZZERS)
benches: $(BENCHES)

SECONDS ?= 60
fuzz: ## run each fuzzer of tests/fuzz for SECONDS=60; ONLY=NAME: those whose name contains NAME
	@BUILD=$(BUILD) tests/fuzz/run.sh $(SECONDS) $(ONLY)

# Set in the environment: else a check that calls make would build everything again.
coverage: export BUILD := $(BUILD)/coverage
coverage: export CC := gcc
coverage: export CFLAGS := -Og -g --coverage -fprofile-update=atomic
coverage: export LDFLAGS := --coverage
coverage: ## the lines of src/ that the tests do not run, and the share of each file that they do; ONLY=NAME: some tests
	@find $(BUILD) -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) --no-print-directory all units benches fuzzers
	@$(if $(ONLY),,tests/fuzz/replay.sh)
	@$(PYTHON) tests/run.py $(ONLY) || [ $$? = 1 ]
	@rm -f *.gcno *.gcda # left by commands that compile and link in one step
	@$(PYTHON) tests/coverage.py $(BUILD)

install: $(BUILD)/duyetd ## install into PREFIX (/usr/local) and SYSCONFDIR (/etc), below DESTDIR
	@BUILD=$(BUILD) PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) DESTDIR=$(DESTDIR) systemd/install.sh

uninstall: ## remove what make install put into PREFIX; settings and rules stay
	@PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) DESTDIR=$(DESTDIR) systemd/install.sh remove

deb: ## build the package build/duyetd_VERSION_ARCH.deb
	@tests/deps.sh build
	@$(MAKE) --no-print-directory $(BUILD)/duyetd
	@BUILD=$(BUILD) VERSION=$(VERSION) systemd/deb/build.sh

bench: $(BUILD)/duyetd $(BENCHES) ## measure the speed, print the aims next to the figures; 15 minutes, ONLY=drains,everyday FULL=1 SHORT=1 BASE=REV
	@BUILD=$(BUILD) ONLY="$(ONLY)" FULL=$(FULL) SHORT=$(SHORT) $(if $(filter undefined,$(origin BASE)),,BASE="$(BASE)") \
		$(PYTHON) tests/bench/bench.py

bench-guard: $(BUILD)/duyetd $(BUILD)/bench/load $(BUILD)/bench/judge ## compare the speed of this tree and of BASE=REV: ONLY=judge,load,drain,everyday,memory ROUNDS=N FULL=1
	@BUILD=$(BUILD) CC="$(CC)" BASE="$(BASE)" ONLY="$(ONLY)" ROUNDS=$(ROUNDS) FULL=$(FULL) $(PYTHON) tests/bench/guard.py

bench-judge: $(BUILD)/bench/judge ## the cost of judging: by stage, length, rules, hostile texts
	@$<

soak: $(BUILD)/duyetd ## random faults: MINUTES=60 or ROUNDS=100, SEED=7; prints how to repeat a failure
	@BUILD=$(BUILD) $(PYTHON) tests/faults/soak.py \
		$(if $(ROUNDS),--rounds $(ROUNDS),--minutes $(or $(MINUTES),10)) $(if $(SEED),--seed $(SEED))

isolation: $(BUILD)/duyetd ## the time until a verdict while one part is abused, compared with no abuse; ONLY=NAME
	@MEASURE=1 BUILD=$(BUILD) $(PYTHON) -m pytest -q -s -p no:cacheprovider tests/system/test_under_abuse.py \
		$(if $(ONLY),-k $(ONLY)) -m "not timing"

quality: $(BUILD)/duyetd ## how well it judges: CORPORA=DIR (laid out as tests/quality/quality.py says), VERBOSE=1
	@BUILD=$(BUILD) $(PYTHON) tests/quality/quality.py "$(CORPORA)" $(if $(VERBOSE),-v)

sanitize: ## run every test under AddressSanitizer and UBSan; some minutes
	@FULL=1 BUILD=$(BUILD) CC="$(CC)" tests/check/sanitizers.sh

tsan: ## run the tests with threads under ThreadSanitizer; a few minutes
	@FULL=1 BUILD=$(BUILD) CC="$(CC)" tests/check/threads.sh

valgrind: $(BUILD)/duyetd ## run the daemon under valgrind; a few minutes
	@FULL=1 BUILD=$(BUILD) tests/check/leaks.sh

lint: $(BUILD)/flags $(GEN) ## clang-format, shellcheck, cppcheck, clang-tidy and gcc's -fanalyzer
	@CPPFLAGS="$(filter-out -DDUYETD_VERSION%,$(CPPFLAGS))" tests/lint.sh

format: ## clang-format over src/ and tests/
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@echo 'make [TARGET] [CC=clang] [DEBUG=1] [SANITIZE=address,undefined] [WERROR=1] [BUILD=DIR] [V=1]'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16 | sed 's/^/  /'

-include $(wildcard $(BUILD)/*.d $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/src/*/*/*.d $(BUILD)/tests/*/*.d $(BUILD)/bench/*.d)
.PHONY: all test-stress test-debian13 test-systemd quality isolation soak coverage fuzz fuzzers sanitize tsan valgrind deps demo test units bench benches bench-guard bench-judge install uninstall deb lint format clean help FORCE
# What is built on the way to something else and kept. Without names, .SECONDARY would hold for every
# file: a missing object would then be no reason to build its library again.
.SECONDARY: $(patsubst %.c,$(BUILD)/%,$(notdir $(MAKERS))) $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fuzz/*.c)) \
	    $(filter %.lua,$(GEN:.h=))
.DELETE_ON_ERROR:
