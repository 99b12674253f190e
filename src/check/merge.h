/* Layouts: does the declared one fit what a rank computes; if not, which shapes collide and which
 * merge would be right. */
#ifndef SP_CHECK_MERGE_H
#define SP_CHECK_MERGE_H

#include "check/job.h"

/* The computed layout is the declared one, and not split over the axis that it is summed over. */
bool sp_layout_fits(const sp_program *program, size_t result);
sp_layout_evidence sp_layout_judge(const sp_job *job, size_t result);

#endif
