/* Source texts: read whole or not at all, and checked to be UTF-8. */
#include "lang/lang.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Length of the well-formed UTF-8 sequence at s, of at most `room` bytes; 0 if it is none.
 * Table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing over U+10FFFF. */
static size_t sequence(const unsigned char *s, size_t room)
{
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
                    : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
                    : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                                   : 0;
    if (length == 0 || length > room)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool bad = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
               (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F);
    return bad ? 0 : length;
}

/* NULL, with a diagnostic, if the text is not UTF-8. What is shown of it then has '?' for each bad
 * byte: reports are UTF-8 whatever the file is. */
static const sp_source *checked(const sp_source *source, char *text, sp_diagnostics *diagnostics)
{
    unsigned char first = 0;
    size_t place = 0;
    bool good = true;
    for (size_t i = 0, step; i < source->length; i += step) {
        step = sequence((const unsigned char *)text + i, source->length - i);
        if (step > 0)
            continue;
        if (good) {
            first = (unsigned char)text[i];
            place = i;
        }
        good = false;
        text[i] = '?';
        step = 1;
    }
    if (good)
        return source;
    sp_error(diagnostics, (sp_span){source, place, place + 1}, "a file must be UTF-8",
             "byte 0x%02X is not UTF-8 here", first);
    return NULL;
}

static bool fits(const char *name, size_t length, sp_diagnostics *diagnostics)
{
    if (length <= SP_LIMIT_FILE_BYTES)
        return true;
    sp_file_error(diagnostics, name, "too many bytes in a file: %zu (limit %d)", length,
                  SP_LIMIT_FILE_BYTES);
    return false;
}

const sp_source *sp_source_from(sp_pool *pool, const char *name, const char *text, size_t length,
                                sp_diagnostics *diagnostics)
{
    if (!fits(name, length, diagnostics))
        return NULL;
    sp_source *source = SP_NEW(pool, sp_source);
    char *copy = sp_pool_copy(pool, text, length);
    *source = (sp_source){sp_pool_copy(pool, name, strlen(name)), copy, length};
    return checked(source, copy, diagnostics);
}

static void unreadable(const char *path, int problem, sp_diagnostics *diagnostics)
{
    char text[256] = "unknown error";
    strerror_r(problem, text, sizeof text);
    sp_file_error(diagnostics, path, "cannot be read: %s", text);
}

/* Reads what there is, whatever the size was said to be: a pipe has none, a file may grow. NULL,
 * with a diagnostic, if it fails. Nothing here calls sp_pool_fail while the file is open: the
 * buffer comes from the caller and reading stops one byte over the limit. */
static bool read_bytes(const char *path, char *buffer, size_t room, size_t *length,
                       sp_diagnostics *diagnostics)
{
    FILE *file = fopen(path, "rb");
    int problem = file ? 0 : errno;
    *length = 0;
    if (file) {
        *length = fread(buffer, 1, room, file);
        if (ferror(file))
            problem = errno ? errno : EIO;
        if (fclose(file) != 0 && !problem)
            problem = errno;
    }
    if (problem)
        unreadable(path, problem, diagnostics);
    return !problem;
}

const sp_source *sp_source_read(sp_pool *pool, const char *path, sp_diagnostics *diagnostics)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        unreadable(path, errno, diagnostics);
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        sp_file_error(diagnostics, path, "is a directory, not a file");
        return NULL;
    }
    bool regular = S_ISREG(status.st_mode);
    if (regular && !fits(path, (size_t)status.st_size, diagnostics))
        return NULL;
    size_t room = regular ? (size_t)status.st_size + 1 : (size_t)SP_LIMIT_FILE_BYTES + 1;
    char *buffer = sp_pool_alloc(pool, room + 1, 1);
    size_t length;
    if (!read_bytes(path, buffer, room, &length, diagnostics))
        return NULL;
    if (regular && length == room) { /* it grew meanwhile */
        sp_file_error(diagnostics, path, "changed while it was read");
        return NULL;
    }
    if (!fits(path, length, diagnostics))
        return NULL;
    buffer[length] = '\0';
    sp_source *source = SP_NEW(pool, sp_source);
    *source = (sp_source){sp_pool_copy(pool, path, strlen(path)), buffer, length};
    return checked(source, buffer, diagnostics);
}
