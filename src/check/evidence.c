#include "check/evidence.h"

const sp_evidence_kind *const sp_evidence_kinds[] = {
#define X(name) &sp_evidence_##name,
    SP_EVIDENCE_KINDS(X)
#undef X
    NULL};

void sp_found(sp_judgement *j, const sp_evidence_kind *kind, sp_finding finding)
{
    if (j->items == SP_EVIDENCE_ITEMS)
        sp_pool_fail(j->job->pool, SP_INTERNAL);
    j->item[j->items++] = (sp_evidence_item){kind->supports, finding};
}

bool sp_is_contradicted(const sp_judgement *j)
{
    for (size_t i = 0; i < j->items; i++)
        if (j->item[i].finding == SP_FINDING_CONTRADICTS)
            return true;
    return false;
}

void sp_cover_all(sp_judgement *j)
{
    for (size_t i = 0; i < j->entries; i++)
        j->covered[i] = true;
}

void sp_say_agrees(sp_saying *to, const char *name)
{
    sp_text_format(&to->agrees, "%s%s", to->agrees.length ? ", " : "", name);
}
