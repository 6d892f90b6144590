#!/bin/sh
#     tests/fuzz/run.sh SECONDS [NAME]
#
# Fuzzes each of fuzz_*.c, or those whose name contains NAME, for this time with libFuzzer (clang).
# Interesting inputs are kept in $BUILD/fuzz/corpus for the next run. Failing inputs are kept in
# $BUILD/fuzz/broken; to try one again, name it:
#
#	build/fuzz/tests/fuzz/fuzz_comment build/fuzz/broken/comment-crash-…
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"
seconds=$1
build=$BUILD/fuzz

if ! command -v clang >/dev/null; then
	echo 'Fuzzing needs clang: tests/deps.sh ci installs it' >&2
	exit 1
fi
make --no-print-directory -j2 BUILD="$build" CC=clang DEBUG=1 \
	SANITIZE=fuzzer-no-link,address,undefined fuzzers
mkdir -p "$build/broken"
broken=0
for source in tests/fuzz/fuzz_*"${2:-}"*.c; do
	name=$(basename "$source" .c)
	of=${name#fuzz_}
	mkdir -p "$build/corpus/$of"
	echo "== $of, $seconds s"
	"$build/tests/fuzz/$name" -max_total_time="$seconds" -timeout=20 -print_final_stats=1 \
		-artifact_prefix="$build/broken/$of-" -dict="tests/fuzz/dict/$of" \
		"$build/corpus/$of" "tests/fuzz/seeds/$of" >"$build/$of.log" 2>&1 || broken=1
	grep -E 'ERROR|does not hold|runtime error|Test unit|^Done' "$build/$of.log" || true
done
exit $broken
