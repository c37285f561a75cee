/* SPDX-License-Identifier: Apache-2.0 */
/* The backends against the kernel's own echo replies: batches, stamps, buffers, filters. */
#include <stdlib.h>
#include <sys/wait.h>

#include "io/backend.h"
#include "io/socket/ping.h"
#include "io/socket/raw.h"
#include "io/wall_clock.h"
#include "test_io_lab.h"

enum { STAMP_ERROR_NS = 10000 };

struct seen {
    const struct lab_kind *kind;
    const struct mping_tx *tx; /* by seq */
    uint16_t id;
    int64_t began_ns; /* to send; a packet's own time is only as good as the call was short */
    unsigned replies[MPING_BATCH];
    unsigned foreign, wrong_addr, wrong_ttl, wrong_flags, user_stamps, wrong_times, wrong_bytes;
};

static void check_reply(const struct mping_rx *rx, struct seen *seen)
{
    struct mping_addr dst = lab_addr(seen->kind->family, seen->kind->dst);
    const uint8_t *icmp = lab_icmp(rx);
    int seq = lab_seq(rx);

    if (!icmp || seq < 0 || seq >= MPING_BATCH) {
        seen->foreign++;
        return;
    }
    seen->replies[seq]++;
    seen->wrong_addr += !lab_same(&rx->from, &dst) || !lab_same(&rx->to, &dst);
    seen->wrong_ttl += rx->ttl != 64 || rx->tos != 0;
    seen->wrong_flags +=
        rx->cut || rx->ip_header != (seen->kind->raw && rx->from.family == AF_INET);
    seen->wrong_flags += rx->checksum_verified == rx->ip_header;
    seen->user_stamps += rx->stamp != MPING_STAMP_KERNEL;
    seen->wrong_times += rx->received_ns < seen->began_ns - STAMP_ERROR_NS;
    seen->wrong_times += rx->received_ns > mping_mono_ns();
    seen->wrong_bytes += rx->data + rx->len != icmp + MPING_TX_HEAD;
    seen->wrong_bytes += memcmp(icmp + 8, seen->tx[seq].head + 8, MPING_TX_HEAD - 8) != 0;
}

static void see(const struct mping_rx *rx, void *arg)
{
    struct seen *seen = arg;

    if (lab_is_reply(rx, seen->kind->family, seen->id))
        check_reply(rx, seen);
    else
        seen->foreign++;
}

static void check_sent(const char *name, const struct mping_tx *tx, size_t n, int64_t before_ns,
                       int64_t after_ns)
{
    unsigned failed = 0, unordered = 0, outside = 0;

    for (size_t i = 0; i < n; i++) {
        failed += tx[i].err != 0 || tx[i].stamp == MPING_STAMP_NONE;
        unordered += i > 0 && tx[i].sent_ns < tx[i - 1].sent_ns;
        outside += tx[i].sent_ns < before_ns || tx[i].sent_ns > after_ns;
    }
    ok(failed == 0, "%s: %zu sent, %u failed", name, n, failed);
    ok(unordered == 0 && outside == 0, "%s: send times rise within the call", name);
}

static void test_batch(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[MPING_BATCH];
    struct seen seen = {.kind = kind, .tx = tx};
    unsigned once = 0;

    if (!io)
        return;
    seen.id = lab_id(io);
    for (uint16_t i = 0; i < MPING_BATCH; i++)
        lab_request(&tx[i], io, kind->dst, i, NULL);
    seen.began_ns = mping_mono_ns();
    io->ops->send(io, tx, MPING_BATCH);
    check_sent(kind->name, tx, MPING_BATCH, seen.began_ns, mping_mono_ns());
    ok(lab_collect(io, MPING_BATCH, see, &seen) == MPING_BATCH, "%s: 64 come back", kind->name);
    for (size_t i = 0; i < MPING_BATCH; i++)
        once += seen.replies[i] == 1;
    ok(once == MPING_BATCH && seen.foreign == 0, "%s: each once, none else", kind->name);
    ok(seen.wrong_addr == 0, "%s: from and to are right", kind->name);
    ok(seen.wrong_ttl == 0, "%s: TTL and TOS are told", kind->name);
    ok(seen.wrong_flags == 0, "%s: the flags are right", kind->name);
    ok(seen.wrong_bytes == 0, "%s: the bytes are whole", kind->name);
    ok(seen.user_stamps == 0, "%s: all stamped by the kernel (%u not)", kind->name,
       seen.user_stamps);
    ok(seen.wrong_times == 0, "%s: received between send and now", kind->name);
    ok(io->ops->drops(io) == 0, "%s: no drops", kind->name);
    io->ops->free(io);
}

