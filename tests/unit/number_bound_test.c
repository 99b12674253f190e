/* bound: no order of summation, precision, fusing or blocking gives a value beyond the bound.
 *
 * The programs below are written once over the interface of number systems. They run on `bound`,
 * on mpfr with so many bits that it stands for the exact value, and many times on number systems
 * that are made here: binary64 and mpfr with sums along random trees and products that are fused
 * or not as a coin falls. Every value of the latter must lie within the bound of the exact one,
 * compared with rational exactness. */
#include "number_chaos.h"

/* The programs. */

typedef struct data {
    const double *value;
    size_t rows, cols;
} data;

typedef struct program {
    const char *name;
    /* what it computes from its inputs */
    sp_matrix *(*run)(const sp_arithmetic *in, const data *input);
    size_t inputs;
    int range;     /* exponents of the inputs: from -range to range */
    bool unbounded; /* whether there may be entries of which nothing can be said */
    bool functions; /* whether the "exact" value is rounded, to EXACT_BITS */
} program;

/* Sums of products of doubles whose exponents lie within 1100 are exact with this many bits,
 * binary64's subnormal numbers included. */
enum { EXACT_BITS = 5000, CHAIN_BITS = 900 };

static sp_matrix *input_of(const sp_arithmetic *in, const data *d)
{
    return matrix_of(in, d->rows, d->cols, d->value);
}

static sp_matrix *with_number(const sp_arithmetic *in, sp_primitive f, const sp_matrix *a, double b)
{
    sp_matrix *out = result_matrix(in, a->rows, a->cols), *number = matrix_of(in, 1, 1, &b);
    in->system->binary(in, f, out, a, number);
    return out;
}

static sp_matrix *number_with(const sp_arithmetic *in, double a, sp_primitive f, const sp_matrix *b)
{
    sp_matrix *out = result_matrix(in, b->rows, b->cols), *number = matrix_of(in, 1, 1, &a);
    in->system->binary(in, f, out, number, b);
    return out;
}

static sp_matrix *both(const sp_arithmetic *in, sp_primitive f, const sp_matrix *a,
                       const sp_matrix *b)
{
    sp_matrix *out = result_matrix(in, a->rows, a->cols);
    in->system->binary(in, f, out, a, b);
    return out;
}

static sp_matrix *one(const sp_arithmetic *in, sp_primitive f, const sp_matrix *a)
{
    sp_matrix *out = result_matrix(in, a->rows, a->cols);
    in->system->unary(in, f, out, a);
    return out;
}

static sp_matrix *times(const sp_arithmetic *in, const sp_matrix *a, bool ta, const sp_matrix *b,
                        bool tb)
{
    sp_matrix *out = result_matrix(in, ta ? a->cols : a->rows, tb ? b->rows : b->cols);
    in->system->product(in, out, a, ta, b, tb);
    return out;
}

/* Inputs: a [n, k], b [k, m]; c [n, m]; d [1, m]. */
static sp_matrix *run_product(const sp_arithmetic *in, const data *input)
{
    return times(in, input_of(in, &input[0]), false, input_of(in, &input[1]), false);
}

static sp_matrix *run_transposed_product(const sp_arithmetic *in, const data *input)
{
    sp_matrix *a = input_of(in, &input[0]), *b = input_of(in, &input[1]);
    sp_matrix *at = result_matrix(in, a->cols, a->rows), *bt = result_matrix(in, b->cols, b->rows);
    in->system->transpose(in, at, a);
    in->system->transpose(in, bt, b);
    return times(in, at, true, bt, true);
}

static sp_matrix *run_sum(const sp_arithmetic *in, const data *input)
{
    sp_matrix *a = input_of(in, &input[0]), *out = result_matrix(in, 1, a->cols);
    in->system->sum(in, out, a, true);
    return out;
}

static sp_matrix *run_row_sum(const sp_arithmetic *in, const data *input)
{
    sp_matrix *a = input_of(in, &input[0]), *out = result_matrix(in, a->rows, 1);
    in->system->sum(in, out, a, false);
    return out;
}

static sp_matrix *run_total(const sp_arithmetic *in, const data *input)
{
    sp_matrix *c = input_of(in, &input[2]), *d = input_of(in, &input[3]);
    sp_matrix *wide = both(in, SP_PRIMITIVE_MUL, c, d);
    const sp_matrix *parts[] = {c, wide, c, both(in, SP_PRIMITIVE_SUB, c, d)};
    sp_matrix *out = result_matrix(in, c->rows, c->cols);
    in->system->total(in, out, parts, 4);
    return out;
}

/* Elementwise operations of inexact operands; the operands are products so that they have
 * bounds. */
static sp_matrix *run_elementwise(const sp_arithmetic *in, const data *input, sp_primitive f)
{
    sp_matrix *z = run_product(in, input), *c = input_of(in, &input[2]);
    return both(in, f, both(in, SP_PRIMITIVE_SUB, z, c), both(in, SP_PRIMITIVE_MUL, z, c));
}

