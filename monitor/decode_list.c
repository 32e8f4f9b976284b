/* monitor/decode_list.c: code as a listing, a line an instruction.
 *
 * A kernel has ten million of them: lines are put together by hand in a buffer.
 */
#include "monitor/decode_list.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/decode.h"
#include "cpu/disasm.h"

#define BUFFER_SIZE 65536
#define LINE_SIZE   512 /* room a line may take */

struct lister {
    const struct list_options *options;
    const struct elf_symbol *symbols;
    unsigned symbol_count, next_symbol;
    bool in_data; /* behind a "$d" */
    unsigned address_digits;
    size_t used;
    char buffer[BUFFER_SIZE];
};

static void flush(struct lister *l)
{
    fwrite(l->buffer, 1, l->used, l->options->out);
    l->used = 0;
}

static void put_text(struct lister *l, const char *text)
{
    size_t length = strlen(text);
    if (length > LINE_SIZE / 2) length = LINE_SIZE / 2;
    memcpy(l->buffer + l->used, text, length);
    l->used += length;
}

static void put_hex(struct lister *l, uint64_t value, unsigned digits)
{
    while (digits-- > 0)
        l->buffer[l->used++] = "0123456789abcdef"[value >> 4 * digits & 15];
}

/* " <memcpy+0x8>" */
static void put_symbol(struct lister *l, uint64_t address)
{
    const struct elf_symbol *symbol = elf_symbol_of(l->options->file, address);
    if (!symbol) return;
    put_text(l, " <");
    put_text(l, symbol->name);
    if (address != symbol->address) {
        uint64_t offset = address - symbol->address;
        unsigned digits = 1;
        while (digits < 16 && offset >> 4 * digits)
            digits++;
        put_text(l, "+0x");
        put_hex(l, offset, digits);
    }
    put_text(l, ">");
}

/* Symbols up to this address: their names as headings, marks taken note of. */
static void pass_symbols(struct lister *l, uint64_t address)
{
    for (; l->next_symbol < l->symbol_count; l->next_symbol++) {
        const struct elf_symbol *symbol = &l->symbols[l->next_symbol];
        if (symbol->address > address) return;
        if (symbol->is_mark) {
            l->in_data = symbol->is_data;
            continue;
        }
        if (symbol->address != address) continue;
        if (l->used > BUFFER_SIZE - LINE_SIZE) flush(l);
        put_text(l, "\n");
        put_hex(l, address, l->address_digits);
        put_text(l, " <");
        put_text(l, symbol->name);
        put_text(l, ">:\n");
    }
}

static void put_line(struct lister *l, uint64_t address, uint32_t word, unsigned length)
{
    const struct list_options *options = l->options;
    uint64_t target;
    if (l->used > BUFFER_SIZE - LINE_SIZE) flush(l);
    put_hex(l, address, l->address_digits);
    put_text(l, ":  ");
    put_hex(l, word, 2 * length);
    put_text(l, length == 2 ? "      " : "  ");
    char *at = l->buffer + l->used;
    if (l->in_data)
        put_text(l, length == 2 ? ".2byte" : ".4byte");
    else
        disassemble(options->isa, word, address, options->disasm, at, LINE_SIZE / 4);
    l->used += l->in_data ? 0 : strlen(at);
    if (l->symbol_count && !l->in_data && disasm_target(options->isa, word, address, &target))
        put_symbol(l, target);
    l->buffer[l->used++] = '\n';
}

/* The next instruction's word; 0: fewer bytes are left than it has. */
static unsigned fetch(const struct elf_code *code, uint64_t offset, uint32_t *word)
{
    if (code->size - offset < 2) return 0;
    uint16_t low = (uint16_t)load_le(code->bytes + offset, 2);
    unsigned length = insn_length(low);
    if (code->size - offset < length) length = 2; /* cut: its first half */
    *word = (uint32_t)load_le(code->bytes + offset, length);
    return length;
}

static void lister_init(struct lister *l, const struct list_options *options)
{
    l->options = options;
    l->used = 0;
    l->in_data = false;
    l->next_symbol = l->symbol_count = 0;
    l->symbols = options->file ? elf_symbols(options->file, &l->symbol_count) : NULL;
    l->address_digits = options->isa->xlen / 4;
}

static void list_code(struct lister *l, const struct elf_code *code, uint64_t from, uint64_t count,
                      uint64_t end)
{
    for (uint64_t offset = from - code->address; offset < code->size && count; count--) {
        uint32_t word;
        unsigned length = fetch(code, offset, &word);
        uint64_t address = code->address + offset;
        if (!length || address >= end) break;
        pass_symbols(l, address);
        put_line(l, address, word, length);
        offset += length;
    }
    flush(l);
}

bool list_file(const struct list_options *options)
{
    static const uint64_t all = UINT64_MAX;
    struct lister l;
    lister_init(&l, options);
    const struct elf_code *code;
    for (unsigned i = 0; (code = elf_code_at(options->file, i)); i++) {
        fprintf(options->out, "%s%s:\n", i ? "\n" : "", *code->name ? code->name : "segment");
        if (i && code->address < code[-1].address + code[-1].size)
            l.symbol_count = 0; /* an object file: the symbols are those of its first section */
        list_code(&l, code, code->address, all, all);
    }
    return !ferror(options->out);
}

static const struct elf_code *code_holding(const struct elf_code_file *file, uint64_t address)
{
    const struct elf_code *code;
    for (unsigned i = 0; (code = elf_code_at(file, i)); i++)
        if (address >= code->address && address - code->address < code->size) return code;
    return NULL;
}

bool list_from(const struct list_options *options, uint64_t address, uint64_t count,
               struct error *err)
{
    struct lister l;
    const struct elf_code *code = code_holding(options->file, address);
    const struct elf_symbol *symbol = elf_symbol_of(options->file, address);
    if (!code) return error_set(err, "no code at 0x%" PRIx64, address);
    lister_init(&l, options);
    uint64_t end = UINT64_MAX;
    if (!count) {
        count = symbol && symbol->size ? UINT64_MAX : 16;
        if (symbol && symbol->size) end = symbol->address + symbol->size;
        if (end <= address) end = UINT64_MAX, count = 16;
    }
    list_code(&l, code, address, count, end);
    return !ferror(options->out) || error_set(err, "writing failed");
}

bool list_word_at(const struct elf_code_file *file, uint64_t address, uint32_t *word)
{
    const struct elf_code *code = code_holding(file, address);
    return code && fetch(code, address - code->address, word) != 0;
}
