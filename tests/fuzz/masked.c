/* Masked arrays: numbers, worlds, and every operation of the language by its definition. */
#include "masked.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(id, text, name) text,
const char *const masked_function_text[MASKED_FUNCTION_COUNT] = {MASKED_FUNCTIONS(X)};
const char *const masked_loss_text[MASKED_LOSS_COUNT] = {MASKED_LOSSES(X)};
#undef X
#define X(id, text, name) name,
const char *const masked_function_name[MASKED_FUNCTION_COUNT] = {MASKED_FUNCTIONS(X)};
const char *const masked_loss_name[MASKED_LOSS_COUNT] = {MASKED_LOSSES(X)};
#undef X

__extension__ typedef unsigned __int128 wide;

/* 2^61 - 31 and 2^62 - 57 */
static const uint64_t prime[2] = {UINT64_C(2305843009213693921), UINT64_C(4611686018427387847)};
static const long double rounding = 0x1p-62L; /* of one operation, with room for the error's own */

enum { LARGEST_FUNCTION = 1 << 20, NUMBERS = 1 << 19 };

/* ---- numbers ---- */

static uint64_t multiply_mod(uint64_t a, uint64_t b, int field)
{
    return (uint64_t)((wide)a * b % prime[field]);
}

static uint64_t power_mod(uint64_t base, uint64_t exponent, int field)
{
    uint64_t result = 1;
    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result = multiply_mod(result, base, field);
        base = multiply_mod(base, base, field);
    }
    return result;
}

static number whole(long long n)
{
    number x = {.real = (long double)n};
    for (int f = 0; f < 2; f++) {
        uint64_t size = (n < 0 ? 0 - (uint64_t)n : (uint64_t)n) % prime[f];
        x.of[f] = n < 0 && size ? prime[f] - size : size;
    }
    return x;
}

static bool is_zero(number x)
{
    return x.of[0] == 0 && x.of[1] == 0;
}

/* A zero is known to be one, whatever rounding made of it. */
static number settle(number x)
{
    x.error += rounding * fabsl(x.real);
    if (is_zero(x))
        x.real = x.error = 0;
    return x;
}

static number add(number a, number b)
{
    number x = {.real = a.real + b.real, .error = a.error + b.error};
    for (int f = 0; f < 2; f++)
        x.of[f] = (a.of[f] + b.of[f]) % prime[f];
    return settle(x);
}

static number negate(number a)
{
    for (int f = 0; f < 2; f++)
        a.of[f] = a.of[f] ? prime[f] - a.of[f] : 0;
    a.real = -a.real;
    return a;
}

static number subtract(number a, number b)
{
    return add(a, negate(b));
}

static number multiply(number a, number b)
{
    number x = {.real = a.real * b.real,
                .error = fabsl(a.real) * b.error + fabsl(b.real) * a.error + a.error * b.error};
    for (int f = 0; f < 2; f++)
        x.of[f] = multiply_mod(a.of[f], b.of[f], f);
    return settle(x);
}

/* |a/b - a'/b'| <= (|da| + |a/b| |db|) / |b'| */
static number divide(world *w, number a, number b)
{
    number x = {.real = 0, .error = INFINITY};
    for (int f = 0; f < 2; f++) {
        w->divided_by_zero = w->divided_by_zero || b.of[f] == 0;
        x.of[f] = multiply_mod(a.of[f], power_mod(b.of[f], prime[f] - 2, f), f);
    }
    long double least = fabsl(b.real) - b.error;
    if (least > 0) {
        x.real = a.real / b.real;
        x.error = (a.error + fabsl(x.real) * b.error) / least;
    }
    return settle(x);
}

/* A double is m 2^e. */
static number exact(world *w, double value)
{
    int exponent;
    number m = whole((long long)ldexp(frexp(value, &exponent), 53)), two = whole(1);
    for (int k = abs(exponent - 53); k > 0; k--)
        two = add(two, two);
    return exponent < 53 ? divide(w, m, two) : multiply(m, two);
}

static number step(world *w, number z)
{
    if (is_zero(z))
        return whole(0);
    if (!(fabsl(z.real) > z.error))
        w->unclear = true;
    return whole(z.real > 0);
}

