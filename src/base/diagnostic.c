#include "base/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Longest piece of source text inside a message, in bytes. */
enum { SHOWN = 60 };

const char *sp_span_text(sp_pool *pool, sp_span span)
{
    sp_text text = sp_text_in(pool);
    bool blank = false;
    size_t at = span.begin;
    for (; at < span.end; at++) {
        char c = span.source->text[at];
        if (text.length >= SHOWN && ((unsigned char)c & 0xC0) != 0x80)
            break;
        if (c == '#') /* a comment inside brackets */
            while (at + 1 < span.end && span.source->text[at + 1] != '\n')
                at++;
        if (c == '#' || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            blank = text.length > 0;
            continue;
        }
        sp_text_add(&text, blank ? " " : "");
        sp_text_add_bytes(&text, &c, 1);
        blank = false;
    }
    if (at < span.end)
        sp_text_add(&text, "...");
    return sp_text_string(&text);
}

sp_position sp_span_position(sp_span span)
{
    sp_position at = {1, 1};
    if (!span.source)
        return at;
    for (size_t i = 0; i < span.begin && i < span.source->length; i++) {
        if (span.source->text[i] == '\n')
            at = (sp_position){at.line + 1, 1};
        else if (!is_continuation(span.source->text[i]))
            at.column++;
    }
    return at;
}

static void add(sp_diagnostics *to, sp_diagnostic item, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        sp_pool_fail(to->pool, SP_INTERNAL);
    char *message = sp_pool_alloc(to->pool, (size_t)length + 1, 1);
    vsnprintf(message, (size_t)length + 1, format, arguments);
    item.message = message;
    if (item.hint)
        item.hint = sp_pool_copy(to->pool, item.hint, strlen(item.hint));
    to->item = sp_pool_grow(to->pool, to->item, &to->capacity, to->count + 1, sizeof *to->item);
    to->item[to->count++] = item;
    to->errors += item.severity == SP_ERROR;
}

void sp_error(sp_diagnostics *to, sp_span at, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(to, (sp_diagnostic){.severity = SP_ERROR, .span = at, .hint = hint}, format, arguments);
    va_end(arguments);
}

void sp_warn(sp_diagnostics *to, sp_span at, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(to, (sp_diagnostic){.severity = SP_WARNING, .span = at, .hint = hint}, format, arguments);
    va_end(arguments);
}

void sp_file_error(sp_diagnostics *to, const char *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(to, (sp_diagnostic){.severity = SP_ERROR, .file = file}, format, arguments);
    va_end(arguments);
}

/* Longest part of a source line that is shown, in bytes on each side of the place. */
enum { WINDOW = 100 };

void sp_diagnostic_show(sp_text *out, const sp_diagnostic *d)
{
    const sp_source *source = d->span.source;
    const char *kind = d->severity == SP_ERROR ? "error" : "warning";
    if (!source) {
        sp_text_format(out, "%s: %s: %s\n", d->file ? d->file : "shardproof", kind, d->message);
    } else {
        sp_position at = sp_span_position(d->span);
        sp_text_format(out, "%s:%zu:%zu: %s: %s\n", source->name, at.line, at.column, kind,
                       d->message);
        size_t place = d->span.begin < source->length ? d->span.begin : source->length;
        size_t begin = place, end = place;
        while (begin > 0 && source->text[begin - 1] != '\n' && place - begin < WINDOW)
            begin--;
        while (begin < place && is_continuation(source->text[begin]))
            begin++;
        while (end < source->length && source->text[end] != '\n' && end - place < WINDOW)
            end++;
        while (end > place && end < source->length && is_continuation(source->text[end]))
            end--;
        sp_text carets = sp_text_in(out->pool);
        for (size_t i = begin; i < end; i++) { /* what a terminal would not show becomes '?' */
            char c = source->text[i];
            bool plain = c == '\t' || (unsigned char)c >= 0x20;
            sp_text_add_bytes(out, plain && c != 0x7F ? &c : "?", 1);
            if (!is_continuation(c) && i < place)
                sp_text_add(&carets, c == '\t' ? "\t" : " ");
        }
        sp_text_add(&carets, "^");
        for (size_t i = place + 1; i < d->span.end && i < end; i++)
            if (!is_continuation(source->text[i]))
                sp_text_add(&carets, "~");
        sp_text_format(out, "\n%s\n", sp_text_string(&carets));
    }
    if (d->hint)
        sp_text_format(out, "  hint: %s\n", d->hint);
}

/* Levenshtein distance by rows; names are short. */
static size_t distance(sp_pool *pool, const char *a, const char *b)
{
    size_t columns = strlen(b);
    size_t *row = SP_NEW_ARRAY(pool, size_t, columns + 1);
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    size_t result = row[columns];
    sp_pool_free(pool, row);
    return result;
}

const char *sp_nearest_name(sp_pool *pool, const char *name, const char *const *known,
                            size_t count)
{
    size_t length = strlen(name), nearest = length / 3 + 2;
    const char *best = NULL;
    for (size_t i = 0; i < count && length < 64; i++) {
        size_t d = distance(pool, name, known[i]);
        if (d < nearest && d < strlen(known[i])) {
            nearest = d;
            best = known[i];
        }
    }
    return best;
}
