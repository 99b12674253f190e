/* Inside of the algebra: shared by the files that make up expression.h, and by nobody else. */
#ifndef SP_ALGEBRA_H
#define SP_ALGEBRA_H

#include "algebra/expression.h"
#include "algebra/identity.h"

/* Open addressing; every object starts its life here and is never removed. */
typedef struct sp_table {
    const void **item;
    size_t count, capacity; /* a power of two, or 0 */
} sp_table;

/* Of an object that is not there yet. */
void sp_table_add(sp_algebra *in, sp_table *table, const void *item, uint64_t (*hash)(const void *));

/* Entries that sum to 1 over one of their indices. */
typedef struct sp_distribution {
    unsigned of, place;
} sp_distribution;

struct sp_algebra {
    sp_pool *pool;
    const sp_identities *identities;
    char *chunk; /* small objects are cut from chunks: they all live as long as the pool */
    size_t chunk_left;
    sp_table factors, monomials, expressions;
    sp_part *part;
    size_t parts, part_capacity;
    uint32_t *part_slot; /* open addressing: a part's number + 1, or 0; a power of two of them */
    size_t part_slots;
    long least_ranks[SP_MAX_AXES];
    const sp_expression **divisor;
    size_t divisors, divisor_capacity;
    unsigned rules, fresh, nested; /* nested: terms that are being normalised for one another */
    size_t work, work_limit; /* see sp_algebra_budget */
    sp_table leads; /* see cancel.c */
    bool shifted;    /* a coordinate with an offset was made */
    bool even;       /* see sp_algebra_assume_even */
    const sp_program *assuming; /* whose assumptions hold; NULL: none */
    bool plain;      /* see sp_algebra_forget */
    bool elementary; /* a function of elementary.c was applied */
    const sp_expression **positive;
    size_t positives, positive_capacity;
    uint32_t *nonempty;
    size_t nonempties, nonempty_capacity;
    bool *positive_value; /* see sp_algebra_positive_value */
    size_t positive_values;
    sp_distribution *distribution;
    size_t distributions, distribution_capacity;
    unsigned incomplete; /* see sp_algebra_complete: bit 1u << what is missing */
    sp_proof_limit stopped;
    const sp_expression *zero, *one;
};

void *sp_algebra_alloc(sp_algebra *in, size_t bytes);
static inline void sp_is_missing(sp_algebra *in, sp_missing what) { in->incomplete |= 1U << what; }
static inline void sp_rule_applied(sp_algebra *in, sp_rule rule) { in->rules |= 1U << rule; }
_Noreturn void sp_algebra_fault(sp_algebra *in);

/* A set of variables that grows on the stack. */
typedef struct sp_variable_set {
    sp_variable item[SP_MAX_PROOF_VARIABLES];
    size_t count;
} sp_variable_set;
void sp_variable_set_add(sp_algebra *in, sp_variable_set *set, sp_variable v);
void sp_variable_set_add_coordinate(sp_algebra *in, sp_variable_set *set, sp_coordinate c);

/* Fills in hash, height and free variables, and returns the one object that is equal. */
const sp_factor *sp_factor_intern(sp_algebra *in, const sp_factor *draft);
const sp_monomial *sp_monomial_intern(sp_algebra *in, const sp_monomial *draft);
/* Terms as they come: sorted, like ones added, zeros dropped. */
const sp_expression *sp_expression_intern(sp_algebra *in, sp_term *term, size_t terms);

