/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/list_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <multiping/error.h>

#include "process/problem.h"
#include "targets/labels.h"
#include "targets/list_line.h"

enum { READ_BYTES = 65536 };

/* "NAME:12: "host": what is wrong"; without a number where the whole file is meant. */
static int complain(const struct app_line_reader *reader, const char *host, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    if (reader->number > 0) {
        app_text_char(&text, ':');
        app_text_count(&text, reader->number);
    }
    app_text_add(&text, ": ");
    if (host != NULL) {
        app_text_char(&text, '"');
        app_text_foreign(&text, host);
        app_text_add(&text, "\": ");
    }
    app_text_add(&text, problem);
    return app_complain("", reader->name, text.data);
}

/* The byte order mark that some editors begin a file of UTF-8 with is no part of its first line. */
static void skip_mark(struct app_line_reader *reader)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'};

    if (reader->len < sizeof(mark) || memcmp(reader->line, mark, sizeof(mark)) != 0)
        return;
    reader->len -= sizeof(mark);
    memmove(reader->line, reader->line + sizeof(mark), reader->len);
}

static int take_line(struct app_line_reader *reader, app_target_fn take, void *user)
{
    char *labels = reader->labels, *host;
    struct app_target_line line;
    const char *problem;
    size_t labels_len = 0;

    reader->number++;
    if (reader->number == 1)
        skip_mark(reader);
    problem = app_target_line(reader->line, reader->len, &line);
    if (problem == NULL && line.host_len > 0)
        problem = app_labels_parse(line.rest, line.rest_len, labels, &labels_len);
    reader->len = 0;
    if (problem != NULL)
        return complain(reader, NULL, problem);
    if (line.host_len == 0)
        return 0;
    host = reader->line + (line.host - reader->line);
    host[line.host_len] = '\0'; /* what stood there has been read */
    problem = take(user, host, labels_len > 0 ? labels : NULL, labels_len);
    if (problem != NULL && *problem != '\0')
        return complain(reader, host, problem);
    return problem != NULL ? -1 : 0;
}

int app_lines_feed(struct app_line_reader *reader, const char *data, size_t len, app_target_fn take,
                   void *user)
{
    while (len > 0) {
        const char *end = memchr(data, reader->end, len);
        size_t n = end != NULL ? (size_t)(end - data) : len;

        if (n > APP_LINE_READER_MAX - reader->len) {
            reader->number++;
            return complain(reader, NULL, "the line is too long");
        }
        memcpy(reader->line + reader->len, data, n);
        reader->len += n;
        if (end == NULL)
            return 0;
        if (take_line(reader, take, user) < 0)
            return -1;
        data += n + 1;
        len -= n + 1;
    }
    return 0;
}

int app_lines_end(struct app_line_reader *reader, app_target_fn take, void *user)
{
    return reader->len > 0 ? take_line(reader, take, user) : 0;
}

static int read_all(struct app_line_reader *reader, int fd, app_target_fn take, void *user)
{
    static char data[READ_BYTES]; /* one file is read at a time */
    ssize_t n;

    while ((n = read(fd, data, sizeof(data))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            reader->number = 0;
            return complain(reader, NULL, mping_strerror(-errno));
        }
        if (app_lines_feed(reader, data, (size_t)n, take, user) < 0)
            return -1;
    }
    return app_lines_end(reader, take, user);
}

int app_lines_read_file(const char *path, char end, app_target_fn take, void *user)
{
    struct app_line_reader reader = {.name = path, .end = end};
    int fd = open(path, O_RDONLY | O_CLOEXEC), r;

    if (fd < 0)
        return complain(&reader, NULL, mping_strerror(-errno));
    r = read_all(&reader, fd, take, user);
    close(fd);
    return r;
}
