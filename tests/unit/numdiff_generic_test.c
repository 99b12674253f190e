/* numdiff: finite differences of any network, against its delta rule in many more bits, and against the fast path that
 * mlp has. */
#include <stdio.h> /* before mpfr.h */

#include "failing.h"
#include "lang/builtin.h"
#include "lang/mlp.h"
#include "numdiff/generic.h"
#include "rule/network.h"
#include "spmd/interpret.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BITS = 700, NETWORKS = 15 }; /* of the delta rule as it is computed here: its own rounding does not count */

static size_t stride = 1; /* each so many-th network, and less of each: an argument, for valgrind */

static int open_pool(void **state)
{
    sp_pool *pool = NULL;
    gsl_set_error_handler_off();
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        return 1;
    *state = pool;
    return 0;
}

static int close_pool(void **state)
{
    sp_pool_close(*state);
    mpfr_free_cache();
    return 0;
}

/* ---- cases ---- */

/* Sizes that differ, functions by their number of arguments. */
static sp_case case_of(sp_pool *pool, const sp_signature *of, const char *activation, const char *loss)
{
    static const size_t sizes[] = {2, 3, 4};
    sp_case c = {.program = of->rule, .seed = 5, .scale = 1, .range = 2};
    for (size_t d = 0; d < of->dims; d++)
        c.dim[d] = sizes[d % 3];
    for (size_t f = 0; f < of->functions; f++)
        c.function[f].name = of->function[f].arguments == 2 ? loss : activation;
    c.given = SP_NEW_ARRAY(pool, sp_tensor_data, of->tensors);
    return c;
}

static const sp_signature *builtin(sp_pool *pool, size_t i)
{
    const sp_signature *of = sp_net_builtin(pool, sp_builtin_network_table[i].name);
    assert_non_null(of);
    assert_non_null(of->loss);
    return of;
}

static const sp_signature *of_text(sp_pool *pool, const char *text)
{
    sp_diagnostics none = {.pool = pool};
    const sp_source *source = sp_source_from(pool, "t", text, strlen(text), &none);
    sp_network_program **network;
    assert_int_equal(sp_networks_load(pool, source, &network, &none), 1);
    assert_int_equal(none.errors, 0);
    return sp_net_signature(pool, network[0], &none);
}

/* ---- the delta rule ---- */

typedef struct seen {
    size_t judged, kinks, unusable, outside;
    double widest; /* bar, relative to the largest slope of its tensor or to 1 */
} seen;

static void get_slope(const sp_numdiff *d, size_t tensor, size_t entry, mpfr_t slope, mpfr_t error)
{
    const sp_numdiff_tensor *t = &d->tensor[tensor];
    if (d->mpfr) {
        mpfr_set(slope, t->slope[entry], MPFR_RNDN);
        mpfr_set(error, t->error[entry], MPFR_RNDN);
    } else {
        mpfr_set_d(slope, t->slope_binary64[entry], MPFR_RNDN);
        mpfr_set_d(error, t->error_binary64[entry], MPFR_RNDN);
    }
}

static void compare_tensor(const sp_numdiff *d, const sp_arithmetic *in, size_t tensor, const sp_matrix *want,
                           double falsify, seen *s)
{
    const sp_numdiff_tensor *t = &d->tensor[tensor];
    mpfr_t slope, error, value;
    mpfr_inits2(BITS, slope, error, value, (mpfr_ptr)0);
    assert_int_equal(want->rows * want->cols, t->rows * t->cols);
    double largest = 1, bar = 0;
    for (size_t e = 0; e < t->rows * t->cols; e++) {
        s->kinks += t->state[e] == SP_NUMDIFF_KINK;
        s->unusable += t->state[e] == SP_NUMDIFF_UNUSABLE;
        if (t->state[e] != SP_NUMDIFF_JUDGED)
            continue;
        s->judged++;
        get_slope(d, tensor, e, slope, error);
        in->system->get(in, want, e / t->cols, e % t->cols, value);
        largest = fmax(largest, fabs(mpfr_get_d(value, MPFR_RNDN)));
        bar = fmax(bar, mpfr_get_d(error, MPFR_RNDU));
        mpfr_add_d(value, value, falsify, MPFR_RNDN);
        mpfr_sub(value, value, slope, MPFR_RNDN);
        mpfr_add_d(error, error, 0x1p-500, MPFR_RNDU); /* the delta rule's own rounding */
        s->outside += !(mpfr_cmpabs(value, error) <= 0);
    }
    s->widest = fmax(s->widest, bar / largest);
    mpfr_clears(slope, error, value, (mpfr_ptr)0);
}

