/* Inside of the public sp_cases. */
#ifndef SP_API_CASES_H
#define SP_API_CASES_H

#include "lang/lang.h"

#include <shardproof/prove.h>

struct sp_cases {
    sp_pool *pool;
    sp_diagnostics found;
    sp_diagnosis *diagnosis;
    const sp_unit *unit;
    sp_case_info *info;
    size_t cases;
    sp_scheme_info *scheme; /* of unit->program */
    size_t schemes;
};

/* Diagnostics as data, in the pool. */
sp_diagnosis *sp_describe_diagnoses(sp_pool *pool, const sp_diagnostics *found);

#endif
