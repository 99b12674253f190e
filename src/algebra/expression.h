/* Index expressions in normal form.
 *
 * An expression is a sum of terms; a term is a rational coefficient times a monomial; a monomial is
 * powers of sizes, a product of factors, and the variables that it is summed over. Factors are
 * entries of tensors, conditions that are 1 where they hold and 0 elsewhere, uninterpreted
 * functions of expressions, and reciprocals. Variables range over the indices of a dimension or
 * over the coordinates of a mesh axis; ownership is an uninterpreted function from indices to
 * coordinates.
 *
 * Two expressions that are equal up to the order of terms and factors, the names of summed
 * variables and the rules of SP_RULES are one object: compare pointers. Every rule is an equality
 * that holds for all sizes, ownership functions, data and functions, so equal pointers are a proof.
 * Objects belong to the algebra that made them and live as long as its pool. */
#ifndef SP_ALGEBRA_EXPRESSION_H
#define SP_ALGEBRA_EXPRESSION_H

#include "algebra/rational.h"
#include "lang/mlp.h"

/* What a variable or a size ranges over: a dimension, or the coordinates of a mesh axis. */
typedef unsigned sp_sort;
enum { SP_SORTS = SP_MAX_DIMS + SP_MAX_AXES };
_Static_assert(SP_SORTS <= 64, "a variable has 6 bits for its sort");
static inline sp_sort sp_sort_of_dim(sp_dim dim) { return (sp_sort)dim; }
static inline sp_sort sp_sort_of_axis(unsigned axis) { return SP_MAX_DIMS + axis; }

/* Variables, in the order in which one stands for another that is known to be equal. */
typedef uint32_t sp_variable;
enum { SP_VARIABLE_RANK, SP_VARIABLE_PLACE, SP_VARIABLE_SUMMED, SP_VARIABLE_FRESH };
/* number has 24 bits: sp_fresh counts them, and the names of summed variables stay below by far. */
static inline sp_variable sp_variable_make(unsigned kind, sp_sort sort, unsigned number)
{
    return kind << 30 | sort << 24 | number;
}
static inline unsigned sp_variable_kind(sp_variable v) { return v >> 30; }
static inline sp_sort sp_variable_sort(sp_variable v) { return v >> 24 & 63U; }
static inline unsigned sp_variable_number(sp_variable v) { return v & 0xFFFFFFU; }
/* Of a summed variable: how deep the functions are over whose arguments it is summed. */
static inline unsigned sp_variable_height(sp_variable v) { return sp_variable_number(v) >> 12; }
/* This rank's coordinate on an axis; an index of a value, by its place, over a dimension. */
static inline sp_variable sp_variable_rank(unsigned axis)
{
    return sp_variable_make(SP_VARIABLE_RANK, sp_sort_of_axis(axis), 0);
}
static inline sp_variable sp_variable_place(unsigned place, sp_dim dim)
{
    return sp_variable_make(SP_VARIABLE_PLACE, sp_sort_of_dim(dim), place);
}

/* A coordinate on an axis: base + offset, modulo the number of ranks. */
typedef enum sp_coordinate_kind {
    SP_COORDINATE_CONSTANT, /* 0 + offset */
    SP_COORDINATE_RANK,     /* variable + offset */
    SP_COORDINATE_OWNER     /* own[part](variable) + offset */
} sp_coordinate_kind;

typedef struct sp_coordinate {
    uint8_t kind, axis; /* axis < SP_MAX_AXES */
    uint32_t part;      /* OWNER: number of the part in the algebra */
    sp_variable variable;
    int32_t offset; /* at most SP_MAX_PROOF_OFFSET, of either sign */
} sp_coordinate;

/* Functions: twice the number of the function, and 1 for its derivative. Of a network's own nothing is
 * known, of elementary ones what is written in elementary.c; MAXIMUM and MEMBER are those of maximum.c. */
typedef unsigned sp_symbol;
enum {
    SP_SYMBOL_SIGMA = 2 * SP_MLP_SIGMA, SP_SYMBOL_SIGMA_PRIME,
    SP_SYMBOL_G = 2 * SP_MLP_G, SP_SYMBOL_G_PRIME,
    SP_SYMBOL_LOSS = 2 * SP_MLP_LOSS, SP_SYMBOL_LOSS_PRIME,
#define X(id, name) SP_SYMBOL_##id = 2 * SP_ELEMENTARY_##id,
    SP_ELEMENTARY(X)
#undef X
    SP_SYMBOL_PLAIN = 1 << 14, /* and a symbol: that function by its name only (sp_algebra_forget) */
    SP_SYMBOL_RECIPROCAL = SP_SYMBOL_PLAIN + (1 << 13),
    SP_SYMBOL_MAXIMUM = 1 << 15,
    SP_SYMBOL_MEMBER
};

