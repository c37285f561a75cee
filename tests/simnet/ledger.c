/* SPDX-License-Identifier: Apache-2.0 */
#include "simnet/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(struct sn_ledger_header) <= SN_LEDGER_HEADER, "it has room");

static int map(struct sn_ledger *ledger, int fd, uint64_t bytes, int protection)
{
    uint8_t *start = mmap(NULL, bytes, protection, MAP_SHARED, fd, 0);

    if (start == MAP_FAILED)
        return -errno;
    ledger->header = (void *)start;
    ledger->records = (void *)(start + SN_LEDGER_HEADER);
    ledger->bytes = bytes;
    return 0;
}

int sn_ledger_create(struct sn_ledger *ledger, const char *path, uint64_t capacity, uint64_t seed)
{
    uint64_t bytes = SN_LEDGER_HEADER + capacity * sizeof(struct sn_record);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int r;

    if (fd < 0)
        return -errno;
    r = ftruncate(fd, (off_t)bytes) < 0 ? -errno : map(ledger, fd, bytes, PROT_READ | PROT_WRITE);
    close(fd);
    if (r < 0)
        return r;
    ledger->header->version = SN_LEDGER_VERSION;
    ledger->header->record_bytes = sizeof(struct sn_record);
    ledger->header->capacity = capacity;
    ledger->header->seed = seed;
    atomic_thread_fence(memory_order_release);
    ledger->header->magic = SN_LEDGER_MAGIC;
    return 0;
}

static int check(const struct sn_ledger *ledger)
{
    const struct sn_ledger_header *header = ledger->header;

    if (header->magic != SN_LEDGER_MAGIC || header->version != SN_LEDGER_VERSION ||
        header->record_bytes != sizeof(struct sn_record) ||
        ledger->bytes != SN_LEDGER_HEADER + header->capacity * sizeof(struct sn_record))
        return -EBADMSG;
    return 0;
}

int sn_ledger_open(struct sn_ledger *ledger, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat stat;
    int r = 0;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &stat) < 0)
        r = -errno;
    else if (stat.st_size < SN_LEDGER_HEADER)
        r = -EBADMSG;
    else
        r = map(ledger, fd, (uint64_t)stat.st_size, PROT_READ);
    close(fd);
    if (r == 0 && (r = check(ledger)) < 0)
        sn_ledger_close(ledger);
    return r;
}

void sn_ledger_close(struct sn_ledger *ledger)
{
    if (ledger->header)
        munmap(ledger->header, ledger->bytes);
    ledger->header = NULL;
}

struct sn_record *sn_ledger_next(struct sn_ledger *ledger)
{
    uint64_t n = atomic_load_explicit(&ledger->header->written, memory_order_relaxed);
    struct sn_record *record = &ledger->records[n & (ledger->header->capacity - 1)];

    *record = (struct sn_record){.number = n + 1};
    return record;
}

void sn_ledger_publish(struct sn_ledger *ledger)
{
    atomic_fetch_add_explicit(&ledger->header->written, 1, memory_order_release);
}

struct sn_record *sn_ledger_at(const struct sn_ledger *ledger, uint64_t number)
{
    struct sn_record *record;

    if (number == 0)
        return NULL;
    record = &ledger->records[(number - 1) & (ledger->header->capacity - 1)];
    return record->number == number ? record : NULL;
}
