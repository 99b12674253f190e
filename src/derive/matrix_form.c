#include "derive/matrix_form.h"

enum { EDGES = 24, WEIGHTS = 24 };

typedef struct edge {
    sp_variable from, to;
    const sp_math *math;
    sp_form_kind kind;
} edge;

/* A vector over one index. */
typedef struct weight {
    sp_variable at;
    const sp_math *math;
    sp_form_kind kind;
} weight;

typedef struct graph {
    sp_pool *pool;
    const sp_math *const *slope;
    edge edge[EDGES];
    size_t edges;
    weight weight[WEIGHTS];
    size_t weights;
    const sp_math *scalar[EDGES];
    size_t scalars;
} graph;

static sp_form form_of(sp_pool *pool, const sp_expression *e, size_t order,
                       const sp_variable index[2], const sp_math *const *slope);

/* (A B)^T = B^T A^T; entry by entry and sums: each part. */
static const sp_math *transposed(sp_pool *pool, const sp_math *m)
{
    if (m->kind == SP_MATH_TRANSPOSE)
        return m->item[0];
    if (m->kind != SP_MATH_PRODUCT && m->kind != SP_MATH_HADAMARD)
        return sp_math_of(pool, SP_MATH_TRANSPOSE, m, NULL, NULL);
    const sp_math **item = SP_NEW_ARRAY(pool, const sp_math *, m->items);
    for (size_t i = 0; i < m->items; i++)
        item[m->kind == SP_MATH_PRODUCT ? m->items - 1 - i : i] = transposed(pool, m->item[i]);
    return sp_math_list(pool, m->kind, NULL, item, m->items);
}

static const sp_math *directed(const graph *g, const edge *e, sp_variable from)
{
    return e->from == from ? e->math : transposed(g->pool, e->math);
}

static bool add_edge(graph *g, edge e)
{
    if (e.from == e.to || g->edges == EDGES)
        return false;
    for (size_t i = 0; i < g->edges; i++) {
        edge *old = &g->edge[i];
        if ((old->from == e.from && old->to == e.to) || (old->from == e.to && old->to == e.from)) {
            old->math = sp_math_of(g->pool, SP_MATH_HADAMARD, old->math,
                                   directed(g, &e, old->from), NULL);
            old->kind = SP_FORM_HADAMARD;
            return true;
        }
    }
    g->edge[g->edges++] = e;
    return true;
}

static bool add_weight(graph *g, weight w)
{
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].at == w.at) {
            g->weight[i].math =
                sp_math_of(g->pool, SP_MATH_HADAMARD, g->weight[i].math, w.math, NULL);
            g->weight[i].kind = SP_FORM_HADAMARD;
            return true;
        }
    if (g->weights == WEIGHTS)
        return false;
    g->weight[g->weights++] = w;
    return true;
}

static bool add_scalar(graph *g, const sp_math *math)
{
    if (g->scalars == EDGES)
        return false;
    g->scalar[g->scalars++] = math;
    return true;
}

static const sp_math *entry_name(const graph *g, unsigned of)
{
    if (of < SP_ENTRY_VALUE)
        return sp_math_symbol(g->pool, sp_mlp.tensor[of].name);
    if (of < SP_ENTRY_SLOPE)
        return sp_math_symbol(g->pool, sp_mlp.result[of - SP_ENTRY_VALUE].name);
    sp_result result = (sp_result)(of - SP_ENTRY_SLOPE);
    if (g->slope && g->slope[result])
        return g->slope[result];
    return sp_math_of(g->pool, SP_MATH_SLOPE, sp_math_symbol(g->pool, "L"),
                      sp_math_symbol(g->pool, sp_mlp.result[result].name), NULL);
}

static sp_form_kind kind_of(const sp_math *m)
{
    return m->kind == SP_MATH_PRODUCT    ? SP_FORM_PRODUCT
           : m->kind == SP_MATH_HADAMARD ? SP_FORM_HADAMARD
           : m->kind == SP_MATH_APPLY    ? SP_FORM_FUNCTION
                                         : SP_FORM_NAME;
}

static bool add_entry(graph *g, const sp_factor *f)
{
    const sp_math *name = entry_name(g, f->is.entry.of);
    const sp_variable *index = f->is.entry.index;
    if (f->is.entry.indices == 2)
        return add_edge(g, (edge){index[0], index[1], name, kind_of(name)});
    return add_weight(g, (weight){index[0], name, kind_of(name)});
}

