/* Matrix forms of index expressions, against brute force: both sides are evaluated in integers at
 * pairwise different sizes, the index expression by loops over its indices, the form as matrices. */
#include "derive/matrix_form.h"
#include "lang/mlp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LARGEST = 5, ENTRIES = SP_ENTRY_SLOPE + SP_RESULT_COUNT };
static const size_t extent[SP_DIM_COUNT] = {2, 3, 4, 5};

/* ---- data ---- */

typedef struct tensor {
    size_t rows, columns;
    long value[LARGEST][LARGEST];
} tensor;

/* A small number that depends on everything that names an entry. */
static long datum(unsigned of, size_t i, size_t j)
{
    unsigned x = of * 2654435761u + (unsigned)i * 40503u + (unsigned)j * 9973u + 17u;
    x ^= x >> 13;
    x *= 2246822519u;
    return (long)(x >> 16 & 7u) - 3;
}

static long applied(sp_symbol symbol, long a, long b)
{
    return a * a + (long)symbol - 2 * b;
}

/* ---- index expressions by brute force ---- */

typedef struct binding {
    sp_variable variable[32];
    size_t value[32], count;
} binding;

static size_t value_of(const binding *at, sp_variable v)
{
    for (size_t i = at->count; i-- > 0;)
        if (at->variable[i] == v)
            return at->value[i];
    fail_msg("a variable is not bound");
    return 0;
}

static long expression_value(binding *at, const sp_expression *e);

static long factor_value(binding *at, const sp_factor *f)
{
    const sp_variable *index = f->is.entry.index;
    if (f->kind == SP_FACTOR_ENTRY)
        return datum(f->is.entry.of, value_of(at, index[0]),
                     f->is.entry.indices > 1 ? value_of(at, index[1]) : 0);
    assert_int_equal(f->kind, SP_FACTOR_APPLY);
    return applied(f->is.apply.symbol, expression_value(at, f->is.apply.argument[0]),
                   f->is.apply.argument[1] ? expression_value(at, f->is.apply.argument[1]) : 0);
}

static long monomial_value(binding *at, const sp_monomial *m, size_t summed)
{
    long total = 0, product = 1;
    if (summed < m->summations) {
        at->variable[at->count++] = m->summed[summed];
        for (size_t v = 0; v < extent[sp_variable_sort(m->summed[summed])]; v++) {
            at->value[at->count - 1] = v;
            total += monomial_value(at, m, summed + 1);
        }
        at->count--;
        return total;
    }
    for (size_t i = 0; i < m->factors; i++)
        for (int p = 0; p < m->factor[i].power; p++)
            product *= factor_value(at, m->factor[i].factor);
    for (sp_sort s = 0; s < SP_DIM_COUNT; s++)
        for (int p = 0; p < m->size[s]; p++)
            product *= (long)extent[s];
    return product;
}

static long expression_value(binding *at, const sp_expression *e)
{
    long sum = 0;
    for (size_t t = 0; t < e->terms; t++) {
        assert_int_equal(e->term[t].coefficient.d, 1);
        sum += e->term[t].coefficient.n * monomial_value(at, e->term[t].monomial, 0);
    }
    return sum;
}

/* ---- forms as matrices ---- */

static tensor form_value(const sp_math *m);

static unsigned entry_of(const char *name)
{
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        if (strcmp(sp_mlp.tensor[t].name, name) == 0)
            return (unsigned)t;
    for (int r = 0; r < SP_RESULT_COUNT; r++)
        if (strcmp(sp_mlp.result[r].name, name) == 0)
            return (unsigned)(r == SP_RESULT_D1   ? SP_ENTRY_SLOPE + SP_RESULT_Z1
                              : r == SP_RESULT_D2 ? SP_ENTRY_SLOPE + SP_RESULT_Z2
                                                  : SP_ENTRY_VALUE + r);
    fail_msg("no entry is called %s", name);
    return 0;
}

