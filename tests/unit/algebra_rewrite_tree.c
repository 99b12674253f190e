#include "algebra_rewrite.h"
#include "random.h"

#include <math.h>
#include <stdio.h>

static size_t below(forest *f, size_t bound) { return (size_t)(random_next(f->random) % bound); }
static bool chance(forest *f, int of_100) { return below(f, 100) < (size_t)of_100; }

void forest_start(forest *f, sp_pool *pool, uint64_t *random)
{
    *f = (forest){.pool = pool, .random = random, .sort = {SORT_N, SORT_K, SORT_RANK}, .variables = FREE_VARIABLES};
}

/* ---- making ---- */

static const tree *node(forest *f, tree t)
{
    tree *made = SP_NEW(f->pool, tree);
    *made = t;
    return made;
}

static const tree *number(forest *f, int n, int d) { return node(f, (tree){.kind = TREE_NUMBER, .n = n, .d = d}); }
static const tree *unary(forest *f, tree_kind kind, const tree *a) { return node(f, (tree){.kind = kind, .a = a}); }
static const tree *binary(forest *f, tree_kind kind, const tree *a, const tree *b)
{
    return node(f, (tree){.kind = kind, .a = a, .b = b});
}
static const tree *summed(forest *f, int v, const tree *a)
{
    return node(f, (tree){.kind = TREE_SUM, .v = v, .a = a});
}
static const tree *maximum(forest *f, int v, const tree *condition, const tree *value)
{
    return node(f, (tree){.kind = TREE_MAXIMUM, .v = v, .a = condition, .b = value});
}
static const tree *holds(forest *f, int v, int w) { return node(f, (tree){.kind = TREE_HOLDS, .v = v, .w = w}); }
static const tree *entry(forest *f, unsigned of, int v, int w)
{
    return node(f, (tree){.kind = TREE_ENTRY, .of = of, .v = v, .w = w});
}
static const tree *minus(forest *f, const tree *a) { return binary(f, TREE_MULTIPLY, number(f, -1, 1), a); }

/* A new variable; one of those there are when there is no room for more. */
static int fresh(forest *f, tree_sort sort)
{
    if (f->variables == TREE_VARIABLES)
        return -1;
    f->sort[f->variables] = sort;
    return f->variables++;
}

/* Variables in scope are those bound on the way: the list is handed down. */
typedef struct scope {
    int variable[8];
    size_t count;
} scope;

static scope with(scope s, int v)
{
    if (s.count < 8)
        s.variable[s.count++] = v;
    return s;
}

static int some(forest *f, const scope *s, tree_sort sort)
{
    int list[8 + FREE_VARIABLES];
    size_t count = 0;
    for (int v = 0; v < FREE_VARIABLES; v++)
        if (f->sort[v] == sort)
            list[count++] = v;
    for (size_t i = 0; i < s->count; i++)
        if (f->sort[s->variable[i]] == sort) {
            list[count++] = s->variable[i];
            list[0] = s->variable[i]; /* bound ones rather */
        }
    return list[below(f, count)];
}

static const tree *condition(forest *f, const scope *s)
{
    switch (below(f, 5)) {
    case 0: return holds(f, some(f, s, SORT_K), some(f, s, SORT_K));
    case 2: return node(f, (tree){.kind = TREE_HOLDS, .n = 1, .v = some(f, s, SORT_K), .w = some(f, s, SORT_K)});
    case 1: return holds(f, some(f, s, SORT_RANK), some(f, s, SORT_RANK));
    default: return holds(f, some(f, s, SORT_K), some(f, s, SORT_RANK));
    }
}

static const tree *leaf(forest *f, const scope *s, bool positive)
{
    if (positive)
        return below(f, 3) ? unary(f, TREE_EXP, leaf(f, s, false))
                           : number(f, 1 + (int)below(f, 3), 1 + (int)below(f, 2));
    switch (below(f, 8)) {
    case 0: return number(f, (int)below(f, 5) - 2, 1 + (int)below(f, 2));
    case 1: return entry(f, TENSOR_C, -1, -1);
    case 2: return entry(f, TENSOR_U, some(f, s, SORT_N), -1);
    case 3: case 4: return entry(f, TENSOR_T, some(f, s, SORT_K), -1);
    case 5: return entry(f, TENSOR_D, some(f, s, SORT_N), some(f, s, SORT_K));
    default: return entry(f, TENSOR_S, some(f, s, SORT_N), some(f, s, SORT_K));
    }
}