/* falsify: what is added to every slope of the delta rule. */
static seen compare(sp_pool *pool, const sp_case *c, const sp_network *network, const sp_numdiff *d, double falsify)
{
    const sp_program *rule = c->program->of->rule;
    const sp_arithmetic in = {.system = sp_number_system_find("mpfr"), .pool = pool, .bits = BITS};
    const sp_inputs inputs = sp_inputs_of_case(&in, c);
    const sp_value *value = sp_interpret_whole(&in, rule, network, &inputs);
    seen s = {0};
    size_t tensors = 0;
    for (size_t r = 0; r < rule->results; r++) {
        const int tensor = rule->of->result[rule->result[r].result].gradient_of;
        if (tensor >= 0)
            compare_tensor(d, &in, (size_t)tensor, value[r].on[0], falsify, &s);
        tensors += tensor >= 0;
    }
    assert_true(tensors > 0);
    assert_int_equal(s.judged + s.kinks + s.unusable, d->looked_at);
    return s;
}

static const sp_numdiff *generic(sp_pool *pool, const sp_case *c, const sp_network *network, unsigned bits,
                                 double budget)
{
    return bits ? sp_generic_mpfr(pool, c, network, bits, budget)
                : sp_generic_binary64(pool, c, network, budget, false);
}

static seen cover(sp_pool *pool, const sp_case *c, unsigned bits, double falsify)
{
    const sp_network *network = sp_network_of_case(pool, c);
    return compare(pool, c, network, generic(pool, c, network, bits, 0), falsify);
}

/* Every built-in network. Broken by: an entry of another place moved, a value taken as known that depends on the
 * tensor, a bar that is too small, a wrong delta rule. */
static void the_delta_rule_is_within_the_bars(void **state)
{
    static const char *const functions[][2] = {{"tanh", "half-sse"}, {"gelu", "mse"}, {"silu", "huber"}};
    for (size_t i = 0; i < NETWORKS; i += stride)
        for (size_t f = 0; f < 3; f++) {
            static const unsigned precisions[] = {0, 24, 100, 256};
            sp_case c = case_of(*state, builtin(*state, i), functions[f][0], functions[f][1]);
            c.data = SP_DATA_RANDOM;
            for (size_t p = 0; p < 4; p++) {
                const unsigned bits = precisions[p];
                if ((bits == 256 && f > 0) || (stride > 1 && (bits > 24 || f > 0)))
                    continue;
                const seen s = cover(*state, &c, bits, 0);
                assert_int_equal(s.outside, 0);
                assert_true(s.judged > 0);
                assert_int_equal(s.kinks + s.unusable, 0);
                if (bits > 24) /* more than two thirds of the bits are seen */
                    assert_true(s.widest < ldexp(1, -(int)bits * 2 / 3));
            }
        }
}

/* A slope that is off in its 60th bit. Broken by: bars that hold everything. */
static void a_wrong_slope_is_outside(void **state)
{
    for (size_t i = 0; i < NETWORKS; i += stride) {
        sp_case c = case_of(*state, builtin(*state, i), "tanh", "half-sse");
        const seen s = cover(*state, &c, 128, 0x1p-60);
        assert_int_equal(s.outside, s.judged);
        assert_true(s.judged > 0);
    }
}

/* ---- kinks ---- */

/* Small integers: arguments that are exactly 0 happen. What is judged is right all the same, and random data, which
 * have no zeros, have no kink. Broken by: signs that are not looked at, an entry that did not move taken for one. */
static void kinks_are_told(void **state)
{
    static const char *const functions[][2] = {{"relu", "half-sse"}, {"leaky-relu", "huber"}, {"elu", "huber"}};
    size_t kinks = 0, judged = 0;
    for (size_t i = 0; i < NETWORKS; i += stride)
        for (size_t f = 0; f < (stride > 1 ? 1 : 3); f++)
            for (unsigned bits = 0; bits <= 100; bits += 100) {
                sp_case c = case_of(*state, builtin(*state, i), functions[f][0], functions[f][1]);
                const seen smooth = cover(*state, &c, bits, 0);
                assert_int_equal(smooth.outside + smooth.kinks + smooth.unusable, 0);
                c.data = SP_DATA_INTEGERS;
                const seen s = cover(*state, &c, bits, 0);
                assert_int_equal(s.outside, 0);
                kinks += s.kinks;
                judged += s.judged;
            }
    assert_true(kinks > 100 || stride > 1);
    assert_true(judged > 1000 || stride > 1);
}

