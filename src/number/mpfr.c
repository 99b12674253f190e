/* Numbers of in->bits bits, every operation correctly rounded to nearest, by MPFR.
 *
 * Storage: one allocation, an array of __mpfr_struct and behind it the limbs of all of them, given
 * to MPFR through its custom interface (MPFR manual, "Custom Interface"), so that nothing has to be
 * cleared. Sums start from their first term: 0 + (-0) would be +0. */
#include "number/system.h"

typedef __mpfr_struct entry;

/* Nanoseconds of a multiply-add and of an elementary function, roughly: when to use threads. */
static double multiply_add_cost(const sp_arithmetic *in)
{
    const double limbs = (double)in->bits / 64 + 1;
    return 20 + 6 * limbs + limbs * limbs * (limbs < 100 ? 0.5 : 0.2);
}

static double function_cost(const sp_arithmetic *in)
{
    return 1000 + 20 * multiply_add_cost(in);
}

static entry *entries(const sp_matrix *m)
{
    return m->data;
}

static size_t limb_bytes(const sp_arithmetic *in)
{
    return mpfr_custom_get_size((mpfr_prec_t)in->bits);
}

/* count numbers, all +0, in one allocation. */
static entry *create_entries(const sp_arithmetic *in, size_t count)
{
    const size_t size = limb_bytes(in);
    entry *e = sp_pool_alloc(in->pool, count, sizeof *e + size);
    char *limbs = (char *)(e + count);
    for (size_t i = 0; i < count; i++) {
        void *own = limbs + i * size;
        mpfr_custom_init(own, (mpfr_prec_t)in->bits);
        mpfr_custom_init_set(&e[i], MPFR_ZERO_KIND, 0, (mpfr_prec_t)in->bits, own);
    }
    return e;
}

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    m->data = create_entries(in, m->rows * m->cols);
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    sp_pool_free(in->pool, m->data);
    m->data = NULL;
}

static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    (void)in;
    mpfr_set_d(&entries(m)[i * m->cols + j], value, MPFR_RNDN);
}

static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    (void)in;
    mpfr_set(value, &entries(m)[i * m->cols + j], MPFR_RNDN);
}

static void copy_run(const sp_arithmetic *in, sp_matrix *out, size_t to, const sp_matrix *a,
                     size_t from, size_t length)
{
    (void)in;
    for (size_t i = 0; i < length; i++)
        mpfr_set(&entries(out)[to + i], &entries(a)[from + i], MPFR_RNDN);
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
            mpfr_set(&entries(out)[j * a->rows + i], &entries(a)[i * a->cols + j], MPFR_RNDN);
}

typedef int (*unary_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
typedef int (*binary_function)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

/* 1 where a > 0, 0 where not; NaN stays NaN. */
static int step(mpfr_ptr out, mpfr_srcptr a, mpfr_rnd_t rounding)
{
    return mpfr_nan_p(a) ? mpfr_set(out, a, rounding)
                         : mpfr_set_si(out, mpfr_sgn(a) > 0, rounding);
}

/* As in binary64: b where they are equal, NaN if either is (mpfr_max would drop a NaN). */
static int larger(mpfr_ptr out, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t rounding)
{
    return mpfr_set(out, mpfr_greater_p(a, b) || mpfr_nan_p(a) ? a : b, rounding);
}

static const unary_function unary_functions[SP_PRIMITIVE_COUNT] = {
    [SP_PRIMITIVE_NEG] = mpfr_neg,   [SP_PRIMITIVE_EXP] = mpfr_exp,
    [SP_PRIMITIVE_LOG] = mpfr_log,   [SP_PRIMITIVE_TANH] = mpfr_tanh,
    [SP_PRIMITIVE_ERF] = mpfr_erf,   [SP_PRIMITIVE_SQRT] = mpfr_sqrt,
    [SP_PRIMITIVE_STEP] = step,      [SP_PRIMITIVE_ERF_PRIME] = sp_mpfr_erf_prime,
};

static const binary_function binary_functions[SP_PRIMITIVE_COUNT] = {
    [SP_PRIMITIVE_ADD] = mpfr_add, [SP_PRIMITIVE_SUB] = mpfr_sub, [SP_PRIMITIVE_MUL] = mpfr_mul,
    [SP_PRIMITIVE_DIV] = mpfr_div, [SP_PRIMITIVE_MAX] = larger,
};

typedef struct elementwise_work {
    unary_function unary;
    binary_function binary;
    entry *out;
    const entry *a, *b;
    sp_walk walk;
} elementwise_work;

/* Entries begin ... end - 1 of out. */
static void elementwise_part(void *context, size_t worker, size_t begin, size_t end)
{
    (void)worker;
    const elementwise_work *w = context;
    const sp_walk *walk = &w->walk;
    size_t r = begin / walk->length, k = begin % walk->length;
    for (size_t i = begin; i < end; i++) {
        const entry *x = &w->a[r * walk->a_run + k * walk->a_step];
        if (w->binary)
            w->binary(&w->out[i], x, &w->b[r * walk->b_run + k * walk->b_step], MPFR_RNDN);
        else
            w->unary(&w->out[i], x, MPFR_RNDN);
        if (++k == walk->length) {
            k = 0;
            r++;
        }
    }
}

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    elementwise_work work = {.unary = unary_functions[f],
                             .out = out->data,
                             .a = a->data,
                             .walk = sp_walk_over(out, a, NULL)};
    const bool quick = f == SP_PRIMITIVE_NEG || f == SP_PRIMITIVE_STEP;
    sp_in_parallel(in, out->rows * out->cols, quick ? 5 : function_cost(in), elementwise_part,
                   &work);
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    elementwise_work work = {.binary = binary_functions[f],
                             .out = out->data,
                             .a = a->data,
                             .b = b->data,
                             .walk = sp_walk_over(out, a, b)};
    sp_in_parallel(in, out->rows * out->cols, multiply_add_cost(in), elementwise_part, &work);
}