static const tree *grow(forest *f, int depth, bool positive, scope s);

static const tree *grow_maximum(forest *f, int depth, scope s)
{
    int q = fresh(f, SORT_RANK), k = fresh(f, SORT_K);
    if (q < 0 || k < 0)
        return leaf(f, &s, false);
    const tree *value = grow(f, depth - 1, false, with(s, k));
    switch (below(f, 8)) {
    case 0: case 1: return maximum(f, q, NULL, maximum(f, k, holds(f, k, q), value));
    case 2: return maximum(f, k, holds(f, k, some(f, &s, SORT_RANK)), value); /* of a part */
    case 3: return summed(f, q, maximum(f, k, holds(f, k, q), value));
    case 4: return binary(f, TREE_LARGER, value = grow(f, depth - 1, false, s), grow(f, depth - 1, false, s));
    default: return maximum(f, k, NULL, value);
    }
}

/* softmax over k of what grows, shifted by something */
static const tree *grow_softmax(forest *f, int depth, scope s)
{
    int k = fresh(f, SORT_K);
    if (k < 0)
        return leaf(f, &s, true);
    unsigned of = chance(f, 50) ? TENSOR_S : TENSOR_T;
    int n = of == TENSOR_S ? some(f, &s, SORT_N) : some(f, &s, SORT_K), mine = some(f, &s, SORT_K);
    const tree *top = of == TENSOR_S ? entry(f, of, n, mine) : entry(f, of, mine, -1);
    const tree *each = of == TENSOR_S ? entry(f, of, n, k) : entry(f, of, k, -1), *shift = grow(f, depth - 2, false, s);
    return binary(f, TREE_DIVIDE, unary(f, TREE_EXP, binary(f, TREE_SUBTRACT, top, shift)),
                  summed(f, k, unary(f, TREE_EXP, binary(f, TREE_SUBTRACT, each, shift))));
}

static const tree *grow(forest *f, int depth, bool positive, scope s)
{
    if (depth <= 0 || (depth < 3 && chance(f, 15)))
        return leaf(f, &s, positive);
    size_t kind = below(f, positive ? 9 : 16);
    int v;
    switch (kind) {
    case 0: return binary(f, TREE_MULTIPLY, grow(f, depth - 1, positive, s), grow(f, depth - 1, positive, s));
    case 1: return binary(f, TREE_DIVIDE, grow(f, depth - 1, positive, s), grow(f, depth - 1, true, s));
    case 2: return binary(f, TREE_ADD, grow(f, depth - 1, positive, s), grow(f, depth - 1, positive, s));
    case 3: case 4:
        v = fresh(f, (tree_sort)below(f, 2));
        return v < 0 ? leaf(f, &s, positive) : summed(f, v, grow(f, depth - 1, positive, with(s, v)));
    case 5: return unary(f, chance(f, 50) ? TREE_SQRT : TREE_RSQRT, grow(f, depth - 1, true, s));
    case 6: return unary(f, TREE_EXP, grow(f, depth - 1, false, s));
    case 7: return grow_softmax(f, depth, s);
    case 8: return unary(f, TREE_EXP, grow(f, depth - 1, false, s));
    case 9: return binary(f, TREE_MULTIPLY, condition(f, &s), grow(f, depth - 1, false, s));
    case 10: return binary(f, TREE_SUBTRACT, grow(f, depth - 1, false, s), grow(f, depth - 1, false, s));
    case 11: return unary(f, TREE_LOG, grow(f, depth - 1, true, s));
    case 12: return unary(f, TREE_SIGMA, grow(f, depth - 1, false, s));
    case 13:
        v = fresh(f, SORT_RANK);
        return v < 0 ? leaf(f, &s, false)
                     : summed(f, v, binary(f, TREE_MULTIPLY, holds(f, some(f, &s, SORT_K), v),
                                           grow(f, depth - 1, false, with(s, v))));
    default: return grow_maximum(f, depth, s);
    }
}

