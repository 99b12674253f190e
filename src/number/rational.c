/* Exact fractions, on GMP's mpq, for formulas of + - * / max and step.
 *
 * Nothing is ever rounded. What has no exact value (division by zero, infinities, roots and
 * transcendental functions) or one of more than SP_RATIONAL_BITS bits is poison, which spreads like
 * a NaN: a fraction of denominator 0. Squaring a number again and again would need all memory. */
#include "number/system.h"

#include <math.h>

/* The fractions of a matrix, which GMP allocates. They are cleared with the matrix or, at the
 * latest, with its pool. */
typedef struct storage {
    mpq_t *entry;
    size_t count;
} storage;

static mpq_t *entries(const sp_matrix *m)
{
    return m->data;
}

static bool is_poison(mpq_srcptr a)
{
    return mpz_sgn(mpq_denref(a)) == 0;
}

static void poison(mpq_ptr a)
{
    mpz_set_ui(mpq_denref(a), 0);
}

static void clear(void *argument)
{
    storage *s = argument;
    for (size_t i = 0; i < s->count; i++)
        mpq_clear(s->entry[i]);
    s->count = 0;
}

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    storage *s = SP_NEW(in->pool, storage);
    s->entry = SP_NEW_ARRAY(in->pool, mpq_t, m->rows * m->cols);
    sp_pool_defer(in->pool, clear, s);
    for (; s->count < m->rows * m->cols; s->count++)
        mpq_init(s->entry[s->count]);
    m->data = s->entry;
    m->extra = s;
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    clear(m->extra);
    sp_pool_free(in->pool, m->data);
    m->data = NULL;
}

static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    (void)in;
    mpq_ptr to = entries(m)[i * m->cols + j];
    if (isfinite(value))
        mpq_set_d(to, value);
    else
        poison(to);
}

static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    (void)in;
    mpq_srcptr a = entries(m)[i * m->cols + j];
    if (is_poison(a))
        mpfr_set_nan(value);
    else
        mpfr_set_q(value, a, MPFR_RNDN);
}

mpq_srcptr sp_rational_entry(const sp_matrix *m, size_t i, size_t j)
{
    mpq_srcptr a = entries(m)[i * m->cols + j];
    return is_poison(a) ? NULL : a;
}

static void copy_run(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                     size_t from, size_t length)
{
    (void)in;
    for (size_t i = 0; i < length; i++)
        mpq_set(entries(out)[to + i], entries(a)[from + i]);
}

static void copy(const sp_arithmetic *in, sp_matrix *out, const size_t *out_row,
                 const size_t *out_col, const sp_matrix *a, const size_t *a_row,
                 const size_t *a_col, size_t rows, size_t cols)
{
    sp_copy_by_runs(in, copy_run, out, out_row, out_col, a, a_row, a_col, rows, cols);
}

static void transpose(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a)
{
    (void)in;
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++)
            mpq_set(entries(out)[j * out->cols + i], entries(a)[i * a->cols + j]);
}

static size_t bits(mpq_srcptr a)
{
    return mpz_sizeinbase(mpq_numref(a), 2) + mpz_sizeinbase(mpq_denref(a), 2);
}

static void combine(sp_primitive f, mpq_ptr out, mpq_srcptr a, mpq_srcptr b)
{
    if (is_poison(a) || is_poison(b) || bits(a) + bits(b) > SP_RATIONAL_BITS) {
        poison(out);
        return;
    }
    switch (f) {
    case SP_PRIMITIVE_ADD:
        mpq_add(out, a, b);
        break;
    case SP_PRIMITIVE_SUB:
        mpq_sub(out, a, b);
        break;
    case SP_PRIMITIVE_MUL:
        mpq_mul(out, a, b);
        break;
    case SP_PRIMITIVE_DIV:
        if (mpq_sgn(b) == 0)
            poison(out);
        else
            mpq_div(out, a, b);
        break;
    case SP_PRIMITIVE_MAX:
        mpq_set(out, mpq_cmp(a, b) > 0 ? a : b);
        break;
    default:
        poison(out);
    }
}

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    const sp_walk walk = sp_walk_over(out, a, NULL);
    (void)in;
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++) {
            mpq_srcptr x = entries(a)[run * walk.a_run + k * walk.a_step];
            mpq_ptr to = entries(out)[i];
            if (!is_poison(x) && f == SP_PRIMITIVE_NEG)
                mpq_neg(to, x);
            else if (!is_poison(x) && f == SP_PRIMITIVE_STEP)
                mpq_set_ui(to, mpq_sgn(x) > 0, 1);
            else
                poison(to);
        }
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    const sp_walk walk = sp_walk_over(out, a, b);
    (void)in;
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++)
            combine(f, entries(out)[i], entries(a)[run * walk.a_run + k * walk.a_step],
                    entries(b)[run * walk.b_run + k * walk.b_step]);
}

static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols;
    mpq_t term;
    mpq_init(term);
    for (size_t i = 0; i < out->rows; i++)
        for (size_t j = 0; j < out->cols; j++) {
            mpq_ptr to = entries(out)[i * out->cols + j];
            mpq_set_ui(to, 0, 1);
            for (size_t k = 0; k < inner; k++) {
                combine(SP_PRIMITIVE_MUL, term,
                        entries(a)[transpose_a ? k * a->cols + i : i * a->cols + k],
                        entries(b)[transpose_b ? j * b->cols + k : k * b->cols + j]);
                combine(SP_PRIMITIVE_ADD, to, to, term);
            }
        }
    mpq_clear(term);
    sp_pool_poll(in->pool);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    (void)in;
    for (size_t i = 0; i < out->rows * out->cols; i++)
        mpq_set_ui(entries(out)[i], 0, 1);
    for (size_t i = 0, x = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++, x++) {
            mpq_ptr to = entries(out)[over_rows ? j : i];
            combine(SP_PRIMITIVE_ADD, to, to, entries(a)[x]);
        }
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    (void)in;
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        mpq_set(entries(out)[i], entries(a[0])[i]);
        for (size_t c = 1; c < count; c++)
            combine(SP_PRIMITIVE_ADD, entries(out)[i], entries(out)[i], entries(a[c])[i]);
    }
}

const sp_number_system sp_number_rational = {
    SP_NUMBER_TEXTS(rational),
    .entry_bytes = sizeof(mpq_t),
    .create = create,
    .destroy = destroy,
    .set = set,
    .get = get,
    .copy = copy,
    .transpose = transpose,
    .unary = unary,
    .binary = binary,
    .product = product,
    .sum = sum,
    .total = total,
};
