/* main.c: reads the command line, builds a machine, runs it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "host/daemon.h"
#include "host/terminal.h"
#include "machine/machine.h"
#include "machine/options.h"
#include "machine/state_hash.h"
#include "monitor/cpus.h"
#include "monitor/decode.h"
#include "monitor/session.h"
#include "monitor/stats.h"

#define RIVET_VERSION "0.1.0"

static int fail(const struct error *err)
{
    fprintf(stderr, "rivet: %s\n", err->text);
    return EXIT_FAILURE;
}

/* What goes wrong while the machine runs. */
static void say(void *owner, const char *text)
{
    FILE *log = owner;
    fprintf(log, "rivet: %s\n", text);
    fflush(log);
}

static int print_help(void)
{
    struct option_help help;
    char left[64];
    puts("rivet [option]...   runs a RISC-V machine; Ctrl-A h shows the keys while it runs\n");
    for (unsigned i = 0; options_help(i, &help); i++) {
        snprintf(left, sizeof left, "-%s %s", help.name, help.argument ? help.argument : "");
        printf("  %-30s %s\n", left, help.text);
    }
    return EXIT_SUCCESS;
}

static int dump_device_tree(const struct machine *machine, const char *path)
{
    struct error err;
    size_t size;
    const void *fdt = machine_device_tree(machine, &size);
    FILE *file = fopen(path, "wb");
    if (!file) {
        error_set(&err, "%s: can't be written", path);
        return fail(&err);
    }
    bool written = fwrite(fdt, 1, size, file) == size;
    if (fclose(file) != 0 || !written) {
        error_set(&err, "%s: writing failed", path);
        return fail(&err);
    }
    fprintf(stderr, "rivet: device tree written to %s\n", path);
    return EXIT_SUCCESS;
}

/* As riscv-arch-test compares them: 32-bit words in hexadecimal, one a line. */
static int write_signature(const struct machine *machine, const char *path)
{
    struct error err;
    uint64_t size;
    const uint8_t *bytes = machine_signature(machine, &size);
    if (!bytes) {
        error_set(&err, "-signature %s: the program has no begin_signature and end_signature",
                  path);
        return fail(&err);
    }
    FILE *file = fopen(path, "w");
    bool written = file != NULL;
    for (uint64_t at = 0; written && at + 4 <= size; at += 4)
        written = fprintf(file, "%08" PRIx64 "\n", load_le(bytes + at, 4)) > 0;
    if (file && fclose(file) != 0) written = false;
    if (written) return EXIT_SUCCESS;
    error_set(&err, "-signature %s: can't be written", path);
    return fail(&err);
}

static int run_on_terminal(struct machine *machine, const struct options *options, FILE *log)
{
    struct error err;
    int status;
    if (!host_terminal_open(&err)) return fail(&err);
    /* A terminal that is neither the guest's nor the monitor's keeps its Ctrl-C. */
    host_terminal_set_raw(!machine_serial(machine) || options->monitor_stdio);
    if (!session_run(machine, options, &status, &err)) status = fail(&err);
    host_terminal_close();
    if (options->stats) stats_print(machine, log);
    if (options->hash) fprintf(log, "state %016" PRIx64 "\n", machine_state_hash(machine));
    if (options->profile) stats_print_profile(machine, options->log ? log : stdout);
    if (options->signature && write_signature(machine, options->signature) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    return status;
}

static int create_and_run(struct options *options, FILE *log, struct host_daemon *daemon)
{
    struct error err;
    options->machine.notice = (struct notice){.say = say, .owner = log};
    struct machine *machine = machine_create(&options->machine, &err);
    if (!machine) return fail(&err);
    int status = EXIT_FAILURE, pidfile = -1;
    if (options->pidfile && (pidfile = host_pidfile_write(options->pidfile, &err)) < 0) {
        fail(&err);
    } else {
        host_daemon_ready(daemon);
        status = options->dumpdtb ? dump_device_tree(machine, options->dumpdtb)
                                  : run_on_terminal(machine, options, log);
    }
    machine_destroy(machine);
    host_pidfile_remove(pidfile, options->pidfile);
    return status;
}

static int start(struct options *options)
{
    struct error err;
    struct host_daemon daemon = {.ready_fd = -1};
    FILE *log = stderr;
    if (options->log && !(log = fopen(options->log, "w"))) {
        error_set(&err, "-D %s: can't be written", options->log);
        return fail(&err);
    }
    err.text[0] = '\0';
    int status = options->daemonize ? host_daemon_split(&daemon, &err) : -1;
    if (err.text[0]) fail(&err);
    if (status < 0) status = create_and_run(options, log, &daemon);
    if (log != stderr) fclose(log);
    return status;
}

/* What the program does besides running a machine: the first argument is the verb. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} verbs[] = {
    {"decode", decode_main},
    {"isa", isa_main},
};

int main(int argc, char **argv)
{
    for (unsigned i = 0; i < ARRAY_COUNT(verbs); i++)
        if (argc > 1 && !strcmp(argv[1], verbs[i].name)) return verbs[i].run(argc - 1, argv + 1);
    struct options options;
    struct error err;
    if (!options_parse(&options, argc, argv, &err)) return fail(&err);
    if (options.help) return print_help();
    if (options.cpu_help) return cpus_print(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
    if (options.version) return puts("rivet " RIVET_VERSION) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    if (options.cpu_lacks)
        fprintf(stderr, "rivet: -cpu: the profile asks for these too: %s\n", options.cpu_lacks);
    return start(&options);
}