static sp_matrix *run_add(const sp_arithmetic *in, const data *input)
{
    return run_elementwise(in, input, SP_PRIMITIVE_ADD);
}

static sp_matrix *run_mul(const sp_arithmetic *in, const data *input)
{
    return run_elementwise(in, input, SP_PRIMITIVE_MUL);
}

static sp_matrix *run_div(const sp_arithmetic *in, const data *input)
{
    return run_elementwise(in, input, SP_PRIMITIVE_DIV);
}

static sp_matrix *run_max(const sp_arithmetic *in, const data *input)
{
    return run_elementwise(in, input, SP_PRIMITIVE_MAX);
}

static sp_matrix *run_cancel(const sp_arithmetic *in, const data *input)
{
    sp_matrix *z = run_product(in, input);
    return both(in, SP_PRIMITIVE_SUB, both(in, SP_PRIMITIVE_ADD, z, input_of(in, &input[2])), z);
}

/* f(z) for z = a @ b and for exact arguments. */
static sp_matrix *run_function(const sp_arithmetic *in, const data *input, sp_primitive f)
{
    sp_matrix *z = one(in, f, run_product(in, input));
    return both(in, SP_PRIMITIVE_ADD, z, one(in, f, input_of(in, &input[2])));
}

static sp_matrix *run_exp(const sp_arithmetic *in, const data *input)
{
    return run_function(in, input, SP_PRIMITIVE_EXP);
}

static sp_matrix *run_log(const sp_arithmetic *in, const data *input)
{
    sp_matrix *z = run_product(in, input);
    return one(in, SP_PRIMITIVE_LOG, both(in, SP_PRIMITIVE_MUL, z, z));
}

static sp_matrix *run_tanh(const sp_arithmetic *in, const data *input)
{
    return run_function(in, input, SP_PRIMITIVE_TANH);
}

static sp_matrix *run_erf(const sp_arithmetic *in, const data *input)
{
    return run_function(in, input, SP_PRIMITIVE_ERF);
}

static sp_matrix *run_sqrt(const sp_arithmetic *in, const data *input)
{
    sp_matrix *z = run_product(in, input);
    return one(in, SP_PRIMITIVE_SQRT, both(in, SP_PRIMITIVE_MUL, z, z));
}

/* f(z) where z is known 2^20 times worse than its last bit: what counts is how f passes errors
 * on. */
static sp_matrix *run_rough(const sp_arithmetic *in, const data *input, sp_primitive f)
{
    sp_matrix *z = with_number(in, SP_PRIMITIVE_ADD, input_of(in, &input[2]), 0x1p20 / 3);
    sp_matrix *w = with_number(in, SP_PRIMITIVE_ADD, input_of(in, &input[3]), 0x1p20 / 3);
    z = both(in, SP_PRIMITIVE_SUB, z, w);
    if (f == SP_PRIMITIVE_LOG || f == SP_PRIMITIVE_SQRT)
        z = both(in, SP_PRIMITIVE_MUL, z, z);
    return one(in, f, z);
}

static sp_matrix *run_rough_exp(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_EXP);
}

static sp_matrix *run_rough_log(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_LOG);
}

static sp_matrix *run_rough_tanh(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_TANH);
}

static sp_matrix *run_rough_erf(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_ERF);
}

static sp_matrix *run_erf_prime(const sp_arithmetic *in, const data *input)
{
    return run_function(in, input, SP_PRIMITIVE_ERF_PRIME);
}

static sp_matrix *run_rough_erf_prime(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_ERF_PRIME);
}

static sp_matrix *run_rough_sqrt(const sp_arithmetic *in, const data *input)
{
    return run_rough(in, input, SP_PRIMITIVE_SQRT);
}

static sp_matrix *run_step(const sp_arithmetic *in, const data *input)
{
    return one(in, SP_PRIMITIVE_STEP, run_product(in, input));
}

/* z * (1 + erf(z / sqrt(2))) / 2 */
static sp_matrix *gelu(const sp_arithmetic *in, const sp_matrix *z)
{
    const double two = 2;
    sp_matrix *root = one(in, SP_PRIMITIVE_SQRT, matrix_of(in, 1, 1, &two));
    sp_matrix *e = one(in, SP_PRIMITIVE_ERF, both(in, SP_PRIMITIVE_DIV, z, root));
    sp_matrix *p = both(in, SP_PRIMITIVE_MUL, z, number_with(in, 1, SP_PRIMITIVE_ADD, e));
    return with_number(in, SP_PRIMITIVE_DIV, p, 2);
}

