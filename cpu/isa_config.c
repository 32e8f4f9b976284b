/* cpu/isa_config.c: what `-cpu` says: models, properties, and what needs what. */
#include "cpu/isa_config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/words.h"
#include "cpu/isa.h"

/* What an extension does not work, or may not be, without (each extension's own chapter). */
static const struct {
    enum extension ext, needs;
} needs[] = {
    {EXT_A, EXT_Zaamo},       {EXT_A, EXT_Zalrsc},
    {EXT_C, EXT_Zca},         {EXT_D, EXT_F},
    {EXT_F, EXT_Zicsr},       {EXT_S, EXT_U},
    {EXT_S, EXT_Zicsr},       {EXT_U, EXT_Zicsr},
    {EXT_Zfhmin, EXT_F},      {EXT_Zfh, EXT_Zfhmin},
    {EXT_Zfa, EXT_F},         {EXT_Zcb, EXT_Zca},
    {EXT_Zcd, EXT_Zca},       {EXT_Zcd, EXT_D},
    {EXT_Zcf, EXT_Zca},       {EXT_Zcf, EXT_F},
    {EXT_Zcmop, EXT_Zca},     {EXT_Zacas, EXT_Zaamo},
    {EXT_Zabha, EXT_Zaamo},   {EXT_Zawrs, EXT_Zalrsc},
    {EXT_Ziccamoa, EXT_A},    {EXT_Ziccrse, EXT_Zalrsc},
    {EXT_Za64rs, EXT_Zalrsc}, {EXT_Zicntr, EXT_Zicsr},
    {EXT_Zihpm, EXT_Zicsr},   {EXT_Zkr, EXT_Zicsr},
    {EXT_Sstc, EXT_S},        {EXT_Svade, EXT_S},
    {EXT_Svadu, EXT_S},       {EXT_Svinval, EXT_S},
    {EXT_Svnapot, EXT_S},     {EXT_Svpbmt, EXT_S},
    {EXT_Svvptc, EXT_S},      {EXT_Svbare, EXT_S},
    {EXT_Ssccptr, EXT_S},     {EXT_Sscounterenw, EXT_S},
    {EXT_Sstvala, EXT_S},     {EXT_Sstvecd, EXT_S},
    {EXT_Ssu64xl, EXT_S},     {EXT_Ssstateen, EXT_S},
    {EXT_Sscsrind, EXT_S},    {EXT_Ssnpm, EXT_S},
    {EXT_Smstateen, EXT_U},   {EXT_Smnpm, EXT_U},
    {EXT_Smepmp, EXT_Zicsr},  {EXT_Sscofpmf, EXT_S},
    {EXT_Sdtrig, EXT_Zicsr},  {EXT_Smcntrpmf, EXT_U},
};

/* Names that stand for several extensions; switching one off switches its parts off too. */
#define PARTS_MAX 10
static const struct {
    const char *name;
    enum extension parts[PARTS_MAX]; /* ends with a repeated first part */
} bundles[] = {
    {"a", {EXT_A, EXT_Zaamo, EXT_Zalrsc, EXT_A}},
    {"b", {EXT_Zba, EXT_Zbb, EXT_Zbs, EXT_Zba}},
    {"c", {EXT_C, EXT_Zca, EXT_Zcd, EXT_Zcf, EXT_C}},
    {"g", {EXT_I, EXT_M, EXT_A, EXT_F, EXT_D, EXT_Zicsr, EXT_Zifencei, EXT_I}},
    {"zkn", {EXT_Zbkb, EXT_Zbkc, EXT_Zbkx, EXT_Zkne, EXT_Zknd, EXT_Zknh, EXT_Zbkb}},
    {"zks", {EXT_Zbkb, EXT_Zbkc, EXT_Zbkx, EXT_Zksed, EXT_Zksh, EXT_Zbkb}},
    {"zk",
     {EXT_Zbkb, EXT_Zbkc, EXT_Zbkx, EXT_Zkne, EXT_Zknd, EXT_Zknh, EXT_Zkr, EXT_Zkt, EXT_Zbkb}},
};

/* Names of QEMU's that Rivet has no extension for: they can be off, but not on. */
static const char *const lacking[] = {
    "h",        "v",      "e",        "zve32f",      "zve32x",   "zve64d",   "zve64f",   "zve64x",
    "zvbb",     "zvbc",   "zvfh",     "zvfhmin",     "zvkb",     "zvkg",     "zvkn",     "zvknc",
    "zvkned",   "zvkng",  "zvknha",   "zvknhb",      "zvks",     "zvksc",    "zvksed",   "zvksg",
    "zvksh",    "zvkt",   "zvfbfmin", "zvfbfwma",    "zfbfmin",  "zfinx",    "zdinx",    "zhinx",
    "zhinxmin", "zcmp",   "zcmt",     "zce",         "zmmul",    "zicfilp",  "zicfiss",  "smaia",
    "ssaia",    "smrnmi", "smctr",    "ssctr",       "smdbltrp", "ssdbltrp", "smcdeleg", "ssccfg",
    "zama16b",  "zilsd",  "zclsd",    "svrsw60t59b", "sdext",    "ssqosid",  "ztso",
};

