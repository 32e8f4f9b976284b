/* monitor/see_hit.c: why a hart stopped, in words. */
#include <inttypes.h>

#include "cpu/csr.h"
#include "cpu/trap.h"
#include "machine/board.h"
#include "monitor/see.h"
#include "monitor/stops_text.h"
#include "monitor/target.h"

/* "store of 0x5 (8 bytes) to 0xffffffff81000000 <jiffies>, now 0x4" */
static void access_show(struct monitor *mon, const struct debug_report *report)
{
    char where[ADDRESS_SIZE];
    bool store = report->event == DEBUG_STORE || (report->event == DEBUG_DEVICE && report->store);
    monitor_address(mon, report->va, where, sizeof where);
    if (store)
        out_text(&mon->out, "store of 0x%" PRIx64 " (%u byte%s) to %s", report->value, report->size,
                 report->size == 1 ? "" : "s", where);
    else
        out_text(&mon->out, "load of %u byte%s from %s", report->size, report->size == 1 ? "" : "s",
                 where);
    uint8_t bytes[8];
    struct error err;
    if (report->event != DEBUG_DEVICE && report->size <= 8 &&
        target_read(monitor_hart(mon), report->va, false, bytes, report->size, NULL, &err))
        out_text(&mon->out, ", now 0x%" PRIx64, load_le(bytes, report->size));
    out_hex(&mon->out, "access", report->va);
    out_hex(&mon->out, "value", report->value);
    out_number(&mon->out, "size", report->size);
    out_bool(&mon->out, "store", store);
}

static void device_show(struct monitor *mon, const struct debug_report *report)
{
    const char *name = "no device";
    uint64_t offset = report->paddr;
    for (unsigned i = 0; i < mon->machine->device_count; i++) {
        const struct board_device *item = &mon->machine->devices[i];
        if (report->paddr - board_base(item) >= item->device->region.size) continue;
        name = item->device->name;
        offset = report->paddr - board_base(item);
    }
    access_show(mon, report);
    out_text(&mon->out, ": %s + 0x%" PRIx64, name, offset);
    out_string(&mon->out, "device", name);
}

/* "write to satp, now 0x0, operand 0x8000..." */
static void csr_show(struct monitor *mon, const struct debug_report *report)
{
    struct hart *h = monitor_hart(mon);
    const struct csr_info *csr = csr_info_by_number(report->csr);
    uint32_t word;
    unsigned length;
    uint64_t value;
    struct error err;
    out_text(&mon->out, ": %s %s", report->store ? "write to" : "read of", csr ? csr->name : "?");
    if (csr_peek(h, report->csr, &value)) {
        out_text(&mon->out, ", now 0x%" PRIx64, value);
        out_hex(&mon->out, "value", value);
    }
    if (!report->store || !target_insn(h, h->pc, false, &word, &length, &err)) return;
    /* Unprivileged spec, "Zicsr": funct3 bit 2 has a number where rs1 would stand. */
    uint64_t operand = word >> 15 & 31;
    if (!(word >> 14 & 1)) operand = hart_x(h, (unsigned)operand);
    static const char *const what[] = {"", "to be", "to be set in it:", "to be cleared in it:"};
    out_text(&mon->out, ", %s 0x%" PRIx64, what[word >> 12 & 3], operand);
    out_hex(&mon->out, "operand", operand);
}

/* RISC-V Supervisor Binary Interface 2.0, the chapters' "EID" */
static const char *sbi_extension(uint64_t eid)
{
    static const struct {
        uint64_t eid;
        const char *name;
    } extensions[] = {{0x00, "legacy set_timer"},
                      {0x01, "legacy console_putchar"},
                      {0x02, "legacy console_getchar"},
                      {0x03, "legacy clear_ipi"},
                      {0x04, "legacy send_ipi"},
                      {0x05, "legacy remote_fence_i"},
                      {0x06, "legacy remote_sfence_vma"},
                      {0x07, "legacy remote_sfence_vma_asid"},
                      {0x08, "legacy shutdown"},
                      {0x10, "Base"},
                      {0x54494d45, "TIME"},
                      {0x735049, "IPI"},
                      {0x52464e43, "RFENCE"},
                      {0x48534d, "HSM"},
                      {0x53525354, "SRST"},
                      {0x504d55, "PMU"},
                      {0x4442434e, "DBCN"},
                      {0x53555350, "SUSP"},
                      {0x43505043, "CPPC"},
                      {0x4e41434c, "NACL"},
                      {0x535441, "STA"}};
    for (unsigned i = 0; i < ARRAY_COUNT(extensions); i++)
        if (extensions[i].eid == eid) return extensions[i].name;
    return "an extension unknown here";
}

static void ecall_show(struct monitor *mon, const struct debug_report *report)
{
    const struct hart *h = monitor_hart(mon);
    uint64_t number = hart_x(h, 17);
    out_text(&mon->out, ": %s, ", cause_text(report->cause));
    if (report->cause == CAUSE_ECALL_S) {
        out_text(&mon->out, "SBI %s (a7=0x%" PRIx64 "), function a6=%" PRIu64,
                 sbi_extension(number), number, hart_x(h, 16));
        out_string(&mon->out, "sbi", sbi_extension(number));
    } else {
        out_text(&mon->out, "a7=%" PRIu64, number);
    }
    out_text(&mon->out, " a0=0x%" PRIx64 " a1=0x%" PRIx64 " a2=0x%" PRIx64, hart_x(h, 10),
             hart_x(h, 11), hart_x(h, 12));
    out_hex(&mon->out, "a7", number);
}

void see_hit(struct monitor *mon, const struct stop_hit *hit, const struct stop *stop)
{
    const struct debug_report *report = &hit->report;
    const struct hart *h = monitor_hart(mon);
    char where[ADDRESS_SIZE];
    if (!stop || stop->internal) return; /* what next and finish set: where it stands says all */
    out_text(&mon->out, "stop %u (%s %s)", stop->number, stop_kind_name(stop), stop->what);
    if (machine_hart_count(mon->machine) > 1) out_text(&mon->out, " on hart %u", mon->hart);
    switch (report->event) {
    case DEBUG_INSN:
        break;
    case DEBUG_LOAD:
    case DEBUG_STORE:
        out_text(&mon->out, ": ");
        access_show(mon, report);
        break;
    case DEBUG_DEVICE:
        out_text(&mon->out, ": ");
        device_show(mon, report);
        break;
    case DEBUG_CSR:
        csr_show(mon, report);
        break;
    case DEBUG_ECALL:
        ecall_show(mon, report);
        break;
    case DEBUG_TRAPPED:
        monitor_address(mon, report->from_pc, where, sizeof where);
        out_text(&mon->out, ": %s, from %s-mode at %s", cause_text(report->cause),
                 priv_name(report->from), where);
        out_hex(&mon->out, "cause", report->cause);
        out_hex(&mon->out, "from_pc", report->from_pc);
        break;
    case DEBUG_MODE:
        out_text(&mon->out, ": from %s-mode to %s-mode", priv_name(report->from),
                 priv_name(h->priv));
        break;
    }
    out_text(&mon->out, "\n");
}
