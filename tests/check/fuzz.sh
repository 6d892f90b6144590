#!/bin/sh
# Each fuzzer on its seeds and on a fixed run of changes to them, under the sanitizers.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"
build=$BUILD/sanitized
export ASAN_OPTIONS=strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1

runs() {
	case $1 in
	server) echo 150 ;; # a daemon each
	rules) echo 300 ;;  # a compilation each
	*) echo 2000 ;;
	esac
}

make --no-print-directory -j2 BUILD="$build" SANITIZE=address,undefined DEBUG=1 fuzzers >/dev/null
count=0
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	of=${name#fuzz_}
	if ! output=$("$build/tests/fuzz/$name" -runs="$(runs "$of")" -dict="tests/fuzz/dict/$of" \
		"tests/fuzz/seeds/$of" 2>&1); then
		echo "$output"
		echo "$name: not clean"
		exit 1
	fi
	count=$((count + 1))
done
echo "$count fuzzers on seeds and changes to them: clean"
