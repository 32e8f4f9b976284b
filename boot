#!/bin/sh
# ./boot: from a fresh clone to the shell prompt of Debian's Linux.
#
#   ./boot                       installs what is missing, builds, fetches the guest, boots
#   ./boot -m 2G -accel ref      rivet's options after that are passed on
#   printf 'uname -a\npoweroff -f\n' | ./boot
#   ./boot debian [...]          Debian 13 on a disk it keeps, guest/cache/debian.img: systemd, a network,
#                                and the current directory at /host; root logs in without a password
#
# The steps speak on stderr, the guest on stdout. Done once, a step is quick and needs no network.
set -eu
system=shell
[ "${1:-}" != debian ] || { system=debian; shift; }
root=$(cd "$(dirname "$0")" && pwd)
. "$root/tools/steps.sh"
. "$root/tools/packages.sh"
. "$root/tools/build.sh"

# shellcheck disable=SC2086 # a list of names
packages_install $build_packages opensbi cpio
if [ -e "$root/build/build.ninja" ]; then
    build release rivet
else
    build release rivet -DRIVET_TESTS=OFF
fi
"$root/guest/fetch"
"$root/guest/initramfs"

if [ "$system" = debian ]; then
    "$root/guest/modules"
    "$root/guest/debian"
    exec "$root/build/rivet" -m 1G -kernel "$root/guest/cache/Image" \
        -initrd "$root/guest/cache/initrd-virtio.cpio.gz" -append "console=ttyS0 root=/dev/vda" \
        -drive "file=$root/guest/cache/debian.img,if=virtio" \
        -netdev user,id=n0 -device virtio-net-device,netdev=n0 -device virtio-rng-device \
        -virtfs local,path="$PWD",mount_tag=host,security_model=mapped-xattr "$@"
fi
exec "$root/build/rivet" -m 1G -kernel "$root/guest/cache/Image" \
    -initrd "$root/guest/cache/initrd.cpio.gz" -append "console=ttyS0" "$@"