static tensor loaded(const char *name)
{
    unsigned of = entry_of(name);
    sp_layout layout = of >= SP_ENTRY_SLOPE   ? sp_mlp.result[of - SP_ENTRY_SLOPE].whole
                       : of >= SP_ENTRY_VALUE ? sp_mlp.result[of - SP_ENTRY_VALUE].whole
                                              : sp_mlp.tensor[of].whole;
    bool vector = layout.order == 1; /* vectors are columns here */
    tensor t = {extent[layout.part[0].dim], vector ? 1 : extent[layout.part[1].dim], {{0}}};
    for (size_t i = 0; i < t.rows; i++)
        for (size_t j = 0; j < t.columns; j++)
            t.value[i][j] = datum(of, i, j);
    return t;
}

static tensor transposed(const tensor *a)
{
    tensor t = {a->columns, a->rows, {{0}}};
    for (size_t i = 0; i < t.rows; i++)
        for (size_t j = 0; j < t.columns; j++)
            t.value[i][j] = a->value[j][i];
    return t;
}

static tensor product(const tensor *a, const tensor *b)
{
    if (a->rows == 1 && a->columns == 1) {
        tensor t = *b;
        for (size_t i = 0; i < t.rows; i++)
            for (size_t j = 0; j < t.columns; j++)
                t.value[i][j] *= a->value[0][0];
        return t;
    }
    tensor t = {a->rows, b->columns, {{0}}};
    assert_int_equal(a->columns, b->rows);
    for (size_t i = 0; i < t.rows; i++)
        for (size_t j = 0; j < t.columns; j++)
            for (size_t k = 0; k < a->columns; k++)
                t.value[i][j] += a->value[i][k] * b->value[k][j];
    return t;
}

static tensor entrywise(const tensor *a, const tensor *b, char sign)
{
    tensor t = *a;
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->columns, b->columns);
    for (size_t i = 0; i < t.rows; i++)
        for (size_t j = 0; j < t.columns; j++)
            t.value[i][j] = sign == '*'   ? t.value[i][j] * b->value[i][j]
                            : sign == '+' ? t.value[i][j] + b->value[i][j]
                                          : t.value[i][j] - b->value[i][j];
    return t;
}

/* sum_n A[n,:], sum_o A[:,o] and sum_k v[k,:] of a vector */
static tensor total(const sp_math *m)
{
    const sp_math *entry = m->item[0];
    bool rows = strcmp(entry->item[2]->text, ":") == 0;
    tensor a = form_value(entry->item[0]), t = {rows ? a.columns : a.rows, 1, {{0}}};
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.columns; j++)
            t.value[rows ? j : i][0] += a.value[i][j];
    return t;
}

static sp_symbol symbol_of(const char *name)
{
    static const char *const names[] = {[SP_SYMBOL_SIGMA] = "sigma", [SP_SYMBOL_SIGMA_PRIME] = "sigma'",
                                        [SP_SYMBOL_G] = "g", [SP_SYMBOL_G_PRIME] = "g'",
                                        [SP_SYMBOL_LOSS] = "loss", [SP_SYMBOL_LOSS_PRIME] = "loss'"};
    for (unsigned s = 0; s < sizeof names / sizeof *names; s++)
        if (strcmp(names[s], name) == 0)
            return s;
    if (strcmp(name, "step") == 0)
        return SP_SYMBOL_STEP;
    fail_msg("no function is called %s", name);
    return SP_SYMBOL_SIGMA;
}

static tensor application(const sp_math *m)
{
    tensor a = form_value(m->item[1]), b = {0, 0, {{0}}};
    if (m->item[0]->kind == SP_MATH_WORD) { /* diag */
        tensor t = {a.rows, a.rows, {{0}}};
        for (size_t i = 0; i < a.rows; i++)
            t.value[i][i] = a.value[i][0];
        return t;
    }
    if (m->items > 2)
        b = form_value(m->item[2]);
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.columns; j++)
            a.value[i][j] = applied(symbol_of(m->item[0]->text), a.value[i][j],
                                    m->items > 2 ? b.value[i][j] : 0);
    return a;
}

