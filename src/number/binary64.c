/* Doubles. Storage: one row-major array.
 *
 * Products go through GSL to the CBLAS that is linked, which may add in any order and fuse. Where
 * `deterministic` is asked for they are loops that add in the order of the inner index, and the
 * functions that a C library may round in its own way come from MPFR, correctly rounded. All
 * other operations are the same bits on every machine anyway (IEEE 754, contraction is off). */
#include "number/system.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_matrix.h>
#include <limits.h>
#include <math.h>
#include <string.h>

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    m->data = SP_NEW_ARRAY(in->pool, double, m->rows *m->cols);
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    sp_pool_free(in->pool, m->data);
    m->data = NULL;
}

static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    (void)in;
    ((double *)m->data)[i * m->cols + j] = value;
}

static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    (void)in;
    mpfr_set_d(value, ((const double *)m->data)[i * m->cols + j], MPFR_RNDN);
}

static void copy_run(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                     size_t from, size_t length)
{
    (void)in;
    double *o = (double *)out->data + to;
    const double *x = (const double *)a->data + from;
    if (length == 1)
        *o = *x;
    else
        memcpy(o, x, length * sizeof *o);
}

static void copy(const sp_arithmetic *in, sp_matrix *out, const size_t *out_row,
                 const size_t *out_col, const sp_matrix *a, const size_t *a_row,
                 const size_t *a_col, size_t rows, size_t cols)
{
    sp_copy_by_runs(in, copy_run, out, out_row, out_col, a, a_row, a_col, rows, cols);
}

static void transpose_into(double *restrict out, const double *restrict a, size_t rows, size_t cols)
{
    enum { TILE = 16 };
    for (size_t i0 = 0; i0 < rows; i0 += TILE)
        for (size_t j0 = 0; j0 < cols; j0 += TILE)
            for (size_t i = i0; i < rows && i < i0 + TILE; i++)
                for (size_t j = j0; j < cols && j < j0 + TILE; j++)
                    out[j * rows + i] = a[i * cols + j];
}

static void transpose(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a)
{
    (void)in;
    transpose_into(out->data, a->data, a->rows, a->cols);
}

typedef int (*mpfr_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

/* The functions whose last bits differ between C libraries. */
static mpfr_function inexact_function(sp_primitive f)
{
    switch (f) {
    case SP_PRIMITIVE_EXP:
        return mpfr_exp;
    case SP_PRIMITIVE_LOG:
        return mpfr_log;
    case SP_PRIMITIVE_TANH:
        return mpfr_tanh;
    case SP_PRIMITIVE_ERF:
        return mpfr_erf;
    case SP_PRIMITIVE_ERF_PRIME:
        return sp_mpfr_erf_prime;
    default:
        return NULL;
    }
}

/* Correctly rounded to binary64, subnormals included: MPFR's manual, mpfr_subnormalize, gives
 * emin = -1073 and emax = 1024 for binary64; the ternary value makes the second rounding safe. */
static void correctly_rounded(mpfr_function f, double *restrict out, const double *restrict a,
                              size_t length, size_t step)
{
    mpfr_exp_t emin = mpfr_get_emin(), emax = mpfr_get_emax();
    mp_limb_t limbs[2][2];
    mpfr_t x, y;
    mpfr_custom_init(limbs[0], 53);
    mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, 53, limbs[0]);
    mpfr_custom_init(limbs[1], 53);
    mpfr_custom_init_set(y, MPFR_ZERO_KIND, 0, 53, limbs[1]);
    mpfr_set_emin(-1073);
    mpfr_set_emax(1024);
    for (size_t i = 0; i < length; i++) {
        mpfr_set_d(x, a[i * step], MPFR_RNDN);
        int ternary = f(y, x, MPFR_RNDN);
        mpfr_subnormalize(y, ternary, MPFR_RNDN);
        out[i] = mpfr_get_d(y, MPFR_RNDN);
    }
    mpfr_set_emin(emin);
    mpfr_set_emax(emax);
}

