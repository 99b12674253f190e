/* proof: what is large. Terms with more conditions than a term may have, more parts than 16 bits
 * number, constants and powers at their limits: an answer that holds, or a limit that is named. */
#include "lang/lang.h"
#include "proof/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sp_pool *pool;
static sp_algebra *in;

static sp_proof_limit limit_of(void (*body)(void *))
{
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    in = sp_algebra_open(pool, NULL);
    sp_proof_limit limit = sp_algebra_run(in, body, NULL);
    sp_pool_close(pool);
    return limit;
}

static const sp_program *parse(const char *text)
{
    sp_diagnostics found = {.pool = pool};
    sp_vocabulary none = {0};
    const sp_source *source = sp_source_from(pool, "test.scheme", text, strlen(text), &found);
    const sp_unit *unit = source ? sp_unit_load(pool, source, &none, &found) : NULL;
    for (size_t i = 0; i < found.count; i++) {
        sp_text shown = sp_text_in(pool);
        sp_diagnostic_show(&shown, &found.item[i]);
        print_error("%s", sp_text_string(&shown));
    }
    assert_true(unit && found.errors == 0 && unit->programs == 1);
    return unit->program[0];
}

/* ---- more conditions than factors ---- */

/* The axes in an order of their own for each number: rotated. */
static sp_part rotated_part(unsigned by)
{
    sp_part part = {.dim = SP_DIM_DH, .axes = SP_MAX_AXES};
    for (unsigned a = 0; a < SP_MAX_AXES; a++)
        part.axis[a] = (uint8_t)((a + by) % SP_MAX_AXES);
    return part;
}

static sp_coordinate owner_of(const sp_part *part, unsigned axes, sp_variable index)
{
    sp_part prefix = {.dim = part->dim, .axes = (uint8_t)axes};
    memcpy(prefix.axis, part->axis, axes);
    return sp_owner(in, &prefix, index);
}

/* count(D/(a,b,...)) on this rank. */
static const sp_expression *count_of(const sp_part *part)
{
    sp_variable k = sp_fresh(in, sp_sort_of_dim(part->dim));
    const sp_expression *held = sp_integer(in, 1);
    for (unsigned a = 1; a <= part->axes; a++)
        held = sp_multiply(in, held,
                           sp_same_rank(in, owner_of(part, a, k),
                                        sp_coordinate_of(sp_variable_rank(part->axis[a - 1]))));
    return sp_sum_over(in, held, &k, 1);
}

/* `counts` counts over differently ordered splits, gathered over one more and summed. */
static void gather_counts(unsigned counts)
{
    const sp_expression *product = sp_integer(in, 1);
    for (unsigned i = 0; i < counts; i++) {
        sp_part part = rotated_part(i);
        product = sp_multiply(in, product, count_of(&part));
    }
    sp_part gathered = rotated_part(7);
    sp_variable l = sp_fresh(in, SP_DIM_DH);
    for (unsigned a = SP_MAX_AXES; a >= 1; a--)
        product = sp_put_rank(in, product, sp_variable_rank(gathered.axis[a - 1]),
                              owner_of(&gathered, a, l));
    (void)sp_sum_over(in, product, &l, 1);
}

static void gather_six(void *unused)
{
    (void)unused;
    gather_counts(6);
}

static void gather_seven(void *unused)
{
    (void)unused;
    gather_counts(7);
}

/* Seven counts are 56 conditions in eight classes of owners that are all summed: 64 conditions once
 * each class has a coordinate that stands for it. Broken by (under the address sanitizer): conditions
 * that are written without a look at how many there is room for. */
static void a_class_of_owners_has_one_condition_more(void **state)
{
    (void)state;
    assert_int_equal(limit_of(gather_six), SP_PROOF_NO_LIMIT);
    assert_int_equal(limit_of(gather_seven), SP_PROOF_LIMIT_FACTORS);
}

/* The same as a scheme. */
static void prove_counts(void *unused)
{
    (void)unused;
    sp_text text = sp_text_in(pool);
    sp_text_add(&text, "scheme counts\nmesh a, b, c, d, e, f, g0, h\n"
                       "input X[N, Din], Y[N, Dout]\n"
                       "param W1[Din, Dh], b1[Dh/(h,a,b,c,d,e,f,g0)], W2[Dh, Dout], b2[Dout]\n"
                       "forward\n  v0 = b1\nbackward\n");
    static const char *const axis[] = {"a", "b", "c", "d", "e", "f", "g0", "h"};
    for (unsigned i = 0; i < 7; i++) {
        sp_text_format(&text, "  v%u = v%u * count(Dh/(", i + 1, i);
        for (unsigned a = 0; a < 8; a++)
            sp_text_format(&text, "%s%s", a ? "," : "", axis[(a + i) % 8]);
        sp_text_add(&text, "))\n");
    }
    for (unsigned i = 7; i < 15; i++)
        sp_text_format(&text, "  v%u = allgather(v%u, Dh, %s)\n", i + 1, i, axis[(21 - i) % 8]);
    sp_text_add(&text, "  db2 = b2 * sum(v15, Dh)\nresult db2[Dout]\n");
    const sp_proof *proof = sp_prove(pool, parse(sp_text_string(&text)), NULL);
    assert_int_equal(proof->result[0].status, SP_PROVE_OPEN);
    assert_string_equal(sp_proof_cause(proof, &proof->result[0]),
                        "more than 60 factors of a term");
}

static void run(void (*body)(void *))
{
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(pool, body, NULL), SP_OK);
    sp_pool_close(pool);
}

static void too_many_conditions_leave_a_scheme_open(void **state)
{
    (void)state;
    run(prove_counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_of_owners_has_one_condition_more),
        cmocka_unit_test(too_many_conditions_leave_a_scheme_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
