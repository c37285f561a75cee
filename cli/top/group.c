/* SPDX-License-Identifier: Apache-2.0 */
#include "top/group.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "targets/labels.h"

size_t top_group_labels(const struct top_model *model, const char *ret[TOP_LABEL_NAMES])
{
    uint32_t hosts = top_model_n(model);
    const char *last = NULL;
    size_t n = 0;

    for (uint32_t i = 0; i < hosts; i++) {
        const char *cursor = top_model_host(model, i)->labels, *name, *value;

        if (cursor == last)
            continue; /* equal ones in a row are the same */
        last = cursor;
        while (app_labels_next(&cursor, &name, &value)) {
            size_t at = 0;

            while (at < n && strcmp(ret[at], name) != 0)
                at++;
            if (at == n && n < TOP_LABEL_NAMES)
                ret[n++] = name;
        }
    }
    return n;
}

bool top_grouping_at(const char *const labels[], size_t label_count, size_t i,
                     struct top_grouping *ret)
{
    static const struct top_grouping prefixes[] = {{NULL, 24, 64}, {NULL, 16, 48}, {NULL, 8, 32}};
    const size_t n = sizeof(prefixes) / sizeof(prefixes[0]);

    if (i >= label_count + n)
        return false;
    if (i < label_count)
        *ret = (struct top_grouping){.label = labels[i]};
    else
        *ret = prefixes[i - label_count];
    return true;
}

/* The prefix with the rest of the address 0. */
static struct mping_addr prefix_of(const struct top_grouping *by, const struct mping_addr *addr)
{
    struct mping_addr prefix = {.family = addr->family};
    int bits = addr->family == AF_INET ? by->bits4 : by->bits6;

    if (addr->family != 0)
        memcpy(prefix.ip, addr->ip, (size_t)bits / 8);
    return prefix;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    return hash;
}

static uint64_t hash_of(const struct top_group *group)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    if (group->value != NULL)
        return hash_bytes(hash, group->value, strlen(group->value));
    return hash_bytes(hash, &group->prefix, sizeof(group->prefix));
}

static bool same(const struct top_group *a, const struct top_group *b)
{
    if (a->value != NULL && b->value != NULL)
        return strcmp(a->value, b->value) == 0;
    return a->value == b->value && memcmp(&a->prefix, &b->prefix, sizeof(a->prefix)) == 0;
}

static void enter(struct top_groups *groups, uint32_t place)
{
    size_t at = hash_of(&groups->all[place]) & (groups->table_size - 1);

    while (groups->table[at] != 0)
        at = (at + 1) & (groups->table_size - 1);
    groups->table[at] = place + 1;
}

/* Room for one more, in a table at most half full. */
static int grow(struct top_groups *groups)
{
    size_t cap = groups->cap > 0 ? groups->cap * 2 : 256;
    struct top_group *all;
    uint32_t *table;

    if (groups->table != NULL && groups->n < groups->cap)
        return 0;
    all = realloc(groups->all, cap * sizeof(*all));
    if (all == NULL)
        return -1;
    groups->all = all;
    table = calloc(cap * 2, sizeof(*table));
    if (table == NULL)
        return -1;
    free(groups->table);
    groups->cap = cap;
    groups->table = table;
    groups->table_size = cap * 2;
    for (uint32_t i = 0; i < groups->n; i++)
        enter(groups, i);
    return 0;
}

static struct top_group *find(struct top_groups *groups, const struct top_group *wanted)
{
    size_t at;

    if (grow(groups) < 0)
        return NULL;
    at = hash_of(wanted) & (groups->table_size - 1);
    for (; groups->table[at] != 0; at = (at + 1) & (groups->table_size - 1)) {
        struct top_group *group = &groups->all[groups->table[at] - 1];

        if (same(group, wanted))
            return group;
    }
    groups->all[groups->n] = *wanted;
    groups->table[at] = (uint32_t)++groups->n;
    return &groups->all[groups->n - 1];
}

static void add(struct top_group *group, const struct top_state *state)
{
    group->hosts++;
    group->bad += top_state_is_bad(state);
    group->lossy += state->condition == TOP_LOSSY;
    group->up += state->condition == TOP_UP;
    group->down += top_state_is_down(state);
    group->lost += state->lost + state->unreachable;
    group->judged += top_state_judged(state);
    group->received += state->received;
    group->rtt_sum_ns += state->rtt_mean_ns * (double)state->received;
    if (state->rtt_max_ns > group->rtt_max_ns)
        group->rtt_max_ns = state->rtt_max_ns;
}

