/* bench/work/interp.c: a stack machine in a switch, running a sieve. */
#include <string.h>

#include "work.h"

#define LIMIT  60000
#define ROUNDS 12

enum code { PUSH, ADD, LESS, UNLESS, IF, GOTO, LOAD, STORE, GET, SET, STOP };

struct insn {
    enum code code;
    int32_t operand;
};

enum { I, K }; /* variables */

static const struct insn program[] = {
    /*  0 */ {PUSH, 2},
    {SET, I},
    /*  2: while i < LIMIT */ {GET, I},
    {PUSH, LIMIT},
    {LESS, 0},
    {UNLESS, 29},
    /*  6: unless a[i] */ {GET, I},
    {LOAD, 0},
    {IF, 24},
    /*  9: k = i + i */ {GET, I},
    {GET, I},
    {ADD, 0},
    {SET, K},
    /* 13: while k < LIMIT */ {GET, K},
    {PUSH, LIMIT},
    {LESS, 0},
    {UNLESS, 24},
    /* 17: a[k] = 1, k = k + i */ {GET, K},
    {STORE, 0},
    {GET, K},
    {GET, I},
    {ADD, 0},
    {SET, K},
    /* 23 */ {GOTO, 13},
    /* 24: i = i + 1 */ {GET, I},
    {PUSH, 1},
    {ADD, 0},
    {SET, I},
    {GOTO, 2},
    /* 29 */ {STOP, 0},
};

static uint64_t interpret(uint8_t *array)
{
    int64_t stack[8], variables[2] = {0};
    int top = 0;
    uint64_t steps = 0;
    for (const struct insn *insn = program;; steps++) {
        int32_t operand = insn->operand;
        switch ((insn++)->code) {
        case PUSH:
            stack[top++] = operand;
            break;
        case ADD:
            top--;
            stack[top - 1] += stack[top];
            break;
        case LESS:
            top--;
            stack[top - 1] = stack[top - 1] < stack[top];
            break;
        case UNLESS:
            if (!stack[--top]) insn = program + operand;
            break;
        case IF:
            if (stack[--top]) insn = program + operand;
            break;
        case GOTO:
            insn = program + operand;
            break;
        case LOAD:
            stack[top - 1] = array[stack[top - 1]];
            break;
        case STORE:
            array[stack[--top]] = 1;
            break;
        case GET:
            stack[top++] = variables[operand];
            break;
        case SET:
            variables[operand] = stack[--top];
            break;
        case STOP:
            return steps;
        }
    }
}

uint64_t work_interp(void)
{
    static uint8_t array[LIMIT];
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        memset(array, 0, sizeof array);
        sum += interpret(array);
        for (int i = 2; i < LIMIT; i++)
            sum += !array[i];
    }
    return sum;
}
