/* cpu/exec.h: the vocabulary in which the instruction table's effects are written, and one inline
 * function a row made of them.
 *
 * Not an ordinary header: an engine includes it once an XLEN, after defining
 *   XLEN                          32 or 64
 *   ENGINE_LOAD(h, va, size, out) and ENGINE_STORE(h, va, size, value): see below
 *   ENGINE_ATOMIC(h, va, size, atomic)
 *   ENGINE_BLOCK(what)            the function for `zero` or `manage`: (h, va)
 *
 * The words (this is all of them):
 *   X(rd)                   an integer register; `imm`, `pc`, `h`, `op` are there too
 *   F16(rs) F32(rs) F64(rs) a floating-point register's bits; F16 and F32 unbox (a register that
 *                           isn't NaN-boxed reads as the canonical NaN); FBITS(rs) all 64 as they
 * are SET_F16(rd, bits) SET_F32 SET_F64     write one, boxed, and mark the FP state dirty
 *   FP_FLAGS_TOUCHED        mark it dirty without writing one
 *   ROUNDING                the rounding mode in force; traps when reserved
 *   LOAD(type, address)     the value there, or the row ends in a trap
 *   STORE(type, address, value)  always the last thing in a row
 *   LOAD_RESERVED STORE_CONDITIONAL AMO AMO_CAS AMO_CAS_PAIR      atomics, likewise
 *   OLD_X(rd)               rd as a source: X(rd), or 0 for x0
 *   PAIR_OF(r) SET_PAIR(rd, value)     two neighbouring registers as one value of twice the width
 *   CACHE_BLOCK(what, address)         does that to a block of memory; ends the row
 *   NEXT                    the address of the next instruction
 *   JUMP(address)           end the row; go on there
 *   TRAP(cause, tval)       end the row in a trap
 *   LEGAL_IF(condition)     end it in an illegal-instruction trap unless
 *   SEXT32(value)           the low 32 bits, sign-extended
 *   CSR_ACCESS RETURN_FROM_TRAP FENCE FENCE_I    what they say
 */
#include <string.h>

#include "cpu/amo.h"
#include "cpu/bitmanip.h"
#include "cpu/csr.h"
#include "cpu/crypto.h"
#include "cpu/envcfg.h"
#include "cpu/fp.h"
#include "cpu/fp_extra.h"
#include "cpu/memory.h"
#include "cpu/op.h"
#include "cpu/trap.h"

#if XLEN == 64
#define xlen_t  uint64_t
#define sxlen_t int64_t
__extension__ typedef unsigned __int128 udxlen_t;
#define pair_cas host_cas_128
__extension__ typedef __int128 sdxlen_t;
#else
#define xlen_t   uint32_t
#define sxlen_t  int32_t
typedef uint64_t udxlen_t;
#define pair_cas amo_cas
typedef int64_t sdxlen_t;
#endif

#define X(r) (x[op->r])

#define FBITS(r) (h->f[op->r])
#define F64(r)   (h->f[op->r])
#define F32(r)   f32_unbox(h->f[op->r])
#define SET_F64(r, bits)                                                                           \
    do {                                                                                           \
        h->f[op->r] = (bits);                                                                      \
        h->fp_dirty = 1;                                                                           \
    } while (0)
#define SET_F32(r, bits) SET_F64(r, f32_box((uint32_t)(bits)))
#define F16(r)           f16_unbox(h->f[op->r])
#define SET_F16(r, bits) SET_F64(r, f16_box((uint16_t)(bits)))
#define FP_FLAGS_TOUCHED (void)(h->fp_dirty = 1)
/* Asks first what fp_host_does asks again, so that one test does for both. */
#define ROUNDING                                                                                   \
    __extension__({                                                                                \
        unsigned mode_ = h->frm_of[op->rm];                                                        \
        if (UNLIKELY(mode_ != h->frm_host) && mode_ == FRM_INVALID) ILLEGAL;                       \
        mode_;                                                                                     \
    })