/* Entries of tensors: those of a program, and values by name that are not looked into. */
enum { SP_ENTRY_TENSOR = 0, SP_ENTRY_VALUE = 1 << 16, SP_ENTRY_SLOPE = 2 << 16 };

typedef enum sp_factor_kind {
    SP_FACTOR_SAME_RANK,  /* [left = right], coordinates */
    SP_FACTOR_SAME_INDEX, /* [left = right], indices of one dimension */
    SP_FACTOR_DIVIDES,    /* [the number of ranks on axis divides divisor] */
    SP_FACTOR_ENTRY,
    SP_FACTOR_APPLY,
    SP_FACTOR_INVERSE, /* 1 / inverse */
    SP_FACTOR_NUMBER   /* a positive number that is no fraction of 63 bits, as 1e-5: nothing else of it is used */
} sp_factor_kind;

typedef struct sp_expression sp_expression;

typedef struct sp_factor {
    sp_factor_kind kind;
    unsigned height; /* of functions in functions; 0: none */
    uint64_t hash;
    const sp_variable *variable; /* free ones, ascending */
    size_t variables;
    union {
        struct { sp_coordinate left, right; } rank; /* left.offset is 0 */
        struct { sp_variable left, right; } index;
        struct { unsigned axis; int32_t divisor; } divides;
        struct { unsigned of, indices; sp_variable index[SP_MAX_ORDER]; } entry;
        struct { sp_symbol symbol; const sp_expression *argument[2]; } apply;
        const sp_expression *inverse;
        struct { double value; const char *text; } number;
    } is;
    bool positive;   /* ENTRY: of a value that is (sp_algebra_positive_value) */
    bool elementary; /* a function of elementary.c occurs in it; so below */
} sp_factor;

typedef struct sp_power {
    const sp_factor *factor;
    int power; /* at least 1 */
} sp_power;

typedef struct sp_monomial {
    uint64_t hash;
    unsigned height;
    int16_t size[SP_SORTS]; /* powers of sizes, at most SP_MAX_PROOF_POWER, of either sign */
    const sp_power *factor;
    size_t factors;
    const sp_variable *summed;
    size_t summations;
    const sp_variable *variable;
    size_t variables;
    bool elementary;
} sp_monomial;

typedef struct sp_term {
    sp_rational coefficient; /* never 0 */
    const sp_monomial *monomial;
} sp_term;

struct sp_expression {
    uint64_t hash;
    unsigned height;
    const sp_term *term;
    size_t terms;
    const sp_variable *variable;
    size_t variables;
    bool elementary;
};

/*  id, the equality, in words */
#define SP_RULES(X)                                                                              \
    X(OWNER, "the sum over ranks q of what is held where own(k) = q is what the owner of k holds") \
    X(PARTS, "the sum over ranks q of the sum over own(k) = q is the sum over all k")              \
    X(PICK, "the sum over ranks q of what is held where q = t is what rank t holds")               \
    X(INDEX, "the sum over indices l of what is there where l = k is what is there for k")        \
    X(RANKS, "the sum over ranks of a value that is the same on every rank is the number of "     \
             "ranks times it")                                                                   \
    X(SIZE, "the sum over an index of what does not depend on it is the dimension times it")      \
    X(SAME, "[t = t] is 1")                                                                      \
    X(APART, "two different ranks are never the same: [0 = 1] is 0")                             \
    X(KNOWN, "where t = u is known, t may be written u")                                         \
    X(AROUND, "a sum over all ranks may start at any rank")                                      \
    X(CASES, "a function of a value that depends on [t = u] is taken in both cases")             \
    X(DIVIDE, "what is divided by itself is 1")                                                  \
    X(SHARE, "a part of a sum, divided by the sum, is 1 less the other parts divided by it")     \
    X(HOLDS, "1/[t = u] is [t = u], and 1/step(z) is step(z)")                                   \
    X(SIGN, "step of a positive number is 1, of another number 0")                               \
    X(SQUARE, "x step(x x) is x")                                                                \
    X(GIVEN, "the identity of the given function")                                               \
    X(EXPONENT, "exp(a) exp(b) is exp(a + b), 1/exp(a) is exp(-a), and exp(log(x)) is x")         \
    X(LOGARITHM, "log(c x) is log(c) + log(x) for a positive c, an exponential or a number, and " \
                 "log(1/x) is -log(x)")                                                          \
    X(ROOT, "sqrt(x)^2 is x, 1/sqrt(x) is sqrt(x)/x, and sqrt(c x) is sqrt(c) sqrt(x) for a "     \
            "positive c")                                                                        \
    X(MAXIMUM, "the maximum of maxima is that of all their values, each counted once")           \
    X(DISTRIBUTION, "the sum of a distribution over its index is 1")                             \
    X(COMMON, "1/(a x + a y) is 1/a times 1/(x + y)")                                              \
    X(MONOTONE, "the maximum of c x + a is c times that of x plus a, for a positive c, and that of " \
               "exp(x) is exp of that of x")                                                      \
    X(NAMED, "what is a value of the delta rule is that value by its name")

