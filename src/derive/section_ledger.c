/* The ledger: every collective, what it moves, in formulas of the sizes and for a case in numbers. */
#include "derive/derivation.h"

/* What a collective moves, with P ranks on its axis and M entries of the tensor that all ranks of a group
 * hold together after a gather, or each before a reduction. In a ring every rank sends to the next
 * (Thakur, Rabenseifner, Gropp, Optimization of Collective Communication Operations in MPICH,
 * Int. J. High Performance Computing Applications 19(1), 2005): a reduce-scatter and an all-gather
 * move (P-1) M in a group in total, an all-reduce is one after the other, so 2 (P-1) M. In an
 * all-to-all the ranks keep 1/P of what they hold and send the rest; a broadcast gives M to P-1
 * ranks; a shift by k ranks moves what all ranks hold, unless P divides k.
 *  operation, sentence, how often (P-1) times the group's tensor */
#define MOVES(X)                                      \
    X(ALLREDUCE, SP_SAY_KIND_ALLREDUCE, 2)            \
    X(ALLGATHER, SP_SAY_KIND_ALLGATHER, 1)            \
    X(REDUCESCATTER, SP_SAY_KIND_REDUCESCATTER, 1)    \
    X(ALLTOALL, SP_SAY_KIND_ALLTOALL, 0)              \
    X(BROADCAST, SP_SAY_KIND_BROADCAST, 1)            \
    X(SHIFT, SP_SAY_KIND_SHIFT, 0)

typedef struct move {
    sp_op op;
    sp_sentence kind;
    unsigned times;
} move;

static const move moves[] = {
#define X(op, kind, times) {SP_OP_##op, kind, times},
    MOVES(X)
#undef X
};

static const move *move_of(sp_op op)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].op == op)
            return &moves[i];
    return NULL;
}

/* The layout of the tensor that a group of ranks handles: the result of a gather, else the operand. */
static const sp_layout *handled(const sp_program *p, const sp_node *n)
{
    return n->op == SP_OP_ALLGATHER ? &n->layout : &p->node[n->operand[0]].layout;
}

/* A shift by as many ranks as there are, so that every rank keeps what it has. */
static bool stays(const sp_derive *d, const sp_node *n)
{
    size_t ranks = sp_ownership_mesh(d->drawing.ownership)->size[n->axis];
    return n->op == SP_OP_SHIFT && (n->constant == 0 || (d->of && n->constant % (long)ranks == 0));
}

/* ---- numbers ---- */

static size_t entries_on(const sp_derive *d, const sp_layout *layout, size_t rank)
{
    size_t rows, columns;
    sp_ownership_shape(d->drawing.ownership, layout, rank, &rows, &columns);
    return rows * columns; /* of a tensor that exists */
}

typedef struct tally {
    size_t least, most; /* entries that a rank gives */
    double moved;       /* in total: whole, below 2^53 for every case that can be run */
} tally;

static tally count(const sp_derive *d, const sp_node *n)
{
    const sp_mesh *mesh = sp_ownership_mesh(d->drawing.ownership);
    const sp_layout *given = &d->program->node[n->operand[0]].layout;
    const sp_layout *group = handled(d->program, n);
    size_t ranks = mesh->size[n->axis];
    tally t = {.least = SIZE_MAX};
    for (size_t r = 0; r < mesh->ranks; r++) {
        size_t own = entries_on(d, given, r);
        t.least = own < t.least ? own : t.least;
        t.most = own > t.most ? own : t.most;
        bool first = sp_mesh_coordinate(mesh, r, (size_t)n->axis) == 0;
        if (n->op == SP_OP_ALLTOALL) { /* what stays is the part that is held before and after */
            sp_layout both = n->layout;
            for (unsigned i = 0; i < both.order; i++)
                if (given->part[i].axes > both.part[i].axes)
                    both.part[i] = given->part[i];
            t.moved += (double)(own - entries_on(d, &both, r));
        } else if (n->op == SP_OP_SHIFT) {
            t.moved += stays(d, n) ? 0 : (double)own;
        } else if (first) {
            t.moved += move_of(n->op)->times * (double)(ranks - 1) *
                       (double)entries_on(d, group, r);
        }
    }
    return t;
}

