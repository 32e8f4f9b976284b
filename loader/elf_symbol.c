/* loader/elf_symbol.c: where an ELF file says its symbols are, read with libelf. */
#include "loader/elf_symbol.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "loader/elf.h"

static bool table_find(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name,
                       uint64_t *value)
{
    Elf_Data *data = elf_getdata(section, NULL);
    if (!data || header->sh_entsize == 0) return false;
    for (uint64_t i = 0; i < header->sh_size / header->sh_entsize && i <= INT32_MAX; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol)) return false;
        const char *found = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (!found || strcmp(found, name) != 0 || symbol.st_shndx == SHN_UNDEF) continue;
        *value = symbol.st_value;
        return true;
    }
    return false;
}

bool elf_symbol(const struct blob *blob, const char *name, uint64_t *value)
{
    if (!elf_detect(blob) || elf_version(EV_CURRENT) == EV_NONE) return false;
    /* libelf wants a mutable pointer but only writes through it under ELF_C_WRITE. */
    Elf *elf = elf_memory((char *)(uintptr_t)blob->bytes, blob->size);
    bool found = false;
    for (Elf_Scn *section = NULL; elf && !found && (section = elf_nextscn(elf, section));) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
            found = table_find(elf, section, &header, name, value);
    }
    elf_end(elf);
    return found;
}