const tree *tree_grow(forest *f, int depth, bool positive)
{
    return grow(f, depth, positive, (scope){.count = 0});
}

/* ---- rewriting: each an equality of numbers ---- */

static bool is_positive(const tree *a)
{
    switch (a->kind) {
    case TREE_NUMBER: return a->n > 0;
    case TREE_SIZE: case TREE_EXP: case TREE_SQRT: case TREE_RSQRT: return true;
    case TREE_ADD: case TREE_MULTIPLY: case TREE_DIVIDE: return is_positive(a->a) && is_positive(a->b);
    case TREE_SUM: return is_positive(a->a);
    default: return false;
    }
}

static bool is_condition(const tree *a) { return a->kind == TREE_HOLDS; }

/* The names of what a binds made new: a tree must not bind a variable twice on one way. */
static const tree *renamed(forest *f, const tree *a, int from, int to)
{
    if (!a)
        return NULL;
    tree t = *a;
    t.v = a->v == from && a->kind != TREE_SUM && a->kind != TREE_MAXIMUM ? to : a->v;
    t.w = a->w == from ? to : a->w;
    t.a = renamed(f, a->a, from, to);
    t.b = renamed(f, a->b, from, to);
    return node(f, t);
}

static const tree *one_more(forest *f) /* any number, in the free variables */
{
    return leaf(f, &(scope){.count = 0}, false);
}

static const tree *rewrite_sum(forest *f, const tree *a)
{
    int q = fresh(f, SORT_RANK), v = fresh(f, f->sort[a->v]);
    if (q < 0 || v < 0)
        return a;
    if (f->sort[a->v] == SORT_K && chance(f, 40)) /* each rank its part */
        return summed(f, q, summed(f, a->v, binary(f, TREE_MULTIPLY, holds(f, a->v, q), a->a)));
    if (a->a->kind == TREE_SUM && chance(f, 50))
        return summed(f, a->a->v, summed(f, a->v, a->a->a));
    if (a->a->kind == TREE_ADD && chance(f, 50))
        return binary(f, TREE_ADD, summed(f, a->v, a->a->a), summed(f, v, renamed(f, a->a->b, a->v, v)));
    return summed(f, v, renamed(f, a->a, a->v, v));
}

static const tree *rewrite_maximum(forest *f, const tree *a)
{
    int q = fresh(f, SORT_RANK);
    if (q < 0)
        return a;
    if (!a->a && f->sort[a->v] == SORT_K && chance(f, 40))
        return maximum(f, q, NULL, maximum(f, a->v, holds(f, a->v, q), a->b));
    if (!a->a && a->b->kind == TREE_MAXIMUM && !a->b->a && chance(f, 50))
        return maximum(f, a->b->v, NULL, maximum(f, a->v, NULL, a->b->b));
    if (chance(f, 30))
        return maximum(f, a->v, a->a, binary(f, TREE_LARGER, a->b, a->b));
    return maximum(f, q, NULL, a);
}

/* What may be done to anything. */
static const tree *rewrite_any(forest *f, const tree *a)
{
    int q = fresh(f, SORT_RANK), v = fresh(f, SORT_K);
    const tree *x = one_more(f), *e = unary(f, TREE_EXP, x);
    if (q < 0 || v < 0)
        return a;
    switch (below(f, 8)) {
    case 0: return binary(f, TREE_SUBTRACT, binary(f, TREE_ADD, a, x), x);
    case 1: return binary(f, TREE_DIVIDE, binary(f, TREE_MULTIPLY, a, e), e);
    case 2: return summed(f, q, binary(f, TREE_MULTIPLY, holds(f, 1, q), a));
    case 3: return binary(f, TREE_MULTIPLY, a, summed(f, v, entry(f, TENSOR_D, 0, v)));
    case 4: return binary(f, TREE_DIVIDE, summed(f, q, a), node(f, (tree){.kind = TREE_SIZE, .v = 2}));
    case 5: return is_positive(a) ? unary(f, TREE_EXP, unary(f, TREE_LOG, a))
                                  : unary(f, TREE_LOG, unary(f, TREE_EXP, a));
    case 6: return is_positive(a) ? binary(f, TREE_MULTIPLY, unary(f, TREE_SQRT, a), unary(f, TREE_SQRT, a))
                                  : binary(f, TREE_MULTIPLY, binary(f, TREE_MULTIPLY, a, unary(f, TREE_RSQRT, e)),
                                           unary(f, TREE_SQRT, e));
    default: return maximum(f, chance(f, 50) ? q : v, NULL, a);
    }
}

