/* A checked scheme: what every rank computes, as a list of typed operations.
 *
 * This is what the interpreter runs, the prover reads and the derivation explains. It exists only
 * for schemes without errors, so its users check nothing again. Each operation comes after its
 * operands. All of it is owned by the pool it was made in. */
#ifndef SP_LANG_PROGRAM_H
#define SP_LANG_PROGRAM_H

#include "base/diagnostic.h"

/*  id, name, what it is */
#define SP_DIMS(X)               \
    X(N, "N", "batch")           \
    X(DIN, "Din", "input")       \
    X(DH, "Dh", "hidden")        \
    X(DOUT, "Dout", "output")

typedef enum sp_dim {
#define X(id, name, meaning) SP_DIM_##id,
    SP_DIMS(X)
#undef X
    SP_DIM_COUNT
} sp_dim;

/*  id, name, dimensions (a vector has one: the second is SP_DIM_COUNT), input or param */
#define SP_TENSORS(X)                \
    X(X, "X", N, DIN, "input")       \
    X(Y, "Y", N, DOUT, "input")      \
    X(W1, "W1", DIN, DH, "param")    \
    X(B1, "b1", DH, COUNT, "param")  \
    X(W2, "W2", DH, DOUT, "param")   \
    X(B2, "b2", DOUT, COUNT, "param")

typedef enum sp_tensor {
#define X(id, name, first, second, kind) SP_TENSOR_##id,
    SP_TENSORS(X)
#undef X
    SP_TENSOR_COUNT
} sp_tensor;

/*  id, name, dimensions, meaning: the results that a scheme may name, in the order of reports */
#define SP_RESULTS(X)                                                \
    X(Z1, "Z1", N, DH, "hidden layer before its activation")         \
    X(A1, "A1", N, DH, "hidden layer")                               \
    X(Z2, "Z2", N, DOUT, "output layer before its activation")       \
    X(A2, "A2", N, DOUT, "output layer")                             \
    X(D2, "D2", N, DOUT, "error term delta(2) = dL/dZ2")             \
    X(D1, "D1", N, DH, "error term delta(1) = dL/dZ1")               \
    X(DW1, "dW1", DIN, DH, "gradient dL/dW1")                        \
    X(DB1, "db1", DH, COUNT, "gradient dL/db1")                      \
    X(DW2, "dW2", DH, DOUT, "gradient dL/dW2")                       \
    X(DB2, "db2", DOUT, COUNT, "gradient dL/db2")                    \
    X(DX, "dX", N, DIN, "gradient dL/dX")

typedef enum sp_result {
#define X(id, name, first, second, meaning) SP_RESULT_##id,
    SP_RESULTS(X)
#undef X
    SP_RESULT_COUNT
} sp_result;

enum { SP_MAX_AXES = 8 };

/* `Dh/(dp,tp)`: a dimension split over axes, the first axis outermost; no axes: whole. */
typedef struct sp_part {
    sp_dim dim;
    uint8_t axes;
    uint8_t axis[SP_MAX_AXES]; /* indices into the program's axes */
} sp_part;

/* Order 0: a scalar; 1: a vector; 2: a matrix. Equal layouts have equal bytes. */
typedef struct sp_layout {
    uint8_t order;
    sp_part part[2];
} sp_layout;

