/* Networks as users write them, checked; and the delta rule of each, derived by reverse mode.
 *
 * A value has named dimensions. Operations go by name: the order of a value's labels is only how it is
 * written, but for `@` and `^T`. All of it is owned by the pool it was made in. */
#ifndef SP_RULE_NETWORK_H
#define SP_RULE_NETWORK_H

#include "lang/lang.h"

enum { SP_NET_MAX_ORDER = 8, SP_NET_MAX_LABELS = 64 };

/*  id, as it is written, operands, meaning: a, b are the operands, D, E the labels that are named */
#define SP_NET_OPS(X)                                                                   \
    X(TENSOR, "", 0, "an input or parameter: index")                                    \
    X(VALUE, "", 0, "what a statement computes: index")                                 \
    X(NUMBER, "", 0, "a literal: text")                                                 \
    X(EXTENT, "", 0, "the size of a dimension: index")                                  \
    X(ADD, "+", 2, "by name; labels of one are among those of the other")               \
    X(SUB, "-", 2, "by name, as +")                                                     \
    X(MUL, "*", 2, "by name; the union of the labels")                                  \
    X(DIV, "/", 2, "by name; the union of the labels")                                  \
    X(NEG, "-", 1, "")                                                                  \
    X(TRANSPOSE, "^T", 1, "the two labels in the other order")                          \
    X(PRODUCT, "@", 2, "sum over the last label of a, which is the first of b")         \
    X(DOT, "dot", 2, "sum of a * b over D, ...; other shared labels stay")              \
    X(SUM, "sum", 1, "over D, ...")                                                     \
    X(RENAME, "rename", 1, "D is called E: the same entries")                           \
    X(SOFTMAX, "softmax", 1, "exp(a) / sum(exp(a), D)")                                 \
    X(LOGSUMEXP, "logsumexp", 1, "log(sum(exp(a), D))")                                 \
    X(APPLY, "", 2, "function number index, or its derivative by the first argument: prime") \
    /* operand[1] of APPLY is -1 for functions of one argument */

typedef enum sp_net_op {
#define X(id, spelling, operands, meaning) SP_NET_##id,
    SP_NET_OPS(X)
#undef X
    SP_NET_OP_COUNT
} sp_net_op;

/* Labels, each at most once; those of a value in the order in which it is written. A value has SP_NET_MAX_ORDER at
 * most, both operands of a product together twice as many. */
typedef struct sp_net_labels {
    uint8_t count, label[2 * SP_NET_MAX_ORDER];
} sp_net_labels;

typedef struct sp_net_node {
    sp_net_op op;
    int operand[2];       /* indices of earlier nodes, -1 where there is none */
    sp_net_labels labels; /* of the value */
    sp_net_labels named;  /* DOT, SUM, SOFTMAX, LOGSUMEXP: D, ...; RENAME: D, E */
    size_t index;
    bool prime;
    bool varies; /* it depends on a parameter */
    const char *text;
    sp_span span;
} sp_net_node;

typedef struct sp_net_tensor {
    const char *name;
    bool param;
    sp_net_labels labels;
    int distribution; /* the label over which its entries sum to 1, -1: none */
    sp_span span;
} sp_net_tensor;

typedef struct sp_net_function {
    const char *name; /* without a prime */
    size_t arguments; /* 1 or 2; of two the second is data: there is no derivative by it */
    bool own;         /* of the network; else elementary or built in */
    const sp_function_spec *value; /* where a case gives none; NULL: it must */
} sp_net_function;

typedef struct sp_net_statement {
    const char *name;
    int node;
    sp_span span;
} sp_net_statement;

typedef struct sp_network_program {
    const char *name;
    sp_span span; /* of its name */
    sp_pool *pool;
    const char **dim;
    size_t dims;
    struct { const char *name; size_t dim; } label[SP_NET_MAX_LABELS]; /* the first are the dimensions */
    size_t labels;
    sp_net_tensor *tensor;
    size_t tensors;
    sp_net_function *function;
    size_t functions, own_functions; /* the network's own come first */
    sp_net_node *node;
    size_t nodes, node_room;
    sp_net_statement *statement;
    size_t statements;
    int loss;            /* its node: a scalar */
    const char *loss_text;
} sp_network_program;

/* The delta rule: statements behind those of the network, whose nodes follow the network's in the same list.
 * VALUE with index network->statements + k means statement k of these. */
typedef struct sp_net_gradient {
    const char *name;      /* of the statement that computes it: "dW1"; "D1" for mlp's dZ1 */
    bool result;           /* of the rule */
    bool of_tensor;        /* else of a forward value */
    size_t index;          /* of that tensor or forward statement */
    sp_net_labels labels;  /* those of what it is the gradient of, in its order */
} sp_net_gradient;

typedef struct sp_net_rule {
    sp_network_program *network;
    sp_net_statement *statement;
    sp_net_gradient *gradient; /* statement i computes gradient i */
    size_t statements;
    bool *reached;   /* for each tensor: the loss depends on it */
    bool sums_softmax; /* it uses that a softmax sums to 1 */
    bool *unknown;   /* for each tensor: it is a second argument too, by which there is no derivative */
} sp_net_rule;

/* The networks of a text; NULL where one has errors, which are diagnostics. */
size_t sp_networks_load(sp_pool *pool, const sp_source *source, sp_network_program ***network,
                        sp_diagnostics *diagnostics);
/* Adds a node to the list; returns its index. */
int sp_net_add(sp_network_program *network, sp_net_node node);
/* "dW1"; "D1" for mlp's Z1. In the network's pool, or static. */
const char *sp_net_gradient_name(const sp_network_program *network, const char *of);
/* Adds the nodes of the rule to the network. Warns of parameters that the loss does not reach. */
const sp_net_rule *sp_net_derive(sp_network_program *network, sp_diagnostics *diagnostics);
/* The rule as a scheme without a mesh, in the language; NULL if it has more than 16 MiB. */
const char *sp_net_rule_text(sp_pool *pool, const sp_net_rule *rule);
/* The forward pass and the loss alone, in a scheme of that name whose result and last statement is `result`. */
const char *sp_net_loss_text(sp_pool *pool, const sp_network_program *network, const char *name, const char *result);
/* Whether something in the network is called so: a label, tensor, statement or function. */
bool sp_net_taken(const sp_network_program *network, const char *name);
/* Whether the rule has the loss as a result L: not where something else has that name, nor for mlp. */
bool sp_net_loss_named(const sp_network_program *network);

/* The network for its schemes and cases, with its delta rule. NULL after a diagnostic. */
sp_signature *sp_net_signature(sp_pool *pool, sp_network_program *network, sp_diagnostics *diagnostics);
/* A network of the user's. For sp_vocabulary. */
const sp_signature *sp_net_own(struct sp_reporter *reporter, const struct sp_network_syntax *syntax);
/* Whether a network of the user's may have its name; says so if not, or if it hides a built-in one. NULL: it has
 * errors of its own. */
bool sp_net_may_be_called(sp_diagnostics *diagnostics, const char *name, sp_span at, const sp_network_program *network);
/* NULL after an error. */
sp_network_program *sp_network_check(struct sp_reporter *reporter, const struct sp_network_syntax *syntax);
/* A built-in network but mlp; NULL if there is none of that name. For sp_vocabulary. */
const sp_signature *sp_net_builtin(sp_pool *pool, const char *name);

/* Whether label is among labels; one set among another. */
bool sp_net_has(sp_net_labels labels, uint8_t label);
bool sp_net_within(sp_net_labels some, sp_net_labels all);

#endif