/* max(z, 0) at z = w1 x1 + w2 x2 + b = 0: what moves z is at the kink, and v, behind it, is not: a = 0 does not move
 * with v; nor is c, which moves the other entry alone. */
static void a_kink_is_where_it_is(void **state)
{
    static const char text[] =
        "network kinked\ndims N, D\ninput x[N, D], y[N]\nparam w[D], b[], v[], c[N]\nfunction act(z)\nforward\n"
        "  Z = dot(x, w, D) + b\n  A = act(Z) * v + act(c)\nloss sum((A - y) * (A - y), N)\n";
    static double x[] = {1, 1, 2, 3}, w[] = {2, -3}, b[] = {1}, v[] = {1}, cs[] = {5, 7};
    const sp_signature *of = of_text(*state, text);
    sp_case c = case_of(*state, of, "relu", NULL);
    c.dim[0] = c.dim[1] = 2;
    double *const given[] = {x, NULL, w, b, v, cs}; /* y is random */
    for (size_t t = 0; t < of->tensors; t++)
        c.given[t].value = given[t];
    const sp_network *network = sp_network_of_case(*state, &c);
    for (unsigned bits = 0; bits <= 64; bits += 64) {
        const sp_numdiff *d = generic(*state, &c, network, bits, 0);
        for (size_t t = 0; t < of->tensors; t++)
            for (size_t e = 0; e < d->tensor[t].rows * d->tensor[t].cols; e++) {
                const bool moves = strcmp(of->tensor[t].name, "w") == 0 || strcmp(of->tensor[t].name, "b") == 0 ||
                                   (strcmp(of->tensor[t].name, "x") == 0 && e < 2);
                assert_int_equal(d->tensor[t].state[e], moves ? SP_NUMDIFF_KINK : SP_NUMDIFF_JUDGED);
            }
        assert_int_equal(compare(*state, &c, network, d, 0).outside, 0);
    }
}

/* ---- names, data that are hard, samples ---- */

/* L is a tensor, L1 a statement: the loss is called L2, and its functions are used nowhere else. */
static void the_name_of_the_loss_is_taken(void **state)
{
    static const char text[] = "network clash\ndims N, D\ninput X[N, D], L[D]\nparam w[D]\nforward\n  L1 = X * w * L\n"
                               "loss sum(sqrt(1 + exp(L1)), N, D) / sum(X * X, N, D)\n";
    const sp_signature *of = of_text(*state, text);
    assert_string_equal(of->loss->of->result[0].name, "L2");
    sp_case c = case_of(*state, of, NULL, NULL);
    for (unsigned bits = 0; bits <= 128; bits += 128) {
        const seen s = cover(*state, &c, bits, 0);
        assert_int_equal(s.outside + s.kinks + s.unusable, 0);
        assert_int_equal(s.judged, 2 * 3 + 3 + 3);
    }
}

/* Data that saturate every function within a step that is small for others: the steps get smaller. Broken by: steps
 * that do not. */
static void large_and_small_data(void **state)
{
    static const double scales[] = {1e-40, 1e-6, 1e6, 1e25};
    size_t judged = 0;
    for (size_t i = 0; i < NETWORKS; i += stride)
        for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
            sp_case c = case_of(*state, builtin(*state, i), "tanh", "half-sse");
            c.scale = scales[k];
            const seen s = cover(*state, &c, 128, 0);
            assert_int_equal(s.outside, 0);
            judged += s.judged;
        }
    assert_true(judged > 2000 || stride > 1);
}

/* log(z) at z < 0 and z = 0. */
static void what_is_not_finite_is_unusable(void **state)
{
    static const char text[] = "network bare\ndims N\ninput x[N]\nparam w[N]\nforward\n  Z = x + w\n"
                               "loss sum(log(Z), N)\n";
    static double x[] = {1, 1}, w[] = {-3, -1};
    sp_case c = case_of(*state, of_text(*state, text), NULL, NULL);
    c.given[0].value = x;
    c.given[1].value = w;
    for (unsigned bits = 0; bits <= 64; bits += 64)
        assert_int_equal(cover(*state, &c, bits, 0).unusable, 4);
}

