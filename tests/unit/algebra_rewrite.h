/* Random expressions as trees, for the normal form: evaluated, rewritten and spoilt without the algebra. */
#ifndef TESTS_ALGEBRA_REWRITE_H
#define TESTS_ALGEBRA_REWRITE_H

#include "algebra/expression.h"

enum { TREE_VARIABLES = 64, TREE_EXTENT = 3, TREE_TENSORS = 5 };

typedef enum tree_kind {
    TREE_NUMBER, /* n / d */
    TREE_SIZE,   /* of the sort of variable v */
    TREE_ENTRY,  /* of a tensor: [v, w], [v], or [] */
    TREE_HOLDS,  /* [own(v) = w], or [v = w], by their sorts; with n = 1 [own(v) = own(w)] */
    TREE_ADD,
    TREE_SUBTRACT,
    TREE_MULTIPLY,
    TREE_DIVIDE,
    TREE_SUM,     /* over v of a */
    TREE_MAXIMUM, /* over v of b where a (a condition, or NULL) holds */
    TREE_LARGER,
    TREE_EXP,
    TREE_LOG,
    TREE_SQRT,
    TREE_RSQRT,
    TREE_SIGMA
} tree_kind;

/* Tensors: S[n,k], T[k], U[n], C, and D[n,k], which sums to 1 over k. */
enum { TENSOR_S = 1, TENSOR_T, TENSOR_U, TENSOR_C, TENSOR_D };

typedef struct tree tree;
struct tree {
    tree_kind kind;
    int n, d;
    unsigned of;
    int v, w; /* variables by number; below 0: none */
    const tree *a, *b;
};

typedef enum tree_sort { SORT_N, SORT_K, SORT_RANK } tree_sort;
/* Variables 0, 1, 2 are free: an index n, an index k, and a rank. */
enum { FREE_VARIABLES = 3 };

typedef struct forest {
    sp_pool *pool;
    uint64_t *random;
    tree_sort sort[TREE_VARIABLES];
    int variables;
} forest;

void forest_start(forest *f, sp_pool *pool, uint64_t *random);
const tree *tree_grow(forest *f, int depth, bool positive);
/* Equal to a in every world in which both are numbers. */
const tree *tree_rewrite(forest *f, const tree *a, int chance_of_100);
/* Something else, mostly. */
const tree *tree_spoil(forest *f, const tree *a);

typedef struct tree_world {
    unsigned extent[FREE_VARIABLES], free[FREE_VARIABLES]; /* of n, k, ranks; values of the free variables */
    unsigned owner[TREE_EXTENT];                           /* of each k */
    long double data[TREE_TENSORS + 1][TREE_EXTENT][TREE_EXTENT];
    bool empty;  /* a rank owns nothing */
    bool beyond; /* something was divided by 0, had no root or logarithm, or is out of range */
} tree_world;

void tree_world_make(tree_world *w, uint64_t *random);
long double tree_value(tree_world *w, const forest *f, const tree *a);
long double tree_sigma(long double x);
void tree_print(const tree *a);

/* ---- with the algebra ---- */

extern const sp_part tree_part_of_k;
sp_variable tree_free_variable(int number);
const sp_expression *tree_build(sp_algebra *in, const forest *f, const tree *a);
/* Of a normal form, read as it is; *scale becomes the largest magnitude that was added up, if it was smaller. */
long double form_value(tree_world *w, const sp_expression *e, long double *scale);

#endif