typedef enum sp_rule {
#define X(id, words) SP_RULE_##id,
    SP_RULES(X)
#undef X
    SP_RULE_COUNT
} sp_rule;

/*  id, value, what it limits: beyond one of these a proof is given up and said to be open */
#define SP_PROOF_LIMITS(X)                                            \
    X(TERMS, 2000, "terms of an expression")                          \
    X(FACTORS, 60, "factors of a term")                               \
    X(SUMMED, 30, "variables that a term is summed over")             \
    X(VARIABLES, 256, "indices and ranks of an expression")           \
    X(PUTTINGS, 90, "indices or ranks that are known to be another")  \
    X(HEIGHT, 40, "functions inside functions")                       \
    X(WORK, 200000, "terms made while rewriting")                     \
    X(ORDERS, 720, "orders tried for variables that look alike")      \
    X(CASES, 6, "conditions inside one function")                     \
    X(POWER, 1000, "powers of sizes and factors")                     \
    X(OFFSET, 1000000, "offsets and constants of ranks")              \
    X(PARTS, 1000000, "different parts")                              \
    X(NAMES, 0xFFFFFF, "names for indices and ranks")                 \
    X(NESTED, 100, "terms rewritten inside of one another")           \
    X(COEFFICIENT, 63, "bits of a coefficient's numerator or denominator")

typedef enum sp_proof_limit {
    SP_PROOF_NO_LIMIT,
#define X(id, value, words) SP_PROOF_LIMIT_##id,
    SP_PROOF_LIMITS(X)
#undef X
    SP_PROOF_ZERO_DIVISOR, /* not a limit, but nothing can be said either; nor of these */
    SP_PROOF_NOT_POSITIVE,
    SP_PROOF_EMPTY_MAXIMUM
} sp_proof_limit;

enum {
#define X(id, value, words) SP_MAX_PROOF_##id = value,
    SP_PROOF_LIMITS(X)
#undef X
};
_Static_assert(SP_MAX_PROOF_POWER <= INT16_MAX, "powers of sizes have 16 bits");
_Static_assert(SP_MAX_PROOF_SUMMED < 1 << 12 && SP_MAX_PROOF_HEIGHT < 1 << 12,
               "the number of a summed variable is its height and its place");

/*  id, why different normal forms may still be the same function */
#define SP_MISSINGS(X)                                                                           \
    X(SUM, "something is divided by a sum, of which only a/(a + b) = 1 - b/(a + b) is used")     \
    X(SUMS, "something is divided by a product of sums, which is not taken apart")               \
    X(HOLDS, "something is divided by [t = u] or step(z), which is not known to hold elsewhere") \
    X(STEP, "step is applied to what is not a number: of step only step(z)^2 = step(z) and "     \
            "x step(x x) = x are used")                                                          \
    X(GIVEN, "of the given functions only the identities that are listed are used")             \
    X(EXPONENTIALS, "something is divided by a sum of exponentials, of which only what all its "  \
                    "terms share is taken out")                                                  \
    X(LOGARITHM, "of log only exp(log(x)) = x, log(1/x) = -log(x), and log(c x) = log(c) + log(x) " \
                 "for exponentials and numbers c are used")                                      \
    X(ROOT, "of sqrt only sqrt(x)^2 = x, and sqrt(c x) = sqrt(c) sqrt(x) for exponentials and "   \
            "numbers c are used")                                                                \
    X(MAXIMUM, "of a maximum only the values are known that it is taken over")                   \
    X(DISTRIBUTION, "of a distribution only its sum over all of its index is used")              \
    X(NUMBER, "of numbers such as 1e-5, no fractions of 63 bits, only what holds for any positive number is used")

typedef enum sp_missing {
#define X(id, words) SP_MISSING_##id,
    SP_MISSINGS(X)
#undef X
} sp_missing;

typedef struct sp_algebra sp_algebra;
typedef struct sp_identities sp_identities; /* see algebra/identity.h; NULL: nothing is known */

