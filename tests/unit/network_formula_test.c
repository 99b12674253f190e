/* network: derivatives of formulas against numerical differentiation and PyTorch's values at kinks,
 * texts that read back, formulas applied block by block against the C library. */
#include "lang/lang.h"
#include "lang/mlp.h"
#include "network/network.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const z_only[] = {"z"};
static const char *const a_and_y[] = {"a", "y"};
static const size_t dim[SP_MAX_DIMS] = {5, 4, 6, 2};

static int open_pool(void **state)
{
    sp_pool *pool = NULL;
    if (sp_pool_open(&pool, NULL, NULL) != SP_OK)
        return 1;
    *state = pool;
    return 0;
}

static int close_pool(void **state)
{
    sp_pool_close(*state);
    return 0;
}

static sp_formula parse(sp_pool *pool, const char *text, bool loss)
{
    sp_source *source = SP_NEW(pool, sp_source);
    *source = (sp_source){"test", text, strlen(text)};
    sp_diagnostics found = {.pool = pool};
    const sp_formula *f =
        sp_formula_parse(pool, loss ? &sp_mlp : NULL, source, loss ? a_and_y : z_only, loss ? 2 : 1, &found);
    if (!f)
        fail_msg("cannot parse %s", text);
    return *f;
}

/* The oracle for values: one tree, evaluated by recursion in long double. */
static long double value_at(const sp_formula *f, int node, long double a, long double y)
{
    const sp_formula_node *n = &f->node[node];
    if (n->kind == SP_FORMULA_VARIABLE)
        return n->variable == 0 ? a : y;
    if (n->kind == SP_FORMULA_NUMBER)
        return (long double)n->number;
    if (n->kind == SP_FORMULA_DIMENSION)
        return (long double)dim[n->dimension];
    long double p = value_at(f, n->operand[0], a, y);
    long double q = n->operand[1] < 0 ? 0 : value_at(f, n->operand[1], a, y);
    switch (n->primitive) {
    case SP_PRIMITIVE_ADD: return p + q;
    case SP_PRIMITIVE_SUB: return p - q;
    case SP_PRIMITIVE_MUL: return p * q;
    case SP_PRIMITIVE_DIV: return p / q;
    case SP_PRIMITIVE_NEG: return -p;
    case SP_PRIMITIVE_EXP: return expl(p);
    case SP_PRIMITIVE_LOG: return logl(p);
    case SP_PRIMITIVE_TANH: return tanhl(p);
    case SP_PRIMITIVE_ERF: return erfl(p);
    case SP_PRIMITIVE_ERF_PRIME: return 1.12837916709551257390L * expl(-p * p);
    case SP_PRIMITIVE_SQRT: return sqrtl(p);
    case SP_PRIMITIVE_MAX: return p > q ? p : q;
    case SP_PRIMITIVE_STEP: return p > 0;
    case SP_PRIMITIVE_COUNT: break;
    }
    return (long double)NAN;
}

static long double at(const sp_formula *f, long double a, long double y)
{
    return value_at(f, (int)f->count - 1, a, y);
}

/* |x - y| <= bound, false for NaN. */
static void assert_near(const char *what, long double x, long double y, long double bound)
{
    if (!(fabsl(x - y) <= bound))
        fail_msg("%s: %.21Lg is not within %Lg of %.21Lg", what, x, bound, y);
}

static long double entry(const sp_matrix *m, size_t i)
{
    return (long double)((const double *)m->data)[i];
}

static sp_network network_of(sp_pool *pool, const char *sigma, const char *loss)
{
    sp_case c = {.program = sp_scheme_builtin(pool, "delta-rule"), .dim = {5, 4, 6, 2}};
    c.function[SP_MLP_SIGMA].name = c.function[SP_MLP_G].name = sigma;
    c.function[SP_MLP_LOSS].name = loss;
    return *sp_network_of_case(pool, &c);
}

