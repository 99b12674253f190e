#include "typeset/phrase.h"

#include <string.h>

typedef struct language {
    const char *name, *comma, *and, *space;
} language;

static const language languages[] = {
#define X(id, name, comma, and, space) {name, comma, and, space},
    SP_LANGUAGES(X)
#undef X
};

const char *sp_language_name(sp_language in)
{
    return languages[in].name;
}

sp_language sp_language_named(const char *name)
{
    int l = 0;
    while (l < SP_LANGUAGE_COUNT && strcmp(sp_language_name((sp_language)l), name) != 0)
        l++;
    return (sp_language)l;
}

const char *sp_language_space(sp_language in)
{
    return languages[in].space;
}

sp_argument sp_argument_text(const char *text)
{
    return (sp_argument){SP_ARGUMENT_TEXT, {.text = text}};
}

sp_argument sp_argument_code(const char *code)
{
    return (sp_argument){SP_ARGUMENT_CODE, {.text = code}};
}

sp_argument sp_argument_math(const sp_math *math)
{
    return (sp_argument){SP_ARGUMENT_MATH, {.math = math}};
}

sp_argument sp_argument_phrase(const sp_phrase *phrase)
{
    return (sp_argument){SP_ARGUMENT_PHRASE, {.phrase = phrase}};
}

void sp_list_add(sp_pool *pool, sp_list *list, sp_argument item)
{
    list->item = sp_pool_grow(pool, list->item, &list->capacity, list->count + 1, sizeof item);
    list->item[list->count++] = item;
}

const sp_phrase *sp_phrase_of(sp_pool *pool, const sp_wording *wording, va_list given)
{
    sp_phrase *phrase = SP_NEW(pool, sp_phrase);
    phrase->wording = wording;
    for (const char *kind = wording->arguments; *kind; kind++) {
        sp_argument *a = &phrase->argument[phrase->arguments++];
        a->kind = (sp_argument_kind)*kind;
        switch (a->kind) {
        case SP_ARGUMENT_TEXT:
        case SP_ARGUMENT_CODE: a->is.text = va_arg(given, const char *); break;
        case SP_ARGUMENT_MATH: a->is.math = va_arg(given, const sp_math *); break;
        case SP_ARGUMENT_PHRASE: a->is.phrase = va_arg(given, const sp_phrase *); break;
        case SP_ARGUMENT_LIST: a->is.list = va_arg(given, const sp_list *); break;
        }
    }
    return phrase;
}

static void add(sp_spelling *to, sp_run_of_text run)
{
    to->run = sp_pool_grow(to->pool, to->run, &to->capacity, to->runs + 1, sizeof run);
    to->run[to->runs++] = run;
}

void sp_spell_text(sp_spelling *to, const char *text)
{
    add(to, (sp_run_of_text){SP_SPAN_TEXT, text, NULL});
}

void sp_spell_argument(sp_spelling *to, const sp_argument *a)
{
    const language *in = &languages[to->language];
    switch (a->kind) {
    case SP_ARGUMENT_TEXT:
        sp_spell_text(to, a->is.text);
        break;
    case SP_ARGUMENT_CODE:
        add(to, (sp_run_of_text){SP_SPAN_CODE, a->is.text, NULL});
        break;
    case SP_ARGUMENT_MATH:
        add(to, (sp_run_of_text){SP_SPAN_MATH, NULL, a->is.math});
        break;
    case SP_ARGUMENT_PHRASE:
        sp_spell(to, a->is.phrase);
        break;
    case SP_ARGUMENT_LIST:
        for (size_t i = 0; i < a->is.list->count; i++) {
            if (i > 0)
                sp_spell_text(to, i + 1 == a->is.list->count ? in->and : in->comma);
            sp_spell_argument(to, &a->is.list->item[i]);
        }
        break;
    }
}

/* sentence = { text | "{" digit "}" | "*" text "*" } . */
void sp_spell(sp_spelling *to, const sp_phrase *phrase)
{
    const char *text = phrase->wording->text[to->language];
    bool term = false;
    while (*text) {
        size_t length = strcspn(text, "{*");
        if (length > 0) {
            const char *copy = sp_pool_copy(to->pool, text, length);
            add(to, (sp_run_of_text){term ? SP_SPAN_TERM : SP_SPAN_TEXT, copy, NULL});
        }
        text += length;
        if (*text == '*') {
            term = !term;
            text++;
        } else if (*text == '{') {
            size_t at = (size_t)(text[1] - '0');
            if (at >= phrase->arguments || text[2] != '}')
                sp_pool_fail(to->pool, SP_INTERNAL);
            sp_spell_argument(to, &phrase->argument[at]);
            text += 3;
        }
    }
}