/* ---- functions ---- */

static uint64_t scramble(uint64_t x)
{
    return tree_random(&x);
}

/* One whole number for each argument, without any other property. */
static number any_function(const world *w, int symbol, number a, number b)
{
    uint64_t hash = w->seed ^ scramble((uint64_t)symbol);
    for (int f = 0; f < 2; f++)
        hash = scramble(hash ^ scramble(a.of[f])) ^ scramble(hash + b.of[f]);
    return whole((long long)(hash % (2 * LARGEST_FUNCTION + 1)) - LARGEST_FUNCTION);
}

/* f or f'; symbol tells sigma from g where they are any. */
static number apply(world *w, masked_function f, bool slope, int symbol, number z)
{
    const number one = whole(1), none = whole(0);
    number square = multiply(z, z);
    switch (f) {
    case MASKED_ANY:
        return any_function(w, symbol + slope, z, none);
    case MASKED_IDENTITY:
        return slope ? one : z;
    case MASKED_RELU:
        return slope ? step(w, z) : multiply(z, step(w, z));
    case MASKED_SIGMOID:
    case MASKED_TANH: { /* the same function for sigma and g */
        number s = any_function(w, 100 + (int)f, z, none);
        return slope ? subtract(f == MASKED_TANH ? one : s, multiply(s, s)) : s;
    }
    case MASKED_SQUARE:
        return slope ? add(add(z, z), one) : add(square, z);
    case MASKED_CUBE:
        return slope ? subtract(multiply(whole(3), square), whole(2))
                     : subtract(multiply(square, z), add(z, z));
    case MASKED_FRACTION: {
        number below = add(square, one);
        return slope ? divide(w, subtract(one, square), multiply(below, below))
                     : divide(w, z, below);
    }
    case MASKED_FUNCTION_COUNT:
        break;
    }
    abort();
}

static number loss_slope(world *w, number a, number y)
{
    switch (w->loss) {
    case MASKED_LOSS_ANY:
        return any_function(w, 50, a, y);
    case MASKED_LOSS_HALF_SSE:
        return subtract(a, y);
    case MASKED_LOSS_MSE:
        return divide(w, multiply(whole(2), subtract(a, y)),
                      whole((long long)w->extent[0] * w->extent[3]));
    case MASKED_LOSS_MIXED:
        return add(multiply(whole(2), multiply(a, y)), whole(w->extent[0]));
    case MASKED_LOSS_COUNT:
        break;
    }
    abort();
}

bool world_has_kinks(const world *w, const tree_scheme *s)
{
    bool found = w->sigma == MASKED_RELU || w->g == MASKED_RELU;
    for (int id = 0; id < s->statements; id++)
        for (int k = tree_weight(s->statement[id].value); k-- > 0;)
            found = found || tree_nth(s->statement[id].value, k)->op == TREE_STEP;
    return found;
}

/* ---- worlds ---- */

/* The part's place in the world, made with its owners if it is new; -1 if there is no room. */
static int part_in(world *w, const tree_part *part, uint64_t *random)
{
    for (int k = 0; k < w->parts; k++)
        if (tree_same_part(&w->part[k].part, part))
            return k;
    if (w->parts == MASKED_PARTS || !random)
        return -1;
    masked_part *made = &w->part[w->parts];
    made->part = *part;
    /* all on one rank, the others with nothing; dealt out, so that few have nothing; or any */
    int way = tree_below(random, 8);
    int ranks = w->size[part->axis[part->axes - 1]], first = tree_below(random, ranks);
    for (int i = 0; i < MASKED_EXTENT; i++)
        made->owner[i] = way == 0 ? first : way < 3 ? (first + i) % ranks : tree_below(random, ranks);
    return w->parts++;
}

static bool add_part(world *w, const tree_part *part, uint64_t *random)
{
    for (tree_part up = *part; up.axes > 0; up = tree_part_without(&up))
        if (part_in(w, &up, random) < 0)
            return false;
    return true;
}

