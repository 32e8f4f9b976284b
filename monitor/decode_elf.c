/* monitor/decode_elf.c: an ELF file's code and symbols, to list it. */
#include "monitor/decode_elf.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "host/file.h"

struct elf_code_file {
    struct host_file file;
    Elf *elf;
    unsigned xlen;
    size_t only_section; /* object files: the one whose symbols count, as all begin at 0; else 0 */
    struct elf_code *codes;
    unsigned code_count;
    struct elf_symbol *symbols; /* sorted; those of one address: the better name last */
    unsigned symbol_count;
};

/* Makes room for one more of `size` bytes; false: out of memory. */
static bool grow(void **array, unsigned count, size_t size)
{
    if (count & (count + 1)) return true; /* room for 1, 3, 7, 15...: full at 2^n - 1 */
    void *larger = realloc(*array, (2 * (size_t)count + 1) * size);
    if (larger) *array = larger;
    return larger != NULL;
}

static bool add_code(struct elf_code_file *f, uint64_t address, uint64_t offset, uint64_t size,
                     const char *name, struct error *err)
{
    if (!range_contains(f->file.size, offset, size))
        return error_set(err, "code at 0x%llx lies beyond the file's end",
                         (unsigned long long)address);
    if (size == 0) return true;
    if (!grow((void **)&f->codes, f->code_count, sizeof *f->codes))
        return error_set(err, "out of memory");
    f->codes[f->code_count++] = (struct elf_code){address, size, f->file.bytes + offset, name};
    return true;
}

static bool add_symbols(struct elf_code_file *f, Elf_Scn *section, const GElf_Shdr *header,
                        struct error *err)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || !header->sh_entsize) return true;
    for (size_t i = 0; i < header->sh_size / header->sh_entsize; i++) {
        GElf_Sym sym;
        if (!gelf_getsym(data, (int)i, &sym)) break;
        const char *name = elf_strptr(f->elf, header->sh_link, sym.st_name);
        unsigned type = GELF_ST_TYPE(sym.st_info);
        if (!name || !*name || sym.st_shndx == SHN_UNDEF || sym.st_shndx == SHN_ABS) continue;
        if (f->only_section && sym.st_shndx != f->only_section) continue;
        if (type == STT_FILE || type == STT_SECTION || !strncmp(name, ".L", 2)) continue;
        if (!grow((void **)&f->symbols, f->symbol_count, sizeof *f->symbols))
            return error_set(err, "out of memory");
        bool is_mark = name[0] == '$' && (name[1] == 'd' || name[1] == 'x');
        f->symbols[f->symbol_count++] = (struct elf_symbol){sym.st_value, sym.st_size, name,
                                                            is_mark && name[1] == 'd', is_mark};
    }
    return true;
}

static bool read_sections(struct elf_code_file *f, bool is_object, struct error *err)
{
    size_t names = 0;
    elf_getshdrstrndx(f->elf, &names);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(f->elf, section));) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header)) continue;
        const char *name = elf_strptr(f->elf, names, header.sh_name);
        bool is_code = header.sh_type == SHT_PROGBITS && header.sh_flags & SHF_EXECINSTR;
        if (is_code && is_object && !f->only_section) f->only_section = elf_ndxscn(section);
        if (is_code &&
            !add_code(f, header.sh_addr, header.sh_offset, header.sh_size, name ? name : "", err))
            return false;
        if (header.sh_type == SHT_SYMTAB && !add_symbols(f, section, &header, err)) return false;
    }
    return true;
}

/* A file without sections still has its segments. */
static bool read_segments(struct elf_code_file *f, struct error *err)
{
    size_t count = 0;
    elf_getphdrnum(f->elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(f->elf, (int)i, &header)) continue;
        if (header.p_type != PT_LOAD || !(header.p_flags & PF_X)) continue;
        if (!add_code(f, header.p_vaddr, header.p_offset, header.p_filesz, "", err)) return false;
    }
    return true;
}

static int compare_codes(const void *a, const void *b)
{
    const struct elf_code *x = a, *y = b;
    return (x->address > y->address) - (x->address < y->address);
}

static int compare_symbols(const void *a, const void *b)
{
    const struct elf_symbol *x = a, *y = b;
    if (x->address != y->address) return x->address > y->address ? 1 : -1;
    if (x->is_mark != y->is_mark) return x->is_mark ? -1 : 1;
    return (x->size > y->size) - (x->size < y->size);
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "i386";
    case EM_X86_64:
        return "x86-64";
    case EM_ARM:
        return "Arm";
    case EM_AARCH64:
        return "AArch64";
    case EM_MIPS:
        return "MIPS";
    case EM_PPC64:
        return "PowerPC";
    case EM_S390:
        return "s390";
    default:
        return "another machine";
    }
}

static bool read_file(struct elf_code_file *f, struct error *err)
{
    elf_version(EV_CURRENT);
    if (f->file.size == 0) return error_set(err, "the file is empty");
    f->elf = elf_memory((char *)(uintptr_t)f->file.bytes, f->file.size);
    GElf_Ehdr header;
    if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &header))
        return error_set(err, "not an ELF file");
    if (header.e_machine != EM_RISCV || header.e_ident[EI_DATA] != ELFDATA2LSB)
        return error_set(err, "an ELF file for %s (%u), not for little-endian RISC-V",
                         machine_name(header.e_machine), header.e_machine);
    f->xlen = header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
    if (!read_sections(f, header.e_type == ET_REL, err)) return false;
    if (!f->code_count && !read_segments(f, err)) return false;
    if (!f->code_count) return error_set(err, "no code in it: no executable section or segment");
    qsort(f->codes, f->code_count, sizeof *f->codes, compare_codes);
    if (f->symbol_count) qsort(f->symbols, f->symbol_count, sizeof *f->symbols, compare_symbols);
    return true;
}

struct elf_code_file *elf_code_open(const char *path, struct error *err)
{
    struct error why;
    struct elf_code_file *f = calloc(1, sizeof *f);
    if (!f) {
        error_set(err, "%s: out of memory", path);
        return NULL;
    }
    if (!host_file_map(path, &f->file, err)) {
        free(f);
        return NULL;
    }
    if (read_file(f, &why)) return f;
    error_set(err, "%s: %s", path, why.text);
    elf_code_close(f);
    return NULL;
}

void elf_code_close(struct elf_code_file *f)
{
    if (!f) return;
    if (f->elf) elf_end(f->elf);
    host_file_close(&f->file);
    free(f->codes);
    free(f->symbols);
    free(f);
}

unsigned elf_code_xlen(const struct elf_code_file *f)
{
    return f->xlen;
}

const struct elf_code *elf_code_at(const struct elf_code_file *f, unsigned index)
{
    return index < f->code_count ? &f->codes[index] : NULL;
}

const struct elf_symbol *elf_symbols(const struct elf_code_file *f, unsigned *count)
{
    *count = f->symbol_count;
    return f->symbols;
}

const struct elf_symbol *elf_symbol_of(const struct elf_code_file *f, uint64_t address)
{
    unsigned low = 0, high = f->symbol_count; /* the first above `address` is in low..high */
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (f->symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0 && f->symbols[low - 1].is_mark)
        low--;
    return low ? &f->symbols[low - 1] : NULL;
}

const struct elf_symbol *elf_symbol_named(const struct elf_code_file *f, const char *name)
{
    for (unsigned i = 0; i < f->symbol_count; i++)
        if (!f->symbols[i].is_mark && !strcmp(f->symbols[i].name, name)) return &f->symbols[i];
    return NULL;
}
