#!/bin/sh
# ./boot: from a fresh clone to the shell prompt of Debian's Linux.
#
#   ./boot                       installs what is missing, builds, fetches the guest, boots
#   ./boot -m 2G -accel ref      rivet's options after that are passed on
#   printf 'uname -a\npoweroff -f\n' | ./boot
#
# The steps speak on stderr, the guest on stdout. Done once, a step is quick and needs no network.
set -eu
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

exec "$root/build/rivet" -m 1G -kernel "$root/guest/cache/Image" \
    -initrd "$root/guest/cache/initrd.cpio.gz" -append "console=ttyS0" "$@"
