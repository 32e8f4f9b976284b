/* cpu/crypto.h: what the scalar cryptography instructions compute (Unprivileged spec, "Scalar
 * Cryptography Extensions").
 *
 * AES's state is 16 bytes in two registers, byte r + 4 c being row r of column c:
 *
 *     high                        low
 *   +------+------+------+------+------+------+------+------+
 *   |   column 3  |   column 2  |   column 1  |   column 0  |   a column: 4 bytes, row 0 lowest
 *   +------+------+------+------+------+------+------+------+
 */
#ifndef RIVET_CPU_CRYPTO_H
#define RIVET_CPU_CRYPTO_H

#include <stdint.h>

/* Columns 0 and 1 after ShiftRows and SubBytes; called with the halves swapped, columns 2 and 3. */
uint64_t aes64_rows_and_bytes(uint64_t low, uint64_t high);
uint64_t aes64_inverse_rows_and_bytes(uint64_t low, uint64_t high);

/* MixColumns of two columns. */
uint64_t aes64_columns(uint64_t columns);
uint64_t aes64_inverse_columns(uint64_t columns);

/* The key schedule's word for a round, 0..10, twice: SubWord and the round's constant, after a
 * rotation unless the round is 10. */
uint64_t aes64_key_word(uint64_t columns, unsigned round);

/* The key schedule's two next words: the high word of `last` is added to the low one of `columns`,
 * and that to the high one. */
static inline uint64_t aes64_key_mix(uint64_t last, uint64_t columns)
{
    uint32_t low = (uint32_t)(last >> 32 ^ columns), high = low ^ (uint32_t)(columns >> 32);
    return (uint64_t)high << 32 | low;
}

/* What byte `n` of a column contributes to a round's result: SubBytes, and MixColumns where the
 * name says column. */
uint32_t aes32_byte(uint32_t column, unsigned n);
uint32_t aes32_column(uint32_t column, unsigned n);
uint32_t aes32_inverse_byte(uint32_t column, unsigned n);
uint32_t aes32_inverse_column(uint32_t column, unsigned n);

/* What byte `n` of a word contributes to a round's, or the key schedule's, T or T'. */
uint32_t sm4_round_byte(uint32_t word, unsigned n);
uint32_t sm4_key_byte(uint32_t word, unsigned n);

static inline uint32_t crypto_rotate32(uint32_t value, unsigned right)
{
    return value >> right | value << (32 - right);
}

static inline uint64_t crypto_rotate64(uint64_t value, unsigned right)
{
    return value >> right | value << (64 - right);
}

/* FIPS 180-4, 4.1.2 and 4.1.3: sums rotate three times, sigmas rotate twice and shift. */
#define SHA_SUM(name, type, rotate, a, b, c)                                                       \
    static inline type name(type x)                                                                \
    {                                                                                              \
        return rotate(x, a) ^ rotate(x, b) ^ rotate(x, c);                                         \
    }
#define SHA_SIGMA(name, type, rotate, a, b, c)                                                     \
    static inline type name(type x)                                                                \
    {                                                                                              \
        return rotate(x, a) ^ rotate(x, b) ^ x >> (c);                                             \
    }
SHA_SUM(sha256_sum0, uint32_t, crypto_rotate32, 2, 13, 22)
SHA_SUM(sha256_sum1, uint32_t, crypto_rotate32, 6, 11, 25)
SHA_SIGMA(sha256_sig0, uint32_t, crypto_rotate32, 7, 18, 3)
SHA_SIGMA(sha256_sig1, uint32_t, crypto_rotate32, 17, 19, 10)
SHA_SUM(sha512_sum0, uint64_t, crypto_rotate64, 28, 34, 39)
SHA_SUM(sha512_sum1, uint64_t, crypto_rotate64, 14, 18, 41)
SHA_SIGMA(sha512_sig0, uint64_t, crypto_rotate64, 1, 8, 7)
SHA_SIGMA(sha512_sig1, uint64_t, crypto_rotate64, 19, 61, 6)
#undef SHA_SUM
#undef SHA_SIGMA

/* GB/T 32905, 4.4: P0(X) = X ^ X<<<9 ^ X<<<17, P1(X) = X ^ X<<<15 ^ X<<<23. */
static inline uint32_t sm3_p0(uint32_t x)
{
    return x ^ crypto_rotate32(x, 32 - 9) ^ crypto_rotate32(x, 32 - 17);
}

static inline uint32_t sm3_p1(uint32_t x)
{
    return x ^ crypto_rotate32(x, 32 - 15) ^ crypto_rotate32(x, 32 - 23);
}

#endif
