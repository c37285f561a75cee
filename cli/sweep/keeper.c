/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <multiping/error.h>

#include "process/exit.h"
#include "process/problem.h"
#include "run.h"

#define NS_PER_S INT64_C(1000000000)
#define EVERY_NS NS_PER_S
#define AGAIN_NS (NS_PER_S / 20) /* while the output is behind */

static int complain(const struct cli_keeper *keeper, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    app_text_add(&text, ": ");
    app_text_add(&text, problem);
    return app_complain("--resume ", keeper->name, text.data);
}

/* Takes over what the file says, if it is about this sweep. */
static const char *accept(struct cli_keeper *keeper, const struct cli_settings *settings,
                          struct cli_sweep_state *state, struct cli_sweep_state *found)
{
    if (found->arguments != state->arguments || found->sums.targets != state->sums.targets)
        return "it is the state of a sweep with other targets, another --shard, --in-order, "
               "--unique, -4 or -6";
    if (cli_given(settings, CLI_OPT_SEED) && found->seed != state->seed)
        return "it is the state of a sweep with another --seed";
    *state = *found;
    keeper->pending = found->pending;
    keeper->pending_n = found->pending_n;
    state->pending = found->pending = NULL;
    return NULL;
}

static int write_first(struct cli_keeper *keeper, const struct cli_sweep_state *state)
{
    size_t len;
    char *text = cli_sweep_state_text(state, &len);
    int r = text != NULL ? cli_sweep_state_write(keeper->path, text, len, false, &keeper->lock_fd)
                         : -ENOMEM;

    free(text);
    if (r == 0)
        return 0;
    keeper->status = APP_EXIT_SYSTEM;
    return complain(keeper, mping_strerror(r));
}

int cli_keeper_begin(struct cli_keeper *keeper, const struct cli_settings *settings,
                     struct cli_sweep_state *state)
{
    struct cli_sweep_state found;
    const char *problem = NULL;
    int r;

    *keeper = (struct cli_keeper){
        .name = settings->resume,
        .lock_fd = -1,
        .status = APP_EXIT_USAGE,
    };
    if (keeper->name == NULL)
        return 0;
    keeper->lock_fd = cli_sweep_state_lock(keeper->name, &keeper->path, &problem);
    if (keeper->lock_fd < 0) {
        if (access(keeper->name, F_OK) < 0)
            keeper->status = APP_EXIT_SYSTEM; /* none can be made */
        return complain(keeper, problem);
    }
    r = cli_sweep_state_read(&found, keeper->path, &problem);
    if (r > 0)
        problem = accept(keeper, settings, state, &found);
    cli_sweep_state_done(&found);
    if (problem != NULL)
        return complain(keeper, problem);
    keeper->arguments = state->arguments;
    keeper->seed = state->seed;
    return r == 0 ? write_first(keeper, state) : 0;
}

/* What is out, and what an earlier run has left. NULL without memory. */
static char *describe(const struct cli_keeper *keeper, const struct cli_flight *flight,
                      uint64_t next, const struct cli_sweep_sums *sums, size_t *ret_len)
{
    struct cli_sweep_state state = {
        .arguments = keeper->arguments,
        .seed = keeper->seed,
        .next = next,
        .sums = *sums,
        .pending = malloc((keeper->pending_n + flight->n + 1) * sizeof(*state.pending)),
    };
    char *text;

    if (state.pending == NULL)
        return NULL;
    if (keeper->pending_n > 0)
        memcpy(state.pending, keeper->pending, keeper->pending_n * sizeof(*state.pending));
    state.pending_n =
        keeper->pending_n + cli_flight_places(flight, state.pending + keeper->pending_n);
    text = cli_sweep_state_text(&state, ret_len);
    free(state.pending);
    return text;
}

bool cli_keeper_is_due(const struct cli_keeper *keeper, int64_t now_ns)
{
    return keeper->path != NULL && now_ns >= keeper->next_ns;
}

static int write_down(struct cli_keeper *keeper, bool sync)
{
    int r =
        cli_sweep_state_write(keeper->path, keeper->text, keeper->text_len, sync, &keeper->lock_fd);

    free(keeper->text);
    keeper->text = NULL;
    return r;
}

int cli_keeper_step(struct cli_keeper *keeper, const struct cli_flight *flight, uint64_t next,
                    const struct cli_sweep_sums *sums, struct app_output *out, int64_t now_ns)
{
    keeper->next_ns = now_ns + AGAIN_NS;
    if (keeper->text == NULL) {
        keeper->text = describe(keeper, flight, next, sums, &keeper->text_len);
        keeper->mark = app_output_taken(out);
        return keeper->text != NULL ? 0 : -ENOMEM;
    }
    if (app_output_written(out) < keeper->mark)
        return 0;
    keeper->next_ns = now_ns + EVERY_NS;
    return write_down(keeper, false);
}

int cli_keeper_wait_ms(const struct cli_keeper *keeper, int64_t now_ns, int limit_ms)
{
    int64_t ms = (keeper->next_ns - now_ns + 999999) / 1000000;

    if (keeper->path == NULL)
        return limit_ms;
    ms = ms < 0 ? 0 : ms;
    return limit_ms >= 0 && ms > limit_ms ? limit_ms : (int)ms;
}

int cli_keeper_end(struct cli_keeper *keeper, const struct cli_flight *flight, uint64_t next,
                   const struct cli_sweep_sums *sums, bool stopped)
{
    int r = 0;

    if (keeper->path == NULL)
        return 0;
    free(keeper->text);
    keeper->text = stopped ? describe(keeper, flight, next, sums, &keeper->text_len) : NULL;
    if (stopped)
        r = keeper->text != NULL ? write_down(keeper, true) : -ENOMEM;
    else if (unlink(keeper->path) < 0)
        r = -errno;
    return r == 0 ? 0 : complain(keeper, mping_strerror(r));
}

void cli_keeper_done(struct cli_keeper *keeper)
{
    free(keeper->pending);
    free(keeper->text);
    free(keeper->path);
    if (keeper->name != NULL && keeper->lock_fd >= 0)
        close(keeper->lock_fd);
}
