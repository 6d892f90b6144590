#!/usr/bin/env bash
# A demonstration: a private Redis, the daemon, some comments, their verdicts, and the moderators' view.
# It ends by itself and removes its files; it exits with 1 if a verdict differs from the one in
# comments.txt.
set -euo pipefail
cd "$(dirname "$0")/../.."
daemon=$(realpath "${BUILD:-build}/duyetd")
server=${REDIS_SERVER:-redis-server}
dir=$(mktemp -d "${TMPDIR:-/tmp}/duyetd-demo.XXXXXX")
redis_pid='' daemon_pid=''

finish() {
	[ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
	[ -z "$daemon_pid" ] || wait "$daemon_pid" || true
	[ -z "$redis_pid" ] || kill "$redis_pid" 2>/dev/null || true
	[ -z "$redis_pid" ] || wait "$redis_pid" || true
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -t 1 ]; then
	bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
	bold='' dim='' red='' green='' plain=''
fi

cli() { "${server%-server}-cli" --raw -s "$dir/redis.sock" "$@"; }
show() { # a command as one would type it, then what it prints
	local word line=''
	for word; do
		case $word in
		*[' *']*) line+=" '$word'" ;;
		*) line+=" $word" ;;
		esac
	done
	printf '\n%s$ redis-cli --raw%s%s\n' "$bold" "$line" "$plain"
	cli "$@"
}

until_ready() { # WHAT COMMAND...: waits for it, a minute at most
	local what=$1 tries=600
	shift
	until "$@" >/dev/null 2>&1; do
		if ! ((tries--)); then
			echo "$what does not answer" >&2
			cat "$dir"/*.log >&2
			exit 1
		fi
		sleep 0.1
	done
}

start() {
	"$server" --port 0 --unixsocket "$dir/redis.sock" --dir "$dir" --save '' \
		--appendonly no >"$dir/redis.log" &
	redis_pid=$!
	until_ready Redis cli PING
	"$daemon" run --redis "unix://$dir/redis.sock" --rules rules 2>"$dir/daemon.log" &
	daemon_pid=$!
	until_ready duyetd grep -q '^redis: reached' "$dir/daemon.log"
}

# Waits for the verdict after entry $1; fills the array `verdict` and the variable `last`.
declare -A verdict
read_verdict() {
	local name value
	mapfile -t lines < <(cli XREAD COUNT 1 BLOCK 60000 STREAMS comments:verdicts "$1")
	if ((${#lines[@]} < 4)); then
		echo "No verdict within a minute. The daemon's log:" >&2
		cat "$dir/daemon.log" >&2
		exit 1
	fi
	last=${lines[1]} verdict=()
	set -- "${lines[@]:2}"
	while (($# >= 2)); do
		name=$1 value=$2 verdict[$name]=$value
		shift 2
	done
}

submit_all() {
	local expected shows text number=0 colour wrong=0
	last=0
	while IFS='|' read -r expected shows text; do
		number=$((number + 1))
		cli XADD comments:submitted '*' id "c$number" text "$text" author "reader$number" >/dev/null
		read_verdict "$last"
		[ "${verdict[verdict]}" = approve ] && colour=$green || colour=$red
		printf '\n%s%s: %s%s\n%s\n' "$dim" "${verdict[id]}" "$shows" "$plain" "$text"
		printf '  %s%s%s%s\n' "$colour" "${verdict[verdict]}" "$plain" "${verdict[rules]:+  ${verdict[rules]}}"
		[ -z "${verdict[reason]}" ] || printf '  %s\n' "${verdict[reason]}"
		if [ "${verdict[verdict]}" != "$expected" ]; then
			echo "  expected: $expected" >&2
			wrong=$((wrong + 1))
		fi
	done < <(grep -v '^#' tests/demo/comments.txt)
	return $((wrong > 0))
}

start
echo "${bold}Comments and their verdicts, from the stream comments:verdicts${plain}"
wrong=0
submit_all || wrong=1

printf '\n%s\n' "${bold}What a moderator sees${plain}"
show XREVRANGE comments:rejected + - COUNT 3
show HGETALL comments:rejected:c8

printf '\n%s\n' "${bold}A moderator approves a rejected comment, and the site gets the new verdict${plain}"
show XADD comments:review '*' id c8 verdict approve by lan note 'đúng chủ đề'
read_verdict "$last"
show XREVRANGE comments:verdicts + - COUNT 1
show HGETALL comments:stats
exit $wrong
