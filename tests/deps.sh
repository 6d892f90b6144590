#!/bin/sh
# Installs the Debian packages that duyetd needs and that are missing; first lists them with the reason.
# Does and prints nothing if none is missing.
#
# REDIS_SERVER names the Redis of the demo and of the tests: redis-server, valkey-server or a path.
#
#     tests/deps.sh           what building and testing need
#     tests/deps.sh build     what building alone needs
#     tests/deps.sh demo      what building and the demo need
#     tests/deps.sh ci        what all checks need: more compilers and tools
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

# package            what it is for
needed() {
	cat <<-'END'
	build-essential      a C compiler, make and the C library's headers
	pkg-config           finds the libraries below
	libevent-dev         the event loop
	libhiredis-dev       speaks to Redis
	libssl-dev           rediss:// (TLS), if hiredis supports it
	libicu-dev           Unicode: normal forms, letters, scripts
	libpcre2-dev         the patterns that ops write
	libhs-dev            finds all phrases and patterns in one pass
	libyaml-dev          reads the rule files, keeps line and column
	libpsl-dev           which names are domains: the Public Suffix List
	libmd-dev            SHA-256, for the id of the rule set
	redis-server         the Redis of the demo and of the tests, private on a unix socket
	libcmocka-dev        tests: the parts in C
	libjansson-dev       tests: another reader of JSON, to compare ours with
	openssl              tests: certificates, for rediss://
	python3              tests: the daemon as a whole, and the clients in Python
	python3-pytest       tests: the daemon as a whole
	python3-redis        tests: the daemon as a whole, and the clients in Python
	procps               tests: pgrep, the children of a process
	jq                   tests: the moderator's commands for many comments
	php-cli              tests: the clients in PHP
	php-redis            tests: the clients in PHP
	nodejs               tests: the clients in Node
	node-redis           tests: the clients in Node
	systemd              tests: how far the units restrict the daemon
	mandoc               tests: the manual pages
	clang                ci: what another compiler warns of; fuzzing
	libclang-rt-dev      ci: what clang links to sanitizers and fuzzers
	llvm                 ci: the names of functions in what sanitizers and fuzzers report
	prometheus           ci: promtool, over metrics and alerts
	valgrind             ci: leaks
	END
}

# libhs has two implementations with one interface: Vectorscan runs on more machines.
libhs() {
	if has libhyperscan-dev; then
		echo libhyperscan-dev
	else
		case $(dpkg --print-architecture) in
		amd64 | arm64 | ppc64el) echo libvectorscan-dev ;;
		*) echo libhyperscan-dev ;;
		esac
	fi
}

has() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Valkey has its own package; a server that is installed already needs none.
server() {
	server=${REDIS_SERVER:-redis-server}
	command -v "$server" >/dev/null || basename "$server"
}

# Prints the lines of needed() that are for this use.
wanted() {
	case ${1-} in
	build) needed | sed '/ tests:/d; / ci:/d; /^redis-server /d' ;;
	demo) needed | sed '/ tests:/d; / ci:/d' ;;
	ci) needed ;;
	*) needed | sed '/ ci:/d' ;;
	esac
}

missing() {
	wanted "$@" | while read -r package why; do
		case $package in
		libhs-dev) package=$(libhs) ;;
		redis-server) package=$(server) ;;
		esac
		[ -z "$package" ] || has "$package" || printf '%-20s %s\n' "$package" "$why"
	done
}

missing=$(missing "$@")
[ -n "$missing" ] || exit 0
echo "duyetd needs these Debian packages, which are not installed:"
echo "$missing" | sed 's/^/  /'

if ! command -v apt-get >/dev/null; then
	echo "There is no apt-get, so nothing was installed. Install the packages above with this system's own" \
		"package manager, where their names may differ." >&2
	exit 0
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "Only root can install them, and there is no sudo: run \`make deps\` as root." >&2
		exit 1
	fi
	sudo="sudo DEBIAN_FRONTEND=$DEBIAN_FRONTEND"
fi

echo "apt-get installs them now."
packages=$(echo "$missing" | sed 's/ .*//')
# shellcheck disable=SC2086 # a list of words is what they are
if ! said=$({ $sudo apt-get -qq update &&
	$sudo apt-get -qq -y --no-install-recommends install $packages; } 2>&1); then
	echo "$said" >&2
	exit 1
fi
