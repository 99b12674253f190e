#include "files.h"

#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void *or_exit(void *memory)
{
    if (!memory) {
        fprintf(stderr, "shardproof: %s\n", sp_status_text(SP_NO_MEMORY));
        exit(EXIT_FAULT);
    }
    return memory;
}

char *join_path(const char *directory, const char *name)
{
    size_t length = strlen(directory);
    const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";
    size_t bytes = length + strlen(slash) + strlen(name) + 1;
    char *path = or_exit(malloc(bytes));
    snprintf(path, bytes, "%s%s%s", directory, slash, name);
    return path;
}

/* Takes the path over. */
static void add(file_list *to, char *path)
{
    if (to->count == to->capacity) {
        to->capacity = to->capacity ? 2 * to->capacity : 64;
        to->path = or_exit(realloc(to->path, to->capacity * sizeof *to->path));
    }
    to->path[to->count++] = path;
}

static bool is_case_file(const char *name)
{
    static const char suffix[] = ".case";
    size_t length = strlen(name);
    return length >= sizeof suffix && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

static bool complain(const char *path)
{
    fprintf(stderr, "%s: error: %s\n", path, strerror(errno));
    return false;
}

static bool add_directory(file_list *to, const char *directory)
{
    DIR *open = opendir(directory);
    bool good = true;
    if (!open)
        return complain(directory);
    struct dirent *entry;
    errno = 0;
    while ((entry = readdir(open))) {
        struct stat status;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char *path = join_path(directory, entry->d_name);
            if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
                good &= add_directory(to, path);
            else if (is_case_file(entry->d_name)) {
                add(to, path);
                path = NULL;
            }
            free(path);
        }
        errno = 0;
    }
    if (errno)
        good = complain(directory);
    closedir(open);
    return good;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool add_files(file_list *to, const char *operand)
{
    struct stat status;
    if (strcmp(operand, "-") == 0 || stat(operand, &status) != 0 || !S_ISDIR(status.st_mode)) {
        size_t bytes = strlen(operand) + 1;
        add(to, memcpy(or_exit(malloc(bytes)), operand, bytes));
        return true; /* a file that is not there is reported when it is read */
    }
    size_t before = to->count;
    bool good = add_directory(to, operand);
    if (to->count > before)
        qsort(to->path + before, to->count - before, sizeof *to->path, by_name);
    if (good && to->count == before) {
        fprintf(stderr, "%s: error: there is no *.case file in this directory\n", operand);
        good = false;
    }
    return good;
}

void free_files(file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->path[i]);
    free(list->path);
}

enum { INPUT_MAX = 64 << 20, CHUNK = 64 << 10 };

char *read_standard_input(size_t *length)
{
    size_t capacity = CHUNK;
    char *text = or_exit(malloc(capacity));
    *length = 0;
    for (;;) {
        size_t got = fread(text + *length, 1, capacity - *length, stdin);
        *length += got;
        if (got == 0 || *length >= INPUT_MAX)
            break;
        if (*length == capacity) {
            capacity *= 2;
            text = or_exit(realloc(text, capacity));
        }
    }
    if (ferror(stdin)) {
        complain("<stdin>");
        free(text);
        return NULL;
    }
    return text;
}