/* A function of an expression in at most two indices is a function of every entry of its form. */
static bool add_application(graph *g, const sp_factor *f)
{
    sp_variable index[2] = {0, 0};
    if (f->variables > 2)
        return false;
    for (size_t v = 0; v < f->variables; v++)
        index[v] = f->variable[v];
    sp_form form[2] = {{SP_FORM_NONE, NULL}, {SP_FORM_NONE, NULL}};
    for (int turn = 0; turn < 2; turn++) {
        bool turned = false;
        for (int a = 0; a < 2 && f->is.apply.argument[a]; a++) {
            form[a] = form_of(g->pool, f->is.apply.argument[a], f->variables, index, g->slope);
            if (form[a].kind == SP_FORM_NONE)
                return false;
            turned = turned || form[a].math->kind == SP_MATH_TRANSPOSE;
        }
        if (!turned || f->variables < 2 || turn == 1)
            break;
        sp_variable swap = index[0];
        index[0] = index[1];
        index[1] = swap;
    }
    const sp_math *math =
        sp_math_of(g->pool, SP_MATH_APPLY,
                   sp_math_symbol(g->pool, sp_function_text(g->pool, &sp_mlp, f->is.apply.symbol / 2,
                                                            f->is.apply.symbol % 2)),
                   form[0].math, form[1].math);
    if (f->variables == 2)
        return add_edge(g, (edge){index[0], index[1], math, SP_FORM_FUNCTION});
    if (f->variables == 1)
        return add_weight(g, (weight){index[0], math, SP_FORM_FUNCTION});
    return add_scalar(g, math);
}

static bool add_factor(graph *g, const sp_factor *f)
{
    if (f->kind == SP_FACTOR_ENTRY)
        return add_entry(g, f);
    if (f->kind == SP_FACTOR_APPLY)
        return add_application(g, f);
    return false; /* conditions and quotients have no matrix form */
}

static weight *weight_at(graph *g, sp_variable v)
{
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].at == v)
            return &g->weight[i];
    return NULL;
}

static void drop_weight(graph *g, weight *w)
{
    *w = g->weight[--g->weights];
}

/* The row or column of a matrix at an index that is summed over. */
static const sp_math *total_over(const graph *g, const edge *e, sp_variable v)
{
    static const char *const letter[SP_DIM_COUNT] = {"n", "i", "k", "o"};
    const sp_math *index = sp_math_index(g->pool, letter[sp_variable_sort(v)]);
    const sp_math *all = sp_math_index(g->pool, ":");
    const sp_math *item[2] = {sp_math_of(g->pool, SP_MATH_ENTRY, e->math,
                                         e->from == v ? index : all, e->from == v ? all : index),
                              index};
    return sp_math_list(g->pool, SP_MATH_BIG, "sum", item, 2);
}

/* Takes the vertex v, which is summed over, out of the graph. */
static bool eliminate(graph *g, sp_variable v)
{
    size_t at[2] = {0, 0}, degree = 0;
    weight *w = weight_at(g, v);
    for (size_t i = 0; i < g->edges; i++)
        if (g->edge[i].from == v || g->edge[i].to == v) {
            if (degree == 2)
                return false;
            at[degree++] = i;
        }
    if (degree == 0)
        return false;
    edge a = g->edge[at[0]], b = g->edge[at[1]];
    sp_variable left = a.from == v ? a.to : a.from;
    if (degree == 1) {
        const sp_math *math = total_over(g, &a, v);
        sp_form_kind kind = SP_FORM_TOTAL;
        if (w) { /* left is the vector's index: A w */
            math = sp_math_of(g->pool, SP_MATH_PRODUCT, directed(g, &a, left), w->math, NULL);
            kind = SP_FORM_PRODUCT;
            drop_weight(g, w);
        }
        g->edge[at[0]] = g->edge[--g->edges];
        return add_weight(g, (weight){left, math, kind});
    }
    sp_variable right = b.from == v ? b.to : b.from;
    const sp_math *product = directed(g, &a, left);
    if (w) {
        const sp_math *diagonal =
            sp_math_of(g->pool, SP_MATH_APPLY, sp_math_word(g->pool, "diag"), w->math, NULL);
        product = sp_math_of(g->pool, SP_MATH_PRODUCT, product, diagonal, NULL);
        drop_weight(g, w);
    }
    product = sp_math_of(g->pool, SP_MATH_PRODUCT, product, directed(g, &b, v), NULL);
    g->edge[at[1]] = g->edge[--g->edges]; /* at[1] > at[0] */
    g->edge[at[0]] = g->edge[--g->edges];
    return add_edge(g, (edge){left, right, product, SP_FORM_PRODUCT});
}

