#!/bin/sh
# Runs under ThreadSanitizer the code that threads share: reloads, freeing old rules, name look-ups,
# judging in several threads. With FULL=1 (`make tsan`), all tests that may start a thread.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${FULL:=}" "${PATIENCE_FACTOR:=8}"
export PATIENCE_FACTOR
export BUILD="$BUILD/tsan" TSAN_OPTIONS=halt_on_error=1:exitcode=66

if ! echo 'int main(void) { return 0; }' | ${CC:-cc} -fsanitize=thread -x c -o /dev/null - 2>/dev/null; then
	echo "no ThreadSanitizer here"
	exit 77
fi
if [ "$FULL" ]; then
	tests='tests/system tests/faults/test_protocol.py'
else
	tests='tests/system/test_reload.py tests/system/test_run_options.py::test_tcp_and_a_database
		tests/system/test_judge.py::test_judge_answers_line_by_line'
fi
make --no-print-directory -j2 BUILD="$BUILD" SANITIZE=thread DEBUG=1 all >/dev/null
# shellcheck disable=SC2086 # a list of words is what it is
/usr/bin/python3 -m pytest -q -p no:cacheprovider $tests
