/* How expressions of the prover are written: which name every index has, which values are written by name, and what
 * stands in which order.
 *
 * A notation says what each of these is: show.c writes text, and derivations have formulas. */
#ifndef SP_PROOF_NOTATION_H
#define SP_PROOF_NOTATION_H

#include "proof/symbolic.h"

/* What names in expressions stand for: axes of a program (may be NULL) and the delta rule's
 * tensors, which are then written by name (A1[n,k] for sigma(sum_i ...)); rule may be NULL. */
typedef struct sp_showing {
    sp_pool *pool;
    sp_algebra *algebra;
    const sp_program *program;
    const sp_expression *const *rule; /* [result] */
} sp_showing;

/* ---- names ---- */

const sp_signature *sp_showing_network(const sp_showing *showing);
/* The number-th name of an index over a dimension: n, m, n2, .. in mlp, elsewhere b, b1, b2, .. for B; with its primes
 * for a label such as S'. No two labels share one. */
const char *sp_index_name(sp_pool *pool, const sp_signature *of, sp_dim dim, unsigned primes, unsigned number);
/* Whether an index of the network, without a number, is called so. */
bool sp_index_has_name(sp_pool *pool, const sp_signature *of, const char *name);
/* The name of the index at a place of a layout: two of one label, which only a wrong scheme can have, get numbers. */
const char *sp_place_name(sp_pool *pool, const sp_signature *of, const sp_layout *layout, unsigned place);
/* The number-th letter for a rank that is summed over: one that is no index of the network. */
const char *sp_rank_letter(sp_pool *pool, const sp_signature *of, unsigned number);

/* ---- notations ---- */

typedef const void *sp_written; /* whatever the notation makes; lives in the pool */
typedef struct sp_notation sp_notation;

typedef struct sp_setting {
    const sp_showing *showing;
    const sp_notation *notation;
    const void *context; /* the notation's own */
} sp_setting;

typedef struct sp_written_power {
    sp_written base;
    int power; /* at least 1 */
} sp_written_power;

/* coefficient, sizes, conditions, the sum over `summed` where `under` holds, of the factors over the divisors. */
typedef struct sp_written_term {
    sp_rational coefficient; /* positive: signs are the sum's */
    const int16_t *size;     /* [SP_SORTS]: powers */
    sp_written *condition, *summed, *under;
    sp_written_power *factor, *divisor;
    size_t conditions, summations, unders, factors, divisors;
} sp_written_term;

/* What a step starts from. */
typedef struct sp_written_step {
    const sp_step *step;
    sp_written summed[SP_MAX_ORDER], condition[SP_MAX_STEP_CONDITIONS];
    sp_written operand[2]; /* NULL: none */
    bool sum[2];           /* it is a sum of several terms */
} sp_written_step;

struct sp_notation {
    bool inner_sums;  /* factors and a sum inside of theirs are written by the name of an error term too */
    bool axis_apart;  /* the rank over an axis is written with the axis: ranks of two axes may have one letter */
    sp_written (*index)(const sp_setting *at, const char *name);
    /* This rank's coordinate on an axis, or the number-th rank that is summed over. */
    sp_written (*rank)(const sp_setting *at, unsigned axis, bool summed, unsigned number);
    sp_written (*constant)(const sp_setting *at, int value);
    sp_written (*owner)(const sp_setting *at, const sp_part *part, unsigned axis, sp_written index);
    sp_written (*moved)(const sp_setting *at, sp_written coordinate, int by);
    sp_written (*equals)(const sp_setting *at, sp_written a, sp_written b);
    sp_written (*divides)(const sp_setting *at, unsigned axis, int divisor); /* size(axis) divides it */
    sp_written (*entry)(const sp_setting *at, const char *name, const sp_written *index, size_t count);
    sp_written (*slope)(const sp_setting *at, sp_result result, const sp_written *index, size_t count);
    sp_written (*apply)(const sp_setting *at, sp_symbol symbol, const sp_written argument[2]);
    sp_written (*number)(const sp_setting *at, const char *text);
    /* How many indices of the part a rank with these coordinates owns; NULL: it is written as the sum that it is. */
    sp_written (*count)(const sp_setting *at, const sp_part *part, const sp_written *coordinate);
    /* What a term is divided by. */
    sp_written (*divisor)(const sp_setting *at, sp_written of, bool is_count);
    sp_written (*term)(const sp_setting *at, const sp_written_term *term);
    /* negative[i]: term i is subtracted; none: 0 */
    sp_written (*sum)(const sp_setting *at, const sp_written *term, const bool *negative, size_t count);
    sp_written (*step)(const sp_setting *at, const sp_written_step *step);
};

/* Call these inside of sp_algebra_run where values may be written by name: looking for them is rewriting. */
sp_written sp_notation_expression(const sp_setting *at, const sp_expression *e);
/* The same of a value with this layout, whose indices have the names of sp_place_name. */
sp_written sp_notation_value(const sp_setting *at, const sp_layout *layout, const sp_expression *e);
sp_written sp_notation_step(const sp_setting *at, const sp_step *step);

#endif