static void add_number(graph *g, sp_rational c, const sp_monomial *m)
{
    const sp_math *below[SP_SORTS + 1];
    size_t belows = 0;
    if (c.n != 1)
        (void)add_scalar(g, sp_math_count(g->pool, (size_t)c.n));
    if (c.d != 1)
        below[belows++] = sp_math_count(g->pool, (size_t)c.d);
    for (sp_sort s = 0; s < SP_DIM_COUNT; s++) {
        const sp_math *size = sp_math_symbol(g->pool, sp_mlp.dim[s]);
        if (m->size[s] > 0)
            (void)add_scalar(g, size);
        else if (m->size[s] < 0)
            below[belows++] = size;
    }
    if (belows > 0)
        (void)add_scalar(g, sp_math_of(g->pool, SP_MATH_FRACTION, sp_math_count(g->pool, 1),
                                       sp_math_list(g->pool, SP_MATH_TIMES, NULL, below, belows),
                                       NULL));
}

static const sp_form no_form;

/* What is left when all sums are done: one edge between the free indices, vectors at them. */
static sp_form left_over(graph *g, size_t order, const sp_variable index[2])
{
    sp_form form = no_form;
    weight *at[2] = {order > 0 ? weight_at(g, index[0]) : NULL,
                     order > 1 ? weight_at(g, index[1]) : NULL};
    size_t weights = (size_t)(at[0] != NULL) + (at[1] != NULL);
    if (g->edges > 1 || g->weights != weights || (g->edges == 1 && order < 2))
        return form;
    if (g->edges == 1) {
        const edge *e = &g->edge[0];
        bool spans = (e->from == index[0] && e->to == index[1]) ||
                     (e->from == index[1] && e->to == index[0]);
        if (weights > 0 || !spans)
            return form;
        form = (sp_form){g->edge[0].kind, directed(g, &g->edge[0], index[0])};
    } else if (weights == 2) {
        form = (sp_form){SP_FORM_PRODUCT,
                         sp_math_of(g->pool, SP_MATH_PRODUCT, at[0]->math,
                                    transposed(g->pool, at[1]->math), NULL)};
    } else if (weights == 1 && (order == 1 || at[1])) { /* of a matrix: in every row */
        form = (sp_form){at[order - 1]->kind, at[order - 1]->math};
    } else if (order > 0) {
        return form;
    }
    if (g->scalars == 0 && form.math)
        return form;
    if (form.math)
        g->scalar[g->scalars++] = form.math;
    else
        form.kind = SP_FORM_NAME;
    if (g->scalars == 0)
        g->scalar[g->scalars++] = sp_math_count(g->pool, 1);
    form.math = sp_math_list(g->pool, SP_MATH_PRODUCT, NULL, g->scalar, g->scalars);
    return form;
}

static sp_form form_of_term(sp_pool *pool, const sp_term *term, size_t order,
                            const sp_variable index[2], const sp_math *const *slope)
{
    graph *g = SP_NEW(pool, graph);
    const sp_monomial *m = term->monomial;
    g->pool = pool;
    g->slope = slope;
    sp_rational c = term->coefficient;
    c.n = c.n < 0 ? -c.n : c.n;
    for (sp_sort s = 0; s < SP_SORTS; s++) {
        int most = s < SP_MAX_DIMS ? 1 : 0;
        if (m->size[s] > most || m->size[s] < -most)
            return no_form;
    }
    for (size_t i = 0; i < m->factors; i++)
        for (int p = 0; p < m->factor[i].power; p++)
            if (m->factor[i].power > EDGES || !add_factor(g, m->factor[i].factor))
                return no_form;
    size_t left = m->summations;
    bool *gone = SP_NEW_ARRAY(pool, bool, left);
    for (bool moved = true; moved && left > 0;) { /* until no sum can be done any more */
        moved = false;
        for (size_t i = 0; i < m->summations; i++) {
            if (gone[i] || sp_variable_sort(m->summed[i]) >= SP_MAX_DIMS ||
                !eliminate(g, m->summed[i]))
                continue;
            gone[i] = moved = true;
            left--;
        }
    }
    if (left > 0)
        return no_form;
    add_number(g, c, m);
    return left_over(g, order, index);
}

static sp_form form_of(sp_pool *pool, const sp_expression *e, size_t order,
                       const sp_variable index[2], const sp_math *const *slope)
{
    sp_form sum = no_form;
    for (int negative = 0; negative < 2; negative++)
        for (size_t t = 0; t < e->terms; t++) {
            if ((e->term[t].coefficient.n < 0) != negative)
                continue;
            sp_form form = form_of_term(pool, &e->term[t], order, index, slope);
            if (form.kind == SP_FORM_NONE)
                return no_form;
            if (!sum.math && !negative)
                sum = form;
            else if (!sum.math)
                sum = (sp_form){SP_FORM_SUM, sp_math_negative(pool, form.math)};
            else
                sum = (sp_form){SP_FORM_SUM, sp_math_add(pool, sum.math, form.math, negative)};
        }
    return sum;
}

sp_form sp_form_of(sp_pool *pool, const sp_expression *e, size_t order,
                   const sp_variable index[2], const sp_math *const *slope)
{
    return form_of(pool, e, order, index, slope);
}
