/* monitor/expr.c: compiles and evaluates expressions: precedence climbing into a tree. */
#include "monitor/expr.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "monitor/target.h"

#define NODES_MAX 128
#define DEPTH_MAX 40

enum node_kind { NODE_NUMBER, NODE_PLACE, NODE_MEMORY, NODE_UNARY, NODE_BINARY, NODE_CAST };

/* clang-format off */
enum operation {
    CALC_LOR, CALC_LAND, CALC_OR, CALC_XOR, CALC_AND, CALC_EQ, CALC_NE, CALC_LE, CALC_GE, CALC_SHL, CALC_SHR, CALC_LT, CALC_GT,
    CALC_ADD, CALC_SUB, CALC_MUL, CALC_DIV, CALC_MOD, CALC_NOT, CALC_INVERT, CALC_NEGATE,
};

/* Two-letter operators stand before the one-letter ones they begin with. */
static const struct {
    char text[3];
    enum operation op;
    unsigned level; /* binds tighter the higher */
} operators[] = {
    {"||", CALC_LOR, 1}, {"&&", CALC_LAND, 2}, {"==", CALC_EQ, 6}, {"!=", CALC_NE, 6}, {"<=", CALC_LE, 7},
    {">=", CALC_GE, 7}, {"<<", CALC_SHL, 8}, {">>", CALC_SHR, 8}, {"|", CALC_OR, 3}, {"^", CALC_XOR, 4},
    {"&", CALC_AND, 5}, {"<", CALC_LT, 7}, {">", CALC_GT, 7}, {"+", CALC_ADD, 9}, {"-", CALC_SUB, 9},
    {"*", CALC_MUL, 10}, {"/", CALC_DIV, 10}, {"%", CALC_MOD, 10},
};
/* clang-format on */

struct type {
    unsigned size; /* bytes; 0: XLEN */
    bool is_signed, physical;
};

struct node {
    enum node_kind kind;
    enum operation op;
    struct type type; /* MEMORY, CAST */
    bool is_signed;
    uint64_t number;
    struct place_name place;
    unsigned left, right;
};

struct expr {
    unsigned count, root;
    struct node nodes[NODES_MAX];
};

struct parser {
    const char *text, *at;
    const struct hart *hart;
    struct symbols *symbols;
    uint64_t last;
    struct expr *expr;
    struct expr_error *err;
    unsigned depth;
};

static bool parse_binary(struct parser *p, unsigned level, unsigned *node);

static void skip(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

#define FAIL_AT(p, where, ...)                                                                     \
    ((p)->err->column = (size_t)((where) - (p)->text), error_set(&(p)->err->error, __VA_ARGS__))

static bool node_add(struct parser *p, struct node node, unsigned *index)
{
    if (p->expr->count == NODES_MAX) return FAIL_AT(p, p->at, "expression is too long");
    *index = p->expr->count++;
    p->expr->nodes[*index] = node;
    return true;
}

static bool parse_number(struct parser *p, unsigned *node)
{
    const char *start = p->at;
    unsigned base = 10;
    uint64_t value = 0;
    if (start[0] == '0' && (start[1] | 32) == 'x') base = 16, p->at += 2;
    if (start[0] == '0' && (start[1] | 32) == 'b') base = 2, p->at += 2;
    const char *digits = p->at;
    for (; isalnum((unsigned char)*p->at) || *p->at == '_'; p->at++) {
        if (*p->at == '_') continue; /* 0x8000_0000 */
        char c = (char)tolower((unsigned char)*p->at);
        unsigned digit = (unsigned)(isdigit((unsigned char)c) ? c - '0' : c - 'a' + 10);
        if (digit >= base) return FAIL_AT(p, p->at, "not a digit of this number");
        if (value > (UINT64_MAX - digit) / base)
            return FAIL_AT(p, start, "more than 64 bits can hold");
        value = value * base + digit;
    }
    if (p->at == digits) return FAIL_AT(p, p->at, "a number's digits are missing");
    return node_add(p, (struct node){.kind = NODE_NUMBER, .number = value, .is_signed = true},
                    node);
}

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static bool parse_symbol(struct parser *p, const char *start, size_t length, unsigned *node)
{
    const struct symbol *symbol = symbols_by_name(p->symbols, start, length);
    if (!symbol)
        return FAIL_AT(p, start, "no register, CSR or symbol \"%.*s\"", (int)length, start);
    return node_add(p, (struct node){.kind = NODE_NUMBER, .number = symbol->address}, node);
}

static bool parse_name(struct parser *p, unsigned *node)
{
    const char *start = p->at;
    struct node place = {.kind = NODE_PLACE};
    if (*p->at == '$') p->at++;
    while (name_char(*p->at))
        p->at++;
    size_t length = (size_t)(p->at - start);
    if (length == 2 && start[0] == '$' && start[1] == '_')
        return node_add(p, (struct node){.kind = NODE_NUMBER, .number = p->last}, node);
    if (target_name(p->hart, start, length, &place.place)) return node_add(p, place, node);
    if (*start == '$') return FAIL_AT(p, start, "no register or CSR \"%.*s\"", (int)length, start);
    return parse_symbol(p, start, length, node);
}

/* "(u32)": true, and the type; anything else in parentheses is left. */
static bool parse_type(struct parser *p, struct type *type)
{
    const char *at = p->at;
    *type = (struct type){0};
    if (*at++ != '(') return false;
    if (at[0] == 'p' && at[1] == ':') type->physical = true, at += 2;
    type->is_signed = *at == 's';
    if (*at != 'u' && *at != 's') return false;
    static const struct {
        char text[3];
        unsigned size;
    } sizes[] = {{"8)", 1}, {"16", 2}, {"32", 4}, {"64", 8}};
    for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++) {
        if (strncmp(at + 1, sizes[i].text, 2) != 0) continue;
        at += sizes[i].size == 1 ? 2 : 3;
        if (*at != ')') return false;
        type->size = sizes[i].size;
        p->at = at + 1;
        return true;
    }
    return false;
}