/* identities are borrowed. */
sp_algebra *sp_algebra_open(sp_pool *pool, const sp_identities *identities);
/* Runs body(argument); what stopped it, or SP_PROOF_NO_LIMIT. Other failures pass through. */
sp_proof_limit sp_algebra_run(sp_algebra *in, void (*body)(void *argument), void *argument);
/* Forgets the work done so far: what follows has the whole limit again. */
void sp_algebra_rest(sp_algebra *in);
_Noreturn void sp_algebra_give_up(sp_algebra *in, sp_proof_limit limit);
/* From now on so many terms may be made while rewriting, at most SP_MAX_PROOF_WORK. */
void sp_algebra_budget(sp_algebra *in, size_t terms);
size_t sp_algebra_work(const sp_algebra *in); /* how many were made of them */
const char *sp_proof_limit_text(sp_pool *pool, sp_proof_limit limit);

/* At least this many ranks on an axis are assumed; raised by constant coordinates. */
void sp_algebra_assume_ranks(sp_algebra *in, unsigned axis, int64_t count);
long sp_algebra_least_ranks(const sp_algebra *in, unsigned axis);
/* Every rank owns equally many indices of each part: count(D/axis) = size(D) / size(axis). */
void sp_algebra_assume_even(sp_algebra *in);
/* What the program assumes of its parts. */
void sp_algebra_assume(sp_algebra *in, const sp_program *program);
bool sp_algebra_even(const sp_algebra *in, const sp_part *part);
/* Of distributions and elementary functions nothing is known but their names, nor of reciprocals of values with
 * indices: what is then equal is equal for any functions in their place, of numbers for which they have no value too.
 * Said before expressions are made. */
void sp_algebra_forget(sp_algebra *in);
bool sp_algebra_forgets(const sp_algebra *in);
uint32_t sp_algebra_part(sp_algebra *in, const sp_part *part); /* its number */
const sp_part *sp_algebra_part_of(const sp_algebra *in, uint32_t number);
/* Rules applied since it was last asked: bit 1u << rule. */
unsigned sp_algebra_rules(sp_algebra *in);
/* What the program divides by, in the order met; a theorem assumes that none is 0. */
size_t sp_algebra_divisors(const sp_algebra *in, const sp_expression *const **divisor);
/* What stands under a root or in a logarithm; a theorem assumes that it is positive. What is seen to be
 * (a sum of exponentials) is not listed, nor is it among the divisors. */
size_t sp_algebra_positives(const sp_algebra *in, const sp_expression *const **positive);
/* Numbers of parts of which a maximum over one rank's indices was used: a theorem assumes that every
 * rank has some. */
size_t sp_algebra_nonempty(const sp_algebra *in, const uint32_t **part);
/* The entries of a tensor sum to 1 over its index number place, whatever the other indices are. Said before
 * expressions with them are made. */
void sp_algebra_distribution(sp_algebra *in, unsigned of, unsigned place);
/* Whether it is seen to be positive, given that sqrt and log are applied to what is. */
bool sp_is_positive(const sp_expression *a);
/* Entries of this value by name are positive: what they stand for is seen to be. Said before entries of it are made. */
void sp_algebra_positive_value(sp_algebra *in, unsigned of);
/* Whether different normal forms are still known to be different functions: not so once something
 * was divided by a sum, or a function with known identities was applied. */
bool sp_algebra_complete(const sp_algebra *in);
/* What is missing then, in words. */
const char *sp_algebra_missing(sp_pool *pool, const sp_algebra *in);

sp_variable sp_fresh(sp_algebra *in, sp_sort sort);
/* own[part](index), and own of every prefix of the part, for its last, next to last, ... axis. */
sp_coordinate sp_owner(sp_algebra *in, const sp_part *part, sp_variable index);
sp_coordinate sp_coordinate_of(sp_variable rank); /* a rank coordinate variable */
sp_coordinate sp_coordinate_constant(sp_algebra *in, unsigned axis, int64_t value);
sp_coordinate sp_coordinate_moved(sp_algebra *in, sp_coordinate c, int64_t by); /* c + by */

const sp_expression *sp_number(sp_algebra *in, sp_rational value);
/* A literal's, at least 0; text: as it is written, borrowed. */
const sp_expression *sp_literal(sp_algebra *in, double value, const char *text);
/* A product of numbers and sizes, which is not 0. */
bool sp_is_number(const sp_expression *a);
const sp_expression *sp_integer(sp_algebra *in, long value);
const sp_expression *sp_size(sp_algebra *in, sp_sort sort);
const sp_expression *sp_entry(sp_algebra *in, unsigned of, size_t indices,
                              const sp_variable *index);
