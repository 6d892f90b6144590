#!/bin/sh
# The unit tests under sanitizers: an access out of bounds, a leak or undefined behaviour ends the
# program. With FULL=1 (`make sanitize`), also all tests that start duyetd.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${FULL:=}" "${PATIENCE_FACTOR:=4}"
export PATIENCE_FACTOR
export BUILD="$BUILD/sanitized"
export ASAN_OPTIONS=strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1

make --no-print-directory -j2 BUILD="$BUILD" SANITIZE=address,undefined DEBUG=1 all units benches >/dev/null
count=0
for source in tests/unit/test_*.c; do
	name=$(basename "$source" .c)
	if ! output=$("$BUILD/tests/unit/$name" 2>&1); then
		echo "$output"
		echo "$name: not clean"
		exit 1
	fi
	count=$((count + 1))
done
echo "$count unit test programs: clean"
if [ "$FULL" ]; then
	/usr/bin/python3 -m pytest -q -rs -p no:cacheprovider tests
fi
