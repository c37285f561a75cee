/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/input.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <multiping/error.h>

#include "fping/status.h"

enum { NAME_MAX_BYTES = 255 };

/* The first word of a line is the target; a line whose first word begins with # is none. */
static int take_line(const struct fping_options *o, char *line, fping_take_fn take, void *user)
{
    static const char blanks[] = " \t\n\v\f\r";
    char *word = line + strspn(line, blanks);
    size_t len = strcspn(word, blanks);

    if (len == 0 || *word == '#')
        return -1;
    if (len > NAME_MAX_BYTES) {
        (void)fprintf(stderr, "%s: target name too long\n", o->program);
        return FPING_EXIT_UNREACHABLE;
    }
    word[len] = '\0';
    return take(user, word);
}

/* Behind the byte order mark that some editors begin a file of UTF-8 with. */
static char *behind_mark(char *line)
{
    static const char mark[] = "\xef\xbb\xbf";

    return strncmp(line, mark, strlen(mark)) == 0 ? line + strlen(mark) : line;
}

static int take_file(const struct fping_options *o, const char *path, fping_take_fn take,
                     void *user)
{
    FILE *file = strcmp(path, "-") == 0 ? fdopen(STDIN_FILENO, "r") : fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    int status = -1;

    if (!file) {
        (void)fprintf(stderr, "%s: fopen : %s\n", o->program, mping_strerror(-errno));
        return FPING_EXIT_SYSTEM;
    }
    for (bool first = true; status < 0 && getline(&line, &size, file) >= 0; first = false)
        status = take_line(o, first ? behind_mark(line) : line, take, user);
    free(line);
    (void)fclose(file);
    return status;
}

static int generate(const struct fping_options *o, fping_take_fn take, void *user)
{
    if (o->target_count == 1)
        return fping_generate_prefix(o, o->targets[0], take, user);
    if (o->target_count == 2)
        return fping_generate_range(o, o->targets[0], o->targets[1], take, user);
    return fping_usage(o, stderr);
}

int fping_input(const struct fping_options *options, fping_take_fn take, void *user)
{
    int status = -1;

    if (options->file && (options->target_count || options->generate))
        return fping_usage(options, stderr);
    if (options->generate)
        return generate(options, take, user);
    if (options->file || !options->target_count)
        return take_file(options, options->file ? options->file : "-", take, user);
    for (size_t i = 0; status < 0 && i < options->target_count; i++)
        status = take(user, options->targets[i]);
    return status;
}
