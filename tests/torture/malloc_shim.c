/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To be preloaded: lets allocations fail, and tells at the end what has not been freed.
 *
 *   TORTURE_AT=N       the Nth allocation fails, and with
 *   TORTURE_FROM=1     all after it
 *   TORTURE_ABOVE=M    those of more than M bytes fail, all of them or from the Nth allocation on
 *   TORTURE_SPARE=1    only those that the program and its libraries ask for, not libc
 *   TORTURE_REPORT=F   appended at the end: "calls N failed M live L", and where it was
 *
 * Only memory asked for by the program and its libraries counts as live, not what libc keeps for
 * itself; a string that libc copies is the caller's.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANGES_MAX = 32, LIVE_BITS = 17, LIVE_SIZE = 1 << LIVE_BITS, LINE = 512 };

struct range {
    uintptr_t from, to;
};

struct live {
    void *memory;
    void *caller;
};

/* glibc's own, under the names that it exports for this purpose. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static struct range ranges[RANGES_MAX];
static size_t range_count;
static struct live live[LIVE_SIZE];
static atomic_flag lock = ATOMIC_FLAG_INIT;
static atomic_ulong calls, failed;
static unsigned long fail_at;
static size_t fail_above = SIZE_MAX;
static bool fail_all_after, spare_libc;
static const char *report_path;
static void *failed_for; /* the caller of the first one */

static bool is_watched(const char *name)
{
    return !*name || strstr(name, "/libmultiping") || strstr(name, "/libcares") ||
           strstr(name, "/libcap") || strstr(name, "/libseccomp");
}

static int note_object(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < info->dlpi_phnum && is_watched(info->dlpi_name); i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t from = (uintptr_t)(info->dlpi_addr + segment->p_vaddr);

        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X && range_count < RANGES_MAX)
            ranges[range_count++] = (struct range){from, from + segment->p_memsz};
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("TORTURE_AT"), *above = getenv("TORTURE_ABOVE");

    dl_iterate_phdr(note_object, NULL);
    report_path = getenv("TORTURE_REPORT");
    fail_all_after = getenv("TORTURE_FROM") != NULL;
    spare_libc = getenv("TORTURE_SPARE") != NULL;
    atomic_store(&calls, 0);
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    fail_above = above ? strtoul(above, NULL, 10) : SIZE_MAX;
}

static bool is_ours(const void *caller)
{
    for (size_t i = 0; i < range_count; i++)
        if ((uintptr_t)caller >= ranges[i].from && (uintptr_t)caller < ranges[i].to)
            return true;
    return false;
}

static bool is_chosen(unsigned long n, size_t size)
{
    if (fail_above < SIZE_MAX)
        return size > fail_above && n >= fail_at;
    return fail_at && (fail_all_after ? n >= fail_at : n == fail_at);
}

static bool fails(void *caller, size_t size)
{
    unsigned long n;

    if (spare_libc && !is_ours(caller))
        return false;
    n = atomic_fetch_add(&calls, 1) + 1;
    if (!is_chosen(n, size))
        return false;
    if (atomic_fetch_add(&failed, 1) == 0)
        failed_for = caller;
    errno = ENOMEM;
    return true;
}

/* Open addressing; a removed entry keeps a caller, so that searches go on past it. */
static struct live *entry_of(const void *memory)
{
    size_t pos = ((uintptr_t)memory >> 4) * 0x9e3779b97f4a7c15u >> (64 - LIVE_BITS);

    while (live[pos].memory != memory && (live[pos].memory || live[pos].caller))
        pos = (pos + 1) % LIVE_SIZE;
    return &live[pos];
}

static void acquire(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        continue;
}

static void release(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

static void *watch(void *memory, void *caller)
{
    if (memory && is_ours(caller)) {
        acquire();
        *entry_of(memory) = (struct live){memory, caller};
        release();
    }
    return memory;
}

static void unwatch(const void *memory)
{
    struct live *entry;

    acquire();
    entry = entry_of(memory);
    if (memory && entry->memory == memory)
        entry->memory = NULL;
    release();
}

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

void *malloc(size_t size)
{
    return fails(CALLER, size) ? NULL : watch(__libc_malloc(size), CALLER);
}

void *calloc(size_t n, size_t size)
{
    size_t bytes = size && n > SIZE_MAX / size ? SIZE_MAX : n * size;

    return fails(CALLER, bytes) ? NULL : watch(__libc_calloc(n, size), CALLER);
}

void *realloc(void *old, size_t size)
{
    void *memory;

    if (fails(CALLER, size))
        return NULL;
    unwatch(old);
    memory = __libc_realloc(old, size);
    return watch(memory ? memory : size ? old : NULL, CALLER) == old && !memory ? NULL : memory;
}

void *reallocarray(void *old, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / size) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(old, n * size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails(CALLER, size) ? NULL : watch(__libc_memalign(alignment, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(CALLER, size) ? NULL : watch(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    void *memory = fails(CALLER, size) ? NULL : __libc_memalign(alignment, size);

    if (!memory)
        return ENOMEM;
    *ret_memory = watch(memory, CALLER);
    return 0;
}

char *strndup(const char *text, size_t max)
{
    size_t len = strnlen(text, max);
    char *copy = fails(CALLER, len + 1) ? NULL : watch(__libc_malloc(len + 1), CALLER);

    if (!copy)
        return NULL;
    copy[len] = '\0';
    return memcpy(copy, text, len);
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = fails(CALLER, size) ? NULL : watch(__libc_malloc(size), CALLER);

    return copy ? memcpy(copy, text, size) : NULL;
}

void free(void *memory)
{
    unwatch(memory);
    __libc_free(memory);
}

static void say_where(int fd, const char *what, void *caller)
{
    char line[LINE];
    Dl_info info = {0};
    int len;

    if (!dladdr(caller, &info) || !info.dli_fname)
        info.dli_fname = "?";
    len = snprintf(line, sizeof(line), "%s %s+%#lx\n", what, info.dli_fname,
                   (unsigned long)((uintptr_t)caller - (uintptr_t)info.dli_fbase));
    if (write(fd, line, (size_t)len) < 0)
        return;
}

__attribute__((destructor)) static void end(void)
{
    unsigned long left = 0;
    char line[LINE];
    int fd = report_path ? open(report_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    int len;

    if (fd < 0)
        return;
    fail_at = 0;
    fail_above = SIZE_MAX;
    for (size_t i = 0; i < LIVE_SIZE; i++)
        left += live[i].memory != NULL;
    len = snprintf(line, sizeof(line), "calls %lu failed %lu live %lu\n", atomic_load(&calls),
                   atomic_load(&failed), left);
    if (write(fd, line, (size_t)len) == len && failed_for)
        say_where(fd, "failed", failed_for);
    for (size_t i = 0; i < LIVE_SIZE; i++)
        if (live[i].memory)
            say_where(fd, "live", live[i].caller);
    close(fd);
}
