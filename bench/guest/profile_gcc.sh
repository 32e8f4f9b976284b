# bench/guest/profile_gcc.sh: for bench/profile: C that no benchmark compiles.
prepare() { :; }
run() {
    for file in mem/bus base/words base/state; do
        gcc -O2 -I/bench/profile -c "/bench/profile/$file.c" || return 1
    done
    gcc -O0 -S -I/bench/profile /bench/profile/cpu/fp_soft.c
}
