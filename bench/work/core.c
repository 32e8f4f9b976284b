/* bench/work/core.c: the mix a processor core is usually judged by: linked lists, a small integer
 * matrix, a state machine over text, and a CRC of it all. */
#include <stddef.h>

#include "work.h"

struct node {
    struct node *next;
    int16_t key, value;
};

#define NODES 256
#define SIDE  12

static uint16_t crc16(uint32_t value, uint16_t crc)
{
    for (int i = 0; i < 32; i++, value >>= 1)
        crc = (uint16_t)((crc ^ value) & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
    return crc;
}

/* Merge sort by key or by value. */
static struct node *list_sort(struct node *list, unsigned length, int by_key)
{
    if (length < 2) return list;
    struct node *right = list, *sorted = NULL, **end = &sorted;
    for (unsigned i = 0; i + 1 < length / 2; i++)
        right = right->next;
    struct node *middle = right->next;
    right->next = NULL;
    struct node *a = list_sort(list, length / 2, by_key);
    struct node *b = list_sort(middle, length - length / 2, by_key);
    while (a && b) {
        struct node **least = (by_key ? a->key <= b->key : a->value <= b->value) ? &a : &b;
        *end = *least;
        end = &(*least)->next;
        *least = *end;
    }
    *end = a ? a : b;
    return sorted;
}

static uint32_t matrix_work(int16_t a[SIDE][SIDE], int16_t b[SIDE][SIDE], int16_t add)
{
    uint32_t sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < SIDE; k++) {
            int32_t product = 0;
            for (int n = 0; n < SIDE; n++)
                product += (a[i][n] + add) * b[n][k];
            sum += (uint32_t)(product >> 3);
        }
    return sum;
}

/* Counts the states a number parser goes through. */
static uint32_t states_work(const char *text)
{
    enum { START, SIGN, INTEGER, FRACTION, EXPONENT, BAD, STATES } state = START;
    uint32_t visits[STATES] = {0}, sum = 0;
    for (; *text; text++) {
        char c = *text;
        switch (state) {
        case START:
            state = c == '+' || c == '-' ? SIGN : c >= '0' && c <= '9' ? INTEGER : BAD;
            break;
        case SIGN:
            state = c >= '0' && c <= '9' ? INTEGER : BAD;
            break;
        case INTEGER:
            state = c == '.' ? FRACTION : c == ',' ? START : c >= '0' && c <= '9' ? INTEGER : BAD;
            break;
        case FRACTION:
            state = c == 'e' ? EXPONENT : c == ',' ? START : c >= '0' && c <= '9' ? FRACTION : BAD;
            break;
        default:
            if (c == ',') state = START;
        }
        visits[state]++;
    }
    for (int i = 0; i < STATES; i++)
        sum = sum * 31 + visits[i];
    return sum;
}

uint64_t work_core(void)
{
    static struct node nodes[NODES];
    int16_t a[SIDE][SIDE], b[SIDE][SIDE];
    uint64_t seed = 42;
    uint16_t crc = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
        a[i / SIDE][i % SIDE] = (int16_t)(random_next(&seed) & 0xff);
        b[i / SIDE][i % SIDE] = (int16_t)(random_next(&seed) & 0xff);
    }
    for (int round = 0; round < 900; round++) {
        for (int i = 0; i < NODES; i++)
            nodes[i] = (struct node){i + 1 < NODES ? &nodes[i + 1] : NULL,
                                     (int16_t)random_next(&seed), (int16_t)i};
        struct node *list = list_sort(nodes, NODES, 1);
        for (struct node *node = list; node; node = node->next)
            crc = crc16((uint32_t)node->value, crc);
        list = list_sort(list, NODES, 0);
        crc = crc16((uint32_t)list->key, crc);
        for (int i = 0; i < 8; i++)
            crc = crc16(matrix_work(a, b, (int16_t)i), crc);
        for (int i = 0; i < 24; i++)
            crc = crc16(states_work("5012,+7.5e3,-110.7,x12,99,1.0e9,+,-0.25,77777,3.14159e,8,,+1"),
                        crc);
    }
    return crc;
}