/* ---- formulas ---- */

static const sp_math *product_of(sp_derive *d, const sp_math *const *item, size_t items)
{
    return items == 0 ? sp_math_count(d->pool, 1)
                      : sp_math_list(d->pool, SP_MATH_TIMES, NULL, item, items);
}

/* N · Dh/tp: what one rank has */
static const sp_math *entries_math(sp_derive *d, const sp_layout *layout)
{
    const sp_math *item[SP_MAX_ORDER];
    for (unsigned i = 0; i < layout->order; i++)
        item[i] = sp_part_math(d->pool, d->program, &layout->part[i]);
    return product_of(d, item, layout->order);
}

/* 2 (P-1) · N · Dout · P_dp: over all ranks; the parts of a split dimension add up to it, and ranks
 * on axes over which nothing is split all do the same */
static const sp_math *moved_math(sp_derive *d, const sp_node *n)
{
    const sp_layout *group = handled(d->program, n);
    const sp_math *item[SP_MAX_AXES + SP_MAX_ORDER + 2], *one = sp_math_count(d->pool, 1);
    const sp_math *ranks = sp_ranks_math(d->pool, d->program, (unsigned)n->axis);
    size_t items = 0;
    unsigned split = 1U << n->axis;
    if (stays(d, n))
        return sp_math_count(d->pool, 0);
    if (move_of(n->op)->times > 1)
        item[items++] = sp_math_count(d->pool, move_of(n->op)->times);
    if (n->op == SP_OP_ALLTOALL)
        item[items++] = sp_math_of(d->pool, SP_MATH_FRACTION,
                                   sp_math_add(d->pool, ranks, one, true), ranks, NULL);
    else if (n->op != SP_OP_SHIFT)
        item[items++] = sp_math_add(d->pool, ranks, one, true);
    else if (!sp_layout_uses_axis(group, n->axis))
        item[items++] = ranks;
    for (unsigned i = 0; i < group->order; i++) {
        item[items++] = sp_derive_dim(d, &group->part[i]);
        for (unsigned a = 0; a < group->part[i].axes; a++)
            split |= 1U << group->part[i].axis[a];
    }
    for (unsigned a = 0; a < d->program->axes; a++)
        if (!(split >> a & 1U))
            item[items++] = sp_ranks_math(d->pool, d->program, a);
    return product_of(d, item, items);
}

/* ---- the table ---- */

/* (P-1)/P of what is sent in an all-to-all holds for equal parts only: a case has the number. */
static bool has_formula(const sp_derive *d, const sp_node *n)
{
    return !d->of || n->op != SP_OP_ALLTOALL;
}

/* 2 · (P-1)/P · N · Dout: by one rank, on the average */
static const sp_math *by_rank_math(sp_derive *d, const sp_node *n)
{
    const sp_layout *group = handled(d->program, n);
    const sp_math *ranks = sp_ranks_math(d->pool, d->program, (unsigned)n->axis);
    const sp_math *item[SP_MAX_ORDER + 3], *one = sp_math_count(d->pool, 1);
    size_t items = 0;
    sp_layout rest = *group; /* what a group handles, by its other axes */
    if (stays(d, n))
        return sp_math_count(d->pool, 0);
    if (move_of(n->op)->times > 1)
        item[items++] = sp_math_count(d->pool, move_of(n->op)->times);
    if (n->op != SP_OP_SHIFT)
        item[items++] = sp_math_of(d->pool, SP_MATH_FRACTION,
                                   sp_math_add(d->pool, ranks, one, true), ranks, NULL);
    for (unsigned i = 0; i < rest.order; i++)
        item[items++] = sp_part_math(d->pool, d->program, &rest.part[i]);
    return product_of(d, item, items);
}

static const sp_math *valued(sp_derive *d, const sp_math *formula, const char *number)
{
    if (!d->of || formula->kind == SP_MATH_NUMBER)
        return formula;
    return sp_math_equals(d->pool, formula, sp_math_leaf(d->pool, SP_MATH_NUMBER, number));
}

static const char *number(sp_derive *d, double value)
{
    return sp_pool_format(d->pool, "%.0f", value);
}

