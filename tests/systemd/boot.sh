#!/bin/sh
# Boots a copy of a Debian system with its own systemd, in namespaces of its own.
#
#     boot.sh BASE SCRATCH
#
# BASE is not changed: what the system writes goes to SCRATCH, a directory for this boot. Mounts,
# processes and network belong to the namespaces and end with this process. The script starts itself
# twice, with a third argument: `cgroup` in a mount namespace, then `boot` in all the others.
set -eu
base=$1 scratch=$2
root=$scratch/root cgroups=$scratch/cgroups

case ${3-} in
'')
	exec unshare --mount --propagation private "$0" "$base" "$scratch" cgroup
	;;
cgroup)
	# Moves into a new cgroup below the current one; systemd sees it as the root. At the end it is
	# removed, and with it the cgroups that systemd made in it.
	mkdir -p "$cgroups" "$root"
	mount -t cgroup2 cgroup2 "$cgroups"
	here=$cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)
	tr ' ' '\n' <"$here/cgroup.controllers" | while read -r controller; do
		echo "+$controller" >"$here/cgroup.subtree_control" 2>/dev/null || true
	done
	group=$here/duyetd-test-$$
	mkdir "$group"
	echo $$ >"$group/cgroup.procs"
	unshare --pid --mount --uts --ipc --net --cgroup --fork --kill-child "$0" "$base" "$scratch" boot &
	trap 'kill -9 $!' TERM INT
	wait $! || true
	echo $$ >"$here/cgroup.procs"
	while grep -q '^populated 1' "$group/cgroup.events"; do
		sleep 0.1
	done
	find "$group" -depth -type d -exec rmdir {} +
	;;
boot)
	mount -t tmpfs tmpfs "$scratch"
	mkdir "$scratch/upper" "$scratch/work" "$root"
	mount -t overlay -o "lowerdir=$base,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$root"
	mount -t proc proc "$root/proc"
	mount -t sysfs sysfs "$root/sys"
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
	mount -t tmpfs tmpfs "$root/run"
	mount -t tmpfs tmpfs "$root/tmp"
	mount -t tmpfs -o mode=755 tmpfs "$root/dev"
	for device in null zero full random urandom tty; do
		touch "$root/dev/$device"
		mount --bind "/dev/$device" "$root/dev/$device"
	done
	ln -s /proc/self/fd "$root/dev/fd"
	mkdir "$root/dev/pts" "$root/dev/shm" "$root/before"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
	ln -s pts/ptmx "$root/dev/ptmx"
	mount -t tmpfs tmpfs "$root/dev/shm"
	hostname duyetd-test
	cd "$root"
	pivot_root . before
	# The root is shared, as systemd makes it outside a container: credentials are mounted in another
	# mount namespace, and are not seen in this one otherwise.
	exec chroot . /bin/sh -c 'umount -l /before && mount --make-rshared / &&
		exec env -i container=duyetd-test /lib/systemd/systemd --show-status=no'
	;;
esac
