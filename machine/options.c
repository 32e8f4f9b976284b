/* machine/options.c: the command line, in QEMU's words; one row an option. */
#include "machine/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/words.h"
#include "cpu/isa_config.h"
#include "machine/clock.h"

struct option_row {
    const char *name;     /* without dashes */
    const char *argument; /* NULL: takes none */
    const char *help;
    bool (*apply)(struct options *, const char *argument, struct error *err);
};

bool options_parse_size(const char *text, uint64_t unit, uint64_t *bytes)
{
    static const char suffixes[] = "BKMGTPE";
    char *end;
    if (!isdigit((unsigned char)text[0])) return false;
    errno = 0;
    uint64_t number = strtoull(text, &end, 0);
    if (errno != 0) return false;
    if (*end) {
        const char *suffix = strchr(suffixes, toupper((unsigned char)*end));
        if (!suffix || end[1]) return false;
        unit = UINT64_C(1) << 10 * (suffix - suffixes);
    }
    if (number > UINT64_MAX / unit) return false;
    *bytes = number * unit;
    return true;
}

/* The value of "key=value" in `text` when the key is `key`, else NULL. */
static const char *value_of(const char *text, const char *key)
{
    size_t length = strlen(key);
    return strncmp(text, key, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

static bool apply_memory(struct options *options, const char *argument, struct error *err)
{
    const uint64_t page = 4096;
    const char *size = value_of(argument, "size");
    uint64_t bytes;
    if (!options_parse_size(size ? size : argument, UINT64_C(1) << 20, &bytes))
        return error_set(
            err, "-m %s: not a size; a number of MiB, or one with K, M, G or T after it", argument);
    if (bytes == 0) return error_set(err, "-m %s: a machine needs some memory", argument);
    if (bytes > UINT64_MAX - page)
        return error_set(err, "-m %s: more memory than there are addresses", argument);
    options->machine.ram_bytes = (bytes + page - 1) & ~(page - 1);
    return true;
}

/* A number of harts from 1 to the most there can be, up to `*text`'s comma or end. */
static bool smp_number(const char **text, unsigned *number)
{
    char *end;
    if (!isdigit((unsigned char)**text)) return false;
    unsigned long value = strtoul(*text, &end, 10);
    if (value == 0 || value > MACHINE_MAX_HARTS || (*end && *end != ',')) return false;
    *number = (unsigned)value;
    *text = end;
    return true;
}

/* QEMU's words. The board has one kind of hart, so that sockets, cores and threads only say how
 * many there are: their product is maxcpus. */
static bool apply_smp(struct options *options, const char *argument, struct error *err)
{
    enum { CPUS, MAXCPUS, FIRST_FACTOR, WORDS = 7 };
    static const char *const words[WORDS] = {"cpus",     "maxcpus", "sockets", "dies",
                                             "clusters", "cores",   "threads"};
    unsigned given[WORDS] = {0}, product = 1;
    for (const char *at = argument;; at++) {
        unsigned word = 0;
        while (word < WORDS && !value_of(at, words[word]))
            word++;
        if (word < WORDS)
            at = value_of(at, words[word]);
        else if (at == argument)
            word = CPUS; /* the first needs no name */
        if (word == WORDS || !smp_number(&at, &given[word]))
            return error_set(err, "-smp %s: not a number of harts from 1 to %d", argument,
                             MACHINE_MAX_HARTS);
        if (!*at) break;
    }
    bool factors = false;
    for (unsigned word = FIRST_FACTOR; word < WORDS; word++) {
        factors |= given[word] != 0;
        if (given[word]) product *= given[word];
    }
    unsigned most = given[MAXCPUS] ? given[MAXCPUS] : factors ? product : given[CPUS];
    unsigned harts = given[CPUS] ? given[CPUS] : most;
    if (most == 0 || harts > most || most > MACHINE_MAX_HARTS || (factors && product > most))
        return error_set(err, "-smp %s: %u harts of at most %u can't be", argument, harts, most);
    options->machine.harts = most;
    options->machine.harts_at_boot = harts < most ? harts : 0;
    return true;
}

static bool apply_kernel(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->machine.kernel = argument;
    return true;
}

static bool apply_initrd(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->machine.initrd = argument;
    return true;
}

static bool apply_append(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->machine.append = argument;
    return true;
}

static bool apply_dtb(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->machine.dtb = argument;
    return true;
}

static bool apply_bios(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->machine.bios = argument;
    return true;
}

static bool apply_engine(struct options *options, const char *argument, struct error *err)
{
    options->machine.engine = engine_by_name(argument);
    return options->machine.engine ||
           error_set(err, "-accel %s: no such engine; there are ref and cached", argument);
}

static bool apply_cpu(struct options *options, const char *argument, struct error *err)
{
    struct isa_config config;
    if (strcmp(argument, "help") == 0) {
        options->cpu_help = true;
        return true;
    }
    if (!isa_config_parse(argument, &config, err)) return false;
    options->machine.xlen = config.xlen;
    options->machine.extensions = config.extensions;
    options->cpu_lacks = isa_model_of(argument)->lacks;
    return true;
}

static bool apply_machine(struct options *options, const char *argument, struct error *err)
{
    const char *type = value_of(argument, "type");
    if (!type) type = argument;
    if (strncmp(type, "virt", 4) != 0 || (type[4] && type[4] != ','))
        return error_set(err, "-machine %s: no such board; there is virt", argument);
    if (!type[4]) return true;
    options->dumpdtb = value_of(type + 5, "dumpdtb");
    return options->dumpdtb ||
           error_set(err, "-machine %s: unknown property; there is dumpdtb=FILE", argument);
}

static bool apply_nographic(struct options *options, const char *argument, struct error *err)
{
    (void)options, (void)argument, (void)err;
    return true; /* there never is a window; for command lines written for QEMU */
}

static bool apply_display(struct options *options, const char *argument, struct error *err)
{
    (void)options;
    return strcmp(argument, "none") == 0 ||
           error_set(err, "-display %s: there is no display; only none", argument);
}

static bool apply_serial(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->escapes = strcmp(argument, "mon:stdio") == 0;
    options->silent = strcmp(argument, "none") == 0;
    bool console = options->escapes || options->silent || strcmp(argument, "stdio") == 0;
    options->machine.serial = console ? NULL : argument;
    return true;
}

static bool apply_no_reboot(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->no_reboot = true;
    return true;
}

static bool add_word(struct machine_words *words, const char *option, const char *argument,
                     struct error *err)
{
    if (words->count == MACHINE_MAX_WORDS)
        return error_set(err, "%s %s: more than %d of them", option, argument, MACHINE_MAX_WORDS);
    words->items[words->count++] = argument;
    return true;
}

static bool apply_drive(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.drives, "-drive", argument, err);
}

static bool apply_device(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.devices, "-device", argument, err);
}

