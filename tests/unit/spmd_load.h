/* For tests: a case from its text, its values as texts. */
#ifndef SPMD_LOAD_H
#define SPMD_LOAD_H

#include "lang/lang.h"
#include "spmd/interpret.h"

#include <stdio.h>
#include <string.h>

/* The first case of a text; NULL, and the diagnostics on stderr, if there are errors. */
static inline const sp_case *load_case(sp_pool *pool, const char *text)
{
    sp_diagnostics found = {.pool = pool};
    const sp_vocabulary words = {.activation = sp_activation_names,
                                 .activations = sp_activation_count,
                                 .loss = sp_loss_names,
                                 .losses = sp_loss_count};
    const sp_source *source = sp_source_from(pool, "test.case", text, strlen(text), &found);
    const sp_unit *unit = source ? sp_unit_load(pool, source, &words, &found) : NULL;
    for (size_t i = 0; i < found.count; i++) {
        sp_text shown = sp_text_in(pool);
        sp_diagnostic_show(&shown, &found.item[i]);
        fputs(sp_text_string(&shown), stderr);
    }
    return unit && !found.errors && unit->cases ? unit->item[0] : NULL;
}

/* Whether an entry is exactly this integer. */
static inline bool entry_is(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j,
                            long want)
{
    mpfr_t value;
    mpfr_init2(value, 256);
    in->system->get(in, m, i, j, value);
    bool same = mpfr_number_p(value) && mpfr_cmp_si(value, want) == 0;
    mpfr_clear(value);
    return same;
}

/* Whether two matrices of one number system are equal in shape and, as numbers, in every entry. */
static inline bool matrices_equal(const sp_arithmetic *in, const sp_matrix *a, const sp_matrix *b)
{
    mpfr_t x, y;
    bool same = a->rows == b->rows && a->cols == b->cols;
    mpfr_inits2(256, x, y, (mpfr_ptr)0);
    for (size_t i = 0; same && i < a->rows; i++)
        for (size_t j = 0; same && j < a->cols; j++) {
            in->system->get(in, a, i, j, x);
            in->system->get(in, b, i, j, y);
            same = mpfr_number_p(x) && mpfr_equal_p(x, y);
        }
    mpfr_clears(x, y, (mpfr_ptr)0);
    return same;
}

/* "1 2; 3 4": a matrix of short numbers; "-" if it has no entries. */
static inline const char *matrix_text(const sp_arithmetic *in, const sp_matrix *m)
{
    sp_text text = sp_text_in(in->pool);
    mpfr_t value;
    mpfr_init2(value, 64);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++) {
            in->system->get(in, m, i, j, value);
            sp_text_format(&text, "%s%g", j ? " " : i ? "; " : "", mpfr_get_d(value, MPFR_RNDN));
        }
    mpfr_clear(value);
    return text.length ? sp_text_string(&text) : "-";
}

#endif