/* 1 / (1 + exp(-z)) */
static sp_matrix *sigmoid(const sp_arithmetic *in, const sp_matrix *z)
{
    sp_matrix *e = one(in, SP_PRIMITIVE_EXP, one(in, SP_PRIMITIVE_NEG, z));
    return number_with(in, 1, SP_PRIMITIVE_DIV, number_with(in, 1, SP_PRIMITIVE_ADD, e));
}

/* A network and its delta rule, the reductions in pieces: dW1 = X^T ((D2 W2^T) * step(Z1)), X =
 * a, W1 = b, A1 by the activation, W2 made of b^T, D2 = A2 - (a stretched). */
static sp_matrix *run_network(const sp_arithmetic *in, const data *input,
                              sp_matrix *(*activation)(const sp_arithmetic *, const sp_matrix *))
{
    sp_matrix *x = input_of(in, &input[0]), *w1 = input_of(in, &input[1]);
    sp_matrix *z1 = both(in, SP_PRIMITIVE_ADD, times(in, x, false, w1, false),
                         input_of(in, &input[3]));
    sp_matrix *a1 = activation(in, z1);
    /* z2 = a1 @ w1^T as a total of two halves of the inner index, plus an all-zero rank */
    const size_t h = w1->cols, half = h / 2;
    size_t *index = SP_NEW_ARRAY(in->pool, size_t, h + 1);
    for (size_t i = 0; i < h; i++)
        index[i] = i;
    sp_matrix *part[3];
    for (size_t p = 0; p < 2; p++) {
        const size_t from = p ? half : 0, length = p ? h - half : half;
        sp_matrix *ap = sp_matrix_create(in, a1->rows, length);
        sp_matrix *wp = sp_matrix_create(in, w1->rows, length);
        in->system->copy(in, ap, NULL, NULL, a1, NULL, index + from, a1->rows, length);
        in->system->copy(in, wp, NULL, NULL, w1, NULL, index + from, w1->rows, length);
        part[p] = times(in, ap, false, wp, true);
    }
    part[2] = sp_matrix_create(in, x->rows, x->cols);
    sp_matrix *z2 = result_matrix(in, x->rows, x->cols);
    in->system->total(in, z2, (const sp_matrix *const[]){part[0], part[1], part[2]}, 3);
    sp_matrix *d2 = both(in, SP_PRIMITIVE_SUB, one(in, SP_PRIMITIVE_TANH, z2), x);
    sp_matrix *d1 = both(in, SP_PRIMITIVE_MUL, times(in, d2, false, w1, false),
                         one(in, SP_PRIMITIVE_STEP, z1));
    return times(in, x, true, d1, false);
}

static sp_matrix *run_gelu_network(const sp_arithmetic *in, const data *input)
{
    return run_network(in, input, gelu);
}

static sp_matrix *run_sigmoid_network(const sp_arithmetic *in, const data *input)
{
    return run_network(in, input, sigmoid);
}

static sp_matrix *relu(const sp_arithmetic *in, const sp_matrix *z)
{
    return with_number(in, SP_PRIMITIVE_MAX, z, 0);
}

static sp_matrix *run_relu_network(const sp_arithmetic *in, const data *input)
{
    return run_network(in, input, relu);
}

static const program programs[] = {
    {"product", run_product, 2, 8, false, false},
    {"wild product", run_product, 2, 300, false, false},
    {"subnormal product", run_product, 2, 540, true, false},
    {"transposed product", run_transposed_product, 2, 8, false, false},
    {"sum", run_sum, 1, 30, false, false},
    {"subnormal sum", run_sum, 1, 1060, true, false},
    {"sum of rows", run_row_sum, 1, 30, false, false},
    {"total", run_total, 4, 8, false, false},
    {"wild total", run_total, 4, 500, true, false},
    {"add", run_add, 3, 4, false, false},
    {"cancellation", run_cancel, 3, 4, false, false},
    {"mul", run_mul, 3, 4, false, false},
    {"wild mul", run_mul, 3, 260, true, false},
    {"div", run_div, 3, 4, true, true},
    {"wild div", run_div, 3, 200, true, true},
    {"max", run_max, 3, 4, false, false},
    {"exp", run_exp, 3, 2, false, true},
    {"wild exp", run_exp, 3, 6, true, true},
    {"log", run_log, 3, 4, true, true},
    {"tanh", run_tanh, 3, 2, false, true},
    {"wild tanh", run_tanh, 3, 300, true, true},
    {"erf", run_erf, 3, 2, false, true},
    {"wild erf", run_erf, 3, 300, true, true},
    {"sqrt", run_sqrt, 3, 4, true, true},
    {"rough exp", run_rough_exp, 4, 2, true, true},
    {"rough log", run_rough_log, 4, 2, true, true},
    {"rough tanh", run_rough_tanh, 4, 2, true, true},
    {"rough erf", run_rough_erf, 4, 2, true, true},
    {"erf'", run_erf_prime, 3, 2, false, true},
    {"wild erf'", run_erf_prime, 3, 300, true, true},
    {"rough erf'", run_rough_erf_prime, 4, 2, true, true},
    {"rough sqrt", run_rough_sqrt, 4, 2, true, true},
    {"step", run_step, 2, 4, true, false},
    {"gelu network", run_gelu_network, 4, 1, true, true},
    {"sigmoid network", run_sigmoid_network, 4, 1, true, true},
    {"relu network", run_relu_network, 4, 1, true, true},
};
enum { PROGRAMS = sizeof programs / sizeof *programs };