/* out = f(a) over one run. */
static void unary_run(sp_primitive f, double *restrict out, const double *restrict a, size_t length,
                      size_t step)
{
#define EACH(value)                          \
    for (size_t i = 0; i < length; i++) {    \
        const double x = a[i * step];        \
        out[i] = (value);                    \
    }                                        \
    break
    switch (f) {
    case SP_PRIMITIVE_NEG:
        EACH(-x);
    case SP_PRIMITIVE_EXP:
        EACH(exp(x));
    case SP_PRIMITIVE_LOG:
        EACH(log(x));
    case SP_PRIMITIVE_TANH:
        EACH(tanh(x));
    case SP_PRIMITIVE_ERF:
        EACH(erf(x));
    case SP_PRIMITIVE_ERF_PRIME:
        EACH(sp_erf_prime(x));
    case SP_PRIMITIVE_SQRT:
        EACH(sqrt(x));
    case SP_PRIMITIVE_STEP:
        EACH(x > 0 ? 1.0 : x <= 0 ? 0.0 : x); /* NaN stays NaN */
    case SP_PRIMITIVE_ADD:
    case SP_PRIMITIVE_SUB:
    case SP_PRIMITIVE_MUL:
    case SP_PRIMITIVE_DIV:
    case SP_PRIMITIVE_MAX:
    case SP_PRIMITIVE_COUNT:
        break;
    }
#undef EACH
}

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    const sp_walk walk = sp_walk_over(out, a, NULL);
    const mpfr_function rounded = in->deterministic ? inexact_function(f) : NULL;
    double *o = out->data;
    const double *x = a->data;
    for (size_t r = 0; r < walk.runs; r++, o += walk.length, x += walk.a_run)
        if (rounded)
            correctly_rounded(rounded, o, x, walk.length, walk.a_step);
        else
            unary_run(f, o, x, walk.length, walk.a_step);
}

/* out = f(a, b) over one run; three loops, so that the compiler sees where an operand stands
 * still. */
static void binary_run(sp_primitive f, double *restrict out, const double *restrict a,
                       size_t a_step, const double *restrict b, size_t b_step, size_t length)
{
#define EACH(value)                                                      \
    if (a_step && b_step) {                                              \
        for (size_t i = 0; i < length; i++) {                            \
            const double x = a[i], y = b[i];                             \
            out[i] = (value);                                            \
        }                                                                \
    } else if (a_step && length > 0) {                                   \
        const double y = b[0];                                           \
        for (size_t i = 0; i < length; i++) {                            \
            const double x = a[i];                                       \
            out[i] = (value);                                            \
        }                                                                \
    } else if (length > 0) {                                             \
        const double x = a[0];                                           \
        for (size_t i = 0; i < length; i++) {                            \
            const double y = b[i * b_step];                              \
            out[i] = (value);                                            \
        }                                                                \
    }                                                                    \
    break
    switch (f) {
    case SP_PRIMITIVE_ADD:
        EACH(x + y);
    case SP_PRIMITIVE_SUB:
        EACH(x - y);
    case SP_PRIMITIVE_MUL:
        EACH(x * y);
    case SP_PRIMITIVE_DIV:
        EACH(x / y);
    case SP_PRIMITIVE_MAX:
        EACH(x > y || x != x ? x : y); /* NaN if either is */
    case SP_PRIMITIVE_NEG:
    case SP_PRIMITIVE_EXP:
    case SP_PRIMITIVE_LOG:
    case SP_PRIMITIVE_TANH:
    case SP_PRIMITIVE_ERF:
    case SP_PRIMITIVE_ERF_PRIME:
    case SP_PRIMITIVE_SQRT:
    case SP_PRIMITIVE_STEP:
    case SP_PRIMITIVE_COUNT:
        break;
    }
#undef EACH
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    (void)in;
    const sp_walk walk = sp_walk_over(out, a, b);
    double *o = out->data;
    const double *x = a->data, *y = b->data;
    for (size_t r = 0; r < walk.runs; r++, o += walk.length, x += walk.a_run, y += walk.b_run)
        binary_run(f, o, x, walk.a_step, y, walk.b_step, walk.length);
}

