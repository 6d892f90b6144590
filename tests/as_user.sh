#!/bin/sh
# Runs a command as an ordinary user. As root, it gives a copy of the tree and of what is built to
# `nobody` and runs the command there; any other user runs it here.
#
#     tests/as_user.sh tests/stress.py
set -eu
cd "$(dirname "$0")/.."
: "${BUILD:=build}"
[ "$(id -u)" -eq 0 ] || exec "$@"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' INT TERM
tar -c --exclude=./.git --exclude='./build*' . | tar -x -C "$copy"
mkdir "$copy/build"
cp -a "$BUILD/duyetd" "$BUILD/gen" "$BUILD/tests" "$copy/build"
chown -R nobody:nogroup "$copy"
cd "$copy"
setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all \
	env -u TMPDIR HOME="$copy" USER=nobody LOGNAME=nobody BUILD=build "$@"
