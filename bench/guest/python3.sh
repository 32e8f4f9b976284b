# bench/guest/python3.sh: an interpreter interpreted.
prepare() { :; }
run() { python3 -I /bench/queens.py; }
