/* number: what every number system must do alike. Small integers are exact in all of them, so
 * that brute force over indices in 64-bit integers is the oracle. */
#include "number_test.h"

/* sizes that are pairwise different, 1, and empty */
static const size_t shapes[][3] = {{3, 4, 5}, {1, 1, 1}, {1, 7, 2}, {6, 1, 3}, {5, 2, 1},
                                   {0, 3, 2}, {3, 0, 2}, {3, 2, 0}, {0, 0, 0}, {17, 33, 9}};

static double small(void)
{
    return (double)((long)random_below(19) - 9);
}

static double *smalls(sp_pool *pool, size_t count)
{
    double *value = SP_NEW_ARRAY(pool, double, count);
    for (size_t i = 0; i < count; i++)
        value[i] = small();
    return value;
}

/* Runs a test in every system, all options; systems differ in what they need. */
static void in_systems(void (*test)(const sp_arithmetic *in), bool with_infinities)
{
    random_state = 1;
    for (size_t s = 0; s < sp_number_system_count; s++) {
        if (with_infinities && !sp_number_system_table[s]->has_infinities)
            continue; /* exact systems have one value for all that has none */
        for (int deterministic = 0; deterministic < 2; deterministic++)
            for (unsigned threads = 0; threads < 4; threads += 3) {
                sp_pool *pool = open_pool();
                const sp_arithmetic in = {.system = sp_number_system_table[s],
                                          .pool = pool,
                                          .bits = 53,
                                          .deterministic = deterministic,
                                          .threads = threads};
                test(&in);
                sp_pool_close(pool);
            }
    }
}

static void in_every_system(void (*test)(const sp_arithmetic *in))
{
    in_systems(test, false);
}

static void in_every_system_with_infinities(void (*test)(const sp_arithmetic *in))
{
    in_systems(test, true);
}

static void table(void **state)
{
    (void)state;
    assert_non_null(sp_number_system_find("binary64"));
    assert_non_null(sp_number_system_find("mpfr"));
    assert_non_null(sp_number_system_find("bound"));
    assert_null(sp_number_system_find("binary63"));
    assert_null(sp_number_system_find(""));
    for (size_t i = 0; i < sp_number_system_count; i++) {
        const sp_number_system *s = sp_number_system_table[i];
        assert_ptr_equal(sp_number_system_find(s->name), s);
        assert_true(strlen(s->summary) > 0);
    }
}

/* Broken by: a transposition taken for the other, a stride of the wrong operand, a shape without
 * entries given to GSL, beta = 0 that multiplies old NaN. */
static void products_in(const sp_arithmetic *in)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int t = 0; t < 4; t++) {
            const size_t n = shapes[s][0], inner = shapes[s][1], m = shapes[s][2];
            const bool ta = t & 1, tb = t & 2;
            const double *x = smalls(in->pool, n * inner), *y = smalls(in->pool, inner * m);
            sp_matrix *a = ta ? matrix_of(in, inner, n, x) : matrix_of(in, n, inner, x);
            sp_matrix *b = tb ? matrix_of(in, m, inner, y) : matrix_of(in, inner, m, y);
            sp_matrix *out = result_matrix(in, n, m);
            in->system->product(in, out, a, ta, b, tb);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++) {
                    long want = 0;
                    for (size_t k = 0; k < inner; k++)
                        want += (long)(ta ? x[k * n + i] : x[i * inner + k]) *
                                (long)(tb ? y[j * inner + k] : y[k * m + j]);
                    assert_true((long)entry_of(in, out, i, j) == want);
                }
            sp_matrix_free(in, out);
            sp_matrix_free(in, a);
            sp_matrix_free(in, b);
        }
}

static void products(void **state)
{
    (void)state;
    in_every_system(products_in);
}

