/* SPDX-License-Identifier: Apache-2.0 */
#include "complain.h"

#include <unistd.h>

#include "output.h"

void cli_complaint(struct cli_text *text, const char *before, const char *foreign,
                   const char *after)
{
    cli_text_add(text, "multiping: ");
    cli_text_add(text, before);
    cli_text_foreign(text, foreign);
    cli_text_add(text, after);
    cli_text_char(text, '\n');
}

enum { LONGEST = 4096 }; /* of the lines that list what could have been said */

int cli_complain(const char *before, const char *foreign, const char *after)
{
    char line[LONGEST];
    struct cli_text text = cli_text_init(line, sizeof(line));

    cli_complaint(&text, before, foreign, after);
    /* Where not even this can be written there is nobody left to tell. */
    (void)cli_write_all(STDERR_FILENO, text.data, text.len);
    return -1;
}
