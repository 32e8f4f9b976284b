# bench/guest/profile_python3.sh: for bench/profile: parsing, matching and packing in Python.
prepare() { :; }
run() { python3 -I /bench/profile.py; }
