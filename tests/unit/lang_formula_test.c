/* Formulas: a tree in an array, operands first, that has the value the text has.
 * The oracle is C: each formula stands here twice, as a text and as C. Broken by: precedence, an
 * operand of another node, a primitive or a variable that is mixed up, a number that is lost. */
#include "lang_fixture.h"

#include <math.h>
#include <stdlib.h>

typedef struct parsed {
    sp_pool *pool;
    const char *text;
    size_t variables;
    bool dimensions;
    const sp_formula *formula;
    const char *shown;
} parsed;

static void parse_body(void *argument)
{
    static const char *const one[] = {"z"}, *const two[] = {"a", "y"};
    parsed *p = argument;
    sp_diagnostics diagnostics = {.pool = p->pool};
    const sp_source *source =
        sp_source_from(p->pool, "formula", p->text, strlen(p->text), &diagnostics);
    p->formula = sp_formula_parse(p->pool, p->dimensions ? &sp_mlp : NULL, source,
                                  p->variables == 1 ? one : two, p->variables, &diagnostics);
    assert_true((p->formula == NULL) == (diagnostics.errors > 0));
    sp_text shown = sp_text_in(p->pool);
    for (size_t i = 0; i < diagnostics.count; i++)
        sp_diagnostic_show(&shown, &diagnostics.item[i]);
    p->shown = sp_text_string(&shown);
}

