/* cpu/hpm_event.h: what a performance counter can count: the rows of cpu/hpm_event.def. */
#ifndef RIVET_CPU_HPM_EVENT_H
#define RIVET_CPU_HPM_EVENT_H

#include <stdint.h>

enum hpm_event {
#define HPM_EVENT(id, selector, text) HPM_##id,
#include "cpu/hpm_event.def"
#undef HPM_EVENT
    HPM_EVENT_COUNT
};

struct hpm_event_info {
    uint32_t selector; /* what mhpmevent holds */
    const char *text;
};
#define HPM_EVENT_SBI_MAX 0xfffff /* larger selectors are no events of the SBI's */

extern const struct hpm_event_info hpm_event_info[HPM_EVENT_COUNT];

/* The event that mhpmevent's EVENT field selects; HPM_EVENT_COUNT: there is none. */
enum hpm_event hpm_event_of(uint64_t selector);

#endif
