#!/bin/sh
# Installs duyetd; `make install` calls it. Everything goes below DESTDIR: programs and pages
# into PREFIX, settings and rules into SYSCONFDIR. A file there that differs is kept, and
# the shipped one is put beside it as FILE.new.
#
#     systemd/install.sh [remove]   removes the files in PREFIX and keeps those in SYSCONFDIR
set -eu
: "${BUILD:=build}" "${PREFIX:=/usr/local}" "${SYSCONFDIR:=/etc}" "${DESTDIR:=}"
cd "$(dirname "$0")/.."
action=${1-}

put() { # MODE FILE TARGET-DIRECTORY
	[ "$action" != remove ] || { rm -f "$DESTDIR$3/$(basename "$2")" && return; }
	install -D -m "$1" "$2" "$DESTDIR$3/$(basename "$2")"
}

put_setting() { # FILE TARGET-DIRECTORY
	target=$DESTDIR$2/$(basename "$1")
	if [ ! -e "$target" ]; then
		install -D -m 644 "$1" "$target"
	elif ! cmp -s "$1" "$target"; then
		install -m 644 "$1" "$target.new"
		file=${target#"$DESTDIR"}
		echo "kept $file, which differs from the shipped file $file.new: take over what you need, then delete the .new file"
	fi
}

put_with_paths() { # FILE TARGET-DIRECTORY WHERE-IT-NAMES-SYSCONFDIR
	put 644 "$1" "$2"
	[ "$action" = remove ] || sed -i "s|/usr/bin/duyetd|$PREFIX/bin/duyetd|g; $3s|/etc/duyetd|$SYSCONFDIR/duyetd|g
		s|/usr/lib/duyetd|$PREFIX/lib/duyetd|g; s|/usr/share/doc|$PREFIX/share/doc|g" "$DESTDIR$2/$(basename "$1")"
}

put_unit() { # FILE TARGET-DIRECTORY
	put_with_paths "$1" "$2" ''
}

put_man() { # SECTION FILE
	# SYSCONFDIR replaces /etc only in the lists of files: elsewhere /etc/duyetd/rules is the
	# default that is compiled into the program.
	put_with_paths "$2" "$PREFIX/share/man/man$1" '/^\.It Pa/'
}

put 755 "$BUILD/duyetd" "$PREFIX/bin"
put_man 1 systemd/man/duyetd.1
put_man 5 systemd/man/duyetd-rules.5
put_man 7 systemd/man/duyetd-redis.7
put 644 systemd/completion/duyetd "$PREFIX/share/bash-completion/completions"
put 644 systemd/completion/_duyetd "$PREFIX/share/zsh/site-functions"
put 644 systemd/redis/duyetd.acl "$PREFIX/share/doc/duyetd"
put 755 systemd/redis/cut-open-multi.sh "$PREFIX/lib/duyetd"
put 644 systemd/prometheus/duyetd.rules.yml "$PREFIX/share/doc/duyetd"
put 644 systemd/prometheus/duyetd-dashboard.json "$PREFIX/share/doc/duyetd"
put 644 LICENSE "$PREFIX/share/doc/duyetd"

# A link to a file that is not installed becomes plain text.
unlink_absent() { # PAGE
	grep -o '\]([[:alnum:]_./-]*[#)]' "$1" | sed 's/^..//; s/.$//' | sort -u | while read -r target; do
		[ -e "$(dirname "$1")/$target" ] || sed -i "s|\[\([^]]*\)\](${target}[^)]*)|\1|g" "$1"
	done
}

# At the same places as in the source, so that links from page to page work.
for page in README.md rules/README*.md systemd/README*.md; do
	put 644 "$page" "$PREFIX/share/doc/duyetd/$(dirname "$page")"
done
for client in tests/clients/*; do
	put 755 "$client" "$PREFIX/share/doc/duyetd/tests/clients"
done

[ "$action" = remove ] || find "$DESTDIR$PREFIX/share/doc/duyetd" -name '*.md' | while read -r page; do
	unlink_absent "$page"
done

for unit in systemd/*.service; do
	put_unit "$unit" "$PREFIX/lib/systemd/system"
done
for server in redis valkey; do
	put_unit "systemd/redis/$server-server.service.d/duyetd.conf" "$PREFIX/share/doc/duyetd/$server-server.service.d"
done

if [ "$action" = remove ]; then
	find "$DESTDIR$PREFIX/share/doc/duyetd" "$DESTDIR$PREFIX/lib/duyetd" -type d -empty -delete
	echo "kept $SYSCONFDIR/duyetd: remove it if its settings and rules are no longer needed"
	exit
fi

put_setting systemd/duyetd.env "$SYSCONFDIR/duyetd"
(cd rules && find . -type f ! -name '.*' ! -name '*.md' | sed 's|^\./||') | sort | while read -r file; do
	put_setting "rules/$file" "$(dirname "$SYSCONFDIR/duyetd/rules/$file")"
done
