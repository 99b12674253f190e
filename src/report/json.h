/* Writing JSON (RFC 8259): members in the order of the calls, two spaces for each level. */
#ifndef SP_REPORT_JSON_H
#define SP_REPORT_JSON_H

#include "base/text.h"

typedef struct sp_json {
    sp_text *out;
    unsigned depth; /* of the innermost open object or array */
    bool first;     /* nothing stands in it yet */
} sp_json;

/* A string with all that must be escaped; bytes that are not UTF-8 become U+FFFD. */
void sp_json_text(sp_text *out, const char *text);

/* key: NULL inside of an array. */
void sp_json_open(sp_json *json, const char *key, char bracket);
void sp_json_close(sp_json *json, char bracket);
void sp_json_string(sp_json *json, const char *key, const char *text); /* null for NULL */
void sp_json_count(sp_json *json, const char *key, size_t count);
void sp_json_integer(sp_json *json, const char *key, long value);
void sp_json_bool(sp_json *json, const char *key, bool value);

#endif