/* Broken by: a wrong row of the table of derivatives, or of the built-ins. */
static void derivatives_agree_with_differences(void **state)
{
    for (size_t i = 0; i < sp_activation_count; i++) {
        sp_network n = network_of(*state, sp_activation_names[i], "half-sse");
        for (long double z = -6.3L; z < 6.3L; z += 0.2L) {
            const long double h = 1e-5L; /* truncation h^2 f''' / 6, rounding 1e-19 / h */
            const sp_formula *sigma = &n.own[SP_MLP_SIGMA].value;
            long double slope = (at(sigma, z + h, 0) - at(sigma, z - h, 0)) / (2 * h);
            assert_near(sp_activation_names[i], at(&n.own[SP_MLP_SIGMA].slope, z, 0), slope, 1e-9L);
        }
    }
    for (size_t i = 0; i < sp_loss_count; i++) {
        sp_network n = network_of(*state, "relu", sp_loss_names[i]);
        bool bce = strcmp(sp_loss_names[i], "bce") == 0;
        for (long double y = -2.05L; y < 2; y += 0.3L)
            for (long double a = bce ? 0.07L : -4; a < (bce ? 1 : 4); a += 0.13L) {
                const long double h = 1e-6L;
                const sp_formula *loss = &n.own[SP_MLP_LOSS].value;
                long double slope = (at(loss, a + h, y) - at(loss, a - h, y)) / (2 * h);
                assert_near(sp_loss_names[i], at(&n.own[SP_MLP_LOSS].slope, a, y), slope, 1e-7L);
            }
    }
}

/* The definitions, written another way. */
static long double definition(const char *name, long double z)
{
    const long double s = 1 / (1 + expl(-z));
    const long double c = (long double)0.7978845608028654; /* the double, as in the formula */
    const long double k = (long double)0.044715;
    if (!strcmp(name, "identity")) return z;
    if (!strcmp(name, "relu")) return z > 0 ? z : 0;
    if (!strcmp(name, "leaky-relu")) return z > 0 ? z : (long double)0.01 * z;
    if (!strcmp(name, "tanh")) return tanhl(z);
    if (!strcmp(name, "sigmoid")) return s;
    if (!strcmp(name, "gelu")) return z * 0.5L * erfcl(-z / sqrtl(2));
    if (!strcmp(name, "gelu-tanh")) return 0.5L * z * (1 + tanhl(c * (z + k * powl(z, 3))));
    if (!strcmp(name, "silu")) return z * s;
    if (!strcmp(name, "softplus")) return log1pl(expl(z));
    if (!strcmp(name, "elu")) return z > 0 ? z : expm1l(z);
    return (long double)NAN;
}

static void activations_are_what_their_names_say(void **state)
{
    for (size_t i = 0; i < sp_activation_count; i++) {
        sp_network n = network_of(*state, sp_activation_names[i], "half-sse");
        for (long double z = -30.5L; z < 30.5L; z += 0.37L)
            assert_near(sp_activation_names[i], at(&n.own[SP_MLP_SIGMA].value, z, 0),
                        definition(sp_activation_names[i], z), 2e-14L); /* valgrind: doubles */
    }
    sp_network huber = network_of(*state, "relu", "huber");
    sp_network mse = network_of(*state, "relu", "mse"), bce = network_of(*state, "relu", "bce");
    assert_near("mse", at(&mse.own[SP_MLP_LOSS].value, 3, 1), 4.0L / 10, 1e-16L);
    assert_near("huber", at(&huber.own[SP_MLP_LOSS].value, 3.5L, 1), (2.5L - 0.5L) / 10, 1e-16L);
    assert_near("huber", at(&huber.own[SP_MLP_LOSS].value, 1, 3.5L), (2.5L - 0.5L) / 10, 1e-16L);
    assert_near("huber", at(&huber.own[SP_MLP_LOSS].value, 1.5L, 1), 0.125L / 10, 1e-16L);
    assert_near("bce", at(&bce.own[SP_MLP_LOSS].value, 0.25L, 1), -logl(0.25L) / 10, 1e-16L);
    assert_near("bce", at(&bce.own[SP_MLP_LOSS].value, 0.25L, 0), -logl(0.75L) / 10, 1e-16L);
}