enum base { BASE_BARE, BASE_ALL, BASE_USUAL, BASE_PROFILE };

static const struct model {
    struct isa_model model;
    unsigned xlen;
    enum base base;
    const char *profile; /* for BASE_PROFILE: as in extension.def */
} models[] = {
    {{"rv64", "64 bits, all extensions that firmware need not know of", NULL},
     64,
     BASE_USUAL,
     NULL},
    {{"rv32", "32 bits, all extensions that firmware need not know of", NULL},
     32,
     BASE_USUAL,
     NULL},
    {{"max", "64 bits, all extensions there are", NULL}, 64, BASE_ALL, NULL},
    {{"max32", "32 bits, all extensions there are", NULL}, 32, BASE_ALL, NULL},
    {{"rv64i", "64 bits, the base alone", NULL}, 64, BASE_BARE, NULL},
    {{"rv32i", "32 bits, the base alone", NULL}, 32, BASE_BARE, NULL},
    {{"rva22u64", "what the profile RVA22U64 makes mandatory", NULL}, 64, BASE_PROFILE, "RVA22U64"},
    {{"rva22s64", "what the profile RVA22S64 makes mandatory", NULL}, 64, BASE_PROFILE, "RVA22S64"},
    {{"rva23u64", "what there is of the profile RVA23U64", "v zvfhmin zvbb zvkt"},
     64,
     BASE_PROFILE,
     "RVA23U64"},
    {{"rva23s64", "what there is of the profile RVA23S64", "v zvfhmin zvbb zvkt h sha"},
     64,
     BASE_PROFILE,
     "RVA23S64"},
};

const struct isa_model *isa_model_at(unsigned index)
{
    return index < ARRAY_COUNT(models) ? &models[index].model : NULL;
}

/* The length of the word at `text`. */
static size_t word_length(const char *text)
{
    return strcspn(text, ",=");
}

static bool word_is(const char *word, size_t length, const char *name)
{
    if (strlen(name) != length) return false;
    for (size_t i = 0; i < length; i++)
        if (tolower((unsigned char)word[i]) != name[i]) return false;
    return true;
}

static const struct model *model_of(const char *text)
{
    for (unsigned i = 0; i < ARRAY_COUNT(models); i++)
        if (word_is(text, word_length(text), models[i].model.name)) return &models[i];
    return NULL;
}

const struct isa_model *isa_model_of(const char *text)
{
    const struct model *model = model_of(text);
    return model ? &model->model : NULL;
}

/* Profiles are named RVA<year><U or S>64: a later year includes the earlier ones, S includes U. */
static bool profile_includes(const char *profile, const char *earlier)
{
    return *earlier && strncmp(earlier, profile, 5) <= 0 &&
           (profile[5] == 'S' || earlier[5] == 'U');
}

/* M-mode has to open these to the kernel, which uses what it finds in the device tree; firmware
 * older than the extension does not, and the kernel's first access traps. */
static bool is_usual(enum extension ext)
{
    switch (ext) {
    case EXT_Zkr:       /* mseccfg.SSEED */
    case EXT_Smstateen: /* mstateen0 */
    case EXT_Ssstateen:
        return false;
    default:
        return true;
    }
}

static void model_apply(const struct model *model, struct isa_config *config)
{
    const struct ext_set all = isa_default_extensions(model->xlen);
    *config = (struct isa_config){.xlen = model->xlen};
    for (unsigned i = 0; i < EXT_COUNT; i++) {
        enum extension ext = (enum extension)i;
        bool on = model->base == BASE_ALL || (model->base == BASE_USUAL && is_usual(ext)) ||
                  (model->base == BASE_PROFILE &&
                   profile_includes(model->profile, extension_info[ext].profile));
        ext_set_to(&config->extensions, ext, on && ext_has(&all, ext));
    }
    ext_set_to(&config->extensions, EXT_I, true);
}

/* What the properties said, as opposed to the model. */
struct wishes {
    struct ext_set on, off; /* by name */
    struct ext_set brought; /* on as a part of a bundle, or because a wish needs it */
};

static void wish(struct wishes *wishes, enum extension ext, bool on)
{
    ext_set_to(&wishes->on, ext, on);
    ext_set_to(&wishes->off, ext, !on);
}

/* A part of a bundle, which its own property overrides wherever it stands. */
static void wish_part(struct wishes *wishes, struct isa_config *config, enum extension ext, bool on)
{
    const struct ext_set all = isa_default_extensions(config->xlen);
    if (ext_has(&wishes->on, ext) || ext_has(&wishes->off, ext)) return;
    if (!ext_has(&all, ext)) return;
    if (ext == EXT_Zcd && on && !ext_has(&config->extensions, EXT_D)) return;
    if (ext == EXT_Zcf && on && !ext_has(&config->extensions, EXT_F)) return;
    ext_set_to(&config->extensions, ext, on);
    ext_set_to(&wishes->brought, ext, on);
}

