#!/bin/sh
# `make install` puts everything where PREFIX and SYSCONFDIR say, writes these paths into the units
# and the manual pages, and keeps files that ops have edited. `make uninstall` removes everything except those files.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

put() { # [TARGET]
	make --no-print-directory BUILD="$BUILD" PREFIX=/opt/duyetd SYSCONFDIR=/opt/etc \
		DESTDIR="$scratch" "${1:-install}"
}

fail() {
	echo "$1"
	exit 1
}

put >/dev/null
"$scratch/opt/duyetd/bin/duyetd" check --rules "$scratch/opt/etc/duyetd/rules" >/dev/null ||
	fail "the installed program does not take the installed rules"
unit=$scratch/opt/duyetd/lib/systemd/system/duyetd.service
grep -q '^ExecStart=/opt/duyetd/bin/duyetd run$' "$unit" || fail "the unit starts another program"
grep -q '^Environment=DUYETD_RULES=/opt/etc/duyetd/rules$' "$unit" || fail "the unit does not name the installed rules"
! grep -q '/usr/bin/duyetd\| /etc/duyetd\|=/etc/duyetd' "$unit" || fail "the unit names other paths"
man=$scratch/opt/duyetd/share/man
grep -q '^\.Pa /opt/duyetd/share/doc/duyetd/duyetd.rules.yml' "$man/man1/duyetd.1" || fail "duyetd(1) does not name the installed duyetd.rules.yml"
grep -q '^\.It Pa /opt/etc/duyetd/duyetd.env$' "$man/man1/duyetd.1" || fail "duyetd(1) does not name the installed duyetd.env"
grep -q '^\.Pa /etc/duyetd/rules$' "$man/man1/duyetd.1" || fail "duyetd(1) does not name /etc/duyetd/rules, the default of --rules"
! grep -r '/usr/share/doc\|/usr/lib/duyetd\|It Pa /etc/duyetd' "$man" || fail "a manual page names other paths"
grep -rho '/opt/[^ ]*' "$man" | while read -r path; do
	[ -e "$scratch$path" ] || case $path in */redis-password) ;; *) fail "a manual page names $path, which is not installed" ;; esac
done
[ -z "$(find "$scratch" -type f ! -path "$scratch/opt/*")" ] || fail "a file was installed outside PREFIX and SYSCONFDIR"

pages=$scratch/opt/duyetd/share/doc/duyetd
find "$pages" -name '*.md' | while read -r page; do
	grep -o '\]([[:alnum:]_./-]*[#)]' "$page" | sed 's/^..//; s/.$//' | while read -r target; do
		[ -e "$(dirname "$page")/$target" ] || fail "$page: a link to $target, which is not installed"
	done
done
[ "$(grep 'sed -E' "$pages/README.md")" = "$(grep 'sed -E' README.md)" ] || fail "a code block was changed"
grep -q '| change the program | src/README.md and' "$pages/README.md" || fail "a link to the source has lost its text"
grep -q '](rules/README.md#after-a-bad-rule)' "$pages/README.md" || fail "a link to an installed page is gone"

rules=$scratch/opt/etc/duyetd/rules/10-site.yaml
echo '# ours' >>"$rules"
put | grep -q 'kept /opt/etc/duyetd/rules/10-site.yaml, .* /opt/etc/duyetd/rules/10-site.yaml.new: ' ||
	fail "it does not say what it kept"
[ "$(tail -n 1 "$rules")" = '# ours' ] || fail "an edited file was overwritten"
cmp -s rules/10-site.yaml "$rules.new" || fail "the shipped file is not beside the edited one"
[ "$(find "$scratch" -name '*.new' | wc -l)" = 1 ] || fail "there are more .new than edited files"

put uninstall | grep -q 'kept /opt/etc/duyetd' || fail "it does not say what stays"
left=$(find "$scratch/opt/duyetd" -type f)
[ -z "$left" ] || fail "left behind: $left"
[ -d "$scratch/opt/duyetd/bin" ] || fail "a directory that others use is gone"
[ -e "$rules" ] || fail "make uninstall removed the rules"
echo "installed twice, edited rules kept; uninstalled"