static bool apply_netdev(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.netdevs, "-netdev", argument, err);
}

static bool apply_fsdev(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.fsdevs, "-fsdev", argument, err);
}

static bool apply_virtfs(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.virtfs, "-virtfs", argument, err);
}

static bool apply_chardev(struct options *options, const char *argument, struct error *err)
{
    return add_word(&options->machine.chardevs, "-chardev", argument, err);
}

static bool apply_pidfile(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->pidfile = argument;
    return true;
}

static bool apply_daemonize(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->daemonize = true;
    return true;
}

static bool apply_log(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->log = argument;
    return true;
}

static bool apply_snapshot(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->machine.snapshot = true;
    return true;
}

static bool apply_debug(struct options *options, const char *argument, struct error *err)
{
    options->stats = strcmp(argument, "stats") == 0;
    options->profile = strcmp(argument, "profile") == 0;
    options->hash = strcmp(argument, "hash") == 0;
    options->trace = value_of(argument, "trace");
    return options->stats || options->profile || options->hash ||
           (options->trace && *options->trace) ||
           error_set(err, "-d %s: there are stats, profile, hash and trace=FILE", argument);
}

/* host, or insn[,ips=N][,warp=on|off] */
static bool apply_clock(struct options *options, const char *argument, struct error *err)
{
    struct machine_config *config = &options->machine;
    config->clock_ips = 0;
    config->warp = false;
    if (strcmp(argument, "host") == 0) return true;
    if (strncmp(argument, "insn", 4) != 0 || (argument[4] && argument[4] != ','))
        return error_set(err, "-clock %s: there are host and insn[,ips=N][,warp=on|off]", argument);
    config->clock_ips = CLOCK_IPS_DEFAULT;
    for (const char *at = argument + 4; *at; at += strcspn(at, ",")) {
        char *end;
        if (strncmp(++at, "ips=", 4) == 0) {
            config->clock_ips = strtoull(at + 4, &end, 10);
            if (at[4] < '0' || at[4] > '9' || (*end && *end != ',') ||
                config->clock_ips < CLOCK_IPS_LEAST || config->clock_ips > CLOCK_IPS_MOST)
                return error_set(err, "-clock %s: ips is a number from 10^6 to 10^12", argument);
        } else if (strncmp(at, "warp=on", 7) == 0 && (!at[7] || at[7] == ',')) {
            config->warp = true;
        } else if (strncmp(at, "warp=off", 8) != 0 || (at[8] && at[8] != ',')) {
            return error_set(err, "-clock %s: insn takes ips=N and warp=on|off", argument);
        }
    }
    return true;
}

