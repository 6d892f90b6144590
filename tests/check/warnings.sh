#!/bin/sh
# gcc and clang compile the program, the unit tests and the benchmarks without a warning. A compiler that
# is not installed is left out.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"

for compiler in gcc clang; do
	command -v $compiler >/dev/null || continue
	make --no-print-directory -j2 BUILD="$BUILD/warnings-$compiler" CC=$compiler WERROR=1 \
		SANITIZE='' DEBUG='' all units benches >/dev/null
	echo "$compiler: no warnings"
done
