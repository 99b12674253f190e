/* An oracle for the prover: a program run on every rank, entry by entry over global indices, modulo
 * a prime, with sigma, g, loss' and their derivatives as random functions. It shares no code with
 * the interpreter or the prover. Included by the proof tests only. */
#ifndef TESTS_PROOF_WORLD_H
#define TESTS_PROOF_WORLD_H

#include "algebra/expression.h"
#include "lang/lang.h"
#include "lang/mlp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 4, RANKS = 64, PARTS = 64 };
/* -1 is no square modulo this prime, and every prime up to 61 is one: being a square is then as good a
 * sign as any. */
#define PRIME UINT64_C(2152171271)

typedef struct world {
    const sp_program *program;
    size_t dim[SP_DIM_COUNT], axis[SP_MAX_AXES], ranks;
    sp_part part[PARTS];
    size_t parts;
    unsigned owner[PARTS][LARGEST];
    uint64_t data[SP_TENSOR_COUNT][LARGEST][LARGEST];
    uint64_t seed;
    const char *sigma, *g, *loss; /* given functions; NULL: any */
    bool divided_by_zero;
} world;

typedef struct whole {
    uint64_t at[LARGEST][LARGEST];
} whole;

static uint64_t scramble(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static uint64_t draw(uint64_t *state)
{
    return scramble(*state += UINT64_C(0xD1342543DE82EF95));
}

static size_t draw_below(uint64_t *state, size_t bound)
{
    return (size_t)(draw(state) % bound);
}

static uint64_t power_mod(uint64_t base, uint64_t exponent)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = result * base % PRIME;
        base = base * base % PRIME;
    }
    return result;
}

static uint64_t inverse_mod(world *w, uint64_t a)
{
    if (a == 0)
        w->divided_by_zero = true;
    return power_mod(a, PRIME - 2);
}

static uint64_t integer_mod(int64_t n)
{
    int64_t rest = n % (int64_t)PRIME;
    return (uint64_t)(rest < 0 ? rest + (int64_t)PRIME : rest);
}