static bool parse_unary(struct parser *p, unsigned *node);

static bool parse_prefixed(struct parser *p, enum operation op, unsigned *node)
{
    struct node made = {.kind = NODE_UNARY, .op = op};
    p->at++;
    if (!parse_unary(p, &made.left)) return false;
    made.is_signed = p->expr->nodes[made.left].is_signed;
    return node_add(p, made, node);
}

static bool parse_memory(struct parser *p, unsigned *node)
{
    struct node made = {.kind = NODE_MEMORY};
    p->at++;
    skip(p);
    parse_type(p, &made.type);
    if (!parse_unary(p, &made.left)) return false;
    made.is_signed = made.type.is_signed;
    return node_add(p, made, node);
}

static bool parse_group(struct parser *p, unsigned *node)
{
    struct node cast = {.kind = NODE_CAST};
    const char *open = p->at;
    if (parse_type(p, &cast.type)) {
        cast.is_signed = cast.type.is_signed;
        return parse_unary(p, &cast.left) && node_add(p, cast, node);
    }
    p->at++;
    if (!parse_binary(p, 1, node)) return false;
    skip(p);
    if (*p->at != ')') return FAIL_AT(p, open, "this parenthesis is not closed");
    p->at++;
    return true;
}

static bool parse_operand(struct parser *p, unsigned *node)
{
    switch (*p->at) {
    case '!':
        return parse_prefixed(p, CALC_NOT, node);
    case '~':
        return parse_prefixed(p, CALC_INVERT, node);
    case '-':
        return parse_prefixed(p, CALC_NEGATE, node);
    case '*':
        return parse_memory(p, node);
    case '(':
        return parse_group(p, node);
    case '\'':
        if (!p->at[1] || p->at[2] != '\'') return FAIL_AT(p, p->at, "a character is written 'c'");
        p->at += 3;
        return node_add(p, (struct node){.kind = NODE_NUMBER, .number = (uint8_t)p->at[-2]}, node);
    case '&': {
        const char *start = ++p->at;
        while (name_char(*p->at))
            p->at++;
        return parse_symbol(p, start, (size_t)(p->at - start), node);
    }
    case '\0':
        return FAIL_AT(p, p->at, "a value is missing here");
    }
    if (isdigit((unsigned char)*p->at)) return parse_number(p, node);
    if (isalpha((unsigned char)*p->at) || strchr("_$", *p->at)) return parse_name(p, node);
    return FAIL_AT(p, p->at, "a value is expected here");
}

static bool parse_unary(struct parser *p, unsigned *node)
{
    skip(p);
    if (++p->depth > DEPTH_MAX) return FAIL_AT(p, p->at, "expression is nested too deeply");
    bool parsed = parse_operand(p, node);
    p->depth--;
    return parsed;
}

static int operator_at(const char *at)
{
    for (unsigned i = 0; i < ARRAY_COUNT(operators); i++)
        if (strncmp(at, operators[i].text, strlen(operators[i].text)) == 0) return (int)i;
    return -1;
}

static bool parse_binary(struct parser *p, unsigned level, unsigned *node)
{
    if (++p->depth > DEPTH_MAX) return FAIL_AT(p, p->at, "expression is nested too deeply");
    if (!parse_unary(p, node)) return false;
    for (;;) {
        const char *before = p->at;
        skip(p);
        int i = operator_at(p->at);
        if (i < 0 || operators[i].level < level) {
            p->at = before;
            p->depth--;
            return true;
        }
        struct node made = {.kind = NODE_BINARY, .op = operators[i].op, .left = *node};
        p->at += strlen(operators[i].text);
        if (!parse_binary(p, operators[i].level + 1, &made.right)) return false;
        made.is_signed =
            p->expr->nodes[made.left].is_signed && p->expr->nodes[made.right].is_signed;
        if (!node_add(p, made, node)) return false;
    }
}

