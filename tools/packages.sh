# tools/packages.sh: packages of the host's distribution, and of Debian for another architecture.
#
# Sourced after tools/steps.sh.
#
#   packages_install NAME...        installs what is missing, as root or through sudo; silent and
#                                   offline when nothing is.
#   packages_first NAME...          prints the first of them that this release has.
#   packages_foreign ARCH           prepares a package client of its own under guest/cache/apt-ARCH:
#                                   Debian 13 for ARCH, nothing of the host's configuration touched.
#   packages_download ARCH DIR NAME...
#                                   fetches Debian 13's packages into DIR; the client checks signatures.

foreign_suite=trixie

packages_missing() {
    installed=$(dpkg-query -W -f "\${db:Status-Status} \${Package}\n" "$@" 2>/dev/null || true)
    for package in "$@"; do
        printf "%s\n" "$installed" | grep -qxF "installed $package" || printf "%s " "$package"
    done
}

packages_first() {
    for package in "$@"; do
        [ -z "$(apt-cache -q show "$package" 2>/dev/null)" ] || { printf "%s\n" "$package"; return; }
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo env DEBIAN_FRONTEND=noninteractive "$@"; fi
}

packages_install() {
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "missing packages: $missing(install them, or run as root)"
        sudo -v || die "missing packages: $missing(sudo was refused)"
    fi
    export DEBIAN_FRONTEND=noninteractive
    if [ "${lists_read:-no}" = no ]; then
        step "package lists" as_root apt-get -q update || exit 1
        lists_read=yes
    fi
    # Its status lines go with its output: sudo closes every other descriptor.
    # shellcheck disable=SC2086 # a list of names
    step "installing packages: $(printf '%s' "$missing" | wc -w)" \
        as_root apt-get -q -y --no-install-recommends -o APT::Status-Fd=1 install $missing || exit 1
}

# The address of Debian's archive, as this host knows it: a Debian host's own first source; on
# Ubuntu, the address debootstrap carries for Debian. RIVET_MIRROR overrides both.
foreign_mirror() {
    if [ -n "${RIVET_MIRROR:-}" ]; then printf '%s\n' "$RIVET_MIRROR"; return; fi
    . /etc/os-release
    if [ "$ID" = debian ]; then
        apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' |
            awk -v codename="${VERSION_CODENAME:-stable}" '
                $1 != "Packages" || $2 != "main" || $3 ~ /-/ { next }
                $3 == codename && !own { own = $4 }
                !any { any = $4 }
                END { print own ? own : any }'
    else
        sed -n 's/^DEF_MIRROR="\(.*\)"/\1/p' /usr/sbin/debootstrap
    fi
}

foreign_keyring() {
    for keyring in /usr/share/keyrings/debian-archive-keyring.pgp \
                   /usr/share/keyrings/debian-archive-keyring.gpg; do
        [ ! -r "$keyring" ] || { printf '%s\n' "$keyring"; return; }
    done
}

# Runs one of apt's programs on the private directory. Options on the command line win over every
# configuration file, so the host's proxies and credentials stay in force and its sources do not.
foreign_apt() {
    foreign_arch=$1 foreign_program=$2
    shift 2
    foreign_dir=$root/guest/cache/apt-$foreign_arch
    "$foreign_program" -q \
        -o Dir::State="$foreign_dir/state" -o Dir::State::status="$foreign_dir/state/status" \
        -o Dir::Cache="$foreign_dir/cache" \
        -o Dir::Etc::sourcelist="$foreign_dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o APT::Architecture="$foreign_arch" -o APT::Architectures::="$foreign_arch" \
        -o APT::Sandbox::User="$(id -un)" -o APT::Status-Fd=3 \
        -o Acquire::Languages=none -o Acquire::GzipIndexes=true \
        "$@"
}

packages_foreign() {
    if [ ! -r /usr/sbin/debootstrap ] && ! grep -qx 'ID=debian' /etc/os-release; then
        packages_install debootstrap
    fi
    [ -n "$(foreign_keyring)" ] || packages_install debian-archive-keyring
    mirror=$(foreign_mirror)
    [ -n "$mirror" ] ||
        die "no source of Debian packages in this host's apt configuration; set RIVET_MIRROR"
    foreign_dir=$root/guest/cache/apt-$1
    mkdir -p "$foreign_dir/state/lists/partial" "$foreign_dir/cache/archives/partial"
    : > "$foreign_dir/state/status"
    printf 'deb [arch=%s signed-by=%s] %s %s main\n' "$1" "$(foreign_keyring)" "$mirror" \
        "$foreign_suite" > "$foreign_dir/sources.list"
    step "package lists, Debian 13 $1" foreign_apt "$1" apt-get update || exit 1
}

packages_download() {
    download_arch=$1 download_dir=$2
    shift 2
    mkdir -p "$download_dir"
    (cd "$download_dir" && foreign_apt "$download_arch" apt-get download "$@")
}
