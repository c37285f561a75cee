/* SPDX-License-Identifier: Apache-2.0 */
#include "top/wall.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { FILLED = 16 }; /* hosts in a prefix, on average, that are worth a line of their own */

struct place {
    struct mping_addr addr;
    uint32_t host;
};

/* Those without an address come last, in the order in which they were added. */
static int compare(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int r;

    if (a->addr.family != b->addr.family) {
        if (a->addr.family == 0 || b->addr.family == 0)
            return a->addr.family == 0 ? 1 : -1;
        return a->addr.family == AF_INET ? -1 : 1;
    }
    r = memcmp(a->addr.ip, b->addr.ip, sizeof(a->addr.ip));
    return r != 0 ? r : (a->host > b->host) - (a->host < b->host);
}

/* /24 and /64. */
static bool same_prefix(const struct mping_addr *a, const struct mping_addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, a->family == AF_INET ? 3 : 8) == 0;
}

static size_t count_prefixes(const struct place *places, size_t n)
{
    size_t prefixes = n > 0;

    for (size_t i = 1; i < n; i++)
        prefixes += !same_prefix(&places[i - 1].addr, &places[i].addr);
    return prefixes;
}

static int lay_out(struct top_wall *wall, const struct place *places)
{
    size_t prefixes = count_prefixes(places, wall->n);
    bool apart = prefixes > 0 && wall->n / prefixes >= FILLED;
    struct top_wall_line *line = NULL;

    wall->line_count = 0;
    wall->lines = calloc(wall->n / wall->width + prefixes + 1, sizeof(*wall->lines));
    if (wall->lines == NULL)
        return -1;
    for (uint32_t i = 0; i < wall->n; i++) {
        if (line == NULL || line->n == wall->width ||
            (apart && !same_prefix(&places[i - 1].addr, &places[i].addr))) {
            line = &wall->lines[wall->line_count++];
            line->first = i;
        }
        line->n++;
        wall->hosts[i] = places[i].host;
    }
    return 0;
}

int top_wall_build(struct top_wall *wall, const struct top_model *model,
                   const struct top_filter *filter, uint32_t width)
{
    uint32_t n = top_model_n(model);
    struct place *places;
    struct top_row row;
    int r = -1;

    top_wall_done(wall);
    places = malloc((n > 0 ? n : 1) * sizeof(*places));
    wall->width = width > 0 ? width : 1;
    wall->hosts = malloc((n > 0 ? n : 1) * sizeof(*wall->hosts));
    if (places != NULL && wall->hosts != NULL) {
        for (uint32_t host = 0; host < n; host++) {
            top_row_load(&row, model, host, 0);
            if (!row.state.removed && (filter == NULL || top_filter_match(filter, &row)))
                places[wall->n++] = (struct place){row.state.addr, host};
        }
        qsort(places, wall->n, sizeof(*places), compare);
        r = lay_out(wall, places);
    }
    free(places);
    if (r < 0)
        top_wall_done(wall);
    return r;
}

void top_wall_done(struct top_wall *wall)
{
    free(wall->hosts);
    free(wall->lines);
    wall->hosts = NULL;
    wall->lines = NULL;
    wall->n = wall->line_count = 0;
}

size_t top_wall_line_of(const struct top_wall *wall, size_t place)
{
    size_t lo = 0, hi = wall->line_count;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (wall->lines[mid].first <= place)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}
