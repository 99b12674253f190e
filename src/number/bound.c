/* Doubles with bounds on their rounding errors: what any computation of the same program can
 * give.
 *
 * Storage: the doubles as in binary64 (data) and for each a bound e >= 0 (extra); bound_entry.h
 * says what they promise. The doubles are computed by binary64. An e that is NaN says that no
 * computation gives a finite number there, however many bits it has and however far its exponents
 * reach: an operation has no value there, and rounding is no excuse. What may be infinite for lack of
 * exponents has the bound infinity.
 *
 * The bounds of products, sums and totals hold for every order of summation, blocked or not,
 * with or without FMA, because a term goes through at most as many roundings as there are terms:
 * |fl(sum of n products) - sum| <= gamma_n sum |products|, gamma_n = n u / (1 - n u), and
 * gamma_(n-1) for sums without products (Higham, Accuracy and Stability of Numerical Algorithms,
 * chapters 3 and 4). A product that underflows adds half of the smallest subnormal number, a sum
 * never does (chapter 2). Where all partial sums in all orders are numbers of the precision,
 * nothing is rounded at all. */
#include "number/bound_entry.h"
#include "number/system.h"

static double *values(const sp_matrix *m)
{
    return m->data;
}

static double *bounds(const sp_matrix *m)
{
    return m->extra;
}

/* The bounds as a matrix of binary64. */
static sp_matrix bounds_of(const sp_matrix *m)
{
    return (sp_matrix){m->rows, m->cols, m->extra, NULL};
}

static void create(const sp_arithmetic *in, sp_matrix *m)
{
    m->data = SP_NEW_ARRAY(in->pool, double, m->rows *m->cols);
    m->extra = SP_NEW_ARRAY(in->pool, double, m->rows *m->cols);
}

static void destroy(const sp_arithmetic *in, sp_matrix *m)
{
    sp_pool_free(in->pool, m->data);
    sp_pool_free(in->pool, m->extra);
    m->data = m->extra = NULL;
}

/* A double is exact in binary64 and from 53 bits on; with fewer bits it is rounded once, by at
 * most u |value|. */
static void set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    values(m)[i * m->cols + j] = value;
    if (value == -HUGE_VAL) { /* the maximum of nothing: exactly that */
        bounds(m)[i * m->cols + j] = 0;
        return;
    }
    bounds(m)[i * m->cols + j] =
        sp_bound_settled(&r, value, sp_fits(&r, value) ? 0 : fabs(value));
}

static void get(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j, mpfr_t value)
{
    sp_number_binary64.get(in, m, i, j, value);
}

static void copy(const sp_arithmetic *in, sp_matrix *out, const size_t *out_row,
                 const size_t *out_col, const sp_matrix *a, const size_t *a_row,
                 const size_t *a_col, size_t rows, size_t cols)
{
    sp_matrix to = bounds_of(out), from = bounds_of(a);
    sp_number_binary64.copy(in, out, out_row, out_col, a, a_row, a_col, rows, cols);
    sp_number_binary64.copy(in, &to, out_row, out_col, &from, a_row, a_col, rows, cols);
}

static void transpose(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a)
{
    sp_matrix to = bounds_of(out), from = bounds_of(a);
    sp_number_binary64.transpose(in, out, a);
    sp_number_binary64.transpose(in, &to, &from);
}

/* Division by an exact zero, the logarithm of one, logarithms and square roots of what is certainly
 * negative: every computation gives infinity or NaN. */
static bool has_no_value(const sp_rounding *r, sp_primitive f, double a, double ea, double b, double eb)
{
    if (f == SP_PRIMITIVE_DIV)
        return b == 0 && eb == 0;
    if (f == SP_PRIMITIVE_LOG && a == 0)
        return ea == 0;
    return (f == SP_PRIMITIVE_LOG || f == SP_PRIMITIVE_SQRT) && a < 0 && -a > sp_bound_spread(r, ea);
}

/* e of f(a, b) by its formula, but for what is certainly not finite: sums, products and negatives keep it,
 * and 1/inf, exp(-inf) and the like may lose it. */
static double entry_bound(const sp_rounding *r, sp_primitive f, double v, double a, double ea, double b,
                          double eb)
{
    if (has_no_value(r, f, a, ea, b, eb))
        return (double)NAN;
    if (!isnan(ea) && !isnan(eb))
        return sp_entry_bounds[f](r, v, a, ea, b, eb);
    const bool kept = f == SP_PRIMITIVE_ADD || f == SP_PRIMITIVE_SUB || f == SP_PRIMITIVE_MUL ||
                      f == SP_PRIMITIVE_NEG || (f == SP_PRIMITIVE_DIV && isnan(ea));
    return kept ? (double)NAN : SP_NO_BOUND;
}