int sp_coordinate_compare(const sp_coordinate *a, const sp_coordinate *b); /* offset last */
bool sp_coordinate_same_base(const sp_coordinate *a, const sp_coordinate *b);
static inline uint64_t sp_mix(uint64_t h, uint64_t value)
{
    h = (h ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

/* A term that is being made: nothing in it is in normal form yet. */
typedef struct sp_work {
    sp_rational coefficient;
    int size[SP_SORTS];
    sp_power factor[SP_MAX_PROOF_FACTORS];
    size_t factors;
    sp_variable summed[SP_MAX_PROOF_SUMMED];
    size_t summations;
} sp_work;

/* Terms that will become an expression. */
typedef struct sp_terms {
    sp_term *item;
    size_t count, capacity;
} sp_terms;

void sp_work_start(sp_work *w);
void sp_work_factor(sp_algebra *in, sp_work *w, const sp_factor *factor, int power);
void sp_work_size(sp_algebra *in, sp_work *w, sp_sort sort, int power);
void sp_work_sum(sp_algebra *in, sp_work *w, sp_variable v);
void sp_work_coefficient(sp_algebra *in, sp_work *w, sp_rational by);
/* Multiplies by a term, whose summed variables get fresh names. */
void sp_work_term(sp_algebra *in, sp_work *w, const sp_term *term);
/* The same with its summed variables left free: they are added to `variable`. */
void sp_work_open_term(sp_algebra *in, sp_work *w, const sp_term *term, sp_variable *variable,
                       size_t *variables);
void sp_terms_add(sp_algebra *in, sp_terms *to, sp_rational coefficient,
                  const sp_monomial *monomial);
const sp_expression *sp_terms_finish(sp_algebra *in, sp_terms *terms);

/* Rewrites the work by the rules until none applies and adds what comes out to `out`. */
void sp_work_normalise(sp_algebra *in, sp_work *w, sp_terms *out);
void sp_work_drop_summed(sp_work *w, sp_variable v);
/* Parts of that, for reciprocals. x step(x x) = x. */
void sp_work_square_steps(sp_algebra *in, sp_work *w);
/* One term against its reciprocal. */
void sp_work_cancel(sp_algebra *in, sp_work *w);
/* a/(a + b) = 1 - b/(a + b); true if that was applied, and everything is in `out`. */
bool sp_work_share(sp_algebra *in, sp_work *w, sp_terms *out);
/* Gives the summed variables their canonical names, sorts, and makes the monomial. */
const sp_monomial *sp_work_name(sp_algebra *in, sp_work *w);

/* Hashes in which a variable counts by its sort only: no change of names changes them. */
uint64_t sp_factor_shape(const sp_factor *f);
uint64_t sp_monomial_shape(const sp_monomial *m); /* without its sizes */

/* What is put for free variables and for ownership terms, all at once. */
typedef struct sp_substitution {
    size_t indices, ranks, owners;
    sp_variable index_from[SP_MAX_PROOF_PUTTINGS], index_to[SP_MAX_PROOF_PUTTINGS];
    sp_variable rank_from[SP_MAX_PROOF_PUTTINGS];
    sp_coordinate rank_to[SP_MAX_PROOF_PUTTINGS];
    sp_coordinate owner_from[SP_MAX_PROOF_PUTTINGS], owner_to[SP_MAX_PROOF_PUTTINGS]; /* from: offset 0 */
    /* 0: the number of ranks is not known to divide any */
    int64_t modulus[SP_MAX_AXES];
} sp_substitution;

void sp_substitution_start(sp_substitution *with);
void sp_substitute_variable(sp_algebra *in, sp_substitution *with, sp_variable from, sp_variable to);
void sp_substitute_rank_for(sp_algebra *in, sp_substitution *with, sp_variable from, sp_coordinate to);
bool sp_substitution_concerns(const sp_substitution *with, const sp_variable *variable, size_t count);
sp_variable sp_substitution_index(const sp_substitution *with, sp_variable v);
sp_coordinate sp_substitution_coordinate(sp_algebra *in, const sp_substitution *with, sp_coordinate c);
const sp_expression *sp_substitute(sp_algebra *in, const sp_substitution *with, const sp_expression *a);
/* The factor after the change; not always a factor any more. */
const sp_expression *sp_substitute_factor(sp_algebra *in, const sp_substitution *with, const sp_factor *f);

/* The factor of an expression that is nothing but one, else NULL. */
const sp_factor *sp_lone_factor(const sp_expression *a);

#endif
