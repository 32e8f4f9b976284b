# bench/guest/gcc.sh: two of the workloads themselves, compiled and linked.
prepare() { :; }
run() { gcc -O2 -c /bench/source/core.c && gcc -O2 -o interp -Dwork_interp=main /bench/source/interp.c && ls; }
