# bench/guest/openssl.sh: `openssl speed`, as the seconds that 16 MiB of AES-128-CBC, 16 MiB of
# SHA-512 and 20 RSA-2048 signatures would take.
measure() {
    echo "begin openssl"
    { openssl speed -mr -seconds 1 -bytes 8192 aes-128-cbc
      openssl speed -mr -seconds 1 -bytes 8192 sha512
      openssl speed -mr -seconds 1 rsa2048; } 2>/dev/null |
        awk -F: '/^\+F:/ { seconds += 16777216 / $NF }
                 /^\+F2:/ { seconds += 20 / $4 }
                 END { printf "openssl %.3f -\n", seconds }'
}
