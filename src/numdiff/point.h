/* The unsharded loss near a case's data, in one number system: by how much it changes when one
 * line (a row or a column) of Z1 or Z2 is moved. Every change of one entry of X, W1, b1, W2 or
 * b2 is such a move, and so is a change of a whole tensor, line by line. Only sigma, g and loss
 * are used, never a derivative.
 *
 * What has not changed is not computed again, and only differences are added up. If loss(g(z),
 * y) is, as its text shows, a polynomial of degree 2 at most in z, its coefficients at every
 * entry are taken from its values at z - s, z and z + s; the change along Delta is then q1 Delta
 * + q2 Delta^2. */
#ifndef SP_NUMDIFF_POINT_H
#define SP_NUMDIFF_POINT_H

#include "network/network.h"

/*  id, rows, columns: what is computed once. XT is X transposed, and so on; B and C are
 *  q1 W2^T and q2 (W2 * W2)^T, by which the loss changes with A1 where it is quadratic in Z2. */
#define SP_POINT_MATRICES(X) \
    X(ONES, ONE, N)          \
    X(XT, DIN, N)            \
    X(W1, DIN, DH)           \
    X(W2, DH, DOUT)          \
    X(Y, N, DOUT)            \
    X(YT, DOUT, N)           \
    X(Z1, N, DH)             \
    X(Z1T, DH, N)            \
    X(A1, N, DH)             \
    X(A1T, DH, N)            \
    X(Z2, N, DOUT)           \
    X(Z2T, DOUT, N)          \
    X(LOSS, N, DOUT)         \
    X(LOSST, DOUT, N)        \
    X(Q1, N, DOUT)           \
    X(Q1T, DOUT, N)          \
    X(Q2, N, DOUT)           \
    X(Q2T, DOUT, N)          \
    X(BT, DH, N)             \
    X(CT, DH, N)

typedef enum sp_point_matrix {
#define X(id, rows, cols) SP_POINT_##id,
    SP_POINT_MATRICES(X)
#undef X
    SP_POINT_COUNT
} sp_point_matrix;

typedef struct sp_point sp_point;

/* A move: row `line` of Z_layer (by_row), or column `line`, by t times a row of v. */
typedef struct sp_move {
    int layer;
    bool by_row;
    size_t line;
} sp_move;

sp_point *sp_point_create(const sp_arithmetic *in, const sp_case *of, const sp_network *network);
/* The same point in another number system; set writes entry (i, j) of `from` to `to`. */
sp_point *sp_point_copy(const sp_arithmetic *in, const sp_point *of,
                        void (*set)(const sp_arithmetic *in, sp_matrix *to, size_t i, size_t j,
                                    const sp_matrix *from));
const sp_arithmetic *sp_point_arithmetic(const sp_point *p);
const sp_matrix *sp_point_matrix_of(const sp_point *p, sp_point_matrix which);
/* The exponent e of a power of two with |x| < 2^e for every finite entry x of m; 0 if all are 0. */
long sp_point_exponent(const sp_point *p, const sp_matrix *m);
/* Whether the loss itself is finite. */
bool sp_point_finite(const sp_point *p);
/* Whether loss(g(z), y) was found to be quadratic in z. */
bool sp_point_quadratic(const sp_point *p);
/* At most so many rows may v have below. */
size_t sp_point_rows(const sp_point *p);

/* For every row r of v (r x length of the line) change[r] = L(moved by t times that row) - L, and
 * crossings[r] = how many entries that moved are then on another side of a kink, or may be on it.
 * t is 1 x 1; change and crossings have one column; crossings may be NULL. */
void sp_point_change(const sp_point *p, sp_move move, const sp_matrix *v, const sp_matrix *t,
                     sp_matrix *change, sp_matrix *crossings);

#endif
