/* The oracle of the interpreter: random programs, evaluated by brute force over global indices in
 * exact integers. It shares no code with src: a value is a function of (rank, global indices),
 * defined where the rank owns the indices, and every operation is its definition by indices.
 *
 * oracle_generate.c draws random well-typed programs, oracle_text.c writes them in the language,
 * oracle_evaluate.c says what they mean. */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    O_DIMS = 4,
    O_TENSORS = 6,
    O_EXTENT = 8, /* largest dimension */
    O_AXES = 3,
    O_RANKS = 64,
    O_PARTS = 128,
    O_EXPRS = 400,
    O_STATEMENTS = 16,
    O_TEXT = 32768
};

typedef long long o_int;

typedef enum o_op {
    O_LOAD, O_NAME, O_NUMBER, O_RANKS_ON, O_WHOLE, O_COUNT, O_PRODUCT, O_ADD, O_SUB, O_MUL, O_DIV,
    O_NEG, O_TRANSPOSE, O_SIGMA, O_SIGMA_PRIME, O_G, O_G_PRIME, O_LOSS_PRIME, O_STEP, O_SUM,
    O_ALLREDUCE, O_MEAN, O_ALLGATHER, O_REDUCESCATTER, O_SLICE, O_ALLTOALL, O_BROADCAST, O_SHIFT,
    O_ONLY
} o_op;

typedef enum o_split { O_SIZES, O_EVEN, O_CHUNK, O_CYCLIC, O_OWNERS, O_SPLITS } o_split;

/* A part D/(a, b, ...) of a dimension and who owns what of it. */
typedef struct o_part {
    int dim, axes, axis[O_AXES];
    int parent; /* the part without its last axis, -1 for a whole dimension */
    o_split split;
    bool by_default; /* the case says nothing about it: chunk */
    int value[O_RANKS * O_EXTENT], values, block;
    int coordinate[O_EXTENT];         /* on the last axis, of the owner of each index */
    bool owns[O_RANKS][O_EXTENT];
    bool used; /* by the program as it was written */
} o_part;

/* The type of a value: its parts; a vector has one, a scalar none. */
typedef struct o_type {
    int order, part[2];
} o_type;

typedef struct o_expr {
    o_op op;
    struct o_expr *a, *b;
    o_type type;
    int tensor, statement, dim, axis, part, place, place2;
    o_int constant;
    o_int *table; /* [rank][i][j]; meaningful where the rank owns i and j */
} o_expr;

/* A function of integers, and how the language writes it. */
typedef struct o_function {
    const char *text;
    o_int (*value)(o_int z), (*slope)(o_int z);
} o_function;

typedef struct o_loss {
    const char *text;
    o_int (*slope)(o_int a, o_int y, o_int n, o_int dout);
} o_loss;

typedef struct o_statement {
    char name[16];
    o_expr *value;
    bool result;
} o_statement;

typedef struct o_program {
    uint64_t seed, state;
    int extent[O_DIMS];
    int axes, size[O_AXES], ranks;
    const char *axis_name[O_AXES];
    int coordinate[O_RANKS][O_AXES];
    int other[O_RANKS][O_AXES][4]; /* the rank with another coordinate on one axis */
    const o_function *sigma, *g;
    const o_loss *loss;
    o_int data[O_TENSORS][O_EXTENT][O_EXTENT]; /* of a vector: [0] */
    o_type tensor[O_TENSORS];
    o_part part[O_PARTS];
    int parts;
    o_expr expr[O_EXPRS];
    int exprs;
    o_statement statement[O_STATEMENTS];
    int statements, backward; /* the first statement of the backward part */
    char text[O_TEXT];
} o_program;

extern const char *const o_dim_names[O_DIMS];
extern const char *const o_tensor_names[O_TENSORS];
extern const int o_tensor_dims[O_TENSORS][2]; /* second -1: a vector */
extern const o_function o_functions[];
extern const int o_function_count;
extern const o_loss o_losses[];
extern const int o_loss_count;

/* A random program for a seed, its text in program->text. */
void o_generate(o_program *program, uint64_t seed);
/* Writes program->text: a scheme and a case, both named `random`. */
void o_write(o_program *program);
/* Random numbers of the program: one below n; true in so many of a hundred draws. */
int o_below(o_program *program, int n);
bool o_chance(o_program *program, int percent);

/* Numbers the ranks and finds their neighbours; extents, axes and sizes are set. */
void o_mesh(o_program *program);
/* Who owns what under the part's split; its parent's ownership is known. */
void o_own(o_program *program, o_part *part);
/* Fills the table of an expression whose operands have theirs. False where the exact value would
 * not be an integer that every number system can hold, or where something is divided by zero. */
bool o_evaluate(o_program *program, o_expr *expr);
/* The value on a rank; it must own the indices. Vectors have j = 0, scalars i = j = 0. */
o_int o_at(const o_program *program, const o_expr *expr, int rank, int i, int j);
bool o_holds(const o_program *program, const o_type *type, int rank, int i, int j);
int o_extent(const o_program *program, const o_type *type, int place); /* 1 where there is none */

#endif