static bool add_type(world *w, const tree_type *type, uint64_t *random)
{
    return (type->order < 1 || add_part(w, &type->part[0], random)) &&
           (type->order < 2 || add_part(w, &type->part[1], random));
}

static bool add_tree(world *w, const tree_node *n, uint64_t *random)
{
    if (!n)
        return true;
    return add_type(w, &n->type, random) && add_tree(w, n->of[0], random) &&
           add_tree(w, n->of[1], random) && (n->op != TREE_COUNT || add_part(w, &n->part, random));
}

/* The coordinates that a tree names must be there. */
static void need_ranks(const tree_node *n, int *least)
{
    if (!n)
        return;
    if ((n->op == TREE_BROADCAST || n->op == TREE_ONLY) && n->constant >= least[n->axis])
        least[n->axis] = n->constant + 1;
    need_ranks(n->of[0], least);
    need_ranks(n->of[1], least);
}

/* Counts through the coordinates like an odometer, the last axis fastest. */
static void number_ranks(world *w)
{
    w->ranks = 1;
    for (int a = 0; a < w->axes; a++)
        w->ranks *= w->size[a];
    for (int r = 0, rest; r < w->ranks && r < MASKED_RANKS; r++) {
        rest = r;
        for (int a = w->axes; a-- > 0; rest /= w->size[a])
            w->coordinate[r][a] = rest % w->size[a];
    }
}

void world_draw_data(world *w, uint64_t *random, int largest)
{
    for (int t = 0; t < TREE_TENSORS; t++)
        for (int i = 0; i < MASKED_EXTENT; i++)
            for (int j = 0; j < MASKED_EXTENT; j++)
                w->data[t][i][j] = tree_below(random, 2 * largest + 1) - largest;
    w->halved = false;
    w->seed = tree_random(random);
}

/* Up to one of these sizes in each tensor. */
static void draw_sizes(world *w, uint64_t *random, const int *sizes, int count)
{
    for (int t = 0; t < TREE_TENSORS; t++) {
        int largest = sizes[tree_below(random, count)];
        for (int i = 0; i < MASKED_EXTENT; i++)
            for (int j = 0; j < MASKED_EXTENT; j++)
                w->data[t][i][j] = tree_below(random, 2 * largest + 1) - largest;
    }
}

void world_draw_signs(world *w, uint64_t *random)
{
    static const int sizes[] = {0, 1, 1, 2, 10, 1000, 1 << 20};
    draw_sizes(w, random, sizes, 7);
    w->halved = false;
}

void world_draw_near_kinks(world *w, uint64_t *random)
{
    static const int sizes[] = {1, 2, 2, 4};
    draw_sizes(w, random, sizes, 4);
    w->halved = true;
}

bool world_smaller(world *w, int which)
{
    int *size = which < TREE_DIMS ? &w->extent[which] : &w->size[which - TREE_DIMS];
    if ((which >= TREE_DIMS + w->axes) || *size == 1)
        return false;
    --*size;
    for (int k = 0; k < w->parts; k++) {
        int ranks = w->size[w->part[k].part.axis[w->part[k].part.axes - 1]];
        for (int i = 0; i < MASKED_EXTENT; i++)
            w->part[k].owner[i] %= ranks;
    }
    number_ranks(w);
    return true;
}

bool world_make(world *w, const tree_scheme *s, uint64_t *random, int largest)
{
    memset(w, 0, sizeof *w);
    int least[TREE_AXES] = {0};
    for (int id = 0; id < s->statements; id++)
        need_ranks(s->statement[id].value, least);
    w->axes = s->axes;
    for (int a = 0; a < w->axes; a++) { /* what is named is not all that there may be */
        int more = least[a] > 1 ? 3 : w->axes > 2 ? 2 : w->axes > 1 ? 3 : 4;
        w->size[a] = (least[a] > 0 ? least[a] : 1) + tree_below(random, more);
    }
    for (int d = 0; d < TREE_DIMS; d++)
        w->extent[d] = 1 + tree_below(random, tree_below(random, 4) ? 3 : MASKED_EXTENT);
    number_ranks(w);
    int weight = 0;
    for (int id = 0; id < s->statements; id++)
        weight += tree_weight(s->statement[id].value);
    bool room = w->ranks <= MASKED_RANKS &&
                (size_t)(weight * w->ranks * MASKED_EXTENT * MASKED_EXTENT) <= NUMBERS / 2;
    for (int t = 0; t < TREE_TENSORS; t++)
        room = room && (!s->declared[t] || add_type(w, &s->tensor[t], random));
    for (int k = 0; k < s->results; k++)
        room = room && add_type(w, &s->result[k].declared, random);
    for (int id = 0; id < s->statements; id++)
        room = room && add_tree(w, s->statement[id].value, random);
    world_draw_data(w, random, largest);
    return room;
}

