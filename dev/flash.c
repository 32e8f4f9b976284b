/* dev/flash.c: a bank of NOR flash with Intel's command set (CFI, JESD68.01; command set 0001).
 *
 * Two chips of 16 bits lie side by side and hear the same commands:
 *
 *      31            16 15             0
 *     +----------------+----------------+
 *     |  chip 1        |   chip 0       |   commands, status and answers are in both halves
 *     +----------------+----------------+
 *
 * A bank reads as memory until a command is stored into it. Programming clears bits, erasing a
 * block of 256 KiB sets all of them. Both are done at once; the status always says ready.
 */
#include "dev/flash.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/fields.h"
#include "host/memory.h"
#include "host/thread.h"

#define BLOCK_BYTES  (UINT64_C(256) << 10) /* of the bank; a chip has half of it */
#define BLOCKS       (FLASH_BYTES / BLOCK_BYTES)
#define BUFFER_BYTES 2048 /* of the bank, in one buffered programming */
#define CHIPS        2
#define MANUFACTURER 0x89
#define DEVICE_ID    0x18
#define LOG2_CHIP    24 /* 16 MiB */
#define LOG2_BUFFER  10

enum { STATUS_READY = 0x80, STATUS_ERASE_ERROR = 0x20, STATUS_PROGRAM_ERROR = 0x10 };

/* Commands, and by the same numbers the modes in which the next store is taken. */
enum {
    READ_ARRAY = 0xff,
    READ_ARRAY_AMD = 0xf0, /* drivers that try other command sets first */
    READ_STATUS = 0x70,
    CLEAR_STATUS = 0x50,
    READ_ID = 0x90,
    READ_QUERY = 0x98,
    PROGRAM = 0x40,
    PROGRAM_TOO = 0x10,
    ERASE = 0x20,
    BUFFER = 0xe8,
    BUFFER_DATA = 0xe9, /* not a command: the data of one follow */
    LOCK = 0x60,
    CONFIRM = 0xd0,
};

