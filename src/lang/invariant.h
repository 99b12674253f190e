/* What is true of every checked program, found again from the program alone: for those who change what makes one. */
#ifndef SP_LANG_INVARIANT_H
#define SP_LANG_INVARIANT_H

#include "base/text.h"
#include "lang/program.h"

/* What is not true of a program, in words; NULL: everything is. */
const char *sp_program_fault(sp_pool *pool, const sp_program *program);

/* Ends the job with SP_INTERNAL if something is not true; costs nothing where NDEBUG is defined. Called when a program
 * has been read, whether a user wrote it or reverse mode, and before it is proved or run. */
static inline void sp_program_assert(sp_pool *pool, const sp_program *program)
{
#ifdef NDEBUG
    (void)pool;
    (void)program;
#else
    if (sp_program_fault(pool, program))
        sp_pool_fail(pool, SP_INTERNAL);
#endif
}

/* One line for each operation, its operands by number and its layout; then statements and results. */
void sp_program_dump(sp_text *out, const sp_program *program);

#endif
