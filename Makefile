# duyetd: comment moderation for Vietnamese sites.
#
#   make            build build/duyetd
#   make help       what else there is

CC       ?= gcc
BUILD    ?= build
PREFIX   ?= /usr/local
PACKAGES := libevent_core libevent_extra hiredis icu-uc libpcre2-8 libhs yaml-0.1 jansson libpsl

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	    -Wpointer-arith -Wwrite-strings -Wformat=2 -Wvla
CFLAGS   ?= $(if $(DEBUG),-Og,-O2) -g
HARDEN   := -fstack-protector-strong -fPIE $(if $(SANITIZE)$(DEBUG),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
SAN      := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all)
override CPPFLAGS += -D_GNU_SOURCE -Isrc -I$(BUILD)/gen $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
override CFLAGS   += -std=c11 $(WARNINGS) $(HARDEN) $(SAN) -pthread
override LDFLAGS  += -pie -Wl,-z,relro,-z,now $(SAN) -pthread
LDLIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

CORE_SRC := $(wildcard src/base/*.c src/text/*.c src/rules/*.c)
MAIN_SRC := $(wildcard src/*.c src/queue/*.c src/command/*.c)
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o)
MAIN_OBJ := $(MAIN_SRC:%.c=$(BUILD)/%.o)

all: $(BUILD)/duyetd

# The judging core: no Redis, no event loop. The daemon, the tests, the fuzzers and the
# benchmarks share it.
$(BUILD)/libduyet.a: $(CORE_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/duyetd: $(MAIN_OBJ) $(BUILD)/libduyet.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

clean:
	rm -rf $(BUILD)

-include $(CORE_OBJ:.o=.d) $(MAIN_OBJ:.o=.d)
.PHONY: all clean
