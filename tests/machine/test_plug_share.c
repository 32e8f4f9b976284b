/* tests/machine/test_plug_share.c: what -fsdev and -virtfs share; what they can't is named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "machine/plug.h"

enum { P9 = 9 };

/* The device id of the slot that is taken first; -1 with `err` set when it can't be. */
static int plug_in(const struct machine_config *config, struct error *err)
{
    struct plugs *plugs = calloc(1, sizeof *plugs);
    struct virtio_wiring wiring = {.bus = NULL};
    struct device *device = NULL;
    if (plugs_open(plugs, config, err))
        device = plugs_create_device(plugs, PLUG_SLOTS - 1, "virtio", &wiring, err);
    int id = device ? (int)virtio_of(device)->kind->id : -1;
    if (device) device->ops->destroy(device);
    plugs_close(plugs);
    free(plugs);
    return id;
}

static void a_directory_is_shared_in_one_option_or_two(void **state)
{
    (void)state;
    struct error err = {0};
    struct machine_config two = {
        .fsdevs = {{"local,id=fs0,path=/tmp,security_model=none,readonly=on"}, 1},
        .devices = {{"virtio-9p-device,fsdev=fs0,mount_tag=host"}, 1},
    };
    struct machine_config one = {
        .virtfs = {{"local,path=/tmp,mount_tag=host,security_model=passthrough,id=x"}, 1}};
    assert_int_equal(plug_in(&two, &err), P9);
    assert_int_equal(plug_in(&one, &err), P9);
}

static void what_can_not_be_shared_is_named(void **state)
{
    static const struct {
        const char *fsdev, *virtfs, *device, *part;
    } rows[] = {
        {"local,path=/tmp,security_model=none", NULL, NULL, "needs id="},
        {"local,id=a,security_model=none", NULL, NULL, "needs path="},
        {"local,id=a,path=/tmp", NULL, NULL, "needs security_model="},
        {"id=a,path=/tmp,security_model=none", NULL, NULL, "needs the word local"},
        {"synth,id=a,path=/tmp,security_model=none", NULL, NULL, "wants local"},
        {"local,id=a,path=/nowhere,security_model=none", NULL, NULL, "/nowhere: No such file"},
        {"local,id=a,path=/tmp,security_model=mapped-file", NULL, NULL, "wants mapped-xattr|"},
        {"local,id=a,path=/tmp,security_model=none,mount_tag=x", NULL, NULL, "belongs to"},
        {NULL, "local,path=/tmp,security_model=none", NULL, "needs mount_tag="},
        {NULL, "local,path=/tmp,security_model=none,mount_tag=", NULL, "1 to 64 characters"},
        {NULL, NULL, "virtio-9p-device,mount_tag=x", "needs fsdev="},
        {NULL, NULL, "virtio-9p-device,fsdev=a", "needs mount_tag="},
        {NULL, NULL, "virtio-9p-device,fsdev=a,mount_tag=x", "no -fsdev with id=a"},
        {NULL, NULL, "virtio-9p-pci,fsdev=a,mount_tag=x", "virtio-9p-device does the same"},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        struct machine_config config = {
            .fsdevs = {{rows[i].fsdev}, rows[i].fsdev != NULL},
            .virtfs = {{rows[i].virtfs}, rows[i].virtfs != NULL},
            .devices = {{rows[i].device}, rows[i].device != NULL},
        };
        assert_int_equal(plug_in(&config, &err), -1);
        if (!strstr(err.text, rows[i].part)) fail_msg("%u: %s", i, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_is_shared_in_one_option_or_two),
        cmocka_unit_test(what_can_not_be_shared_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