/*  id, spelling in the language, operands, is it communication, meaning on a rank */
#define SP_OPS(X) \
    X(LOAD, "", 0, false, "own part of a declared tensor: tensor")                              \
    X(NUMBER, "", 0, false, "a literal: number, number_text")                                   \
    X(RANKS, "size", 0, false, "number of ranks on axis")                                       \
    X(EXTENT, "", 0, false, "size of a whole dimension: dim")                                   \
    X(OWNED, "count", 0, false, "how many indices of part this rank owns: part")                \
    X(PRODUCT, "@", 2, false, "matrix product of local values")                                 \
    X(ADD, "+", 2, false, "elementwise; a vector to every row, a scalar to every entry")        \
    X(SUB, "-", 2, false, "elementwise, broadcast as +")                                        \
    X(MUL, "*", 2, false, "elementwise, or by a scalar on either side")                         \
    X(DIV, "/", 2, false, "by a scalar")                                                        \
    X(NEG, "-", 1, false, "elementwise")                                                        \
    X(TRANSPOSE, "^T", 1, false, "transpose of a matrix")                                       \
    X(SIGMA, "sigma", 1, false, "hidden activation")                                            \
    X(SIGMA_PRIME, "sigma'", 1, false, "its derivative")                                        \
    X(G, "g", 1, false, "output activation")                                                    \
    X(G_PRIME, "g'", 1, false, "its derivative")                                                \
    X(LOSS_PRIME, "loss'", 2, false, "dL/dA2 at (A2, Y), normalised by global sizes")           \
    X(STEP, "step", 1, false, "1 where positive, else 0")                                       \
    X(SUM, "sum", 1, false, "sum over dim of the local value; operand's part operand_part")     \
    X(ALLREDUCE, "allreduce", 1, true, "sum (or mean) over axis, on every rank")                \
    X(ALLGATHER, "allgather", 1, true, "dim whole again over axis, in global order")            \
    X(REDUCESCATTER, "reducescatter", 1, true, "sum over axis, own part of dim kept")           \
    X(SLICE, "slice", 1, false, "own part of dim over axis")                                    \
    X(ALLTOALL, "alltoall", 1, true, "dim becomes split over axis, dim2 whole")                 \
    X(BROADCAST, "broadcast", 1, true, "the value at coordinate constant of axis")              \
    X(SHIFT, "shift", 1, true, "the value constant ranks further along axis, cyclically")       \
    X(ONLY, "only", 1, false, "itself at coordinate constant of axis, zero elsewhere")

typedef enum sp_op {
#define X(id, spelling, operands, communicates, meaning) SP_OP_##id,
    SP_OPS(X)
#undef X
    SP_OP_COUNT
} sp_op;

typedef struct sp_node {
    sp_op op;
    int operand[2];   /* indices of earlier nodes, -1 where there is none */
    sp_layout layout; /* of the value */
    sp_span span;     /* of the expression */
    /* what the operation names; each is meaningful only where the table says so */
    sp_tensor tensor;
    double number;
    const char *number_text;
    sp_dim dim, dim2;
    int place;        /* SUM, ALLGATHER, REDUCESCATTER, SLICE, ALLTOALL: which part of operand */
    int place2;       /* ALLTOALL: which part is dim2 */
    int axis;
    bool mean;
    long constant;    /* BROADCAST, ONLY: >= 0; SHIFT: any sign */
    sp_part part;     /* OWNED */
} sp_node;

/* `Z1 = X @ W1 + b1` */
typedef struct sp_statement {
    const char *name;
    int node;
    bool backward;
    sp_span span;      /* of the whole statement */
} sp_statement;

typedef struct sp_result_decl {
    sp_result result;
    sp_layout declared;
    int sum_axis;      /* -1: none */
    int node;          /* of the statement that the result names */
    sp_span span;
} sp_result_decl;

typedef struct sp_program {
    const char *name;
    const sp_source *source;
    sp_span span; /* of its name */
    size_t axes;
    const char *axis_name[SP_MAX_AXES];
    bool declared[SP_TENSOR_COUNT];
    sp_layout tensor_layout[SP_TENSOR_COUNT];
    sp_span tensor_span[SP_TENSOR_COUNT];
    sp_node *node;
    size_t nodes;
    sp_statement *statement;
    size_t statements;
    sp_result_decl *result;
    size_t results;
} sp_program;

/* Names; static storage. */
const char *sp_dim_name(sp_dim dim);
const char *sp_tensor_name(sp_tensor tensor);
const char *sp_result_name(sp_result result);
const char *sp_op_name(sp_op op);
/* The unsplit layout of a tensor, or of the delta rule's result. */
sp_layout sp_tensor_whole(sp_tensor tensor);
sp_layout sp_result_whole(sp_result result);

bool sp_part_equal(const sp_part *a, const sp_part *b);
bool sp_layout_equal(const sp_layout *a, const sp_layout *b);
bool sp_part_uses_axis(const sp_part *part, int axis);
bool sp_layout_uses_axis(const sp_layout *layout, int axis);
/* "Dh/(dp,tp)"; "[N, Dh/tp]", "scalar" for order 0: as the language writes them. */
const char *sp_part_text(sp_pool *pool, const sp_program *program, const sp_part *part);
const char *sp_layout_text(sp_pool *pool, const sp_program *program, const sp_layout *layout);
/* The distinct split parts (with at least one axis) that the program uses anywhere, in tensors,
 * nodes and results, every prefix included (`Dh/(dp,tp)` uses `Dh/dp` too), prefixes first. */
size_t sp_program_parts(const sp_program *program, sp_pool *pool, sp_part **parts);

#endif