/* How wide the bounds are: the largest error seen, as a share of its bound. */
typedef struct usage {
    double largest;
    size_t entries, infinite, zero;
} usage;

/* |v' - x| <= e u; x has an error of at most 2^-(CHAIN_BITS - 100) of itself where functions are
 * used. */
static void check_entry(const program *p, usage *used, mpfr_srcptr x, mpfr_srcptr v, double e,
                        unsigned bits)
{
    mpfr_t difference, limit, slack;
    mpfr_inits2(EXACT_BITS + 3000, difference, limit, slack, (mpfr_ptr)NULL);
    used->entries++;
    if (e == (double)INFINITY) {
        used->infinite++;
        assert_true(p->unbounded);
    } else {
        assert_true(mpfr_number_p(x) && mpfr_number_p(v));
        mpfr_sub(difference, v, x, MPFR_RNDA);
        mpfr_abs(difference, difference, MPFR_RNDN);
        mpfr_set_d(limit, e, MPFR_RNDN);
        mpfr_mul_2si(limit, limit, -(long)bits, MPFR_RNDN);
        if (p->functions && e > 0) {
            mpfr_mul_2si(slack, x, -(CHAIN_BITS - 100), MPFR_RNDA);
            mpfr_abs(slack, slack, MPFR_RNDN);
            mpfr_sub(difference, difference, slack, MPFR_RNDD);
        }
        if (!mpfr_lessequal_p(difference, limit)) {
            mpfr_printf("%s: x = %.20Rg, v = %.20Rg, e = %g at %u bits, error %.5Rg over %.5Rg\n",
                        p->name, x, v, e, bits, difference, limit);
            fail();
        }
        if (e == 0)
            used->zero++;
        else {
            mpfr_div(difference, difference, limit, MPFR_RNDN);
            const double share = mpfr_get_d(difference, MPFR_RNDN);
            if (share > used->largest)
                used->largest = share;
        }
    }
    mpfr_clears(difference, limit, slack, (mpfr_ptr)NULL);
}

static void random_inputs(sp_pool *pool, data input[4], int range)
{
    const size_t n = 1 + random_below(4), m = 1 + random_below(4);
    const size_t inner = random_below(4) ? 1 + random_below(8) : 1 + random_below(60);
    const size_t rows[4] = {n, inner, n, 1}, cols[4] = {inner, m, m, m};
    const size_t kind = random_below(4);
    for (size_t i = 0; i < 4; i++) {
        const size_t count = rows[i] * cols[i];
        double *value = SP_NEW_ARRAY(pool, double, count);
        for (size_t k = 0; k < count; k++) {
            value[k] = kind == 0 ? (double)((long)random_below(15) - 7) : random_wild(range);
            if (kind == 1 && k > 0 && random_below(2)) /* cancellation */
                value[k] = -value[k - 1] * (1 + 0x1p-50 * (double)random_below(4));
            if (kind == 2) /* all of them small: at 540 their products underflow */
                value[k] = ldexp(random_unit(), (int)random_below(8) - range);
        }
        input[i] = (data){value, rows[i], cols[i]};
    }
}

typedef struct way {
    const char *base;
    unsigned bits, bound_bits; /* of the computation, of the run of `bound` */
} way;

/* Broken by: any formula of bound.c or bound_entry.c that forgets a term: the rounding of a
 * product, an error of the second operand, gamma with n - 1, no inflation, an exactness test
 * that takes rounded sums for exact. */