bool world_fit(world *w, const tree_scheme *s)
{
    static world other;
    uint64_t random = 1;
    int least[TREE_AXES] = {0}, kept = 0;
    for (int id = 0; id < s->statements; id++)
        need_ranks(s->statement[id].value, least);
    if (w->axes != s->axes || !world_make(&other, s, &random, 1))
        return false;
    for (int a = 0; a < w->axes; a++)
        if (w->size[a] < least[a])
            return false;
    for (int k = 0; k < w->parts; k++)
        if (part_in(&other, &w->part[k].part, NULL) >= 0)
            w->part[kept++] = w->part[k];
    w->parts = kept;
    return kept == other.parts;
}

/* ---- masks ---- */

static bool owns(const world *w, const tree_part *part, int rank, int index)
{
    for (tree_part up = *part; up.axes > 0; up = tree_part_without(&up)) {
        int k = 0;
        while (!tree_same_part(&w->part[k].part, &up))
            k++;
        if (w->part[k].owner[index] != w->coordinate[rank][up.axis[up.axes - 1]])
            return false;
    }
    return true;
}

static number numbers[NUMBERS]; /* of all tables of a run */
static size_t numbers_used;

/* An array without values. */
static table blank(const world *w, const tree_type *type)
{
    table t = {.type = *type, .extent = {1, 1}};
    size_t size = (size_t)w->ranks;
    for (int place = 0; place < type->order; place++) {
        const tree_part *part = &type->part[place];
        t.extent[place] = w->extent[part->dim];
        size *= (size_t)t.extent[place];
        for (int r = 0; r < w->ranks; r++)
            for (int i = 0; i < t.extent[place]; i++)
                t.holds[r][place][i] = owns(w, part, r, i);
    }
    for (int place = type->order; place < 2; place++)
        for (int r = 0; r < w->ranks; r++)
            t.holds[r][place][0] = true;
    if (numbers_used + size > NUMBERS)
        abort();
    t.at = numbers + numbers_used;
    numbers_used += size;
    return t;
}

static bool holds(const table *t, int rank, int i, int j)
{
    return t->holds[rank][0][i] && t->holds[rank][1][j];
}

static number *entry_of(const table *t, int rank, int i, int j)
{
    return &t->at[(rank * t->extent[0] + i) * t->extent[1] + j];
}

static number at(const table *t, int rank, int i, int j)
{
    if (!holds(t, rank, i, j)) {
        fprintf(stderr, "a rank reads what it does not own: the layout rules let it\n");
        abort();
    }
    return *entry_of(t, rank, i, j);
}

/* The rank with another coordinate on one axis. */
static int moved(const world *w, int rank, int axis, int coordinate)
{
    int stride = 1;
    for (int a = axis + 1; a < w->axes; a++)
        stride *= w->size[a];
    return rank + (coordinate - w->coordinate[rank][axis]) * stride;
}

/* ---- operations ---- */

typedef struct run {
    world *w;
    const tree_scheme *s;
    table statement[TREE_STATEMENTS];
} run;

/* An operand of an elementwise operation: a vector is every row, a scalar every entry. */
static number spread(const table *t, const tree_type *to, int rank, int i, int j)
{
    if (t->type.order == 0)
        return at(t, rank, 0, 0);
    if (t->type.order < to->order)
        return at(t, rank, j, 0);
    return at(t, rank, i, j);
}

