/* Places in source texts, and diagnostics about them. Diagnostics are collected and returned,
 * never printed: only cli prints. */
#ifndef SP_BASE_DIAGNOSTIC_H
#define SP_BASE_DIAGNOSTIC_H

#include "base/text.h"

typedef struct sp_source {
    const char *name; /* as the user gave it */
    const char *text; /* NUL after the last byte */
    size_t length;
} sp_source;

typedef struct sp_span {
    const sp_source *source; /* NULL: no place (a file that cannot be read) */
    size_t begin, end;       /* bytes, end excluded */
} sp_span;

typedef struct sp_position {
    size_t line, column; /* from 1; columns count code points */
} sp_position;

typedef enum sp_severity { SP_ERROR, SP_WARNING } sp_severity;

typedef struct sp_diagnostic {
    sp_severity severity;
    sp_span span;
    const char *file; /* shown where span.source is NULL; may be NULL */
    const char *message;
    const char *hint; /* may be NULL */
} sp_diagnostic;

typedef struct sp_diagnostics {
    sp_pool *pool;
    sp_diagnostic *item;
    size_t count, capacity;
    size_t errors;
} sp_diagnostics;

sp_position sp_span_position(sp_span span);
/* The text of a span on one line; "..." in place of the end of a long one. */
const char *sp_span_text(sp_pool *pool, sp_span span);
/* Adds an error. hint may be NULL; message and hint are copied. */
void sp_error(sp_diagnostics *to, sp_span at, const char *hint, const char *format, ...)
    SP_PRINTF(4, 5);
void sp_warn(sp_diagnostics *to, sp_span at, const char *hint, const char *format, ...)
    SP_PRINTF(4, 5);
/* Adds an error about a whole file. */
void sp_file_error(sp_diagnostics *to, const char *file, const char *format, ...)
    SP_PRINTF(3, 4);
/* file:line:column: error: message, the source line (a window of long ones), the caret, the hint. */
void sp_diagnostic_show(sp_text *out, const sp_diagnostic *diagnostic);

/* The known name nearest to the one given, for hints; NULL if none is near. */
const char *sp_nearest_name(sp_pool *pool, const char *name, const char *const *known,
                            size_t count);

#endif