static void unary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    const sp_walk walk = sp_walk_over(out, a, NULL);
    sp_number_binary64.unary(in, f, out, a);
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++) {
            const size_t x = run * walk.a_run + k * walk.a_step;
            bounds(out)[i] = entry_bound(&r, f, values(out)[i], values(a)[x], bounds(a)[x], 0, 0);
        }
}

static void binary(const sp_arithmetic *in, sp_primitive f, sp_matrix *out, const sp_matrix *a,
                   const sp_matrix *b)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    const sp_walk walk = sp_walk_over(out, a, b);
    sp_number_binary64.binary(in, f, out, a, b);
    for (size_t run = 0, i = 0; run < walk.runs; run++)
        for (size_t k = 0; k < walk.length; k++, i++) {
            const size_t x = run * walk.a_run + k * walk.a_step;
            const size_t y = run * walk.b_run + k * walk.b_step;
            bounds(out)[i] = entry_bound(&r, f, values(out)[i], values(a)[x], bounds(a)[x],
                                         values(b)[y], bounds(b)[y]);
        }
}

/* n/(1 - n U) and so at least gamma_n / u for all u <= U; infinity from n U = 1/2 on. */
static double gamma_over_u(const sp_rounding *r, double n)
{
    const double nu = n * r->u_max;
    return nu < 0.5 ? n / (1 - nu) * SP_BOUND_UP : SP_NO_BOUND;
}

/* What makes a computed sum of n nonnegative numbers, each with an error of at most 30
 * roundings, an upper bound. */
static double sum_up(double n)
{
    return 1 + (n + 64) * 0x1p-52;
}

/* Sums of numbers with bounds, added one after the other. */
typedef struct accumulator {
    double e, magnitude; /* sums of the bounds and of the magnitudes */
    double terms;        /* how many are not exactly zero */
    int lowest;          /* all values are multiples of 2^lowest */
} accumulator;

static const accumulator nothing = {0, 0, 0, INT_MAX};

static void accumulate(const sp_rounding *r, accumulator *to, double v, double e)
{
    if (v == 0 && e == 0)
        return;
    to->e += e;
    to->magnitude += sp_bound_magnitude(r, v, e);
    to->terms++;
    const int lowest = sp_lowest_bit(v);
    if (lowest < to->lowest)
        to->lowest = lowest;
}

/* |fl(sum a'_k) - sum a_k| <= sum e_k u + gamma_(n-1) sum |a'_k|; adding zeros rounds nothing.
 * No partial sum is rounded if all a_k are exact multiples of 2^k and sum |a_k| < 2^(k + bits);
 * the computed sum of |a_k| was not rounded either if it is below that. */
static double accumulated(const sp_rounding *r, const accumulator *a, double v)
{
    if (isnan(a->e)) /* a term is certainly not finite */
        return a->e;
    if (a->terms <= 1)
        return sp_bound_settled(r, v, a->e);
    if (a->e == 0 && a->magnitude < ldexp(1.0, a->lowest + r->bits))
        return sp_bound_settled(r, v, 0);
    const double e = (a->e + gamma_over_u(r, a->terms - 1) * a->magnitude) * sum_up(a->terms) +
                     SP_BOUND_FLOOR;
    return sp_bound_settled(r, v, e);
}

static void sum(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool over_rows)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    const size_t count = out->rows * out->cols;
    accumulator *sums = SP_NEW_ARRAY(in->pool, accumulator, count);
    sp_number_binary64.sum(in, out, a, over_rows);
    for (size_t i = 0; i < count; i++)
        sums[i] = nothing;
    for (size_t i = 0, x = 0; i < a->rows; i++)
        for (size_t j = 0; j < a->cols; j++, x++)
            accumulate(&r, &sums[over_rows ? j : i], values(a)[x], bounds(a)[x]);
    for (size_t i = 0; i < count; i++)
        bounds(out)[i] = accumulated(&r, &sums[i], values(out)[i]);
    sp_pool_free(in->pool, sums);
}

static void total(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *const *a, size_t count)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    sp_number_binary64.total(in, out, a, count);
    for (size_t i = 0; i < out->rows * out->cols; i++) {
        accumulator one = nothing;
        for (size_t c = 0; c < count; c++)
            accumulate(&r, &one, values(a[c])[i], bounds(a[c])[i]);
        bounds(out)[i] = accumulated(&r, &one, values(out)[i]);
    }
}

