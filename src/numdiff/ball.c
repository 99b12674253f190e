#include "numdiff/ball.h"

#include "number/system.h"

#if __has_include(<flint/arb.h>)
#include <flint/arb_hypgeom.h>
#include <flint/arb_mat.h>
#else
#include <arb_hypgeom.h>
#include <arb_mat.h>
#endif

/* What has to be given back to FLINT. Zeroed memory is the exact ball 0. */
typedef struct holding {
    arb_ptr entry;
    size_t count;
} holding;

static arb_ptr entries(const sp_matrix *m)
{
    return m->data;
}

arb_srcptr sp_ball_entry(const sp_matrix *m, size_t i, size_t j)
{
    return (arb_srcptr)m->data + i * m->cols + j;
}

static slong precision(const sp_arithmetic *in)
{
    return (slong)in->bits;
}

static void give_back(void *argument)
{
    holding *h = argument;
    for (size_t i = 0; i < h->count; i++)
        arb_clear(h->entry + i);
    h->count = 0;
}

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    holding *h = SP_NEW(in->pool, holding);
    h->entry = SP_NEW_ARRAY(in->pool, arb_struct, m->rows *m->cols);
    h->count = m->rows * m->cols;
    sp_pool_defer(in->pool, give_back, h);
    m->data = h->entry;
    m->extra = h;
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    give_back(m->extra); /* the pool still holds it, empty now */
    sp_pool_free(in->pool, m->data);
    m->data = m->extra = NULL;
}

static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    (void)in;
    arb_set_d(entries(m) + i * m->cols + j, value);
}

static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    (void)in;
    arb_srcptr x = sp_ball_entry(m, i, j);
    if (arb_is_finite(x))
        arf_get_mpfr(value, arb_midref(x), MPFR_RNDN);
    else
        mpfr_set_nan(value);
}

void sp_ball_get(mpfr_t middle, mpfr_t radius, const arb_t ball)
{
    arf_t r;
    arf_init(r);
    arf_set_mag(r, arb_radref(ball));
    arf_get_mpfr(middle, arb_midref(ball), MPFR_RNDN);
    arf_get_mpfr(radius, r, MPFR_RNDU);
    arf_clear(r);
}

static void copy_run(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                     size_t from, size_t length)
{
    (void)in;
    for (size_t i = 0; i < length; i++)
        arb_set(entries(out) + to + i, entries(a) + from + i);
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
            arb_set(entries(out) + j * a->rows + i, entries(a) + i * a->cols + j);
}

static void negative(arb_t out, const arb_t a, slong bits)
{
    (void)bits;
    arb_neg(out, a);
}

/* 2 / sqrt(pi) * exp(-a^2) */
static void error_slope(arb_t out, const arb_t a, slong bits)
{
    arb_t factor;
    arb_init(factor);
    arb_mul(out, a, a, bits + 10);
    arb_neg(out, out);
    arb_exp(out, out, bits + 10);
    arb_const_sqrt_pi(factor, bits + 10);
    arb_div(out, out, factor, bits);
    arb_mul_2exp_si(out, out, 1);
    arb_clear(factor);
}

/* Where the sign is not certain: the ball that holds 0 and 1. */
static void step(arb_t out, const arb_t a, slong bits)
{
    (void)bits;
    if (!arb_is_finite(a)) {
        arb_indeterminate(out);
    } else if (arb_is_positive(a) || arb_is_nonpositive(a)) {
        arb_set_si(out, arb_is_positive(a));
    } else {
        arb_zero(out);
        mag_one(arb_radref(out));
        arb_add_si(out, out, 1, ARF_PREC_EXACT);
        arb_mul_2exp_si(out, out, -1);
    }
}

/* The larger one as it is, if it is certain which. */
static void larger(arb_t out, const arb_t a, const arb_t b, slong bits)
{
    if (arb_ge(a, b))
        arb_set(out, a);
    else if (arb_ge(b, a))
        arb_set(out, b);
    else
        arb_max(out, a, b, bits);
}

typedef void (*unary_function)(arb_t, const arb_t, slong);
typedef void (*binary_function)(arb_t, const arb_t, const arb_t, slong);