static void no_computation_is_beyond_the_bound(void **state)
{
    (void)state;
    static const way ways[] = {{"binary64", 53, 53}, {"mpfr", 53, 53},   {"mpfr", 100, 100},
                               {"mpfr", 256, 256},   {"mpfr", 24, 24},   {"binary64", 53, 256},
                               {"mpfr", 60, 24},     {"binary64", 53, 24}, {"mpfr", 30, 30}};
    const sp_number_system chaos[2] = {chaotic(sp_number_system_find("binary64")),
                                       chaotic(sp_number_system_find("mpfr"))};
    random_state = 12;
    for (size_t p = 0; p < PROGRAMS; p++) {
        const program *tested = &programs[p];
        usage used = {0, 0, 0, 0};
        for (int round = 0; round < 60; round++) {
            sp_pool *pool = open_pool();
            data input[4];
            random_inputs(pool, input, tested->range);
            const unsigned exact_bits = tested->functions ? CHAIN_BITS : EXACT_BITS;
            const sp_arithmetic exact = arithmetic_in(pool, "mpfr", exact_bits);
            const sp_matrix *x = tested->run(&exact, input);
            const way *w = &ways[round % (int)(sizeof ways / sizeof *ways)];
            sp_arithmetic bounded = arithmetic_in(pool, "bound", w->bound_bits);
            bounded.deterministic = random_below(2);
            const sp_matrix *b = tested->run(&bounded, input);
            sp_arithmetic real = arithmetic_in(pool, w->base, w->bits);
            for (int again = 0; again < 4; again++) {
                in_doubles = strcmp(w->base, "binary64") == 0;
                if (again > 0)
                    real.system = &chaos[!in_doubles];
                const sp_matrix *v = tested->run(&real, input);
                mpfr_t xi, vi;
                mpfr_init2(xi, exact_bits);
                mpfr_init2(vi, w->bits);
                for (size_t i = 0; i < v->rows; i++)
                    for (size_t j = 0; j < v->cols; j++) {
                        exact.system->get(&exact, x, i, j, xi);
                        real.system->get(&real, v, i, j, vi);
                        const double e = sp_bound_radius(&bounded, b, i, j);
                        check_entry(tested, &used, xi, vi, e, w->bits);
                        if (again == 0 && w->bits == 53) { /* and bound's own value */
                            bounded.system->get(&bounded, b, i, j, vi);
                            check_entry(tested, &used, xi, vi, e, 53);
                        }
                    }
                mpfr_clears(xi, vi, (mpfr_ptr)NULL);
            }
            sp_pool_close(pool);
        }
        print_message("%-20s up to %.3f of the bound; %zu entries, %zu exact, %zu unbounded\n",
                      tested->name, used.largest, used.entries, used.zero, used.infinite);
        assert_true(used.largest <= 1);
        assert_true(used.infinite * 2 < used.entries);
        /* not uselessly wide: some error seen is at least a hundredth of what was allowed */
        assert_true(used.largest >= 0.01 || tested->run == run_step);
    }
}

static double radius_of(const sp_arithmetic *in, const sp_matrix *m)
{
    return sp_bound_radius(in, m, 0, 0);
}

static sp_matrix *scalar(const sp_arithmetic *in, double value)
{
    return matrix_of(in, 1, 1, &value);
}

/* n u sum |a||b| and little more for exact operands, never less than the rounding of one
 * product. */
static void product_bound_is_gamma_n(void **state)
{
    (void)state;
    random_state = 13;
    static const size_t inner[] = {1, 2, 3, 10, 100, 1000};
    for (size_t s = 0; s < sizeof inner / sizeof *inner; s++) {
        sp_pool *pool = open_pool();
        const sp_arithmetic in = arithmetic_in(pool, "bound", 256);
        double *x = SP_NEW_ARRAY(pool, double, inner[s]), *y = SP_NEW_ARRAY(pool, double, inner[s]);
        double magnitude = 0;
        for (size_t k = 0; k < inner[s]; k++) {
            x[k] = random_unit() / 3; /* more bits than sums of few could hold exactly */
            y[k] = random_unit();
            magnitude += fabs(x[k] * y[k]);
        }
        sp_matrix *a = matrix_of(&in, 1, inner[s], x), *b = matrix_of(&in, inner[s], 1, y);
        const double n = (double)inner[s], e = radius_of(&in, times(&in, a, false, b, false));
        assert_true(e >= n * magnitude * (1 - 1e-10) && e <= n * magnitude * (1 + 1e-10));
        sp_matrix *sum = result_matrix(&in, 1, 1);
        in.system->sum(&in, sum, a, false);
        magnitude = 0;
        for (size_t k = 0; k < inner[s]; k++)
            magnitude += fabs(x[k]);
        const double f = radius_of(&in, sum), want = (n - 1) * magnitude;
        assert_true(f >= want * (1 - 1e-10) && f <= want * (1 + 1e-10));
        sp_pool_close(pool);
    }
}

/* Broken by: a bound that treats integers like other numbers, or takes 2^53 + 1 for one that
 * fits. */
