/* Finite differences of the loss of any network: the walk over all entries (or a sample) and directions, each by
 * running the loss anew (loss.h). */
#ifndef SP_NUMDIFF_GENERIC_H
#define SP_NUMDIFF_GENERIC_H

#include "numdiff/loss.h"
#include "numdiff/sample.h"

typedef struct sp_generic sp_generic;

typedef struct sp_generic_method {
    sp_loss_numbers numbers;
    double evaluations, overhead; /* of the loss for one slope; of one operation, in multiply-adds */
    double most; /* multiply-adds that may be spent at all: minutes, whatever the budget */
    void (*power_of_two)(sp_matrix *t, int sign, long exponent); /* t = sign 2^exponent, 1 x 1 */
    /* The slope at the data along a way, 2^exponent being a step that is small enough: JUDGED, KINK or UNUSABLE. */
    sp_numdiff_state (*slope)(sp_generic *g, const sp_way *way, long exponent, const sp_slope *to);
} sp_generic_method;

struct sp_generic {
    const sp_generic_method *method;
    const sp_arithmetic *in;
    const sp_case *of;
    sp_numdiff *result;
    long step; /* an entry is moved by 2^(step + 1) at most, an argument of a function by 2^(step + 5) */
    void *own; /* the method's */
    sp_loss *loss;
    sp_matrix *t, *value; /* of one point */
};

enum { SP_GENERIC_SLACK = 5 };

/* Fills in the result. */
void sp_generic_run(sp_generic *g, const sp_network *network, double budget);
/* The loss at sign 2^exponent, in g->value. */
sp_loss_point sp_generic_at(sp_generic *g, const sp_way *way, int sign, long exponent);

/* Finite differences as in numdiff.h, for every network that has its loss as a program. */
const sp_numdiff *sp_generic_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network, unsigned bits,
                                  double budget);
const sp_numdiff *sp_generic_binary64(sp_pool *pool, const sp_case *of, const sp_network *network, double budget,
                                      bool deterministic);

#endif
