/* tests/guest/guest.h: the words that guest programs are written in.
 *
 * A program starts at `main` in M-mode with paging off, PMP open to everyone and every trap going
 * to M-mode. It runs down its checks and ends with PASS. A check that fails ends the program with
 * the *line of the check* as its exit status, so a file has at most 255 lines. A trap nobody
 * expected ends it in the same way, with the line of the last check begun.
 *
 *      gp       the line of the check under way
 *      tp       where to go on, in M-mode, after the expected trap; 0: none is expected
 *      t6       scratch of the macros
 *      s8..s11  what the trap left: mstatus, mepc, mcause, mtval (sstatus... after one taken in S)
 *
 * The programs were tried on QEMU too. Where its version in Debian 12 (7.2) differs from the
 * specification, the check stands inside `#ifndef QEMU` with the reason; tests/guest/run-qemu
 * defines it.
 *
 * RAM above the program is free: TABLE(n) are pages for page tables, PAGE(n) pages for data. It is
 * zero at first.
 */
#ifndef RIVET_TESTS_GUEST_H
#define RIVET_TESTS_GUEST_H

#define TABLE(n) (0x80100000 + (n) * 0x1000)
#define PAGE(n)  (0x80400000 + (n) * 0x1000)

#define SYSCON 0x00100000
#define CLINT  0x02000000
#define PLIC   0x0c000000
#define UART   0x10000000

#define NOWHERE 0x28000000 /* nothing answers here */

/* mcause codes (Privileged spec, "Machine Cause (mcause) Register"). */
#define FETCH_MISALIGNED 0
#define FETCH_ACCESS     1
#define ILLEGAL          2
#define BREAKPOINT       3
#define LOAD_MISALIGNED  4
#define LOAD_ACCESS      5
#define STORE_MISALIGNED 6
#define STORE_ACCESS     7
#define ECALL_U          8
#define ECALL_S          9
#define ECALL_M          11
#define FETCH_PAGE       12
#define LOAD_PAGE        13
#define STORE_PAGE       15
#define INTERRUPT        (1 << 63)

/* mstatus */
#define SIE  (1 << 1)
#define MIE  (1 << 3)
#define SPIE (1 << 5)
#define MPIE (1 << 7)
#define SPP  (1 << 8)
#define MPP  (3 << 11)
#define FS   (3 << 13)
#define MPRV (1 << 17)
#define SUM  (1 << 18)
#define MXR  (1 << 19)
#define TVM  (1 << 20)
#define TW   (1 << 21)
#define TSR  (1 << 22)

/* Page table entries. */
#define V 0x01
#define R 0x02
#define W 0x04
#define X 0x08
#define U 0x10
#define G 0x20
#define A 0x40
#define D 0x80

/* menvcfg */
#define ADUE  (1 << 61)
#define PBMTE (1 << 62)
#define STCE  (1 << 63)

/* CSRs that the assembler may not know. */
#define menvcfg_  0x30a
#define senvcfg_  0x10a
#define stimecmp_ 0x14d

.option norelax /* gp is not a global pointer here */

/* Begins a check: from here on a failure is this line's. */
#define AT .if __LINE__ > 255; .error "a guest program has at most 255 lines"; .endif; \
    li gp, __LINE__

#define FAIL j fail
#define PASS j pass

/* The register holds the value. */
#define EXPECT(reg, value) AT; li t6, value; bne reg, t6, fail
#define EXPECT_REG(reg, other) AT; bne reg, other, fail

/* insn rd, rs1, rs2 / insn rd, rs1, imm / insn rd, rs1: result for these operands. */
#define RR(insn, a, b, value) li a1, a; li a2, b; insn a0, a1, a2; EXPECT(a0, value)
#define RI(insn, a, imm, value) li a1, a; insn a0, a1, imm; EXPECT(a0, value)
#define R1(insn, a, value) li a1, a; insn a0, a1; EXPECT(a0, value)

/* The one instruction traps to M-mode, at its own address, with this cause and mtval. */
#define EXPECT_TRAP(cause, tval, ...) AT; la tp, 98f; 97: __VA_ARGS__; FAIL; .balign 4; \
    98: la t6, 97b; bne s9, t6, fail; TRAPPED(cause, tval)

/* The instructions end in a trap to M-mode, wherever. */
#define EXPECT_TRAP_IN(cause, tval, ...) AT; la tp, 98f; __VA_ARGS__; FAIL; .balign 4; \
    98: TRAPPED(cause, tval)

#define TRAPPED(cause, tval) li t6, cause; bne s10, t6, fail; li t6, tval; bne s11, t6, fail

/* Goes on in another mode, at the next instruction. */
#define ENTER(priv) la t6, 96f; csrw mepc, t6; li t6, MPP; csrc mstatus, t6; \
    li t6, (priv) << 11; csrs mstatus, t6; mret; .balign 4; 96:
#define ENTER_U ENTER(0)
#define ENTER_S ENTER(1)

/* Back to M-mode from anywhere, by an environment call. */
#define LEAVE la tp, 95f; ecall; FAIL; .balign 4; 95:

/* mem[address] = value; the value stays in t6, the address in t5. */
#define STORE_AT(insn, address, value) li t5, address; li t6, value; insn t6, 0(t5)
#define EXPECT_AT(insn, address, value) li t5, address; insn t5, 0(t5); EXPECT(t5, value)

/* Entry `index` of the page table at `table`: maps or points to `pa`. */
#define PTE(table, index, pa, flags) STORE_AT(sd, (table) + (index) * 8, (pa) >> 2 | (flags))

#define CSR_SET(csr, value) li t6, value; csrs csr, t6
#define CSR_CLEAR(csr, value) li t6, value; csrc csr, t6
#define CSR_WRITE(csr, value) li t6, value; csrw csr, t6
#define EXPECT_CSR(csr, value) csrr t5, csr; EXPECT(t5, value)

#endif