/* Broken by: rows and columns exchanged, a first term counted twice or not at all. */
static void sums_in(const sp_arithmetic *in)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t n = shapes[s][0], m = shapes[s][1];
        const double *x = smalls(in->pool, n * m);
        sp_matrix *a = matrix_of(in, n, m, x);
        sp_matrix *columns = result_matrix(in, 1, m), *rows = result_matrix(in, n, 1);
        in->system->sum(in, columns, a, true);
        in->system->sum(in, rows, a, false);
        for (size_t j = 0; j < m; j++) {
            long want = 0;
            for (size_t i = 0; i < n; i++)
                want += (long)x[i * m + j];
            assert_true((long)entry_of(in, columns, 0, j) == want);
        }
        for (size_t i = 0; i < n; i++) {
            long want = 0;
            for (size_t j = 0; j < m; j++)
                want += (long)x[i * m + j];
            assert_true((long)entry_of(in, rows, i, 0) == want);
        }
        for (size_t count = 1; count < 5; count++) {
            const sp_matrix *part[4];
            const double *value[4];
            for (size_t c = 0; c < count; c++)
                part[c] = matrix_of(in, n, m, value[c] = smalls(in->pool, n * m));
            sp_matrix *out = result_matrix(in, n, m);
            in->system->total(in, out, part, count);
            for (size_t i = 0; i < n * m; i++) {
                long want = 0;
                for (size_t c = 0; c < count; c++)
                    want += (long)value[c][i];
                assert_true((long)entry_of(in, out, i / m, i % m) == want);
            }
        }
    }
}

static void sums(void **state)
{
    (void)state;
    in_every_system(sums_in);
}

/* Broken by: a list used for the wrong side, runs of neighbours that end one too late. */
static void copies_in(const sp_arithmetic *in)
{
    for (int round = 0; round < 128; round++) {
        const size_t n = 1 + random_below(6), m = 1 + random_below(9);
        const size_t p = 1 + random_below(6), q = random_below(2) ? m : 1 + random_below(9);
        const bool lists[4] = {round & 1, round & 2, round & 4, round & 8};
        size_t rows = random_below((n < p ? n : p) + 1), cols = random_below((m < q ? m : q) + 1);
        if (round % 32 == 0) { /* the whole, no lists */
            rows = n < p ? n : p;
            cols = m < q ? m : q;
        }
        size_t out_row[6], out_col[9], a_row[6], a_col[9];
        const size_t row_skip = random_below(p - rows + 1), col_skip = random_below(q - cols + 1);
        for (size_t i = 0; i < rows; i++) { /* distinct places of out, any of a */
            out_row[i] = rows - 1 - i + row_skip;
            a_row[i] = random_below(n);
        }
        const size_t turn = random_below(cols + 1);
        for (size_t j = 0; j < cols; j++) {
            out_col[j] = (j + turn) % cols + col_skip;
            a_col[j] = random_below(3) ? (j + turn) % m : random_below(m);
        }
        double value[54], want[54];
        for (size_t i = 0; i < n * m; i++)
            value[i] = small();
        for (size_t i = 0; i < p * q; i++)
            want[i] = 100;
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                want[(lists[0] ? out_row[i] : i) * q + (lists[1] ? out_col[j] : j)] =
                    value[(lists[2] ? a_row[i] : i) * m + (lists[3] ? a_col[j] : j)];
        sp_matrix *a = matrix_of(in, n, m, value), *out = sp_matrix_create(in, p, q);
        for (size_t i = 0; i < p * q; i++)
            in->system->set(in, out, i / q, i % q, 100);
        in->system->copy(in, out, lists[0] ? out_row : NULL, lists[1] ? out_col : NULL, a,
                         lists[2] ? a_row : NULL, lists[3] ? a_col : NULL, rows, cols);
        for (size_t i = 0; i < p * q; i++)
            assert_same_double(entry_of(in, out, i / q, i % q), want[i]);
    }
}

static void copies(void **state)
{
    (void)state;
    in_every_system(copies_in);
}

static void transposes_in(const sp_arithmetic *in)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t n = shapes[s][1], m = shapes[s][2];
        const double *x = smalls(in->pool, n * m);
        sp_matrix *a = matrix_of(in, n, m, x), *out = result_matrix(in, m, n);
        in->system->transpose(in, out, a);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < m; j++)
                assert_same_double(entry_of(in, out, j, i), x[i * m + j]);
    }
}

static void transposes(void **state)
{
    (void)state;
    in_every_system(transposes_in);
}

