#!/bin/sh
# What the slowest texts cost compared with prose, in executed basic blocks: tests/unit/test_worst.c.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
BUILD=${BUILD#"$PWD"/}/counted # relative, as the Makefile's targets are

mkdir -p "$BUILD"
cc -O1 -fPIE -c -o "$BUILD/steps.o" tests/check/steps.c
make --no-print-directory -j2 BUILD="$BUILD" SANITIZE='' LDFLAGS="$BUILD/steps.o" \
	CFLAGS='-O1 -g -fsanitize-coverage=trace-pc' "$BUILD/tests/unit/test_worst" >/dev/null
output=$("$BUILD/tests/unit/test_worst" 2>&1) || { echo "$output"; exit 1; }
echo "$output" | grep 'steps a byte'