/* Numbers of different workers must not lie in one cache line, nor must their limbs. */
enum { SCRATCH_APART = 16 };

typedef struct product_work {
    entry *out, *scratch; /* every SCRATCH_APART-th is one worker's */
    const entry *a, *b;
    size_t cols, inner;
    size_t a_i, a_k, b_k, b_j; /* steps from entry to entry */
} product_work;

/* out[i, j] = ((a[i, 0] b[0, j] + a[i, 1] b[1, j]) + ...) for the entries begin ... end - 1 of
 * out, each operation rounded. Of the two orders of loops, which give the same sums, the one
 * that goes through b in the order of its storage: b is what does not stay in the cache. */
static void product_part(void *context, size_t worker, size_t begin, size_t end)
{
    const product_work *w = context;
    entry *term = &w->scratch[worker * SCRATCH_APART];
    for (size_t at = begin; at < end;) {
        const size_t i = at / w->cols, first = at % w->cols;
        const size_t last = end - at < w->cols - first ? first + (end - at) : w->cols;
        entry *o = w->out + i * w->cols;
        const entry *x = w->a + i * w->a_i;
        if (w->b_k == 1) {
            for (size_t j = first; j < last; j++) {
                const entry *y = w->b + j * w->b_j;
                mpfr_mul(&o[j], x, y, MPFR_RNDN);
                for (size_t k = 1; k < w->inner; k++) {
                    mpfr_mul(term, &x[k * w->a_k], &y[k], MPFR_RNDN);
                    mpfr_add(&o[j], &o[j], term, MPFR_RNDN);
                }
            }
        } else {
            for (size_t j = first; j < last; j++)
                mpfr_mul(&o[j], x, &w->b[j], MPFR_RNDN);
            for (size_t k = 1; k < w->inner; k++) {
                const entry *y = w->b + k * w->b_k, *factor = &x[k * w->a_k];
                for (size_t j = first; j < last; j++) {
                    mpfr_mul(term, factor, &y[j], MPFR_RNDN);
                    mpfr_add(&o[j], &o[j], term, MPFR_RNDN);
                }
            }
        }
        at += last - first;
    }
}

static void set_zero(sp_matrix *m)
{
    for (size_t i = 0; i < m->rows * m->cols; i++)
        mpfr_set_zero(&entries(m)[i], 1);
}

static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    product_work work = {.out = out->data,
                         .a = a->data,
                         .b = b->data,
                         .cols = out->cols,
                         .inner = transpose_a ? a->rows : a->cols,
                         .a_i = transpose_a ? 1 : a->cols,
                         .a_k = transpose_a ? a->cols : 1,
                         .b_k = transpose_b ? 1 : b->cols,
                         .b_j = transpose_b ? b->cols : 1};
    if (work.inner == 0) {
        set_zero(out);
        return;
    }
    work.scratch = create_entries(in, sp_workers(in) * SCRATCH_APART);
    sp_in_parallel(in, out->rows * out->cols, (double)work.inner * multiply_add_cost(in),
                   product_part, &work);
    sp_pool_free(in->pool, work.scratch);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    (void)in;
    entry *o = out->data;
    const entry *x = a->data;
    if (a->rows == 0 || a->cols == 0) {
        set_zero(out);
        return;
    }
    for (size_t i = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++, x++) {
            entry *to = over_rows ? &o[j] : &o[i];
            if (over_rows ? i == 0 : j == 0)
                mpfr_set(to, x, MPFR_RNDN);
            else
                mpfr_add(to, to, x, MPFR_RNDN);
        }
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    (void)in;
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        mpfr_set(&entries(out)[i], &entries(a[0])[i], MPFR_RNDN);
        for (size_t c = 1; c < count; c++)
            mpfr_add(&entries(out)[i], &entries(out)[i], &entries(a[c])[i], MPFR_RNDN);
    }
}

const sp_number_system sp_number_mpfr = {
    SP_NUMBER_TEXTS(mpfr),
    .has_infinities = true,
    .entry_bytes = sizeof(entry),
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
