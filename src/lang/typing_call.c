/* The static rules of functions in schemes: those of the network, sums, collectives, scalars.
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
    const sp_syntax_term *term;
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
    sp_part label;
    int place = -1;
    if (!sp_type_label(c->typing, name, &label))
        return -1;
    sp_pool *pool = c->typing->reporter->pool;
    for (unsigned i = 0; i < c->of.order; i++) {
        if (!sp_label_equal(&c->of.part[i], &label))
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

/* The value without the named parts, all of one operand: they go behind SP_MAX_ORDER, in that order. */
static bool drop_places(call *c, size_t operands)
{
    sp_layout whole = c->node.layout;
    uint8_t now[SP_MAX_ORDER];
    for (unsigned i = 0; i < SP_MAX_ORDER; i++)
        now[i] = (uint8_t)i;
    for (size_t k = 0; k < c->with->dims; k++) {
        call at = *c;
        at.of = whole;
        int place = find_place(&at, c->with->dim[k]);
        if (place < 0)
            return false;
        if (now[place] >= SP_MAX_ORDER) {
            sp_report(c->typing->reporter, c->with->dim[k].span, NULL, "dimension %s comes twice",
                      c->with->dim[k].text);
            return false;
        }
        now[place] = (uint8_t)(SP_MAX_ORDER + k); /* at most twice that */
        if (k == 0) {
            c->node.place = place;
            c->node.dim = whole.part[place].dim;
        }
    }
    memset(&c->node.layout, 0, sizeof c->node.layout);
    for (unsigned i = 0; i < whole.order; i++)
        if (now[i] < SP_MAX_ORDER) {
            now[i] = c->node.layout.order;
            c->node.layout.part[c->node.layout.order++] = whole.part[i];
        }
    for (size_t o = 0; o < operands; o++)
        for (unsigned i = 0; i < SP_MAX_ORDER; i++)
            c->node.to[o][i] = now[c->node.to[o][i]];
    return true;
}

/* sum(A, D, ...), max(A, D, ...): drops D, ... */
static int type_sum(call *c)
{
    c->node.layout = c->of;
    return drop_places(c, 1) ? sp_type_add(c->typing, c->node) : -1;
}

static int misfit(const call *c, const sp_layout *other, sp_fit why)
{
    sp_pool *pool = c->typing->reporter->pool;
    sp_report(c->typing->reporter, c->term->span, NULL, "%s: %s and %s: %s", sp_span_text(pool, c->term->span),
              sp_layout_text(pool, c->typing->program, &c->of), sp_layout_text(pool, c->typing->program, other),
              why == SP_FIT_SPLITS  ? "the splits differ"
              : why == SP_FIT_ORDER ? "the value has too many dimensions (limit 8)"
                                    : "a dimension comes twice");
    return -1;
}

/* dot(A, B, D, ...): the product by name, summed over D, ..., which both have */
static int type_dot(call *c, int right)
{
    const sp_layout other = c->typing->program->node[right].layout;
    for (size_t k = 0; k < c->with->dims; k++) {
        sp_part label;
        if (!sp_type_label(c->typing, c->with->dim[k], &label))
            return -1;
        const bool left = sp_place_of(&c->of, &label) >= 0;
        if (left && sp_place_of(&other, &label) >= 0)
            continue;
        sp_pool *pool = c->typing->reporter->pool;
        sp_report(c->typing->reporter, c->with->dim[k].span, "sum(A, D) sums over a dimension of one value",
                  "dot of %s and %s: the %s has no dimension %s", sp_layout_text(pool, c->typing->program, &c->of),
                  sp_layout_text(pool, c->typing->program, &other), left ? "second" : "first", c->with->dim[k].text);
        return -1;
    }
    const sp_fit fit = sp_type_join(&c->of, &other, true, &c->node);
    if (fit != SP_FIT)
        return misfit(c, &other, fit);
    return drop_places(c, 2) ? sp_type_add(c->typing, c->node) : -1;
}

/* rename(A, D, E): D is called E */
static int type_rename(call *c)
{
    sp_part to;
    const int place = find_place(c, c->with->dim[0]);
    if (place < 0 || !sp_type_label(c->typing, c->with->dim[1], &to))
        return -1;
    c->node.place = place;
    c->node.layout = c->of;
    c->node.layout.part[place].primes = to.primes;
    if (to.dim != c->of.part[place].dim)
        return refuse(c, c->with->dim[1].span, "S' is a second name of S",
                      sp_pool_format(c->typing->reporter->pool, "%s and %s are different dimensions",
                                     c->with->dim[0].text, c->with->dim[1].text));
    if (sp_place_of(&c->of, &to) >= 0)
        return refuse(c, c->with->dim[1].span, NULL,
                      sp_pool_format(c->typing->reporter->pool, "it has a dimension %s already", c->with->dim[1].text));
    return sp_type_add(c->typing, c->node);
}

