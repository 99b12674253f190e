/* One case being checked: what was run, shared by the parts that gather evidence from it. */
#ifndef SP_CHECK_JOB_H
#define SP_CHECK_JOB_H

#include "check/compare.h"
#include "numdiff/numdiff.h"
#include "search/attempt.h"
#include "search/field.h"

#include <shardproof/check.h>

/* Scheme and delta rule in one number system. */
typedef struct sp_run {
    sp_arithmetic in;
    sp_value *scheme; /* [result of the program] */
    sp_value *statement; /* [statement of the program], in mpfr where a derivation is wanted; else NULL */
    sp_value *delta;  /* [result of the delta rule] */
} sp_run;

typedef struct sp_job {
    sp_pool *pool;
    const sp_case *of;
    const sp_program *program, *delta;
    const sp_network *network;
    const sp_ownership *ownership;
    const sp_mesh *mesh;
    sp_check_options options;
    bool derivation;  /* what a derivation shows is kept: steps of the proof, values of all statements */
    unsigned precision;
    sp_run bound; /* the bounds of every other run */
    sp_run run[SP_OUTCOME_SYSTEMS];
    size_t runs;
    const sp_run *sharpest; /* the run of most bits, for merges that are tried; NULL: none */
    const sp_numdiff *numdiff[2];
    size_t numdiffs;
    sp_attempt *attempt;         /* to prove the scheme, with the case's functions; NULL: a job of numbers alone */
    const sp_field_test *field;  /* NULL: not asked for */
    const sp_field_test *reach_field; /* the same where it was not asked for; NULL: not needed yet */
    const struct sp_divisors *divisors; /* what the program divides by; NULL: not needed yet */
    struct sp_job *generic;      /* the same sizes, random data, mpfr alone; NULL: not needed yet */
    const char **warning;        /* what a reader should know though it decides nothing */
    size_t warnings, warning_room;
    const char *fault;           /* evidence that contradicts itself; NULL: none so far */
} sp_job;

/* Whether the case's evidence names the system, or none (then the default set is run). */
bool sp_case_wants(const sp_case *of, const char *system);
/* The case with random data in place of its own, in mpfr alone; made when it is first needed. */
const sp_job *sp_job_generic(sp_job *job);

/* Values of one result in one run, laid out as declared. */
typedef struct sp_pair {
    sp_holdings got;
    const sp_matrix *want;
} sp_pair;

/* Who owns what, the network, the delta rule; everything is owned by the pool. */
sp_job *sp_job_lay_out(sp_pool *pool, const sp_case *of, const sp_check_options *options, bool derivation);
/* Runs scheme and delta rule in every number system that the case wants. */
void sp_job_run(sp_job *job);
/* Adds a sentence to the warnings. */
void sp_job_warn(sp_job *job, const char *format, ...) SP_PRINTF(2, 3);

const sp_matrix *sp_job_delta(const sp_job *job, const sp_run *run, sp_result result);
/* result: index into the program's; layout, sum_axis: as declared, or others to try. */
sp_pair sp_job_pair(const sp_job *job, const sp_run *run, size_t result, const sp_layout *layout,
                    int sum_axis);
/* The run in a number system; NULL: the case does not want it. */
const sp_run *sp_job_run_in(const sp_job *job, const char *system);
sp_place sp_job_place(const sp_job *job, const sp_result_decl *decl, const sp_holding *holding,
                      size_t i, size_t j);
/* "dp = 0, tp = 1"; "" without a mesh. */
const char *sp_job_coordinates(const sp_job *job, size_t rank);

#endif
