/* Proofs in words: theorems, differences and their causes, steps. */
#ifndef SP_PROOF_EXPLAIN_H
#define SP_PROOF_EXPLAIN_H

#include "proof/gradient.h"
#include "proof/prove.h"
#include "proof/show.h"

sp_showing sp_proof_showing(const sp_proof *proof);
/* The theorem that a proof of these results is, with everything that it quantifies over and
 * assumes; "" if nothing is proved. */
const char *sp_proof_theorem(const sp_proof *proof);
/* What the program divides by that depends on nothing but who owns what, such as the number of rows of a
 * rank: not every split is allowed then. The first from *at on, which moves behind it; NULL if none is left. */
const sp_expression *sp_proof_count_divisor(const sp_proof *proof, size_t *at);
/* One line about one result: what is proved, or the cause. */
const char *sp_proof_statement(const sp_proof *proof, const sp_proof_result *result);
/* "an all-reduce over tp is missing: ..." in one sentence without a full stop; "" for a proved
 * result. */
const char *sp_proof_cause(const sp_proof *proof, const sp_proof_result *result);
/* Of a result that is open without a limit: why the normal forms do not decide; else "". */
const char *sp_proof_missing(const sp_proof *proof, const sp_proof_result *result);
/* "computed - expected" as a formula; "" where there is none. */
const char *sp_proof_difference(const sp_proof *proof, const sp_proof_result *result);
/* One step: the rule in words, and the line before and after. */
void sp_proof_show_step(sp_text *out, const sp_proof *proof, const sp_step *step);
/* All of it: one line for each result, causes and differences, steps if they were recorded, the
 * theorem. */
void sp_proof_show(sp_text *out, const sp_proof *proof);
/* The derivation of the delta rule, step by step, and its theorem. */
void sp_gradient_show(sp_text *out, const sp_gradient_proof *proof);

#endif