/* softmax(A, D) -> as A; logsumexp(A, D): drops D. A rank has all of D: what it had of a part would be none at all
 * where it is empty. */
static int type_softmax(call *c)
{
    const int place = find_place(c, c->with->dim[0]);
    if (place < 0)
        return -1;
    if (c->of.part[place].axes > 0)
        return refuse(c, c->with->dim[0].span,
                      "write max, allreduce(..., axis, max), exp, sum and allreduce, so that all ranks take part",
                      sp_pool_format(c->typing->reporter->pool, "%s is split", c->with->dim[0].text));
    c->node.place = place;
    c->node.layout = c->of;
    if (c->node.op == SP_OP_LOGSUMEXP)
        return drop_places(c, 1) ? sp_type_add(c->typing, c->node) : -1;
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
    c->node.how = c->with->how;
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

bool sp_type_function(const sp_signature *of, const char *name, sp_function *function, bool *prime)
{
    const size_t length = strcspn(name, "'");
    *prime = name[length] != '\0';
    if (name[length] && name[length + 1])
        return false;
    for (size_t f = 0; f < of->functions + of->activations; f++) {
        const size_t a = f - of->functions;
        const char *known = f < of->functions ? of->function[f].name : of->activation[a];
        *function = f < of->functions ? (sp_function)f : (sp_function)(SP_ELEMENTARY_END + a);
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return true;
    }
    return false;
}

/* f(A), f(A, B): elementwise, by name as + */
int sp_type_apply(sp_typing *typing, const sp_syntax_term *term, sp_function function, bool prime, int left, int right)
{
    const sp_layout a = typing->program->node[left].layout;
    sp_node node = {.op = SP_OP_APPLY, .operand = {left, right}, .span = term->span, .axis = -1, .layout = a,
                    .function = function, .prime = prime, .to = SP_TO_SAME};
    sp_pool *pool = typing->reporter->pool;
    const size_t wanted = function < typing->program->of->functions ? typing->program->of->function[function].arguments
                                                                   : 1;
    if ((right >= 0) != (wanted == 2)) {
        sp_report(typing->reporter, term->name, sp_pool_format(pool, wanted == 2 ? "write %s(A, B)" : "write %s(A)",
                                                               term->text),
                  "wrong number of arguments of '%s'", term->text);
        return -1;
    }
    if (right < 0)
        return sp_type_add(typing, node);
    const sp_layout b = typing->program->node[right].layout;
    if (sp_type_join(&a, &b, false, &node) == SP_FIT)
        return sp_type_add(typing, node);
    sp_report(typing->reporter, term->span, NULL, "%s: %s and %s: the two must have the same layout",
              sp_span_text(pool, term->span), sp_layout_text(pool, typing->program, &a),
              sp_layout_text(pool, typing->program, &b));
    return -1;
}

static sp_function elementary_of(const char *name)
{
    static const char *const names[] = {
#define X(id, name) name,
        SP_ELEMENTARY(X)
#undef X
    };
    sp_function f = 0;
    while (strcmp(names[f], name) != 0)
        f++;
    return SP_MAX_OWN_FUNCTIONS + f;
}

void sp_type_names(sp_typing *typing, const sp_syntax_term *term)
{
    if (term->arguments->axis.text)
        sp_type_axis(typing, term->arguments->axis);
    sp_part label;
    for (size_t i = 0; i < term->arguments->dims; i++)
        if (term->arguments->dim[i].text)
            sp_type_label(typing, term->arguments->dim[i], &label);
}

int sp_type_call(sp_typing *typing, const sp_syntax_term *term, int left, int right)
{
    call c = {.typing = typing, .term = term, .with = term->arguments};
    c.node = (sp_node){.op = term->function->op, .operand = {left, right}, .span = term->span,
                       .axis = -1, .to = SP_TO_SAME};
    if (left >= 0)
        c.of = typing->program->node[left].layout;
    if (c.with->axis.text) {
        c.node.axis = sp_type_axis(typing, c.with->axis);
        if (c.node.axis < 0)
            return -1;
    }
    switch (c.node.op) {
    case SP_OP_APPLY:
        return sp_type_apply(typing, term, elementary_of(term->text), false, left, right);
    case SP_OP_DOT:
        return type_dot(&c, right);
    case SP_OP_SUM:
    case SP_OP_MAX:
        return type_sum(&c);
    case SP_OP_RENAME:
        return type_rename(&c);
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return type_softmax(&c);
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