/* A double is m 2^e. */
static uint64_t double_mod(world *w, double value)
{
    int exponent;
    int64_t m = (int64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    uint64_t two = power_mod(2, (uint64_t)abs(exponent));
    return integer_mod(m) * (exponent < 0 ? inverse_mod(w, two) : two) % PRIME;
}

static uint64_t random_function(const world *w, sp_symbol f, uint64_t a, uint64_t b)
{
    return scramble(w->seed ^ scramble(a * 256 + (uint64_t)f) ^ scramble(~b));
}

static bool is_square(uint64_t a)
{
    return power_mod(a, (PRIME - 1) / 2) == 1;
}

/* Of a negative number with few primes: what a constant of a scheme may come to. */
static bool looks_negative(uint64_t a)
{
    for (uint64_t d = 1; d <= 16; d++)
        if (a * d % PRIME >= PRIME - 4096)
            return true;
    return false;
}

/* 1 for positive numbers and for squares times them, 0 for 0 and negative numbers, else random: step
 * of 2 z has nothing to do with step of z. */
static uint64_t step_mod(const world *w, uint64_t a)
{
    if (is_square(a))
        return 1;
    return a != 0 && !looks_negative(a) && random_function(w, SP_SYMBOL_STEP, a, 0) & 1;
}

static bool is_name(const char *name, const char *what)
{
    return name && strcmp(name, what) == 0;
}

/* A function with the identities of a given one, and nothing else in common with it: relu(z) = z
 * step(z), s random, s' = s (1 - s), ... */
static uint64_t function_mod(const world *w, sp_symbol f, uint64_t a, uint64_t b)
{
    if (f == SP_SYMBOL_STEP)
        return step_mod(w, a);
    if (f == SP_SYMBOL_LOSS_PRIME && is_name(w->loss, "half-sse"))
        return (a + PRIME - b) % PRIME;
    if (f == SP_SYMBOL_LOSS_PRIME && is_name(w->loss, "mse")) {
        uint64_t cells = w->dim[SP_DIM_N] * w->dim[SP_DIM_DOUT];
        return 2 * (a + PRIME - b) % PRIME * power_mod(cells, PRIME - 2) % PRIME;
    }
    bool prime = f == SP_SYMBOL_SIGMA_PRIME || f == SP_SYMBOL_G_PRIME;
    bool is_sigma = f == SP_SYMBOL_SIGMA || f == SP_SYMBOL_SIGMA_PRIME;
    bool is_g = f == SP_SYMBOL_G || f == SP_SYMBOL_G_PRIME;
    const char *name = is_sigma ? w->sigma : is_g ? w->g : NULL;
    if (is_name(name, "identity"))
        return prime ? 1 : a;
    if (is_name(name, "relu")) {
        uint64_t step = function_mod(w, SP_SYMBOL_STEP, a, 0);
        return prime ? step : a * step % PRIME;
    }
    if (name && is_name(w->sigma, name)) /* one function, whatever it is called */
        f = prime ? SP_SYMBOL_SIGMA_PRIME : SP_SYMBOL_SIGMA;
    if (prime && (is_name(name, "sigmoid") || is_name(name, "tanh"))) {
        uint64_t s = random_function(w, f - 1, a, b) % PRIME;
        return ((is_name(name, "tanh") ? 1 : s) + PRIME - s * s % PRIME) % PRIME;
    }
    return random_function(w, f, a, b) % PRIME;
}

static size_t coordinate_of(const world *w, size_t rank, size_t axis)
{
    for (size_t a = w->program->axes; a-- > axis + 1;)
        rank /= w->axis[a];
    return rank % w->axis[axis];
}

static size_t moved_to(const world *w, size_t rank, size_t axis, size_t coordinate)
{
    size_t stride = 1;
    for (size_t a = w->program->axes; a-- > axis + 1;)
        stride *= w->axis[a];
    return rank + (coordinate - coordinate_of(w, rank, axis)) * stride;
}

static unsigned owner_of(const world *w, const sp_part *part, unsigned axes, size_t index)
{
    for (size_t p = 0; p < w->parts; p++)
        if (w->part[p].dim == part->dim && w->part[p].axes == axes &&
            memcmp(w->part[p].axis, part->axis, axes) == 0)
            return w->owner[p][index];
    abort();
}

static bool holds(const world *w, const sp_part *part, size_t index, size_t rank)
{
    for (unsigned a = 1; a <= part->axes; a++)
        if (owner_of(w, part, a, index) != coordinate_of(w, rank, part->axis[a - 1]))
            return false;
    return true;
}

static size_t extent(const world *w, const sp_layout *layout, unsigned place)
{
    if (layout->order == 2)
        return w->dim[layout->part[place].dim];
    return place == 0 || layout->order == 0 ? 1 : w->dim[layout->part[0].dim];
}

/* Entries are [i][j]; a vector is one row. */
static bool has_entry(const world *w, const sp_layout *layout, size_t i, size_t j, size_t rank)
{
    if (layout->order == 2)
        return holds(w, &layout->part[0], i, rank) && holds(w, &layout->part[1], j, rank);
    return layout->order == 0 || holds(w, &layout->part[0], j, rank);
}

static uint64_t count_mod(const world *w, const sp_part *part, size_t rank)
{
    uint64_t count = 0;
    for (size_t k = 0; k < w->dim[part->dim]; k++)
        count += holds(w, part, k, rank);
    return count;
}

/* Whether a world has room for its values, and knows its operations. */
static inline bool world_can_run(const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        const bool reads = n->operand[0] >= 0;
        if (n->layout.order > 2 || n->op == SP_OP_DOT || n->op == SP_OP_MAX || n->op == SP_OP_RENAME ||
            n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP ||
            (n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX) ||
            (n->op == SP_OP_SUM && reads && program->node[n->operand[0]].layout.order != n->layout.order + 1))
            return false;
    }
    return true;
}

typedef struct run_of {
    world *w;
    whole *value; /* [node * RANKS + rank] */
} run_of;