/* What a chip answers to a query, from word 0x10 on (JESD68.01, tables 2 to 4). */
/* clang-format off */
static const uint8_t query[] = {
    'Q', 'R', 'Y',
    0x01, 0x00, 0x31, 0x00,              /* command set 0001, whose own table is at word 0x31 */
    0x00, 0x00, 0x00, 0x00,              /* no other command set */
    0x45, 0x55, 0x00, 0x00,              /* Vcc 4.5 to 5.5 V; no Vpp */
    0x07, 0x07, 0x0a, 0x00,              /* 2^n us a word, a buffer; 2^n ms a block, the chip */
    0x04, 0x04, 0x04, 0x00,              /* 2^n times as long at most */
    LOG2_CHIP, 0x02, 0x00,               /* 2^n bytes; of 8 or 16 bits */
    LOG2_BUFFER, 0x00, 0x01,             /* 2^n bytes in a buffer; one region of equal blocks: */
    (BLOCKS - 1) & 0xff, (BLOCKS - 1) >> 8,
    (BLOCK_BYTES / CHIPS / 256) & 0xff, BLOCK_BYTES / CHIPS / 256 >> 8,
    'P', 'R', 'I', '1', '0',             /* word 0x31: nothing beyond the set's basics */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
/* clang-format on */

#define QUERY_FIRST 0x10

struct flash_state {
    uint8_t mode, status;
    uint32_t pieces; /* of a buffer, still to come */
};

struct flash {
    struct device device;
    struct mutex lock; /* over what follows */
    uint8_t *bytes;    /* owned: FLASH_BYTES */
    bool has_block;
    bool filled; /* there may be something in it */
    struct block block;
    struct flash_state state;
};

static const struct field flash_fields[] = {
    FIELD(struct flash_state, mode),
    FIELD(struct flash_state, status),
    FIELD(struct flash_state, pieces),
    {.name = NULL},
};

static struct flash *flash_of(struct region *region)
{
    return CONTAINER_OF(region, struct flash, device.region);
}

/* ---- contents ---- */

/* Puts a range of the bank back where it came from. */
static bool flash_write_back(struct flash *flash, uint64_t offset, uint64_t size)
{
    if (!flash->has_block || offset >= flash->block.size) return true;
    if (size > flash->block.size - offset) size = flash->block.size - offset;
    struct span span = {.bytes = flash->bytes + offset, .size = size};
    return flash->block.ops->write(flash->block.owner, offset, &span, 1);
}

static bool flash_writable(const struct flash *flash)
{
    return !flash->has_block || !flash->block.read_only;
}

static void flash_program(struct flash *flash, uint64_t offset, unsigned size, uint64_t value)
{
    uint8_t *bytes = flash->bytes + offset;
    flash->filled = true;
    if (flash_writable(flash)) store_le(bytes, size, load_le(bytes, size) & value);
    if (!flash_writable(flash) || !flash_write_back(flash, offset, size))
        flash->state.status |= STATUS_PROGRAM_ERROR;
}

static void flash_erase(struct flash *flash, uint64_t offset)
{
    offset &= ~(BLOCK_BYTES - 1);
    flash->filled = true;
    if (flash_writable(flash)) memset(flash->bytes + offset, 0xff, BLOCK_BYTES);
    if (!flash_writable(flash) || !flash_write_back(flash, offset, BLOCK_BYTES))
        flash->state.status |= STATUS_ERASE_ERROR;
}

/* ---- commands ---- */

/* The low byte of a store is the command for chip 0, and all chips get the same. */
static void flash_command(struct flash *flash, uint8_t command)
{
    struct flash_state *state = &flash->state;
    switch (command) {
    case CLEAR_STATUS:
        state->status = STATUS_READY;
        state->mode = READ_ARRAY;
        break;
    case READ_STATUS:
    case READ_ID:
    case READ_QUERY:
    case PROGRAM:
    case ERASE:
    case BUFFER:
    case LOCK:
        state->mode = command;
        break;
    case PROGRAM_TOO:
        state->mode = PROGRAM;
        break;
    default:
        state->mode = READ_ARRAY;
        break;
    }
}

/* The buffer is counted in pieces of the bank's width; the last store behind them confirms. */
static void flash_buffer(struct flash *flash, uint64_t offset, unsigned size, uint64_t value)
{
    struct flash_state *state = &flash->state;
    if (state->mode == BUFFER) {
        state->pieces = (uint32_t)(value & 0xffff) + 1;
        state->mode = BUFFER_DATA;
        if (state->pieces <= BUFFER_BYTES / 4) return;
        state->status |= STATUS_PROGRAM_ERROR;
        state->mode = READ_STATUS;
    } else if (state->pieces) {
        state->pieces--;
        flash_program(flash, offset, size, value);
    } else {
        if ((value & 0xff) != CONFIRM) state->status |= STATUS_PROGRAM_ERROR;
        state->mode = READ_STATUS;
    }
}

static void flash_take(struct flash *flash, uint64_t offset, unsigned size, uint64_t value)
{
    struct flash_state *state = &flash->state;
    switch (state->mode) {
    case PROGRAM:
        flash_program(flash, offset, size, value);
        state->mode = READ_STATUS;
        break;
    case ERASE:
        if ((value & 0xff) == CONFIRM) flash_erase(flash, offset);
        state->mode = READ_STATUS;
        break;
    case BUFFER:
    case BUFFER_DATA:
        flash_buffer(flash, offset, size, value);
        break;
    case LOCK: /* blocks are never locked; locking and unlocking succeed */
        state->mode = (value & 0xff) == READ_ARRAY ? READ_ARRAY : READ_STATUS;
        break;
    default:
        flash_command(flash, (uint8_t)value);
        break;
    }
}

/* What one chip answers at a word of its own. */
static uint16_t flash_answer(const struct flash *flash, uint64_t word)
{
    switch (flash->state.mode) {
    case READ_ID:
        return (word & 0xff) == 0 ? MANUFACTURER : (word & 0xff) == 1 ? DEVICE_ID : 0;
    case READ_QUERY:
        word &= 0xff;
        return word >= QUERY_FIRST && word - QUERY_FIRST < sizeof(query) ? query[word - QUERY_FIRST]
                                                                         : 0;
    default:
        return flash->state.status;
    }
}

static bool flash_load(struct region *region, uint64_t offset, unsigned size, uint64_t *value)
{
    struct flash *flash = flash_of(region);
    mutex_lock(&flash->lock);
    if (flash->state.mode == READ_ARRAY) {
        *value = load_le(flash->bytes + offset, size);
    } else {
        uint64_t answer = flash_answer(flash, offset / 4);
        answer |= answer << 16;
        answer |= answer << 32;
        unsigned turn = 8 * (offset % 4);
        if (turn) answer = answer >> turn | answer << (64 - turn);
        *value = answer & mask_low(8 * size);
    }
    mutex_unlock(&flash->lock);
    return true;
}

static bool flash_store(struct region *region, uint64_t offset, unsigned size, uint64_t value)
{
    struct flash *flash = flash_of(region);
    mutex_lock(&flash->lock);
    flash_take(flash, offset, size, value);
    mutex_unlock(&flash->lock);
    return true;
}

/* ---- device ---- */

static void flash_reset(struct device *device)
{
    struct flash *flash = (struct flash *)device;
    mutex_lock(&flash->lock);
    flash->state = (struct flash_state){.mode = READ_ARRAY, .status = STATUS_READY};
    mutex_unlock(&flash->lock);
}

static void flash_describe(const struct device *device, void *fdt, int node)
{
    (void)device;
    fdt_setprop_string(fdt, node, "compatible", "cfi-flash");
    fdt_setprop_u32(fdt, node, "bank-width", 2 * CHIPS);
}

/* An empty bank is not worth 32 MiB. */
static bool flash_save(const struct device *device, struct state_writer *writer)
{
    const struct flash *flash = (const struct flash *)device;
    state_put_u64(writer, "filled", flash->filled);
    if (flash->filled) state_put_bytes(writer, "bytes", flash->bytes, FLASH_BYTES);
    return fields_save(flash_fields, &flash->state, writer);
}

static bool flash_restore(struct device *device, struct state_reader *reader, struct error *err)
{
    struct flash *flash = (struct flash *)device;
    struct flash_state state;
    uint64_t filled;
    uint8_t *bytes = host_memory_map(FLASH_BYTES);
    if (!bytes) return error_set(err, "%s: out of memory", device->name);
    bool read = state_get_u64(reader, "filled", &filled, err) &&
                (!filled || state_get_bytes(reader, "bytes", bytes, FLASH_BYTES, err)) &&
                fields_load(flash_fields, &state, reader, err);
    if (read) {
        if (filled || flash->filled) memcpy(flash->bytes, bytes, FLASH_BYTES);
        flash->filled = filled;
        flash->state = state;
        if (flash_writable(flash)) flash_write_back(flash, 0, FLASH_BYTES);
    }
    host_memory_unmap(bytes, FLASH_BYTES);
    return read;
}

static void flash_destroy(struct device *device)
{
    struct flash *flash = (struct flash *)device;
    if (flash->has_block && flash_writable(flash)) flash->block.ops->flush(flash->block.owner);
    if (flash->bytes) host_memory_unmap(flash->bytes, FLASH_BYTES);
    mutex_fini(&flash->lock);
    free(flash);
}

/* Fetches see the array whatever mode the bank is in: firmware runs from here. */
static const uint8_t *flash_code_page(struct region *region, uint64_t offset)
{
    return flash_of(region)->bytes + offset;
}

static const struct region_ops flash_region_ops = {
    .name = "flash",
    .widths = 1 | 2 | 4 | 8,
    .any_alignment = true,
    .load = flash_load,
    .store = flash_store,
    .code_page = flash_code_page,
};

static const struct device_ops flash_ops = {
    .compatible = "cfi-flash",
    .reset = flash_reset,
    .describe = flash_describe,
    .save = flash_save,
    .load = flash_restore,
    .destroy = flash_destroy,
};

static bool flash_fill(struct flash *flash, const struct block *block, struct error *err)
{
    flash->bytes = host_memory_map(FLASH_BYTES);
    if (!flash->bytes) return error_set(err, "%s: out of memory", flash->device.name);
    if (!block) return true;
    if (block->size > FLASH_BYTES)
        return error_set(err, "%s: an image of %llu bytes; the bank has %llu", flash->device.name,
                         (unsigned long long)block->size, (unsigned long long)FLASH_BYTES);
    flash->has_block = flash->filled = true;
    flash->block = *block;
    struct span span = {.bytes = flash->bytes, .size = block->size};
    return block->ops->read(block->owner, 0, &span, 1) ||
           error_set(err, "%s: the image can't be read", flash->device.name);
}

struct device *flash_create(const char *name, const struct block *block, struct error *err)
{
    struct flash *flash = calloc(1, sizeof(*flash));
    if (!flash) {
        error_set(err, "%s: out of memory", name);
        return NULL;
    }
    mutex_init(&flash->lock);
    flash->device = (struct device){
        .ops = &flash_ops,
        .name = name,
        .region = {.ops = &flash_region_ops, .size = FLASH_BYTES},
    };
    flash_reset(&flash->device);
    if (flash_fill(flash, block, err)) return &flash->device;
    flash_destroy(&flash->device);
    return NULL;
}
