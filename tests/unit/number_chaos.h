/* Number systems for tests that compute as badly as IEEE 754 allows: binary64 and mpfr whose
 * sums run along random trees and whose products are fused with additions or not as a coin
 * falls. */
#ifndef NUMBER_CHAOS_H
#define NUMBER_CHAOS_H

#include "number_test.h"

typedef struct term {
    mpfr_ptr value;
    mpfr_srcptr a, b; /* not multiplied yet if not NULL */
} term;

static bool in_doubles; /* round as binary64 does, underflow included; else as MPFR */

static void rounded_add(mpfr_ptr out, mpfr_srcptr a, mpfr_srcptr b)
{
    if (in_doubles)
        mpfr_set_d(out, mpfr_get_d(a, MPFR_RNDN) + mpfr_get_d(b, MPFR_RNDN), MPFR_RNDN);
    else
        mpfr_add(out, a, b, MPFR_RNDN);
}

static void rounded_mul(mpfr_ptr out, mpfr_srcptr a, mpfr_srcptr b)
{
    if (in_doubles)
        mpfr_set_d(out, mpfr_get_d(a, MPFR_RNDN) * mpfr_get_d(b, MPFR_RNDN), MPFR_RNDN);
    else
        mpfr_mul(out, a, b, MPFR_RNDN);
}

static void rounded_fma(mpfr_ptr out, mpfr_srcptr a, mpfr_srcptr b, mpfr_srcptr c)
{
    if (in_doubles)
        mpfr_set_d(out,
                   fma(mpfr_get_d(a, MPFR_RNDN), mpfr_get_d(b, MPFR_RNDN),
                       mpfr_get_d(c, MPFR_RNDN)),
                   MPFR_RNDN);
    else
        mpfr_fma(out, a, b, c, MPFR_RNDN);
}

static void multiplied(term *t)
{
    if (t->a)
        rounded_mul(t->value, t->a, t->b);
    t->a = t->b = NULL;
}

/* Adds the terms along a tree: random pairs, in sequence, backwards, or halves. The sum is in
 * term[0]. */
static void add_terms(term *t, size_t count, size_t style)
{
    while (count > 1) {
        size_t i = 0, j = 1;
        if (style == 0) { /* any two */
            i = random_below(count);
            j = random_below(count - 1);
            j += j >= i;
        } else if (style == 1) { /* from the end */
            i = count - 1;
            j = count - 2;
        }
        if (t[j].a && !t[i].a) {
            const size_t swap = i;
            i = j;
            j = swap;
        }
        if (random_below(2))
            multiplied(&t[i]);
        multiplied(&t[j]);
        if (t[i].a)
            rounded_fma(t[i].value, t[i].a, t[i].b, t[j].value);
        else
            rounded_add(t[i].value, t[i].value, t[j].value);
        t[i].a = t[i].b = NULL;
        const term done = t[j]; /* its number is still needed: by the next sum */
        t[j] = t[count - 1];
        t[count - 1] = done;
        if (i == count - 1)
            i = j;
        count--;
        if (style >= 2 && count > 1) { /* rotate: neighbours first, as a tree does */
            const term first = t[i];
            memmove(t + i, t + i + 1, (count - i - 1) * sizeof *t);
            t[count - 1] = first;
        }
    }
    if (count == 1)
        multiplied(&t[0]);
}

/* Sets the double or the number of m. */
static void put(const sp_arithmetic *in, sp_matrix *m, size_t i, mpfr_srcptr value)
{
    if (in_doubles)
        in->system->set(in, m, i / m->cols, i % m->cols, mpfr_get_d(value, MPFR_RNDN));
    else
        mpfr_set(&((__mpfr_struct *)m->data)[i], value, MPFR_RNDN);
}

/* All entries as numbers of the precision. */
static mpfr_ptr numbers_of(const sp_arithmetic *in, const sp_matrix *m)
{
    const size_t count = m->rows * m->cols;
    mpfr_ptr number = SP_NEW_ARRAY(in->pool, __mpfr_struct, count + 1);
    for (size_t i = 0; i < count; i++) {
        mpfr_init2(&number[i], in->bits);
        in->system->get(in, m, i / m->cols, i % m->cols, &number[i]);
    }
    return number;
}

static void clear_numbers(mpfr_ptr number, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mpfr_clear(&number[i]);
}

static term *new_terms(const sp_arithmetic *in, size_t count)
{
    term *t = SP_NEW_ARRAY(in->pool, term, count);
    for (size_t i = 0; i < count; i++) {
        t[i].value = SP_NEW(in->pool, __mpfr_struct);
        mpfr_init2(t[i].value, in->bits);
    }
    return t;
}

static void clear_terms(term *t, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mpfr_clear(t[i].value);
}

static void chaotic_product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a,
                            bool transpose_a, const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols;
    mpfr_ptr x = numbers_of(in, a), y = numbers_of(in, b);
    term *t = new_terms(in, inner + 1);
    const size_t style = random_below(3);
    for (size_t i = 0; i < out->rows; i++)
        for (size_t j = 0; j < out->cols; j++) {
            for (size_t k = 0; k < inner; k++) {
                t[k].a = &x[transpose_a ? k * a->cols + i : i * a->cols + k];
                t[k].b = &y[transpose_b ? j * b->cols + k : k * b->cols + j];
            }
            if (inner == 0)
                mpfr_set_zero(t[0].value, 1);
            add_terms(t, inner, style);
            put(in, out, i * out->cols + j, t[0].value);
        }
    clear_terms(t, inner + 1);
    clear_numbers(x, a->rows * a->cols);
    clear_numbers(y, b->rows * b->cols);
}

static void chaotic_sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    const size_t count = over_rows ? a->rows : a->cols;
    mpfr_ptr x = numbers_of(in, a);
    term *t = new_terms(in, count + 1);
    const size_t style = random_below(3);
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        mpfr_set_zero(t[0].value, 1);
        for (size_t k = 0; k < count; k++)
            mpfr_set(t[k].value, &x[over_rows ? k * a->cols + i : i * a->cols + k], MPFR_RNDN);
        add_terms(t, count, style);
        put(in, out, i, t[0].value);
    }
    clear_terms(t, count + 1);
    clear_numbers(x, a->rows * a->cols);
}

static void chaotic_total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a,
                          size_t count)
{
    term *t = new_terms(in, count);
    const size_t style = random_below(3);
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        for (size_t k = 0; k < count; k++)
            in->system->get(in, a[k], i / out->cols, i % out->cols, t[k].value);
        add_terms(t, count, style);
        put(in, out, i, t[0].value);
    }
    clear_terms(t, count);
}

static sp_number_system chaotic(const sp_number_system *base)
{
    sp_number_system system = *base;
    system.product = chaotic_product;
    system.sum = chaotic_sum;
    system.total = chaotic_total;
    return system;
}

#endif
