/* cpu/register.h: what the registers are called. */
#ifndef RIVET_CPU_REGISTER_H
#define RIVET_CPU_REGISTER_H

#include <stddef.h>

/* The psABI's names: "zero", "ra", "sp"... and "ft0", "fa0"...; number 0..31. */
const char *register_x_name(unsigned number);
const char *register_f_name(unsigned number);

/* The number of an integer (floating-point) register by any of its names: "a0", "x10", "fp".
 * -1: there is none so called. */
int register_x_number(const char *name, size_t length);
int register_f_number(const char *name, size_t length);

#endif
