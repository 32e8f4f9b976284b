/* tests/cpu/test_isa_config.c: what `-cpu` understands and what it refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bits.h"
#include "cpu/isa.h"
#include "cpu/isa_config.h"

static struct isa_config config_of(const char *text)
{
    struct isa_config config;
    struct error err = {""};
    if (!isa_config_parse(text, &config, &err)) fail_msg("%s: %s", text, err.text);
    return config;
}

static bool has(const char *text, enum extension ext)
{
    struct isa_config config = config_of(text);
    return ext_has(&config.extensions, ext);
}

static void every_model_is_read_by_its_name(void **state)
{
    (void)state;
    for (unsigned i = 0; isa_model_at(i); i++) {
        struct isa_config config = config_of(isa_model_at(i)->name);
        assert_int_equal(config.xlen, strstr(isa_model_at(i)->name, "32") ? 32 : 64);
        assert_true(ext_has(&config.extensions, EXT_I));
        struct isa *isa = isa_create(config.xlen, &config.extensions, NULL);
        assert_non_null(isa);
        isa_destroy(isa);
    }
}

static void properties_switch_extensions(void **state)
{
    (void)state;
    assert_true(has("rv64", EXT_Zbb));
    assert_false(has("rv64,zbb=off", EXT_Zbb));
    assert_true(has("rv64,zbb=off", EXT_Zba));
    assert_true(has("rv64,zbb=off,zbb=on", EXT_Zbb));
    assert_false(has("rv64,Zbb=false", EXT_Zbb));
    assert_true(has("rva22s64,zfh=on", EXT_Zfh));
    assert_false(has("rv64i", EXT_M));
    assert_true(has("rv64i,m=true", EXT_M));
}

static void max_has_all_there_is(void **state)
{
    (void)state;
    struct isa_config config = config_of("max");
    struct ext_set all = isa_default_extensions(64);
    assert_memory_equal(&config.extensions, &all, sizeof all);
}

static void profiles_have_what_they_make_mandatory_and_no_more(void **state)
{
    (void)state;
    assert_true(has("rva22s64", EXT_Zba));
    assert_true(has("rva22s64", EXT_Svinval));
    assert_true(has("rva22s64", EXT_D));
    assert_false(has("rva22s64", EXT_Zfa));
    assert_false(has("rva22s64", EXT_Sstc));
    assert_false(has("rva22u64", EXT_S));
    assert_true(has("rva23u64", EXT_Zfa));
    assert_true(has("rva23s64", EXT_Sstc));
    assert_null(isa_model_of("rva22s64,zfh=on")->lacks);
    assert_non_null(isa_model_of("rva23s64")->lacks);
}

static void what_needs_an_extension_that_is_off_goes_too(void **state)
{
    (void)state;
    assert_false(has("rv64,f=off", EXT_D));
    assert_false(has("rv64,f=off", EXT_Zcd));
    assert_false(has("rv64,f=off", EXT_Zfa));
    assert_false(has("rv64,f=off", EXT_Zfh));
    assert_true(has("rv64,f=off", EXT_C));
    assert_false(has("rv64,s=off", EXT_Sstc));
}

static void an_extension_that_is_on_brings_what_it_needs(void **state)
{
    (void)state;
    assert_true(has("rv64i,d=on", EXT_F));
    assert_true(has("rv64i,d=on", EXT_Zicsr));
    assert_true(has("rv64i,zfh=on", EXT_Zfhmin));
    assert_true(has("rv64i,c=on", EXT_Zca));
    assert_true(has("rv64i,d=on,c=on", EXT_Zcd));
    assert_false(has("rv64i,c=on", EXT_Zcd));
}

static void names_of_bundles_switch_their_parts(void **state)
{
    (void)state;
    assert_false(has("rv64,a=off", EXT_Zaamo));
    assert_false(has("rv64,a=off", EXT_Zacas));
    assert_false(has("rv64,c=off", EXT_Zca));
    assert_false(has("rv64,c=off", EXT_Zcb));
    assert_true(has("rv64i,zkn=on", EXT_Zknd));
    assert_true(has("rv64i,b=on", EXT_Zbs));
    assert_false(has("rv64,b=off", EXT_Zbb));
    assert_true(has("rv64,b=off,zbb=on", EXT_Zbb));
    assert_true(has("rv64,zbb=on,b=off", EXT_Zbb));
    assert_true(has("rv64i,g=on", EXT_D));
}

static void what_cannot_be_is_one_clear_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"rv65", "no such processor"},
        {"", "no such processor"},
        {"rv64,zbx=on", "nearest known one is zb"},
        {"rv64,sstcc=off", "nearest known one is sstc"},
        {"rv64,zbb", "=on or =off"},
        {"rv64,=on", "=on or =off"},
        {"rv64,", "=on or =off"},
        {"rv64,zbb=maybe", "zbb=maybe"},
        {"rv64,f=off,d=on", "d needs f"},
        {"rv64,zfh=on,f=off", "zfhmin needs f"},
        {"rv64,v=on", "hasn't got the extension v"},
        {"rv64,i=off", "no processor without i"},
        {"rv64,zcf=on", "no zcf with RV64"},
        {"rv32,svnapot=on", "no svnapot with RV32"},
    };
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        struct isa_config config;
        struct error err = {""};
        if (isa_config_parse(rows[i].text, &config, &err)) fail_msg("%s was taken", rows[i].text);
        if (!strstr(err.text, rows[i].says)) fail_msg("%s: %s", rows[i].text, err.text);
    }
    assert_false(has("rv64,v=off", EXT_Zcf)); /* nothing to switch off is no error */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_is_read_by_its_name),
        cmocka_unit_test(properties_switch_extensions),
        cmocka_unit_test(max_has_all_there_is),
        cmocka_unit_test(profiles_have_what_they_make_mandatory_and_no_more),
        cmocka_unit_test(what_needs_an_extension_that_is_off_goes_too),
        cmocka_unit_test(an_extension_that_is_on_brings_what_it_needs),
        cmocka_unit_test(names_of_bundles_switch_their_parts),
        cmocka_unit_test(what_cannot_be_is_one_clear_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
