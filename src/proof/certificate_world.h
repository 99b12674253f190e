/* The part of a certificate between the definitions and the theorems: the same definitions as data, the world that
 * these are about, and that in it the values are what the data compute. Shared with certificate.c and
 * certificate_gradient.c, and with nobody else. */
#ifndef SP_PROOF_CERTIFICATE_WORLD_H
#define SP_PROOF_CERTIFICATE_WORLD_H

#include "algebra/expression.h"
#include "lang/names.h"
#include "proof/certificate_formula.h"

/* A value that has its definition in the file. */
typedef struct sp_certificate_value {
    const char *name, *data; /* data: its statement */
    unsigned order;
    bool of_rank;            /* it has the coordinates of a rank */
} sp_certificate_value;

/* A function that is not the network's: exp, silu'. */
typedef struct sp_certificate_function {
    sp_function function;
    bool prime;
} sp_certificate_function;

typedef struct sp_certificate_writer {
    sp_pool *pool;
    const sp_program *program, *delta_rule;
    sp_formula_writer rule, rank; /* of the delta rule; of what a rank computes */
    const sp_algebra *algebra;    /* of a proof of the program */
    sp_text *out;                 /* the file */
    sp_certificate_value *value;               /* in the order of their numbers */
    size_t values;
    bool forgets;                 /* sp_certificate_forgets */
    sp_certificate_function *other; /* those that are named or that softmax and logsumexp are made of, in their order */
    size_t others;
    sp_names divisor_number;      /* from data to the number of the hypothesis */
    const char **divisor_data;    /* [number] */
    bool *divisor_of_rank;        /* [number]: of what a rank computes, so it has the rank's coordinates */
} sp_certificate_writer;

/* Whether a function is written: of mlp's loss only the derivative is, for no scheme names the loss itself. */
bool sp_certificate_has_function(const sp_signature *of, sp_function function, bool prime);
/* Whether a node applies a function that is neither the network's nor step. */
bool sp_certificate_is_other(const sp_node *n);
/* Finds those that some programs use. One more can be added. */
void sp_certificate_find_others(sp_certificate_writer *c, const sp_program *const *program, size_t programs);
void sp_certificate_add_other(sp_certificate_writer *c, sp_function function, bool prime);
/* A module with a section over a kind of ring, in which are the network's dimensions, functions and tensors. */
void sp_certificate_open_part(const sp_certificate_writer *c, const char *name, const char *ring);
void sp_certificate_close_part(const sp_certificate_writer *c, const char *name);
/* The hypothesis that a dimension is not empty. */
const char *sp_certificate_positive(const sp_certificate_writer *c, sp_dim dim);
/* `listed_parts`, `least_sizes`, `steps`, `here` and the lemmas `populates` and `computed`. */
void sp_certificate_add_world(const sp_certificate_writer *c);

#endif