static void check_direction(const sp_numdiff_direction *d, const sp_numdiff *full)
{
    const sp_numdiff_tensor *t = &full->tensor[d->tensor];
    mpfr_t sum, bar, term;
    mpfr_inits2(300, sum, bar, term, (mpfr_ptr)0);
    assert_int_equal(d->state, SP_NUMDIFF_JUDGED);
    mpfr_set_zero(sum, 1);
    mpfr_set(bar, d->error, MPFR_RNDU);
    for (size_t e = 0; e < t->rows * t->cols; e++) {
        assert_true(d->direction[e] == 1 || d->direction[e] == -1);
        mpfr_mul_d(term, t->slope[e], d->direction[e], MPFR_RNDN);
        mpfr_add(sum, sum, term, MPFR_RNDN);
        mpfr_add(bar, bar, t->error[e], MPFR_RNDU);
    }
    mpfr_sub(sum, sum, d->slope, MPFR_RNDN);
    assert_true(mpfr_cmpabs(sum, bar) <= 0);
    assert_true(mpfr_cmp_d(bar, 1e-20) < 0);
    mpfr_clears(sum, bar, term, (mpfr_ptr)0);
}

/* Sampled entries are those of the full run; directions are sums of entries. */
static void samples_and_directions(void **state)
{
    for (size_t i = 0; i < NETWORKS; i += stride) {
        sp_case c = case_of(*state, builtin(*state, i), "sigmoid", "half-sse");
        const sp_network *network = sp_network_of_case(*state, &c);
        const sp_numdiff *full = sp_generic_mpfr(*state, &c, network, 100, 0);
        assert_int_equal(full->looked_at, full->entries);
        assert_null(full->sample);
        const sp_numdiff *least = sp_generic_mpfr(*state, &c, network, 100, 1); /* one of each, whatever the budget */
        c.numdiff = SP_NUMDIFF_SAMPLE;
        c.sample = 2;
        const sp_numdiff *two = sp_generic_mpfr(*state, &c, network, 100, 0);
        const sp_numdiff *doubles = sp_generic_binary64(*state, &c, network, 0, false);
        size_t looked_at = 0;
        for (size_t t = 0; t < c.program->of->tensors; t++) {
            const sp_numdiff_tensor *p = &two->tensor[t], *f = &full->tensor[t];
            const size_t size = p->rows * p->cols;
            assert_int_equal(least->tensor[t].judged, size > 0);
            assert_int_equal(p->judged, size < 2 ? size : 2);
            looked_at += p->judged;
            for (size_t e = 0; e < size; e++)
                if (p->state[e] != SP_NUMDIFF_SKIPPED)
                    assert_true(mpfr_equal_p(p->slope[e], f->slope[e]));
        }
        assert_int_equal(two->looked_at, looked_at);
        assert_non_null(two->sample);
        assert_true(two->directions > 0);
        assert_int_equal(doubles->directions, two->directions);
        for (size_t d = 0; d < two->directions; d++) {
            check_direction(&two->direction[d], full);
            mpfr_ptr slope = two->direction[d].slope, other = doubles->direction[d].slope;
            assert_true(fabs(mpfr_get_d(slope, MPFR_RNDN) - mpfr_get_d(other, MPFR_RNDN)) <=
                        mpfr_get_d(doubles->direction[d].error, MPFR_RNDU));
        }
        c.numdiff = SP_NUMDIFF_OFF;
        const sp_numdiff *off = sp_generic_mpfr(*state, &c, network, 100, 0);
        assert_int_equal(off->looked_at, 0);
        assert_non_null(off->sample);
    }
}

/* One evaluation takes minutes: nothing is looked at, at once. */
static void what_takes_too_long_is_left_out(void **state)
{
    sp_case c = case_of(*state, builtin(*state, sp_embedded_find(sp_builtin_network_table, "mlp")), "tanh", "half-sse");
    for (size_t d = 0; d < 4; d++)
        c.dim[d] = 2000;
    const sp_network *network = sp_network_of_case(*state, &c);
    const sp_numdiff *d = sp_generic_mpfr(*state, &c, network, 24, 0);
    assert_int_equal(d->looked_at, 0);
    assert_true(strncmp(d->sample, "nothing: ", 9) == 0);
}

/* ---- beside the fast path ---- */

static void same_slopes(const sp_numdiff *a, const sp_numdiff *b, size_t *kinks, size_t *judged)
{
    mpfr_t x, y, ex, ey;
    mpfr_inits2(BITS, x, y, ex, ey, (mpfr_ptr)0);
    for (size_t t = 0; t < SP_TENSOR_COUNT; t++)
        for (size_t e = 0; e < a->tensor[t].rows * a->tensor[t].cols; e++) {
            assert_int_equal(a->tensor[t].state[e], b->tensor[t].state[e]);
            *kinks += a->tensor[t].state[e] == SP_NUMDIFF_KINK;
            if (a->tensor[t].state[e] != SP_NUMDIFF_JUDGED)
                continue;
            ++*judged;
            get_slope(a, t, e, x, ex);
            get_slope(b, t, e, y, ey);
            mpfr_sub(x, x, y, MPFR_RNDN);
            mpfr_add(ex, ex, ey, MPFR_RNDU);
            assert_true(mpfr_cmpabs(x, ex) <= 0);
        }
    assert_int_equal(a->entries, b->entries);
    assert_int_equal(a->looked_at, b->looked_at);
    mpfr_clears(x, y, ex, ey, (mpfr_ptr)0);
}

