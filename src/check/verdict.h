/* The rules of the verdict, and nothing else: pure functions of what the evidence says. */
#ifndef SP_CHECK_VERDICT_H
#define SP_CHECK_VERDICT_H

#include <shardproof/outcome.h>

typedef struct sp_evidence_item {
    bool supports; /* its agreement can make a match: a layout that fits says nothing about the values */
    sp_finding finding;
} sp_evidence_item;

/* What all evidence about one result comes to.
 * covered: every entry on every rank was looked at by a piece that could have failed there.
 * disputed: the two references, delta rule and finite differences, contradict each other. */
sp_verdict sp_verdict_of_result(const sp_evidence_item *item, size_t count, bool covered,
                                bool disputed);
/* One mismatch makes a mismatch; else one undecided, or no result at all, makes undecided. */
sp_verdict sp_verdict_of_case(const sp_verdict *of_result, size_t count);

/* How verdicts compare with an `expect`. named: one flag for each result; NULL: none is named. */
sp_expectation sp_expectation_of(const sp_verdict *of_result, size_t count, bool expect_mismatch,
                                 const bool *named);

#endif
