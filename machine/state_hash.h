/* machine/state_hash.h: one number for all of a machine's state. */
#ifndef RIVET_MACHINE_STATE_HASH_H
#define RIVET_MACHINE_STATE_HASH_H

#include <stdint.h>

#include "machine/machine.h"

/* Of harts, devices and RAM, while the machine stands: equal states have equal hashes, and two runs
 * under the `insn` clock with the same inputs end in the same. 0: out of host memory. */
uint64_t machine_state_hash(struct machine *);

#endif
