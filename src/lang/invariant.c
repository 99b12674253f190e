#include "lang/invariant.h"

static const struct {
    const char *name;
    int operands;
    bool communicates;
} ops[] = {
#define X(id, spelling, operands, communicates, meaning) {#id, operands, communicates},
    SP_OPS(X)
#undef X
};

/* ---- layouts ---- */

static bool is_part(const sp_program *p, const sp_part *part)
{
    unsigned seen = 0;
    if (part->dim >= p->of->dims || part->axes > p->axes)
        return false;
    for (unsigned i = 0; i < part->axes; i++) {
        if (part->axis[i] >= p->axes || seen >> part->axis[i] & 1U)
            return false;
        seen |= 1U << part->axis[i];
    }
    return true;
}

static bool is_layout(const sp_program *p, const sp_layout *layout)
{
    if (layout->order > SP_MAX_ORDER)
        return false;
    for (unsigned i = 0; i < layout->order; i++)
        if (!is_part(p, &layout->part[i]))
            return false;
    return true;
}

/* ---- operations ---- */

static bool has_operands(const sp_node *n, int at)
{
    const int least = n->op == SP_OP_APPLY ? 1 : ops[n->op].operands;
    for (int i = 0; i < 2; i++) {
        if (n->operand[i] < -1 || n->operand[i] >= at)
            return false;
        if ((i < least && n->operand[i] < 0) || (i >= ops[n->op].operands && n->operand[i] >= 0))
            return false;
    }
    return true;
}

static bool is_by_name(sp_op op)
{
    return op == SP_OP_ADD || op == SP_OP_SUB || op == SP_OP_MUL || op == SP_OP_DIV;
}

/* By name: every part of an operand has its place in the value, with the same split. */
static bool parts_have_places(const sp_program *p, const sp_node *n)
{
    for (int i = 0; i < 2; i++) {
        const sp_layout *of = &p->node[n->operand[i]].layout;
        for (unsigned k = 0; k < of->order; k++)
            if (n->to[i][k] >= n->layout.order || !sp_part_equal(&of->part[k], &n->layout.part[n->to[i][k]]))
                return false;
    }
    return true;
}

/* Operations whose value is laid out as their operand is. */
static bool keeps_layout(sp_op op)
{
    return op == SP_OP_NEG || op == SP_OP_ALLREDUCE || op == SP_OP_BROADCAST || op == SP_OP_SHIFT || op == SP_OP_ONLY;
}

static bool names_axis(sp_op op)
{
    return ops[op].communicates || op == SP_OP_RANKS || op == SP_OP_SLICE || op == SP_OP_ONLY;
}

static bool names_things(const sp_program *p, const sp_node *n)
{
    if (names_axis(n->op) && (n->axis < 0 || (size_t)n->axis >= p->axes))
        return false;
    if ((n->op == SP_OP_BROADCAST || n->op == SP_OP_ONLY) && n->constant < 0)
        return false;
    switch (n->op) {
    case SP_OP_LOAD:
        return n->tensor < p->of->tensors && p->declared[n->tensor] &&
               sp_layout_equal(&n->layout, &p->tensor_layout[n->tensor]);
    case SP_OP_EXTENT: return n->dim < p->of->dims;
    case SP_OP_OWNED: return is_part(p, &n->part);
    case SP_OP_APPLY: return n->function < p->of->functions || n->function >= SP_MAX_OWN_FUNCTIONS;
    default: return true;
    }
}

static const char *fault_of_node(const sp_program *p, int at)
{
    const sp_node *n = &p->node[at];
    if (n->op >= SP_OP_COUNT)
        return "it is no operation";
    if (!has_operands(n, at))
        return "an operand is missing, or not earlier than it";
    if (!is_layout(p, &n->layout))
        return "its layout has a dimension or an axis that is not there";
    if (!names_things(p, n))
        return "it names a tensor, dimension, function or axis that is not there";
    if (is_by_name(n->op) && !parts_have_places(p, n))
        return "a part of an operand is not in its value";
    if (keeps_layout(n->op) && !sp_layout_equal(&n->layout, &p->node[n->operand[0]].layout))
        return "its layout is not its operand's";
    return NULL;
}