/* What is known of one row of the left operand or one column of the right one. */
typedef struct line {
    bool unbounded; /* something in it has no bound */
    bool infinite;  /* something in it is certainly not finite */
    bool exact;     /* all in it is exact */
    int lowest;     /* all values are multiples of 2^lowest; INT_MAX: all are zero */
} line;

/* The rows of m, or its columns. */
static line *lines_of(const sp_arithmetic *in, const sp_matrix *m, bool rows)
{
    const size_t count = rows ? m->rows : m->cols;
    line *lines = SP_NEW_ARRAY(in->pool, line, count);
    for (size_t i = 0; i < count; i++)
        lines[i] = (line){false, false, true, INT_MAX};
    for (size_t i = 0, x = 0; i < m->rows; i++)
        for (size_t j = 0; j < m->cols; j++, x++) {
            line *l = &lines[rows ? i : j];
            const double e = bounds(m)[x];
            const int lowest = sp_lowest_bit(values(m)[x]);
            l->unbounded |= !(e < SP_NO_BOUND);
            l->infinite |= isnan(e) != 0;
            l->exact &= e == 0;
            if (lowest < l->lowest)
                l->lowest = lowest;
        }
    return lines;
}

typedef struct product_bound {
    sp_rounding r;
    double n, gamma;     /* how many terms a sum has; gamma_n / u */
    line *row, *column;  /* of op(a), of op(b) */
    sp_matrix left, right; /* factors: 0 only where those of a and b are exactly 0 */
    size_t left_i, left_k, right_k, right_j; /* steps through them */
} product_bound;

/* Whether all terms of entry (i, j) have a factor that is exactly zero. */
static bool all_zero(const product_bound *p, size_t i, size_t j)
{
    const double *x = values(&p->left) + i * p->left_i, *y = values(&p->right) + j * p->right_j;
    for (size_t k = 0; k < (size_t)p->n; k++)
        if (x[k * p->left_k] != 0 && y[k * p->right_k] != 0)
            return false;
    return true;
}

/* The bound of entry (i, j) whose value is v, from g = sum over k of A eb + ea B + gamma A B as
 * computed. */
static double product_entry(const product_bound *p, size_t i, size_t j, double v, double g)
{
    const sp_rounding *r = &p->r;
    const line *row = &p->row[i], *column = &p->column[j];
    const double up = sum_up(p->n);
    if (row->infinite || column->infinite)
        return (double)NAN;
    if (row->unbounded || column->unbounded)
        return SP_NO_BOUND;
    if ((row->exact && row->lowest == INT_MAX) || (column->exact && column->lowest == INT_MAX))
        return sp_bound_settled(r, v, 0);
    if (row->exact && column->exact) {
        /* here g is gamma sum |a||b|: as for `accumulated`, all partial sums being multiples of
         * 2^lowest */
        const int lowest = row->lowest + column->lowest;
        const double magnitude = g * up + p->n * 0x1p-1073;
        if (lowest >= -1074 && magnitude < p->gamma * ldexp(1.0, lowest + r->bits))
            return sp_bound_settled(r, v, 0);
    }
    if (g < 0x1p-900 && all_zero(p, i, j))
        return sp_bound_settled(r, v, 0);
    if (p->n * r->u_max >= 0.5)
        return SP_NO_BOUND;
    return sp_bound_settled(r, v, g * up + p->n * SP_BOUND_FLOOR);
}

/* A matrix of binary64 like m with entry f in place of (v, e). */
static sp_matrix new_factor(const sp_arithmetic *in, const sp_matrix *m)
{
    return (sp_matrix){m->rows, m->cols, SP_NEW_ARRAY(in->pool, double, m->rows *m->cols), NULL};
}

static bool all_exact(const line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!lines[i].exact)
            return false;
    return true;
}

/* With A, B at least the magnitudes of all values that a and b may have: |fl(sum a' b') - sum a
 * b| <= sum (|a| eb + |b| ea + ea eb u) u + gamma_n sum |a'||b'| + n eta
 * <= (sum A (eb + gamma_n/u B) + sum ea B) u + n eta, two products of nonnegative matrices.
 * Their own rounding is covered by sum_up, whatever the order. */