static number load(const world *w, const tree_node *n, int i, int j)
{
    static const number half = {.of = {UINT64_C(1152921504606846961), UINT64_C(2305843009213693924)}, .real = 0.5L};
    const number x = whole(n->type.order == 1 ? w->data[n->which][0][i] : w->data[n->which][i][j]);
    return w->halved ? multiply(x, half) : x;
}

static number count(const world *w, const tree_part *part, int rank)
{
    int owned = 0;
    for (int i = 0; i < w->extent[part->dim]; i++)
        owned += owns(w, part, rank, i);
    return whole(owned);
}

static number product(const table *a, const table *b, int rank, int i, int j)
{
    number sum = whole(0);
    for (int k = 0; k < a->extent[1]; k++)
        if (a->holds[rank][1][k])
            sum = add(sum, multiply(at(a, rank, i, k), at(b, rank, k, j)));
    return sum;
}

static number sum_over_dim(const table *a, int place, int rank, int i)
{
    number sum = whole(0);
    for (int k = 0; k < a->extent[place]; k++)
        if (a->holds[rank][place][k])
            sum = add(sum, a->type.order == 1 ? at(a, rank, k, 0)
                           : place == 0       ? at(a, rank, k, i)
                                              : at(a, rank, i, k));
    return sum;
}

static number sum_over_axis(const world *w, const table *a, int axis, int rank, int i, int j)
{
    number sum = whole(0);
    for (int c = 0; c < w->size[axis]; c++)
        sum = add(sum, at(a, moved(w, rank, axis, c), i, j));
    return sum;
}

/* From the rank of the group that owns the indices. */
static number from_owner(const world *w, const table *a, int axis, int rank, int i, int j)
{
    int owner = -1;
    for (int c = 0; c < w->size[axis]; c++)
        if (holds(a, moved(w, rank, axis, c), i, j)) {
            if (owner >= 0)
                abort(); /* ownership is not a function */
            owner = c;
        }
    if (owner < 0)
        abort();
    return at(a, moved(w, rank, axis, owner), i, j);
}

static number elementwise(world *w, const tree_node *n, number a, number b)
{
    switch (n->op) {
    case TREE_ADD:
        return add(a, b);
    case TREE_SUBTRACT:
        return subtract(a, b);
    case TREE_TIMES:
        return multiply(a, b);
    case TREE_DIVIDE:
        return divide(w, a, b);
    case TREE_NEGATE:
        return negate(a);
    case TREE_SIGMA:
    case TREE_SIGMA_PRIME:
        return apply(w, w->sigma, n->op == TREE_SIGMA_PRIME, 10, a);
    case TREE_G:
    case TREE_G_PRIME:
        return apply(w, w->g, n->op == TREE_G_PRIME, 20, a);
    case TREE_LOSS_PRIME:
        return loss_slope(w, a, b);
    case TREE_STEP:
        return step(w, a);
    default:
        abort();
    }
}

static number entry(run *of, const tree_node *n, const table *a, const table *b, int rank, int i,
                    int j)
{
    world *w = of->w;
    switch (n->op) {
    case TREE_LOAD:
        return load(w, n, i, j);
    case TREE_NUMBER:
        return exact(w, n->number);
    case TREE_RANKS:
        return whole(w->size[n->axis]);
    case TREE_EXTENT:
        return whole(w->extent[n->dim]);
    case TREE_COUNT:
        return count(w, &n->part, rank);
    case TREE_PRODUCT:
        return product(a, b, rank, i, j);
    case TREE_TRANSPOSE:
        return at(a, rank, j, i);
    case TREE_SUM:
        return sum_over_dim(a, n->place, rank, i);
    case TREE_ALLREDUCE:
    case TREE_REDUCESCATTER:
        return sum_over_axis(w, a, n->axis, rank, i, j);
    case TREE_MEAN:
        return divide(w, sum_over_axis(w, a, n->axis, rank, i, j), whole(w->size[n->axis]));
    case TREE_ALLGATHER:
    case TREE_ALLTOALL:
        return from_owner(w, a, n->axis, rank, i, j);
    case TREE_SLICE:
        return at(a, rank, i, j);
    case TREE_BROADCAST:
        return at(a, moved(w, rank, n->axis, n->constant), i, j);
    case TREE_SHIFT: {
        int size = w->size[n->axis], to = (w->coordinate[rank][n->axis] + n->constant) % size;
        return at(a, moved(w, rank, n->axis, to < 0 ? to + size : to), i, j);
    }
    case TREE_ONLY:
        return w->coordinate[rank][n->axis] == n->constant ? at(a, rank, i, j) : whole(0);
    default:
        return elementwise(w, n, spread(a, &n->type, rank, i, j),
                           b ? spread(b, &n->type, rank, i, j) : whole(0));
    }
}

