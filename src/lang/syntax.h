/* The syntax tree: what a file says, before anything is checked but its form.
 *
 * Expressions are lists of terms in one array, operands before the term that uses them, so that no
 * user ever recurses over one. */
#ifndef SP_LANG_SYNTAX_H
#define SP_LANG_SYNTAX_H

#include "lang/case.h"
#include "lang/names.h"

typedef struct sp_name {
    const char *text; /* NULL: missing */
    sp_span span;
} sp_name;

/* `Dh/(dp,tp)` */
typedef struct sp_dimref {
    sp_name dim;
    sp_name *axis;
    size_t axes;
    sp_span span;
} sp_dimref;

/* Functions of schemes and of formulas.
 *  name, operation in a scheme, primitive in a formula, arguments, how it is used
 * Arguments: v value, a axis, d dimension, D one or more of them, p split dimension, n whole number, i whole number
 * with a sign, m one of the words `mean` and `max`, or nothing. What is not here may be a function of the network:
 * that is known when a scheme is checked. */
#define SP_FUNCTIONS(X)                                                                       \
    X("step", APPLY, STEP, "v", "step(A)")                                                    \
    X("dot", DOT, COUNT, "vvD", "dot(A, B, D)")                                               \
    X("sum", SUM, COUNT, "vD", "sum(A, D)")                                                   \
    X("max", MAX, COUNT, "vD", "max(A, D)")                                                   \
    X("rename", RENAME, COUNT, "vdd", "rename(A, D, D')")                                     \
    X("softmax", SOFTMAX, COUNT, "vd", "softmax(A, D)")                                       \
    X("logsumexp", LOGSUMEXP, COUNT, "vd", "logsumexp(A, D)")                                 \
    X("allreduce", ALLREDUCE, COUNT, "vam", "allreduce(A, axis) or allreduce(A, axis, mean)") \
    X("allgather", ALLGATHER, COUNT, "vda", "allgather(A, D, axis)")                          \
    X("reducescatter", REDUCESCATTER, COUNT, "vda", "reducescatter(A, D, axis)")              \
    X("slice", SLICE, COUNT, "vda", "slice(A, D, axis)")                                      \
    X("alltoall", ALLTOALL, COUNT, "vdda", "alltoall(A, D, E, axis)")                         \
    X("broadcast", BROADCAST, COUNT, "van", "broadcast(A, axis, c)")                          \
    X("shift", SHIFT, COUNT, "vai", "shift(A, axis, k)")                                      \
    X("only", ONLY, COUNT, "van", "only(A, axis, c)")                                         \
    X("size", RANKS, COUNT, "a", "size(axis)")                                                \
    X("count", OWNED, COUNT, "p", "count(D/axis)")                                            \
    X("exp", APPLY, EXP, "v", "exp(z)")                                                       \
    X("log", APPLY, LOG, "v", "log(z)")                                                       \
    X("tanh", APPLY, TANH, "v", "tanh(z)")                                                    \
    X("erf", APPLY, ERF, "v", "erf(z)")                                                       \
    X("erf'", COUNT, ERF_PRIME, "v", "erf'(z)")                                               \
    X("sqrt", APPLY, SQRT, "v", "sqrt(z)")                                                    \
    X("rsqrt", APPLY, COUNT, "v", "rsqrt(A)")                                                 \
    X("max", COUNT, MAX, "vv", "max(a, b)")

typedef struct sp_function_info {
    const char *name;
    sp_op op;               /* SP_OP_COUNT: not in schemes */
    sp_primitive primitive; /* SP_PRIMITIVE_COUNT: not in formulas */
    const char *arguments, *usage;
} sp_function_info;

/* Where an expression stands: what it may call. */
typedef enum sp_dialect { SP_DIALECT_SCHEME, SP_DIALECT_FORMULA, SP_DIALECT_NETWORK } sp_dialect;

/* The one of the dialect, else one of that name; NULL if there is none. */
const sp_function_info *sp_function_find(const char *name, sp_dialect dialect);
bool sp_function_in(const sp_function_info *function, sp_dialect dialect);
/* The name of the dialect's function that is nearest, or NULL. */
const char *sp_function_nearest(sp_pool *pool, const char *name, sp_dialect dialect);

typedef enum sp_term_kind {
    SP_TERM_WRONG, /* its error is reported: has no type and raises no other error */
    SP_TERM_NUMBER,
    SP_TERM_NAME,
    SP_TERM_NEGATE,
    SP_TERM_TRANSPOSE,
    SP_TERM_PRODUCT,
    SP_TERM_ADD,
    SP_TERM_SUB,
    SP_TERM_MUL,
    SP_TERM_DIV,
    SP_TERM_CALL
} sp_term_kind;

/* What a call names besides values. */
typedef struct sp_arguments {
    sp_name dim[SP_MAX_ORDER], axis;
    size_t dims;
    sp_dimref part;
    long constant;
    sp_reduction how;
    /* NETWORK, and functions of a network: all arguments, indices of earlier terms, names of dimensions too; the
     * terms from `first` up to the call are theirs */
    int *value;
    size_t values, first;
} sp_arguments;

typedef struct sp_syntax_term {
    sp_term_kind kind;
    int operand[2];                   /* indices of earlier terms, -1: none */
    sp_span span;                     /* of the whole, brackets included */
    const char *text;                 /* NUMBER, NAME: as written; CALL: the function */
    sp_span name;                     /* CALL: of the function's name */
    const sp_function_info *function; /* CALL: NULL for functions of a network */
    const sp_arguments *arguments;    /* CALL */
} sp_syntax_term;

