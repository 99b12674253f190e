/* Checking one case: gathers the evidence and decides the verdict.
 *
 * The rules of the verdict are those of outcome.h; a difference is judged by a bound on the
 * rounding of both sides, never by a tolerance. */
#ifndef SHARDPROOF_CHECK_H
#define SHARDPROOF_CHECK_H

#include <shardproof/cases.h>
#include <shardproof/outcome.h>

enum { SP_PRECISION_MIN = 24, SP_PRECISION_MAX = 65536 };

/* One checked case. Owns its outcome; needs the cases no more. */
typedef struct sp_check sp_check;

/* Zero stands for the default of every field. */
typedef struct sp_check_options {
    unsigned precision; /* bits of mpfr, in place of the case's own; 24 to 65536 */
    unsigned threads;   /* at most so many for mpfr; 0: one */
    bool deterministic; /* the same bits on every machine: products in index order */
    double numdiff_budget; /* multiply-adds of finite differences before they become a sample */
    const sp_allocator *allocator;
    const sp_limits *limits;
} sp_check_options;

/* Checks the case of that index; options may be NULL. A mismatch is not an error. SP_BAD_USAGE: no
 * such case, or an option out of range; SP_NO_MEMORY, SP_MEMORY_LIMIT, SP_TIME_LIMIT,
 * SP_INTERRUPTED, SP_INTERNAL: *check is NULL. Close it with sp_check_close. */
SP_MUST_USE sp_status sp_check_run(sp_check **check, const sp_cases *cases, size_t index,
                                   const sp_check_options *options);
/* Borrowed, until the check is closed. */
const sp_outcome *sp_check_outcome(const sp_check *check);
/* NULL is allowed. */
void sp_check_close(sp_check *check);

/* Cases may be checked by several threads at once, also those of one sp_cases. What MPFR and FLINT
 * keep for the calling thread is freed by this, and made again when it is needed. */
void sp_caches_free(void);

/* The exit code that one outcome asks for: 0, 1 or 3. */
int sp_outcome_exit_code(const sp_outcome *outcome);
/* The worse of two exit codes, from worst to best: 70, 2, 1, 3, 0; others are worse than 70. */
int sp_exit_code_worse(int a, int b);

#endif
