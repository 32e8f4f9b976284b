/* tests/machine/test_plug.c: what the command line plugs in, and where; what it can't is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "host/memory.h"
#include "machine/plug.h"
#include "machine/properties.h"
#include "tests/host/place.h"

enum { NOTHING = 0, NET = 1, BLK = 2, RNG = 4 }; /* virtio 1.2, section 5 */

static void pairs_come_apart_at_single_commas(void **state)
{
    struct properties properties;
    (void)state;
    assert_true(properties_parse(&properties, "-x", "name,a=1,b=x,,y,,,c,a=2,d=", "driver", NULL));
    assert_string_equal(properties_get(&properties, "driver"), "name");
    assert_string_equal(properties_get(&properties, "a"), "2");
    assert_string_equal(properties_get(&properties, "b"), "x,y,");
    assert_string_equal(properties_get(&properties, "c"), "on");
    assert_string_equal(properties_get(&properties, "d"), "");
    assert_null(properties_get(&properties, "e"));
    properties_fini(&properties);
}

static void a_key_or_value_that_does_not_fit_is_named(void **state)
{
    struct {
        bool flag;
        unsigned number, choice;
        const char *text;
        struct property_list list;
    } object = {0};
    static const struct property_row rows[] = {
        {"flag", PROPERTY_SWITCH, 0, NULL},
        {"number", PROPERTY_NUMBER, 4, NULL},
        {"choice", PROPERTY_CHOICE, 8, "one|two|three"},
        {NULL, PROPERTY_NONE, 0, NULL},
    };
    static const struct {
        const char *text, *part;
    } wrong[] = {
        {"flag=maybe", "on or off"},
        {"number=12x", "a number"},
        {"number=-1", "a number"},
        {"number=4294967296", "a number"},
        {"choice=tw", "one|two|three"},
        {"choice=two|three", "one|two|three"},
        {"colour=red", "there are flag number choice"},
    };
    struct error err;
    struct properties properties;
    (void)state;
    assert_true(properties_parse(&properties, "-x", "flag,number=0x10,choice=three", NULL, &err));
    assert_true(properties_fill(&properties, rows, &object, &err));
    assert_true(object.flag);
    assert_int_equal(object.number, 16);
    assert_int_equal(object.choice, 2);
    properties_fini(&properties);
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(properties_parse(&properties, "-x", wrong[i].text, NULL, &err));
        assert_false(properties_fill(&properties, rows, &object, &err));
        assert_non_null(strstr(err.text, wrong[i].part));
        properties_fini(&properties);
    }
    assert_false(properties_parse(&properties, "-x", "a=1,=2", NULL, &err));
}

/* The slots' device ids, as many as there are. */
static bool plug_in(const struct machine_config *config, uint32_t ids[PLUG_SLOTS],
                    struct error *err)
{
    struct plugs *plugs = calloc(1, sizeof *plugs);
    struct device *devices[PLUG_SLOTS] = {NULL};
    struct virtio_wiring wiring = {.bus = NULL};
    bool opened = plugs_open(plugs, config, err);
    for (unsigned i = 0; opened && i < PLUG_SLOTS; i++) {
        devices[i] = plugs_create_device(plugs, i, "virtio", &wiring, err);
        if (!devices[i]) opened = false;
        if (devices[i]) ids[i] = virtio_of(devices[i])->kind->id;
    }
    for (unsigned i = 0; i < PLUG_SLOTS; i++)
        if (devices[i]) devices[i]->ops->destroy(devices[i]);
    plugs_close(plugs);
    free(plugs);
    return opened;
}

