/* tests/smp/power.c: any hart reboots the machine and switches it off. */
#include "bare.h"

#define SYSCON ((volatile uint32_t *)0x00100000)
#define REBOOT 0x7777

/* Outside the image, so that it outlives a reboot. RAM is zero at first. */
#define REBOOTS ((volatile uint32_t *)0x82000000)

void main(unsigned hart)
{
    uint32_t reboots = *REBOOTS;
    barrier(); /* all have read it, and all have started anew */
    if (hart != HARTS - 1 - reboots) {
        for (;;)
            if (hart & 1) __asm__ volatile("wfi");
    }
    *REBOOTS = reboots + 1;
    __asm__ volatile("fence" ::: "memory");
    if (reboots == HARTS - 1) finish(0);
    *SYSCON = REBOOT;
    for (;;)
        ;
}