static enum extension extension_of(const char *word, size_t length)
{
    for (unsigned ext = 0; ext < EXT_COUNT; ext++)
        if (word_is(word, length, extension_info[ext].name)) return (enum extension)ext;
    return EXT_COUNT;
}

static int bundle_of(const char *word, size_t length)
{
    for (unsigned i = 0; i < ARRAY_COUNT(bundles); i++)
        if (word_is(word, length, bundles[i].name)) return (int)i;
    return -1;
}

static bool unknown_property(const char *word, size_t length, struct error *err)
{
    const char *nearest = extension_info[0].name;
    unsigned best = WORD_FAR;
    for (unsigned ext = 0; ext < EXT_COUNT; ext++) {
        unsigned distance = word_distance(word, length, extension_info[ext].name);
        if (distance >= best) continue;
        best = distance;
        nearest = extension_info[ext].name;
    }
    return error_set(err, "-cpu: %.*s is no extension; the nearest known one is %s", (int)length,
                     word, nearest);
}

/* "on" or "off", and QEMU's other spellings of them. */
static bool switch_read(const char *word, size_t length, bool *on)
{
    static const struct {
        const char *name;
        bool on;
    } words[] = {{"on", true},  {"off", false}, {"true", true}, {"false", false},
                 {"yes", true}, {"no", false},  {"y", true},    {"n", false}};
    for (unsigned i = 0; i < ARRAY_COUNT(words); i++) {
        if (!word_is(word, length, words[i].name)) continue;
        *on = words[i].on;
        return true;
    }
    return false;
}

static bool property_apply(const char *word, size_t length, bool on, struct isa_config *config,
                           struct wishes *wishes, struct error *err)
{
    const struct ext_set all = isa_default_extensions(config->xlen);
    enum extension ext = extension_of(word, length);
    int bundle = bundle_of(word, length);
    if (ext == EXT_COUNT && bundle < 0) {
        for (unsigned i = 0; i < ARRAY_COUNT(lacking); i++)
            if (word_is(word, length, lacking[i]))
                return !on || error_set(err, "-cpu: Rivet hasn't got the extension %s", lacking[i]);
        return unknown_property(word, length, err);
    }
    if (ext == EXT_I && !on) return error_set(err, "-cpu: there is no processor without i");
    if (ext != EXT_COUNT) {
        if (on && !ext_has(&all, ext))
            return error_set(err, "-cpu: there is no %s with RV%u", extension_info[ext].name,
                             config->xlen);
        wish(wishes, ext, on);
        ext_set_to(&config->extensions, ext, on);
    }
    if (bundle < 0) return true;
    const enum extension *parts = bundles[bundle].parts;
    unsigned i = 0;
    do {
        wish_part(wishes, config, parts[i++], on);
    } while (parts[i] != parts[0]);
    return true;
}

/* One need that isn't met: the extension goes, or what it needs comes. */
static bool need_settle(enum extension ext, enum extension needed, struct isa_config *config,
                        struct wishes *wishes, struct error *err)
{
    bool wished = ext_has(&wishes->on, ext) || ext_has(&wishes->brought, ext);
    if (wished && ext_has(&wishes->off, needed))
        return error_set(err, "-cpu: %s needs %s, which is off", extension_info[ext].name,
                         extension_info[needed].name);
    ext_set_to(&config->extensions, wished ? needed : ext, wished);
    if (wished) ext_set_to(&wishes->brought, needed, true);
    return true;
}

/* Until nothing that is on needs what is off. */
static bool needs_settle(struct isa_config *config, struct wishes *wishes, struct error *err)
{
    for (unsigned i = 0; i < ARRAY_COUNT(needs);) {
        enum extension ext = needs[i].ext, needed = needs[i].needs;
        if (!ext_has(&config->extensions, ext) || ext_has(&config->extensions, needed)) {
            i++;
            continue;
        }
        if (!need_settle(ext, needed, config, wishes, err)) return false;
        i = 0;
    }
    return true;
}

bool isa_config_parse(const char *text, struct isa_config *config, struct error *err)
{
    const struct model *model = model_of(text);
    struct wishes wishes = {.on = {{0}}};
    if (!model)
        return error_set(err, "-cpu %s: no such processor; -cpu help lists those there are", text);
    model_apply(model, config);
    for (const char *at = text + word_length(text); *at;) {
        const char *word = ++at;
        size_t length = word_length(word);
        const char *value = word + length;
        bool on = true;
        if (*value != '=' || length == 0)
            return error_set(err, "-cpu %s: an extension and =on or =off is needed at \"%s\"", text,
                             word);
        value++;
        size_t value_length = strcspn(value, ",");
        if (!switch_read(value, value_length, &on))
            return error_set(err, "-cpu: %.*s=%.*s: it can be on or off", (int)length, word,
                             (int)value_length, value);
        if (!property_apply(word, length, on, config, &wishes, err)) return false;
        at = value + value_length;
    }
    return needs_settle(config, &wishes, err);
}

struct isa_config isa_config_default(void)
{
    struct isa_config config;
    model_apply(&models[0], &config);
    return config;
}
