#!/bin/sh
# Each fuzzer of $BUILD on its seeds and on a fixed run of changes to them.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"

runs() {
	case $1 in
	server) echo 150 ;; # each run starts a daemon
	rules) echo 300 ;;  # each run compiles rules
	*) echo 2000 ;;
	esac
}

count=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	of=${name#fuzz_}
	if ! output=$("$BUILD/tests/fuzz/$name" -runs="$(runs "$of")" -dict="tests/fuzz/dict/$of" \
		"tests/fuzz/seeds/$of" 2>&1); then
		echo "$output"
		echo "$name: not clean"
		exit 1
	fi
	count=$((count + 1))
done
echo "$count fuzzers on seeds and changes to them: clean"
