/* Formulas: activations and losses as expressions over primitives.
 *
 * A formula is a tree in one array of nodes; node operands come before the node that uses them,
 * the last node is the value. Every number system implements the primitives and nothing else. */
#ifndef SP_LANG_FORMULA_H
#define SP_LANG_FORMULA_H

#include "base/diagnostic.h"

/*  id, name in the language ("" for operators), operands, meaning */
#define SP_PRIMITIVES(X) \
    X(ADD,  "",     2, "a + b")                                                \
    X(SUB,  "",     2, "a - b")                                                \
    X(MUL,  "",     2, "a * b")                                                \
    X(DIV,  "",     2, "a / b")                                                \
    X(NEG,  "",     1, "-a")                                                   \
    X(EXP,  "exp",  1, "e to the power a")                                     \
    X(LOG,  "log",  1, "natural logarithm")                                    \
    X(TANH, "tanh", 1, "hyperbolic tangent")                                   \
    X(ERF,  "erf",  1, "error function")                                       \
    X(ERF_PRIME, "erf'", 1, "its derivative, 2 / sqrt(pi) * exp(-a * a)")       \
    X(SQRT, "sqrt", 1, "square root")                                          \
    X(MAX,  "max",  2, "the larger of a and b")                                \
    X(STEP, "step", 1, "1 where a > 0, else 0: so that relu'(0) = 0")

typedef enum sp_primitive {
#define X(id, name, operands, meaning) SP_PRIMITIVE_##id,
    SP_PRIMITIVES(X)
#undef X
    SP_PRIMITIVE_COUNT
} sp_primitive;

typedef enum sp_formula_kind {
    SP_FORMULA_VARIABLE,  /* variable: 0 for z or a, 1 for y */
    SP_FORMULA_NUMBER,    /* number */
    SP_FORMULA_DIMENSION, /* dimension: an sp_dim, allowed in losses (N and Dout) */
    SP_FORMULA_PRIMITIVE
} sp_formula_kind;

typedef struct sp_formula_node {
    sp_formula_kind kind;
    sp_primitive primitive;
    int operand[2]; /* indices of earlier nodes, -1 where there is none */
    int variable, dimension;
    double number;
    const char *number_text; /* as written: exact, for reports and proofs; NULL if derived */
} sp_formula_node;

typedef struct sp_formula {
    sp_formula_node *node; /* owned by the pool it was made in */
    size_t count;
    size_t variables; /* 1: activation of z; 2: loss of (a, y) */
    const char *text; /* as written */
} sp_formula;

#endif
