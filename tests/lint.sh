#!/bin/sh
# The linters over the whole tree: `make lint` calls it with CC and CPPFLAGS. Lists linters that are not
# installed, and fails if another one reports something.
set -u
cd "$(dirname "$0")/.." || exit
status=0
sources=$(git ls-files 'src/*.c') || exit
version='-DDUYETD_VERSION="lint"'
stderr=$(mktemp) || exit
trap 'rm -f "$stderr"' EXIT

present() { # TOOL
	if command -v "$1" >/dev/null; then
		echo "== $1"
	else
		echo "$1 is not installed: left out"
		return 1
	fi
}

lint() { # TOOL ARGUMENTS...
	present "$1" || return
	"$@" || status=1
}

# Runs the tool on each source by itself, on all cores. {} stands for the source.
lint_each() { # TOOL ARGUMENTS...
	present "$1" || return
	printf '%s\n' "$sources" | xargs -P "$(nproc)" -I '{}' "$@" || status=1
}

# Versions format differently: 14 is Debian 12's.
format() {
	case $(clang-format --version 2>/dev/null) in
	*'version 14.'*) ;;
	'') echo 'clang-format is not installed: left out' && return ;;
	*) echo 'clang-format is not version 14: left out' && return ;;
	esac
	lint clang-format --dry-run --Werror "$@" # make format corrects what it reports
}

# shellcheck disable=SC2086,SC2046 # lists of words is what they are
{
	format $(git ls-files '*.c' '*.h')
	lint shellcheck -S warning $(git ls-files '*.sh' .ci/run)
	lint cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--inline-suppr -D_GNU_SOURCE -Isrc -I"${BUILD:-build}/gen" $sources
	# For each source clang-tidy counts, on stderr, the warnings of the headers of libraries, which are not shown.
	lint_each clang-tidy --quiet --warnings-as-errors='*' '{}' -- -std=c11 "$version" $CPPFLAGS 2>"$stderr"
	sed '/^[0-9]* warnings\{0,1\} generated\.$/d' "$stderr" >&2
	# Wrongly, gcc 12 reports a leak of what a reallocated list points to. ASan and valgrind find real leaks.
	lint_each gcc -std=c11 -O1 -fanalyzer -Wno-analyzer-malloc-leak -Werror "$version" $CPPFLAGS -c -o /dev/null '{}'
}
exit $status