static const unary_function unary_functions[SP_PRIMITIVE_COUNT] = {
    [SP_PRIMITIVE_NEG] = negative,         [SP_PRIMITIVE_EXP] = arb_exp,
    [SP_PRIMITIVE_LOG] = arb_log,          [SP_PRIMITIVE_TANH] = arb_tanh,
    [SP_PRIMITIVE_ERF] = arb_hypgeom_erf,  [SP_PRIMITIVE_ERF_PRIME] = error_slope,
    [SP_PRIMITIVE_SQRT] = arb_sqrt,        [SP_PRIMITIVE_STEP] = step,
};

static const binary_function binary_functions[SP_PRIMITIVE_COUNT] = {
    [SP_PRIMITIVE_ADD] = arb_add, [SP_PRIMITIVE_SUB] = arb_sub, [SP_PRIMITIVE_MUL] = arb_mul,
    [SP_PRIMITIVE_DIV] = arb_div, [SP_PRIMITIVE_MAX] = larger,
};

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    const sp_walk walk = sp_walk_over(out, a, NULL);
    arb_ptr o = out->data;
    arb_srcptr x = a->data;
    for (size_t r = 0; r < walk.runs; r++, o += walk.length, x += walk.a_run)
        for (size_t i = 0; i < walk.length; i++)
            unary_functions[f](o + i, x + i * walk.a_step, precision(in));
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    const sp_walk walk = sp_walk_over(out, a, b);
    arb_ptr o = out->data;
    arb_srcptr x = a->data, y = b->data;
    for (size_t r = 0; r < walk.runs; r++, o += walk.length, x += walk.a_run, y += walk.b_run)
        for (size_t i = 0; i < walk.length; i++)
            binary_functions[f](o + i, x + i * walk.a_step, y + i * walk.b_step, precision(in));
}

/* op(m) as Arb's matrix; the numbers are copied, which is little beside a product. */
static void set_matrix(arb_mat_t to, const sp_matrix *m, bool transposed)
{
    arb_mat_init(to, (slong)(transposed ? m->cols : m->rows),
                 (slong)(transposed ? m->rows : m->cols));
    for (size_t i = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++)
            arb_set(arb_mat_entry(to, transposed ? j : i, transposed ? i : j),
                    sp_ball_entry(m, i, j));
}

/* Large products by Arb's fast multiplication, others as dot products. */
static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    enum { LARGE = 12 };
    const size_t inner = transpose_a ? a->rows : a->cols;
    if (out->rows < LARGE || out->cols < LARGE || inner < LARGE) {
        const size_t a_i = transpose_a ? 1 : a->cols, a_k = transpose_a ? a->cols : 1;
        const size_t b_j = transpose_b ? b->cols : 1, b_k = transpose_b ? 1 : b->cols;
        for (size_t i = 0; i < out->rows; i++)
            for (size_t j = 0; j < out->cols; j++)
                arb_dot(entries(out) + i * out->cols + j, NULL, 0, entries(a) + i * a_i,
                        (slong)a_k, entries(b) + j * b_j, (slong)b_k, (slong)inner, precision(in));
        return;
    }
    arb_mat_t left, right, result;
    set_matrix(left, a, transpose_a);
    set_matrix(right, b, transpose_b);
    arb_mat_init(result, (slong)out->rows, (slong)out->cols);
    arb_mat_mul(result, left, right, precision(in));
    for (size_t i = 0; i < out->rows; i++)
        for (size_t j = 0; j < out->cols; j++)
            arb_swap(entries(out) + i * out->cols + j, arb_mat_entry(result, i, j));
    arb_mat_clear(left);
    arb_mat_clear(right);
    arb_mat_clear(result);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    for (size_t i = 0; i < out->rows * out->cols; i++)
        arb_zero(entries(out) + i);
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++) {
            arb_ptr to = entries(out) + (over_rows ? j : i);
            arb_add(to, to, sp_ball_entry(a, i, j), precision(in));
        }
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        arb_set(entries(out) + i, entries(a[0]) + i);
        for (size_t c = 1; c < count; c++)
            arb_add(entries(out) + i, entries(out) + i, entries(a[c]) + i, precision(in));
    }
}

const sp_number_system sp_number_ball = {
    .name = "ball",
    .summary = "midpoint and radius holding the true value",
    .entry_bytes = sizeof(arb_struct),
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