static void test_object(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    const struct mping_backend_ops *ops;
    struct mping_rx rx[1];
    struct mping_rx_error error[1];

    if (!io)
        return;
    ops = io->ops;
    ok(strcmp(ops->name, kind->name) == 0, "%s: has its name", kind->name);
    ok(io->family == kind->family && io->ops->own_id == !kind->raw, "%s: is what it says",
       kind->name);
    ok(kind->raw || io->id != 0, "%s: has an id if it is its own", kind->name);
    ok(fcntl(io->fd, F_GETFD) & FD_CLOEXEC && fcntl(io->fd, F_GETFL) & O_NONBLOCK,
       "%s: closed on exec, does not block", kind->name);
    ok(io->rcvbuf_packets >= 256, "%s: the buffer holds %u replies", kind->name,
       io->rcvbuf_packets);
    ok(io->ops->recv(io, rx, 1) == 0 && io->ops->recv_errors(io, error, 1) == 0,
       "%s: nothing to read yet", kind->name);
    ops->free(io);
    ops->free(NULL); /* allowed, and nothing happens */
}

/* A buffer for a few replies: what is missing was counted as dropped. */
static void test_drops(const struct lab_kind *kind)
{
    struct mping_backend *io =
        lab_open_with(kind, (struct mping_backend_opts){.rcvbuf_bytes = 4096});
    struct mping_tx tx[MPING_BATCH];
    size_t got;
    uint64_t drops;

    if (!io)
        return;
    for (uint16_t i = 0; i < MPING_BATCH; i++)
        lab_request(&tx[i], io, kind->dst, i, NULL);
    io->ops->send(io, tx, MPING_BATCH);
    got = lab_collect(io, 1, lab_ignore, NULL);
    io->ops->send(io, tx, 1);
    ok(lab_collect(io, 1, lab_ignore, NULL) == 1 && io->drops_moved,
       "%s: the next packet tells that some were dropped before it", kind->name);
    drops = io->ops->drops(io);
    io->ops->send(io, tx, 1);
    ok(lab_collect(io, 1, lab_ignore, NULL) == 1 && io->drops_moved == !kind->raw,
       "%s: and the one after that, of no more, if it can tell", kind->name);
    ok(io->rcvbuf_packets > 0 && io->rcvbuf_packets < MPING_BATCH, "%s: room for %u of 64",
       kind->name, io->rcvbuf_packets);
    ok(got > 0 && got < MPING_BATCH && drops >= MPING_BATCH - got,
       "%s: %zu of 64 received, %llu dropped", kind->name, got, (unsigned long long)drops);
    ok(io->ops->drops(io) == drops, "%s: and no more", kind->name);
    io->ops->free(io);
}

struct big {
    const uint8_t *tail;
    uint32_t tail_len;
    unsigned whole, cut, other;
};

static void see_big(const struct mping_rx *rx, void *arg)
{
    struct big *big = arg;
    const uint8_t *icmp = lab_icmp(rx);
    uint32_t len = icmp ? (uint32_t)(rx->data + rx->len - icmp) : 0;

    if (!icmp)
        big->other++;
    else if (rx->cut)
        big->cut += len < MPING_TX_HEAD + big->tail_len;
    else if (len == MPING_TX_HEAD + big->tail_len &&
             memcmp(icmp + MPING_TX_HEAD, big->tail, big->tail_len) == 0)
        big->whole++;
    else
        big->other++;
}

/*
 * Sends one big and reads it whole; a second backend that never sent a big one gets it cut.
 * What was received before stays readable until the next recv.
 */
static void test_big(const struct lab_kind *kind, uint32_t payload)
{
    struct mping_backend *io = lab_open(kind), *deaf = lab_open(kind);
    struct big big = {.tail_len = payload - (MPING_TX_HEAD - MPING_ICMP_HEADER)};
    struct big other = {.tail_len = big.tail_len};
    struct mping_rx rx[MPING_BATCH];
    uint8_t *tail = malloc(big.tail_len);
    struct mping_tx tx;

    if (!io || !deaf || !tail)
        return;
    for (uint32_t i = 0; i < big.tail_len; i++)
        tail[i] = (uint8_t)(i * 7 + i / 251);
    big.tail = other.tail = tail;
    lab_request(&tx, io, kind->dst, 1, NULL);
    io->ops->send(io, &tx, 1);
    for (int wait_ms = 0; io->ops->recv(io, rx, 1) != 1 && wait_ms < LAB_WAIT_MS; wait_ms++)
        usleep(1000);
    lab_request_tail(&tx, io, kind->dst, 2, tail, big.tail_len);
    io->ops->send(io, &tx, 1);
    ok(tx.err == 0, "%s: payload of %u sent (%s)", kind->name, payload, strerror(-tx.err));
    ok(lab_is_reply(rx, kind->family, lab_id(io)) && lab_seq(rx) == 1,
       "%s: what was received before is still there", kind->name);
    ok(lab_collect(io, 1, see_big, &big) == 1 && big.whole == 1, "%s: it comes back whole",
       kind->name);
    if (kind->raw) {
        lab_collect(deaf, 2, see_big, &other);
        ok(other.cut == 1 && other.other == 1, "%s: cut where the buffers are small", kind->name);
    }
    io->ops->free(io);
    deaf->ops->free(deaf);
    free(tail);
}

