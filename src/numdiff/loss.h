/* The loss of any network near a case's data, in one number system: what it is where one entry or all of one tensor
 * have moved. Only the forward pass and the loss are run (of->loss), never a derivative; what does not depend on the
 * tensor is computed once. */
#ifndef SP_NUMDIFF_LOSS_H
#define SP_NUMDIFF_LOSS_H

#include "network/network.h"

/* What is asked of entry i of matrices; what is not certain is not said. */
typedef struct sp_loss_numbers {
    bool (*equal)(const sp_matrix *a, const sp_matrix *b, size_t i);
    int (*sign)(const sp_matrix *m, size_t i); /* 0: zero, not certain or not a number */
    /* |a - b| < 2^e, or |a| where b is NULL: about the least such e; LONG_MAX where it is not finite */
    long (*distance)(const sp_matrix *a, const sp_matrix *b, size_t i);
} sp_loss_numbers;

/* A straight way through the data: one entry of a tensor is moved, or all along a direction. */
typedef struct sp_way {
    sp_tensor tensor;
    size_t entry;
    const double *direction; /* +1 and -1 in the shape of the tensor; NULL: the entry */
} sp_way;

typedef struct sp_loss_point {
    bool crosses; /* a kink is between here and the data, or may be */
    bool finite;  /* the loss, and all that functions are applied to */
    /* Where they are finite, no argument of a function has moved by 2^moved or more, and nothing that is divided by,
     * or whose logarithm or root is taken, by that part of itself. */
    long moved;
} sp_loss_point;

typedef struct sp_loss sp_loss;

/* in, numbers and of outlive it. Nothing is computed yet. */
sp_loss *sp_loss_create(const sp_arithmetic *in, const sp_loss_numbers *numbers, const sp_case *of,
                        const sp_network *network);
/* Computes the loss at the data, and all that will not have to be computed again: before the following are called. */
void sp_loss_start(sp_loss *l);
/* At the data; 1 x 1. */
const sp_matrix *sp_loss_value(const sp_loss *l);
/* The loss t along a way, in value; t and value are 1 x 1. */
sp_loss_point sp_loss_at(sp_loss *l, const sp_way *way, const sp_matrix *t, sp_matrix *value);
/* The largest magnitude among what moves on the way. */
double sp_loss_magnitude(const sp_loss *l, const sp_way *way);
/* Needs no start. Multiply-adds of one evaluation, an operation being worth `overhead` of them besides its own. */
double sp_loss_cost(const sp_loss *l, sp_tensor tensor, double overhead);

#endif