static double applied(sp_primitive f, double a, double b)
{
    switch (f) {
    case SP_PRIMITIVE_ADD:
        return a + b;
    case SP_PRIMITIVE_SUB:
        return a - b;
    case SP_PRIMITIVE_MUL:
        return a * b;
    case SP_PRIMITIVE_DIV:
        return a / b;
    case SP_PRIMITIVE_MAX:
        return a != a ? a : b != b ? b : a > b ? a : b;
    case SP_PRIMITIVE_NEG:
        return -a;
    case SP_PRIMITIVE_STEP:
        return a != a ? a : a > 0;
    case SP_PRIMITIVE_SQRT:
        return sqrt(a);
    default:
        fail();
        return 0;
    }
}

/* Values at which signs, infinities and NaN go wrong. All results of these primitives on them
 * are doubles that MPFR at 53 bits rounds alike (no subnormal results). */
static const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -7.0, 1e100, (double)INFINITY,
                                 -(double)INFINITY, (double)NAN};
enum { SPECIALS = sizeof special / sizeof *special };

/* Broken by: max or step that lose a NaN, -0 where a sum starts from 0, a - b with operands
 * exchanged. */
static void special_values_in(const sp_arithmetic *in)
{
    static const sp_primitive unaries[] = {SP_PRIMITIVE_NEG, SP_PRIMITIVE_STEP, SP_PRIMITIVE_SQRT};
    static const sp_primitive binaries[] = {SP_PRIMITIVE_ADD, SP_PRIMITIVE_SUB, SP_PRIMITIVE_MUL,
                                            SP_PRIMITIVE_DIV, SP_PRIMITIVE_MAX};
    sp_matrix *row = matrix_of(in, 1, SPECIALS, special), *out = result_matrix(in, 1, SPECIALS);
    sp_matrix *column = matrix_of(in, SPECIALS, 1, special);
    sp_matrix *square = result_matrix(in, SPECIALS, SPECIALS);
    for (size_t f = 0; f < sizeof unaries / sizeof *unaries; f++) {
        in->system->unary(in, unaries[f], out, row);
        for (size_t j = 0; j < SPECIALS; j++)
            assert_same_double(entry_of(in, out, 0, j), applied(unaries[f], special[j], 0));
    }
    for (size_t f = 0; f < sizeof binaries / sizeof *binaries; f++) {
        in->system->binary(in, binaries[f], square, row, column);
        for (size_t i = 0; i < SPECIALS * SPECIALS; i++)
            assert_same_double(
                entry_of(in, square, i / SPECIALS, i % SPECIALS),
                applied(binaries[f], special[i % SPECIALS], special[i / SPECIALS]));
    }
    /* a sum and a product of one negative zero are negative zeros, where no BLAS adds them to 0 */
    const double minus = -0.0, one = 1;
    sp_matrix *zero = matrix_of(in, 1, 1, &minus), *unit = matrix_of(in, 1, 1, &one);
    const sp_matrix *parts[2] = {zero, zero};
    sp_matrix *scalar = result_matrix(in, 1, 1);
    in->system->sum(in, scalar, zero, true);
    assert_same_double(entry_of(in, scalar, 0, 0), -0.0);
    in->system->sum(in, scalar, zero, false);
    assert_same_double(entry_of(in, scalar, 0, 0), -0.0);
    in->system->total(in, scalar, parts, 2);
    assert_same_double(entry_of(in, scalar, 0, 0), -0.0);
    if (in->deterministic || strcmp(in->system->name, "mpfr") == 0) {
        in->system->product(in, scalar, zero, false, unit, false);
        assert_same_double(entry_of(in, scalar, 0, 0), -0.0);
    }
}

static void special_values(void **state)
{
    (void)state;
    in_every_system_with_infinities(special_values_in);
}

