/* The static rules of functions in schemes: activations, sums, collectives, scalars.
 *
 * The rules on splits carry the soundness of the proofs: a collective over an axis puts the
 * coordinates of other ranks for one's own in its operand, which is right only if nothing else in
 * it is split over that axis.
 *
 * A list of axes is worked on at its end: of D/(dp,tp), allgather and alltoall take away tp;
 * slice, reducescatter and alltoall append an axis. A dimension that the operand has twice cannot
 * be named. Whether a coordinate of broadcast and only is on its axis depends on the mesh, so it
 * is checked for each case (src/spmd). */
#include "lang/check.h"

#include <string.h>

typedef struct call {
    sp_typing *typing;
    const sp_term *term;
    const sp_arguments *with;
    sp_layout of; /* of the operand */
    sp_node node;
} call;

static int refuse(const call *c, sp_span at, const char *hint, const char *problem)
{
    sp_pool *pool = c->typing->reporter->pool;
    const char *of = sp_layout_text(pool, c->typing->program, &c->of);
    sp_report(c->typing->reporter, at, hint, "%s of %s: %s", c->term->function->name, of, problem);
    return -1;
}

static const char *axis_name(const call *c)
{
    return c->typing->program->axis_name[c->node.axis];
}

static const char *part_text(const call *c, const sp_part *part)
{
    return sp_part_text(c->typing->reporter->pool, c->typing->program, part);
}

/* Which part of the operand a dimension is; -1 after a diagnostic. */
static int find_place(const call *c, sp_name name)
{
    int dim = sp_type_dim(c->typing, name), place = -1;
    if (dim < 0)
        return -1;
    sp_pool *pool = c->typing->reporter->pool;
    for (unsigned i = 0; i < c->of.order; i++) {
        if (c->of.part[i].dim != (sp_dim)dim)
            continue;
        if (place >= 0)
            return refuse(c, name.span, NULL,
                          sp_pool_format(pool, "it has the dimension %s twice", name.text));
        place = (int)i;
    }
    if (place < 0)
        return refuse(c, name.span, NULL,
                      sp_pool_format(pool, "it has no dimension %s", name.text));
    return place;
}

/* Whether no part but those at two places is split over the axis. */
static bool others_are_free(const call *c, int place, int place2)
{
    for (int i = 0; i < c->of.order; i++) {
        if (i == place || i == place2 || !sp_part_uses_axis(&c->of.part[i], c->node.axis))
            continue;
        refuse(c, c->with->axis.span, NULL,
               sp_pool_format(c->typing->reporter->pool,
                              "its other dimension %s is split over %s too",
                              part_text(c, &c->of.part[i]), axis_name(c)));
        return false;
    }
    return true;
}

/* D/axis -> D */
static bool join(const call *c, sp_name name, sp_part *part)
{
    sp_pool *pool = c->typing->reporter->pool;
    if (part->axes > 0 && part->axis[part->axes - 1] == c->node.axis) {
        part->axis[--part->axes] = 0;
        return true;
    }
    if (sp_part_uses_axis(part, c->node.axis))
        refuse(c, name.span,
               sp_pool_format(pool, "make it whole over %s first",
                              c->typing->program->axis_name[part->axis[part->axes - 1]]),
               sp_pool_format(pool, "%s is not the last axis of %s", axis_name(c),
                              part_text(c, part)));
    else
        refuse(c, name.span, NULL,
               sp_pool_format(pool, "%s is not split over %s", part_text(c, part), axis_name(c)));
    return false;
}

/* D -> D/axis */
static bool cut(const call *c, sp_name name, sp_part *part)
{
    if (sp_part_uses_axis(part, c->node.axis)) {
        refuse(c, name.span, NULL,
               sp_pool_format(c->typing->reporter->pool, "%s is split over %s already",
                              part_text(c, part), axis_name(c)));
        return false;
    }
    part->axis[part->axes++] = (uint8_t)c->node.axis;
    return true;
}

/* sum(A, D): drops D */
static int type_sum(call *c)
{
    int place = find_place(c, c->with->dim[0]);
    if (place < 0)
        return -1;
    c->node.place = place;
    c->node.dim = c->of.part[place].dim;
    memset(&c->node.layout, 0, sizeof c->node.layout);
    c->node.layout.order = (uint8_t)(c->of.order - 1);
    if (c->node.layout.order == 1)
        c->node.layout.part[0] = c->of.part[1 - place];
    return sp_type_add(c->typing, c->node);
}

/* allreduce, broadcast, shift: A not split over the axis; only: any A */
static int type_whole(call *c)
{
    const char *hint = NULL;
    if (c->node.op != SP_OP_ONLY && sp_layout_uses_axis(&c->of, c->node.axis)) {
        if (c->node.op == SP_OP_ALLREDUCE)
            hint =
                "the ranks hold different indices: their parts are put together by allgather, not "
                "added";
        return refuse(
            c, c->with->axis.span, hint,
            sp_pool_format(c->typing->reporter->pool, "it is split over %s", axis_name(c)));
    }
    c->node.mean = c->with->mean;
    c->node.constant = c->with->constant;
    c->node.layout = c->of;
    return sp_type_add(c->typing, c->node);
}

