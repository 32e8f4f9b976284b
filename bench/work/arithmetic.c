/* bench/work/arithmetic.c: multiplication and division; floating point in both precisions. */
#include <math.h>
#include <string.h>

#include "work.h"

uint64_t work_muldiv(void)
{
    uint64_t value = 1, seed = 11;
    for (int i = 0; i < 12000000; i++) {
        uint64_t number = random_next(&seed) | 1;
        value = value * number + number / ((value & 0xffff) + 1) + number % 1000003;
    }
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Five bodies that attract one another; energy is the checksum. Once for each precision. */
#define NBODY(name, real, root)                                                                    \
    uint64_t name(void)                                                                            \
    {                                                                                              \
        real x[5][3], v[5][3], m[5];                                                               \
        for (int i = 0; i < 5; i++) {                                                              \
            m[i] = (real)1 / (real)(i + 1);                                                        \
            for (int d = 0; d < 3; d++) {                                                          \
                x[i][d] = (real)(i * 3 + d * 5 % 7) / 2;                                           \
                v[i][d] = (real)(d - i) / 16;                                                      \
            }                                                                                      \
        }                                                                                          \
        for (int step = 0; step < 250000; step++) {                                                \
            for (int i = 0; i < 5; i++)                                                            \
                for (int k = i + 1; k < 5; k++) {                                                  \
                    real delta[3], square = (real)0.01;                                            \
                    for (int d = 0; d < 3; d++) {                                                  \
                        delta[d] = x[i][d] - x[k][d];                                              \
                        square += delta[d] * delta[d];                                             \
                    }                                                                              \
                    real pull = (real)0.001 / (square * root(square));                             \
                    for (int d = 0; d < 3; d++) {                                                  \
                        v[i][d] -= delta[d] * m[k] * pull;                                         \
                        v[k][d] += delta[d] * m[i] * pull;                                         \
                    }                                                                              \
                }                                                                                  \
            for (int i = 0; i < 5; i++)                                                            \
                for (int d = 0; d < 3; d++)                                                        \
                    x[i][d] += (real)0.001 * v[i][d];                                              \
        }                                                                                          \
        return bits_of((double)(x[0][0] + v[4][2]));                                               \
    }

NBODY(work_nbody, double, sqrt)
NBODY(work_nbodyf, float, sqrtf)

#define SIDE 160

#define MATMUL(name, real)                                                                         \
    uint64_t name(void)                                                                            \
    {                                                                                              \
        static real a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];                                   \
        double sum = 0;                                                                            \
        for (int i = 0; i < SIDE * SIDE; i++) {                                                    \
            a[i / SIDE][i % SIDE] = (real)(i % 17) / 3;                                            \
            b[i / SIDE][i % SIDE] = (real)(i % 23) / 7;                                            \
        }                                                                                          \
        for (int round = 0; round < 8; round++)                                                    \
            for (int i = 0; i < SIDE; i++)                                                         \
                for (int k = 0; k < SIDE; k++) {                                                   \
                    real product = 0;                                                              \
                    for (int n = 0; n < SIDE; n++)                                                 \
                        product += a[i][n] * b[n][k];                                              \
                    c[i][k] = product;                                                             \
                }                                                                                  \
        for (int i = 0; i < SIDE; i++)                                                             \
            sum += (double)c[i][SIDE - 1 - i];                                                     \
        return bits_of(sum);                                                                       \
    }

MATMUL(work_matmul, double)
MATMUL(work_matmulf, float)
