/* Names of the result model's vocabularies, from its tables. */
#include <shardproof/check.h>
#include <shardproof/prove.h>

#define X(id, name, meaning) name,
static const char *const verdict_name[] = {SP_VERDICTS(X)};
static const char *const finding_name[] = {SP_FINDINGS(X)};
static const char *const expectation_name[] = {SP_EXPECTATIONS(X)};
static const char *const proof_outcome_name[] = {SP_PROOF_OUTCOMES(X)};
#undef X

const char *sp_verdict_name(sp_verdict verdict)
{
    return verdict_name[verdict];
}

const char *sp_finding_name(sp_finding finding)
{
    return finding_name[finding];
}

const char *sp_expectation_name(sp_expectation expectation)
{
    return expectation_name[expectation];
}

const char *sp_proof_outcome_name(sp_proof_outcome outcome)
{
    return proof_outcome_name[outcome];
}
