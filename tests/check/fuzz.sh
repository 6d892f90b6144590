#!/bin/sh
# Each fuzzer on its seeds and on a fixed run of changes to them, under the sanitizers.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}/sanitized
export BUILD ASAN_OPTIONS=strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1

make --no-print-directory -j2 BUILD="$BUILD" SANITIZE=address,undefined DEBUG=1 fuzzers >/dev/null
exec tests/fuzz/replay.sh
