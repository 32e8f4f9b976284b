/* dev/rtc.c: Goldfish real-time clock: nanoseconds since 1970, one alarm.
 *
 * A 64-bit number is two 32-bit registers. Reading TIME_LOW latches the high half for the TIME_HIGH
 * that follows; an alarm is armed by ALARM_LOW, so its high half is stored first.
 */
#include "dev/rtc.h"

#include <libfdt.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/fields.h"
#include "host/thread.h"

#define RTC_SIZE 0x1000

enum {
    TIME_LOW = 0x00,
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08,
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    ALARM_STATUS = 0x18,
    CLEAR_INTERRUPT = 0x1c,
};

struct rtc_state {
    uint64_t offset_ns; /* guest time minus wall time, wrapping */
    uint64_t alarm_ns;  /* in guest time */
    uint32_t time_high; /* latched by TIME_LOW */
    uint8_t alarm_armed, irq_pending, irq_enabled;
};

struct rtc {
    struct device device;
    struct wall_clock clock;
    struct irq irq;
    struct mutex lock; /* over `state` and the wire */
    struct rtc_state state;
};

static const struct field rtc_fields[] = {
    FIELD(struct rtc_state, offset_ns),
    FIELD(struct rtc_state, alarm_ns),
    FIELD(struct rtc_state, time_high),
    FIELD(struct rtc_state, alarm_armed),
    FIELD(struct rtc_state, irq_pending),
    FIELD(struct rtc_state, irq_enabled),
    {.name = NULL},
};

static const struct reg_row rtc_regs[] = {
    {TIME_LOW, 4, "time_low", ""},
    {TIME_HIGH, 4, "time_high", ""},
    {ALARM_LOW, 4, "alarm_low", ""},
    {ALARM_HIGH, 4, "alarm_high", ""},
    {IRQ_ENABLED, 4, "irq_enabled", "enabled:0"},
    {CLEAR_ALARM, 4, "clear_alarm", ""},
    {ALARM_STATUS, 4, "alarm_status", "armed:0"},
    {CLEAR_INTERRUPT, 4, "clear_interrupt", ""},
    {0, 0, NULL, NULL},
};

static struct rtc *rtc_of(struct device *device)
{
    return CONTAINER_OF(device, struct rtc, device);
}

static uint64_t rtc_now(const struct rtc *rtc)
{
    return rtc->clock.now_ns(rtc->clock.owner) + rtc->state.offset_ns;
}

static void rtc_drive(const struct rtc *rtc)
{
    irq_set(&rtc->irq, rtc->state.irq_pending && rtc->state.irq_enabled);
}

/* Fires an armed alarm whose time has come; nanoseconds until it does otherwise. */
static uint64_t rtc_alarm_wait(struct rtc *rtc)
{
    if (!rtc->state.alarm_armed) return UINT64_MAX;
    uint64_t now_ns = rtc_now(rtc);
    if (rtc->state.alarm_ns > now_ns) return rtc->state.alarm_ns - now_ns;
    rtc->state.alarm_armed = 0;
    rtc->state.irq_pending = 1;
    rtc_drive(rtc);
    return UINT64_MAX;
}

static uint64_t rtc_get(const struct rtc *rtc, uint64_t now_ns, uint64_t offset)
{
    switch (offset) {
    case TIME_LOW:
        return (uint32_t)now_ns;
    case TIME_HIGH:
        return rtc->state.time_high;
    case ALARM_LOW:
        return (uint32_t)rtc->state.alarm_ns;
    case ALARM_HIGH:
        return rtc->state.alarm_ns >> 32;
    case IRQ_ENABLED:
        return rtc->state.irq_enabled;
    case ALARM_STATUS:
        return rtc->state.alarm_armed;
    default: /* the write-only registers, and past the last */
        return 0;
    }
}

static bool rtc_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct rtc *rtc = CONTAINER_OF(region, struct rtc, device.region);
    mutex_lock(&rtc->lock);
    uint64_t now_ns = rtc_now(rtc);
    if (offset == TIME_LOW) rtc->state.time_high = (uint32_t)(now_ns >> 32);
    *value = rtc_get(rtc, now_ns, offset);
    mutex_unlock(&rtc->lock);
    return true;
}

static bool rtc_peek(const struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    (void)size;
    struct rtc *rtc = CONTAINER_OF(device, struct rtc, device);
    mutex_lock(&rtc->lock);
    *value = rtc_get(rtc, rtc_now(rtc), offset);
    mutex_unlock(&rtc->lock);
    return true;
}