typedef struct sp_syntax_terms {
    sp_syntax_term *item;
    size_t count, capacity;
} sp_syntax_terms;

/* Terms first <= i < end of the list it was parsed into; the value is term end - 1. Empty after an
 * error. */
typedef struct sp_syntax_expression {
    size_t first, end;
    sp_span span;
} sp_syntax_expression;

/* `param W1[Din, Dh/tp]`; `dX[N, Din] sum tp` */
typedef struct sp_tensor_syntax {
    sp_name name;
    bool param; /* declarations */
    sp_dimref *dim;
    size_t dims;
    bool scalar; /* written [] */
    sp_name sum; /* results: the axis; text NULL: none */
    sp_name distribution; /* networks: the dimension; text NULL: none */
    sp_span span;
} sp_tensor_syntax;

typedef struct sp_statement_syntax {
    sp_name name;
    bool backward;
    sp_syntax_expression value;
    sp_span span;
} sp_statement_syntax;

/* `even N/dp` */
typedef struct sp_assumption_syntax {
    sp_assumption_kind kind;
    sp_dimref part;
    sp_span span;
} sp_assumption_syntax;

typedef struct sp_scheme_syntax {
    sp_name name;
    sp_name of; /* the network; text NULL: mlp */
    sp_name *axis;
    size_t axes, axis_room;
    sp_assumption_syntax *assumption;
    size_t assumptions, assumption_room;
    sp_tensor_syntax *tensor;
    size_t tensors, tensor_room;
    sp_statement_syntax *statement;
    size_t statements, statement_room;
    sp_tensor_syntax *result;
    size_t results, result_room;
    sp_syntax_terms terms; /* of all statements */
    bool broken;    /* a diagnostic was given */
} sp_scheme_syntax;

/* Where a case has a value, so where a set may stand. */
typedef enum sp_slot_kind {
    SP_SLOT_DIM,      /* index: sp_dim, once the network is known; number */
    SP_SLOT_FUNCTION, /* index: sp_function; name or formula */
    SP_SLOT_SCHEME,   /* name; path */
    SP_SLOT_AXIS,     /* label: the axis; number */
    SP_SLOT_SPLIT,    /* part; split */
    SP_SLOT_DATA,     /* data */
    SP_SLOT_SEED,     /* number */
    SP_SLOT_SCALE,    /* real */
    SP_SLOT_RANGE,    /* number */
    SP_SLOT_TENSOR,   /* index: sp_tensor; matrix */
    SP_SLOT_PRECISION,
    SP_SLOT_NUMDIFF,  /* numdiff */
    SP_SLOT_EVIDENCE /* name: one of the list */
} sp_slot_kind;

/* One value; which fields count is up to the kind of its slot. */
typedef struct sp_choice {
    sp_span span;
    const char *label; /* as case names show it */
    uint64_t number;
    double real;
    size_t inexact; /* literals that were rounded */
    bool path;      /* the name is one of a file */
    sp_name name;
    sp_syntax_terms terms; /* of a formula, which is checked once the network is known */
    sp_syntax_expression value;
    const sp_formula *formula;
    sp_split_spec split;
    sp_data_kind data; /* number: seed or range; real: scale */
    uint64_t seed, range;
    sp_tensor_data matrix;
    sp_numdiff_kind numdiff; /* number: sample */
} sp_choice;

/* `act(z) = silu` in a network; value: as that of a case's sigma or loss */
typedef struct sp_function_syntax {
    sp_name name, variable[2];
    size_t variables;
    bool given;
    sp_choice value;
} sp_function_syntax;

/* A block `network`. Of body only name, tensors, statements and terms are used. */
typedef struct sp_network_syntax {
    sp_scheme_syntax body;
    sp_name *dim;
    size_t dims, dim_room;
    sp_function_syntax *function;
    size_t functions, function_room;
    bool has_loss;
    sp_syntax_expression loss; /* among the terms of body */
} sp_network_syntax;

typedef struct sp_slot {
    sp_slot_kind kind;
    size_t index;
    const char *label; /* "tp", "Dh/tp": as case names show it */
    sp_dimref part;
    sp_name variable[2]; /* `loss(a, y) = `: the choices are formulas */
    size_t variables;
    sp_span open; /* the bracket before the variables */
    sp_choice *choice;
    size_t choices, choice_room;
    bool set; /* written as one, even of one member */
    bool wrong;
    sp_span key; /* what it is a value of */
} sp_slot;

typedef struct sp_case_syntax {
    sp_name name;
    sp_slot *slot; /* in order of appearance */
    size_t slots, slot_room;
    bool expect_mismatch;
    sp_name *expect;
    size_t expects, expect_room;
    sp_name *unknown; /* fields that are none */
    size_t unknowns, unknown_room;
    sp_names given; /* keys of the slots */
    bool broken;
} sp_case_syntax;

typedef struct sp_file_syntax {
    sp_name *use; /* paths */
    size_t uses, use_room;
    sp_network_syntax **network;
    size_t networks, network_room;
    sp_scheme_syntax **scheme;
    size_t schemes, scheme_room;
    sp_case_syntax **item;
    size_t cases, case_room;
} sp_file_syntax;

#endif
