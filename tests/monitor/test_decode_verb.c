/* tests/monitor/test_decode_verb.c: the program itself as `rivet decode` and `rivet isa`: what it
 * prints, where, and its exit status. RIVET names the program. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

#define ELF_PATH "test_decode_verb.elf"

/* Runs the program under a shell; both streams into `output`. Returns the exit status. */
static int run(char *output, size_t size, const char *before, const char *arguments)
{
    char command[1024];
    snprintf(command, sizeof command, "%s NO_COLOR=1 LANG=C.UTF-8 '%s' %s 2>&1", before,
             getenv("RIVET"), arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = fread(output, 1, size - 1, pipe);
    output[n] = '\0';
    int status = pclose(pipe);
    return status / 256;
}

static void assert_prints(const char *before, const char *arguments, int status, const char *what)
{
    char output[65536];
    int got = run(output, sizeof output, before, arguments);
    if (got != status || !strstr(output, what))
        fail_msg("%s: status %d, '%s' expected in\n%s", arguments, got, what, output);
}

static void each_kind_of_input_is_decoded(void **state)
{
    (void)state;
    assert_prints("", "decode 0x00c58533", 0, "add a0, a1, a2");
    assert_prints("", "decode add a0, a1, a2", 0, "0x00c58533");
    assert_prints("", "decode addi a0, a0, -1", 0, "0xfff50513");
    assert_prints("", "decode 33 85 c5 00", 0, "add a0, a1, a2");
    assert_prints("", "decode --cpu rv32 0x2001", 0, "c.jal");
    assert_prints("", "decode 0x4501 0x8082", 0, "c.jr ra");
    assert_prints("echo 8082 | ", "decode", 0, "8082      c.jr ra");
    assert_prints("echo 0x8082 | ", "decode -", 0, "8082      c.jr ra");
    assert_prints("echo 'Code: 4501 (9002) 8082' | ", "decode", 0, "9002      c.ebreak    <- here");
    assert_prints("echo '10:\t0000006f  j' | ", "decode", 0, "10:  0000006f  j 0x10");
}

static void each_kind_of_output_is_printed(void **state)
{
    (void)state;
    assert_prints("", "decode --json 0x00c58533", 0, "\"mnemonic\": \"add\"");
    assert_prints("", "decode --svg 0x00c58533", 0, "<svg xmlns");
    assert_prints("", "decode --md 0x00c58533", 0, "| funct7 | rs2 |");
    assert_prints("", "decode --ascii 0x00c58533", 0, "+-------------+");
    assert_prints("", "decode --color always 0x00c58533", 0, "\033[");
    assert_prints("", "decode --help", 0, "--quiz");
    assert_prints("", "isa", 0, "zba");
    assert_prints("", "isa 'sh?add'", 0, "sh3add");
    assert_prints("", "isa saturates", 0, "fcvt.w.s");
    assert_prints("", "isa --map", 0, "custom-0");
    assert_prints("echo | ", "decode --quiz zba --seed 1 --count 1", 0, "0 of 1 right");
}

static void bad_input_gets_a_caret_under_the_culprit(void **state)
{
    (void)state;
    assert_prints("", "decode 0xZZ", 1, "'Z' is not a hex digit\n  0xZZ\n    ^\n");
    assert_prints("", "decode 33 85 c5", 1, "  33 85 c5\n  ^~~~~~~~\n");
    assert_prints("", "decode add a0, a9, a2", 1, "  add a0, a9, a2\n          ^~\n");
    assert_prints("", "decode -f /dev/null", 1, "rivet: decode: /dev/null");
    assert_prints("", "decode -f nowhere", 1, "nowhere");
    assert_prints("", "decode --bogus", 1, "--bogus: no such option");
    assert_prints("", "decode --cpu rv65 0", 1, "rv65");
    assert_prints("", "decode --cpu rv64,zzz=on 0", 1, "zzz");
    assert_prints("", "decode --quiz zzz", 1, "zzz");
    assert_prints("", "isa nothing-like-it", 1, "nothing-like-it");
    assert_prints("true | ", "decode", 1, "nothing on standard input");
}

/* An executable of three instructions and two symbols, `start` and `end`. */
static void write_elf(unsigned machine, size_t keep)
{
    static const char names[] = "\0start\0end\0.text\0.symtab\0.strtab";
    struct {
        Elf64_Ehdr header;
        uint32_t code[3];
        uint32_t filler;
        Elf64_Sym symbols[3];
        char names[40];
        Elf64_Shdr sections[4];
    } file = {.code = {0x00c58533, 0x008000ef, 0x00008067}};
    const size_t code = offsetof(__typeof__(file), code),
                 symbols = offsetof(__typeof__(file), symbols),
                 strings = offsetof(__typeof__(file), names);
    memcpy(file.names, names, sizeof names);
    memcpy(file.header.e_ident, ELFMAG, SELFMAG);
    file.header.e_ident[EI_CLASS] = ELFCLASS64;
    file.header.e_ident[EI_DATA] = ELFDATA2LSB;
    file.header.e_ident[EI_VERSION] = file.header.e_version = EV_CURRENT;
    file.header.e_type = ET_EXEC;
    file.header.e_machine = (Elf64_Half)machine;
    file.header.e_ehsize = sizeof file.header;
    file.header.e_shoff = offsetof(__typeof__(file), sections);
    file.header.e_shentsize = sizeof(Elf64_Shdr);
    file.header.e_shnum = 4;
    file.header.e_shstrndx = 3;
    file.symbols[1] = (Elf64_Sym){1, STT_FUNC, 0, 1, 0x1000, 8};
    file.symbols[2] = (Elf64_Sym){7, STT_FUNC, 0, 1, 0x1008, 4};
    file.sections[1] =
        (Elf64_Shdr){11, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x1000, code, 12, 0, 0, 4, 0};
    file.sections[2] = (Elf64_Shdr){17, SHT_SYMTAB,       0, 0, symbols, sizeof file.symbols, 3, 1,
                                    8,  sizeof(Elf64_Sym)};
    file.sections[3] = (Elf64_Shdr){25, SHT_STRTAB, 0, 0, strings, sizeof names, 0, 0, 1, 0};
    FILE *out = fopen(ELF_PATH, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(&file, 1, keep < sizeof file ? keep : sizeof file, out),
                     keep < sizeof file ? keep : sizeof file);
    fclose(out);
}

static void code_of_a_file_is_listed_with_its_symbols(void **state)
{
    (void)state;
    write_elf(EM_RISCV, SIZE_MAX);
    assert_prints("", "decode -f " ELF_PATH, 0,
                  "0000000000001000 <start>:\n"
                  "0000000000001000:  00c58533  add a0, a1, a2\n"
                  "0000000000001004:  008000ef  jal 0x100c");
    assert_prints("", "decode -f " ELF_PATH ":end", 0, "0000000000001008:  00008067  ret\n");
    assert_prints("", "decode -f " ELF_PATH ":0x1004,1", 0, "0x1004 <start+0x4>:\n0x008000ef");
    assert_prints("", "decode --json -f " ELF_PATH ":start,2", 0, "\"pc\": \"0x1004\"");
    assert_prints("", "decode -f " ELF_PATH ":nobody", 1, "nobody");
    assert_prints("", "decode -f " ELF_PATH ":0x9000", 1, "no code at 0x9000");
    assert_prints("", "decode -f " ELF_PATH ":start,0", 1, "at least 1");
    write_elf(EM_X86_64, SIZE_MAX);
    assert_prints("", "decode -f " ELF_PATH, 1, "x86-64");
    remove(ELF_PATH);
}

static void a_cut_file_is_an_error_or_less_to_list(void **state)
{
    (void)state;
    for (size_t keep = 0; keep < 500; keep += 7) {
        char output[65536];
        write_elf(EM_RISCV, keep);
        int status = run(output, sizeof output, "", "decode -f " ELF_PATH);
        if (status != 0 && status != 1) fail_msg("%zu bytes: status %d\n%s", keep, status, output);
    }
    remove(ELF_PATH);
}

/* --- In the monitor. -----------------------------------------------------------------------------
 */

#define FIRMWARE "test_decode_verb.bin"
#define MONITOR  "-S -monitor stdio -m 16M -bios " FIRMWARE

/* Commands on the monitor's input; the answer, and an exit status of 0. */
static void assert_answers(const char *commands, const char *what)
{
    static const uint8_t code[] = {0x33, 0x85, 0xc5, 0x00, 0x6f, 0, 0, 0}; /* add a0, a1, a2; j . */
    char before[512];
    FILE *out = fopen(FIRMWARE, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(code, 1, sizeof code, out), sizeof code);
    fclose(out);
    snprintf(before, sizeof before, "printf '%s\\nquit\\n' | ", commands);
    assert_prints(before, MONITOR, 0, what);
    remove(FIRMWARE);
}

static void the_monitor_explains_with_the_registers_as_they_are(void **state)
{
    (void)state;
    assert_answers("until 0x80000000\\nset a1 = 0x30\\nexplain", "a1   = 0x0000000000000030");
    assert_answers("explain 0x00c58533", "here        a0 = a1 + a2");
    assert_answers("explain 0x80000000", "0x80000000:\n0x00c58533");
    assert_answers("explain csrw mstatus, a0", "csrw mstatus, a0 assembles to 0x30051073");
    assert_answers("explain addi a0, a9, 1", "a9 is not a register");
}

static void the_monitor_explains_each_step_while_that_is_on(void **state)
{
    (void)state;
    const char *to_add = "until 0x80000000\\nset a1 = 0x30\\nset a2 = 0x12\\nset a0 = 0";
    char commands[256];
    snprintf(commands, sizeof commands, "%s\\nexplain diff\\nstep", to_add);
    assert_answers(commands, "a0      0x0 → 0x42\n  pc      0x80000000 → 0x80000004\n");
    snprintf(commands, sizeof commands, "explain on\\n%s", to_add);
    assert_answers(commands, "here        a0 = a1 + a2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_input_is_decoded),
        cmocka_unit_test(each_kind_of_output_is_printed),
        cmocka_unit_test(bad_input_gets_a_caret_under_the_culprit),
        cmocka_unit_test(code_of_a_file_is_listed_with_its_symbols),
        cmocka_unit_test(a_cut_file_is_an_error_or_less_to_list),
        cmocka_unit_test(the_monitor_explains_with_the_registers_as_they_are),
        cmocka_unit_test(the_monitor_explains_each_step_while_that_is_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
