/* A checked scheme: what every rank computes, as a list of typed operations.
 *
 * This is what the interpreter runs, the prover reads and the derivation explains. It exists only
 * for schemes without errors, so its users check nothing again. Each operation comes after its
 * operands. All of it is owned by the pool it was made in. */
#ifndef SP_LANG_PROGRAM_H
#define SP_LANG_PROGRAM_H

#include "base/diagnostic.h"

/* Indices into the lists of a network's signature, below. */
typedef uint8_t sp_dim;
typedef unsigned sp_tensor, sp_result, sp_function;

enum { SP_MAX_DIMS = 24, SP_MAX_TENSORS = 64, SP_MAX_OWN_FUNCTIONS = 16, SP_MAX_ORDER = 8 };
enum { SP_MAX_AXES = 8 };

/* `Dh/(dp,tp)`: a dimension split over axes, the first axis outermost; no axes: whole. S' is another name of S, of
 * the same size and the same owners: a label is a dimension and its primes. */
typedef struct sp_part {
    sp_dim dim;
    uint8_t primes;
    uint8_t axes;
    uint8_t axis[SP_MAX_AXES]; /* indices into the program's axes */
} sp_part;

/* Order 0: a scalar; 1: a vector; 2: a matrix. Equal layouts have equal bytes. */
typedef struct sp_layout {
    uint8_t order;
    sp_part part[SP_MAX_ORDER];
} sp_layout;

typedef struct sp_tensor_info {
    const char *name;
    bool param;
    sp_layout whole;
    int distribution; /* the place over which its entries sum to 1; -1: none */
} sp_tensor_info;

typedef struct sp_function_name {
    const char *name;
    size_t arguments; /* 1 or 2; the derivative is by the first */
    const struct sp_function_spec *value; /* where a case gives none (lang/case.h); NULL: a case must */
} sp_function_name;

typedef struct sp_result_info {
    const char *name, *meaning;
    sp_layout whole;
    int gradient_of; /* the tensor whose gradient it is; -1: of none */
} sp_result_info;

/* What a network gives to its schemes and cases: names, by whose indices programs speak of them. */
typedef struct sp_signature {
    const char *name;
    const char *text; /* its block, of a network of the user's; else NULL */
    size_t dims;
    const char *dim[SP_MAX_DIMS];
    size_t tensors; /* at most SP_MAX_TENSORS */
    const sp_tensor_info *tensor;
    size_t activations; /* of the vocabulary: functions SP_ELEMENTARY_END and so on */
    const char *const *activation;
    size_t functions; /* its own: at most SP_MAX_OWN_FUNCTIONS */
    const sp_function_name *function;
    size_t results; /* in the order of reports; those that are no gradient of a tensor come first */
    const sp_result_info *result;
    /* The delta rule, which computes all results without a mesh; NULL while it is read itself. */
    const struct sp_program *rule;
    bool sums_softmax; /* that rule is the gradient by the sum of a softmax, which is 1 */
    /* Its forward pass and its loss, the only result, without a derivative; NULL for mlp, and while it is read. */
    const struct sp_program *loss;
} sp_signature;

/* Functions that every network has: number SP_MAX_OWN_FUNCTIONS + id. */
#define SP_ELEMENTARY(X) \
    X(STEP, "step")      \
    X(EXP, "exp")        \
    X(LOG, "log")        \
    X(SQRT, "sqrt")      \
    X(RSQRT, "rsqrt")    \
    X(TANH, "tanh")      \
    X(ERF, "erf")

typedef enum sp_elementary {
    SP_ELEMENTARY_BEFORE = SP_MAX_OWN_FUNCTIONS - 1,
#define X(id, name) SP_ELEMENTARY_##id,
    SP_ELEMENTARY(X)
#undef X
    SP_ELEMENTARY_END /* those of the vocabulary: activations, then losses */
} sp_elementary;