struct expr *expr_compile(const char *text, const char **end, const struct hart *h,
                          struct symbols *symbols, uint64_t last, struct expr_error *err)
{
    struct parser p = {
        .text = text, .at = text, .hart = h, .symbols = symbols, .last = last, .err = err};
    p.expr = calloc(1, sizeof *p.expr);
    if (!p.expr) {
        FAIL_AT(&p, text, "out of host memory");
        return NULL;
    }
    if (!parse_binary(&p, 1, &p.expr->root)) {
        free(p.expr);
        return NULL;
    }
    *end = p.at;
    return p.expr;
}

void expr_free(struct expr *expr)
{
    free(expr);
}

static bool binary_value(const struct node *node, uint64_t a, uint64_t b, uint64_t *value,
                         struct error *err)
{
    bool s = node->is_signed;
    switch (node->op) {
    case CALC_OR:
        return *value = a | b, true;
    case CALC_XOR:
        return *value = a ^ b, true;
    case CALC_AND:
        return *value = a & b, true;
    case CALC_EQ:
        return *value = a == b, true;
    case CALC_NE:
        return *value = a != b, true;
    case CALC_LT:
        return *value = s ? (int64_t)a < (int64_t)b : a < b, true;
    case CALC_LE:
        return *value = s ? (int64_t)a <= (int64_t)b : a <= b, true;
    case CALC_GT:
        return *value = s ? (int64_t)a > (int64_t)b : a > b, true;
    case CALC_GE:
        return *value = s ? (int64_t)a >= (int64_t)b : a >= b, true;
    case CALC_SHL:
        return *value = b < 64 ? a << b : 0, true;
    case CALC_SHR:
        if (s) return *value = (uint64_t)((int64_t)a >> (b < 64 ? b : 63)), true;
        return *value = b < 64 ? a >> b : 0, true;
    case CALC_ADD:
        return *value = a + b, true;
    case CALC_SUB:
        return *value = a - b, true;
    case CALC_MUL:
        return *value = a * b, true;
    default:
        break;
    }
    if (b == 0) return error_set(err, "division by zero");
    if (s && (int64_t)b == -1) return *value = node->op == CALC_DIV ? -a : 0, true;
    if (node->op == CALC_DIV) return *value = s ? (uint64_t)((int64_t)a / (int64_t)b) : a / b, true;
    return *value = s ? (uint64_t)((int64_t)a % (int64_t)b) : a % b, true;
}

static uint64_t cast_value(const struct type *type, uint64_t value)
{
    unsigned width = 8 * type->size;
    return type->is_signed ? (uint64_t)sign_extend(value, width) : value & mask_low(width);
}

static bool memory_value(const struct node *node, struct hart *h, uint64_t address, uint64_t *value,
                         struct error *err)
{
    struct type type = node->type;
    uint8_t bytes[8];
    if (type.size == 0) type.size = h->xlen / 8;
    if (!target_read(h, address, type.physical, bytes, type.size, NULL, err)) return false;
    *value = cast_value(&type, load_le(bytes, type.size));
    return true;
}

static bool node_value(const struct expr *expr, unsigned index, struct hart *h, uint64_t *value,
                       struct error *err)
{
    const struct node *node = &expr->nodes[index];
    uint64_t a, b;
    if (node->kind == NODE_NUMBER) return *value = node->number, true;
    if (node->kind == NODE_PLACE) return *value = target_get(h, &node->place), true;
    if (!node_value(expr, node->left, h, &a, err)) return false;
    if (node->kind == NODE_MEMORY) return memory_value(node, h, a, value, err);
    if (node->kind == NODE_CAST) return *value = cast_value(&node->type, a), true;
    if (node->kind == NODE_UNARY)
        return *value = node->op == CALC_NOT ? !a : node->op == CALC_INVERT ? ~a : -a, true;
    if (node->op == CALC_LAND && !a) return *value = 0, true;
    if (node->op == CALC_LOR && a) return *value = 1, true;
    if (!node_value(expr, node->right, h, &b, err)) return false;
    if (node->op == CALC_LAND || node->op == CALC_LOR) return *value = b != 0, true;
    return binary_value(node, a, b, value, err);
}

bool expr_value(const struct expr *expr, struct hart *h, uint64_t *value, struct error *err)
{
    return node_value(expr, expr->root, h, value, err);
}
