# jcad: one non-recursive makefile; everything it makes is under build/.
#   make demo    install what is missing, build, play the guided tour
#   make check   install what is missing, build, run every test
#   make bench | fuzz SECONDS=60 | asan | lint | install DESTDIR= PREFIX=
# MODE=debug (default) | asan | clang | release | fuzz picks the flags and
# build/MODE. ONLY=name runs only the test programs with that in the name.

MODE ?= debug
PREFIX ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
B := build/$(MODE)
SHELL := /bin/bash

PKGS := libesmtp-dev libetpan-dev libical-dev libconfig-dev libcmocka-dev \
  libsqlite3-dev libssl-dev zlib1g-dev gcc make tzdata \
  pkg-config python3
TEST_PKGS := postfix dovecot-core dovecot-lmtpd dovecot-imapd swaks \
  python3-dkim python3-icalendar opendkim-tools jing trang libxml2-utils \
  universal-ctags mandoc clang clang-format libjansson-dev

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wcast-qual \
  -Wpointer-arith -Wvla -Wundef -Wformat=2 -Wimplicit-fallthrough \
  -Wswitch-enum -Wconversion -Wno-sign-conversion -Werror
HARD := -fno-common -fstack-protector-strong -fstack-clash-protection -fPIE
GCCW := -Wlogical-op -Wduplicated-cond -Wduplicated-branches \
  -Wnull-dereference -Walloca
CC_debug := gcc
OPT_debug := -O2 -g -D_FORTIFY_SOURCE=2 $(GCCW)
CC_release := gcc
OPT_release := -O2 -g -DNDEBUG -D_FORTIFY_SOURCE=2 $(GCCW)
CC_clang := clang
OPT_clang := -O1 -g
CC_asan := gcc
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
  -fno-omit-frame-pointer
CC_fuzz := clang
OPT_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link \
  -fno-sanitize-recover=all -fno-omit-frame-pointer
CC := $(CC_$(MODE))
CPPFLAGS := -std=c11 -D_GNU_SOURCE -Idaemon -I. -I$(B)/gen
CFLAGS := $(OPT_$(MODE)) $(WARN) $(HARD)
LDFLAGS := $(filter -fsanitize%,$(OPT_$(MODE))) -pie -rdynamic
LDLIBS := -lesmtp -letpan -lical -lconfig -lsqlite3 -lssl -lcrypto -ldl \
  -lpthread
ifeq ($(MODE),asan)
export ASAN_OPTIONS ?= detect_leaks=1:abort_on_error=1
export UBSAN_OPTIONS ?= print_stacktrace=1
endif

SRC := $(filter-out daemon/main/jcad%,$(wildcard daemon/*/*.c))
OBJ := $(SRC:daemon/%.c=$(B)/obj/%.o) $(B)/gen/embedded.o
MAIN := $(patsubst daemon/main/%.c,$(B)/obj/main/%.o,$(wildcard daemon/main/*.c))
UNIT := $(patsubst tests/unit/%_test.c,$(B)/unit/%,$(wildcard tests/unit/*_test.c))
SCENARIO := $(if $(wildcard tests/scenario/*.c),$(B)/scenario)
FUZZ := $(patsubst tests/fuzz/%_fuzz.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c))
PLUGINS := $(patsubst plugins/%/,$(B)/plugins/%.so,$(wildcard plugins/*/))
EMBED := $(wildcard conf/schema/*.sql) $(wildcard conf/templates/*/*.txt)

.PHONY: all programs tests deps demo check ci unit scenario replay system \
  asan compile-clang lint man fuzz tests-fuzz bench install clean
.SECONDARY:
.DELETE_ON_ERROR:

all: programs
	@mkdir -p build && ln -sfn $(MODE)/bin build/bin && ln -sfn $(MODE)/plugins build/plugins
programs: $(B)/bin/jcad $(B)/bin/jcadctl $(PLUGINS)
tests: $(UNIT) $(SCENARIO) $(FUZZ)