/*  id, spelling in the language, operands, is it communication, meaning on a rank */
#define SP_OPS(X) \
    X(LOAD, "", 0, false, "own part of a declared tensor: tensor")                              \
    X(NUMBER, "", 0, false, "a literal: number, number_text")                                   \
    X(RANKS, "size", 0, false, "number of ranks on axis")                                       \
    X(EXTENT, "", 0, false, "size of a whole dimension: dim")                                   \
    X(OWNED, "count", 0, false, "how many indices of part this rank owns: part")                \
    X(PRODUCT, "@", 2, false, "matrix product of local values")                                 \
    X(ADD, "+", 2, false, "by name: labels of one side are among those of the other")           \
    X(SUB, "-", 2, false, "by name, as +")                                                      \
    X(MUL, "*", 2, false, "by name")                                                            \
    X(DIV, "/", 2, false, "by name")                                                            \
    X(NEG, "-", 1, false, "elementwise")                                                        \
    X(TRANSPOSE, "^T", 1, false, "transpose of a matrix")                                       \
    X(APPLY, "", 2, false, "function (prime: its derivative by the first argument); or of one") \
    X(DOT, "dot", 2, false, "product by name, summed over the parts that have no place in it")  \
    X(SUM, "sum", 1, false, "over the parts of the operand that have no place in it")           \
    X(MAX, "max", 1, false, "over those, of what this rank has")                                \
    X(RENAME, "rename", 1, false, "a part under another label")                                 \
    X(SOFTMAX, "softmax", 1, false, "exp(a) / sum(exp(a)) over place, which is whole")          \
    X(LOGSUMEXP, "logsumexp", 1, false, "log(sum(exp(a))) over place, which is whole")          \
    X(ALLREDUCE, "allreduce", 1, true, "sum, mean or maximum over axis, on every rank: how")                \
    X(ALLGATHER, "allgather", 1, true, "dim whole again over axis, in global order")            \
    X(REDUCESCATTER, "reducescatter", 1, true, "sum over axis, own part of dim kept")           \
    X(SLICE, "slice", 1, false, "own part of dim over axis")                                    \
    X(ALLTOALL, "alltoall", 1, true, "dim becomes split over axis, dim2 whole")                 \
    X(BROADCAST, "broadcast", 1, true, "the value at coordinate constant of axis")              \
    X(SHIFT, "shift", 1, true, "the value constant ranks further along axis, cyclically")       \
    X(ONLY, "only", 1, false, "itself at coordinate constant of axis, zero elsewhere")

typedef enum sp_op {
#define X(id, spelling, operands, communicates, meaning) SP_OP_##id,
    SP_OPS(X)
#undef X
    SP_OP_COUNT
} sp_op;

typedef enum sp_reduction { SP_REDUCE_SUM, SP_REDUCE_MEAN, SP_REDUCE_MAX } sp_reduction;

typedef struct sp_node {
    sp_op op;
    int operand[2];   /* indices of earlier nodes, -1 where there is none */
    sp_layout layout; /* of the value */
    /* where the parts of each operand are in the value; SP_MAX_ORDER + k: the k-th that is summed over */
    uint8_t to[2][SP_MAX_ORDER];
    sp_span span;     /* of the expression */
    /* what the operation names; each is meaningful only where the table says so */
    sp_tensor tensor;
    double number;
    const char *number_text;
    sp_dim dim, dim2;
    int place;        /* which part of the operand; of SUM and MAX the first */
    int place2;       /* ALLTOALL: which part is dim2 */
    int axis;
    sp_function function;
    bool prime;
    sp_reduction how; /* ALLREDUCE */
    long constant;    /* BROADCAST, ONLY: >= 0; SHIFT: any sign */
    sp_part part;     /* OWNED */
} sp_node;

/* Whether a node applies an elementary function. */
static inline bool sp_applies(const sp_node *node, sp_elementary function)
{
    return node->op == SP_OP_APPLY && node->function == (sp_function)function;
}

/* Whether it names a coordinate of its axis, which must be there: node.constant. */
static inline bool sp_names_coordinate(const sp_node *node)
{
    return node->op == SP_OP_BROADCAST || node->op == SP_OP_ONLY;
}

/* Of node.to: every part where it was. */
#define SP_TO_SAME {{0, 1, 2, 3, 4, 5, 6, 7}, {0, 1, 2, 3, 4, 5, 6, 7}}

/* `Z1 = X @ W1 + b1` */
typedef struct sp_statement {
    const char *name;
    int node;
    bool backward;
    sp_span span;      /* of the whole statement */
} sp_statement;

typedef struct sp_result_decl {
    sp_result result;
    sp_layout declared;
    int sum_axis;      /* -1: none */
    int node;          /* of the statement that the result names */
    sp_span span;
} sp_result_decl;