static tensor form_value(const sp_math *m)
{
    tensor a = {1, 1, {{0}}}, b;
    switch (m->kind) {
    case SP_MATH_SYMBOL:
        for (int d = 0; d < SP_DIM_COUNT; d++)
            if (strcmp(sp_mlp.dim[d], m->text) == 0) {
                a.value[0][0] = (long)extent[d];
                return a;
            }
        return loaded(m->text);
    case SP_MATH_NUMBER:
        a.value[0][0] = strtol(m->text, NULL, 10);
        return a;
    case SP_MATH_TRANSPOSE:
        a = form_value(m->item[0]);
        return transposed(&a);
    case SP_MATH_PRODUCT:
    case SP_MATH_HADAMARD:
    case SP_MATH_SUM:
        a = form_value(m->item[0]);
        for (size_t r = 0; m->kind == SP_MATH_SUM && m->minus & 1U && r < a.rows; r++)
            for (size_t c = 0; c < a.columns; c++)
                a.value[r][c] = -a.value[r][c];
        for (size_t i = 1; i < m->items; i++) {
            b = form_value(m->item[i]);
            a = m->kind == SP_MATH_PRODUCT ? product(&a, &b)
                : m->kind == SP_MATH_HADAMARD
                    ? entrywise(&a, &b, '*')
                    : entrywise(&a, &b, m->minus >> i & 1U ? '-' : '+');
        }
        return a;
    case SP_MATH_BIG:
        return total(m);
    case SP_MATH_APPLY:
        return application(m);
    default:
        fail_msg("a form has no %d", (int)m->kind);
        return a;
    }
}

/* ---- random expressions ---- */

static unsigned state;
static unsigned chance(unsigned below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 16) % below;
}

/* Entries that a form may be made of, with D1 and D2 standing for dL/dZ1 and dL/dZ2. */
static const unsigned entries[] = {
    SP_TENSOR_X, SP_TENSOR_W1, SP_TENSOR_W2, SP_TENSOR_B1, SP_TENSOR_B2, SP_TENSOR_Y,
    SP_ENTRY_VALUE + SP_RESULT_A1, SP_ENTRY_VALUE + SP_RESULT_Z2, SP_ENTRY_SLOPE + SP_RESULT_Z1,
    SP_ENTRY_SLOPE + SP_RESULT_Z2};

typedef struct maker {
    sp_pool *pool;
    sp_algebra *in;
    size_t order;
    sp_variable place[2], inner[SP_DIM_COUNT][2];
    const sp_expression *out;
    bool used[SP_DIM_COUNT][2];
} maker;

static sp_variable variable(maker *m, sp_dim dim)
{
    for (size_t i = 0; i < m->order; i++)
        if (sp_variable_sort(m->place[i]) == sp_sort_of_dim(dim) && chance(2))
            return m->place[i];
    unsigned which = chance(4) == 0;
    m->used[dim][which] = true;
    return m->inner[dim][which];
}

static sp_layout layout_of(unsigned of)
{
    return of >= SP_ENTRY_SLOPE   ? sp_mlp.result[of - SP_ENTRY_SLOPE].whole
           : of >= SP_ENTRY_VALUE ? sp_mlp.result[of - SP_ENTRY_VALUE].whole
                                  : sp_mlp.tensor[of].whole;
}

