/* Random identity testing of a case, also where it is no evidence itself. */
#ifndef SP_CHECK_EVIDENCE_FIELD_H
#define SP_CHECK_EVIDENCE_FIELD_H

#include "check/evidence.h"

const sp_field_test *sp_field_run(const sp_job *job);
/* Equal for all data and functions at the case's sizes, with an error that can be stated. */
bool sp_field_is_equal(const sp_field_test *field, size_t result);

#endif
