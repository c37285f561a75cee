/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_TESTS_API_THROWING_H
#define MULTIPING_TESTS_API_THROWING_H

#include <multiping/multiping.h>

#ifdef __cplusplus
extern "C" {
#endif

struct throwing {
    int replies; /* at every other one it throws, from the first on */
};

/* Its user is a struct throwing. */
mping_callback throwing_callback(void);

/* Makes a call, counts an exception that comes out of it, and returns its result, or 0. */
int throwing_call(int (*call)(void *arg), void *arg, int *ret_caught);

#ifdef __cplusplus
}
#endif
#endif
