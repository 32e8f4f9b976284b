/* bench/bare/main.c: the integer mix without a kernel. Prints "bare seconds checksum instructions"
 * on the UART and switches the power off. */
#include "../work/work.h"

/* QEMU's virt board. */
#define UART_THR ((volatile uint8_t *)0x10000000)
#define UART_LSR ((volatile uint8_t *)0x10000005)
#define MTIME    ((volatile uint64_t *)0x0200bff8) /* 10 MHz */
#define SYSCON   ((volatile uint32_t *)0x00100000)

#define LSR_THRE 0x20
#define POWEROFF 0x5555

int main(void);

static void put(char c)
{
    while (!(*UART_LSR & LSR_THRE))
        ;
    *UART_THR = (uint8_t)c;
}

static void put_text(const char *text)
{
    while (*text)
        put(*text++);
}

static void put_number(uint64_t number, unsigned base, unsigned digits)
{
    char text[32];
    unsigned length = 0;
    do
        text[length++] = "0123456789abcdef"[number % base];
    while ((number /= base) != 0 || length < digits);
    while (length)
        put(text[--length]);
}

static uint64_t instructions(void)
{
    uint64_t count;
    __asm__ volatile("csrr %0, minstret" : "=r"(count));
    return count;
}

int main(void)
{
    put_text("begin bare\n");
    uint64_t time = *MTIME, count = instructions();
    uint64_t sum = work_intmix();
    count = instructions() - count;
    time = *MTIME - time;
    put_text("bare ");
    put_number(time / 10000000, 10, 1);
    put('.');
    put_number(time / 10000 % 1000, 10, 3);
    put(' ');
    put_number(sum, 16, 16);
    put(' ');
    put_number(count, 10, 1);
    put('\n');
    *SYSCON = POWEROFF;
    return 0;
}
