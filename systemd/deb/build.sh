#!/bin/sh
# Makes BUILD/duyetd_VERSION_ARCH.deb from the files of `make install`; `make deb` calls it.
# The same sources give the same bytes: all times are SOURCE_DATE_EPOCH, by default the time
# of the last commit.
set -eu
export LC_ALL=C TZ=UTC
umask 022
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${VERSION:?}"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)}"
export SOURCE_DATE_EPOCH

arch=$(dpkg --print-architecture)
package=$BUILD/duyetd_${VERSION}_$arch.deb
root=$BUILD/deb/root
doc=$root/usr/share/doc/duyetd
rm -rf "$BUILD/deb"
mkdir -p "$root/DEBIAN" "$BUILD/deb/debian"

BUILD=$BUILD PREFIX=/usr SYSCONFDIR=/etc DESTDIR=$root systemd/install.sh
strip --strip-unneeded --remove-section=.comment "$root/usr/bin/duyetd"
mv "$doc/LICENSE" "$doc/copyright"
sed -i 's|](LICENSE)|](copyright)|' "$doc/README.md"
gzip -9n "$root"/usr/share/man/*/*

# The packages of the libraries that the binary is linked with, and the lowest versions that work.
printf 'Source: duyetd\n\nPackage: duyetd\nArchitecture: any\n' >"$BUILD/deb/debian/control"
binary=$(realpath "$root/usr/bin/duyetd")
depends=$(cd "$BUILD/deb" && dpkg-shlibdeps -O "$binary" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')

sed -e "s/@VERSION@/$VERSION/; s/@ARCH@/$arch/; s/@DEPENDS@/$depends/" \
	-e "s/@SIZE@/$(du -k -s --apparent-size "$root/usr" | cut -f1)/" \
	systemd/deb/control >"$root/DEBIAN/control"
(cd "$root" && find etc -type f | sort | sed 's|^|/|') >"$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f | sort | xargs md5sum) >"$root/DEBIAN/md5sums"
install -m 755 systemd/deb/postinst systemd/deb/prerm systemd/deb/postrm "$root/DEBIAN"

chmod -R u=rwX,go=rX "$root"
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
rm -rf "$BUILD/deb"
echo "Built $package. Next: apt install ./$package"