/* ---- the program ---- */

static bool is_node(const sp_program *p, int node)
{
    return node >= 0 && (size_t)node < p->nodes;
}

/* Of a statement, or that with its dimensions in another order. */
static bool is_result(const sp_program *p, const sp_result_decl *d)
{
    return d->result < p->of->results && is_node(p, d->node) && is_layout(p, &d->declared) && d->sum_axis >= -1 &&
           d->sum_axis < (int)p->axes;
}

const char *sp_program_fault(sp_pool *pool, const sp_program *p)
{
    for (size_t i = 0; i < p->nodes; i++) {
        const char *fault = fault_of_node(p, (int)i);
        if (fault)
            return sp_pool_format(pool, "operation %zu of %s: %s", i, p->name, fault);
    }
    for (size_t s = 0; s < p->statements; s++)
        if (!is_node(p, p->statement[s].node))
            return sp_pool_format(pool, "statement %s of %s has no operation", p->statement[s].name, p->name);
    for (size_t k = 0; k < p->results; k++)
        if (!is_result(p, &p->result[k]))
            return sp_pool_format(pool, "result %zu of %s is declared of nothing", k, p->name);
    return NULL;
}

/* ---- as text ---- */

static void dump_names(sp_text *out, const sp_program *p, const sp_node *n)
{
    if (n->op == SP_OP_LOAD)
        sp_text_format(out, " %s", p->of->tensor[n->tensor].name);
    if (n->op == SP_OP_NUMBER)
        sp_text_format(out, " %s", n->number_text);
    if (n->op == SP_OP_EXTENT)
        sp_text_format(out, " %s", p->of->dim[n->dim]);
    if (n->op == SP_OP_OWNED)
        sp_text_format(out, " %s", sp_part_text(out->pool, p, &n->part));
    if (n->op == SP_OP_APPLY)
        sp_text_format(out, " %s", sp_function_text(out->pool, p->of, n->function, n->prime));
    if (names_axis(n->op))
        sp_text_format(out, " %s", p->axis_name[n->axis]);
    if (n->op == SP_OP_BROADCAST || n->op == SP_OP_ONLY || n->op == SP_OP_SHIFT)
        sp_text_format(out, " %ld", n->constant);
}

static void dump_node(sp_text *out, const sp_program *p, size_t at)
{
    const sp_node *n = &p->node[at];
    sp_text_format(out, "%4zu  %s", at, ops[n->op].name);
    dump_names(out, p, n);
    for (int i = 0; i < 2; i++)
        if (n->operand[i] >= 0)
            sp_text_format(out, " #%d", n->operand[i]);
    sp_text_format(out, "  %s\n", sp_declared_text(out->pool, p, &n->layout));
}

void sp_program_dump(sp_text *out, const sp_program *p)
{
    sp_text_format(out, "program %s of %s, mesh", p->name, p->of->name);
    for (size_t a = 0; a < p->axes; a++)
        sp_text_format(out, "%s %s", a ? "," : "", p->axis_name[a]);
    sp_text_add(out, "\n");
    for (size_t i = 0; i < p->nodes; i++)
        dump_node(out, p, i);
    for (size_t s = 0; s < p->statements; s++)
        sp_text_format(out, "%s = #%d\n", p->statement[s].name, p->statement[s].node);
    for (size_t k = 0; k < p->results; k++) {
        const sp_result_decl *d = &p->result[k];
        sp_text_format(out, "result %s%s = #%d", p->of->result[d->result].name,
                       sp_declared_text(out->pool, p, &d->declared), d->node);
        if (d->sum_axis >= 0)
            sp_text_format(out, " sum %s", p->axis_name[d->sum_axis]);
        sp_text_add(out, "\n");
    }
}
