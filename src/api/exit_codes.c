/* The exit codes that outcomes ask for, and which of two is worse. */
#include <shardproof/check.h>
#include <shardproof/prove.h>

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
