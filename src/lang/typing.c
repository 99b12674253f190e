/* The static rules of operators, and names inside schemes. The rules of functions are in typing_call.c.
 *
 * Dimensions go by name: + and - repeat the side whose dimensions are among those of the other, * and / have the
 * dimensions of both sides. A dimension that both have is split alike. An axis may split two dimensions of a
 * computed value ([N/tp, Dh/tp] is what a rank has of a product), not of a declared tensor or result: no rank
 * would hold the blocks off the diagonal. A value that has a label twice (X @ X^T) is added and multiplied by
 * place. */
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

bool sp_type_label(sp_typing *typing, sp_name name, sp_part *label)
{
    const sp_signature *of = typing->program->of;
    const size_t length = strcspn(name.text, "'"), primes = strlen(name.text) - length;
    const char *base = primes ? sp_pool_copy(typing->reporter->pool, name.text, length) : name.text;
    memset(label, 0, sizeof *label);
    label->primes = (uint8_t)(primes < UINT8_MAX ? primes : UINT8_MAX);
    for (size_t dim = 0; dim < of->dims; dim++)
        if (strcmp(of->dim[dim], base) == 0) {
            label->dim = (sp_dim)dim; /* below SP_MAX_DIMS */
            if (primes < UINT8_MAX)
                return true;
            sp_report(typing->reporter, name.span, NULL, "too many primes (limit %d)", UINT8_MAX - 1);
            return false;
        }
    sp_report(typing->reporter, name.span,
              sp_hint_nearest(typing->reporter, base, of->dim, of->dims,
                              sp_pool_format(typing->reporter->pool, "the dimensions are %s",
                                             sp_signature_dims(typing->reporter->pool, of))),
              "unknown dimension '%s'", base);
    return false;
}

bool sp_type_part(sp_typing *typing, const sp_dimref *ref, sp_part *part)
{
    bool good = sp_type_label(typing, ref->dim, part);
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
    const sp_syntax_term *term;
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
    const char *dim = sp_label_text(b->typing->reporter->pool, b->typing->program->of, more);
    const char *whole = part_text(b, less);
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
    if (!sp_part_equal(inner, other) || inner->primes != other->primes) {
        bool same = sp_label_equal(inner, other);
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
    node.to[0][1] = node.to[1][0] = SP_MAX_ORDER;
    node.to[1][1] = 1;
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
    bool named = true; /* the dimensions of one side are among those of the other: the splits differ */
    const sp_layout *small = l->order < r->order ? l : r, *large = small == l ? r : l;
    for (unsigned i = 0; i < small->order; i++) {
        const int place = sp_place_of(large, &small->part[i]);
        named = named && place >= 0;
        if (place >= 0 && !hint && !sp_part_equal(&large->part[place], &small->part[i]))
            hint = split_hint(b, &small->part[i], &large->part[place]);
    }
    dims = dims || (named && small->order > 1);
    if (l->order + r->order == 3) {
        const sp_part *row = l->order == 1 ? &l->part[0] : &r->part[0];
        const sp_part *last = l->order == 2 ? &l->part[1] : &r->part[1];
        if (row->dim == last->dim)
            hint = split_hint(b, row, last);
        return misfit(b, hint,
                      sp_pool_format(b->typing->reporter->pool,
                                     "a row of the matrix is [%s], not [%s]", part_text(b, last),
                                     part_text(b, row)));
    }
    if (!hint && !dims && (l->order > 2 || r->order > 2))
        hint = "the dimensions of one side must be among those of the other";
    return misfit(b, hint, dims ? "the splits differ" : "the dimensions differ");
}

int sp_place_of(const sp_layout *layout, const sp_part *label)
{
    for (int i = 0; i < layout->order; i++)
        if (sp_label_equal(&layout->part[i], label))
            return i;
    return -1;
}

static bool has_twice(const sp_layout *layout)
{
    for (int i = 0; i < layout->order; i++)
        if (sp_place_of(layout, &layout->part[i]) < i)
            return true;
    return false;
}

sp_fit sp_type_join(const sp_layout *a, const sp_layout *b, bool both, sp_node *node)
{
    const bool larger = b->order > a->order && !both; /* the value is written as the larger side is */
    const sp_layout *first = larger ? b : a, *second = larger ? a : b;
    uint8_t *to = node->to[larger ? 0 : 1];
    node->layout = *first;
    for (unsigned i = 0; i < SP_MAX_ORDER; i++)
        node->to[larger ? 1 : 0][i] = to[i] = (uint8_t)i;
    if (has_twice(a) || has_twice(b)) {
        if (both && a->order == 0) {
            node->layout = *b;
            return SP_FIT;
        }
        return second->order == 0 || sp_layout_equal(a, b) ? SP_FIT : SP_FIT_LABELS;
    }
    for (unsigned i = 0; i < second->order; i++) {
        int place = sp_place_of(&node->layout, &second->part[i]);
        if (place >= 0 && !sp_part_equal(&node->layout.part[place], &second->part[i]))
            return SP_FIT_SPLITS;
        if (place < 0 && !both)
            return SP_FIT_LABELS;
        if (place < 0 && node->layout.order == SP_MAX_ORDER)
            return SP_FIT_ORDER;
        if (place < 0)
            node->layout.part[place = node->layout.order++] = second->part[i];
        to[i] = (uint8_t)place; /* below SP_MAX_ORDER */
    }
    return SP_FIT;
}

static int type_elementwise(const binary *b, sp_node node)
{
    const bool both = node.op == SP_OP_MUL || node.op == SP_OP_DIV;
    switch (sp_type_join(b->left, b->right, both, &node)) {
    case SP_FIT:
        return sp_type_add(b->typing, node);
    case SP_FIT_ORDER:
        return misfit(b, NULL, sp_pool_format(b->typing->reporter->pool, "the value has too many dimensions (limit %d)",
                                              SP_MAX_ORDER));
    case SP_FIT_LABELS:
    case SP_FIT_SPLITS:
        break;
    }
    return misfit_elementwise(b);
}

static int type_unary(sp_typing *typing, const sp_syntax_term *term, sp_node node, const sp_layout *of)
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
        node.to[0][0] = 1;
        node.to[0][1] = 0;
    }
    return sp_type_add(typing, node);
}

int sp_type_operation(sp_typing *typing, const sp_syntax_term *term, int left, int right)
{
    static const struct { sp_term_kind kind; sp_op op; } ops[] = {
        {SP_TERM_NEGATE, SP_OP_NEG}, {SP_TERM_TRANSPOSE, SP_OP_TRANSPOSE},
        {SP_TERM_PRODUCT, SP_OP_PRODUCT}, {SP_TERM_ADD, SP_OP_ADD}, {SP_TERM_SUB, SP_OP_SUB},
        {SP_TERM_MUL, SP_OP_MUL}, {SP_TERM_DIV, SP_OP_DIV},
    };
    size_t i = 0;
    while (ops[i].kind != term->kind)
        i++;
    sp_node node = {.op = ops[i].op, .operand = {left, right}, .span = term->span, .axis = -1, .to = SP_TO_SAME};
    sp_layout a = typing->program->node[left].layout;
    if (right < 0)
        return type_unary(typing, term, node, &a);
    sp_layout c = typing->program->node[right].layout;
    binary b = {typing, term, &a, &c, sp_op_name(node.op)};
    return node.op == SP_OP_PRODUCT ? type_product(&b, node) : type_elementwise(&b, node);
}
