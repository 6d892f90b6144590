#!/bin/sh
# The daemon under valgrind: it reads no uninitialised memory and leaks nothing, from its start to its
# end, with verdicts, good and bad reloads and reviews. With FULL=1 (`make valgrind`) it also recovers
# from faults.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${FULL:=}" "${PATIENCE_FACTOR:=8}"
export PATIENCE_FACTOR
export DAEMON_WRAPPER='valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible'

if ! command -v valgrind >/dev/null; then
	echo "no valgrind here"
	exit 77
fi
if grep -q __asan_init "$BUILD/duyetd"; then
	echo "$BUILD/duyetd is built with a sanitizer, which valgrind cannot run"
	exit 77
fi
if [ "$FULL" ]; then
	tests='tests/system/test_verdict.py tests/system/test_reload.py tests/system/test_review.py
		tests/system/test_malformed.py tests/system/test_recovery.py tests/system/test_faults.py'
	# Without tests that depend on time: everything takes ten times as long here. Without the test in
	# which the daemon ends while a thread runs: the thread's memory counts as possibly lost.
	others='not test_memory and not frozen and not idle_daemon and not at_random and not looked_up'
else
	tests='tests/system/test_reload.py tests/system/test_verdict.py tests/system/test_review.py'
	others='a_reload_replaces or a_reload_with_errors or a_rejection_has or a_held_comment_is or test_held or test_overturn'
fi
# shellcheck disable=SC2086 # a list of words is what it is
/usr/bin/python3 -m pytest -q -p no:cacheprovider -k "$others" $tests