static parsed parse(const char *text, size_t variables, bool dimensions)
{
    parsed p = {.text = text, .variables = variables, .dimensions = dimensions};
    assert_int_equal(sp_pool_open(&p.pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(p.pool, parse_body, &p), SP_OK);
    return p;
}

static double apply(sp_primitive f, double a, double b)
{
    switch (f) {
    case SP_PRIMITIVE_ADD: return a + b;
    case SP_PRIMITIVE_SUB: return a - b;
    case SP_PRIMITIVE_MUL: return a * b;
    case SP_PRIMITIVE_DIV: return a / b;
    case SP_PRIMITIVE_NEG: return -a;
    case SP_PRIMITIVE_EXP: return exp(a);
    case SP_PRIMITIVE_LOG: return log(a);
    case SP_PRIMITIVE_TANH: return tanh(a);
    case SP_PRIMITIVE_ERF: return erf(a);
    case SP_PRIMITIVE_SQRT: return sqrt(a);
    case SP_PRIMITIVE_MAX: return a > b ? a : b;
    case SP_PRIMITIVE_STEP: return a > 0;
    default: fail(); return 0;
    }
}

/* N = 5, Dout = 2 */
static double evaluate(const sp_formula *f, double first, double second)
{
    double value[100];
    assert_true(f->count > 0 && f->count <= 100);
    for (size_t i = 0; i < f->count; i++) {
        const sp_formula_node *n = &f->node[i];
        for (int k = 0; k < 2; k++)
            assert_true(n->operand[k] < (int)i && n->operand[k] >= -1);
        switch (n->kind) {
        case SP_FORMULA_VARIABLE: value[i] = n->variable ? second : first; break;
        case SP_FORMULA_NUMBER:
            value[i] = n->number;
            assert_true(n->number_text && strtod(n->number_text, NULL) == n->number);
            break;
        case SP_FORMULA_DIMENSION: value[i] = n->dimension == SP_DIM_N ? 5 : 2; break;
        case SP_FORMULA_PRIMITIVE:
            value[i] = apply(n->primitive, value[n->operand[0]],
                             n->operand[1] < 0 ? 0 : value[n->operand[1]]);
        }
    }
    return value[f->count - 1];
}

#define BOTH(expression) {#expression, expression}

static void values_are_those_of_the_text(void **state)
{
    (void)state;
    const double z = -0.75, a = 1.25, y = 0.5, N = 5, Dout = 2;
#define max(p, q) ((p) > (q) ? (p) : (q))
#define step(p) ((p) > 0)
    const struct { const char *text; double value;
    } of_z[] = {
        BOTH(z),
        BOTH(2),
        BOTH(-z),
        BOTH(-(-z)),
        BOTH(z - 1 - 2),
        BOTH(z - (1 - 2)),
        BOTH(8 / z / 2 * 3),
        BOTH(8 / (z / 2)),
        BOTH(1 + z * 3),
        BOTH((1 + z) * 3),
        BOTH(-z * 2 - -z),
        BOTH(z * (1 + erf(z / sqrt(2))) / 2),
        BOTH(log(1 + exp(z))),
        BOTH(exp(tanh(z)) - 0x1p-3),
    };
    const struct { const char *text; double value; } of_ay[] = {
        BOTH((a - y) * (a - y) / 2), BOTH(a - y), BOTH(y - a), BOTH((a - y) / N / Dout),
        BOTH(-(y * log(a) + (1 - y) * log(2 - a))),
    };
    for (size_t i = 0; i < sizeof of_z / sizeof *of_z; i++) {
        parsed p = parse(of_z[i].text, 1, false);
        assert_string_equal(p.shown, "");
        assert_true(evaluate(p.formula, z, 99) == of_z[i].value);
        assert_string_equal(p.formula->text, of_z[i].text);
        assert_int_equal(p.formula->variables, 1);
        sp_pool_close(p.pool);
    }
    for (size_t i = 0; i < sizeof of_ay / sizeof *of_ay; i++) {
        parsed p = parse(of_ay[i].text, 2, true);
        assert_string_equal(p.shown, "");
        assert_true(evaluate(p.formula, a, y) == of_ay[i].value);
        sp_pool_close(p.pool);
    }
    parsed p = parse("max(z, 2 * z) + step(-z) * 10 + step(z - z)", 1, false);
    assert_true(evaluate(p.formula, z, 0) == max(z, 2 * z) + step(-z) * 10);
    sp_pool_close(p.pool);
#undef max
#undef step
}

static void a_formula_may_take_lines(void **state)
{
    (void)state;
    parsed p = parse("  z * # a comment\n (1 +\n z)\n", 1, false);
    assert_string_equal(p.shown, "");
    assert_true(evaluate(p.formula, 3, 0) == 12);
    sp_pool_close(p.pool);
}

static void numbers_keep_their_text(void **state)
{
    (void)state;
    parsed p = parse("0.1 * z", 1, false);
    assert_int_equal(p.formula->count, 3);
    assert_string_equal(p.formula->node[0].number_text, "0.1");
    assert_true(p.formula->node[0].number == 0.1);
    assert_int_equal(p.formula->node[2].operand[0], 0);
    assert_int_equal(p.formula->node[2].operand[1], 1);
    sp_pool_close(p.pool);
}

static void assert_refused(const char *text, size_t variables, bool dimensions)
{
    parsed p = parse(text, variables, dimensions);
    if (p.formula)
        print_error("%s was accepted\n", text);
    assert_null(p.formula);
    sp_pool_close(p.pool);
}

static void what_is_no_formula(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      "z z",   "z +", "(z",       "z)",          "w",         "a",       "y",
        "z @ z", "z^T",   "z^2", "sigma(z)", "sum(z, N)",   "exp(z, z)", "max(z)",  "max(z, z, z)",
        "exp()", "exp z", "nan", "inf",      "1e400",       "1x",        "N",       "Dout",
        "z = 1", "z, z",  "[z]", "{z}",      "loss'(z, z)", "size(tp)",  "relu(z)", "step",
        "z;",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_refused(texts[i], 1, false);
    assert_refused("z", 2, true);
    assert_refused("a - y / N", 2, false);
    assert_refused("a - y / Din", 2, true);
    assert_refused("a - y / Dh", 2, true);
}

static void long_chains(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_text text = sp_text_in(pool);
    sp_text_add_repeated(&text, "z+", 100000);
    sp_text_add(&text, "z");
    parsed p = parse(sp_text_string(&text), 1, false);
    assert_int_equal(p.formula->count, 200001);
    sp_pool_close(p.pool);
    text.length = 0;
    sp_text_add_repeated(&text, "exp(", 100000);
    assert_refused(sp_text_string(&text), 1, false);
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_text),
        cmocka_unit_test(a_formula_may_take_lines),
        cmocka_unit_test(numbers_keep_their_text),
        cmocka_unit_test(what_is_no_formula),
        cmocka_unit_test(long_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
