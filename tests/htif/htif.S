# tests/htif/htif.S: a program that ends the way RISC-V's test suites do.
#
# It runs once to make the code next to tohost translated, prints "hi", leaves two words between
# begin_signature and end_signature, and ends with STATUS.
    .option norvc
    .globl _start, tohost, fromhost, begin_signature, end_signature
    .text
_start:
    li   t3, 2
again:
    la   a0, tohost
    li   t1, 'h'
    call put
    li   t1, 'i'
    call put
    addi t3, t3, -1
    bnez t3, again
    la   t0, begin_signature
    li   t1, 0x11223344
    sw   t1, 0(t0)
    li   t1, STATUS * 2 + 1
    j    end

put:                      # t1 to the console, once the word before is taken
#if __riscv_xlen == 64
    li   t2, 0x0101 << 48
    or   t1, t1, t2
    sd   t1, 0(a0)
#else
    li   t2, 0x01010000
    sw   t1, 0(a0)
    sw   t2, 4(a0)
#endif
1:  lw   t2, 0(a0)
    bnez t2, 1b
    ret

end:
    sw   t1, 0(a0)
    sw   zero, 4(a0)
    j    end

    .balign 64
tohost:
    .dword 0
fromhost:
    .dword 0
begin_signature:
    .word 0
    .word 0xaabbccdd
end_signature:
