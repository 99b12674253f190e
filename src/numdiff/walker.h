/* The walk over all entries (or a sample) and directions, the same for every number system: it asks
 * the loss for its changes at -2h, -h, h and 2h, for many entries at once, and a method makes a
 * slope of each four. */
#ifndef SP_NUMDIFF_WALKER_H
#define SP_NUMDIFF_WALKER_H

#include "numdiff/point.h"
#include "numdiff/sample.h"

enum { SP_WALKER_POINTS = 4 };

/* How the entries of a tensor move Z: a row (by_row) or a column of Z_layer by t times a row of a
 * source. */
typedef struct sp_kind {
    sp_tensor tensor;
    int layer;
    bool by_row;
    sp_point_matrix source;
} sp_kind;

/* Ways through the data from one point. For entries of one line: row r of v is what entry r moves
 * the line by. For a direction: every row l of Z_layer is moved by row l of v, all at once. */
typedef struct sp_curves {
    const sp_point *point;
    const sp_kind *kind;
    const double *direction;          /* +1 and -1 in the shape of the tensor; NULL for entries */
    size_t line;                      /* entries */
    const size_t *row;                /* entries: rows of the source, count of them */
    size_t count;                     /* 1 for a direction */
    sp_matrix *v;
} sp_curves;

/* v is newly made in the arithmetic of the point. */
void sp_curves_make(sp_curves *c);
void sp_curves_free(sp_curves *c);
/* change[r] = L(t further along curve first + r) - L, for r < rows of change; crossings (or
 * NULL) as sp_point_change counts them. */
void sp_curves_change(const sp_curves *c, size_t first, const sp_matrix *t, sp_matrix *change,
                      sp_matrix *crossings);

typedef struct sp_walker sp_walker;

typedef struct sp_method {
    /* t = sign 2^exponent, 1 x 1 */
    void (*power_of_two)(sp_matrix *t, int sign, long exponent);
    /* w->change[p] and w->crossings[p] for all curves: sp_walker_change, or more than that. */
    void (*change)(sp_walker *w, const sp_curves *c, int p);
    /* From w->change in this row: SP_NUMDIFF_JUDGED, or KINK or UNUSABLE if points that the method
     * chose itself are so. */
    sp_numdiff_state (*slope)(sp_walker *w, const sp_curves *c, size_t row, const sp_slope *to);
} sp_method;

struct sp_walker {
    const sp_method *method;
    const sp_arithmetic *in;
    const sp_case *of;
    sp_point *point;
    sp_numdiff *result;
    void *own;     /* the method's */
    long step;     /* no step moves an entry of Z by more than 2^(step + 1) */
    long exponent; /* h = 2^exponent, for the tensor at hand */
    sp_matrix *t[SP_WALKER_POINTS]; /* -2h, -h, h, 2h */
    sp_matrix *change[SP_WALKER_POINTS], *crossings[SP_WALKER_POINTS]; /* one column */
};

/* Fills in the result. h is 2^step divided by a power of two that is at least the largest factor
 * with which the entries of a tensor enter Z. */
void sp_walker_run(sp_walker *w, const sp_network *network, double budget);

void sp_walker_change(sp_walker *w, const sp_curves *c, int p);
bool sp_walker_crosses(const sp_walker *w, const sp_matrix *crossings, size_t row);
bool sp_walker_finite(const sp_walker *w, const sp_matrix *change, size_t row);

#endif
