#!/bin/sh
# The suite on Debian 13, once with Redis 8 and once with Valkey; `make test-debian13` calls it.
#
#     tests/debian13.sh [NAME]     all tests, or those whose file or name has NAME in it
#
# The system lies in $BUILD/debian13 and is kept for the next run; what is built stays in it too.
# Its mounts and its processes end with the run, since they are in namespaces of their own.
# Environment: REDIS_SERVER runs only this server; MIRROR is another Debian mirror.
set -eu
cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${MIRROR:=http://deb.debian.org/debian}"
root=$(mkdir -p "$BUILD/debian13" && realpath "$BUILD/debian13")/root
servers=${REDIS_SERVER:-redis-server valkey-server}

skip() { # WHY
	echo "debian13: $1"
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
}

# Services of packages that are installed must not start: this policy refuses all.
make_root() {
	echo "debian13: debootstrap into $root, some minutes"
	rm -rf "$root.new"
	debootstrap --variant=minbase --include=make trixie "$root.new" "$MIRROR" \
		>"$BUILD/debian13/debootstrap.log" 2>&1 || {
		tail -n 5 "$BUILD/debian13/debootstrap.log"
		skip "debootstrap failed, see $BUILD/debian13/debootstrap.log; is $MIRROR reached?"
	}
	printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
	chmod 755 "$root.new/usr/sbin/policy-rc.d"
	mv "$root.new" "$root"
}

# The files of this tree replace those of the last run, except what was built.
copy_tree() {
	mkdir -p "$root/duyetd"
	find "$root/duyetd" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	tar -c --exclude='./build*' --exclude=./.git . | tar -x --no-same-owner -C "$root/duyetd"
}

enter() { # COMMAND: by sh in the chroot, as its root
	unshare --mount --pid --fork --kill-child sh -eu -c '
		mount -t proc proc "$1/proc"
		mount -t tmpfs tmpfs "$1/dev/shm"
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
		mount --bind "$1/dev/pts/ptmx" "$1/dev/ptmx"
		exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -c "$2"' sh "$root" "$1"
}

[ "$(id -u)" -eq 0 ] || skip 'needs root, for debootstrap and chroot'
command -v debootstrap >/dev/null || skip 'needs debootstrap: apt-get install debootstrap'
[ -d "$root" ] || make_root
copy_tree
status=0
for server in $servers; do
	echo "debian13: $server"
	enter "cd /duyetd && export REDIS_SERVER=$server PATIENCE_FACTOR=${PATIENCE_FACTOR:-1} &&
		make deps && $server --version && make -j$(nproc) test ONLY='${1-}'" || status=1
done
exit $status
