/* Proofs: does a scheme compute the delta rule, for every size, rank count, ownership, datum and
 * function?
 *
 * Both programs are written in index notation and brought to normal form. Equal normal forms prove
 * a result; different ones differ for some sizes, ownership, data and functions, but that is final
 * only with a counterexample that was evaluated exactly: the search for it is the caller's. */
#ifndef SP_PROOF_PROVE_H
#define SP_PROOF_PROVE_H

#include "algebra/identity.h"
#include "base/text.h"
#include "proof/symbolic.h"

/*  id, name, meaning */
#define SP_PROVE_STATUSES(X)                                                                   \
    X(PROVED, "proved", "equal to the delta rule, always")                                     \
    X(REFUTED, "refuted", "not the delta rule: a layout that does not fit")                     \
    X(DIFFERS, "differs", "the normal forms differ")                                            \
    X(OPEN, "open", "neither: a limit was reached, or the normal form does not decide")

typedef enum sp_prove_status {
#define X(id, name, meaning) SP_PROVE_##id,
    SP_PROVE_STATUSES(X)
#undef X
} sp_prove_status;

/*  id, short name: why a result differs, as far as the difference shows it */
#define SP_CAUSES(X)                                                                            \
    X(NONE, "")                                                                                 \
    X(LAYOUT, "layout")              /* declared and computed layouts differ */                 \
    X(COVER, "layout")               /* some entries are held by no rank */                     \
    X(MISSING_SUM, "missing sum")    /* right once summed over `axis` */                        \
    X(SUM_INSIDE, "missing sum")     /* the same inside of a function */                        \
    X(WRONG_AXIS, "wrong axis")      /* right once summed over `axis` and not over `axis2` */   \
    X(PARTIAL_USED, "partial sum used") /* statement `used` is right only as a sum over `axis` */ \
    X(SIGN, "sign")                                                                             \
    X(SIZE, "factor")                /* `ratio` times right, a power of one size(axis) */       \
    X(FACTOR, "factor")              /* `ratio` times right */                                  \
    X(TERM_FACTOR, "term counted wrong") /* the term `part` comes `ratio` times */              \
    X(MISSING_FACTOR, "missing factor") /* `part` */                                            \
    X(EXTRA_FACTOR, "extra factor")  /* `part` */                                               \
    X(UNEVEN, "uneven parts")        /* right if all parts are equally large */                 \
    X(EMPTY, "empty part")           /* right if no part is empty of which a maximum is taken */ \
    X(MISSING_TERM, "missing term")  /* `part` */                                               \
    X(EXTRA_TERM, "extra term")      /* `part` */                                               \
    X(RANKS_DIFFER, "ranks differ")  /* by their coordinate on `axis` */                        \
    X(OTHER, "")

typedef enum sp_cause_kind {
#define X(id, name) SP_CAUSE_##id,
    SP_CAUSES(X)
#undef X
} sp_cause_kind;

typedef struct sp_cause {
    sp_cause_kind kind;
    /* where it goes wrong: the first statement of which the result is made that is not right */
    int statement;
    int used;      /* PARTIAL_USED: a statement; else -1 */
    int axis, axis2;             /* -1: none */
    /* computed / expected, where it is one number and sizes; else NULL */
    const sp_expression *ratio;
    const sp_expression *part;   /* a term or factor; NULL where there is none */
    const sp_expression *computed, *expected; /* of that statement, both whole */
} sp_cause;

typedef struct sp_proof_result {
    int declaration; /* index into program->result */
    sp_result result;
    sp_prove_status status;
    /* OPEN: what stopped it; none: the normal forms differ but do not decide */
    sp_proof_limit limit;
    /* whole tensors; NULL where a limit stopped it, or for layouts */
    const sp_expression *computed, *expected, *difference;
    sp_cause cause;
    /* bit 1u << axis: right if that axis has one rank; only where status is DIFFERS */
    unsigned right_with_one_rank;
    const sp_part *nonempty;      /* EMPTY: the first such part; else NULL */
    bool right_with_even_parts;   /* right if every rank owns equally many indices of each part */
} sp_proof_result;

typedef struct sp_proof {
    sp_pool *pool;
    const sp_program *program;
    const sp_identities *identities; /* NULL: sigma, g and the loss are any functions */
    sp_algebra *algebra;
    /* [result]: the delta rule's tensors; NULL where a limit was reached: those that are asked for come first, the
     * others get what is left */
    const sp_expression **rule;
    /* of every node of the program, the same; NULL if nothing can be said of any */
    const sp_expression *const *value;
    /* of every node, in the delta rule's values by their names (cuts.h); NULL where not needed */
    const sp_expression *const *named;
    const sp_expression *const *rule_value, *const *rule_named; /* the same of the delta rule's program */
    sp_proof_result *result; /* program->results of them, in that order */
    size_t results;
    sp_steps steps; /* empty unless asked for */
} sp_proof;

typedef struct sp_proof_options {
    const sp_identities *identities;
    bool steps;                     /* record every rewriting */
    bool plain;                     /* sp_algebra_forget: what is not proved is not explained */
    bool names_alone;               /* for tests: nothing is proved but by names (cuts.h) */
} sp_proof_options;

/* options may be NULL. Never fails but for lack of memory or time (sp_pool_fail). */
const sp_proof *sp_prove(sp_pool *pool, const sp_program *program,
                         const sp_proof_options *options);

/* Which nodes results are made with: wanted[result], used[node]. */
const bool *sp_nodes_used(sp_pool *pool, const sp_program *program, const bool *wanted);
/* Results of the delta rule's program that these results of a scheme are compared with. */
const bool *sp_results_of_rule(sp_pool *pool, const sp_program *program, const bool *wanted);
/* What these results are made with that is assumed not to be 0, since it divides: what the rest of the program
 * divides by does not matter to them. */
size_t sp_proof_divisors_of(const sp_proof *proof, const bool *wanted, const sp_expression *const **divisor);
/* The same of all that is proved. */
size_t sp_proof_divisors(const sp_proof *proof, const sp_expression *const **divisor);
/* What stands under a root or in a logarithm, on either side, of all that is proved, and is not seen to be positive. */
size_t sp_proof_positives(const sp_proof *proof, const sp_expression *const **positive);
/* All results proved. */
bool sp_proof_holds(const sp_proof *proof);
/* A part of which a maximum is used and of which the scheme does not say that it is empty on no rank, where one of
 * these nodes takes a maximum over a split dimension; NULL: none. */
const sp_part *sp_proof_may_be_empty(const sp_proof *proof, const bool *used);
const char *sp_prove_status_name(sp_prove_status status);

#endif