const sp_expression *sp_same_rank(sp_algebra *in, sp_coordinate a, sp_coordinate b);
const sp_expression *sp_same_index(sp_algebra *in, sp_variable a, sp_variable b);
const sp_expression *sp_divides(sp_algebra *in, unsigned axis, int64_t divisor);
const sp_expression *sp_add(sp_algebra *in, const sp_expression *a, const sp_expression *b);
const sp_expression *sp_subtract(sp_algebra *in, const sp_expression *a, const sp_expression *b);
const sp_expression *sp_scale(sp_algebra *in, const sp_expression *a, sp_rational by);
const sp_expression *sp_multiply(sp_algebra *in, const sp_expression *a, const sp_expression *b);
/* Summed over all values of variables that are free in it (or do not occur in it). */
const sp_expression *sp_sum_over(sp_algebra *in, const sp_expression *a, const sp_variable *over,
                                 size_t count);
const sp_expression *sp_apply(sp_algebra *in, sp_symbol symbol, const sp_expression *a,
                              const sp_expression *b);
/* The largest value of a, over all values of the variables where the condition, a product of [..], is 1. */
const sp_expression *sp_max_over(sp_algebra *in, const sp_expression *a, const sp_expression *condition,
                                 const sp_variable *over, size_t count);
/* The larger one of a and b. */
const sp_expression *sp_max_of(sp_algebra *in, const sp_expression *a, const sp_expression *b);
/* 1 / a, and a / by; the divisor is assumed not to be 0, and sp_divide notes it. */
const sp_expression *sp_invert(sp_algebra *in, const sp_expression *a);
const sp_expression *sp_divide(sp_algebra *in, const sp_expression *a, const sp_expression *by);
/* `to` put for the free variable `from`, of the same sort. */
const sp_expression *sp_substitute_index(sp_algebra *in, const sp_expression *a, sp_variable from,
                                  sp_variable to);
/* The same for several at once: they may change places. */
const sp_expression *sp_substitute_indices(sp_algebra *in, const sp_expression *a, const sp_variable *from,
                                    const sp_variable *to, size_t count);
const sp_expression *sp_substitute_rank(sp_algebra *in, const sp_expression *a, sp_variable from,
                                 sp_coordinate to);

/* `value`, an expression in the places, put for the entries of a tensor: T[i,k] becomes value with
 * i, k for place[0], place[1]. */
const sp_expression *sp_substitute_value(sp_algebra *in, const sp_expression *a, unsigned of,
                                  size_t places, const sp_variable *place,
                                  const sp_expression *value);

bool sp_has_variable(const sp_expression *a, sp_variable v);
bool sp_variable_in(const sp_variable *list, size_t count, sp_variable v);
/* An order that does not depend on how the expressions were made. */
int sp_expression_compare(const sp_expression *a, const sp_expression *b);
int sp_monomial_compare(const sp_monomial *a, const sp_monomial *b);
int sp_factor_compare(const sp_factor *a, const sp_factor *b);

/* The e of exp(e) in a monomial, where it stands as a product of exp(c m); 0 if there is none. */
const sp_expression *sp_monomial_exponent(sp_algebra *in, const sp_monomial *m);

/* Derivative of a by the entry of[index] (indices are free variables that do not occur in a). */
const sp_expression *sp_derivative(sp_algebra *in, const sp_expression *a, unsigned of,
                                   size_t indices, const sp_variable *index);

/* ---- taken apart: for those who explain a difference ---- */

const sp_expression *sp_factor_alone(sp_algebra *in, const sp_factor *factor);
/* c m */
const sp_expression *sp_term_alone(sp_algebra *in, sp_rational c, const sp_monomial *m);
/* a / b for terms that differ in coefficients and sizes only; NULL for others. */
const sp_expression *sp_term_ratio(sp_algebra *in, const sp_term *a, const sp_term *b);
/* The terms in which v is free; *rest: the others. */
const sp_expression *sp_terms_with(sp_algebra *in, const sp_expression *a, sp_variable v, const sp_expression **rest);

/* A term with its summed variables free, under names that occur nowhere else. */
typedef struct sp_open_term {
    const sp_expression *head; /* coefficient and sizes */
    sp_power factor[SP_MAX_PROOF_FACTORS];
    sp_variable summed[SP_MAX_PROOF_SUMMED];
    size_t factors, summations;
} sp_open_term;
void sp_term_open(sp_algebra *in, const sp_term *term, sp_open_term *open);

#endif