/* allgather: D/axis -> D; reducescatter, slice: D -> D/axis */
static int type_along(call *c)
{
    int place = find_place(c, c->with->dim[0]);
    if (place < 0 || !others_are_free(c, place, -1))
        return -1;
    c->node.place = place;
    c->node.dim = c->of.part[place].dim;
    c->node.layout = c->of;
    sp_part *part = &c->node.layout.part[place];
    bool good = c->node.op == SP_OP_ALLGATHER ? join(c, c->with->dim[0], part)
                                              : cut(c, c->with->dim[0], part);
    return good ? sp_type_add(c->typing, c->node) : -1;
}

/* D, E/axis -> D/axis, E */
static int type_alltoall(call *c)
{
    int place = find_place(c, c->with->dim[0]);
    int place2 = place < 0 ? -1 : find_place(c, c->with->dim[1]);
    if (place2 < 0)
        return -1;
    if (place == place2)
        return refuse(c, c->with->dim[1].span, NULL, "the two dimensions must be different");
    c->node.place = place;
    c->node.place2 = place2;
    c->node.dim = c->of.part[place].dim;
    c->node.dim2 = c->of.part[place2].dim;
    c->node.layout = c->of;
    if (!cut(c, c->with->dim[0], &c->node.layout.part[place]) ||
        !join(c, c->with->dim[1], &c->node.layout.part[place2]))
        return -1;
    return sp_type_add(c->typing, c->node);
}

static int type_count(call *c)
{
    const sp_dimref *ref = &c->with->part;
    if (!sp_type_part(c->typing, ref, &c->node.part))
        return -1;
    if (ref->axes == 0) {
        sp_report(c->typing->reporter, ref->span,
                  sp_pool_format(c->typing->reporter->pool, "the size of the whole dimension is %s",
                                 ref->dim.text),
                  "count takes a split dimension such as %s/tp", ref->dim.text);
        return -1;
    }
    return sp_type_add(c->typing, c->node);
}

/* loss'(A2, Y): equal layouts */
static int type_loss(call *c, int right)
{
    sp_layout other = c->typing->program->node[right].layout;
    sp_pool *pool = c->typing->reporter->pool;
    if (!sp_layout_equal(&c->of, &other)) {
        sp_report(c->typing->reporter, c->term->span, NULL,
                  "%s: %s and %s: the two must have the same layout",
                  sp_span_text(pool, c->term->span),
                  sp_layout_text(pool, c->typing->program, &c->of),
                  sp_layout_text(pool, c->typing->program, &other));
        return -1;
    }
    c->node.layout = c->of;
    return sp_type_add(c->typing, c->node);
}

void sp_type_names(sp_typing *typing, const sp_term *term)
{
    if (term->arguments->axis.text)
        sp_type_axis(typing, term->arguments->axis);
    for (int i = 0; i < 2; i++)
        if (term->arguments->dim[i].text)
            sp_type_dim(typing, term->arguments->dim[i]);
}

int sp_type_call(sp_typing *typing, const sp_term *term, int left, int right)
{
    call c = {.typing = typing, .term = term, .with = term->arguments};
    c.node = (sp_node){.op = term->function->op, .operand = {left, right}, .span = term->span,
                       .axis = -1};
    if (left >= 0)
        c.of = typing->program->node[left].layout;
    if (c.with->axis.text) {
        c.node.axis = sp_type_axis(typing, c.with->axis);
        if (c.node.axis < 0)
            return -1;
    }
    switch (c.node.op) {
    case SP_OP_SIGMA:
    case SP_OP_SIGMA_PRIME:
    case SP_OP_G:
    case SP_OP_G_PRIME:
    case SP_OP_STEP:
        c.node.layout = c.of;
        return sp_type_add(typing, c.node);
    case SP_OP_LOSS_PRIME:
        return type_loss(&c, right);
    case SP_OP_SUM:
        return type_sum(&c);
    case SP_OP_ALLREDUCE:
    case SP_OP_BROADCAST:
    case SP_OP_SHIFT:
    case SP_OP_ONLY:
        return type_whole(&c);
    case SP_OP_ALLGATHER:
    case SP_OP_REDUCESCATTER:
    case SP_OP_SLICE:
        return type_along(&c);
    case SP_OP_ALLTOALL:
        return type_alltoall(&c);
    case SP_OP_RANKS:
        return sp_type_add(typing, c.node);
    case SP_OP_OWNED:
        return type_count(&c);
    default:
        sp_pool_fail(typing->reporter->pool, SP_INTERNAL);
    }
}
