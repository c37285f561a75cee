/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live view without memory. A short life of it, told again and again: the first allocation
 * fails, the second, and so on; then all from the first on, the second, and so on. It may show
 * less, but nothing breaks, and what is there is still freed.
 */
#include <sys/eventfd.h>
#include <unistd.h>

#include "scarce.h"
#include "top_screen.h"

enum { HOSTS = 40 };

static unsigned frozen, refused;

/* As many hosts as there is memory for, each with a result. */
static unsigned add_hosts(void)
{
    const struct mping_addr addr = {0};
    char name[32];
    unsigned n = 0;

    for (int i = 0; i < HOSTS; i++) {
        int64_t host;

        (void)snprintf(name, sizeof(name), "10.0.%d.1", i);
        host = top_model_add(&world, name, NULL, &addr, world_ns, 0);
        if (host < 0)
            continue;
        world_reply((uint32_t)host, 1 + i, 64);
        n++;
    }
    return n;
}

/* Every page, frozen as well. */
static void look_at_all(void)
{
    for (int page = 0; page < TOP_PAGE_COUNT; page++) {
        view.page = (enum top_page)page;
        view.data_due = true;
        draw();
    }
    press("t ");
    frozen += view.is_frozen;
    refused += on_screen("there is no memory to freeze");
    press("gwG?");
    if (view.is_frozen)
        press(" ");
}

/* Whether it could be opened. */
static bool live(void)
{
    struct top_settings settings = {.ascii = true};
    bool opened;

    world_ns = 1000 * MS;
    if (top_model_init(&world) < 0)
        return false;
    opened = top_view_init(&view, &world, &box, &settings) == 0;
    if (opened && top_canvas_resize(&view.canvas, 24, 80) == 0 && add_hosts() > 0)
        look_at_all();
    if (opened)
        top_view_done(&view);
    top_model_done(&world);
    return opened;
}

int main(void)
{
    unsigned needed, opened = 0;

    top_mailbox_init(&box, eventfd(0, EFD_NONBLOCK));
    ok(live() && frozen == 1 && refused == 0, "with memory it opens and stands still on request");
    needed = calls;
    for (int all = 0; all < 2; all++) {
        fail_all = all;
        frozen = refused = opened = 0;
        for (fail_at = 1; fail_at <= needed; fail_at++) {
            calls = 0;
            opened += live();
        }
        fail_at = 0;
        ok(opened > 0 && opened < needed && frozen > 0 && refused > 0,
           "each of %u allocations fails%s: %u times it opened, %u times it would not stand still",
           needed, all ? ", and all behind it" : "", opened, refused);
    }
    close(box.wake_fd);
    top_mailbox_done(&box);
    return done_testing();
}
