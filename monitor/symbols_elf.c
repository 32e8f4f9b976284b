/* monitor/symbols_elf.c: symbols and source lines of ELF files, through libelf and libdw. */
#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "monitor/symbols.h"

struct symbol_file {
    struct symbol_file *next;
    struct host_file bytes;
    Elf *elf;
    Dwarf *dwarf; /* NULL: no line table */
    uint64_t slide;
};

static bool kind_wanted(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

static void section_read(struct symbols *symbols, Elf *elf, Elf_Scn *section,
                         const GElf_Shdr *header, uint64_t slide)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;
    size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = 0; data && i < count; i++) {
        if (!gelf_getsym(data, (int)i, &symbol) || !kind_wanted(&symbol)) continue;
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        /* Names that start so are the assembler's marks: $x, .L1. */
        if (!name || !*name || *name == '$' || *name == '.') continue;
        symbols_add(symbols, name, strlen(name), symbol.st_value + slide, symbol.st_size,
                    GELF_ST_TYPE(symbol.st_info) != STT_OBJECT);
    }
}

static void file_close(struct symbol_file *file)
{
    if (file->dwarf) dwarf_end(file->dwarf);
    if (file->elf) elf_end(file->elf);
    host_file_close(&file->bytes);
    free(file);
}

void symbol_files_close(struct symbol_file *file)
{
    while (file) {
        struct symbol_file *next = file->next;
        file_close(file);
        file = next;
    }
}

bool symbols_load_elf(struct symbols *symbols, const char *path, uint64_t slide, size_t *added,
                      struct error *err)
{
    struct symbol_file *file = calloc(1, sizeof *file);
    if (!file) return error_set(err, "%s: out of host memory", path);
    elf_version(EV_CURRENT);
    if (!host_file_read(path, &file->bytes, err)) {
        free(file);
        return false;
    }
    file->elf = elf_memory((char *)(uintptr_t)file->bytes.bytes, (size_t)file->bytes.size);
    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF) {
        file_close(file);
        return error_set(err, "%s: not an ELF file", path);
    }
    size_t before = symbols->count;
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(file->elf, section))) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header)) continue;
        if (header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM)
            section_read(symbols, file->elf, section, &header, slide);
    }
    *added = symbols->count - before;
    file->slide = slide;
    file->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
    file->next = symbols->files;
    symbols->files = file;
    return true;
}

bool symbols_line(struct symbols *symbols, uint64_t address, const char **name, int *line)
{
    for (struct symbol_file *file = symbols->files; file; file = file->next) {
        Dwarf_Off offset = 0, next;
        size_t header;
        Dwarf_Addr pc = address - file->slide;
        while (file->dwarf &&
               dwarf_nextcu(file->dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
            Dwarf_Die die;
            if (dwarf_offdie(file->dwarf, offset + header, &die) && dwarf_haspc(&die, pc) > 0) {
                Dwarf_Line *found = dwarf_getsrc_die(&die, pc);
                const char *source = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
                if (source && dwarf_lineno(found, line) == 0) {
                    *name = source;
                    return true;
                }
            }
            offset = next;
        }
    }
    return false;
}

static bool same_file(const char *full, const char *asked)
{
    size_t full_length = strlen(full), length = strlen(asked);
    if (length > full_length || strcmp(full + full_length - length, asked) != 0) return false;
    return length == full_length || full[full_length - length - 1] == '/';
}

/* The lowest address of the first line at or after the one asked for. */
static bool unit_line(Dwarf_Die *die, const char *asked, int line, int *best, uint64_t *address)
{
    Dwarf_Lines *lines;
    size_t count;
    bool found = false;
    if (dwarf_getsrclines(die, &lines, &count) != 0) return false;
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *at = dwarf_onesrcline(lines, i);
        const char *source = dwarf_linesrc(at, NULL, NULL);
        Dwarf_Addr pc;
        int number;
        bool statement;
        if (!source || !same_file(source, asked) || dwarf_lineno(at, &number) != 0 ||
            dwarf_lineaddr(at, &pc) != 0 || dwarf_linebeginstatement(at, &statement) != 0)
            continue;
        if (!statement || number < line || (*best && number > *best)) continue;
        if (number == *best && pc >= *address) continue;
        *best = number;
        *address = pc;
        found = true;
    }
    return found;
}

bool symbols_line_address(struct symbols *symbols, const char *name, int line, uint64_t *address)
{
    int best = 0;
    for (struct symbol_file *file = symbols->files; file; file = file->next) {
        Dwarf_Off offset = 0, next;
        size_t header;
        while (file->dwarf &&
               dwarf_nextcu(file->dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
            Dwarf_Die die;
            uint64_t found = *address;
            if (dwarf_offdie(file->dwarf, offset + header, &die) &&
                unit_line(&die, name, line, &best, &found))
                *address = found + file->slide;
            offset = next;
        }
    }
    return best != 0;
}
