/* tests/host/test_nbd.c: a qcow2 image through qemu-nbd is a disk, and its end an I/O error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "host/nbd.h"
#include "host/thread.h"
#include "tests/host/place.h"

#define DISK_BYTES 16777216

struct server {
    pid_t pid;
    char uri[256], socket[128];
};

static void say(void *owner, const char *text)
{
    (void)text;
    ++*(unsigned *)owner;
}

static void run(char *const argv[])
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    if (status != 0) skip(); /* qemu-utils is not installed */
}

/* Its file is there before it listens. */
static bool listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

static void server_start(struct server *server, struct place *place, char *read_only)
{
    char *disk = (char *)place_path(place, "disk");
    strcpy(server->socket, place_path(place, "other"));
    snprintf(server->uri, sizeof server->uri, "nbd+unix:///?socket=%s", server->socket);
    run((char *[]){"qemu-img", "create", "-q", "-f", "qcow2", disk, "16M", NULL});
    server->pid = fork();
    if (server->pid == 0) {
        execlp("qemu-nbd", "qemu-nbd", "-k", server->socket, "-f", "qcow2", "-e", "8", "-t", disk,
               read_only, (char *)NULL);
        _exit(127);
    }
    struct host_event never;
    host_event_init(&never);
    while (!listens(server->socket) && waitpid(server->pid, NULL, WNOHANG) == 0)
        host_event_wait(&never, HOST_NS_PER_SECOND / 100);
    host_event_fini(&never);
}

static void server_kill(struct server *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
    unlink(server->socket);
}

static struct host_nbd *connect_to(const struct server *server, bool read_only, unsigned *said)
{
    struct error err = {0};
    struct host_nbd *nbd = host_nbd_open(
        server->uri,
        &(struct host_nbd_options){.read_only = read_only, .notice = {.say = say, .owner = said}},
        &err);
    if (!nbd) fail_msg("%s", err.text);
    return nbd;
}

static void a_qcow2_image_is_a_disk(void **state)
{
    struct server server;
    unsigned said = 0;
    static uint8_t model[DISK_BYTES / 4], bytes[DISK_BYTES / 4];
    server_start(&server, *state, NULL);
    for (unsigned round = 0; round < 2; round++) {
        struct host_nbd *nbd = connect_to(&server, false, &said);
        const struct block *block = host_nbd_block(nbd);
        assert_int_equal(block->size, DISK_BYTES);
        for (unsigned i = 0; i < sizeof model; i++)
            model[i] = (uint8_t)(i * 2654435761u >> 24);
        if (round == 0) {
            assert_true(block_put(block, 4096, model, sizeof model));
            assert_true(block->ops->write_zeroes(block->owner, 65536, 70000, true));
            assert_true(block->ops->discard(block->owner, 8 << 20, 1 << 20));
            assert_true(block->ops->flush(block->owner));
        }
        memset(model + 65536 - 4096, 0, 70000);
        assert_true(block_get(block, 4096, bytes, sizeof bytes));
        assert_memory_equal(bytes, model, sizeof bytes);
        host_nbd_close(nbd);
    }
    assert_int_equal(said, 0);
    server_kill(&server);
}

static void a_server_that_dies_is_an_io_error_told_once(void **state)
{
    struct server server;
    unsigned said = 0;
    uint8_t bytes[512] = {0};
    server_start(&server, *state, NULL);
    struct host_nbd *nbd = connect_to(&server, false, &said);
    const struct block *block = host_nbd_block(nbd);
    assert_true(block_put(block, 0, bytes, 512));
    server_kill(&server);
    assert_false(block_put(block, 0, bytes, 512));
    assert_false(block->ops->flush(block->owner));
    assert_false(block_get(block, 0, bytes, 512));
    assert_int_equal(said, 1);
    host_nbd_close(nbd);
}

static void a_server_for_readers_takes_only_readers(void **state)
{
    struct server server;
    unsigned said = 0;
    struct error err = {0};
    server_start(&server, *state, "-r");
    assert_null(host_nbd_open(server.uri, &(struct host_nbd_options){0}, &err));
    assert_non_null(strstr(err.text, "readonly=on"));
    struct host_nbd *nbd = connect_to(&server, true, &said);
    assert_true(host_nbd_block(nbd)->read_only);
    host_nbd_close(nbd);
    server_kill(&server);
}

static void a_server_that_is_not_there_is_named(void **state)
{
    struct error err = {0};
    (void)state;
    const char *uri = "nbd+unix:///?socket=/tmp/rivet-test-no-such-socket";
    assert_true(host_nbd_is_uri(uri));
    assert_true(host_nbd_is_uri("nbd://127.0.0.1:1/x"));
    assert_false(host_nbd_is_uri("nbd.img"));
    assert_null(host_nbd_open(uri, &(struct host_nbd_options){0}, &err));
    assert_non_null(strstr(err.text, uri));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_qcow2_image_is_a_disk),
        TEST(a_server_that_dies_is_an_io_error_told_once),
        TEST(a_server_for_readers_takes_only_readers),
        TEST(a_server_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
