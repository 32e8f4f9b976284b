/* tests/lockstep/peer/gdb.h: any machine that speaks gdb's remote protocol, from the debugger's
 * side.
 *
 * Every call is false when the peer hung up, answered with an error, or lacks what was asked for.
 */
#ifndef RIVET_TESTS_LOCKSTEP_PEER_GDB_H
#define RIVET_TESTS_LOCKSTEP_PEER_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct gdb;

/* `address` is "unix:PATH" or "HOST:PORT". Reads the peer's target description. NULL: err. */
struct gdb *gdb_connect(const char *address, struct error *err);
void gdb_close(struct gdb *);
/* False once it hung up or talked nonsense, rather than refuse something. */
bool gdb_alive(const struct gdb *);

/* Registers by the name in the target description: "mstatus", "ft0", "priv". */
bool gdb_has_register(const struct gdb *, const char *name);
/* A CSR that the description leaves out though the peer has it (QEMU looks while FS is Off): its
 * place follows from that of mstatus. */
void gdb_expect_csr(struct gdb *, const char *name, unsigned number);
bool gdb_read_register(struct gdb *, const char *name, uint64_t *value);
bool gdb_write_register(struct gdb *, const char *name, uint64_t value);
/* x0..x31 and pc in one packet. */
bool gdb_read_core(struct gdb *, uint64_t values[33]);

/* Physical or virtual, as the peer sees fit; see gdb_physical. */
bool gdb_read_memory(struct gdb *, uint64_t address, uint8_t *bytes, size_t size);
bool gdb_write_memory(struct gdb *, uint64_t address, const uint8_t *bytes, size_t size);

/* Executes one instruction, or takes one trap. */
bool gdb_step(struct gdb *);

/* QEMU's extensions: memory packets mean physical addresses; steps take interrupts. Peers without
 * them answer with an empty packet, which is fine. */
void gdb_physical(struct gdb *, bool on);
void gdb_step_interrupts(struct gdb *);

#endif