/* 0 times infinity is NaN in every product: broken by a BLAS that skips zeros or reads out. */
static void products_of_infinities_in(const sp_arithmetic *in)
{
    static const size_t sizes[] = {1, 2, 3, 8, 33, 100};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int t = 0; t < 8; t++) {
            const size_t n = t & 4 ? 1 : sizes[s], m = sizes[s], inner = sizes[s];
            const bool ta = t & 1, tb = t & 2;
            const size_t row = random_below(n), k = random_below(inner), column = random_below(m);
            double *x = SP_NEW_ARRAY(in->pool, double, n * inner);
            double *y = SP_NEW_ARRAY(in->pool, double, inner * m);
            for (size_t i = 0; i < inner * m; i++)
                y[i] = 1;
            /* x is zero but for an infinity at (row, k); y is one but for an infinity at (k,
             * column) */
            const bool left = random_below(2);
            if (left)
                x[ta ? k * n + row : row * inner + k] = (double)INFINITY;
            else
                y[tb ? column * inner + k : k * m + column] = (double)INFINITY;
            sp_matrix *a = ta ? matrix_of(in, inner, n, x) : matrix_of(in, n, inner, x);
            sp_matrix *b = tb ? matrix_of(in, m, inner, y) : matrix_of(in, inner, m, y);
            sp_matrix *out = result_matrix(in, n, m);
            in->system->product(in, out, a, ta, b, tb);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++) {
                    double want = 0;
                    if (left && i == row)
                        want = (double)INFINITY;
                    if (!left && j == column)
                        want = (double)NAN;
                    assert_same_double(fabs(entry_of(in, out, i, j)), want);
                    if (strcmp(in->system->name, "bound") == 0)
                        assert_same_double(sp_bound_radius(in, out, i, j),
                                           want == 0 ? 0 : (double)INFINITY);
                }
            sp_matrix_free(in, a);
            sp_matrix_free(in, b);
            sp_matrix_free(in, out);
        }
}

static void products_of_infinities(void **state)
{
    (void)state;
    in_every_system_with_infinities(products_of_infinities_in);
}

/* Every shape that may be broadcast. Broken by: a step of 0 where the operand has entries. */
static void broadcasts_in(const sp_arithmetic *in)
{
    static const size_t sizes[][2] = {{1, 1}, {1, 4}, {3, 1}, {3, 4}, {0, 4}, {3, 0}, {40, 50}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int t = 0; t < 16; t++) {
            const size_t n = sizes[s][0], m = sizes[s][1];
            const size_t an = t & 1 ? 1 : n, am = t & 2 ? 1 : m, bn = t & 4 ? 1 : n,
                         bm = t & 8 ? 1 : m;
            const double *x = smalls(in->pool, an * am), *y = smalls(in->pool, bn * bm);
            sp_matrix *a = matrix_of(in, an, am, x), *b = matrix_of(in, bn, bm, y);
            sp_matrix *out = result_matrix(in, n, m), *negative = result_matrix(in, n, m);
            in->system->binary(in, SP_PRIMITIVE_SUB, out, a, b);
            in->system->unary(in, SP_PRIMITIVE_NEG, negative, a);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++) {
                    const double ax = x[(an == 1 ? 0 : i) * am + (am == 1 ? 0 : j)];
                    const double by = y[(bn == 1 ? 0 : i) * bm + (bm == 1 ? 0 : j)];
                    assert_same_double(entry_of(in, out, i, j), ax - by);
                    assert_same_double(entry_of(in, negative, i, j), -ax);
                }
        }
}

static void broadcasts(void **state)
{
    (void)state;
    in_every_system_with_infinities(broadcasts_in);
}

static void create_too_large(void *argument)
{
    const sp_arithmetic *in = argument;
    sp_matrix_create(in, SIZE_MAX / 2, 3);
}

static void create_huge(void *argument)
{
    const sp_arithmetic *in = argument;
    sp_matrix_create(in, (size_t)1 << 40, (size_t)1 << 22);
}

static void sizes_in(const sp_arithmetic *in)
{
    sp_matrix *m = sp_matrix_create(in, 2, 3);
    for (size_t i = 0; i < 6; i++)
        assert_same_double(entry_of(in, m, i / 3, i % 3), 0);
    sp_matrix_free(in, m);
    sp_matrix_free(in, NULL);
    sp_arithmetic copy = *in;
    assert_int_equal(sp_pool_run(in->pool, create_too_large, &copy), SP_NO_MEMORY);
    assert_int_equal(sp_pool_run(in->pool, create_huge, &copy), SP_NO_MEMORY);
}

/* Broken by: a product of sizes that wraps around. */
static void sizes(void **state)
{
    (void)state;
    in_every_system(sizes_in);
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
        cmocka_unit_test(table),
        cmocka_unit_test(products),
        cmocka_unit_test(sums),
        cmocka_unit_test(copies),
        cmocka_unit_test(transposes),
        cmocka_unit_test(special_values),
        cmocka_unit_test(products_of_infinities),
        cmocka_unit_test(broadcasts),
        cmocka_unit_test(sizes),
    };
    return cmocka_run_group_tests(tests, NULL, free_caches);
}