/* What a scheme takes to be true of how indices are split: parts of equal size, or none empty. */
typedef enum sp_assumption_kind { SP_ASSUME_EVEN, SP_ASSUME_NONEMPTY } sp_assumption_kind;

typedef struct sp_assumption {
    sp_assumption_kind kind;
    sp_part part;
    sp_span span;
} sp_assumption;

/* Results of a user's scheme: bit 1 << index. Of a delta rule there may be more. */
typedef uint64_t sp_result_set;
enum { SP_MAX_RESULTS = 64 };

typedef struct sp_program {
    const sp_signature *of; /* the network */
    const char *name;
    const sp_source *source;
    sp_span span; /* of its name */
    size_t axes;
    const char *axis_name[SP_MAX_AXES];
    bool declared[SP_MAX_TENSORS];
    sp_layout *tensor_layout; /* [tensor] */
    sp_span *tensor_span;
    sp_assumption *assumption;
    size_t assumptions;
    sp_node *node;
    size_t nodes;
    sp_statement *statement;
    size_t statements;
    sp_result_decl *result;
    size_t results;
} sp_program;

const char *sp_op_name(sp_op op);
/* "even N/dp" */
const char *sp_assumption_text(sp_pool *pool, const sp_program *program, const sp_assumption *assumption);
/* "N, Din, Dh and Dout" */
const char *sp_signature_dims(sp_pool *pool, const sp_signature *of);
const char *sp_signature_tensors(sp_pool *pool, const sp_signature *of);
const char *sp_signature_results(sp_pool *pool, const sp_signature *of);
/* "sigma'"; in the pool, or static. */
const char *sp_function_text(sp_pool *pool, const sp_signature *of, sp_function function, bool prime);
/* The index of a name; of->tensors, of->results if there is none of that name. */
size_t sp_signature_tensor(const sp_signature *of, const char *name);
size_t sp_signature_result(const sp_signature *of, const char *name);
/* The number of the program's declaration of a result of its network; program->results if it declares none. */
size_t sp_program_result(const sp_program *program, sp_result result);

bool sp_part_equal(const sp_part *a, const sp_part *b); /* the same split, under any label */
bool sp_label_equal(const sp_part *a, const sp_part *b); /* the same label, split in any way */
bool sp_layout_equal(const sp_layout *a, const sp_layout *b);
bool sp_part_uses_axis(const sp_part *part, int axis);
bool sp_layout_uses_axis(const sp_layout *layout, int axis);
/* The sizes of a value with this layout, unsplit: a vector is one row; of more than two dimensions the last are
 * the columns, the others one after another the rows. */
void sp_layout_shape(const size_t dim[SP_MAX_DIMS], const sp_layout *whole, size_t *rows, size_t *cols);
double sp_layout_entries(const size_t dim[SP_MAX_DIMS], const sp_layout *whole);
/* All runs of entries along one place: the k-th entry of a line is k steps behind its first. */
typedef struct sp_lines {
    size_t count, length, step;
} sp_lines;
sp_lines sp_layout_lines(const size_t dim[SP_MAX_DIMS], const sp_layout *whole, unsigned place);
static inline size_t sp_line_first(const sp_lines *lines, size_t line)
{
    return line / lines->step * lines->step * lines->length + line % lines->step;
}
/* How many terms one entry of a node's value is the sum of, where its first operand has that layout. */
double sp_node_terms(const size_t dim[SP_MAX_DIMS], const sp_node *node, const sp_layout *operand);
/* "Dh/(dp,tp)"; "[N, Dh/tp]", "scalar" for order 0; as a declaration writes it: "[]". */
const char *sp_label_text(sp_pool *pool, const sp_signature *of, const sp_part *part);
const char *sp_part_text(sp_pool *pool, const sp_program *program, const sp_part *part);
const char *sp_layout_text(sp_pool *pool, const sp_program *program, const sp_layout *layout);
const char *sp_declared_text(sp_pool *pool, const sp_program *program, const sp_layout *layout);
/* The distinct split parts (with at least one axis) that the program uses anywhere, in tensors,
 * nodes and results, every prefix included (`Dh/(dp,tp)` uses `Dh/dp` too), prefixes first. */
size_t sp_program_parts(const sp_program *program, sp_pool *pool, sp_part **parts);

#endif