static void integers_are_exact(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    for (int few = 0; few < 2; few++) {
        const sp_arithmetic in = arithmetic_in(pool, "bound", few ? 24 : 256);
        const double top = few ? 0x1p24 : 0x1p53, half = top / 2;
        sp_matrix *sum = result_matrix(&in, 1, 1);
        /* (half - 1) + half = top - 1 in any order; half + half + 1 is one past */
        const double below[] = {half - 1, half}, past[] = {half, half, 1};
        in.system->sum(&in, sum, matrix_of(&in, 1, 2, below), false);
        assert_same_double(radius_of(&in, sum), 0);
        in.system->sum(&in, sum, matrix_of(&in, 1, 3, past), false);
        assert_true(radius_of(&in, sum) > 0);
        /* the same as products, and scaled by powers of two that neither under- nor overflow */
        const double big = ldexp(1.0, few ? 11 : 26), odd[] = {big - 1, 3, 1}, same[] = {big, 5, 1};
        sp_matrix *a = matrix_of(&in, 1, 3, odd), *b = matrix_of(&in, 3, 1, same);
        assert_same_double(radius_of(&in, times(&in, a, false, b, false)), 0);
        const double scaled[] = {0x1p-500 * (big - 1), 0x3p-500, 0x1p-500};
        sp_matrix *c = matrix_of(&in, 1, 3, scaled);
        assert_same_double(radius_of(&in, times(&in, c, false, b, false)), 0);
        const double tiny[] = {0x1p-540 * 5, 0x1p-580 * 5, 0};
        sp_matrix *d = matrix_of(&in, 3, 1, tiny);
        assert_true(radius_of(&in, times(&in, c, false, d, false)) > 0);
        const double few_bits[] = {0x5p-580, 0x3p-580, 0}; /* fit the precision but underflow */
        d = matrix_of(&in, 3, 1, few_bits);
        assert_true(radius_of(&in, times(&in, c, false, d, false)) > 0);
        const double many[] = {top, 1, 0}, ones[] = {1, 1, 1};
        a = matrix_of(&in, 1, 3, many);
        b = matrix_of(&in, 3, 1, ones);
        assert_true(radius_of(&in, times(&in, a, false, b, false)) > 0);
        /* elementwise */
        sp_matrix *three = scalar(&in, 3), *five = scalar(&in, 5), *most = scalar(&in, top - 1);
        assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_MUL, three, five)), 0);
        assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_ADD, three, five)), 0);
        assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_DIV, scalar(&in, 15), five)), 0);
        assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_SQRT, scalar(&in, 49))), 0);
        assert_true(radius_of(&in, both(&in, SP_PRIMITIVE_ADD, most, scalar(&in, 2))) > 0);
        assert_true(radius_of(&in, both(&in, SP_PRIMITIVE_MUL, most, five)) > 0);
        assert_true(radius_of(&in, both(&in, SP_PRIMITIVE_DIV, five, three)) > 0);
        assert_true(radius_of(&in, one(&in, SP_PRIMITIVE_SQRT, three)) > 0);
    }
    sp_pool_close(pool);
}

/* A double that has more bits than the precision is rounded when it is set. */
static void inputs_of_few_bits_are_rounded(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic few = arithmetic_in(pool, "bound", 24);
    const sp_arithmetic all = arithmetic_in(pool, "bound", 53);
    assert_same_double(radius_of(&few, scalar(&few, 0.1)), 0.1);
    assert_same_double(radius_of(&few, scalar(&few, 0.75)), 0);
    assert_same_double(radius_of(&all, scalar(&all, 0.1)), 0);
    assert_same_double(radius_of(&all, scalar(&all, (double)NAN)), (double)INFINITY);
    assert_same_double(radius_of(&all, scalar(&all, (double)INFINITY)), (double)INFINITY);
    assert_same_double(radius_of(&all, scalar(&all, -(double)INFINITY)), 0); /* the maximum of nothing */
    sp_pool_close(pool);
}

/* Zeros, powers of two and certain signs round nothing; an uncertain sign has no bound. */
static void exact_cases_of_inexact_numbers(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic in = arithmetic_in(pool, "bound", 128);
    sp_matrix *third = both(&in, SP_PRIMITIVE_DIV, scalar(&in, 1), scalar(&in, 3));
    sp_matrix *zero = scalar(&in, 0), *unsure = both(&in, SP_PRIMITIVE_SUB, third, third);
    const double e = radius_of(&in, third);
    assert_true(e > 0 && e < 0.34);
    assert_same_double(entry_of(&in, unsure, 0, 0), 0);
    assert_true(radius_of(&in, unsure) >= 2 * e);
    static const sp_primitive keep[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MAX};
    for (size_t i = 0; i < 3; i++)
        assert_same_double(radius_of(&in, both(&in, keep[i], third, zero)), e);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_NEG, third)), e);
    assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_MUL, third, zero)), 0);
    assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_MUL, scalar(&in, -1), third)), e);
    sp_matrix *sixth = both(&in, SP_PRIMITIVE_DIV, third, scalar(&in, 2));
    assert_true(radius_of(&in, sixth) <= e * 0.5000001);
    sp_matrix *dead = both(&in, SP_PRIMITIVE_MAX, one(&in, SP_PRIMITIVE_NEG, third), zero);
    assert_same_double(entry_of(&in, dead, 0, 0), 0);
    assert_same_double(radius_of(&in, dead), 0);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_STEP, third)), 0);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_STEP, zero)), 0);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_STEP, dead)), 0);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_STEP, unsure)), (double)INFINITY);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_LOG, unsure)), (double)INFINITY);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_SQRT, unsure)), (double)INFINITY);
    assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_DIV, third, unsure)),
                       (double)INFINITY);
    /* no bound stays no bound, even times 0 */
    sp_matrix *none = one(&in, SP_PRIMITIVE_STEP, unsure);
    assert_same_double(radius_of(&in, both(&in, SP_PRIMITIVE_MUL, none, zero)), (double)INFINITY);
    assert_same_double(radius_of(&in, times(&in, none, false, zero, false)), (double)INFINITY);
    assert_same_double(radius_of(&in, times(&in, zero, false, none, false)), (double)INFINITY);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_TANH, none)), (double)INFINITY);
    /* an all-reduce of one value and zeros, a row of zeros in a product */
    const sp_matrix *parts[] = {zero, third, zero};
    sp_matrix *out = result_matrix(&in, 1, 1);
    in.system->total(&in, out, parts, 3);
    assert_same_double(radius_of(&in, out), e);
    assert_same_double(radius_of(&in, times(&in, third, false, zero, false)), 0);
    sp_matrix *rows = result_matrix(&in, 2, 1), *across = result_matrix(&in, 1, 2);
    const size_t second = 1;
    in.system->set(&in, rows, 0, 0, 0); /* (0, 1/3) times (1/3, 0): both lines have bounds */
    in.system->copy(&in, rows, &second, NULL, third, NULL, NULL, 1, 1);
    in.system->set(&in, across, 0, 1, 0);
    in.system->copy(&in, across, NULL, NULL, third, NULL, NULL, 1, 1);
    assert_same_double(radius_of(&in, times(&in, across, false, rows, false)), 0);
    sp_pool_close(pool);
}

