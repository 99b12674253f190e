/* What the tests of src/lang share: a vocabulary, and loading a text in a pool. */
#ifndef TESTS_LANG_FIXTURE_H
#define TESTS_LANG_FIXTURE_H

#include "lang/lang.h"
#include "lang/mlp.h"
#include "rule/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const fixture_activations[] = {"identity", "relu",      "leaky-relu", "tanh",
                                                  "sigmoid",  "gelu",      "gelu-tanh",  "silu",
                                                  "softplus", "elu"};
static const char *const fixture_losses[] = {"half-sse", "mse", "bce", "huber"};
static const char *const fixture_evidence[] = {"binary64", "mpfr", "bound"};

static const sp_vocabulary fixture_vocabulary = {fixture_activations, 10, fixture_losses, 4,
                                                 fixture_evidence,    3, sp_net_builtin, sp_net_own};

/* A text, or the file of that name if the text is NULL, and what came of loading it. */
typedef struct loaded {
    sp_pool *pool;
    const char *name, *text;
    size_t length; /* of the text; 0: up to its NUL */
    const sp_source *source;
    sp_unit *unit;
    sp_diagnostics diagnostics;
    const char *shown; /* all diagnostics */
} loaded;

static inline void load_body(void *argument)
{
    loaded *l = argument;
    l->diagnostics = (sp_diagnostics){.pool = l->pool};
    size_t length = l->length || !l->text ? l->length : strlen(l->text);
    l->source = l->text ? sp_source_from(l->pool, l->name, l->text, length, &l->diagnostics)
                        : sp_source_read(l->pool, l->name, &l->diagnostics);
    if (l->source)
        l->unit = sp_unit_load(l->pool, l->source, &fixture_vocabulary, &l->diagnostics);
    sp_text shown = sp_text_in(l->pool);
    for (size_t i = 0; i < l->diagnostics.count; i++)
        sp_diagnostic_show(&shown, &l->diagnostics.item[i]);
    l->shown = sp_text_string(&shown);
}

/* Loads; close with sp_pool_close(loaded.pool). */
static inline loaded load_bytes(const char *name, const char *text, size_t length)
{
    loaded l = {.name = name, .text = text, .length = length};
    assert_int_equal(sp_pool_open(&l.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(l.pool, load_body, &l), SP_OK);
    return l;
}

static inline loaded load_text(const char *text)
{
    return load_bytes("test.case", text, 0);
}

/* Loads a text that must have no errors. */
static inline loaded load_good(const char *text)
{
    loaded l = load_text(text);
    assert_string_equal(l.shown, "");
    assert_int_equal(l.diagnostics.errors, 0);
    return l;
}

#endif
