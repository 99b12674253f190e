/* What trees of schemes mean, by masked arrays: every value on every rank is an array of the full
 * size, with a mask of the indices that the rank owns. What lies outside of the mask is poison; to
 * read it is a fault of the language's layout rules, and aborts.
 *
 * A number is known by its residues modulo two primes (neither is the library's) and by an interval
 * of reals around it, which tells its sign. All data are whole numbers or halves, and sigma, g and
 * loss' give fractions, so that the three agree: what holds for all reals holds here. Nothing here comes
 * from src. */
#ifndef MASKED_H
#define MASKED_H

#include "tree.h"

enum { MASKED_EXTENT = 5, MASKED_RANKS = 64, MASKED_PARTS = 96, MASKED_TABLES = 160 };

typedef struct number {
    uint64_t of[2];
    long double real, error;
} number;

/*  id, how a case writes it, how `prove` calls it: the functions sigma and g */
#define MASKED_FUNCTIONS(X)                                \
    X(ANY, NULL, NULL)                                     \
    X(IDENTITY, "identity", "identity")                    \
    X(RELU, "relu", "relu")                                \
    X(SIGMOID, NULL, "sigmoid") /* s' = s (1 - s) is all */\
    X(TANH, NULL, "tanh")       /* t' = 1 - t t is all */  \
    X(SQUARE, "z * z + z", NULL)                           \
    X(CUBE, "z * z * z - 2 * z", NULL)                     \
    X(FRACTION, "z / (z * z + 1)", NULL)

#define MASKED_LOSSES(X)                                   \
    X(ANY, NULL, NULL)                                     \
    X(HALF_SSE, "half-sse", "half-sse")                    \
    X(MSE, "mse", "mse")                                   \
    X(MIXED, "a * a * y - 3 * y + N * a", NULL)

typedef enum masked_function {
#define X(id, text, name) MASKED_##id,
    MASKED_FUNCTIONS(X)
#undef X
    MASKED_FUNCTION_COUNT
} masked_function;

typedef enum masked_loss {
#define X(id, text, name) MASKED_LOSS_##id,
    MASKED_LOSSES(X)
#undef X
    MASKED_LOSS_COUNT
} masked_loss;

extern const char *const masked_function_text[MASKED_FUNCTION_COUNT];
extern const char *const masked_function_name[MASKED_FUNCTION_COUNT];
extern const char *const masked_loss_text[MASKED_LOSS_COUNT];
extern const char *const masked_loss_name[MASKED_LOSS_COUNT];

/* D/(a, ..., b): the coordinate on b of the owner of each index. */
typedef struct masked_part {
    tree_part part;
    int owner[MASKED_EXTENT];
} masked_part;

typedef struct world {
    int extent[TREE_DIMS];
    int size[TREE_AXES], axes, ranks;
    int coordinate[MASKED_RANKS][TREE_AXES];
    masked_part part[MASKED_PARTS];
    int parts;
    long long data[TREE_TENSORS][MASKED_EXTENT][MASKED_EXTENT]; /* of a vector: [0] */
    bool halved;                                                /* half of these are the data */
    masked_function sigma, g;
    masked_loss loss;
    uint64_t seed; /* of the functions that may be any */
    bool divided_by_zero, unclear;
} world;

/* Values of one kind on all ranks. */
typedef struct table {
    tree_type type;
    int extent[2];                        /* 1 where there is no such place */
    bool holds[MASKED_RANKS][2][MASKED_EXTENT];
    number *at; /* [rank][i][j]; a vector is indexed by i */
} table;

/* Random sizes, ranks, owners and data, in which every part of the scheme and every coordinate that
 * it names are; false if the scheme has too many parts or values. Data are of -largest to largest. */
bool world_make(world *w, const tree_scheme *s, uint64_t *random, int largest);
/* The same with one index of that dimension, or (from TREE_DIMS) rank of that axis, less; false if
 * there is but one. */
bool world_smaller(world *w, int which);
/* Leaves out the parts that another scheme of the same axes does not have; false if it has parts or
 * names coordinates that the world lacks. */
bool world_fit(world *w, const tree_scheme *s);
void world_draw_data(world *w, uint64_t *random, int largest);
/* Data of another size in each tensor, with many zeros: so that signs come out in many ways. */
void world_draw_signs(world *w, uint64_t *random);
/* Few small halves, of both signs and zero: so that sums come out on a kink, or just off one. */
void world_draw_near_kinks(world *w, uint64_t *random);

/* Whether something depends on which real is larger than another: step, and relu. */
bool world_has_kinks(const world *w, const tree_scheme *s);

typedef enum masked_answer {
    MASKED_SAYS_NOTHING, /* something is divided by zero, or a sign is not known */
    MASKED_RIGHT,        /* here */
    MASKED_WRONG
} masked_answer;

/* Runs the scheme on all ranks and the delta rule on one; an answer for each result. */
void masked_run(world *w, const tree_scheme *s, masked_answer answer[TREE_RESULTS]);

#endif
