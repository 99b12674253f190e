#include "check/verdict.h"

sp_verdict sp_verdict_of_result(const sp_evidence_item *item, size_t count, bool covered,
                                bool disputed)
{
    bool supported = covered;
    for (size_t i = 0; i < count; i++) {
        if (item[i].finding == SP_FINDING_CONTRADICTS)
            return SP_VERDICT_MISMATCH;
        supported |= item[i].finding == SP_FINDING_AGREES && item[i].supports;
    }
    return supported && !disputed ? SP_VERDICT_MATCH : SP_VERDICT_UNDECIDED;
}

sp_verdict sp_verdict_of_case(const sp_verdict *of_result, size_t count)
{
    bool undecided = count == 0;
    for (size_t i = 0; i < count; i++) {
        if (of_result[i] == SP_VERDICT_MISMATCH)
            return SP_VERDICT_MISMATCH;
        undecided |= of_result[i] != SP_VERDICT_MATCH;
    }
    return undecided ? SP_VERDICT_UNDECIDED : SP_VERDICT_MATCH;
}

sp_expectation sp_expectation_of(const sp_verdict *of_result, size_t count, bool expect_mismatch,
                                 const bool *named)
{
    bool open = false, mismatch = false;
    for (size_t i = 0; i < count; i++) {
        mismatch |= of_result[i] == SP_VERDICT_MISMATCH;
        if (expect_mismatch && !named)
            continue;
        sp_verdict wanted = expect_mismatch && named[i] ? SP_VERDICT_MISMATCH : SP_VERDICT_MATCH;
        if (of_result[i] == SP_VERDICT_UNDECIDED)
            open = true;
        else if (of_result[i] != wanted)
            return SP_EXPECTATION_MISSED;
    }
    if (expect_mismatch && !named && !mismatch) {
        /* some result had to mismatch: an undecided one still may */
        return sp_verdict_of_case(of_result, count) == SP_VERDICT_UNDECIDED
                   ? SP_EXPECTATION_OPEN : SP_EXPECTATION_MISSED;
    }
    return open || count == 0 ? SP_EXPECTATION_OPEN : SP_EXPECTATION_MET;
}
