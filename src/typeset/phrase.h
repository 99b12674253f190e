/* What is said, in every language: sentences with places for arguments.
 *
 * A phrase is a sentence with its arguments and knows no language; a writer spells it. In the texts of
 * a sentence {0} to {5} stand for the arguments and *word* for a term that is explained there. */
#ifndef SP_TYPESET_PHRASE_H
#define SP_TYPESET_PHRASE_H

#include "typeset/math.h"

#include <stdarg.h>

/*  id, name as in --lang, what stands between items, before the last of several, between sentences */
#define SP_LANGUAGES(X)                      \
    X(EN, "en", ", ", " and ", " ")          \
    X(ZH, "zh", "、", "和", "")

typedef enum sp_language {
#define X(id, name, comma, and, space) SP_LANGUAGE_##id,
    SP_LANGUAGES(X)
#undef X
    SP_LANGUAGE_COUNT
} sp_language;

/* A sentence: the kinds of its arguments, a letter each, and its text in every language. */
typedef struct sp_wording {
    const char *arguments, *text[SP_LANGUAGE_COUNT];
} sp_wording;

enum { SP_ARGUMENTS = 6 };

typedef struct sp_phrase sp_phrase;
typedef struct sp_argument sp_argument;

/* The letter of a kind stands in the wording: "mt" is a formula, then a text. */
typedef enum sp_argument_kind {
    SP_ARGUMENT_TEXT = 't',   /* the same in every language */
    SP_ARGUMENT_CODE = 'c',   /* as the language of schemes writes it */
    SP_ARGUMENT_MATH = 'm',
    SP_ARGUMENT_PHRASE = 'p',
    SP_ARGUMENT_LIST = 'l'    /* several: "a, b and c" */
} sp_argument_kind;

typedef struct sp_list {
    sp_argument *item;
    size_t count, capacity;
} sp_list;

struct sp_argument {
    sp_argument_kind kind;
    union {
        const char *text; /* TEXT, CODE */
        const sp_math *math;
        const sp_phrase *phrase;
        const sp_list *list;
    } is;
};

struct sp_phrase {
    const sp_wording *wording; /* borrowed */
    sp_argument argument[SP_ARGUMENTS];
    size_t arguments;
};

/* The arguments are pointers of the kinds that the wording names. They are borrowed. */
const sp_phrase *sp_phrase_of(sp_pool *pool, const sp_wording *wording, va_list arguments);
sp_argument sp_argument_text(const char *text);
sp_argument sp_argument_code(const char *code);
sp_argument sp_argument_math(const sp_math *math);
sp_argument sp_argument_phrase(const sp_phrase *phrase);
void sp_list_add(sp_pool *pool, sp_list *list, sp_argument item);

/* What a phrase is spelled as: runs of text, formulas, code, terms. */
typedef enum sp_span_kind { SP_SPAN_TEXT, SP_SPAN_TERM, SP_SPAN_CODE, SP_SPAN_MATH } sp_span_kind;

typedef struct sp_run_of_text {
    sp_span_kind kind;
    const char *text;
    const sp_math *math;
} sp_run_of_text;

typedef struct sp_spelling {
    sp_pool *pool;
    sp_language language;
    sp_run_of_text *run;
    size_t runs, capacity;
} sp_spelling;

void sp_spell(sp_spelling *to, const sp_phrase *phrase);
void sp_spell_argument(sp_spelling *to, const sp_argument *argument);
/* Adds a run of plain text: what stands between phrases. */
void sp_spell_text(sp_spelling *to, const char *text);

const char *sp_language_name(sp_language language);
sp_language sp_language_named(const char *name); /* SP_LANGUAGE_COUNT: there is none */
const char *sp_language_space(sp_language language);

#endif
