# bench/guest/sha256sum.sh: the hash of 24 MiB.
prepare() { head -c 25165824 /usr/libexec/gcc/riscv64-linux-gnu/14/cc1 > data; }
run() { sha256sum data; }