static const tree *rewrite_here(forest *f, const tree *a)
{
    const tree *x = one_more(f), *e = unary(f, TREE_EXP, x);
    if (is_condition(a))
        return a;
    if (chance(f, 30))
        return rewrite_any(f, a);
    switch (a->kind) {
    case TREE_ADD: return binary(f, TREE_ADD, a->b, a->a);
    case TREE_SUBTRACT: return binary(f, TREE_ADD, minus(f, a->b), a->a);
    case TREE_MULTIPLY:
        if (a->b->kind == TREE_ADD && chance(f, 50))
            return binary(f, TREE_ADD, binary(f, TREE_MULTIPLY, a->a, a->b->a),
                          binary(f, TREE_MULTIPLY, a->a, a->b->b));
        if (a->a->kind == TREE_EXP && a->b->kind == TREE_EXP)
            return unary(f, TREE_EXP, binary(f, TREE_ADD, a->b->a, a->a->a));
        return binary(f, TREE_MULTIPLY, a->b, a->a);
    case TREE_DIVIDE:
        switch (below(f, 3)) {
        case 0: return binary(f, TREE_MULTIPLY, binary(f, TREE_DIVIDE, number(f, 1, 1), a->b), a->a);
        case 1: return binary(f, TREE_DIVIDE, binary(f, TREE_MULTIPLY, a->a, e), binary(f, TREE_MULTIPLY, e, a->b));
        default: return binary(f, TREE_DIVIDE, binary(f, TREE_MULTIPLY, a->a, number(f, -3, 2)),
                               binary(f, TREE_MULTIPLY, number(f, -3, 2), a->b));
        }
    case TREE_SUM: return rewrite_sum(f, a);
    case TREE_MAXIMUM: return rewrite_maximum(f, a);
    case TREE_LARGER: return binary(f, TREE_LARGER, a->b, binary(f, TREE_LARGER, a->a, a->b));
    case TREE_EXP:
        if (a->a->kind == TREE_ADD)
            return binary(f, TREE_MULTIPLY, unary(f, TREE_EXP, a->a->a), unary(f, TREE_EXP, a->a->b));
        return binary(f, TREE_DIVIDE, number(f, 1, 1), unary(f, TREE_EXP, minus(f, a->a)));
    case TREE_LOG:
        return chance(f, 50) ? minus(f, unary(f, TREE_LOG, binary(f, TREE_DIVIDE, number(f, 1, 1), a->a)))
                             : binary(f, TREE_SUBTRACT, unary(f, TREE_LOG, binary(f, TREE_MULTIPLY, e, a->a)), x);
    case TREE_SQRT:
        return chance(f, 50) ? binary(f, TREE_MULTIPLY, a->a, unary(f, TREE_RSQRT, a->a))
                             : binary(f, TREE_DIVIDE,
                                      unary(f, TREE_SQRT, binary(f, TREE_MULTIPLY, a->a,
                                                                 unary(f, TREE_EXP, binary(f, TREE_ADD, x, x)))), e);
    case TREE_RSQRT: return binary(f, TREE_DIVIDE, unary(f, TREE_SQRT, a->a), a->a);
    default: return a;
    }
}

const tree *tree_rewrite(forest *f, const tree *a, int chance_of_100)
{
    if (!a)
        return NULL;
    tree t = *a;
    if (a->kind != TREE_MAXIMUM)
        t.a = tree_rewrite(f, a->a, chance_of_100);
    t.b = tree_rewrite(f, a->b, chance_of_100);
    const tree *made = node(f, t);
    return chance(f, chance_of_100) ? rewrite_here(f, made) : made;
}