static bool apply_stopped(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->stopped = true;
    return true;
}

static bool apply_json(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->json = true;
    return true;
}

static bool apply_monitor(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->monitor_stdio = strcmp(argument, "stdio") == 0;
    options->monitor = options->monitor_stdio || strcmp(argument, "none") == 0 ? NULL : argument;
    return true;
}

static bool apply_gdb_default(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->gdb = ":1234";
    return true;
}

static bool apply_gdb(struct options *options, const char *argument, struct error *err)
{
    static const char prefix[] = "tcp:";
    const char *place = strncmp(argument, prefix, 4) == 0 ? argument + 4 : argument;
    const char *colon = strrchr(place, ':');
    options->gdb = place;
    if (colon && isdigit((unsigned char)colon[1])) return true;
    return error_set(err, "-gdb %s: not a place to listen; tcp::1234 or tcp:HOST:1234", argument);
}

static bool add_command(struct options *options, bool file, const char *text, struct error *err)
{
    if (options->command_count == OPTIONS_COMMANDS_MAX)
        return error_set(err, "-x and -ex: at most %d of them", OPTIONS_COMMANDS_MAX);
    options->commands[options->command_count++] = (struct option_command){file, text};
    return true;
}

static bool apply_script(struct options *options, const char *argument, struct error *err)
{
    return add_command(options, true, argument, err);
}

static bool apply_command(struct options *options, const char *argument, struct error *err)
{
    return add_command(options, false, argument, err);
}

static bool apply_signature(struct options *options, const char *argument, struct error *err)
{
    (void)err;
    options->signature = argument;
    return true;
}

static bool apply_help(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->help = true;
    return true;
}

static bool apply_version(struct options *options, const char *argument, struct error *err)
{
    (void)argument, (void)err;
    options->version = true;
    return true;
}

/* clang-format off */
static const struct option_row rows[] = {
    {"m",         "[size=]N[KMGT]", "memory; a plain number counts MiB (default 128)", apply_memory},
    {"smp",       "[cpus=]N[,maxcpus=M]", "number of harts, 1 to 64 (default 1); the kernel may start M", apply_smp},
    {"kernel",    "FILE",           "an ELF file or Linux Image, also in gzip, zstd or zboot", apply_kernel},
    {"initrd",    "FILE",           "initial file system of a Linux kernel", apply_initrd},
    {"append",    "TEXT",           "the kernel's command line", apply_append},
    {"dtb",       "FILE",           "the guest gets this device tree, not the board's own", apply_dtb},
    {"bios",      "FILE|none|default", "firmware; default finds OpenSBI, none starts the kernel in M-mode", apply_bios},
    {"accel",     "ref|cached",     "the engine (default cached)", apply_engine},
    {"cpu",       "MODEL[,EXT=on|off]", "the harts (default rv64); -cpu help lists models and extensions", apply_cpu},
    {"machine",   "virt[,dumpdtb=FILE]", "the board; dumpdtb writes its device tree and exits", apply_machine},
    {"M",         "virt[,dumpdtb=FILE]", "the same", apply_machine},
    {"nographic", NULL,             "the serial port is this terminal (always so)", apply_nographic},
    {"display",   "none",           "the same", apply_display},
    {"serial",    "mon:stdio|stdio|pty|file:PATH|unix:PATH|null|none", "where the serial port leads; docs/serial.md has all of it", apply_serial},
    {"chardev",   "null|pty|file|socket,id=ID[,...]", "the same by name, for -serial chardev:ID and virtconsole", apply_chardev},
    {"clock",     "host|insn[,ips=N][,warp=on]", "time by the host's clock, or by instructions: repeatable", apply_clock},
    {"drive",     "file=FILE[,if=virtio|none|pflash][,id=ID][,...]", "a disk image; docs/disks.md has all of it", apply_drive},
    {"device",    "NAME[,key=value]...", "something for a virtio slot: virtio-blk-device, virtio-net-device...; an unknown NAME lists them", apply_device},
    {"netdev",    "user|socket|tap,id=ID[,...]", "a network for a virtio-net-device; docs/network.md has all of it", apply_netdev},
    {"virtfs",    "local,path=DIR,mount_tag=NAME,security_model=...", "share a directory; docs/sharing.md has all of it", apply_virtfs},
    {"fsdev",     "local,id=ID,path=DIR,security_model=...", "the same, for a virtio-9p-device", apply_fsdev},
    {"snapshot",  NULL,             "what is written to drives is forgotten at the end", apply_snapshot},
    {"no-reboot", NULL,             "end when the guest reboots", apply_no_reboot},
    {"pidfile",   "FILE",           "holds the process's number while it runs", apply_pidfile},
    {"daemonize", NULL,             "go on in the background once the machine stands", apply_daemonize},
    {"D",         "FILE",           "what goes wrong while it runs, and what -d prints, goes there", apply_log},
    {"d",         "stats|profile|hash|trace=FILE", "print counters, or a hash of the machine's state, at the end; write every instruction", apply_debug},
    {"signature", "FILE",           "write what a test program left from begin_signature on, a word a line", apply_signature},
    {"S",         NULL,             "start stopped, in the monitor", apply_stopped},
    {"monitor",   "stdio|FILE|none", "where the monitor's commands come from; stdio: only they do", apply_monitor},
    {"x",         "FILE",           "execute the monitor commands in a file first", apply_script},
    {"ex",        "COMMAND",        "execute a monitor command first", apply_command},
    {"json",      NULL,             "the monitor answers in JSON, an object a line", apply_json},
    {"s",         NULL,             "the same as -gdb tcp::1234", apply_gdb_default},
    {"gdb",       "tcp:[HOST]:PORT", "wait for gdb there (HOST: 127.0.0.1)", apply_gdb},
    {"help",      NULL,             "this text", apply_help},
    {"h",         NULL,             "the same", apply_help},
    {"version",   NULL,             "the program's version", apply_version},
};