/* PyTorch's derivatives at 0 (and of huber at |a - y| = delta). Broken by: step(0) = 1, or a kink
 * taken from the other side. */
static void kinks_are_pytorchs(void **state)
{
    static const struct {
        const char *name;
        double slope;
    } zero[] = {{"relu", 0},      {"leaky-relu", 0.01}, {"elu", 1},  {"softplus", 0.5},
                {"gelu", 0.5},    {"gelu-tanh", 0.5},   {"silu", 0.5}, {"sigmoid", 0.25},
                {"tanh", 1},      {"identity", 1}};
    assert_int_equal(sizeof zero / sizeof *zero, sp_activation_count);
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        sp_network n = network_of(*state, zero[i].name, "huber");
        assert_near(zero[i].name, at(&n.own[SP_MLP_SIGMA].slope, 0, 0), (long double)zero[i].slope, 0);
        assert_near("huber", at(&n.own[SP_MLP_LOSS].slope, 3, 2), 0.1L, 1e-18L);
        assert_near("huber", at(&n.own[SP_MLP_LOSS].slope, 2, 3), -0.1L, 1e-18L);
        assert_near("huber", at(&n.own[SP_MLP_LOSS].slope, 2, 2), 0, 0);
    }
}

/* Far out nothing is NaN. Broken by: exp(z) / (1 + exp(z)) and the like. */
static void nothing_overflows_to_nan(void **state)
{
    static const double far[] = {-1e100, -1e4, -800, -40, 40, 800, 1e4, 1e100};
    sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = *state, .bits = 53, .threads = 1};
    for (size_t i = 0; i < sp_activation_count; i++) {
        sp_network n = network_of(*state, sp_activation_names[i], "half-sse");
        sp_matrix *z = sp_matrix_create(&in, 1, 8), *out = sp_matrix_create(&in, 1, 8);
        for (size_t k = 0; k < 8; k++)
            in.system->set(&in, z, 0, k, far[k]);
        sp_formula_apply(&in, &n.own[SP_MLP_SIGMA].value, dim, out, z, NULL);
        for (size_t k = 0; k < 8; k++)
            assert_true(isfinite(entry(out, k)));
        sp_formula_apply(&in, &n.own[SP_MLP_SIGMA].slope, dim, out, z, NULL);
        for (size_t k = 0; k < 8; k++) {
            bool bounded = !strcmp(n.own[SP_MLP_SIGMA].name, "tanh") || !strcmp(n.own[SP_MLP_SIGMA].name, "sigmoid");
            long double left = !strcmp(n.own[SP_MLP_SIGMA].name, "identity")     ? 1
                               : !strcmp(n.own[SP_MLP_SIGMA].name, "leaky-relu") ? (long double)0.01
                                                                     : 0;
            assert_near(n.own[SP_MLP_SIGMA].name, entry(out, k), far[k] < 0 ? left : !bounded, 1e-15L);
        }
    }
}

static bool same_tree(const sp_formula *f, int i, const sp_formula *g, int j)
{
    const sp_formula_node *a = &f->node[i], *b = &g->node[j];
    if (a->kind != b->kind)
        return false;
    if (a->kind == SP_FORMULA_VARIABLE)
        return a->variable == b->variable;
    if (a->kind == SP_FORMULA_NUMBER)
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    if (a->kind == SP_FORMULA_DIMENSION)
        return a->dimension == b->dimension;
    if (a->primitive != b->primitive)
        return false;
    for (int o = 0; o < 2; o++) {
        if ((a->operand[o] < 0) != (b->operand[o] < 0))
            return false;
        if (a->operand[o] >= 0 && !same_tree(f, a->operand[o], g, b->operand[o]))
            return false;
    }
    return true;
}

static void check_text(sp_pool *pool, const sp_formula *f, bool loss)
{
    const char *text = sp_formula_text(pool, &sp_mlp, f, loss ? a_and_y : z_only);
    sp_formula again = parse(pool, text, loss);
    if (!same_tree(f, (int)f->count - 1, &again, (int)again.count - 1))
        fail_msg("%s does not read back", text);
}