static const char *range(sp_derive *d, const tally *t)
{
    return t->least == t->most ? sp_pool_format(d->pool, "%zu", t->most)
                               : sp_pool_format(d->pool, "%zu..%zu", t->least, t->most);
}

static const char *mean(sp_derive *d, double value)
{
    double ranks = (double)sp_ownership_mesh(d->drawing.ownership)->ranks;
    return sp_pool_format(d->pool, "%.6g", value / ranks);
}

static void add_row(sp_derive *d, sp_grid *grid, const sp_statement *st, const sp_node *n,
                    double *total)
{
    const sp_layout *given = &d->program->node[n->operand[0]].layout;
    tally t = {0, 0, 0};
    if (d->of)
        t = count(d, n);
    *total += t.moved;
    sp_grid_add(d->pool, grid,
                sp_argument_phrase(sp_say(d->pool, st->backward ? SP_SAY_PASS_BACKWARD
                                                                : SP_SAY_PASS_FORWARD)));
    sp_grid_add(d->pool, grid, sp_argument_math(sp_derive_name(d, st->name)));
    sp_grid_add(d->pool, grid,
                sp_argument_phrase(sp_say(d->pool,
                                          n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX
                                              ? SP_SAY_KIND_ALLREDUCE_MAX : move_of(n->op)->kind,
                                          d->program->axis_name[n->axis])));
    sp_grid_add(d->pool, grid,
                sp_argument_math(valued(d, entries_math(d, given), range(d, &t))));
    sp_grid_add(d->pool, grid,
                has_formula(d, n)
                    ? sp_argument_math(valued(d, by_rank_math(d, n), mean(d, t.moved)))
                    : sp_argument_text(mean(d, t.moved)));
    sp_grid_add(d->pool, grid,
                has_formula(d, n)
                    ? sp_argument_math(valued(d, moved_math(d, n), number(d, t.moved)))
                    : sp_argument_text(number(d, t.moved)));
}

static void mark_own(const sp_derive *d, size_t statement, int node, bool *own)
{
    int known = d->naming.statement_of[node];
    if (own[node] || (known >= 0 && (size_t)known < statement))
        return;
    own[node] = true;
    for (int k = 0; k < 2; k++)
        if (d->program->node[node].operand[k] >= 0)
            mark_own(d, statement, d->program->node[node].operand[k], own);
}

void sp_derive_ledger(sp_derive *d)
{
    const sp_program *p = d->program;
    if (p->axes == 0)
        return;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_LEDGER));
    double total[2] = {0, 0};
    size_t rows = 0;
    sp_grid *grid = NULL;
    for (size_t s = 0; s < p->statements; s++) {
        bool *own = SP_NEW_ARRAY(d->pool, bool, p->nodes);
        mark_own(d, s, p->statement[s].node, own);
        for (size_t i = 0; i < p->nodes; i++) {
            if (!own[i] || !move_of(p->node[i].op))
                continue;
            if (!grid) {
                SAY(d, SP_SAY_LEDGER_INTRO);
                SAY(d, SP_SAY_LEDGER_RING, sp_math_symbol(d->pool, "P"),
                    sp_math_symbol(d->pool, "M"));
                grid = sp_document_table(
                    d->doc, NULL, 6, sp_say(d->pool, SP_SAY_COLUMN_PASS),
                    sp_say(d->pool, SP_SAY_COLUMN_STATEMENT),
                    sp_say(d->pool, SP_SAY_COLUMN_COLLECTIVE),
                    sp_say(d->pool, SP_SAY_COLUMN_PAYLOAD),
                    sp_say(d->pool, SP_SAY_COLUMN_MOVED_RANK),
                    sp_say(d->pool, SP_SAY_COLUMN_MOVED));
                grid->lead = 3;
            }
            add_row(d, grid, &p->statement[s], &p->node[i], &total[p->statement[s].backward]);
            rows++;
        }
    }
    if (rows == 0)
        SAY(d, SP_SAY_LEDGER_EMPTY);
    else if (d->of)
        PARAGRAPH(d, SP_SAY_LEDGER_TOTAL, number(d, total[0]), number(d, total[1]),
                  number(d, total[0] + total[1]));
}