static bool never_finite(const sp_arithmetic *in, const sp_matrix *m)
{
    assert_same_double(radius_of(in, m), (double)INFINITY); /* as for all that is not finite */
    return sp_bound_never_finite(in, m, 0, 0);
}

/* Broken by: an overflow or a divisor within rounding of 0 that counts as certain, a division by an exact
 * zero that is forgotten in a sum, 1/inf = 0 and the like taken for NaN. */
static void only_what_has_no_value_is_certain_not_to_be_finite(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic in = arithmetic_in(pool, "bound", 128);
    sp_matrix *zero = scalar(&in, 0), *one_third = both(&in, SP_PRIMITIVE_DIV, scalar(&in, 1),
                                                        scalar(&in, 3));
    sp_matrix *unsure = both(&in, SP_PRIMITIVE_SUB, one_third, one_third);
    sp_matrix *huge = scalar(&in, 1e308), *infinite = both(&in, SP_PRIMITIVE_DIV, huge, zero);
    assert_true(never_finite(&in, infinite));
    assert_true(never_finite(&in, both(&in, SP_PRIMITIVE_DIV, zero, zero)));
    assert_true(never_finite(&in, both(&in, SP_PRIMITIVE_DIV, unsure, zero)));
    assert_false(never_finite(&in, both(&in, SP_PRIMITIVE_DIV, one_third, unsure)));
    assert_true(never_finite(&in, one(&in, SP_PRIMITIVE_LOG, zero)));
    static const sp_primitive roots[] = {SP_PRIMITIVE_LOG, SP_PRIMITIVE_SQRT};
    for (size_t i = 0; i < 2; i++) {
        assert_true(never_finite(&in, one(&in, roots[i], one(&in, SP_PRIMITIVE_NEG, one_third))));
        assert_false(never_finite(&in, one(&in, roots[i], unsure)));
    }
    sp_matrix *overflow = both(&in, SP_PRIMITIVE_ADD, huge, huge);
    assert_false(never_finite(&in, overflow));
    assert_false(never_finite(&in, both(&in, SP_PRIMITIVE_MUL, huge, huge)));
    assert_false(never_finite(&in, both(&in, SP_PRIMITIVE_SUB, overflow, overflow)));
    assert_false(never_finite(&in, scalar(&in, (double)NAN)));
    /* what keeps it */
    static const sp_primitive keep[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MUL};
    for (size_t i = 0; i < 3; i++) {
        assert_true(never_finite(&in, both(&in, keep[i], infinite, zero)));
        assert_true(never_finite(&in, both(&in, keep[i], overflow, infinite)));
    }
    assert_true(never_finite(&in, both(&in, SP_PRIMITIVE_DIV, infinite, overflow)));
    assert_true(never_finite(&in, one(&in, SP_PRIMITIVE_NEG, infinite)));
    assert_true(never_finite(&in, times(&in, zero, false, infinite, false)));
    assert_true(never_finite(&in, times(&in, infinite, false, one_third, false)));
    assert_false(never_finite(&in, times(&in, overflow, false, one_third, false)));
    const sp_matrix *parts[] = {zero, infinite, one_third};
    sp_matrix *out = result_matrix(&in, 1, 1);
    in.system->total(&in, out, parts, 3);
    assert_true(never_finite(&in, out));
    in.system->sum(&in, out, infinite, true);
    assert_true(never_finite(&in, out));
    /* what may lose it */
    assert_false(never_finite(&in, both(&in, SP_PRIMITIVE_DIV, one_third, infinite)));
    assert_false(never_finite(&in, both(&in, SP_PRIMITIVE_MAX, infinite, zero)));
    assert_false(never_finite(&in, one(&in, SP_PRIMITIVE_EXP, infinite)));
    assert_false(never_finite(&in, one(&in, SP_PRIMITIVE_STEP, infinite)));
    assert_false(never_finite(&in, one(&in, SP_PRIMITIVE_TANH, infinite)));
    sp_pool_close(pool);
}

