/* tests/lockstep/spike/image.c: a random program as an ELF file that any RISC-V simulator runs.
 *
 * Two segments: the program's RAM, and a starter, where execution begins in M-mode:
 *
 *      0x000  code: x31 = here; mtimecmp = -1; f0..f31, CSRs, x1..x31 from below; MRET
 *      0x400  their values, 8 bytes each, in the order of use
 */
#include "tests/lockstep/spike/image.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/status.h"
#include "cpu/tlb.h"
#include "tests/lockstep/peer/known.h"

#define VALUES_AT 0x400
#define MTIMECMP  UINT64_C(0x02004000) /* SiFive's CLINT, where Spike and QEMU have it */

struct starter {
    const struct assembler *assembler;
    uint8_t bytes[STARTER_SIZE];
    unsigned code, values; /* where the next ones go */
};

static void code(struct starter *s, uint32_t word)
{
    store_le(s->bytes + s->code, 4, word);
    s->code += 4;
}

static void insn(struct starter *s, enum known_insn insn, unsigned rd, unsigned rs1, unsigned rs2,
                 int32_t imm)
{
    code(s, insn_word(s->assembler, insn, rd, rs1, rs2, imm));
}

/* Register rd = value, through x31. */
static void load(struct starter *s, const struct insn_row *row, unsigned rd, uint64_t value)
{
    const int32_t values[FIELD_COUNT] = {
        [FIELD_RD] = (int32_t)rd, [FIELD_RS1] = 31, [FIELD_IMM] = (int32_t)s->values};
    store_le(s->bytes + s->values, 8, value);
    s->values += 8;
    code(s, row_word(s->assembler, row, values, 0));
}

static void load_x(struct starter *s, unsigned rd, uint64_t value)
{
    load(s, s->assembler->known[ASM_ld], rd, value);
}

static void csr(struct starter *s, unsigned number, uint64_t value)
{
    load_x(s, 30, value);
    insn(s, ASM_csrrw, 0, 30, 0, (int32_t)number);
}

static void csrs(struct starter *s, struct hart *h)
{
    for (unsigned i = 0; i < PMP_COUNT; i++)
        csr(s, CSR_pmpaddr0 + i, h->pmpaddr[i]);
    csr(s, CSR_pmpcfg0, load_le(h->pmpcfg, 8));
    csr(s, CSR_pmpcfg2, load_le(h->pmpcfg + 8, 8));
    for (unsigned i = 0; i < known_csr_count; i++) {
        uint64_t value = 0;
        unsigned number = known_csrs[i].number;
        bool later = number == CSR_mstatus || number == CSR_mepc;
        if (!later && csr_peek(h, number, &value) && value) csr(s, number, value);
    }
    csr(s, CSR_mcounteren, h->mcounteren);
    csr(s, CSR_scounteren, h->scounteren);
    csr(s, CSR_menvcfg, h->menvcfg);
}

/* MRET: MIE = MPIE, MPIE = 1, MPP = U; the mode is MPP, the pc mepc. */
static void enter(struct starter *s, struct hart *h)
{
    const uint64_t stack = MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP;
    uint64_t status;
    csr_peek(h, CSR_mstatus, &status);
    csr(s, CSR_mepc, h->pc);
    csr(s, CSR_mstatus,
        (status & ~stack) | (status & MSTATUS_MIE ? MSTATUS_MPIE : 0) |
            (uint64_t)h->priv << MSTATUS_MPP_SHIFT);
    for (unsigned i = 1; i < 32; i++)
        load_x(s, i, hart_x(h, i));
    insn(s, ASM_mret, 0, 0, 0, 0);
    csr_poke(h, CSR_mepc, h->pc);
    csr_poke(h, CSR_mstatus, (status & ~(MSTATUS_MPIE | MSTATUS_MPP)) | MSTATUS_MPIE);
    hart_mode_changed(h);
}

static void starter_make(struct starter *s, struct hart *h)
{
    insn(s, ASM_auipc, 31, 0, 0, 0);
    load_x(s, 29, MTIMECMP);
    insn(s, ASM_addi, 30, 0, 0, -1);
    insn(s, ASM_sd, 0, 29, 30, 0);
    csr(s, CSR_mstatus, MSTATUS_FS);
    for (unsigned i = 0; i < 32; i++)
        load(s, insn_row_by_id("fld"), i, h->f[i]);
    csrs(s, h);
    enter(s, h);
}

static Elf64_Phdr segment(uint64_t offset, uint64_t address, uint64_t size)
{
    return (Elf64_Phdr){.p_type = PT_LOAD,
                        .p_flags = PF_R | PF_W | PF_X,
                        .p_offset = offset,
                        .p_vaddr = address,
                        .p_paddr = address,
                        .p_filesz = size,
                        .p_memsz = size,
                        .p_align = 1};
}

bool image_write(const char *path, struct rig *rig, const struct assembler *assembler)
{
    struct starter starter = {.assembler = assembler, .values = VALUES_AT};
    starter_make(&starter, &rig->hart);
    Elf64_Ehdr head = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_RISCV,
        .e_version = EV_CURRENT,
        .e_entry = STARTER_BASE,
        .e_phoff = sizeof head,
        .e_ehsize = sizeof head,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 2,
        .e_shoff = sizeof head + 2 * sizeof(Elf64_Phdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = 1};
    /* Spike wants a table of sections with their names: an empty one, in e_ident's last byte. */
    const Elf64_Shdr none = {.sh_type = SHT_STRTAB, .sh_offset = EI_NIDENT - 1, .sh_size = 1};
    uint64_t at = head.e_shoff + sizeof none;
    const Elf64_Phdr segments[] = {segment(at, RAM_BASE, RAM_SIZE),
                                   segment(at + RAM_SIZE, STARTER_BASE, STARTER_SIZE)};
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    bool written = fwrite(&head, sizeof head, 1, file) == 1 &&
                   fwrite(segments, sizeof segments, 1, file) == 1 &&
                   fwrite(&none, sizeof none, 1, file) == 1 &&
                   fwrite(rig->bytes, RAM_SIZE, 1, file) == 1 &&
                   fwrite(starter.bytes, STARTER_SIZE, 1, file) == 1;
    return fclose(file) == 0 && written;
}