static void make_one(void *argument)
{
    maker *m = argument;
    static const long coefficients[] = {1, 1, 2, -1, -3};
    m->out = sp_integer(m->in, coefficients[chance(5)]);
    for (unsigned f = 1 + chance(4); f-- > 0;) {
        unsigned of = entries[chance(sizeof entries / sizeof *entries)];
        sp_layout layout = layout_of(of);
        sp_variable index[2];
        for (unsigned i = 0; i < layout.order; i++)
            index[i] = variable(m, layout.part[i].dim);
        const sp_expression *e = sp_entry(m->in, of, layout.order, index);
        if (chance(5) == 0)
            e = sp_apply(m->in, chance(2) ? SP_SYMBOL_SIGMA : SP_SYMBOL_G_PRIME, e, NULL);
        m->out = sp_multiply(m->in, m->out, e);
    }
    for (int d = 0; d < SP_DIM_COUNT; d++)
        for (int k = 0; k < 2; k++)
            if (m->used[d][k])
                m->out = sp_sum_over(m->in, m->out, &m->inner[d][k], 1);
}

static const sp_math *slopes[SP_RESULT_COUNT];

static void compare(maker *m, const sp_math *form)
{
    tensor is = form_value(form);
    size_t rows = m->order > 0 ? extent[sp_variable_sort(m->place[0])] : 1;
    size_t columns = m->order > 1 ? extent[sp_variable_sort(m->place[1])] : 1;
    bool every_row = m->order == 2 && is.rows == columns && is.columns == 1; /* of a matrix */
    sp_text text = sp_text_in(m->pool);
    sp_math_write_text(&text, form, true);
    if (!every_row && (is.rows != rows || is.columns != columns))
        fail_msg("%s is %zu x %zu, not %zu x %zu", sp_text_string(&text), is.rows, is.columns,
                 rows, columns);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            binding at = {{m->place[0], m->place[1]}, {i, j}, m->order};
            long want = expression_value(&at, m->out);
            long got = every_row ? is.value[j][0] : is.value[i][j];
            if (got != want)
                fail_msg("%s: [%zu,%zu] is %ld, not %ld", sp_text_string(&text), i, j, got, want);
        }
}

/* Breaks if a product is taken in the wrong order, a transpose is forgotten, a sum is done over the wrong
 * index, or a factor is lost. */
static void forms_are_what_they_stand_for(void **unused)
{
    (void)unused;
    enum { RUNS = 8000 };
    size_t found = 0;
    state = 1;
    for (size_t run = 0; run < RUNS; run++) {
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        slopes[SP_RESULT_Z1] = sp_math_symbol(pool, "D1");
        slopes[SP_RESULT_Z2] = sp_math_symbol(pool, "D2");
        maker m = {.pool = pool, .in = sp_algebra_open(pool, NULL), .order = chance(3)};
        for (unsigned i = 0; i < m.order; i++)
            m.place[i] = sp_variable_place(i, (sp_dim)chance(SP_DIM_COUNT));
        for (int d = 0; d < SP_DIM_COUNT; d++)
            for (int k = 0; k < 2; k++)
                m.inner[d][k] = sp_fresh(m.in, (sp_sort)d);
        assert_int_equal(sp_algebra_run(m.in, make_one, &m), SP_PROOF_NO_LIMIT);
        sp_form form = sp_form_of(pool, m.out, m.order, m.place, slopes);
        assert_true((form.kind == SP_FORM_NONE) == (form.math == NULL));
        if (form.kind != SP_FORM_NONE) {
            found++;
            compare(&m, form.math);
        }
        sp_pool_close(pool);
    }
    print_message("%zu of %d random expressions have a form\n", found, RUNS);
    assert_true(found > RUNS / 20);
}

/* ---- texts ---- */

typedef struct written {
    sp_pool *pool;
    sp_algebra *in;
    const char *want;
} written;

static const sp_expression *entry2(sp_algebra *in, unsigned of, sp_variable a, sp_variable b)
{
    const sp_variable index[2] = {a, b};
    return sp_entry(in, of, 2, index);
}

