/* SPDX-License-Identifier: Apache-2.0 */
#include "top/stop.h"

void top_stop(struct top *top, int status)
{
    if (top->status == APP_EXIT_OK)
        top->status = status;
    cli_inputs_done(&top->inputs);
    if (top->stopping)
        return;
    top->stopping = true;
    (void)cli_targets_cancel(&top->targets, 0, top->targets.n);
    if (top->shown) {
        top->hurry_ns = top->now_ns + INT64_C(2000000000);
        top_screen_unstop(top->painter.screen);
        top_painter_order(&top->painter, TOP_ORDER_LEAVE);
    }
}