/* QEMU's options that Rivet lacks: known, so that the message can say so. */
static const char *const lacking[] = {
    "nic", "hda", "cdrom", "blockdev",
    "mon", "loader", "rtc", "icount",
    "trace", "object", "global", "fw_cfg", "pflash", "sd", "boot", "numa",
    "name", "uuid", "semihosting", "singlestep", "enable-kvm", "qmp", "vnc", "vga", "usb", "audio",
    "no-shutdown", "action", "watchdog", "incoming", "loadvm", "readconfig", "sandbox",
    "parallel", "net", "k", "g", "spice", "seed", "mem-path", "mem-prealloc", "smbios",
};
/* clang-format on */

bool options_help(unsigned index, struct option_help *help)
{
    if (index >= ARRAY_COUNT(rows)) return false;
    *help = (struct option_help){rows[index].name, rows[index].argument, rows[index].help};
    return true;
}

static const struct option_row *row_of(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

/* How far `name` is from the word, in hundredths of the longer one. */
static unsigned farness(const char *name, const char *word)
{
    size_t longer = strlen(name) > strlen(word) ? strlen(name) : strlen(word);
    return longer ? word_distance(name, strlen(name), word) * 100 / (unsigned)longer : 100;
}

static bool unknown_option(const char *given, const char *name, struct error *err)
{
    const char *nearest = rows[0].name;
    for (unsigned i = 0; i < ARRAY_COUNT(lacking); i++)
        if (strcmp(lacking[i], name) == 0)
            return error_set(err, "%s: an option of QEMU's that is not there yet", given);
    for (unsigned i = 1; i < ARRAY_COUNT(rows); i++)
        if (farness(name, rows[i].name) < farness(name, nearest)) nearest = rows[i].name;
    return error_set(err, "%s: unknown option; the nearest known one is -%s (-help lists all)",
                     given, nearest);
}

/* The option's name without its one or two dashes; NULL when there is none. */
static const char *name_of(const char *given)
{
    if (given[0] != '-' || !given[1]) return NULL;
    return given + (given[1] == '-' ? 2 : 1);
}

bool options_parse(struct options *options, int argc, char *const *argv, struct error *err)
{
    *options = (struct options){.machine = machine_config_default(), .escapes = true};
    for (int i = 1; i < argc; i++) {
        const char *name = name_of(argv[i]);
        if (!name)
            return error_set(err, "%s: not an option; a kernel is given with -kernel FILE",
                             *argv[i] ? argv[i] : "(an empty word)");
        const struct option_row *row = row_of(name);
        if (!row) return unknown_option(argv[i], name, err);
        if (row->argument && i + 1 == argc)
            return error_set(err, "%s: needs an argument: %s", argv[i], row->argument);
        if (!row->apply(options, row->argument ? argv[++i] : NULL, err)) return false;
    }
    bool terminal = (!options->machine.serial && !options->silent) || options->monitor_stdio;
    return !options->daemonize || !terminal ||
           error_set(err, "-daemonize: there is no terminal any more; -serial pty, file:PATH, "
                          "unix:PATH or none, and no -monitor stdio");
}
