/* Schemes as trees, for programs that make random ones: a representation, typing, parser and printer
 * of their own, of the language that the README defines. Nothing here comes from src.
 *
 * Nodes never change, so trees share them; every constructor gives NULL where the language forbids
 * the value, or an operand is NULL, or there is no room. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TREE_DIMS = 4,
    TREE_TENSORS = 6,
    TREE_AXES = 5,
    TREE_NODES = 8192,
    TREE_STATEMENTS = 48,
    TREE_RESULTS = 11,
    TREE_NAME = 40,
    TREE_TEXT = 65536
};

/*  id, how the language writes it */
#define TREE_OPS(X)                                                                              \
    X(LOAD, "")            /* a declared tensor */                                               \
    X(USE, "")             /* an earlier statement */                                            \
    X(NUMBER, "")                                                                                \
    X(RANKS, "size")                                                                             \
    X(EXTENT, "")                                                                                \
    X(COUNT, "count")                                                                            \
    X(PRODUCT, " @ ")                                                                            \
    X(ADD, " + ")                                                                                \
    X(SUBTRACT, " - ")                                                                           \
    X(TIMES, " * ")                                                                              \
    X(DIVIDE, " / ")                                                                             \
    X(NEGATE, "-")                                                                               \
    X(TRANSPOSE, "^T")                                                                           \
    X(SIGMA, "sigma")                                                                            \
    X(SIGMA_PRIME, "sigma'")                                                                     \
    X(G, "g")                                                                                    \
    X(G_PRIME, "g'")                                                                             \
    X(LOSS_PRIME, "loss'")                                                                       \
    X(STEP, "step")                                                                              \
    X(SUM, "sum")                                                                                \
    X(ALLREDUCE, "allreduce")                                                                    \
    X(MEAN, "allreduce")                                                                         \
    X(ALLGATHER, "allgather")                                                                    \
    X(REDUCESCATTER, "reducescatter")                                                            \
    X(SLICE, "slice")                                                                            \
    X(ALLTOALL, "alltoall")                                                                      \
    X(BROADCAST, "broadcast")                                                                    \
    X(SHIFT, "shift")                                                                            \
    X(ONLY, "only")

typedef enum tree_op {
#define X(id, words) TREE_##id,
    TREE_OPS(X)
#undef X
    TREE_OP_COUNT
} tree_op;

/* D/(a, b, ...) */
typedef struct tree_part {
    int dim, axes, axis[TREE_AXES];
} tree_part;

typedef struct tree_type {
    int order;
    tree_part part[2];
} tree_type;

typedef struct tree_node {
    tree_op op;
    const struct tree_node *of[2];
    tree_type type;
    /* bit 1u << axis: the value at an index does not depend on the rank's coordinate there */
    unsigned same;
    int which; /* tensor, or id of a statement */
    int dim, dim2, axis, constant;
    int place, place2; /* of dim and dim2 in the operand */
    double number;
    tree_part part;
} tree_node;

typedef struct tree_statement {
    char name[TREE_NAME];
    const tree_node *value;
    bool backward;
} tree_statement;

typedef struct tree_result {
    int statement; /* its id */
    tree_type declared;
    int sum_axis; /* -1: none */
} tree_result;

typedef struct tree_scheme {
    char name[TREE_NAME];
    int axes;
    char axis_name[TREE_AXES][TREE_NAME];
    bool declared[TREE_TENSORS];
    tree_type tensor[TREE_TENSORS];
    tree_statement statement[TREE_STATEMENTS]; /* by id */
    int order[TREE_STATEMENTS], statements;    /* ids as they are written */
    tree_result result[TREE_RESULTS];
    int results;
    tree_node node[TREE_NODES];
    int nodes;
} tree_scheme;

extern const char *const tree_dim_names[TREE_DIMS];
extern const char *const tree_tensor_names[TREE_TENSORS];
extern const int tree_tensor_dims[TREE_TENSORS][2]; /* second -1: a vector */
/* The delta rule's tensors and their dimensions; the second -1: a vector. */
extern const char *const tree_result_names[TREE_RESULTS];
extern const int tree_result_dims[TREE_RESULTS][2];
extern const char *const tree_op_words[TREE_OP_COUNT];

uint64_t tree_random(uint64_t *state);
int tree_below(uint64_t *state, int bound);

/* ---- types ---- */

bool tree_same_part(const tree_part *a, const tree_part *b);
bool tree_same_type(const tree_type *a, const tree_type *b);
unsigned tree_part_axes(const tree_part *part); /* bits */
unsigned tree_type_axes(const tree_type *type);
/* The part split once more; without its last axis. */
tree_part tree_part_with(const tree_part *part, int axis);
tree_part tree_part_without(const tree_part *part);

/* ---- constructors ---- */

const tree_node *tree_load(tree_scheme *s, int tensor);
const tree_node *tree_use(tree_scheme *s, int statement);
const tree_node *tree_number(tree_scheme *s, double number);
const tree_node *tree_ranks(tree_scheme *s, int axis);
const tree_node *tree_extent(tree_scheme *s, int dim);
const tree_node *tree_count(tree_scheme *s, const tree_part *part);
/* Functions, negative, transpose. */
const tree_node *tree_unary(tree_scheme *s, tree_op op, const tree_node *a);
/* Products, elementwise operations, loss'. */
const tree_node *tree_binary(tree_scheme *s, tree_op op, const tree_node *a, const tree_node *b);
const tree_node *tree_sum(tree_scheme *s, const tree_node *a, int dim);
const tree_node *tree_over(tree_scheme *s, tree_op op, const tree_node *a, int axis); /* sum or mean */
/* Gather, reduce-scatter, slice. */
const tree_node *tree_along(tree_scheme *s, tree_op op, const tree_node *a, int dim, int axis);
const tree_node *tree_alltoall(tree_scheme *s, const tree_node *a, int dim, int dim2, int axis);
/* Broadcast, shift, only. */
const tree_node *tree_at(tree_scheme *s, tree_op op, const tree_node *a, int axis, int constant);
/* The node as it is, over other operands. */
const tree_node *tree_again(tree_scheme *s, const tree_node *like, const tree_node *a,
                            const tree_node *b);

/* ---- schemes ---- */

void tree_start(tree_scheme *s, const char *name);
/* The id of a new statement put at that place of the order; -1: no room. */
int tree_insert(tree_scheme *s, int place, const char *name, const tree_node *value, bool backward);
/* The id of the statement of that name; -1: none. */
int tree_find(const tree_scheme *s, const char *name);
/* Nodes of a tree, statements that it uses not counted in. */
int tree_weight(const tree_node *root);
/* The n-th node of a tree, the root being 0, each before its operands. */
const tree_node *tree_nth(const tree_node *root, int n);
/* The tree with another node in the n-th place; NULL if that breaks a rule of the language. */
const tree_node *tree_replace(tree_scheme *s, const tree_node *root, int n, const tree_node *by);
/* Whether both are written the same. */
bool tree_equal(const tree_node *a, const tree_node *b);
/* Types every statement again after one changed; false if a rule of the language is broken. */
bool tree_retype(tree_scheme *s);

/* Reads the first scheme of a text; false if it is not one of the language, or too large. */
bool tree_parse(tree_scheme *s, const char *text);
/* Writes it; false if it is too long. */
bool tree_print(const tree_scheme *s, char *text, size_t size);
void tree_print_part(const tree_scheme *s, const tree_part *part, char *text, size_t size);

#endif