static bool same_label(const sp_part *a, const sp_part *b)
{
    return a->dim == b->dim && a->primes == b->primes;
}

static uint64_t operand_at(const run_of *r, const sp_node *n, int which, size_t rank, size_t i,
                           size_t j)
{
    const sp_node *o = &r->w->program->node[n->operand[which]];
    const whole *v = &r->value[(size_t)n->operand[which] * RANKS + rank];
    size_t at[2] = {0, 0};
    for (unsigned k = 0; k < o->layout.order; k++) {
        /* by name, but where it was if it is called so there too: a value may have a dimension twice */
        unsigned place = k;
        for (unsigned p = 0; p < n->layout.order && !same_label(&o->layout.part[k], &n->layout.part[place]); p++)
            place = p;
        at[o->layout.order == 2 ? k : 1] = n->layout.order == 2 && place == 0 ? i : j;
    }
    return v->at[at[0]][at[1]];
}

static uint64_t over_axis(const run_of *r, const sp_node *n, size_t rank, size_t i, size_t j)
{
    uint64_t sum = 0;
    for (size_t c = 0; c < r->w->axis[n->axis]; c++)
        sum += operand_at(r, n, 0, moved_to(r->w, rank, (size_t)n->axis, c), i, j);
    return sum % PRIME;
}

static uint64_t entry(const run_of *r, const sp_node *n, size_t rank, size_t i, size_t j)
{
    world *w = r->w;
    const sp_node *a = n->operand[0] >= 0 ? &w->program->node[n->operand[0]] : NULL;
    const whole *va = a ? &r->value[(size_t)n->operand[0] * RANKS + rank] : NULL;
    const whole *vb = n->operand[1] >= 0 ? &r->value[(size_t)n->operand[1] * RANKS + rank] : NULL;
    uint64_t x = a && a->layout.order <= n->layout.order && n->op != SP_OP_PRODUCT &&
                         n->op != SP_OP_TRANSPOSE
                     ? operand_at(r, n, 0, rank, i, j) : 0;
    uint64_t y = vb && n->op != SP_OP_PRODUCT ? operand_at(r, n, 1, rank, i, j) : 0;
    uint64_t sum = 0;
    switch (n->op) {
    case SP_OP_LOAD: return w->data[n->tensor][i][j];
    case SP_OP_NUMBER: return double_mod(w, n->number);
    case SP_OP_RANKS: return w->axis[n->axis];
    case SP_OP_EXTENT: return w->dim[n->dim];
    case SP_OP_OWNED: return count_mod(w, &n->part, rank);
    case SP_OP_PRODUCT:
        for (size_t k = 0; k < w->dim[a->layout.part[1].dim]; k++)
            if (holds(w, &a->layout.part[1], k, rank))
                sum += va->at[i][k] * vb->at[k][j] % PRIME;
        return sum % PRIME;
    case SP_OP_ADD: return (x + y) % PRIME;
    case SP_OP_SUB: return (x + PRIME - y) % PRIME;
    case SP_OP_MUL: return x * y % PRIME;
    case SP_OP_DIV: return x * inverse_mod(w, y) % PRIME;
    case SP_OP_NEG: return (PRIME - x) % PRIME;
    case SP_OP_TRANSPOSE: return va->at[j][i];
    case SP_OP_APPLY: return function_mod(w, 2 * n->function + n->prime, x, y);
    case SP_OP_SUM:
        for (size_t k = 0; k < w->dim[a->layout.part[n->place].dim]; k++)
            if (holds(w, &a->layout.part[n->place], k, rank))
                sum += a->layout.order == 1 ? va->at[0][k]
                       : n->place == 0      ? va->at[k][j] : va->at[j][k];
        return sum % PRIME;
    case SP_OP_ALLREDUCE:
        sum = over_axis(r, n, rank, i, j);
        return n->how == SP_REDUCE_MEAN ? sum * inverse_mod(w, w->axis[n->axis]) % PRIME : sum;
    case SP_OP_REDUCESCATTER: return over_axis(r, n, rank, i, j);
    case SP_OP_SLICE: return x;
    case SP_OP_ALLGATHER:
    case SP_OP_ALLTOALL: {
        int place = n->op == SP_OP_ALLGATHER ? n->place : n->place2;
        const sp_part *part = &a->layout.part[place];
        size_t index = a->layout.order == 2 && place == 0 ? i : j;
        unsigned c = owner_of(w, part, part->axes, index);
        return operand_at(r, n, 0, moved_to(w, rank, (size_t)n->axis, c), i, j);
    }
    case SP_OP_BROADCAST:
        return operand_at(r, n, 0, moved_to(w, rank, (size_t)n->axis, (size_t)n->constant), i, j);
    case SP_OP_SHIFT: {
        long size = (long)w->axis[n->axis];
        long c = ((long)coordinate_of(w, rank, (size_t)n->axis) + n->constant) % size;
        return operand_at(r, n, 0, moved_to(w, rank, (size_t)n->axis,
                                            (size_t)(c < 0 ? c + size : c)), i, j);
    }
    case SP_OP_ONLY:
        return coordinate_of(w, rank, (size_t)n->axis) == (size_t)n->constant ? x : 0;
    case SP_OP_DOT:
    case SP_OP_MAX:
    case SP_OP_RENAME:
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
    case SP_OP_COUNT: break;
    }
    abort(); /* world_can_run */
}

