/* host/chars.c: moving bytes between a serial port and its far end, on a thread. */
#include "host/chars.h"

#include <stdlib.h>
#include <string.h>

#include "host/chars_open.h"
#include "host/poll.h"
#include "host/thread.h"

#define LOOK_AGAIN_NS (HOST_NS_PER_SECOND / 10)  /* is somebody at the pseudo terminal? */
#define OFFER_NS      (HOST_NS_PER_SECOND / 100) /* will the near end take more? */
#define LAST_NS       (HOST_NS_PER_SECOND / 5)   /* for what is still to be written at the end */

struct host_chars {
    struct host_chars_options options;
    struct chars_fds fds;
    struct host_chars_end end;
    struct host_thread thread;
    struct host_waker waker;
    struct mutex lock; /* over all that follows */
    bool started, connected, short_of_room;
    bool stopping, ended;
    uint8_t out[CHARS_ROOM]; /* `out_count` bytes from `out_at`, wrapping */
    size_t out_at, out_count;
    uint8_t in[4096]; /* the thread's: came in, not taken yet */
    size_t in_at, in_count;
};

/* ---- the near end ---- */

size_t host_chars_write(struct host_chars *chars, const uint8_t *bytes, size_t count)
{
    mutex_lock(&chars->lock);
    size_t room = CHARS_ROOM - chars->out_count, all = count;
    bool lost = !chars->connected || chars->ended;
    if (count > room) count = room;
    for (size_t i = 0; !lost && i < count; i++)
        chars->out[(chars->out_at + chars->out_count + i) % CHARS_ROOM] = bytes[i];
    if (!lost) {
        chars->out_count += count;
        chars->short_of_room = count < all;
    }
    mutex_unlock(&chars->lock);
    if (!lost) host_waker_wake(&chars->waker);
    return lost ? all : count;
}

bool host_chars_ready(struct host_chars *chars)
{
    mutex_lock(&chars->lock);
    bool ready = !chars->connected || chars->ended || chars->out_count <= CHARS_ROOM / 2;
    if (!ready) chars->short_of_room = true;
    mutex_unlock(&chars->lock);
    return ready;
}

/* ---- the thread ---- */

static void set_connected(struct host_chars *chars, bool connected)
{
    mutex_lock(&chars->lock);
    bool room = chars->short_of_room;
    chars->connected = connected;
    if (!connected) chars->out_count = 0;
    if (!connected) chars->short_of_room = false;
    mutex_unlock(&chars->lock);
    if (!connected && room && chars->end.room) chars->end.room(chars->end.owner);
}

static void hang_up(struct host_chars *chars)
{
    set_connected(chars, false);
    if (chars->options.kind != CHARS_SOCKET) return;
    chars_close_fd(chars->fds.in);
    chars->fds.in = chars->fds.out = -1;
}

static void take_caller(struct host_chars *chars)
{
    int fd = chars_accept(chars->fds.listener);
    if (fd < 0) return;
    chars->fds.in = chars->fds.out = fd;
    set_connected(chars, true);
}

/* Somebody is there, or has gone. A pseudo terminal whose other end is closed reads as ended, and
 * may be opened again at any time. */
static void read_some(struct host_chars *chars)
{
    switch (host_read_some(chars->fds.in, chars->in, sizeof chars->in, &chars->in_count)) {
    case HOST_READ_SOME:
        chars->in_at = 0;
        if (!chars->connected) set_connected(chars, true);
        break;
    case HOST_READ_LATER:
        if (!chars->connected) set_connected(chars, true);
        break;
    case HOST_READ_END:
        if (chars->connected) hang_up(chars);
        break;
    }
}

static void offer(struct host_chars *chars)
{
    if (!chars->in_count) return;
    size_t taken =
        chars->end.receive
            ? chars->end.receive(chars->end.owner, chars->in + chars->in_at, chars->in_count)
            : chars->in_count;
    chars->in_at += taken;
    chars->in_count -= taken;
}

