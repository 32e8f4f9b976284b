/* monitor/gdb_registers.c: gdb's register numbers, and the target description that explains them.
 *
 *      0..31 x0..x31   32 pc   33..64 f0..f31   65 + n CSR n   4161 priv
 */
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/csr.h"
#include "cpu/isa.h"
#include "cpu/register.h"
#include "monitor/gdb.h"
#include "monitor/history.h"
#include "monitor/target.h"

#define NUMBER_PC   32
#define NUMBER_F0   33
#define NUMBER_CSR0 65
#define NUMBER_PRIV 4161

static struct hart *gdb_hart(struct gdb *gdb)
{
    return machine_hart(gdb->mon->machine, gdb->hart);
}

static bool has_fp(const struct hart *h)
{
    return isa_has(h->isa, EXT_D);
}

static bool find(const struct hart *h, unsigned number, struct place_name *place, unsigned *size)
{
    *size = h->xlen / 8;
    *place = (struct place_name){.high = 63};
    if (number < NUMBER_PC) {
        place->kind = PLACE_X;
        place->number = number;
    } else if (number == NUMBER_PC) {
        place->kind = PLACE_PC;
    } else if (number < NUMBER_CSR0) {
        place->kind = PLACE_F;
        place->number = number - NUMBER_F0;
        *size = 8;
        return has_fp(h);
    } else if (number == NUMBER_PRIV) {
        place->kind = PLACE_PRIV;
    } else {
        place->kind = PLACE_CSR;
        place->number = number - NUMBER_CSR0;
        return place->number < 4096 && csr_exists(h, place->number);
    }
    return true;
}

bool gdb_register_get(struct gdb *gdb, unsigned number, struct text *hex)
{
    struct place_name place;
    unsigned size;
    struct hart *h = gdb_hart(gdb);
    if (!find(h, number, &place, &size)) return false;
    uint8_t bytes[8];
    store_le(bytes, 8, target_get(h, &place));
    text_hex(hex, bytes, size);
    return true;
}

bool gdb_register_set(struct gdb *gdb, unsigned number, const char *hex)
{
    struct place_name place;
    unsigned size;
    uint64_t value = 0;
    struct error ignored;
    struct hart *h = gdb_hart(gdb);
    if (!find(h, number, &place, &size) || strlen(hex) < 2 * size) return false;
    for (unsigned i = 0; i < size; i++) {
        unsigned byte = 0;
        for (unsigned k = 0; k < 2; k++) {
            static const char digits[] = "0123456789abcdef";
            const char *at = strchr(digits, hex[2 * i + k] | 32);
            if (!hex[2 * i + k] || !at) return false;
            byte = byte << 4 | (unsigned)(at - digits);
        }
        value |= (uint64_t)byte << (8 * i);
    }
    history_forget(gdb->mon);
    return target_set(h, &place, value, &ignored);
}

static void reg_put(struct text *xml, const char *name, unsigned bits, unsigned number,
                    const char *type)
{
    text_printf(xml, "<reg name=\"%s\" bitsize=\"%u\" regnum=\"%u\" type=\"%s\"/>", name, bits,
                number, type);
}

/* gdb's manual, "RISC-V Features". With an operating system's ABI gdb would step by setting
 * breakpoints, which takes it five packets instead of one. */
void gdb_description(struct gdb *gdb, struct text *xml)
{
    const struct hart *h = gdb_hart(gdb);
    const struct csr_info *csr;
    text_printf(xml,
                "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                "<architecture>riscv:rv%u</architecture><osabi>none</osabi>"
                "<feature name=\"org.gnu.gdb.riscv.cpu\">",
                h->xlen);
    for (unsigned i = 0; i < 32; i++)
        reg_put(xml, register_x_name(i), h->xlen, i,
                i == 1                            ? "code_ptr"
                : i >= 2 && i <= 4 /* sp gp tp */ ? "data_ptr"
                                                  : "int");
    reg_put(xml, "pc", h->xlen, NUMBER_PC, "code_ptr");
    text_printf(xml, "</feature>");
    if (has_fp(h)) {
        text_printf(xml, "<feature name=\"org.gnu.gdb.riscv.fpu\">");
        for (unsigned i = 0; i < 32; i++)
            reg_put(xml, register_f_name(i), 64, NUMBER_F0 + i, "ieee_double");
        reg_put(xml, "fflags", h->xlen, NUMBER_CSR0 + CSR_fflags, "int");
        reg_put(xml, "frm", h->xlen, NUMBER_CSR0 + CSR_frm, "int");
        reg_put(xml, "fcsr", h->xlen, NUMBER_CSR0 + CSR_fcsr, "int");
        text_printf(xml, "</feature>");
    }
    text_printf(xml, "<feature name=\"org.gnu.gdb.riscv.csr\">");
    for (unsigned i = 0; (csr = csr_info_at(i)); i++)
        if (csr_exists(h, csr->number) && csr->number > CSR_fcsr && !strstr(csr->name, "hpm"))
            reg_put(xml, csr->name, h->xlen, NUMBER_CSR0 + csr->number, "int");
    text_printf(xml, "</feature><feature name=\"org.gnu.gdb.riscv.virtual\">");
    reg_put(xml, "priv", h->xlen, NUMBER_PRIV, "int");
    text_printf(xml, "</feature></target>");
}
