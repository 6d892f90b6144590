#!/bin/sh
# The path of the tree may contain a blank. The path of BUILD below it may not, and make says so.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tree="$scratch/a tree"

fail() {
	echo "$1"
	cat "$scratch/log"
	exit 1
}

mkdir "$tree"
cp -R Makefile src tests "$tree"
cd "$tree"
make --dry-run BUILD=build all units >"$scratch/log" 2>&1 || fail "make --dry-run fails"
! grep -q Circular "$scratch/log" || fail "make drops a dependency"
for build in build "$tree/build"; do
	make BUILD="$build" build/src/base/buf.o >"$scratch/log" 2>&1 || fail "make fails with BUILD=$build"
	[ -f build/src/base/buf.o ] || fail "BUILD=$build is another directory"
done
if make BUILD='b c' >"$scratch/log" 2>&1; then
	fail "make takes a BUILD that it cannot use"
fi
grep -q 'BUILD is "b c": expected a directory without a blank' "$scratch/log" || fail "make does not say why"
echo "builds in a tree whose path has a blank"
