#!/bin/sh
# The linters over the whole tree: `make lint` calls it with CC and CPPFLAGS. Says what is
# not installed, and fails where one of the others has something to say.
set -u
cd "$(dirname "$0")/.." || exit
status=0
sources=$(git ls-files 'src/*.c')

lint() { # TOOL ARGUMENTS...
	if ! command -v "$1" >/dev/null; then
		echo "$1 is not installed: left out"
		return
	fi
	echo "== $1"
	"$@" || status=1
}

# gcc 12 loses what a grown list holds and calls it leaked; ASan and valgrind watch for leaks.
analyzer() {
	for source; do
		# shellcheck disable=SC2086 # CPPFLAGS is a list of words
		gcc -std=c11 -O1 -fanalyzer -Wno-analyzer-malloc-leak -Werror $CPPFLAGS -c -o /dev/null "$source" || return
	done
}

# Versions differ in what they would change: 14 is Debian 12's.
format() {
	case $(clang-format --version 2>/dev/null) in
	*'version 14.'*) ;;
	'') echo 'clang-format is not installed: left out' && return ;;
	*) echo 'clang-format is not version 14: left out' && return ;;
	esac
	lint clang-format --dry-run --Werror "$@" # what it says, make format mends
}

# shellcheck disable=SC2086,SC2046 # lists of words is what they are
{
	format $(git ls-files '*.c' '*.h')
	lint shellcheck -S warning $(git ls-files '*.sh' .ci/run)
	lint cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr -D_GNU_SOURCE -Isrc -I"${BUILD:-build}/gen" $sources
	lint clang-tidy --quiet --warnings-as-errors='*' $sources -- -std=c11 $CPPFLAGS
	lint analyzer $sources
}
exit $status