/* The same slopes, kinks and samples. Broken by: a mistake in either. */
static void the_fast_path_of_mlp_agrees(void **state)
{
    static const char *const each[][3] = {
        {"tanh", "identity", "half-sse"}, {"gelu", "sigmoid", "bce"},       {"sigmoid", "tanh", "mse"},
        {"softplus", "gelu-tanh", "huber"}, {"elu", "identity", "huber"},   {"relu", "identity", "half-sse"},
        {"leaky-relu", "relu", "mse"},      {"identity", "relu", "huber"},  {"silu", "softplus", "half-sse"},
    };
    const sp_signature *of = builtin(*state, sp_embedded_find(sp_builtin_network_table, "mlp"));
    static double w1[] = {1, -1, 2, 0, 0.5, -2, 3, 1, -1, 2, 1, 0};
    size_t kinks = 0, judged = 0;
    for (size_t i = stride > 1 ? 8 : 0; i < sizeof each / sizeof *each; i++)
        for (int data = 0; data < 3; data++) {
            sp_case c = case_of(*state, of, NULL, NULL); /* N, Din, Dh, Dout = 2, 3, 4, 2 */
            for (size_t f = 0; f < 3; f++)
                c.function[f].name = each[i][f];
            c.seed = 100 + i;
            c.data = data == 0 ? SP_DATA_RANDOM : SP_DATA_INTEGERS;
            if (data == 2)
                c.given[SP_TENSOR_W1].value = w1;
            const sp_network *network = sp_network_of_case(*state, &c);
            same_slopes(sp_numdiff_mpfr(*state, &c, network, 128, 0), sp_generic_mpfr(*state, &c, network, 128, 0),
                        &kinks, &judged);
            c.numdiff = SP_NUMDIFF_SAMPLE;
            c.sample = 3;
            same_slopes(sp_numdiff_mpfr(*state, &c, network, 64, 0), sp_generic_mpfr(*state, &c, network, 64, 0),
                        &kinks, &judged);
            if (data == 0)
                same_slopes(sp_numdiff_binary64(*state, &c, network, 0, false),
                            sp_generic_binary64(*state, &c, network, 0, false), &kinks, &judged);
        }
    assert_true(kinks > 30 || stride > 1);
    assert_true(judged > 1000 || stride > 1);
}

/* ---- memory, time ---- */

static void run_small(void *argument)
{
    const sp_signature *of = sp_net_builtin(argument, "lora");
    sp_case c = case_of(argument, of, "relu", "huber");
    c.numdiff = SP_NUMDIFF_SAMPLE;
    c.sample = 1;
    const sp_network *network = sp_network_of_case(argument, &c);
    sp_generic_mpfr(argument, &c, network, 200, 0); /* more than 128 bits: FLINT's memory too */
    sp_generic_binary64(argument, &c, network, 0, false);
}

/* Broken by: an allocation whose failure leaves something behind (valgrind sees FLINT's part). */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(run_small, 16) > 1);
}

static void it_can_be_interrupted(void **state)
{
    (void)state;
    const volatile int now = 1;
    sp_limits limits = {.cancel = &now};
    sp_pool *pool = NULL;
    assert_int_equal(sp_pool_open(&pool, NULL, &limits), SP_OK);
    assert_int_equal(sp_pool_run(pool, run_small, pool), SP_INTERRUPTED);
    sp_pool_close(pool);
}

int main(int count, char **argument)
{
    if (count > 1)
        stride = strtoul(argument[1], NULL, 10);
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        TEST(the_delta_rule_is_within_the_bars),
        TEST(a_wrong_slope_is_outside),
        TEST(kinks_are_told),
        TEST(a_kink_is_where_it_is),
        TEST(the_name_of_the_loss_is_taken),
        TEST(large_and_small_data),
        TEST(what_is_not_finite_is_unusable),
        TEST(samples_and_directions),
        TEST(what_takes_too_long_is_left_out),
        TEST(the_fast_path_of_mlp_agrees),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(it_can_be_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