deps:
	@tools/deps $(PKGS) -- $(TEST_PKGS)
demo:
	@tools/deps $(PKGS) && $(MAKE) --no-print-directory -j2 all && tools/demo
check ci:
	@tools/deps $(PKGS) -- $(TEST_PKGS) || { echo "0 passed, 1 failed"; exit 1; }
	@tools/runtests build:debug build:asan lint man unit:debug \
	  scenario:debug unit:asan scenario:asan replay:asan system:debug
unit: $(UNIT)
scenario: $(SCENARIO)
replay: $(FUZZ)
system: all
unit scenario replay system:
	@tools/runtests $@:$(MODE)
lint man:
	@tools/runtests $@
asan:
	@tools/runtests build:asan unit:asan scenario:asan replay:asan
compile-clang:
	@$(MAKE) --no-print-directory MODE=clang programs tests
fuzz:
	@$(MAKE) --no-print-directory MODE=fuzz tests-fuzz
	@SECONDS=$(SECONDS) tools/runtests fuzz:fuzz
tests-fuzz: $(FUZZ)
bench:
	@$(MAKE) --no-print-directory MODE=release all && tests/bench/run
install:
	@$(MAKE) --no-print-directory MODE=release programs
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/jcad share/jcad include)
	install -m 755 build/release/bin/* $(DESTDIR)$(PREFIX)/bin
	install -m 755 build/release/plugins/*.so $(DESTDIR)$(PREFIX)/lib/jcad
	install -m 644 plugins/jcad_plugin.h $(DESTDIR)$(PREFIX)/include
	install -m 644 conf/*.sample $(DESTDIR)$(PREFIX)/share/jcad
	for p in man/*.[1-9]; do install -D -m 644 $$p \
	  $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/} || exit; done

$(B)/gen/embedded.c: tools/embed $(EMBED)
	@mkdir -p $(@D)
	@tools/embed $(EMBED) > $@.tmp && mv $@.tmp $@
$(B)/gen/embedded.o: $(B)/gen/embedded.c
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(B)/obj/%.o: daemon/%.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/libjcad.a: $(OBJ)
	@rm -f $@ && ar rcs $@ $^
$(B)/bin/jcad: $(B)/obj/main/jcad.o $(B)/libjcad.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $< $(B)/libjcad.a $(LDLIBS)
$(B)/bin/jcadctl: $(B)/obj/main/jcadctl.o $(B)/libjcad.a
	@mkdir -p $(@D)
	@echo "  LD $@"
	@$(CC) $(LDFLAGS) -o $@ $< $(B)/libjcad.a $(LDLIBS)
$(B)/plugins/%.so: plugins/%/*.c plugins/jcad_plugin.h $(wildcard plugins/*/*.h)
	@mkdir -p $(@D)
	@echo "  SO $@"
	@$(CC) -std=c11 -D_GNU_SOURCE -Iplugins $(filter-out -fPIE,$(CFLAGS)) \
	  -fPIC -fvisibility=hidden -shared -o $@ $(filter %.c,$^)
$(B)/unit/%: $(B)/tests/unit/%_test.o $(B)/tests/test.o $(B)/libjcad.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ -lcmocka -ljansson $(LDLIBS)
$(filter $(B)/unit/plug_%,$(UNIT)): | $(PLUGINS)
$(B)/scenario: $(patsubst tests/%.c,$(B)/tests/%.o,$(wildcard tests/scenario/*.c)) $(B)/libjcad.a
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/fuzz/%: $(B)/tests/fuzz/%_fuzz.o $(B)/libjcad.a \
  $(if $(filter fuzz,$(MODE)),,$(B)/tests/fuzz/replay.o)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) -o $@ \
	  $(filter %.o,$^) $(B)/libjcad.a $(LDLIBS)

clean:
	rm -rf build

-include $(wildcard $(B)/obj/*/*.d $(B)/tests/*.d $(B)/tests/*/*.d)
