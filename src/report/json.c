#include "report/json.h"

#include "typeset/escape.h"

void sp_json_text(sp_text *out, const char *text)
{
    sp_text_add(out, "\"");
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        size_t length = sp_utf8_length((const char *)s);
        if (length == 0) {
            sp_text_add(out, "\xEF\xBF\xBD");
            s++;
            continue;
        }
        if (*s == '"' || *s == '\\')
            sp_text_format(out, "\\%c", *s);
        else if (*s == '\n')
            sp_text_add(out, "\\n");
        else if (*s == '\t')
            sp_text_add(out, "\\t");
        else if (*s < 0x20 || *s == 0x7F)
            sp_text_format(out, "\\u%04x", *s);
        else
            sp_text_add_bytes(out, (const char *)s, length);
        s += length;
    }
    sp_text_add(out, "\"");
}

static void begin(sp_json *json, const char *key)
{
    if (json->depth > 0) {
        sp_text_add(json->out, json->first ? "\n" : ",\n");
        sp_text_add_repeated(json->out, "  ", json->depth);
    }
    json->first = false;
    if (key) {
        sp_json_text(json->out, key);
        sp_text_add(json->out, ": ");
    }
}

void sp_json_open(sp_json *json, const char *key, char bracket)
{
    begin(json, key);
    sp_text_add_bytes(json->out, &bracket, 1);
    json->depth++;
    json->first = true;
}

void sp_json_close(sp_json *json, char bracket)
{
    json->depth--;
    if (!json->first) {
        sp_text_add(json->out, "\n");
        sp_text_add_repeated(json->out, "  ", json->depth);
    }
    sp_text_add_bytes(json->out, &bracket, 1);
    json->first = false;
}

void sp_json_string(sp_json *json, const char *key, const char *text)
{
    begin(json, key);
    if (text)
        sp_json_text(json->out, text);
    else
        sp_text_add(json->out, "null");
}

void sp_json_count(sp_json *json, const char *key, size_t count)
{
    begin(json, key);
    sp_text_format(json->out, "%zu", count);
}

void sp_json_integer(sp_json *json, const char *key, long value)
{
    begin(json, key);
    sp_text_format(json->out, "%ld", value);
}

void sp_json_bool(sp_json *json, const char *key, bool value)
{
    begin(json, key);
    sp_text_add(json->out, value ? "true" : "false");
}
