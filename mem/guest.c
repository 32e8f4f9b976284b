/* mem/guest.c: copies from and to guest memory while others use it. */
#include "mem/guest.h"

/* Words where the guest's side is aligned, so that the guest never sees half of one. */
static size_t bytes_to_word(const void *guest, size_t size)
{
    size_t bytes = -(uintptr_t)guest & 7;
    return bytes < size ? bytes : size;
}

void guest_read(void *to, const void *guest, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = guest, *end = in + size;
    for (const uint8_t *word = in + bytes_to_word(in, size); in < word; in++)
        *out++ = (uint8_t)guest_load(in, 1);
    for (; end - in >= 8; in += 8, out += 8)
        store_le(out, 8, guest_load(in, 8));
    for (; in < end; in++)
        *out++ = (uint8_t)guest_load(in, 1);
}

void guest_write(void *guest, const void *from, size_t size)
{
    const uint8_t *in = from;
    uint8_t *out = guest, *end = out + size;
    for (uint8_t *word = out + bytes_to_word(out, size); out < word; out++)
        guest_store(out, 1, *in++);
    for (; end - out >= 8; in += 8, out += 8)
        guest_store(out, 8, load_le(in, 8));
    for (; out < end; out++)
        guest_store(out, 1, *in++);
}
