/* Derivations: the whole argument for a scheme, printed for people.
 *
 *     sp_derivation *derivation;
 *     sp_status status = sp_derive_scheme(&derivation, cases, 0, NULL);
 *     ... sp_derivation_write(derivation, "html", "en", NULL, sink) ...
 *     sp_derivation_close(derivation);
 *
 * A derivation is made once and can be written in every format and language. */
#ifndef SHARDPROOF_DERIVE_H
#define SHARDPROOF_DERIVE_H

#include <shardproof/prove.h>

typedef struct sp_derivation sp_derivation;

/* Both hold for making it and again, each time, for writing it: what they point to is copied, but not what their own
 * pointers do. */
typedef struct sp_derivation_options {
    const sp_allocator *allocator; /* NULL: the C library's */
    const sp_limits *limits;       /* NULL: none */
} sp_derivation_options;

/* Of the scheme of that index (prove.h). options may be NULL. The cases have to live as long as the derivation. */
SP_MUST_USE sp_status sp_derive_scheme(sp_derivation **derivation, const sp_cases *cases,
                                       size_t index, const sp_derivation_options *options);
/* Of a case, with its numbers and its verdict. The cases have to live as long as the derivation. */
SP_MUST_USE sp_status sp_derive_case(sp_derivation **derivation, const sp_cases *cases,
                                     size_t index, const sp_derivation_options *options);

enum { SP_DERIVATION_WIDTH = 80, SP_DERIVATION_WIDTH_MIN = 40, SP_DERIVATION_WIDTH_MAX = 200 };

/* Only for text, but for ascii, which Markdown has too. */
typedef struct sp_derivation_style {
    size_t width; /* columns, 40 to 200; 0: 80 */
    bool ascii;   /* no character outside of ASCII but the language's own */
    bool color;   /* terminal colours; the meaning is never in the colour alone */
} sp_derivation_style;

/* The formats and languages there are: index from 0; NULL after the last. */
const char *sp_derivation_format(size_t index);
const char *sp_derivation_format_summary(size_t index);
const char *sp_derivation_language(size_t index);

/* SP_BAD_USAGE: no such format or language, or the width is too small; SP_WRITE_FAILED: the sink
 * did not take all; SP_NO_MEMORY, SP_MEMORY_LIMIT, SP_TIME_LIMIT, SP_INTERRUPTED: nothing is written. style may be
 * NULL. The same derivation gives the same bytes. */
SP_MUST_USE sp_status sp_derivation_write(const sp_derivation *derivation, const char *format,
                                          const char *language, const sp_derivation_style *style,
                                          sp_sink sink);
/* 0: the scheme is the delta rule, always, and the case's verdict is a match; 1: it is not; 3: that could
 * not be told. */
int sp_derivation_exit_code(const sp_derivation *derivation);
/* NULL is allowed. */
void sp_derivation_close(sp_derivation *derivation);

#endif