static void product(const sp_arithmetic *in, sp_matrix *out, const sp_matrix *a, bool transpose_a,
                    const sp_matrix *b, bool transpose_b)
{
    const size_t inner = transpose_a ? a->rows : a->cols, count = out->rows * out->cols;
    product_bound p = {.r = sp_rounding_of_bits(in->bits),
                       .n = (double)inner,
                       .left_i = transpose_a ? 1 : a->cols,
                       .left_k = transpose_a ? a->cols : 1,
                       .right_k = transpose_b ? 1 : b->cols,
                       .right_j = transpose_b ? b->cols : 1};
    sp_number_binary64.product(in, out, a, transpose_a, b, transpose_b);
    if (inner == 0 || count == 0) {
        for (size_t i = 0; i < count; i++)
            bounds(out)[i] = 0;
        return;
    }
    p.gamma = gamma_over_u(&p.r, p.n);
    if (!(p.gamma < SP_NO_BOUND))
        p.gamma = p.n; /* no bound follows then, but zeros and exact sums are still seen */
    p.row = lines_of(in, a, !transpose_a);
    p.column = lines_of(in, b, transpose_b);
    p.left = new_factor(in, a);
    p.right = new_factor(in, b);
    for (size_t i = 0; i < a->rows * a->cols; i++)
        values(&p.left)[i] = sp_bound_magnitude(&p.r, values(a)[i], bounds(a)[i]);
    for (size_t i = 0; i < b->rows * b->cols; i++)
        values(&p.right)[i] =
            bounds(b)[i] + p.gamma * sp_bound_magnitude(&p.r, values(b)[i], bounds(b)[i]);
    sp_matrix g = bounds_of(out);
    sp_number_binary64.product(in, &g, &p.left, transpose_a, &p.right, transpose_b);
    if (!all_exact(p.row, out->rows)) {
        sp_matrix ea = bounds_of(a), B = new_factor(in, b), more = new_factor(in, out);
        for (size_t i = 0; i < b->rows * b->cols; i++)
            values(&B)[i] = sp_bound_magnitude(&p.r, values(b)[i], bounds(b)[i]);
        sp_number_binary64.product(in, &more, &ea, transpose_a, &B, transpose_b);
        for (size_t i = 0; i < count; i++)
            values(&g)[i] += values(&more)[i];
        sp_pool_free(in->pool, B.data);
        sp_pool_free(in->pool, more.data);
    }
    for (size_t i = 0, x = 0; i < out->rows; i++)
        for (size_t j = 0; j < out->cols; j++, x++)
            bounds(out)[x] = product_entry(&p, i, j, values(out)[x], bounds(out)[x]);
    sp_pool_free(in->pool, p.left.data);
    sp_pool_free(in->pool, p.right.data);
    sp_pool_free(in->pool, p.row);
    sp_pool_free(in->pool, p.column);
}

double sp_bound_radius(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j)
{
    (void)in;
    const double e = bounds(m)[i * m->cols + j];
    return isnan(e) ? SP_NO_BOUND : e;
}

bool sp_bound_never_finite(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j)
{
    (void)in;
    return isnan(bounds(m)[i * m->cols + j]);
}

double sp_bound_radius_of(const sp_arithmetic *in, const sp_matrix *m, size_t i, size_t j,
                          mpfr_srcptr value)
{
    return !mpfr_number_p(value) && sp_bound_never_finite(in, m, i, j)
               ? 0 : sp_bound_radius(in, m, i, j);
}

void sp_bound_set(const sp_arithmetic *in, sp_matrix *m, size_t i, size_t j, double value,
                  double radius)
{
    const sp_rounding r = sp_rounding_of_bits(in->bits);
    values(m)[i * m->cols + j] = value;
    bounds(m)[i * m->cols + j] = sp_bound_settled(&r, value, radius);
}

void sp_bound_difference(mpfr_t difference, mpfr_srcptr got, mpfr_srcptr want)
{
    if (mpfr_cmp(got, want) >= 0)
        mpfr_sub(difference, got, want, MPFR_RNDD);
    else
        mpfr_sub(difference, want, got, MPFR_RNDD);
}

void sp_bound_limit(mpfr_t limit, double radius_got, double radius_want, unsigned bits)
{
    mpfr_set_d(limit, radius_got, MPFR_RNDU);
    mpfr_add_d(limit, limit, radius_want, MPFR_RNDU);
    mpfr_mul_2si(limit, limit, -(long)bits, MPFR_RNDU);
}

const sp_number_system sp_number_bound = {
    SP_NUMBER_TEXTS(bound),
    .has_infinities = true,
    .entry_bytes = sizeof(double),
    .extra_bytes = sizeof(double),
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
