# tools/build.sh: builds Rivet from a preset of CMakePresets.json.
#
# Sourced after tools/steps.sh.
#
#   build PRESET TARGET [cmake options...]   configures once, then builds; progress as in steps.sh
#   build_dir PRESET                         prints where that preset builds

build_packages="gcc libc6-dev cmake ninja-build pkg-config libelf-dev libdw-dev libreadline-dev libfdt-dev
                zlib1g-dev libzstd-dev libslirp-dev libnbd-dev"

build_dir() {
    if [ "$1" = release ]; then printf '%s\n' "$root/build"; else printf '%s\n' "$root/build-$1"; fi
}

build() {
    build_preset=$1 build_target=$2
    shift 2
    if [ ! -e "$(build_dir "$build_preset")/build.ninja" ] || [ $# -gt 0 ]; then
        step "configuring ($build_preset)" build_configure "$build_preset" "$@" || return 1
    fi
    step "building ($build_preset)" ninja -C "$(build_dir "$build_preset")" "$build_target"
}

build_configure() {
    build_configure_preset=$1
    shift
    (cd "$root" && cmake --preset "$build_configure_preset" "$@")
}