/* Moves the guest's time so that the bits of `mask` read as those of `time_ns`. */
static void rtc_set_time(struct rtc *rtc, uint64_t mask, uint64_t time_ns)
{
    uint64_t now_ns = rtc_now(rtc);
    rtc->state.offset_ns += bits_replace(now_ns, mask, time_ns) - now_ns;
}

static void rtc_store_locked(struct rtc *rtc, uint64_t offset, uint64_t value)
{
    struct rtc_state *state = &rtc->state;
    switch (offset) {
    case TIME_LOW:
        rtc_set_time(rtc, mask_low(32), value);
        break;
    case TIME_HIGH:
        rtc_set_time(rtc, ~mask_low(32), value << 32);
        break;
    case ALARM_LOW:
        state->alarm_ns = bits_replace(state->alarm_ns, mask_low(32), value);
        state->alarm_armed = 1;
        break;
    case ALARM_HIGH:
        state->alarm_ns = bits_replace(state->alarm_ns, ~mask_low(32), value << 32);
        break;
    case IRQ_ENABLED:
        state->irq_enabled = value & 1;
        rtc_drive(rtc);
        break;
    case CLEAR_ALARM:
        state->alarm_armed = 0;
        break;
    case CLEAR_INTERRUPT:
        state->irq_pending = 0;
        rtc_drive(rtc);
        break;
    default:
        break;
    }
    rtc_alarm_wait(rtc);
}

static bool rtc_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    (void)size;
    struct rtc *rtc = CONTAINER_OF(region, struct rtc, device.region);
    mutex_lock(&rtc->lock);
    rtc_store_locked(rtc, offset, value);
    mutex_unlock(&rtc->lock);
    device_rearm(&rtc->device);
    return true;
}

static void rtc_reset(struct device *device)
{
    struct rtc *rtc = rtc_of(device);
    mutex_lock(&rtc->lock);
    /* A battery keeps the time: only the alarm is lost. */
    rtc->state = (struct rtc_state){.offset_ns = rtc->state.offset_ns};
    rtc_drive(rtc);
    mutex_unlock(&rtc->lock);
}

static uint64_t rtc_tick(struct device *device, uint64_t now_ns)
{
    struct rtc *rtc = rtc_of(device);
    mutex_lock(&rtc->lock);
    uint64_t wait_ns = rtc_alarm_wait(rtc);
    mutex_unlock(&rtc->lock);
    return wait_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + wait_ns;
}

static void rtc_describe(const struct device *device, void *fdt, int node)
{
    fdt_setprop_string(fdt, node, "compatible", device->ops->compatible);
}

static bool rtc_save(const struct device *device, struct state_writer *writer)
{
    struct rtc *rtc = CONTAINER_OF(device, struct rtc, device);
    mutex_lock(&rtc->lock);
    bool saved = fields_save(rtc_fields, &rtc->state, writer);
    mutex_unlock(&rtc->lock);
    return saved;
}

static bool rtc_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct rtc *rtc = rtc_of(device);
    struct rtc_state state;
    if (!fields_load(rtc_fields, &state, reader, err)) return false;
    if (state.alarm_armed > 1 || state.irq_pending > 1 || state.irq_enabled > 1)
        return error_set(err, "%s: a flag of the saved state is neither 0 nor 1", device->name);
    mutex_lock(&rtc->lock);
    rtc->state = state;
    rtc_drive(rtc);
    mutex_unlock(&rtc->lock);
    device_rearm(device);
    return true;
}

static void rtc_destroy(struct device *device)
{
    struct rtc *rtc = rtc_of(device);
    mutex_fini(&rtc->lock);
    free(rtc);
}

static const struct region_ops rtc_region_ops = {
    .name = "rtc",
    .widths = 4,
    .load = rtc_load,
    .store = rtc_store,
};

static const struct device_ops rtc_ops = {
    .compatible = "google,goldfish-rtc",
    .regs = rtc_regs,
    .peek = rtc_peek,
    .reset = rtc_reset,
    .tick = rtc_tick,
    .describe = rtc_describe,
    .save = rtc_save,
    .load = rtc_restore,
    .destroy = rtc_destroy,
};

struct device *rtc_create(const char *name, struct wall_clock clock, struct irq irq,
                          struct error *err)
{
    struct rtc *rtc = calloc(1, sizeof(*rtc));
    if (!rtc) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    rtc->device = (struct device){
        .ops = &rtc_ops, .name = name, .region = {.ops = &rtc_region_ops, .size = RTC_SIZE}};
    rtc->clock = clock;
    rtc->irq = irq;
    mutex_init(&rtc->lock);
    return &rtc->device;
}