static void write_some(struct host_chars *chars)
{
    size_t taken = 0;
    mutex_lock(&chars->lock);
    size_t count = chars->out_count, left = CHARS_ROOM - chars->out_at;
    if (count > left) count = left;
    mutex_unlock(&chars->lock);
    if (!count) return;
    /* Only this thread takes bytes away: those are safe without the lock. */
    enum host_write result =
        host_write_some(chars->fds.out, chars->out + chars->out_at, count, &taken);
    if (result == HOST_WRITE_FULL || result == HOST_WRITE_END) {
        if (chars->options.kind == CHARS_FILE)
            notice_say(&chars->options.notice, "%s: takes no more; what the guest prints is lost",
                       chars->options.path);
        hang_up(chars);
        return;
    }
    mutex_lock(&chars->lock);
    chars->out_at = (chars->out_at + taken) % CHARS_ROOM;
    chars->out_count -= taken;
    bool room = chars->short_of_room && chars->out_count <= CHARS_ROOM / 2;
    if (room) chars->short_of_room = false;
    mutex_unlock(&chars->lock);
    if (room && chars->end.room) chars->end.room(chars->end.owner);
}

/* One wait, and what it brought. */
static void turn(struct host_chars *chars, uint64_t timeout_ns)
{
    enum { IN, OUT, LISTENER, COUNT };
    const struct chars_fds *at = &chars->fds;
    mutex_lock(&chars->lock);
    bool output = chars->out_count && chars->connected;
    mutex_unlock(&chars->lock);
    bool calls = at->in < 0 && at->listener >= 0, waits = chars->in_count != 0;
    struct host_poll_fd fds[COUNT] = {
        [IN] = {.fd = chars->connected && !waits ? at->in : -1},
        [OUT] = {.fd = output ? at->out : -1, .write = true},
        [LISTENER] = {.fd = calls ? at->listener : -1},
    };
    bool absent = !chars->connected && at->in >= 0;
    if (absent && timeout_ns > LOOK_AGAIN_NS) timeout_ns = LOOK_AGAIN_NS;
    if (waits && timeout_ns > OFFER_NS) timeout_ns = OFFER_NS;
    host_poll_wait(fds, COUNT, &chars->waker, timeout_ns);
    if (fds[LISTENER].ready) take_caller(chars);
    if (fds[OUT].ready) write_some(chars);
    if ((fds[IN].ready && at->in >= 0) || (absent && !waits)) read_some(chars);
}

static void chars_run(void *owner)
{
    struct host_chars *chars = owner;
    uint64_t deadline = HOST_FOREVER;
    for (;;) {
        mutex_lock(&chars->lock);
        bool stopping = chars->stopping, empty = !chars->out_count || !chars->connected;
        mutex_unlock(&chars->lock);
        uint64_t now = host_now_ns();
        if (stopping && deadline == HOST_FOREVER) deadline = now + LAST_NS;
        if (stopping && (empty || now >= deadline)) return;
        if (!stopping) offer(chars);
        turn(chars, stopping ? deadline - now : HOST_FOREVER);
    }
}

/* ---- life ---- */

struct host_chars *host_chars_open(const struct host_chars_options *options, struct error *err)
{
    struct host_chars *chars = calloc(1, sizeof *chars);
    if (!chars) {
        error_set(err, "out of memory");
        return NULL;
    }
    chars->options = *options;
    chars->waker = (struct host_waker){-1, -1};
    mutex_init(&chars->lock);
    chars->fds = (struct chars_fds){.in = -1, .out = -1, .listener = -1};
    if (!host_waker_init(&chars->waker, err) || !chars_open_fds(options, &chars->fds, err)) {
        host_chars_close(chars);
        return NULL;
    }
    /* Whether somebody is at the pseudo terminal is found out by looking. */
    chars->connected = chars->fds.out >= 0 && options->kind != CHARS_PTY;
    return chars;
}

bool host_chars_start(struct host_chars *chars, const struct host_chars_end *end, struct error *err)
{
    chars->end = *end;
    if (chars->options.kind == CHARS_NULL) return true;
    chars->started = host_thread_start(&chars->thread, "chars", chars_run, chars, err);
    return chars->started;
}

void host_chars_stop(struct host_chars *chars)
{
    if (!chars) return;
    mutex_lock(&chars->lock);
    chars->stopping = true;
    mutex_unlock(&chars->lock);
    host_waker_wake(&chars->waker);
    if (chars->started) host_thread_join(&chars->thread);
    mutex_lock(&chars->lock);
    chars->started = false;
    chars->ended = true;
    mutex_unlock(&chars->lock);
}

void host_chars_close(struct host_chars *chars)
{
    if (!chars) return;
    host_chars_stop(chars);
    chars_close_fd(chars->fds.out);
    if (chars->fds.listener >= 0) chars_unlink(chars->options.path);
    chars_close_fd(chars->fds.listener);
    host_waker_fini(&chars->waker);
    mutex_fini(&chars->lock);
    free(chars);
}

const char *host_chars_place(const struct host_chars *chars)
{
    return chars->fds.place;
}
