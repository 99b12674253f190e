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

int sp_scheme_outcome_exit_code(const sp_scheme_outcome *outcome)
{
    switch (outcome->outcome) {
    case SP_PROOF_OUTCOME_PROVED: return 0;
    case SP_PROOF_OUTCOME_REFUTED: return 1;
    default: return 3;
    }
}

int sp_outcome_exit_code(const sp_outcome *outcome)
{
    if (outcome->fault)
        return sp_status_exit_code(SP_INTERNAL);
    switch (outcome->expectation) {
    case SP_EXPECTATION_MET: return outcome->verdict == SP_VERDICT_UNDECIDED ? 3 : 0;
    case SP_EXPECTATION_MISSED: return 1;
    default: return 3;
    }
}

/* Place in the order of exit codes, worst first; unknown ones (signals) are worse than all. */
static int badness(int code)
{
    static const int order[] = {0, 3, 1, 2, 70};
    for (int i = 0; i < (int)(sizeof order / sizeof *order); i++)
        if (order[i] == code)
            return i;
    return (int)(sizeof order / sizeof *order);
}

int sp_exit_code_worse(int a, int b)
{
    return badness(a) >= badness(b) ? a : b;
}