/* ---- spoiling ---- */

static size_t size_of(const tree *a) { return a ? 1 + size_of(a->a) + size_of(a->b) : 0; }

static const tree *spoil_at(forest *f, const tree *a, size_t at)
{
    tree t = *a;
    if (at > 0) {
        size_t left = size_of(a->a);
        if (at <= left)
            t.a = spoil_at(f, a->a, at - 1);
        else
            t.b = spoil_at(f, a->b, at - 1 - left);
        return node(f, t);
    }
    switch (a->kind) {
    case TREE_NUMBER: t.n += 1 + (int)below(f, 2); break;
    case TREE_HOLDS: return chance(f, 50) ? number(f, 1, 1) : a;
    case TREE_ENTRY:
        if (a->of == TENSOR_D || a->of == TENSOR_T) {
            t.of = a->of == TENSOR_D ? TENSOR_S : TENSOR_T;
            return chance(f, 50) ? node(f, t) : binary(f, TREE_MULTIPLY, a, a);
        }
        return minus(f, a);
    case TREE_ADD: t.kind = TREE_SUBTRACT; break;
    case TREE_SUBTRACT: t.kind = TREE_ADD; break;
    case TREE_MULTIPLY:
        if (is_condition(a->a))
            return a->b;
        t.kind = TREE_DIVIDE;
        t.b = unary(f, TREE_EXP, a->b);
        break;
    case TREE_DIVIDE: return binary(f, TREE_MULTIPLY, a, a->b);
    case TREE_SUM:
        if (chance(f, 50))
            return maximum(f, a->v, NULL, a->a);
        return summed(f, a->v, binary(f, TREE_MULTIPLY, holds(f, f->sort[a->v] == SORT_K ? a->v : 1, 2), a->a));
    case TREE_MAXIMUM:
        if (a->a && chance(f, 70)) {
            t.a = NULL;
            break;
        }
        if (!a->a && a->b->kind == TREE_MAXIMUM && chance(f, 60))
            return summed(f, a->v, a->b);
        if (!a->a && f->sort[a->v] == SORT_K)
            t.a = holds(f, a->v, 2);
        break;
    case TREE_LARGER: return a->a;
    case TREE_EXP: return unary(f, TREE_EXP, binary(f, TREE_MULTIPLY, number(f, 2, 1), a->a));
    case TREE_LOG: return unary(f, TREE_LOG, binary(f, TREE_MULTIPLY, number(f, 2, 1), a->a));
    case TREE_SQRT: t.kind = TREE_RSQRT; break;
    case TREE_RSQRT: t.kind = TREE_SQRT; break;
    default: t.kind = TREE_EXP; break;
    }
    return node(f, t);
}

const tree *tree_spoil(forest *f, const tree *a)
{
    return spoil_at(f, a, below(f, size_of(a)));
}

/* ---- values ---- */

void tree_world_make(tree_world *w, uint64_t *random)
{
    bool owns[TREE_EXTENT] = {false};
    w->beyond = w->empty = false;
    for (int s = 0; s < FREE_VARIABLES; s++) {
        w->extent[s] = 1 + (unsigned)(random_next(random) % TREE_EXTENT);
        w->free[s] = (unsigned)(random_next(random) % w->extent[s]);
    }
    for (unsigned k = 0; k < TREE_EXTENT; k++) {
        w->owner[k] = (unsigned)(random_next(random) % w->extent[SORT_RANK]);
        if (k < w->extent[SORT_K])
            owns[w->owner[k]] = true;
    }
    for (unsigned r = 0; r < w->extent[SORT_RANK]; r++)
        w->empty = w->empty || !owns[r];
    for (unsigned t = 0; t <= TREE_TENSORS; t++)
        for (unsigned i = 0; i < TREE_EXTENT; i++) {
            long double sum = 0;
            for (unsigned j = 0; j < TREE_EXTENT; j++) {
                w->data[t][i][j] = (long double)(random_next(random) % 2001) / 1000 - 1;
                if (t == TENSOR_D)
                    w->data[t][i][j] += 1.1L;
                if (j < w->extent[SORT_K])
                    sum += w->data[t][i][j];
            }
            for (unsigned j = 0; j < TREE_EXTENT && t == TENSOR_D; j++)
                w->data[t][i][j] /= sum;
        }
}

