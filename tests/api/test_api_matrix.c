/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The success matrix: workers x count x interval x hosts, ended by count or by a cancel from
 * within the callback. With workers 1 and 2 it runs in test_api_threads_matrix.c.
 */
#include "matrix.h"

static void bad_workers(void)
{
    static const int bad[] = {-1, -2};
    struct mping *engine = check_engine(NULL);

    for (size_t i = 0; i < 2; i++) {
        struct mping *none = NULL;
        struct mping_opts opts;

        mping_opts_init(&opts, sizeof(opts));
        opts.workers = bad[i];
        ok_eq(mping_new(&none, &opts), MPING_EINVAL, "matrix: %d workers are refused", bad[i]);
        ok(!none, "matrix: and no engine is made");
        ok_eq(mping_set_workers(engine, bad[i]), MPING_EINVAL,
              "matrix: %d workers are refused later too", bad[i]);
    }
    mping_free(engine);
}

int main(void)
{
    check_start();
    bad_workers();
    matrix(MPING_SOCKET_RAW, 0);
    lab_allow_ping_sockets(1);
    matrix(MPING_SOCKET_PING, 0);
    return done_testing();
}