/* out[i, j] = ((a[i, 0] b[0, j] + a[i, 1] b[1, j]) + a[i, 2] b[2, j]) + ..., each operation
 * rounded. The inner loop runs over j, so that it may be vectorised without changing the order
 * of any sum. */
static void product_in_order(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a,
                             bool transpose_a, const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols, cols = out->cols;
    const size_t a_i = transpose_a ? 1 : a->cols, a_k = transpose_a ? a->cols : 1;
    double *turned = NULL;
    const double *y = b->data;
    if (transpose_b) {
        turned = SP_NEW_ARRAY(in->pool, double, b->rows *b->cols);
        transpose_into(turned, y, b->rows, b->cols);
        y = turned;
    }
    for (size_t i = 0; i < out->rows; i++) {
        double *restrict o = (double *)out->data + i * cols;
        const double *x = (const double *)a->data + i * a_i;
        const double first = x[0];
        for (size_t j = 0; j < cols; j++)
            o[j] = first * y[j];
        for (size_t k = 1; k < inner; k++) {
            const double factor = x[k * a_k];
            const double *restrict row = y + k * cols;
            for (size_t j = 0; j < cols; j++)
                o[j] += factor * row[j];
        }
    }
    sp_pool_free(in->pool, turned);
}

static bool fits_cblas(const sp_matrix *m)
{
    return m->rows <= INT_MAX && m->cols <= INT_MAX;
}

static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols;
    if (out->rows == 0 || out->cols == 0)
        return;
    if (inner == 0) { /* GSL refuses views without entries */
        memset(out->data, 0, out->rows * out->cols * sizeof(double));
        return;
    }
    if (in->deterministic || !fits_cblas(out) || !fits_cblas(a) || !fits_cblas(b)) {
        product_in_order(in, out, a, transpose_a, b, transpose_b);
        return;
    }
    gsl_matrix_const_view left = gsl_matrix_const_view_array(a->data, a->rows, a->cols);
    gsl_matrix_const_view right = gsl_matrix_const_view_array(b->data, b->rows, b->cols);
    gsl_matrix_view result = gsl_matrix_view_array(out->data, out->rows, out->cols);
    int status = gsl_blas_dgemm(transpose_a ? CblasTrans : CblasNoTrans,
                                transpose_b ? CblasTrans : CblasNoTrans, 1.0, &left.matrix,
                                &right.matrix, 0.0, &result.matrix);
    if (status != GSL_SUCCESS)
        sp_pool_fail(in->pool, SP_INTERNAL);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    (void)in;
    double *restrict o = out->data;
    const double *restrict x = a->data;
    const size_t entries = out->rows * out->cols;
    if (a->rows == 0 || a->cols == 0) {
        if (entries)
            memset(o, 0, entries * sizeof *o);
    } else if (over_rows) {
        memcpy(o, x, a->cols * sizeof *o);
        for (size_t i = 1; i < a->rows; i++)
            for (size_t j = 0; j < a->cols; j++)
                o[j] += x[i * a->cols + j];
    } else {
        for (size_t i = 0; i < a->rows; i++) {
            double partial = x[i * a->cols];
            for (size_t j = 1; j < a->cols; j++)
                partial += x[i * a->cols + j];
            o[i] = partial;
        }
    }
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    (void)in;
    double *restrict o = out->data;
    const size_t entries = out->rows * out->cols;
    if (entries == 0)
        return;
    memcpy(o, a[0]->data, entries * sizeof *o);
    for (size_t c = 1; c < count; c++) {
        const double *restrict x = a[c]->data;
        for (size_t i = 0; i < entries; i++)
            o[i] += x[i];
    }
}

const sp_number_system sp_number_binary64 = {
    SP_NUMBER_TEXTS(binary64),
    .has_infinities = true,
    .entry_bytes = sizeof(double),
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
