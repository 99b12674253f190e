/* What the tests of counterexamples share: small schemes, loading and confirming them. */
#ifndef TESTS_SEARCH_FIXTURE_H
#define TESTS_SEARCH_FIXTURE_H

#include "failing.h"
#include "lang/lang.h"
#include "lang/mlp.h"
#include "network/network.h"
#include "search/search.h"

#include <shardproof/shardproof.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline sp_pool *open_pool(void)
{
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    return pool;
}

static inline const sp_unit *load(sp_pool *pool, const sp_source *source)
{
    sp_diagnostics found = {.pool = pool};
    const sp_vocabulary words = {.activation = sp_activation_names,
                                 .activations = sp_activation_count,
                                 .loss = sp_loss_names,
                                 .losses = sp_loss_count};
    const sp_unit *unit = source ? sp_unit_load(pool, source, &words, &found) : NULL;
    for (size_t i = 0; i < found.count; i++) {
        sp_text shown = sp_text_in(pool);
        sp_diagnostic_show(&shown, &found.item[i]);
        print_error("%s", sp_text_string(&shown));
    }
    assert_true(unit && found.errors == 0);
    return unit;
}

static inline const sp_unit *load_text(sp_pool *pool, const char *text)
{
    sp_diagnostics none = {.pool = pool};
    return load(pool, sp_source_from(pool, "test.case", text, strlen(text), &none));
}

static inline size_t result_named(const sp_program *program, const char *name)
{
    for (size_t k = 0; k < program->results; k++)
        if (strcmp(sp_mlp.result[program->result[k].result].name, name) == 0)
            return k;
    fail_msg("no result %s", name);
    return 0;
}

/* What `check` says about the one case of a text. */
static inline sp_expectation check_text(const char *text)
{
    sp_cases *cases;
    sp_check *check;
    sp_status status = sp_cases_load_text(&cases, "pasted.case", text, strlen(text), NULL);
    if (status == SP_BAD_INPUT)
        print_error("%s\n%s", text, sp_cases_diagnosis(cases, 0)->text);
    assert_int_equal(status, SP_OK);
    assert_int_equal(sp_cases_count(cases), 1);
    assert_int_equal(sp_check_run(&check, cases, 0, NULL), SP_OK);
    sp_expectation expectation = sp_check_outcome(check)->expectation;
    sp_check_close(check);
    sp_cases_close(cases);
    return expectation;
}

/* The text can be pasted, the result is among those that it names, and check agrees with all of
 * it. */
static inline void confirm(sp_pool *pool, const sp_program *program, size_t result,
                    const sp_counterexample *c)
{
    const char *text = sp_pool_format(pool, "%s\n%s", c->scheme, c->text);
    assert_true(c->wrong >> result & 1u);
    assert_true(c->layout || strcmp(c->got, c->want) != 0);
    if (check_text(text) != SP_EXPECTATION_MET) {
        print_error("%s of %s:\n%s\n", sp_mlp.result[program->result[result].result].name,
                    program->name, text);
        fail_msg("check does not confirm a counterexample");
    }
}

#define HEAD "scheme test\nmesh tp\ninput X[N, Din], Y[N, Dout]\n" \
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\nforward\n"
#define FORWARD HEAD "  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n" \
    "  Z2 = allreduce(A1 @ W2, tp) + b2\n  A2 = g(Z2)\n"
#define BACKWARD "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
#define BATCH "scheme test\nmesh dp\ninput X[N/dp, Din], Y[N/dp, Dout]\n" \
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\nforward\n" \
    "  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n" BACKWARD

/* A counterexample with the functions of a case. */
static inline const sp_counterexample *find_for(sp_pool *pool, const char *text, const char *network,
                                         size_t *result)
{
    const char *whole = sp_pool_format(pool,
                                       "%s\ncase c\n  dims N = 5, Din = 4, Dh = 6, Dout = 2\n"
                                       "  network %s\n  scheme test\n  mesh tp = 1\n",
                                       text, network);
    const sp_case *of = load_text(pool, whole)->item[0];
    sp_search_options options = {.function = of->function};
    sp_search *search = sp_search_open(pool, of->program, &options);
    const sp_counterexample *c = sp_search_find(search, *result);
    if (c)
        confirm(pool, of->program, *result, c);
    return c;
}

/* A counterexample to the first result, with any functions, and the bounds of the search. */
static inline const sp_counterexample *find_any(sp_pool *pool, const char *text, const char **bounds)
{
    const sp_program *program = load_text(pool, text)->program[0];
    sp_search *search = sp_search_open(pool, program, NULL);
    const sp_counterexample *c = sp_search_find(search, 0);
    *bounds = sp_search_bounds(search);
    if (c)
        confirm(pool, program, 0, c);
    return c;
}

/* ---- an allocator that fails, and counts ---- */

#endif
