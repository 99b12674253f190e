#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

sp_text sp_text_in(sp_pool *pool)
{
    return (sp_text){.pool = pool};
}

static char *room_for(sp_text *text, size_t length)
{
    size_t needed;
    if (!sp_size_add(&needed, text->length, length) || !sp_size_add(&needed, needed, 1))
        sp_pool_fail(text->pool, SP_NO_MEMORY);
    text->bytes = sp_pool_grow(text->pool, text->bytes, &text->capacity, needed, 1);
    return text->bytes + text->length;
}

void sp_text_add_bytes(sp_text *text, const char *bytes, size_t length)
{
    char *end = room_for(text, length);
    if (length)
        memcpy(end, bytes, length);
    end[length] = '\0';
    text->length += length;
}

void sp_text_add(sp_text *text, const char *string)
{
    sp_text_add_bytes(text, string, strlen(string));
}

void sp_text_add_repeated(sp_text *text, const char *string, size_t times)
{
    for (size_t i = 0; i < times; i++)
        sp_text_add(text, string);
}

void sp_text_format(sp_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        sp_pool_fail(text->pool, SP_INTERNAL);
    char *end = room_for(text, (size_t)length);
    va_start(arguments, format);
    vsnprintf(end, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

const char *sp_text_string(const sp_text *text)
{
    return text->bytes ? text->bytes : "";
}

size_t sp_text_columns(const char *string)
{
    size_t columns = 0;
    for (const unsigned char *s = (const unsigned char *)string; *s; s++) {
        if ((*s & 0xC0) == 0x80)
            continue;
        /* U+1100..U+11FF, U+2E80..U+A4CF, U+AC00.., U+F900.., U+FE30.., U+FF00..: by lead bytes,
         * after Unicode's EastAsianWidth.txt, wide and full-width blocks */
        unsigned wide = (*s == 0xE1 && (s[1] == 0x84 || s[1] == 0x85)) ||
                        (*s == 0xE2 && s[1] >= 0xBA) || (*s >= 0xE3 && *s <= 0xE9) ||
                        (*s == 0xEA && (s[1] < 0x93 || s[1] >= 0xB0)) || *s == 0xEB ||
                        *s == 0xEC || (*s == 0xED && s[1] < 0x9E) ||
                        (*s == 0xEF && (s[1] == 0xA4 || s[1] == 0xBC || s[1] == 0xBD));
        columns += 1 + wide;
    }
    return columns;
}
