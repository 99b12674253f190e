/* How far a match reaches that is not proved: where the scheme fails, if not here. */
#ifndef SP_CHECK_REACH_H
#define SP_CHECK_REACH_H

#include "check/evidence.h"

/* Of a match that is not proved: searches its smallest counterexample, with the case's functions. */
void sp_reach_judge(sp_judgement *judgement);

#endif
