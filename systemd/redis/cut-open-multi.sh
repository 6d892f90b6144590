#!/bin/sh
# Cuts an unfinished transaction from the end of Redis's append-only file.
#
#     cut-open-multi.sh /etc/redis/redis.conf
#
# When Redis (or Valkey) was killed while it wrote a transaction, it cuts the file at the next
# start: after the last complete command of the transaction, and not before its MULTI. What it
# writes then becomes part of that transaction, and the start after that applies both. This script
# runs before a start: where the last append-only file ends in an open MULTI, it saves what begins
# there as FILE.cut-at-OFFSET and cuts the file before the MULTI.
#
# It changes nothing else. It leaves alone a file in use, a file damaged before its end, and any
# file where `aof-load-truncated no` asks for a person. For Redis 7 and later, and Valkey.
# To undo a cut: cat FILE.cut-at-OFFSET >>FILE
#
# Started as root, it becomes the user who owns the file's directory before it reads the file.
set -u
export LC_ALL=C

say() {
	echo "cut-open-multi: $*" >&2
}

unchanged() { # WHY
	say "unchanged $*"
	exit 0
}

fail() {
	say "failed $*"
	exit 1
}

unquote() {
	printf '%s\n' "$1" | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
}

# The lines of a configuration file, and those of an included file in its place.
settings() { # FILE
	while read -r name value || [ -n "$name" ]; do
		case $name in
		include) for file in $(unquote "$value"); do settings "$file"; done ;;
		*) printf '%s %s\n' "$name" "$value" ;;
		esac
	done <"$1"
}

# The last one counts, as Redis reads them.
setting() { # NAME DEFAULT
	value=$(printf '%s\n' "$lines" | sed -n "s/^$1 //Ip" | tail -n 1)
	unquote "${value:-$2}"
}

# Processes that have the file open. In a unit with PrivateUsers=yes only root sees them.
users_of() { # FILE
	find -L /proc/[0-9]*/fd -maxdepth 1 -printf '%D:%i %p\n' 2>/dev/null |
		sed -n "s|^$(stat -c %d:%i "$1") /proc/\([0-9]*\)/.*|\1|p"
}

# The end of the last whole command or transaction. The checker only reads, without --fix.
whole_until() { # FILE
	"$checker" "$1" </dev/null 2>&1 |
		sed -n 's/^AOF analyzed: .* ok_up_to=\([0-9]*\),.*/\1/p' | tail -n 1
}

# What follows OFFSET. 0: MULTI, whole commands, at most the beginning of another, the end of the
# file; this is what a kill leaves. 1: the beginning of one command, which Redis cuts itself.
# 2: anything else, which is damage.
inspect() { # FILE OFFSET
	tail -c +$(($2 + 1)) "$1" | od -An -v -tu1 -w1 | awk '
		function next_byte() {
			if ((getline line) <= 0)
				exit
			return line + 0
		}
		function damage() {
			damaged = 1
			exit
		}
		function expect(byte) {
			if (next_byte() != byte)
				damage()
		}
		function number(digit, value) {
			while ((digit = next_byte()) != 13) {
				if (digit < 48 || digit > 57)
					damage()
				value = value * 10 + digit - 48
			}
			expect(10)
			return value + 0
		}
		function word(left, text) {
			expect(36) # $
			for (left = number(); left > 0; left--)
				text = substr(text sprintf("%c", next_byte()), 1, 6)
			expect(13)
			expect(10)
			return tolower(text)
		}
		function skip_annotations(byte) {
			while ((byte = next_byte()) == 35) # #
				while (next_byte() != 10)
					;
			return byte
		}
		BEGIN {
			for (;; commands++) {
				if (skip_annotations() != 42 || (words = number()) < 1) # *
					damage()
				name = word()
				while (--words > 0)
					word()
				if (name == "exec" || (name == "multi") != (commands == 0))
					damage()
			}
		}
		END { exit damaged ? 2 : commands == 0 }
	'
}

# Saves what is cut before it cuts: a time limit may end this script at any point.
cut_before() { # FILE OFFSET
	saved=$1.cut-at-$2
	size=$(stat -c %s "$1")
	[ ! -e "$saved" ] || fail "file exists already path=$saved"
	if ! { tail -c +$(($2 + 1)) "$1" >"$saved.new" && sync "$saved.new" &&
		mv "$saved.new" "$saved"; }; then
		rm -f "$saved.new"
		fail "cannot save what would be cut path=$saved"
	fi
	if ! { truncate -s "$2" "$1" && sync "$1"; }; then
		fail "cannot cut file=$1"
	fi
	say "cut an unfinished transaction file=$1 from=$2 bytes=$((size - $2)) saved=$saved"
}

# Starts this script again as the owner of the directory, without privileges. Returns if this is
# that user already, or if root is the owner.
become_owner() { # DIRECTORY CONFIG
	owner=$(stat -c %u "$1") || fail "cannot read directory=$1"
	group=$(stat -c %g "$1")
	if [ "$(id -u)" -ne 0 ] || [ "$owner" -eq 0 ]; then
		return
	fi
	exec setpriv --reuid="$owner" --regid="$group" --clear-groups --no-new-privs --inh-caps=-all \
		--bounding-set=-all "$0" "$2"
}

# The last append-only file that the manifest names; none where there is nothing to look at.
last_file() {
	directory=$(setting dir .)/$(setting appenddirname appendonlydir)
	manifest=$directory/$(setting appendfilename appendonly.aof).manifest
	[ -e "$manifest" ] || return 0
	name=$(sed -n 's/^file \(.*\) seq [0-9]* type i\( .*\)*$/\1/p' "$manifest" | tail -n 1)
	[ -z "$name" ] || printf '%s\n' "$directory/$name"
}

[ $# -eq 1 ] || fail 'expected one argument, the configuration file'
lines=$(settings "$1") || fail "cannot read configuration=$1"
[ "$(setting appendonly no)" = yes ] || exit 0
file=$(last_file)
[ -s "$file" ] || exit 0
users=$(users_of "$file")
[ -z "$users" ] || unchanged "the file is in use file=$file pid=$(echo "$users" | head -n 1)"
become_owner "$(dirname "$file")" "$1"
checker=$(command -v redis-check-aof || command -v valkey-check-aof) ||
	fail 'found neither redis-check-aof nor valkey-check-aof'
offset=$(whole_until "$file")
[ -n "$offset" ] || fail "$checker does not say where the file is whole file=$file"
[ "$offset" -lt "$(stat -c %s "$file")" ] || exit 0

inspect "$file" "$offset"
case $? in
0) ;;
1) exit 0 ;;
2) unchanged "the file is damaged before its end: see $checker file=$file from=$offset" ;;
*) fail "cannot read file=$file" ;;
esac
[ "$(setting aof-load-truncated yes)" = yes ] ||
	unchanged "the file ends in an open MULTI, and aof-load-truncated is no file=$file from=$offset"
cut_before "$file" "$offset"
