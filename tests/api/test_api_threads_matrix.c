/* SPDX-License-Identifier: Apache-2.0 */
/* The success matrix with worker threads; see matrix.h. */
#include "matrix.h"

int main(void)
{
    check_start();
    for (int workers = 1; workers <= 2; workers++)
        matrix(MPING_SOCKET_RAW, workers);
    lab_allow_ping_sockets(1);
    for (int workers = 1; workers <= 2; workers++)
        matrix(MPING_SOCKET_PING, workers);
    return done_testing();
}
