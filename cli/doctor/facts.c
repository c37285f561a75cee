/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool doctor_read(const char *path, char *data, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(data, 1, size - 1, file) : 0;
    bool read = file && !ferror(file);

    data[len] = '\0';
    if (file)
        (void)fclose(file);
    if (!read)
        return false;
    while (len > 0 && data[len - 1] == '\n')
        data[--len] = '\0';
    return true;
}

size_t doctor_numbers(const char *path, int64_t *ret_numbers, size_t n)
{
    char data[4096], *at = data;
    size_t found = 0;

    doctor_read(path, data, sizeof(data));
    while (found < n) {
        char *end;

        errno = 0;
        ret_numbers[found] = strtoll(at, &end, 10);
        if (end == at || errno != 0)
            break;
        at = end;
        found++;
    }
    return found;
}

int64_t doctor_number(const char *path, int64_t otherwise)
{
    int64_t number;

    return doctor_numbers(path, &number, 1) == 1 ? number : otherwise;
}

bool doctor_has_ipv6(void)
{
    return access("/proc/sys/net/ipv6", F_OK) == 0 || access("/proc/sys/net/ipv4", F_OK) < 0;
}

bool doctor_knows_self(void)
{
    char data[8192];

    return doctor_read(DOCTOR_SELF, data, sizeof(data)) && strstr(data, "CapBnd:");
}

int64_t doctor_field(const char *path, const char *name, int base, int64_t otherwise)
{
    char data[8192], *line = data;
    size_t len = strlen(name);

    doctor_read(path, data, sizeof(data));
    while (line && strncmp(line, name, len) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    /* Read as unsigned: masks of capabilities may use all bits. */
    return line ? (int64_t)strtoull(line + len, NULL, base) : otherwise;
}
