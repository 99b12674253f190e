/* What a rank computes, written twice: as a reader of the certificate sees it, and as the data that the checker of
 * rules.v computes with. One walk over the program writes both, so that they cannot say different things; that they
 * do not is what Coq finds by computing the data's meaning (the lemma `computed`). */
#ifndef SP_PROOF_CERTIFICATE_FORMULA_H
#define SP_PROOF_CERTIFICATE_FORMULA_H

#include "base/text.h"
#include "lang/program.h"

/* An index in scope: its name, and how many of its dimension were in scope before it. */
typedef struct sp_formula_index {
    const char *name;
    sp_dim dim;
    unsigned level;
} sp_formula_index;

/* The place of a value: a term for every coordinate of the rank, and the indices of the entry. */
typedef struct sp_formula_place {
    const char *rank[SP_MAX_AXES];
    sp_formula_index index[SP_MAX_ORDER];
} sp_formula_place;

typedef struct sp_formula_writer {
    sp_pool *pool;
    const sp_program *program;
    bool sharded;              /* not the delta rule: what is written is what a rank computes */
    bool fractions;            /* as data a quotient is one, whatever divides */
    bool dual;                 /* the text is over the dual numbers of adjoint.v */
    const int *statement_of;   /* [node]: the first statement with this value, or -1 */
    size_t first_statement;    /* number of the first statement's value */
    size_t load[SP_MAX_TENSORS]; /* sharded: numbers of the values that are loaded */
    const sp_part *part;       /* sharded: with all prefixes; their numbers are the data's */
    size_t parts;
    bool is_argument;          /* what is written next is the argument of a function */
    unsigned fresh;            /* numbers for the names of bound variables */
    unsigned depth[SP_MAX_DIMS]; /* indices in scope */
    sp_text text, data;        /* what was written */
} sp_formula_writer;

/* A writer for a program. The delta rule's values come first, then what a rank loads, then its statements. */
sp_formula_writer sp_formula_writer_open(sp_pool *pool, const sp_program *program, bool sharded, size_t values);

/* Begins a definition: empties what was written and puts the indices of the layout in scope: of mlp n, i, k, j for N,
 * Din, Dh, Dout, else i_S and i_S' for S and S'; r_tp for the coordinate on tp. */
sp_formula_place sp_formula_begin(sp_formula_writer *w, const sp_layout *layout);

/* These add to both texts. */
/* What the node computes. A node that is a statement's value is written by the statement's name unless it is a
 * statement from `before` on. */
void sp_formula_value(sp_formula_writer *w, int node, size_t before, const sp_formula_place *at);
/* The value of a statement, by its name. */
void sp_formula_call(sp_formula_writer *w, size_t statement, const sp_formula_place *at);
/* The sum over the ranks of an axis of a result's value. */
void sp_formula_result_sum(sp_formula_writer *w, const sp_result_decl *result, unsigned axis,
                           const sp_formula_place *at);
/* The value of a result: the statement that it names, its dimensions in the order of the declaration. */
void sp_formula_result(sp_formula_writer *w, const sp_result_decl *result, const sp_formula_place *at);
/* What a rank reads of a tensor: the entry if it owns it, else anything. */
void sp_formula_load(sp_formula_writer *w, sp_tensor tensor, const sp_formula_place *at);

/* The indices of a layout and the conditions under which a rank owns the entry, as data: "[:: (0,0); (2,0)]". */
const char *sp_formula_indices(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at);
const char *sp_formula_owned(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at);
/* Whether there are any. */
bool sp_formula_is_split(const sp_layout *layout);
/* The conditions to be read, "same_rank ranks_tp (own_Dh'tp k) r_tp"; "" if there are none. */
const char *sp_formula_conditions(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at);

/* A variable of the data: its number counts those of its dimension that came into scope after it. */
unsigned sp_formula_number(const sp_formula_writer *w, const sp_formula_index *index);

/* own_Dh'dp'tp: the coordinate on the last axis of a part, as a function of the index. No name of a user has a
 * prime in it, so names that are put together with primes are different where their parts are. */
const char *sp_formula_owner(const sp_formula_writer *w, const sp_part *part);

/* Names of the network, and any_exp for any function in the place of exp. Those of mlp are written as they are. Of
 * another network any may be a name of Coq's or of rules.v, such as R, or of something else in the file: what they name
 * stands before them. */
const char *sp_formula_dim(sp_pool *pool, const sp_signature *of, sp_dim dim);
const char *sp_formula_tensor(sp_pool *pool, const sp_signature *of, sp_tensor tensor);
const char *sp_formula_function(sp_pool *pool, const sp_signature *of, sp_function function, bool prime);
/* The derivative of a function over dual numbers: function_act', any_silu', derivative_exp. */
const char *sp_formula_slope(sp_pool *pool, const sp_signature *of, sp_function function);
/* Before the name of a statement: "rank_"; "rule_", or "" in mlp; "dual_" over dual numbers. */
const char *sp_formula_prefix(const sp_formula_writer *w);

/* The number of an axis among the sorts of a certificate: after the dimensions. */
static inline unsigned sp_formula_axis_sort(const sp_signature *of, unsigned axis) { return (unsigned)of->dims + axis; }
/* The number of a function in the data: those of the network first, then step and those of the vocabulary. In the place
 * of the derivative of step, which nobody names, is the reciprocal. */
unsigned sp_formula_symbol(const sp_signature *of, sp_function function, bool prime);
static inline unsigned sp_formula_step(const sp_signature *of) { return 2 * (unsigned)of->functions; }
static inline unsigned sp_formula_reciprocal(const sp_signature *of) { return sp_formula_step(of) + 1; }

#endif