static void check(sp_pool *pool, const sp_expression *e, sp_variable a, sp_variable b,
                  sp_form_kind kind, const char *want)
{
    const sp_variable place[2] = {a, b};
    sp_form form = sp_form_of(pool, e, 2, place, NULL);
    assert_int_equal(form.kind, kind);
    if (!want)
        return;
    sp_text text = sp_text_in(pool);
    sp_math_write_text(&text, form.math, true);
    assert_string_equal(sp_text_string(&text), want);
}

static void known(void *argument)
{
    written *w = argument;
    sp_algebra *in = w->in;
    sp_variable n = sp_fresh(in, SP_DIM_N), o = sp_fresh(in, SP_DIM_DOUT);
    sp_variable n0 = sp_variable_place(0, SP_DIM_N), k0 = sp_variable_place(0, SP_DIM_DH);
    sp_variable k1 = sp_variable_place(1, SP_DIM_DH), o1 = sp_variable_place(1, SP_DIM_DOUT);
    unsigned a1 = SP_ENTRY_VALUE + SP_RESULT_A1, z2 = SP_ENTRY_VALUE + SP_RESULT_Z2;
    /* sum_n A1[n,k] Z2[n,o] */
    const sp_expression *e = sp_multiply(in, entry2(in, a1, n, k0), entry2(in, z2, n, o1));
    check(w->pool, sp_sum_over(in, e, &n, 1), k0, o1, SP_FORM_PRODUCT, "A1^T Z2");
    /* sum_o Z2[n,o] W2[k,o], and its transpose */
    e = sp_multiply(in, entry2(in, z2, n0, o), entry2(in, SP_TENSOR_W2, k1, o));
    e = sp_sum_over(in, e, &o, 1);
    check(w->pool, e, n0, k1, SP_FORM_PRODUCT, "Z2 W2^T");
    check(w->pool, e, k1, n0, SP_FORM_PRODUCT, "W2 Z2^T");
    /* entry by entry */
    e = sp_multiply(in, e, sp_apply(in, SP_SYMBOL_SIGMA_PRIME, entry2(in, a1, n0, k1), NULL));
    check(w->pool, e, n0, k1, SP_FORM_HADAMARD, NULL);
    /* a triangle of sums is no series-parallel graph: sum_(n,m) X[n,i] X[m,i] A1[n,k] A1[m,k] is one
     * (entry by entry, then a product), but a bridge between the two paths makes it none */
    sp_variable m = sp_fresh(in, SP_DIM_N), i = sp_fresh(in, SP_DIM_DIN), l = sp_fresh(in, SP_DIM_DH);
    e = sp_multiply(in, entry2(in, SP_TENSOR_X, n, i), entry2(in, a1, n, l));
    e = sp_multiply(in, e, entry2(in, SP_TENSOR_W1, i, l));
    e = sp_multiply(in, e, entry2(in, a1, n, k0));
    e = sp_multiply(in, e, sp_multiply(in, entry2(in, SP_TENSOR_W2, l, o),
                                       entry2(in, SP_TENSOR_Y, m, o)));
    e = sp_multiply(in, e, sp_multiply(in, entry2(in, SP_TENSOR_X, m, i),
                                       entry2(in, SP_TENSOR_Y, m, o1)));
    const sp_variable over[] = {n, m, i, l, o};
    check(w->pool, sp_sum_over(in, e, over, 5), k0, o1, SP_FORM_NONE, NULL);
    /* conditions have no form */
    e = sp_multiply(in, entry2(in, a1, n0, k1), sp_same_index(in, n, n0));
    check(w->pool, e, n0, k1, SP_FORM_NONE, NULL);
    /* the wrong indices have none either */
    check(w->pool, entry2(in, a1, n0, k1), n0, o1, SP_FORM_NONE, NULL);
}

static void known_forms(void **unused)
{
    (void)unused;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    written w = {pool, sp_algebra_open(pool, NULL), NULL};
    assert_int_equal(sp_algebra_run(w.in, known, &w), SP_PROOF_NO_LIMIT);
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_what_they_stand_for),
        cmocka_unit_test(known_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
