/* The static rules of operators, and names inside schemes. The rules of functions are in
 * typing_call.c.
 *
 * A scalar is broadcast to every entry by + and -, on either side, as by *; a vector to every row
 * by + and -, on either side. Only a scalar divides. An axis may split two dimensions of a
 * computed value ([N/tp, Dh/tp] is what a rank has of a product), not of a declared tensor or
 * result: no rank would hold the blocks off the diagonal. */
#include "lang/check.h"

#include <string.h>

int sp_type_add(sp_typing *typing, sp_node node)
{
    sp_program *program = typing->program;
    program->node = sp_pool_grow(typing->reporter->pool, program->node, &typing->node_room,
                                 program->nodes + 1, sizeof node);
    program->node[program->nodes] = node;
    return (int)program->nodes++;
}

int sp_type_axis(sp_typing *typing, sp_name name)
{
    sp_program *program = typing->program;
    for (size_t i = 0; i < program->axes; i++)
        if (strcmp(program->axis_name[i], name.text) == 0)
            return (int)i;
    const char *first = program->axes > 1 ? "the axes are " : "the axis is ";
    sp_text axes = sp_text_in(typing->reporter->pool);
    for (size_t i = 0; i < program->axes; i++)
        sp_text_format(&axes, "%s%s", i ? ", " : first, program->axis_name[i]);
    const char *hint = program->axes ? sp_text_string(&axes) : "the scheme has no mesh";
    sp_report(typing->reporter, name.span,
              sp_hint_nearest(typing->reporter, name.text, program->axis_name, program->axes,
                              hint),
              "unknown axis '%s'", name.text);
    return -1;
}

int sp_type_dim(sp_typing *typing, sp_name name)
{
    const char *known[SP_DIM_COUNT];
    for (int dim = 0; dim < SP_DIM_COUNT; dim++) {
        known[dim] = sp_dim_name((sp_dim)dim);
        if (strcmp(known[dim], name.text) == 0)
            return dim;
    }
    sp_report(typing->reporter, name.span,
              sp_hint_nearest(typing->reporter, name.text, known, SP_DIM_COUNT,
                              "the dimensions are N, Din, Dh and Dout"),
              "unknown dimension '%s'", name.text);
    return -1;
}

bool sp_type_part(sp_typing *typing, const sp_dimref *ref, sp_part *part)
{
    memset(part, 0, sizeof *part);
    int dim = sp_type_dim(typing, ref->dim);
    bool good = dim >= 0;
    part->dim = good ? (sp_dim)dim : SP_DIM_N;
    for (size_t i = 0; i < ref->axes; i++) {
        int axis = sp_type_axis(typing, ref->axis[i]);
        if (axis >= 0 && sp_part_uses_axis(part, axis)) {
            sp_report(typing->reporter, ref->axis[i].span, NULL, "%s is split over %s twice",
                      ref->dim.text, ref->axis[i].text);
            axis = -1;
        }
        if (axis >= 0)
            part->axis[part->axes++] = (uint8_t)axis;
        good = good && axis >= 0;
    }
    return good;
}

/* An operation with two operands, as diagnostics need it. */
typedef struct binary {
    sp_typing *typing;
    const sp_term *term;
    const sp_layout *left, *right;
    const char *sign;
} binary;

/* "A1 @ W2: [N, Dh/tp] @ [Dh, Dout]: PROBLEM" */
static int misfit(const binary *b, const char *hint, const char *problem)
{
    sp_pool *pool = b->typing->reporter->pool;
    const sp_program *program = b->typing->program;
    sp_report(b->typing->reporter, b->term->span, hint, "%s: %s %s %s: %s",
              sp_span_text(pool, b->term->span), sp_layout_text(pool, program, b->left), b->sign,
              sp_layout_text(pool, program, b->right), problem);
    return -1;
}

static const char *part_text(const binary *b, const sp_part *part)
{
    return sp_part_text(b->typing->reporter->pool, b->typing->program, part);
}

/* What would make two different splits of one dimension fit; NULL if nothing simple does. */
static const char *split_hint(const binary *b, const sp_part *a, const sp_part *c)
{
    const sp_part *more = a->axes > c->axes ? a : c, *less = a->axes > c->axes ? c : a;
    if (more->axes != less->axes + 1 || memcmp(more->axis, less->axis, less->axes) != 0)
        return NULL;
    const char *axis = b->typing->program->axis_name[more->axis[more->axes - 1]];
    const char *dim = sp_dim_name(more->dim), *whole = part_text(b, less);
    return sp_pool_format(b->typing->reporter->pool,
                          "allgather(..., %s, %s) turns %s into %s, slice(..., %s, %s) the other "
                          "way round",
                          dim, axis, part_text(b, more), whole, dim, axis);
}

