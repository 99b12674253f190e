/* Limits: huge, deep and long inputs get a diagnostic that names the limit, and never a crash or a
 * hang. Broken by: recursion that is not bounded, a size that overflows, a limit that is not
 * checked. */
#include "lang_fixture.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static sp_text text_in(sp_pool **pool)
{
    assert_int_equal(sp_pool_open(pool, NULL, NULL), SP_OK);
    return sp_text_in(*pool);
}

static const char scheme_head[] = "scheme s\nmesh tp\ninput X[N, Din]\nforward\n  Z1 = ";
static const char scheme_tail[] = "\nbackward\nresult Z1[N, Dh]\n";

/* A scheme with Z1 = before repeated, middle, after repeated. */
static loaded load_repeated(const char *before, const char *middle, const char *after, size_t times)
{
    sp_pool *pool;
    sp_text text = text_in(&pool);
    sp_text_add(&text, scheme_head);
    sp_text_add_repeated(&text, before, times);
    sp_text_add(&text, middle);
    sp_text_add_repeated(&text, after, times);
    sp_text_add(&text, scheme_tail);
    loaded l = load_text(sp_text_string(&text));
    sp_pool_close(pool);
    return l;
}

static void assert_error(loaded l, const char *part)
{
    if (!strstr(l.shown, part))
        print_error("expected \"%s\" in\n%.2000s\n", part, l.shown);
    assert_non_null(strstr(l.shown, part));
    assert_true(l.diagnostics.errors >= 1);
    sp_pool_close(l.pool);
}

static const struct { const char *before, *middle, *after; } nests[] = {
    {"(", "X", ")"},     {"-", "X", ""},           {"", "X", "^T"},
    {"sigma(", "X", ")"}, {"(-", "X", "^T)"},       {"X + (", "X", ")"},
};

static void nesting_has_a_limit(void **state)
{
    (void)state;
    const char *limit = "too many nested brackets and operators: more than 200 (limit 200)";
    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
        assert_error(load_repeated(nests[i].before, nests[i].middle, nests[i].after, 201), limit);
        assert_error(load_repeated(nests[i].before, nests[i].middle, nests[i].after, 100000),
                     limit);
        if (nests[i].before[0]) /* never closed */
            assert_error(load_repeated(nests[i].before, nests[i].middle, "", 100000), limit);
    }
    for (size_t i = 0; i < 2; i++) { /* 200 is allowed */
        loaded l = load_repeated(nests[i].before, nests[i].middle, nests[i].after, 200);
        assert_string_equal(l.shown, "");
        sp_pool_close(l.pool);
    }
}

static void unknown_functions_nest_too(void **state)
{
    (void)state;
    assert_error(load_repeated("nosuch(", "X", ")", 100), "unknown function 'nosuch'");
    assert_error(load_repeated("nosuch(", "X", ")", 100000), "too many nested brackets and operators");
    assert_error(load_repeated("[", "X", "]", 100000), "expected an expression, found '['");
    assert_error(load_repeated("{", "X", "}", 100000), "expected an expression, found '{'");
}

static void sets_do_not_nest(void **state)
{
    (void)state;
    sp_pool *pool;
    sp_text text = text_in(&pool);
    sp_text_add(&text, "case c\n  mesh tp = ");
    sp_text_add_repeated(&text, "{", 100000);
    sp_text_add(&text, "\n");
    assert_error(load_text(sp_text_string(&text)), "a set cannot stand inside another set");
    sp_pool_close(pool);
}

static void long_chains_are_loops(void **state)
{
    (void)state;
    loaded l = load_repeated("X + ", "X", "", 100000);
    assert_string_equal(l.shown, "");
    assert_int_equal(l.unit->program[0]->nodes, 100001); /* one load, 100,000 sums */
    sp_pool_close(l.pool);
    l = load_repeated("X ", "", "", 100000);
    assert_error(l, "expected the end of the line, found 'X'");
}

static void operations_have_a_limit(void **state)
{
    (void)state;
    assert_error(load_repeated("X+", "X", "", 500001), "too many operations (limit 1000000)");
}

static void statements_have_a_limit(void **state)
{
    (void)state;
    sp_pool *pool;
    for (size_t extra = 0; extra < 2; extra++) {
        sp_text text = text_in(&pool);
        sp_text_add(&text, scheme_head);
        sp_text_add(&text, "X\n");
        for (size_t i = 1; i < 10000 + extra; i++)
            sp_text_format(&text, "a%zu = X\n", i);
        sp_text_add(&text, scheme_tail);
        loaded l = load_text(sp_text_string(&text));
        if (extra)
            assert_error(l, "too many statements of a scheme (limit 10000)");
        else
            assert_int_equal(l.diagnostics.errors, 0);
        if (!extra)
            sp_pool_close(l.pool);
        sp_pool_close(pool);
    }
}

