/* Why a result has its verdict, in words. */
#ifndef SP_CHECK_EXPLAIN_H
#define SP_CHECK_EXPLAIN_H

#include "check/evidence.h"

/* Whether every entry on every rank is covered by some piece of evidence: how many are not. */
size_t sp_count_uncovered(const sp_judgement *judgement);
/* The reason, the witness of a mismatch, how far a match reaches; and what the reader should know besides. */
void sp_explain(sp_judgement *judgement);
/* What contradicts itself in the evidence about a result: proved, and yet different. NULL if nothing. */
const char *sp_evidence_fault(const sp_judgement *judgement);

#endif