/* Broken by: a bracket too few (a - (b - c), -(a + b), a / (b * c)) or a shared node printed
 * once. */
static void texts_read_back(void **state)
{
    for (size_t i = 0; i < sp_activation_count; i++) {
        sp_network n = network_of(*state, sp_activation_names[i], sp_loss_names[i % sp_loss_count]);
        check_text(*state, &n.own[SP_MLP_SIGMA].value, false);
        check_text(*state, &n.own[SP_MLP_SIGMA].slope, false);
        check_text(*state, &n.own[SP_MLP_LOSS].value, true);
        check_text(*state, &n.own[SP_MLP_LOSS].slope, true);
        sp_formula twice = sp_formula_derivative(*state, &n.own[SP_MLP_SIGMA].slope, 0);
        check_text(*state, &twice, false);
    }
    static const char *const fewest[] = {"z - (z - z)", "z - z - z", "-(z + z)", "-z * -z",
                                         "z / (z * z)", "z / z * z", "-(-z)",    "--z",
                                         "z * -(z * z)", "-(z * z)", "max(z - 1, -z) * exp(z + z)",
                                         "erf'(z / sqrt(2))", "1e-300 * z + 12345678901234567890"};
    for (size_t i = 0; i < sizeof fewest / sizeof *fewest; i++) {
        sp_formula f = parse(*state, fewest[i], false);
        check_text(*state, &f, false);
        if (strcmp(fewest[i], "-(-z)") != 0) /* its brackets are not needed */
            assert_string_equal(sp_formula_text(*state, &sp_mlp, &f, z_only), fewest[i]);
    }
}

/* Derivatives as a person would write them. Broken by: lost simplifications. */
static void derivatives_are_simple(void **state)
{
    static const char *const expected[][2] = {
        {"z", "1"},
        {"max(z, 0)", "step(z)"},
        {"tanh(z)", "1 - tanh(z) * tanh(z)"},
        {"(1 + tanh(z / 2)) / 2", "0.25 * (1 - tanh(z / 2) * tanh(z / 2))"},
        {"exp(-z * z)", "-(exp(-z * z) * (2 * z))"},
        {"5", "0"},
        {"erf(z)", "erf'(z)"},
        {"z * z * 0", "0"},
        {"log(z)", "1 / z"},
        {"sqrt(z)", "1 / (2 * sqrt(z))"},
        {"3 / z", "-(3 / z / z)"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        sp_formula f = parse(*state, expected[i][0], false);
        sp_formula d = sp_formula_derivative(*state, &f, 0);
        assert_string_equal(sp_formula_text(*state, &sp_mlp, &d, z_only), expected[i][1]);
    }
    sp_network n = network_of(*state, "relu", "half-sse");
    assert_string_equal(sp_formula_text(*state, &sp_mlp, &n.own[SP_MLP_LOSS].slope, a_and_y), "a - y");
    sp_network m = network_of(*state, "relu", "mse");
    assert_string_equal(sp_formula_text(*state, &sp_mlp, &m.own[SP_MLP_LOSS].slope, a_and_y),
                        "2 * (a - y) / (N * Dout)");
}

/* Numbers are folded only where nothing is rounded: 0.1 * 3 is not the double 0.3. */
static void folding_is_exact(void **state)
{
    sp_formula f = parse(*state, "0.1 * z * 3 + 0.5 * z * 3", false);
    sp_formula d = sp_formula_derivative(*state, &f, 0);
    assert_near("0.1 * 3 + 1.5", at(&d, 1, 0), (long double)0.1 * 3 + 1.5L, 1e-19L);
}

/* A chain of 200 factors and nested functions. Broken by: derivatives that copy subexpressions. */
static void sharing_keeps_derivatives_small(void **state)
{
    sp_text text = sp_text_in(*state);
    for (int i = 0; i < 60; i++)
        sp_text_add(&text, "tanh(");
    sp_text_add(&text, "z");
    sp_text_add_repeated(&text, ")", 60);
    sp_text_add_repeated(&text, " * z", 200);
    sp_formula f = parse(*state, sp_text_string(&text), false);
    sp_formula d = sp_formula_derivative(*state, &f, 0);
    assert_true(d.count < 5 * f.count);
}

/* A tree 100,000 deep. Broken by: recursion. */
static void chains_may_be_long(void **state)
{
    sp_text text = sp_text_in(*state);
    sp_text_add(&text, "z");
    sp_text_add_repeated(&text, " + z * z", 100000);
    sp_formula f = parse(*state, sp_text_string(&text), false);
    sp_formula d = sp_formula_derivative(*state, &f, 0);
    assert_string_equal(sp_formula_text(*state, &sp_mlp, &f, z_only),
                        "(400001 operations: too long to write out)");
    assert_non_null(strstr(sp_formula_text(*state, &sp_mlp, &d, z_only), "too long"));
    sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = *state, .bits = 53, .threads = 1};
    sp_matrix *z = sp_matrix_create(&in, 1, 1), *out = sp_matrix_create(&in, 1, 1);
    in.system->set(&in, z, 0, 0, 0.5);
    sp_formula_apply(&in, &d, dim, out, z, NULL);
    assert_true(*(double *)out->data == 100001);
}

