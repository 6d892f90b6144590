#!/bin/sh
# gcc and clang, if installed, have no warnings.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"

for compiler in gcc clang; do
	command -v $compiler >/dev/null || continue
	make --no-print-directory -j2 BUILD="$BUILD/warnings-$compiler" CC=$compiler WERROR=1 \
		SANITIZE='' DEBUG='' all units >/dev/null
	echo "$compiler: no warnings"
done