static void errors_have_a_limit(void **state)
{
    (void)state;
    sp_pool *pool;
    sp_text text = text_in(&pool);
    sp_text_add_repeated(&text, "case c\n", 1000);
    loaded l = load_text(sp_text_string(&text));
    assert_int_equal(l.diagnostics.count, 101);
    assert_string_equal(l.diagnostics.item[100].message,
                        "too many errors: the others are not shown (limit 100)");
    sp_pool_close(l.pool);
    sp_pool_close(pool);
}

static void cases_have_a_limit(void **state)
{
    (void)state;
    const char *head = "case c\n  dims N = 1, Din = 1, Dh = 1, Dout = 1\n  scheme delta-rule\n"
                       "  data random(seed = {";
    sp_pool *pool;
    for (size_t count = 10000; count <= 10001; count++) {
        sp_text text = text_in(&pool);
        sp_text_add(&text, head);
        for (size_t i = 0; i < count; i++)
            sp_text_format(&text, "%s%zu", i ? "," : "", i);
        sp_text_add(&text, "})\n");
        loaded l = load_text(sp_text_string(&text));
        if (count == 10000) {
            assert_int_equal(l.unit->cases, 10000);
            assert_string_equal(l.unit->item[9999]->name, "c[seed=9999]");
            sp_pool_close(l.pool);
        } else {
            assert_error(l, "too many cases from one file: 10001 (limit 10000)");
        }
        sp_pool_close(pool);
    }
}

static void product_of_sets_may_overflow(void **state)
{
    (void)state;
    sp_pool *pool;
    sp_text text = text_in(&pool);
    sp_text_add(&text, "case c\n  dims N = 1, Din = 1, Dh = 1, Dout = 1\n  scheme delta-rule\n");
    for (int field = 0; field < 6; field++) {
        sp_text_format(&text, "  %s = {",
                       (const char *const[]){"X", "Y", "W1", "b1", "W2", "b2"}[field]);
        for (int i = 0; i < 2000; i++)
            sp_text_format(&text, "%s[%d]", i ? "," : "", i);
        sp_text_add(&text, "}\n");
    }
    assert_error(load_text(sp_text_string(&text)),
                 "too many cases from one file: more than 18446744073709551615 (limit 10000)");
    sp_pool_close(pool);
}

/* Processor time of loading that many bytes of one thing over and over. */
static double seconds_of(const char *piece, size_t bytes)
{
    sp_pool *pool;
    sp_text text = text_in(&pool);
    sp_text_add(&text, "case c\n  mesh tp = {");
    sp_text_add_repeated(&text, piece, bytes / strlen(piece));
    clock_t begin = clock();
    loaded l = load_text(sp_text_string(&text));
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    assert_true(l.diagnostics.errors >= 1);
    sp_pool_close(l.pool);
    sp_pool_close(pool);
    return seconds;
}

/* Long files, open brackets and quotes included: no hang. A file sixteen times as long takes about sixteen times the
 * time, not 256 times; what is done in a moment is not measured. */
static void largest_file_is_read_in_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"1,",          "{",        "a b ", "X = [", "a1=1,",
                                         "\n",          "case c\n", "'",    "\"",    "\xE2\x82\xAC",
                                         "mesh tp = 2,"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        const double part = seconds_of(pieces[i], 125000), whole = seconds_of(pieces[i], 2000000);
        if (whole > 100 * part + 2)
            print_error("%s: 125 kB in %.2f s, 2 MB in %.2f s\n", pieces[i], part, whole);
        assert_true(whole <= 100 * part + 2);
    }
}

static void file_over_the_limit_is_refused_unread(void **state)
{
    (void)state;
    char name[] = "/tmp/shardproof-limit-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, 100000000), 0);
    close(file);
    loaded l = load_bytes(name, NULL, 0);
    char expected[256];
    snprintf(expected, sizeof expected,
             "%s: error: too many bytes in a file: 100000000 (limit 16777216)\n", name);
    assert_string_equal(l.shown, expected);
    sp_pool_close(l.pool);
    assert_int_equal(unlink(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(unknown_functions_nest_too),
        cmocka_unit_test(sets_do_not_nest),
        cmocka_unit_test(long_chains_are_loops),
        cmocka_unit_test(operations_have_a_limit),
        cmocka_unit_test(statements_have_a_limit),
        cmocka_unit_test(errors_have_a_limit),
        cmocka_unit_test(cases_have_a_limit),
        cmocka_unit_test(product_of_sets_may_overflow),
        cmocka_unit_test(largest_file_is_read_in_time),
        cmocka_unit_test(file_over_the_limit_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