/* All primitives, blocks cut anywhere, variables and constants as whole formulas. */
static void apply_agrees_with_the_tree(void **state)
{
    static const char *const texts[] = {
        "z", "2", "z + 1", "exp(z) * exp(z) - z / (1 + z * z)",
        "sqrt(1 + z * z) * log(2 + tanh(z)) - erf(z) * erf'(z) + max(z, -z) * step(z)",
        "((z + 1) * (z + 2) + (z + 3) * (z + 4)) * ((z + 5) * (z + 6) + (z + 7) * (z + 8))"};
    static const size_t shapes[][2] = {{1, 1}, {3, 5}, {1, 1024}, {5, 205}, {2, 1024}, {0, 4}};
    sp_arithmetic in = {.system = sp_number_system_find("binary64"), .pool = *state, .bits = 53, .threads = 1};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        sp_formula f = parse(*state, texts[t], false);
        sp_formula d = sp_formula_derivative(*state, &f, 0);
        const sp_formula *both[] = {&f, &d};
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (int k = 0; k < 2; k++) {
                sp_matrix *z = sp_matrix_create(&in, shapes[s][0], shapes[s][1]);
                sp_matrix *out = sp_matrix_create(&in, shapes[s][0], shapes[s][1]);
                size_t entries = shapes[s][0] * shapes[s][1];
                for (size_t i = 0; i < entries; i++)
                    ((double *)z->data)[i] = 3 * sin((double)i * 1.7);
                sp_formula_apply(&in, both[k], dim, out, z, NULL);
                for (size_t i = 0; i < entries; i++) {
                    long double want = at(both[k], entry(z, i), 0);
                    assert_near(texts[t], entry(out, i), want,
                                1e-13L * (1 + fabsl(want)));
                }
            }
    }
    sp_formula f = parse(*state, "(a - y) * (a - y) / (N * Dout) + y", true);
    sp_matrix *a = sp_matrix_create(&in, 40, 40), *y = sp_matrix_create(&in, 40, 40);
    sp_matrix *out = sp_matrix_create(&in, 40, 40);
    for (size_t i = 0; i < 1600; i++) {
        ((double *)a->data)[i] = (double)i;
        ((double *)y->data)[i] = -3.0 * (double)i;
    }
    sp_formula_apply(&in, &f, dim, out, a, y);
    for (size_t i = 0; i < 1600; i++)
        assert_near("loss", entry(out, i), 16.0L * i * i / 10 - 3.0L * i, 1e-9L);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        TEST(derivatives_agree_with_differences), TEST(activations_are_what_their_names_say),
        TEST(kinks_are_pytorchs),                 TEST(nothing_overflows_to_nan),
        TEST(texts_read_back),                    TEST(derivatives_are_simple),
        TEST(folding_is_exact),                   TEST(sharing_keeps_derivatives_small),
        TEST(chains_may_be_long),                 TEST(apply_agrees_with_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