/* [a,k] @ [k,b] -> [a,b] */
static int type_product(const binary *b, sp_node node)
{
    if (b->left->order != 2 || b->right->order != 2)
        return misfit(b,
                      b->left->order == 0 || b->right->order == 0
                          ? "a product with a scalar is written A * s"
                          : NULL,
                      "a matrix product takes two matrices");
    const sp_part *inner = &b->left->part[1], *other = &b->right->part[0];
    if (!sp_part_equal(inner, other)) {
        bool same = inner->dim == other->dim;
        sp_pool *pool = b->typing->reporter->pool;
        const char *hint = same ? split_hint(b, inner, other) : NULL;
        bool left = sp_part_equal(&b->left->part[0], other);
        bool right = sp_part_equal(inner, &b->right->part[1]);
        if (left || right)
            hint = left ? "the transpose of the left side would fit: A^T @ B"
                        : "the transpose of the right side would fit: A @ B^T";
        return misfit(b, hint,
                      sp_pool_format(pool,
                                     same ? "the inner dimensions %s and %s are not the same split"
                                          : "the inner dimensions %s and %s differ",
                                     part_text(b, inner), part_text(b, other)));
    }
    node.layout = *b->left;
    node.layout.part[1] = b->right->part[1];
    return sp_type_add(b->typing, node);
}

/* Why two layouts are not one: for the message. */
static int misfit_elementwise(const binary *b)
{
    const sp_layout *l = b->left, *r = b->right;
    const char *hint = NULL;
    bool dims = l->order == r->order;
    for (unsigned i = 0; dims && i < l->order; i++) {
        dims = l->part[i].dim == r->part[i].dim;
        if (dims && !hint && !sp_part_equal(&l->part[i], &r->part[i]))
            hint = split_hint(b, &l->part[i], &r->part[i]);
    }
    if (!dims && l->order == 2 && r->order == 2 && sp_part_equal(&l->part[0], &r->part[1]) &&
        sp_part_equal(&l->part[1], &r->part[0]))
        hint = "the transpose of one side would fit: A^T";
    if (l->order + r->order == 3) {
        const sp_part *row = l->order == 1 ? &l->part[0] : &r->part[0];
        const sp_part *last = l->order == 2 ? &l->part[1] : &r->part[1];
        if (b->term->kind == SP_TERM_MUL)
            return misfit(b, NULL, "a vector and a matrix cannot be multiplied elementwise");
        if (row->dim == last->dim)
            hint = split_hint(b, row, last);
        return misfit(b, hint,
                      sp_pool_format(b->typing->reporter->pool,
                                     "a row of the matrix is [%s], not [%s]", part_text(b, last),
                                     part_text(b, row)));
    }
    return misfit(b, hint, dims ? "the splits differ" : "the dimensions differ");
}

/* equal layouts, or a scalar, or (not for *) a vector to every row */
static int type_elementwise(const binary *b, sp_node node)
{
    const sp_layout *small = b->left->order < b->right->order ? b->left : b->right;
    const sp_layout *large = small == b->left ? b->right : b->left;
    bool row = node.op != SP_OP_MUL && small->order == 1 && large->order == 2 &&
               sp_part_equal(&small->part[0], &large->part[1]);
    if (small->order != 0 && !row && !sp_layout_equal(small, large))
        return misfit_elementwise(b);
    node.layout = *large;
    return sp_type_add(b->typing, node);
}

static int type_unary(sp_typing *typing, const sp_term *term, sp_node node, const sp_layout *of)
{
    node.layout = *of;
    if (node.op == SP_OP_TRANSPOSE) {
        if (of->order != 2) {
            sp_report(typing->reporter, term->span, NULL,
                      "%s: only a matrix has a transpose, not a %s",
                      sp_span_text(typing->reporter->pool, term->span),
                      of->order == 1 ? "vector" : "scalar");
            return -1;
        }
        node.layout.part[0] = of->part[1];
        node.layout.part[1] = of->part[0];
    }
    return sp_type_add(typing, node);
}

int sp_type_operation(sp_typing *typing, const sp_term *term, int left, int right)
{
    static const struct { sp_term_kind kind; sp_op op; } ops[] = {
        {SP_TERM_NEGATE, SP_OP_NEG}, {SP_TERM_TRANSPOSE, SP_OP_TRANSPOSE},
        {SP_TERM_PRODUCT, SP_OP_PRODUCT}, {SP_TERM_ADD, SP_OP_ADD}, {SP_TERM_SUB, SP_OP_SUB},
        {SP_TERM_MUL, SP_OP_MUL}, {SP_TERM_DIV, SP_OP_DIV},
    };
    size_t i = 0;
    while (ops[i].kind != term->kind)
        i++;
    sp_node node = {.op = ops[i].op, .operand = {left, right}, .span = term->span, .axis = -1};
    sp_layout a = typing->program->node[left].layout;
    if (right < 0)
        return type_unary(typing, term, node, &a);
    sp_layout c = typing->program->node[right].layout;
    binary b = {typing, term, &a, &c, sp_op_name(node.op)};
    switch (node.op) {
    case SP_OP_PRODUCT:
        return type_product(&b, node);
    case SP_OP_DIV:
        if (c.order != 0)
            return misfit(&b, NULL, "only a scalar can divide");
        node.layout = a;
        return sp_type_add(typing, node);
    default:
        return type_elementwise(&b, node);
    }
}