/* Runs the program; value[node * RANKS + rank]. What a rank does not hold is poisoned. */
static void run_program(world *w, whole *value)
{
    run_of r = {w, value};
    for (size_t v = 0; v < w->program->nodes; v++) {
        const sp_node *n = &w->program->node[v];
        for (size_t rank = 0; rank < w->ranks; rank++)
            for (size_t i = 0; i < LARGEST; i++)
                for (size_t j = 0; j < LARGEST; j++) {
                    bool inside = i < extent(w, &n->layout, 0) && j < extent(w, &n->layout, 1);
                    value[v * RANKS + rank].at[i][j] =
                        inside && has_entry(w, &n->layout, i, j, rank)
                            ? entry(&r, n, rank, i, j)
                            : scramble(w->seed ^ (v * 977 + rank * 31 + i * 7 + j)) % PRIME;
                }
    }
}

/* Random sizes, owners and data. least[axis]: ranks at least. */
static void make_world(world *w, sp_pool *pool, const sp_program *program, uint64_t *random,
                       const long *least)
{
    memset(w, 0, sizeof *w);
    w->program = program;
    for (size_t d = 0; d < SP_DIM_COUNT; d++)
        w->dim[d] = 1 + draw_below(random, LARGEST);
    w->ranks = 1;
    for (size_t a = 0; a < program->axes; a++) {
        w->axis[a] = 1 + draw_below(random, program->axes > 2 ? 2 : 3);
        if (least && w->axis[a] < (size_t)least[a])
            w->axis[a] = (size_t)least[a];
        w->ranks *= w->axis[a];
    }
    sp_part *part;
    w->parts = sp_program_parts(program, pool, &part);
    for (size_t p = 0; p < w->parts; p++) {
        w->part[p] = part[p];
        size_t ranks = w->axis[part[p].axis[part[p].axes - 1]];
        for (size_t k = 0; k < LARGEST; k++)
            w->owner[p][k] = (unsigned)draw_below(random, ranks);
    }
    for (size_t t = 0; t < SP_TENSOR_COUNT; t++)
        for (size_t i = 0; i < LARGEST; i++)
            for (size_t j = 0; j < LARGEST; j++)
                w->data[t][i][j] = draw_below(random, 16) ? draw(random) % PRIME : 0;
    w->seed = draw(random);
}

/* The same sizes and data without a mesh, for the delta rule. */
static world world_of_rule(const world *w, const sp_program *rule)
{
    world alone = *w;
    alone.program = rule;
    alone.ranks = 1;
    alone.parts = 0;
    return alone;
}

#endif
