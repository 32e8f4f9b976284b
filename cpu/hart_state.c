/* cpu/hart_state.c: saving and loading a hart's architectural state. */
#include "cpu/hart_state.h"

#include "base/fields.h"
#include "cpu/counter.h"
#include "cpu/tlb.h"
#include "cpu/trigger.h"

#define CSR_MEMBER(name) FIELD(struct hart, name)

/* For XLEN 32 the upper halves of x64 are what x32's odd registers are: saved as they lie. */
static const struct field rows[] = {
    FIELD_ARRAY(struct hart, x64),
    FIELD_ARRAY(struct hart, f),
    FIELD(struct hart, pc),
    FIELD(struct hart, priv),
    FIELD(struct hart, reservation),
    FIELD(struct hart, reservation_value),
    FIELD(struct hart, reservation_size),
    FIELD(struct hart, fp_dirty),
    CSR_MEMBER(mstatus),
    CSR_MEMBER(medeleg),
    CSR_MEMBER(mideleg),
    CSR_MEMBER(mie),
    CSR_MEMBER(mip_wires),
    CSR_MEMBER(mip_soft),
    CSR_MEMBER(mtvec),
    CSR_MEMBER(mscratch),
    CSR_MEMBER(mepc),
    CSR_MEMBER(mcause),
    CSR_MEMBER(mtval),
    CSR_MEMBER(mcounteren),
    CSR_MEMBER(menvcfg),
    CSR_MEMBER(mcountinhibit),
    CSR_MEMBER(stvec),
    CSR_MEMBER(sscratch),
    CSR_MEMBER(sepc),
    CSR_MEMBER(scause),
    CSR_MEMBER(stval),
    CSR_MEMBER(scounteren),
    CSR_MEMBER(senvcfg),
    CSR_MEMBER(mseccfg),
    CSR_MEMBER(miselect),
    CSR_MEMBER(siselect),
    CSR_MEMBER(mstateen[0]),
    CSR_MEMBER(mstateen[1]),
    CSR_MEMBER(mstateen[2]),
    CSR_MEMBER(mstateen[3]),
    CSR_MEMBER(satp),
    CSR_MEMBER(stimecmp),
    FIELD_ARRAY(struct hart, pmpcfg),
    FIELD_ARRAY(struct hart, pmpaddr),
    CSR_MEMBER(frm),
    CSR_MEMBER(fflags),
    FIELD(struct hart, instret),
    FIELD(struct hart, counting),
    FIELD_ARRAY(struct hart, counter),
    FIELD_ARRAY(struct hart, counter_config),
    FIELD_ARRAY(struct hart, event_total),
    CSR_MEMBER(tselect),
    FIELD_ARRAY(struct hart, tdata1),
    FIELD_ARRAY(struct hart, tdata2),
    FIELD(struct hart, wfi),
    FIELD(struct hart, pauses), /* when the engine is left next */
    {0},
};

bool hart_save(const struct hart *h, struct state_writer *writer)
{
    return fields_save(rows, h, writer);
}

bool hart_load(struct hart *h, struct state_reader *reader, struct error *err)
{
    struct hart loaded = *h;
    if (!fields_load(rows, &loaded, reader, err)) return false;
    if (loaded.priv > PRIV_M || loaded.priv == 2 || loaded.frm > 7 || loaded.reservation_size > 8 ||
        loaded.tselect >= TRIGGER_COUNT)
        return error_set(
            err, "hart %u: a privilege, rounding mode, reservation or trigger no hart has", h->id);
    *h = loaded;
    hart_frm_changed(h);
    counters_loaded(h);
    triggers_changed(h);
    tlb_flush_all(h);
    hart_mode_changed(h);
    return true;
}
