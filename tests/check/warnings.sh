#!/bin/sh
# gcc and clang, if installed, have no warnings. This builds the benchmarks too, which nothing else
# of the suite does.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"

for compiler in gcc clang; do
	command -v $compiler >/dev/null || continue
	make --no-print-directory -j2 BUILD="$BUILD/warnings-$compiler" CC=$compiler WERROR=1 \
		SANITIZE='' DEBUG='' all units benches >/dev/null
	echo "$compiler: no warnings"
done
