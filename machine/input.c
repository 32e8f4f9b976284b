/* machine/input.c: the one door through which the outside reaches the machine. */
#include "machine/input.h"

#include "dev/uart.h"

void input_init(struct input *input)
{
    mutex_init(&input->lock);
    input->uart = NULL;
    input->head = input->count = 0;
}

void input_fini(struct input *input)
{
    mutex_fini(&input->lock);
}

size_t input_room(struct input *input)
{
    mutex_lock(&input->lock);
    size_t room = INPUT_CAPACITY - input->count;
    mutex_unlock(&input->lock);
    return room;
}

size_t input_put(struct input *input, const uint8_t *bytes, size_t count)
{
    mutex_lock(&input->lock);
    size_t room = INPUT_CAPACITY - input->count;
    if (count > room) count = room;
    for (size_t i = 0; i < count; i++)
        input->bytes[(input->head + input->count + i) % INPUT_CAPACITY] = bytes[i];
    input->count += count;
    mutex_unlock(&input->lock);
    input_pump(input);
    return count;
}

void input_break(struct input *input)
{
    mutex_lock(&input->lock);
    uart_break(input->uart);
    mutex_unlock(&input->lock);
}

/* Only this function feeds the UART, under the lock: short of the guest switching the FIFO off, the
 * room it sees can but grow until the bytes are in. */
void input_pump(struct input *input)
{
    mutex_lock(&input->lock);
    while (input->count) {
        size_t piece = INPUT_CAPACITY - input->head, wanted = uart_wanted(input->uart);
        if (piece > input->count) piece = input->count;
        if (piece > wanted) piece = wanted;
        if (piece == 0) break;
        uart_receive(input->uart, input->bytes + input->head, (unsigned)piece);
        input->head = (input->head + piece) % INPUT_CAPACITY;
        input->count -= piece;
    }
    mutex_unlock(&input->lock);
}
