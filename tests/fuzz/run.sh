#!/bin/sh
#     tests/fuzz/run.sh SECONDS [NAME]
#
# Runs each fuzzer fuzz_*.c, or those whose name contains NAME, for SECONDS with libFuzzer (clang).
# Interesting inputs are kept in $BUILD/fuzz/corpus for the next run. Failing inputs are kept in
# $BUILD/fuzz/broken. One that was copied to tests/fuzz/seeds/NAME is replayed by `make test`.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"
seconds=$1
build=$BUILD/fuzz

if ! command -v clang >/dev/null; then
	echo 'Fuzzing needs clang: tests/deps.sh ci installs it' >&2
	exit 1
fi
if ! ls tests/fuzz/fuzz_*"${2:-}"*.c >/dev/null 2>&1; then
	echo "fuzz: ONLY=$2: no fuzzer has this in its name" >&2
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
		"$build/corpus/$of" "tests/fuzz/seeds/$of" >"$build/$of.log" 2>&1 && failed= || failed=1
	grep -E 'ERROR|does not hold|runtime error|Test unit|^Done' "$build/$of.log" || true
	[ -z "$failed" ] || echo "All of it is in $build/$of.log. To try an input again: $build/tests/fuzz/$name INPUT"
	broken=${failed:-$broken}
done
exit $broken