long double tree_sigma(long double x) { return 1.3L * sinl(x + 0.4L) + 0.2L; }

static unsigned coordinate(const tree_world *w, const forest *f, int v, const unsigned *at)
{
    return f->sort[v] == SORT_K ? w->owner[at[v]] : at[v];
}

static bool is_true(const tree_world *w, const forest *f, const tree *a, const unsigned *at)
{
    if (f->sort[a->v] == f->sort[a->w] && !a->n)
        return at[a->v] == at[a->w];
    return coordinate(w, f, a->v, at) == coordinate(w, f, a->w, at);
}

static long double value(tree_world *w, const forest *f, const tree *a, unsigned *at)
{
    long double x = a->a && a->kind != TREE_SUM && a->kind != TREE_MAXIMUM ? value(w, f, a->a, at) : 0;
    long double y = a->b && a->kind != TREE_MAXIMUM ? value(w, f, a->b, at) : 0, result = 0;
    switch (a->kind) {
    case TREE_NUMBER: return (long double)a->n / a->d;
    case TREE_SIZE: return w->extent[f->sort[a->v]];
    case TREE_ENTRY:
        return w->data[a->of][a->v < 0 ? 0 : at[a->v]][a->w < 0 ? 0 : at[a->w]];
    case TREE_HOLDS: return is_true(w, f, a, at);
    case TREE_ADD: return x + y;
    case TREE_SUBTRACT: return x - y;
    case TREE_MULTIPLY: return x * y;
    case TREE_DIVIDE: result = x / y; w->beyond = w->beyond || fabsl(y) < 1e-5L; break;
    case TREE_SUM:
        for (at[a->v] = 0; at[a->v] < w->extent[f->sort[a->v]]; at[a->v]++)
            result += value(w, f, a->a, at);
        break;
    case TREE_MAXIMUM:
        result = -HUGE_VALL;
        for (at[a->v] = 0; at[a->v] < w->extent[f->sort[a->v]]; at[a->v]++)
            if (!a->a || is_true(w, f, a->a, at))
                result = fmaxl(result, value(w, f, a->b, at));
        return result;
    case TREE_LARGER: return x > y ? x : y;
    case TREE_EXP: result = expl(x); break;
    case TREE_LOG: result = logl(x); w->beyond = w->beyond || x < 1e-5L; break;
    case TREE_SQRT: result = sqrtl(x); w->beyond = w->beyond || x < 1e-5L; break;
    case TREE_RSQRT: result = 1 / sqrtl(x); w->beyond = w->beyond || x < 1e-5L; break;
    case TREE_SIGMA: return tree_sigma(x);
    }
    /* the maximum of nothing stays -infinity */
    w->beyond = w->beyond || result > 1e5L || (isfinite(result) && result < -1e5L);
    return result;
}

long double tree_value(tree_world *w, const forest *f, const tree *a)
{
    unsigned at[TREE_VARIABLES] = {w->free[0], w->free[1], w->free[2]};
    return value(w, f, a, at);
}

void tree_print(const tree *a)
{
    static const char *const names[] = {"number", "size", "entry", "holds", "+", "-", "*", "/", "sum", "max",
                                        "larger", "exp", "log", "sqrt", "rsqrt", "sigma"};
    printf("(%s", names[a->kind]);
    if (a->kind == TREE_NUMBER)
        printf(" %d/%d", a->n, a->d);
    if (a->kind == TREE_ENTRY)
        printf(" %u", a->of);
    if (a->kind <= TREE_HOLDS ? a->kind != TREE_NUMBER : a->kind == TREE_SUM || a->kind == TREE_MAXIMUM)
        printf(" v%d v%d", a->v, a->w);
    if (a->a) {
        printf(" ");
        tree_print(a->a);
    }
    if (a->b) {
        printf(" ");
        tree_print(a->b);
    }
    printf(")");
}
