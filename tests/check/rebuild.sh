#!/bin/sh
# make builds again what is missing or new, and nothing else.
#
# The compiler is a stub that writes an empty program, so this tests only what make decides.
set -eu
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
	echo "$1"
	cat "$scratch/log"
	exit 1
}

run_make() {
	make -j2 CC="$scratch/cc" BUILD=build all fuzzers >"$scratch/log" 2>&1 || fail "make fails"
}

# Fails unless the last make built exactly these.
expect() {
	sed -n 's/^  [A-Z]* *//p' "$scratch/log" | sort >"$scratch/built"
	printf '%s\n' "$@" | sed '/^$/d' | sort | cmp -s - "$scratch/built" || fail "expected that make builds: $*"
}

cat >"$scratch/cc" <<'EOF'
#!/bin/sh
while [ "$1" != -o ]; do
	shift
done
echo '#!/bin/sh' >"$2"
chmod +x "$2"
EOF
chmod +x "$scratch/cc"
mkdir "$scratch/tree"
cp -R Makefile src tests "$scratch/tree"
cd "$scratch/tree"
run_make
run_make
expect ''

fuzzers=$(find build/tests/fuzz -name 'fuzz_*' ! -name '*.o')
# A library that is newer than all its objects, one of which is missing: as when a source file was
# added while make was running.
rm build/src/rules/kind/length.o
touch build/libduyet.a
run_make
# shellcheck disable=SC2086 # one argument for each fuzzer
expect src/rules/kind/length.c build/libduyet.a build/duyetd $fuzzers
: >src/rules/kind/new.c
run_make
# shellcheck disable=SC2086
expect src/rules/kind/new.c build/libduyet.a build/duyetd $fuzzers
rm build/duyetd
run_make
expect build/duyetd
run_make
expect ''
echo "make builds what is missing or new, and nothing else"
