/* Reports on proofs: in text and JSON files of their own, in other formats as those on cases. */
#ifndef SP_REPORT_PROOF_FORMAT_H
#define SP_REPORT_PROOF_FORMAT_H

#include "base/text.h"

#include <shardproof/prove.h>

typedef struct sp_proof_counts {
    size_t scheme[SP_PROOF_OUTCOME_COUNT], result[SP_PROOF_OUTCOME_COUNT];
} sp_proof_counts;

sp_proof_counts sp_proof_report_count(const sp_proof_report *report);

/* Whole reports, for people and for programs. */
void sp_proof_report_text(sp_text *out, const sp_proof_report *report, const sp_report_options *options);
void sp_proof_report_json(sp_text *out, const sp_proof_report *report, const sp_report_options *options);
/* The block of one scheme in the format text. */
void sp_proof_text_scheme(sp_text *out, const sp_scheme_outcome *scheme, const sp_report_options *options);

/* ---- schemes for formats that know cases ---- */

sp_verdict sp_verdict_of_proof(sp_proof_outcome outcome);
sp_expectation sp_expectation_of_proof(sp_proof_outcome outcome);
/* An outcome with what formats say of one: names, places, verdicts, and the counterexample as the witness. */
const sp_outcome *sp_outcome_of_scheme(sp_pool *pool, const sp_scheme_outcome *scheme);
/* "dX[0,0] on rank (tp = 1) is 0, not 1" */
const char *sp_failing_entry(sp_pool *pool, const sp_proved_result *r);

#endif