static size_t ping_id(struct mping_backend *io, const struct lab_kind *kind, uint16_t id)
{
    struct mping_tx tx;

    lab_request(&tx, io, kind->dst, 0, NULL);
    mping_icmp_build(tx.head, tx.head_len, 0, kind->family, id, 0);
    io->ops->send(io, &tx, 1);
    return tx.err == 0;
}

static void note_id(const struct mping_rx *rx, void *arg)
{
    uint32_t *ids = arg;
    const uint8_t *icmp = lab_icmp(rx);

    *ids = *ids << 16 | (icmp ? load_be16(icmp + 4) : 0xdeadu);
}

/* Ids 65,534 to 1 are pinged; the window lets some of them in. */
static void test_ids(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    uint32_t ids = 0;
    size_t sent = 0;

    if (!io)
        return;
    ok(io->ops->set_ids(io, 0, 0) == 0, "%s: no ids wanted", kind->name);
    sent += ping_id(io, kind, 0xffff);
    ok(io->ops->set_ids(io, 0xffff, 2) == 0, "%s: ids 65,535 and 0 wanted", kind->name);
    for (uint32_t id = 0xfffe; id <= 0x10001; id++)
        sent += ping_id(io, kind, (uint16_t)id);
    ok(sent == 5 && lab_collect(io, 2, note_id, &ids) == 2 && ids == 0xffff0000,
       "%s: of five pings these two came in", kind->name);
    ok(io->ops->set_ids(io, 0xffff, 2) == 0 && ping_id(io, kind, 0) &&
           lab_collect(io, 1, lab_ignore, NULL) == 1,
       "%s: asked for again, nothing changes", kind->name);
    ok(io->ops->drops(io) == 0, "%s: what is not wanted is no drop", kind->name);
    io->ops->free(io);
}

/* What a child without privileges gets, as an exit code. */
static int open_without_privileges(const struct lab_kind *kind)
{
    struct mping_backend_opts opts = {.family = kind->family};
    struct mping_backend *io = NULL;
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        int r = setgid(65534) < 0 || setuid(65534) < 0 ? -1000 : 0;

        if (r == 0)
            r = kind->raw ? mping_raw_open(&io, &opts) : mping_ping_open(&io, &opts);
        _exit(r == -1000 || io ? 255 : -r);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

static void test_refusals(void)
{
    struct mping_backend_opts opts = {.family = AF_INET};
    struct mping_backend *io = NULL;

    ok(open_without_privileges(&lab_kinds[0]) == EPERM, "raw4 without privileges: EPERM");
    ok(open_without_privileges(&lab_kinds[1]) == EPERM, "raw6 without privileges: EPERM");
    ok(open_without_privileges(&lab_kinds[2]) == 255, "ping4 needs none");
    lab_allow_ping_sockets("1 0");
    ok(open_without_privileges(&lab_kinds[2]) == EACCES, "ping4 outside the range: EACCES");
    ok(open_without_privileges(&lab_kinds[3]) == EACCES, "ping6 outside the range: EACCES");
    ok(mping_ping_open(&io, &opts) == -EACCES && !io, "and so for root");
}

int main(void)
{
    struct mping_backend *stamping;

    if (!lab_enter())
        return done_testing();
    stamping = lab_warm_up();
    ok(stamping != NULL, "the kernel stamps packets");
    for (size_t i = 0; stamping && i < LAB_KINDS; i++) {
        test_object(&lab_kinds[i]);
        test_batch(&lab_kinds[i]);
        test_drops(&lab_kinds[i]);
        test_big(&lab_kinds[i], 3000);
        test_big(&lab_kinds[i], MPING_PAYLOAD_MAX);
        if (lab_kinds[i].raw)
            test_ids(&lab_kinds[i]);
    }
    test_refusals();
    if (stamping)
        stamping->ops->free(stamping);
    return done_testing();
}
