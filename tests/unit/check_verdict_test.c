/* check: the rules of the verdict, on every combination of findings of three pieces of evidence,
 * against the same rules written down a second time. */
#include "check/evidence.h"

#include <shardproof/check.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Broken by: a layout that fits counted as evidence about values, silence counted as agreement, a
 * contradiction outvoted, a dispute of the references that ends in a match. */
static void every_combination_follows_the_rules(void **state)
{
    (void)state;
    enum { KINDS = 2, FINDINGS = SP_FINDING_COUNT, ALL = KINDS * FINDINGS };
    for (int code = 0; code < ALL * ALL * ALL; code++) {
        for (int flags = 0; flags < 4; flags++) {
            sp_evidence_item item[3];
            bool contradicted = false, supported = false;
            for (int i = 0, rest = code; i < 3; i++, rest /= ALL) {
                item[i].supports = rest % ALL / FINDINGS > 0;
                item[i].finding = (sp_finding)(rest % ALL % FINDINGS);
                contradicted |= item[i].finding == SP_FINDING_CONTRADICTS;
                supported |= item[i].supports && item[i].finding == SP_FINDING_AGREES;
            }
            bool covered = flags & 1, disputed = flags & 2;
            sp_verdict want = SP_VERDICT_UNDECIDED;
            if (contradicted)
                want = SP_VERDICT_MISMATCH;
            else if (!disputed && (supported || covered))
                want = SP_VERDICT_MATCH;
            assert_int_equal(sp_verdict_of_result(item, 3, covered, disputed), want);
        }
    }
    assert_int_equal(sp_verdict_of_result(NULL, 0, false, false), SP_VERDICT_UNDECIDED);
}

/* Broken by: a layout that fits, of which nothing follows for the values, as evidence that makes a match. */
static void only_evidence_about_values_makes_a_match(void **state)
{
    (void)state;
    for (size_t k = 0; sp_evidence_kinds[k]; k++)
        assert_int_equal(sp_evidence_kinds[k]->supports, sp_evidence_kinds[k] != &sp_evidence_layout);
}

static void a_case_is_as_good_as_its_worst_result(void **state)
{
    (void)state;
    const sp_verdict yes = SP_VERDICT_MATCH, no = SP_VERDICT_MISMATCH, open = SP_VERDICT_UNDECIDED;
    assert_int_equal(sp_verdict_of_case((sp_verdict[]){yes, yes}, 2), yes);
    assert_int_equal(sp_verdict_of_case((sp_verdict[]){yes, open}, 2), open);
    assert_int_equal(sp_verdict_of_case((sp_verdict[]){open, no, yes}, 3), no);
    assert_int_equal(sp_verdict_of_case(NULL, 0), open);
}

static void expect_is_compared_result_by_result(void **state)
{
    (void)state;
    const bool first[] = {true, false};
    static const struct {
        sp_verdict verdict[2];
        bool mismatch, named;
        sp_expectation want;
    } row[] = {
        {{SP_VERDICT_MATCH, SP_VERDICT_MATCH}, false, false, SP_EXPECTATION_MET},
        {{SP_VERDICT_MISMATCH, SP_VERDICT_MATCH}, false, false, SP_EXPECTATION_MISSED},
        {{SP_VERDICT_MATCH, SP_VERDICT_UNDECIDED}, false, false, SP_EXPECTATION_OPEN},
        {{SP_VERDICT_UNDECIDED, SP_VERDICT_MISMATCH}, false, false, SP_EXPECTATION_MISSED},
        /* mismatch, whichever */
        {{SP_VERDICT_MATCH, SP_VERDICT_MISMATCH}, true, false, SP_EXPECTATION_MET},
        {{SP_VERDICT_UNDECIDED, SP_VERDICT_MISMATCH}, true, false, SP_EXPECTATION_MET},
        {{SP_VERDICT_MATCH, SP_VERDICT_MATCH}, true, false, SP_EXPECTATION_MISSED},
        {{SP_VERDICT_MATCH, SP_VERDICT_UNDECIDED}, true, false, SP_EXPECTATION_OPEN},
        /* mismatch of exactly the first */
        {{SP_VERDICT_MISMATCH, SP_VERDICT_MATCH}, true, true, SP_EXPECTATION_MET},
        {{SP_VERDICT_MISMATCH, SP_VERDICT_MISMATCH}, true, true, SP_EXPECTATION_MISSED},
        {{SP_VERDICT_MATCH, SP_VERDICT_MATCH}, true, true, SP_EXPECTATION_MISSED},
        {{SP_VERDICT_MATCH, SP_VERDICT_MISMATCH}, true, true, SP_EXPECTATION_MISSED},
        {{SP_VERDICT_MISMATCH, SP_VERDICT_UNDECIDED}, true, true, SP_EXPECTATION_OPEN},
        {{SP_VERDICT_UNDECIDED, SP_VERDICT_MATCH}, true, true, SP_EXPECTATION_OPEN},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        assert_int_equal(sp_expectation_of(row[i].verdict, 2, row[i].mismatch,
                                           row[i].named ? first : NULL),
                         row[i].want);
    assert_int_equal(sp_expectation_of(NULL, 0, false, NULL), SP_EXPECTATION_OPEN);
}

/* Worst wins: 70, 2, 1, 3, 0. */
static void exit_codes_are_ordered(void **state)
{
    (void)state;
    static const int order[] = {0, 3, 1, 2, 70};
    for (int a = 0; a < 5; a++)
        for (int b = 0; b < 5; b++)
            assert_int_equal(sp_exit_code_worse(order[a], order[b]), order[a > b ? a : b]);
    assert_int_equal(sp_exit_code_worse(130, 70), 130);
    sp_outcome outcome = {.verdict = SP_VERDICT_MATCH, .expectation = SP_EXPECTATION_MET};
    assert_int_equal(sp_outcome_exit_code(&outcome), 0);
    outcome.expectation = SP_EXPECTATION_MISSED;
    assert_int_equal(sp_outcome_exit_code(&outcome), 1);
    outcome.expectation = SP_EXPECTATION_OPEN;
    assert_int_equal(sp_outcome_exit_code(&outcome), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_follows_the_rules),
        cmocka_unit_test(only_evidence_about_values_makes_a_match),
        cmocka_unit_test(a_case_is_as_good_as_its_worst_result),
        cmocka_unit_test(expect_is_compared_result_by_result),
        cmocka_unit_test(exit_codes_are_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