#define LOAD(type, address)                                                                        \
    __extension__({                                                                                \
        uint64_t loaded_;                                                                          \
        if (UNLIKELY(!ENGINE_LOAD(h, (xlen_t)(address), sizeof(type), &loaded_)))                  \
            return EXEC_TRAP;                                                                      \
        (type) loaded_;                                                                            \
    })
#define STORE(type, address, value)                                                                \
    do {                                                                                           \
        enum exec stored_ = ENGINE_STORE(h, (xlen_t)(address), sizeof(type), (type)(value));       \
        if (UNLIKELY(stored_ != EXEC_NEXT)) return stored_;                                        \
    } while (0)

#define ATOMIC_POINTER(type, address, atomic)                                                      \
    __extension__({                                                                                \
        void *host_ = ENGINE_ATOMIC(h, (xlen_t)(address), sizeof(type), atomic);                   \
        if (UNLIKELY(!host_)) return EXEC_TRAP;                                                    \
        (type *)host_;                                                                             \
    })
#define LOAD_RESERVED(type, address)                                                               \
    __extension__({                                                                                \
        const type *reserved_ = ATOMIC_POINTER(type, address, ATOMIC_LR);                          \
        amo_reserve(h, reserved_, sizeof(type));                                                   \
    })
#define STORE_CONDITIONAL(type, address, value)                                                    \
    __extension__({                                                                                \
        type *conditional_ = ATOMIC_POINTER(type, address, ATOMIC_SC);                             \
        unsigned failed_ = amo_store_conditional(h, conditional_, sizeof(type), (type)(value));    \
        memory_atomic_done(h, conditional_, sizeof(type));                                         \
        failed_;                                                                                   \
    })
#define AMO(type, operation, address, value)                                                       \
    __extension__({                                                                                \
        type *amo_ = ATOMIC_POINTER(type, address, ATOMIC_AMO);                                    \
        type amo_old_ = operation(amo_, (type)(value));                                            \
        memory_atomic_done(h, amo_, sizeof(type));                                                 \
        amo_old_;                                                                                  \
    })

#define AMO_CAS(type, address, expected, value)                                                    \
    __extension__({                                                                                \
        type *amo_ = ATOMIC_POINTER(type, address, ATOMIC_AMO), amo_old_ = (type)(expected);       \
        amo_cas(amo_, &amo_old_, (type)(value));                                                   \
        memory_atomic_done(h, amo_, sizeof(type));                                                 \
        amo_old_;                                                                                  \
    })
#define AMO_CAS_PAIR(address, expected, value)                                                     \
    __extension__({                                                                                \
        udxlen_t *amo_ = ATOMIC_POINTER(udxlen_t, address, ATOMIC_AMO), amo_old_ = (expected);     \
        pair_cas(amo_, &amo_old_, (value));                                                        \
        memory_atomic_done(h, amo_, sizeof(udxlen_t));                                             \
        amo_old_;                                                                                  \
    })

#define OLD_X(r) (op->r == X_SINK ? 0 : X(r))
/* Unprivileged spec, "Zacas": the first register of a pair is even; x0 as a pair is zero, and
 * nothing is written to it. */
#define is_pair(r) (((r)&1) == 0)
#define PAIR_OF(r)                                                                                 \
    (op->r == 0 || op->r == X_SINK ? 0 : (udxlen_t)x[op->r + 1] << XLEN | (udxlen_t)x[op->r])
#define SET_PAIR(r, value)                                                                         \
    do {                                                                                           \
        udxlen_t pair_ = (value);                                                                  \
        if (op->r == X_SINK) break;                                                                \
        x[op->r] = (xlen_t)pair_;                                                                  \
        x[op->r + 1] = (xlen_t)(pair_ >> XLEN);                                                    \
    } while (0)

#define CACHE_BLOCK(what, address)                                                                 \
    do {                                                                                           \
        enum exec done_ = ENGINE_BLOCK(what)(h, (xlen_t)(address));                                \
        if (UNLIKELY(done_ != EXEC_NEXT)) return done_;                                            \
    } while (0)

