# SPDX-License-Identifier: Apache-2.0
# Made from include/multiping/*.h by tools/python_cdef.py.
CDEF = """
struct mping;
struct mping_addr;
struct mping_event;
struct mping_lookup;
struct mping_opts;
struct mping_stats;
struct mping_target;
struct mping_target_opts;
enum mping_socket_kind {
    MPING_SOCKET_AUTO = 0,
    MPING_SOCKET_RAW = 1,
    MPING_SOCKET_PING = 2
};
enum mping_engine_flag {
    MPING_ENGINE_BROADCAST = 1u << 0
};
enum mping_error {
    MPING_OK = 0,
    MPING_ETIMEDOUT = -10001,
    MPING_ESEQWRAP = -10002,
    MPING_ENOIDS = -10003,
    MPING_ECLOSED = -10004,
    MPING_ERESOLVE = -10005,
    MPING_EPERM = -10006,
    MPING_EAGAIN = -10007,
    MPING_ECANCELED = -10008,
    MPING_EINVAL = -10009,
    MPING_ENOTSUP = -10010,
    MPING_EBUSY = -10011,
    MPING_ENOMEM = -10012,
    MPING_EICMP = -10013,
    MPING_EFULL = -10014,
    MPING_EUNKNOWN = -10015,
    MPING_EEXCLUDED = -10016,
    MPING_ELINK = -10017,
    MPING_EBROADCAST = -10018,
    MPING_EMARK = -10019,
    MPING_EOTHERLINK = -10020
};
enum mping_event_type {
    MPING_EV_REPLY = 1,
    MPING_EV_LOST = 2,
    MPING_EV_UNREACHABLE = 3,
    MPING_EV_SEND_ERROR = 4,
    MPING_EV_RESOLVE_ERROR = 5,
    MPING_EV_CANCELED = 6,
    MPING_EV_UNKNOWN = 7,
    MPING_EV_LATE = 16,
    MPING_EV_DUPLICATE = 17,
    MPING_EV_MISMATCH = 18,
    MPING_EV_ICMP_ERROR = 19,
    MPING_EV_SENT = 32,
    MPING_EV_RESOLVED = 33,
    MPING_EV_FINISHED = 34,
    MPING_EV_STALE = 35
};
enum mping_reason {
    MPING_REASON_NONE = 0,
    MPING_REASON_RX_DROP = 1,
    MPING_REASON_STALL = 2,
    MPING_REASON_SUSPEND = 3,
    MPING_REASON_SEQ_WRAP = 4,
    MPING_REASON_TX_DROP =
        5,
    MPING_REASON_LINK = 6,
    MPING_REASON_SOURCE = 16,
    MPING_REASON_CHECKSUM = 17,
    MPING_REASON_PROOF = 18,
    MPING_REASON_TRUNCATED = 19,
    MPING_REASON_CODE = 20,
    MPING_REASON_UNSENT = 21,
    MPING_REASON_FOREIGN = 22,
    MPING_REASON_NOT_A_NAME = 32,
    MPING_REASON_NO_SUCH_NAME = 33,
    MPING_REASON_NO_ADDRESS = 34,
    MPING_REASON_NO_ANSWER = 35,
    MPING_REASON_NO_SERVER = 36,
    MPING_REASON_SERVER_FAILED = 37,
    MPING_REASON_SERVER_REFUSED = 38,
    MPING_REASON_NO_THREAD = 39
};
enum mping_stamp {
    MPING_STAMP_NONE = 0,
    MPING_STAMP_USER = 1,
    MPING_STAMP_KERNEL = 2,
    MPING_STAMP_CALL = 3
};
enum mping_flag {
    MPING_FLAG_RAND_DELAY = 1u << 0,
    MPING_FLAG_RETRY_RESOLVE = 1u << 1,
    MPING_FLAG_RETRY_SEND = 1u << 2,
    MPING_FLAG_DF = 1u << 3,
    MPING_FLAG_SEQ_STRICT = 1u << 4,
    MPING_FLAG_HISTOGRAM = 1u << 5,
    MPING_FLAG_KEEP_ID = 1u << 6,
    MPING_FLAG_TIMESTAMP = 1u << 7,
    MPING_FLAG_TX_STAMPS = 1u << 8,
    MPING_FLAG_WAIT_RESOLVE = 1u << 9
};
typedef void (*mping_callback)(const struct mping_event *event, void *user);
struct mping_addr {
    uint16_t family;
    uint16_t reserved;
    uint32_t scope_id;
    uint8_t ip[16];
};
struct mping_opts {
    size_t struct_size;
    uint32_t flags;
    int32_t socket_kind;
    int32_t workers;
    uint32_t buffer;
    uint32_t rate_pps;
    uint32_t mark;
    uint64_t targets_max;
    uint64_t inflight_max;
    uint32_t rcvbuf_bytes;
    uint32_t sndbuf_bytes;
    uint64_t seed;
    int64_t read_delay_ns;
    uint32_t io_threads;
    uint32_t reserved32;
};
struct mping_event {
    enum mping_event_type type;
    int err;
    struct mping_target *target;
    void *user;
    const char *host;
    struct mping_addr dst;
    struct mping_addr src;
    struct mping_addr peer;
    uint64_t count;
    int64_t sent_ns;
    int64_t sent_wall_ns;
    int64_t received_ns;
    int64_t timeout_ns;
    int64_t rtt_ns;
    uint32_t icmp_bytes;
    uint32_t icmp_info;
    uint16_t id;
    uint16_t seq;
    int16_t ttl;
    int16_t tos;
    uint8_t icmp_type;
    uint8_t icmp_code;
    uint8_t reason;
    uint8_t attempt;
    uint8_t tx_stamp;
    uint8_t rx_stamp;
    uint8_t truncated;
    uint8_t longer;
    uint32_t icmp_originate_ms;
    uint32_t icmp_receive_ms;
    uint32_t icmp_transmit_ms;
    uint32_t reserved32;
    char host_text[16];
    uint64_t reserved64[6];
};
struct mping_lookup {
    void *user;
    const struct mping_addr *addrs;
    uint64_t addr_count;
    const char *name;
    int32_t gai_error;
    int32_t sys_errno;
};
struct mping_stats {
    uint64_t sent;
    uint64_t received;
    uint64_t lost;
    uint64_t unreachable;
    uint64_t send_errors;
    uint64_t unknown;
    uint64_t canceled;
    uint64_t pending;
    uint64_t resolve_errors;
    uint64_t late;
    uint64_t duplicates;
    uint64_t mismatches;
    uint64_t icmp_errors;
    int64_t rtt_min_ns;
    int64_t rtt_max_ns;
    int64_t rtt_last_ns;
    double rtt_mean_ns;
    double rtt_stddev_ns;
    double jitter_ns;
    int64_t rtt_p50_ns;
    int64_t rtt_p90_ns;
    int64_t rtt_p95_ns;
    int64_t rtt_p99_ns;
    uint64_t loss_run;
    uint64_t loss_run_max;
    uint64_t targets;
    uint64_t rx_packets;
    uint64_t rx_drops;
    uint64_t rx_malformed;
    uint64_t rx_checksum;
    uint64_t rx_foreign;
    uint64_t send_retries;
    uint64_t ids;
    uint64_t rx_capacity;
    uint64_t truncated;
    uint64_t longer;
};
struct mping_target_opts {
    size_t struct_size;
    uint32_t flags;
    int32_t family;
    uint64_t count;
    int64_t interval_ns;
    int64_t timeout_ns;
    int64_t first_delay_ns;
    uint32_t window;
    uint32_t attempts;
    double backoff;
    uint32_t re_resolve_every;
    int64_t resolve_timeout_ns;
    uint32_t payload_bytes;
    uint32_t pattern_bytes;
    const void *pattern;
    int32_t ttl;
    int32_t tos;
    uint32_t mark;
    uint32_t ifindex;
    struct mping_addr source;
    uint64_t events;
    mping_callback callback;
    void *user;
};
int mping_addr_parse(struct mping_addr *ret_addr, const char *text);
const char *mping_addr_problem(const char *text);
char *mping_addr_format(const struct mping_addr *addr, char *text, size_t text_size);
void mping_opts_init(struct mping_opts *opts, size_t opts_size);
int mping_new(struct mping **ret_engine, const struct mping_opts *opts);
struct mping *mping_default(void);
int mping_free(struct mping *engine);
int mping_set_workers(struct mping *engine, int workers);
int mping_set_buffer(struct mping *engine, uint32_t buffer);
int mping_open(struct mping *engine, int family);
int mping_socket_kind(struct mping *engine, int family);
int mping_fd(struct mping *engine);
int mping_process(struct mping *engine, uint32_t max_events);
int64_t mping_next_timeout(struct mping *engine);
int mping_run(struct mping *engine, int64_t max_ns);
int mping_wait(struct mping *engine, int64_t max_ns);
int mping_wakeup(struct mping *engine);
int mping_next(struct mping *engine, struct mping_event *ret_events, size_t n);
int mping_exclude(struct mping *engine, const struct mping_addr *addr,
                            uint32_t prefix_len);
int mping_is_excluded(struct mping *engine, const struct mping_addr *addr);
const char *mping_errmsg(struct mping *engine);
const char *mping_strerror(int err);
const char *mping_err_name(int err);
const char *mping_event_name(enum mping_event_type type);
const char *mping_reason_text(enum mping_reason reason);
int mping_lookup_name(struct mping *engine, const char *name, int family, void *user);
int mping_lookup_addr(struct mping *engine, const struct mping_addr *addr, void *user);
int mping_lookup_next(struct mping *engine, struct mping_lookup *ret_lookup,
                                size_t lookup_size);
int mping_once(struct mping *engine, const char *host, int64_t timeout_ns,
                         struct mping_event *ret_event);
int mping_ping(struct mping *engine, const char *host,
                         const struct mping_target_opts *opts);
int mping_ping_until(struct mping *engine, int cancel_fd, const char *host,
                               const struct mping_target_opts *opts);
int mping_target_stats(struct mping_target *target, struct mping_stats *ret_stats,
                                 size_t stats_size, int reset);
int mping_engine_stats(struct mping *engine, struct mping_stats *ret_stats,
                                 size_t stats_size);
void mping_target_opts_init(struct mping_target_opts *opts, size_t opts_size);
int mping_add(struct mping *engine, const char *host,
                        const struct mping_target_opts *opts, struct mping_target **ret_target);
int mping_add_addr(struct mping *engine, const struct mping_addr *addr,
                             const struct mping_target_opts *opts,
                             struct mping_target **ret_target);
int mping_add_as(struct mping *engine, const char *host, const struct mping_addr *addr,
                           const struct mping_target_opts *opts, struct mping_target **ret_target);
int mping_effective_addr(struct mping *engine, const struct mping_addr *addr,
                                   const struct mping_target_opts *opts,
                                   struct mping_addr *ret_addr);
int mping_send(struct mping_target *target);
int mping_set_timeout(struct mping_target *target, int64_t timeout_ns);
int mping_drain(struct mping_target *target, int64_t max_ns);
int mping_cancel(struct mping_target *target);
void mping_close(struct mping_target *target);
int mping_target_id(const struct mping_target *target);
const char *mping_target_host(const struct mping_target *target);
int mping_target_host_copy(const struct mping_target *target, char *ret_host,
                                     size_t size);
int mping_target_addr(const struct mping_target *target, struct mping_addr *ret_addr);
int mping_target_addrs(const struct mping_target *target, struct mping_addr *ret_addrs,
                                 size_t n);
uint32_t mping_version(void);
const char *mping_version_string(void);
"""