/* In one order 1e308 + 1e308 - 1e308 is 1e308, in another infinite: nothing can be said. */
static void an_order_that_overflows_has_no_bound(void **state)
{
    (void)state;
    sp_pool *pool = open_pool();
    const sp_arithmetic in = arithmetic_in(pool, "bound", 53);
    const double value[] = {1e308, -1e308, 1.5e308}, ones[] = {1, 1, 1};
    sp_matrix *a = matrix_of(&in, 1, 3, value), *b = matrix_of(&in, 3, 1, ones);
    sp_matrix *out = result_matrix(&in, 1, 1);
    in.system->sum(&in, out, a, false);
    assert_same_double(entry_of(&in, out, 0, 0), 1.5e308);
    assert_same_double(radius_of(&in, out), (double)INFINITY);
    assert_same_double(radius_of(&in, times(&in, a, false, b, false)), (double)INFINITY);
    const sp_matrix *parts[3];
    for (size_t i = 0; i < 3; i++)
        parts[i] = scalar(&in, value[i]);
    in.system->total(&in, out, parts, 3);
    assert_same_double(radius_of(&in, out), (double)INFINITY);
    assert_same_double(radius_of(&in, one(&in, SP_PRIMITIVE_EXP, scalar(&in, 710))),
                       (double)INFINITY);
    sp_pool_close(pool);
}

/* Broken by: a limit rounded down, a difference rounded up, a sign lost. */
static void differences_and_limits(void **state)
{
    (void)state;
    mpfr_t a, b, difference, limit;
    mpfr_inits2(256, a, b, (mpfr_ptr)NULL);
    mpfr_inits2(20, difference, limit, (mpfr_ptr)NULL);
    mpfr_set_d(a, 1, MPFR_RNDN);
    mpfr_set_d(b, 1, MPFR_RNDN);
    mpfr_nextabove(b); /* 2^-255 more */
    for (int i = 0; i < 2; i++) {
        sp_bound_difference(difference, i ? a : b, i ? b : a);
        assert_int_equal(mpfr_cmp_ui_2exp(difference, 1, -255), 0);
    }
    sp_bound_limit(limit, 1, 1, 256); /* 2 units of 2^-256 */
    assert_true(mpfr_lessequal_p(difference, limit));
    sp_bound_limit(limit, 1, 0.99, 256);
    assert_false(mpfr_lessequal_p(difference, limit));
    mpfr_set_d(a, 3, MPFR_RNDN); /* |3 - (1 + 2^-255)| does not fit 20 bits */
    sp_bound_difference(difference, a, b);
    assert_true(mpfr_cmp_ui(difference, 2) < 0);
    sp_bound_limit(limit, 1, 0x1p-40, 53);
    assert_true(mpfr_cmp_ui_2exp(limit, 1, -53) > 0);
    sp_bound_limit(limit, (double)INFINITY, 0, 53);
    assert_true(mpfr_lessequal_p(difference, limit));
    mpfr_set_nan(a);
    sp_bound_difference(difference, a, b);
    assert_false(mpfr_lessequal_p(difference, limit));
    sp_bound_difference(difference, b, a);
    assert_false(mpfr_lessequal_p(difference, limit));
    mpfr_set_inf(a, 1);
    sp_bound_difference(difference, a, a);
    assert_true(mpfr_nan_p(difference));
    mpfr_set_inf(b, -1);
    sp_bound_difference(difference, b, a);
    assert_true(mpfr_inf_p(difference) && mpfr_sgn(difference) > 0);
    mpfr_clears(a, b, difference, limit, (mpfr_ptr)NULL);
}

static int free_caches(void **state)
{
    (void)state;
    mpfr_free_cache();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_computation_is_beyond_the_bound),
        cmocka_unit_test(product_bound_is_gamma_n),
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(inputs_of_few_bits_are_rounded),
        cmocka_unit_test(exact_cases_of_inexact_numbers),
        cmocka_unit_test(only_what_has_no_value_is_certain_not_to_be_finite),
        cmocka_unit_test(an_order_that_overflows_has_no_bound),
        cmocka_unit_test(differences_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