static void the_first_device_gets_the_last_slot(void **state)
{
    char disk[256], other[256];
    uint32_t ids[PLUG_SLOTS];
    struct error err = {0};
    snprintf(disk, sizeof disk, "file=%s,if=none,id=d,format=raw",
             place_file(*state, "disk", 4096, 0));
    snprintf(other, sizeof other, "if=virtio,file=%s", place_file(*state, "other", 4096, 0));
    struct machine_config config = {
        .drives = {{other, disk}, 2},
        .devices = {{"virtio-rng-device", "virtio-blk-device,drive=d,serial=x",
                     "virtio-rng,bus=virtio-mmio-bus.2"},
                    3},
    };
    if (!plug_in(&config, ids, &err)) fail_msg("%s", err.text);
    static const uint32_t expected[] = {0, 0, RNG, 0, 0, BLK, BLK, RNG};
    assert_memory_equal(ids, expected, sizeof expected);
}

static void what_can_not_be_plugged_in_is_named(void **state)
{
    static const struct {
        const char *device, *part;
    } rows[] = {
        {"virtio-blk-pci,drive=d", "virtio-blk-device does the same"},
        {"virtio-blk-device,drive=e", "no -drive with id=e"},
        {"virtio-blk-device", "needs drive=ID"},
        {"virtio-blk-device,drive=d,colour=red", "unknown property colour"},
        {"virtio-blk-device,drive=d,num-queues=9", "1 to 8"},
        {"virtio-blk-device,drive=v", "is not free"},
        {"virtio-teapot", "there are virtio-9p-device"},
        {"virtio-rng-device,bus=virtio-mmio-bus.8", "no such bus"},
        {"", "no such device"},
    };
    char disk[256], other[256];
    snprintf(disk, sizeof disk, "file=%s,if=none,id=d", place_file(*state, "disk", 4096, 0));
    snprintf(other, sizeof other, "id=v,file=%s", place_file(*state, "other", 4096, 0));
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t ids[PLUG_SLOTS];
        struct error err = {0};
        struct machine_config config = {.drives = {{disk, other}, 2},
                                        .devices = {{rows[i].device}, 1}};
        assert_false(plug_in(&config, ids, &err));
        if (!strstr(err.text, rows[i].part)) fail_msg("%s: %s", rows[i].device, err.text);
    }
}

static void a_drive_is_taken_once_and_a_ninth_device_refused(void **state)
{
    char disk[256];
    uint32_t ids[PLUG_SLOTS];
    struct error err = {0};
    snprintf(disk, sizeof disk, "file=%s,if=none,id=d", place_file(*state, "disk", 4096, 0));
    struct machine_config config = {.drives = {{disk}, 1}};
    for (; config.devices.count < 2; config.devices.count++)
        config.devices.items[config.devices.count] = "virtio-blk-device,drive=d";
    assert_false(plug_in(&config, ids, &err));
    assert_non_null(strstr(err.text, "another device already"));
    for (config.devices.count = 0; config.devices.count < 9; config.devices.count++)
        config.devices.items[config.devices.count] = "virtio-rng-device";
    assert_false(plug_in(&config, ids, &err));
    assert_non_null(strstr(err.text, "all 8 virtio slots"));
}

static void drives_that_make_no_sense_are_named(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *more, *part;
    } rows[] = {
        {"", "needs id="},
        {",id=d,format=qcow2", "wants raw"},
        {",id=d,cache=none", "writeback|unsafe"},
        {",id=d,colour=red", "unknown property colour"},
        {",id=d,overlay=x,snapshot=on", "neither with snapshot=on"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        uint32_t ids[PLUG_SLOTS];
        struct error err = {0};
        snprintf(text, sizeof text, "if=none,file=%s%s", place_file(place, "disk", 4096, 0),
                 rows[i].more);
        struct machine_config config = {.drives = {{text}, 1}};
        assert_false(plug_in(&config, ids, &err));
        if (!strstr(err.text, rows[i].part)) fail_msg("%s: %s", text, err.text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pairs_come_apart_at_single_commas),
        TEST(a_key_or_value_that_does_not_fit_is_named),
        TEST(the_first_device_gets_the_last_slot),
        TEST(what_can_not_be_plugged_in_is_named),
        TEST(a_drive_is_taken_once_and_a_ninth_device_refused),
        TEST(drives_that_make_no_sense_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