/* Share of hosts that are bad, then loss, then name or prefix. */
static int compare(const void *left, const void *right)
{
    const struct top_group *a = left, *b = right;
    uint64_t a_bad = (uint64_t)a->bad * b->hosts, b_bad = (uint64_t)b->bad * a->hosts;
    double a_loss = a->judged > 0 ? (double)a->lost / (double)a->judged : 0;
    double b_loss = b->judged > 0 ? (double)b->lost / (double)b->judged : 0;

    if (a_bad != b_bad)
        return a_bad > b_bad ? -1 : 1;
    if (a_loss > b_loss || a_loss < b_loss)
        return a_loss > b_loss ? -1 : 1;
    if (a->value != NULL && b->value != NULL)
        return strcmp(a->value, b->value);
    if (a->value != b->value)
        return a->value != NULL ? -1 : 1;
    return memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));
}

int top_groups_build(struct top_groups *groups, const struct top_model *model,
                     const struct top_grouping *by, const struct top_filter *filter)
{
    uint32_t n = top_model_n(model);
    struct top_row row;

    groups->n = 0;
    if (groups->table != NULL)
        memset(groups->table, 0, groups->table_size * sizeof(*groups->table));
    for (uint32_t host = 0; host < n; host++) {
        struct top_group wanted = {0}, *group;

        top_row_load(&row, model, host, 0);
        if (row.state.removed || (filter != NULL && !top_filter_match(filter, &row)))
            continue;
        if (by->label != NULL)
            wanted.value = app_labels_find(top_model_host(model, host)->labels, by->label);
        else
            wanted.prefix = prefix_of(by, &row.state.addr);
        group = find(groups, &wanted);
        if (group == NULL)
            return -1;
        add(group, &row.state);
    }
    if (groups->n > 0)
        qsort(groups->all, groups->n, sizeof(*groups->all), compare);
    return 0;
}

void top_groups_done(struct top_groups *groups)
{
    free(groups->all);
    free(groups->table);
    *groups = (struct top_groups){0};
}

void top_grouping_text(struct app_text *text, const struct top_grouping *by)
{
    if (by->label != NULL) {
        app_text_foreign(text, by->label);
        return;
    }
    app_text_add(text, "IPv4 /");
    app_text_number(text, by->bits4);
    app_text_add(text, ", IPv6 /");
    app_text_number(text, by->bits6);
}

static void add_prefix(struct app_text *text, const struct top_grouping *by,
                       const struct top_group *group)
{
    char shown[MPING_ADDR_TEXT_MAX];

    app_text_add(text, mping_addr_format(&group->prefix, shown, sizeof(shown)));
    app_text_char(text, '/');
    app_text_number(text, group->prefix.family == AF_INET ? by->bits4 : by->bits6);
}

void top_group_text(struct app_text *text, const struct top_grouping *by,
                    const struct top_group *group)
{
    if (by->label != NULL && group->value != NULL)
        app_text_foreign(text, group->value);
    else if (by->label == NULL && group->prefix.family != 0)
        add_prefix(text, by, group);
    else
        app_text_add(text, by->label != NULL ? "(no such label)" : "(no address yet)");
}

/* Blanks cut a filter into terms, and * and ? stand for anything; here they are themselves. */
static void add_literal(struct app_text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (strchr("*?[\\", *value) != NULL)
            app_text_char(text, '\\');
        if (*value == ' ')
            app_text_char(text, '?');
        else
            app_text_char(text, *value);
    }
}

void top_group_filter(struct app_text *text, const struct top_grouping *by,
                      const struct top_group *group)
{
    if (by->label != NULL) {
        app_text_add(text, group->value != NULL ? "" : "!");
        app_text_add(text, by->label);
        app_text_char(text, '=');
        if (group->value != NULL)
            add_literal(text, group->value);
        else
            app_text_char(text, '*');
    } else if (group->prefix.family != 0) {
        app_text_add(text, "addr=");
        add_prefix(text, by, group);
    } else {
        app_text_add(text, "addr=-");
    }
}
