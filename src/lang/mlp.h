/* The built-in network mlp, the 2-layer MLP: the indices of its names. What is written for it alone (its fast
 * finite differences, its derivation) and tests speak of it by these. */
#ifndef SP_LANG_MLP_H
#define SP_LANG_MLP_H

#include "lang/program.h"

/*  id, name, what it is */
#define SP_DIMS(X)               \
    X(N, "N", "batch")           \
    X(DIN, "Din", "input")       \
    X(DH, "Dh", "hidden")        \
    X(DOUT, "Dout", "output")

enum {
#define X(id, name, meaning) SP_DIM_##id,
    SP_DIMS(X)
#undef X
    SP_DIM_COUNT
};

/*  id, name, dimensions (a vector has one: the second is SP_DIM_COUNT), input or param */
#define SP_TENSORS(X)                \
    X(X, "X", N, DIN, false)       \
    X(Y, "Y", N, DOUT, false)      \
    X(W1, "W1", DIN, DH, true)    \
    X(B1, "b1", DH, COUNT, true)  \
    X(W2, "W2", DH, DOUT, true)   \
    X(B2, "b2", DOUT, COUNT, true)

enum {
#define X(id, name, first, second, param) SP_TENSOR_##id,
    SP_TENSORS(X)
#undef X
    SP_TENSOR_COUNT
};

/*  id, name, dimensions, meaning, gradient of: the results that a scheme may name, in the order of reports */
#define SP_RESULTS(X)                                                         \
    X(Z1, "Z1", N, DH, "hidden layer before its activation", -1)              \
    X(A1, "A1", N, DH, "hidden layer", -1)                                    \
    X(Z2, "Z2", N, DOUT, "output layer before its activation", -1)            \
    X(A2, "A2", N, DOUT, "output layer", -1)                                  \
    X(D2, "D2", N, DOUT, "error term delta(2) = dL/dZ2", -1)                  \
    X(D1, "D1", N, DH, "error term delta(1) = dL/dZ1", -1)                    \
    X(DW1, "dW1", DIN, DH, "gradient dL/dW1", SP_TENSOR_W1)                   \
    X(DB1, "db1", DH, COUNT, "gradient dL/db1", SP_TENSOR_B1)                 \
    X(DW2, "dW2", DH, DOUT, "gradient dL/dW2", SP_TENSOR_W2)                  \
    X(DB2, "db2", DOUT, COUNT, "gradient dL/db2", SP_TENSOR_B2)               \
    X(DX, "dX", N, DIN, "gradient dL/dX", SP_TENSOR_X)

enum {
#define X(id, name, first, second, meaning, of) SP_RESULT_##id,
    SP_RESULTS(X)
#undef X
    SP_RESULT_COUNT
};

/* Its functions: g(z), sigma(z), loss(a, y). */
enum { SP_MLP_SIGMA, SP_MLP_G, SP_MLP_LOSS, SP_MLP_FUNCTIONS };

extern const sp_signature sp_mlp;
/* Whether a network is mlp. */
bool sp_is_mlp(const sp_signature *of);

#endif
