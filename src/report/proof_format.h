/* Formats of reports on proofs: one file and one line of SP_PROOF_FORMATS each. */
#ifndef SP_REPORT_PROOF_FORMAT_H
#define SP_REPORT_PROOF_FORMAT_H

#include "base/text.h"

#include <shardproof/prove.h>

/*  id, name, summary */
#define SP_PROOF_FORMATS(X)                                            \
    X(text, "text", "for people: one block for each scheme")           \
    X(json, "json", "for programs: everything, schema shardproof-proof/1")

typedef struct sp_proof_counts {
    size_t scheme[SP_PROOF_OUTCOME_COUNT], result[SP_PROOF_OUTCOME_COUNT];
} sp_proof_counts;

sp_proof_counts sp_proof_report_count(const sp_proof_report *report);

#define X(id, name, summary)                                              \
    void sp_proof_report_##id(sp_text *out, const sp_proof_report *report, \
                              const sp_report_options *options);
SP_PROOF_FORMATS(X)
#undef X

#endif
