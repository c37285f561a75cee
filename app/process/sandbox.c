/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sandbox.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef HAVE_SECCOMP

int app_sandbox_enter(void)
{
    return 0;
}

#else

#include <linux/filter.h>
#include <linux/seccomp.h>

#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2) /* Linux 4.17 */
#endif

static struct sock_filter code[] = {
#include "sandbox_filter.h"
};

enum { CODE_LEN = sizeof(code) / sizeof(code[0]) };

/* Only we know our number. */
static void insert_self(void)
{
    for (size_t i = 0; i < CODE_LEN; i++)
        if (BPF_CLASS(code[i].code) == BPF_JMP && code[i].k == APP_SANDBOX_SELF)
            code[i].k = (__u32)getpid();
}

int app_sandbox_enter(void)
{
    const struct sock_fprog program = {.len = CODE_LEN, .filter = code};
    long r;

    insert_self();
    /* Without the mitigation that older kernels put on filtered processes, which would slow
     * every packet: nothing foreign runs in here. */
    r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
    if (r < 0 && errno == EINVAL)
        r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
    /* A kernel built without filters, or one that somebody else keeps from us. */
    if (r < 0 && errno != EINVAL && errno != ENOSYS && errno != EPERM && errno != EACCES)
        return -errno;
    return 0;
}

#endif
