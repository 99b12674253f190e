/* A checked case: sizes, splits, network, data and what is expected. One for each member of the
 * sets written in the file. All of it is owned by the pool it was made in. */
#ifndef SP_LANG_CASE_H
#define SP_LANG_CASE_H

#include "lang/formula.h"
#include "lang/program.h"

/* How a case names an activation or a loss. */
typedef struct sp_function_spec {
    const char *name;          /* a built-in's name, or NULL */
    const sp_formula *formula; /* the user's own, or NULL */
    sp_span span;
} sp_function_spec;

/*  id, how it is written */
#define SP_SPLITS(X)              \
    X(SIZES, "3 + 0 + 3")         \
    X(EVEN, "even")               \
    X(CHUNK, "chunk")             \
    X(CYCLIC, "cyclic(b)")        \
    X(OWNERS, "[0,1,1,0]")

typedef enum sp_split_kind {
#define X(id, text) SP_SPLIT_##id,
    SP_SPLITS(X)
#undef X
    SP_SPLIT_COUNT
} sp_split_kind;

/* `split Dh/tp = 3 + 0 + 3`. For `Dh/(dp,tp)` it says how each part of Dh/dp is split over tp:
 * sizes then are those of all ranks, dp outermost; owners are coordinates on tp, one for each
 * index of Dh. */
typedef struct sp_split_spec {
    sp_part part;
    sp_split_kind kind;
    size_t *value; /* SIZES: sizes in rank order; OWNERS: coordinates on the last axis */
    size_t values;
    size_t block;  /* CYCLIC: b, 1 by default */
    sp_span span;  /* of the right-hand side; of the scheme's name for a default */
} sp_split_spec;

typedef enum sp_data_kind { SP_DATA_RANDOM, SP_DATA_INTEGERS } sp_data_kind;
typedef enum sp_numdiff_kind { SP_NUMDIFF_FULL, SP_NUMDIFF_SAMPLE, SP_NUMDIFF_OFF } sp_numdiff_kind;

/* Data given in the case: rows * columns doubles (a vector is one row, of a tensor of more dimensions the columns
 * are its last one), or NULL. */
typedef struct sp_tensor_data {
    double *value;
    size_t rows, columns;
    size_t inexact; /* how many literals were rounded to get the doubles */
    sp_span span;
} sp_tensor_data;

typedef struct sp_case {
    const char *name; /* with the members of sets: notes-4x6x2[tp=2] */
    const sp_source *source;
    sp_span span; /* of the name */
    const sp_program *program; /* its network says what the following indices mean */
    size_t dim[SP_MAX_DIMS];
    sp_function_spec function[SP_MAX_OWN_FUNCTIONS];
    const char *scheme; /* as the case names it */
    size_t axis_size[SP_MAX_AXES];
    sp_span axis_span[SP_MAX_AXES];
    sp_split_spec *split; /* one for each of sp_program_parts(program), in order, with defaults */
    size_t splits;
    sp_data_kind data;
    uint64_t seed;
    double scale; /* RANDOM: factor on every entry, 1 by default */
    long range;   /* INTEGERS: entries from -range to range, 3 by default */
    sp_tensor_data *given; /* [tensor] */
    size_t inexact_literals; /* in the whole case, its scheme and formulas */
    unsigned precision;      /* bits, 24 to 65536 */
    sp_numdiff_kind numdiff;
    size_t sample; /* SAMPLE: entries of each tensor */
    const char **evidence; /* names as written, NULL for the default set */
    size_t evidences;
    bool expect_mismatch;
    const bool *expect_results; /* [result], those that are named; NULL: none are */
} sp_case;

/*  name, value, what it limits: every limit is here; the diagnostic that enforces it names it */
#define SP_LIMITS(X)                                                           \
    X(FILE_BYTES, 16777216, "bytes in a file")                                 \
    X(DIMENSION, 1048576, "a dimension")                                       \
    X(ENTRIES, 268435456, "entries of one tensor")                             \
    X(RANKS, 65536, "ranks of a mesh")                                         \
    X(NESTING, 200, "nested brackets and operators")                           \
    X(STATEMENTS, 10000, "statements of a scheme")                             \
    X(OPERATIONS, 1000000, "operations of a scheme or of the formulas of a case")  \
    X(NAME, 200, "characters of a name")                                           \
    X(LITERAL, 4096, "characters of a number")                                     \
    X(RANGE, 1000000, "the range of integer data")                                 \
    X(CASES, 10000, "cases from one file")                                     \
    X(ERRORS, 100, "errors shown for one file")                                \
    X(PRECISION_MIN, 24, "bits of precision, at least")                        \
    X(PRECISION_MAX, 65536, "bits of precision")

enum {
#define X(id, value, what) SP_LIMIT_##id = value,
    SP_LIMITS(X)
#undef X
};

#endif