#define NEXT (pc + op->length)
#define JUMP(address)                                                                              \
    do {                                                                                           \
        *target = (address);                                                                       \
        return EXEC_JUMP;                                                                          \
    } while (0)
#define TRAP(cause_, tval_)                                                                        \
    do {                                                                                           \
        h->trap = (struct trap){(cause_), (tval_)};                                                \
        return EXEC_TRAP;                                                                          \
    } while (0)
/* Where a row can be illegal its format has no immediate, so op->imm is the word. */
#define ILLEGAL TRAP(CAUSE_ILLEGAL, (uint32_t)op->imm)
#define LEGAL_IF(condition)                                                                        \
    do {                                                                                           \
        if (!(condition)) ILLEGAL;                                                                 \
    } while (0)

#define SEXT32(value) ((xlen_t)(sxlen_t)(int32_t)(value))

#define READS_UNLESS_X0(r) (op->r != X_SINK)
#define CSR_ACCESS(how, operand, reads, writes)                                                    \
    __extension__({                                                                                \
        uint64_t old_ = 0;                                                                         \
        if (UNLIKELY(!csr_instruction(h, op_csr(op), (how), (operand), (reads), (writes), &old_))) \
            ILLEGAL;                                                                               \
        (xlen_t) old_;                                                                             \
    })
#define RETURN_FROM_TRAP(kind)                                                                     \
    uint64_t to_ = 0;                                                                              \
    LEGAL_IF(kind(h, &to_));                                                                       \
    JUMP((xlen_t)to_)

/* fm | pred | succ: bits 31..28, 27..24, 23..20 of the word, each set I O R W from the top. Only an
 * earlier write before a later read needs more than what an acquire and a release give. */
#define FENCE_WRITE_BEFORE_READ(word) (((word)&0x05000000) && ((word)&0x00a00000))
#define FENCE_PAUSE                   0x0100000fu /* "fence w, 0": a hint */
#define FENCE                                                                                      \
    if (FENCE_WRITE_BEFORE_READ((uint32_t)op->imm))                                                \
        atomic_thread_fence(memory_order_seq_cst);                                                 \
    else if ((uint32_t)op->imm == FENCE_PAUSE)                                                     \
        hart_pause(h, false);                                                                      \
    else                                                                                           \
        atomic_thread_fence(memory_order_acq_rel)
/* What this hart decoded from pages that others could write unnoticed is dropped by its engine. */
#define FENCE_I (void)(h->fence_i = h->leave = true)

/* csr_access, and the host FPU follows a rounding mode that changed. */
static inline bool csr_instruction(struct hart *h, unsigned number, enum csr_op how,
                                   uint64_t operand, bool reads, bool writes, uint64_t *old)
{
    uint8_t frm_host = h->frm_host;
    if (!csr_access(h, number, how, operand, reads, writes, old)) return false;
    if (UNLIKELY(h->frm_host != frm_host)) host_fpu_round_set(h->frm_host);
    return true;
}

/* What a row gets: the hart, the op, the registers, the virtual base of the op's page, and where to
 * put the address of a jump. */
#define EXEC_PARAMETERS                                                                            \
    struct hart *const h, const struct op *const op, xlen_t *const x, const xlen_t page,           \
        xlen_t *const target

#define INSN(name, base, format, bits, operands, text, ...)                                        \
    static ALWAYS_INLINE enum exec exec_##name(EXEC_PARAMETERS)                                    \
    {                                                                                              \
        const xlen_t pc = page + op->pc_offset;                                                    \
        const xlen_t imm = (xlen_t)(sxlen_t)op->imm;                                               \
        (void)h, (void)x, (void)target, (void)pc, (void)imm;                                       \
        __VA_ARGS__;                                                                               \
        return EXEC_NEXT;                                                                          \
    }
#include "cpu/isa/all.def"

static ALWAYS_INLINE enum exec exec_ILLEGAL(EXEC_PARAMETERS)
{
    (void)x, (void)page, (void)target;
    ILLEGAL;
}
