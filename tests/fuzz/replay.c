/* SPDX-License-Identifier: Apache-2.0 */
/* Runs every file of a corpus through a fuzz target: replay DIRECTORY or FILE... */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"
#include "tap.h"

enum { INPUT_MAX = 1 << 20 };

static bool run_file(const char *path)
{
    static uint8_t buffer[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    size_t n;

    if (!file)
        return false;
    n = fread(buffer, 1, sizeof(buffer), file);
    fclose(file);
    data = malloc(n ? n : 1); /* of exactly its size: reading past the end is noticed */
    CHECK(data);
    memcpy(data, buffer, n);
    diag("%s", path); /* the last one seen before a crash */
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    return true;
}

static unsigned run_directory(const char *path)
{
    struct dirent **files;
    unsigned n = 0;
    int found = scandir(path, &files, NULL, alphasort);

    for (int i = 0; i < found; i++) {
        char name[4096];

        (void)snprintf(name, sizeof(name), "%s/%s", path, files[i]->d_name);
        if (files[i]->d_name[0] != '.')
            n += run_file(name);
        free(files[i]);
    }
    if (found >= 0)
        free(files);
    return n;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++) {
        struct stat st;
        bool directory = stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode);
        unsigned n = directory ? run_directory(argv[i]) : run_file(argv[i]);

        ok(n > 0, "%u input%s of %s", n, n == 1 ? "" : "s", argv[i]);
    }
    return done_testing();
}