static table evaluate(run *of, const tree_node *n)
{
    if (n->op == TREE_USE)
        return of->statement[n->which];
    table a = {0}, b = {0};
    if (n->of[0])
        a = evaluate(of, n->of[0]);
    if (n->of[1])
        b = evaluate(of, n->of[1]);
    table t = blank(of->w, &n->type);
    for (int r = 0; r < of->w->ranks; r++)
        for (int i = 0; i < t.extent[0]; i++)
            for (int j = 0; j < t.extent[1]; j++)
                if (holds(&t, r, i, j))
                    *entry_of(&t, r, i, j) = entry(of, n, &a, n->of[1] ? &b : NULL, r, i, j);
    return t;
}

static void evaluate_all(run *of)
{
    for (int k = 0; k < of->s->statements; k++) {
        int id = of->s->order[k];
        of->statement[id] = evaluate(of, of->s->statement[id].value);
    }
}

/* ---- results ---- */

static const char delta_rule[] =
    "scheme rule\ninput X[N, Din], Y[N, Dout]\nparam W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
    "  dW1 = X^T @ D1\n  db1 = sum(D1, N)\n  dW2 = A1^T @ D2\n  db2 = sum(D2, N)\n  dX = D1 @ W1^T\n"
    "result dX[N, Din]\n";

static bool is_right(const run *of, const tree_result *d, const table *rule)
{
    const world *w = of->w;
    const table *value = &of->statement[d->statement];
    for (int r = 0; r < w->ranks; r++)
        for (int i = 0; i < value->extent[0]; i++)
            for (int j = 0; j < value->extent[1]; j++) {
                if (!holds(value, r, i, j))
                    continue;
                number got = d->sum_axis < 0 ? at(value, r, i, j)
                                             : sum_over_axis(w, value, d->sum_axis, r, i, j);
                number want = at(rule, 0, i, j);
                if (got.of[0] != want.of[0] || got.of[1] != want.of[1])
                    return false;
            }
    return true;
}

/* A declared layout that the value does not have is wrong whatever the values are. */
static bool fits(const tree_scheme *s, const tree_result *d)
{
    const tree_type *have = &s->statement[d->statement].value->type;
    return tree_same_type(have, &d->declared) &&
           (d->sum_axis < 0 || !(tree_type_axes(have) >> d->sum_axis & 1u));
}

void masked_run(world *w, const tree_scheme *s, masked_answer answer[TREE_RESULTS])
{
    static tree_scheme rule;
    static run sharded, alone;
    if (rule.statements == 0 && !tree_parse(&rule, delta_rule))
        abort();
    world one = *w;
    one.axes = 0;
    one.ranks = 1;
    w->divided_by_zero = w->unclear = false;
    numbers_used = 0;
    sharded.w = w;
    sharded.s = s;
    alone.w = &one;
    alone.s = &rule;
    evaluate_all(&sharded);
    evaluate_all(&alone);
    bool says = !w->divided_by_zero && !w->unclear && !one.divided_by_zero && !one.unclear;
    for (int k = 0; k < s->results; k++) {
        const tree_result *d = &s->result[k];
        int id = tree_find(&rule, s->statement[d->statement].name);
        answer[k] = !fits(s, d)                                    ? MASKED_WRONG
                    : !says                                        ? MASKED_SAYS_NOTHING
                    : is_right(&sharded, d, &alone.statement[id]) ? MASKED_RIGHT
                                                                   : MASKED_WRONG;
    }
}
