/* Programs of the oracle as texts of the language: a scheme and a case. */
#include "oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(o_program *p, const char *format, ...)
{
    size_t length = strlen(p->text);
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(p->text + length, O_TEXT - length, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= O_TEXT - length)
        abort();
}

static void put_part(o_program *p, int part)
{
    const o_part *of = &p->part[part];
    put(p, "%s", o_dim_names[of->dim]);
    if (of->axes == 1)
        put(p, "/%s", p->axis_name[of->axis[0]]);
    for (int k = 0; k < of->axes && of->axes > 1; k++)
        put(p, "%s%s%s", k ? "," : "/(", p->axis_name[of->axis[k]], k + 1 == of->axes ? ")" : "");
    for (int up = part; up >= 0; up = p->part[up].parent)
        p->part[up].used = true;
}

static void put_type(o_program *p, const o_type *type)
{
    for (int k = 0; k < type->order; k++) {
        put(p, k ? ", " : "[");
        put_part(p, type->part[k]);
    }
    put(p, "]");
}

static void use_type(o_program *p, const o_type *type)
{
    for (int k = 0; k < type->order; k++)
        for (int up = type->part[k]; up >= 0; up = p->part[up].parent)
            p->part[up].used = true;
}

/* How tightly an operation binds: 1 + -, 2 @ * /, 3 unary minus, 4 ^T, 5 the rest. */
static int binding(o_op op)
{
    return op == O_ADD || op == O_SUB                        ? 1
           : op == O_PRODUCT || op == O_MUL || op == O_DIV ? 2
           : op == O_NEG                                     ? 3
           : op == O_TRANSPOSE                               ? 4
                                                             : 5;
}

static void put_expr(o_program *p, const o_expr *e, int at_least);

static void put_call(o_program *p, const char *function, const o_expr *e)
{
    static const bool has_dim[] = {
        [O_SUM] = true,   [O_ALLGATHER] = true, [O_REDUCESCATTER] = true,
        [O_SLICE] = true, [O_ALLTOALL] = true,  [O_ONLY] = false,
    };
    put(p, "%s(", function);
    put_expr(p, e->a, 1);
    if (e->b) {
        put(p, ", ");
        put_expr(p, e->b, 1);
    }
    if (has_dim[e->op])
        put(p, ", %s", o_dim_names[p->part[e->a->type.part[e->place]].dim]);
    if (e->op == O_ALLTOALL)
        put(p, ", %s", o_dim_names[p->part[e->a->type.part[e->place2]].dim]);
    if (e->op >= O_ALLREDUCE)
        put(p, ",%s%s", o_chance(p, 5) ? "\n      " : " ", p->axis_name[e->axis]);
    if (e->op == O_MEAN)
        put(p, ", mean");
    if (e->op == O_BROADCAST || e->op == O_SHIFT || e->op == O_ONLY)
        put(p, ", %lld", e->constant);
    put(p, ")");
}

static void put_expr(o_program *p, const o_expr *e, int at_least)
{
    static const char *const words[] = {
        [O_PRODUCT] = " @ ", [O_ADD] = " + ", [O_SUB] = " - ", [O_MUL] = " * ", [O_DIV] = " / ",
        [O_SIGMA] = "sigma", [O_SIGMA_PRIME] = "sigma'", [O_G] = "g", [O_G_PRIME] = "g'",
        [O_LOSS_PRIME] = "loss'", [O_STEP] = "step", [O_SUM] = "sum", [O_ALLREDUCE] = "allreduce",
        [O_MEAN] = "allreduce", [O_ALLGATHER] = "allgather", [O_REDUCESCATTER] = "reducescatter",
        [O_SLICE] = "slice", [O_ALLTOALL] = "alltoall", [O_BROADCAST] = "broadcast",
        [O_SHIFT] = "shift", [O_ONLY] = "only",
    };
    int binds = binding(e->op);
    bool brackets = binds < at_least || o_chance(p, 5);
    use_type(p, &e->type);
    if (brackets)
        put(p, "(");
    switch (e->op) {
    case O_LOAD:
        put(p, "%s", o_tensor_names[e->tensor]);
        break;
    case O_NAME:
        put(p, "%s", p->statement[e->statement].name);
        break;
    case O_NUMBER:
        put(p, "%lld", e->constant);
        break;
    case O_RANKS_ON:
        put(p, "size(%s)", p->axis_name[e->axis]);
        break;
    case O_WHOLE:
        put(p, "%s", o_dim_names[e->dim]);
        break;
    case O_COUNT:
        put(p, "count(");
        put_part(p, e->part);
        put(p, ")");
        break;
    case O_NEG:
        put(p, "-");
        put_expr(p, e->a, 3);
        break;
    case O_TRANSPOSE:
        put_expr(p, e->a, 4);
        put(p, "^T");
        break;
    case O_PRODUCT:
    case O_ADD:
    case O_SUB:
    case O_MUL:
    case O_DIV:
        put_expr(p, e->a, binds);
        put(p, "%s", words[e->op]);
        put_expr(p, e->b, binds + 1);
        break;
    default:
        put_call(p, words[e->op], e);
        break;
    }
    if (brackets)
        put(p, ")");
}

static void put_scheme(o_program *p)
{
    put(p, "scheme random\nmesh ");
    for (int x = 0; x < p->axes; x++)
        put(p, "%s%s", x ? ", " : "", p->axis_name[x]);
    for (int t = 0; t < O_TENSORS; t++) {
        put(p, "\n%s %s", t < 2 ? "input" : "param", o_tensor_names[t]);
        put_type(p, &p->tensor[t]);
    }
    put(p, "\nforward\n");
    for (int s = 0; s < p->statements; s++) {
        if (s == p->backward)
            put(p, "backward\n");
        put(p, "  %s = ", p->statement[s].name);
        put_expr(p, p->statement[s].value, 1);
        put(p, "\n");
    }
    put(p, "result ");
    bool first = true;
    for (int s = 0; s < p->statements; s++)
        if (p->statement[s].result) {
            put(p, "%s%s", first ? "" : ", ", p->statement[s].name);
            put_type(p, &p->statement[s].value->type);
            first = false;
        }
    put(p, "\n\n");
}

static void put_split(o_program *p, int index)
{
    const o_part *part = &p->part[index];
    put(p, "  split   ");
    put_part(p, index);
    put(p, " = ");
    switch (part->split) {
    case O_SIZES:
        for (int k = 0; k < part->values; k++)
            put(p, "%s%d", k ? " + " : "", part->value[k]);
        break;
    case O_EVEN:
        put(p, "even");
        break;
    case O_CHUNK:
        put(p, "chunk");
        break;
    case O_CYCLIC:
        put(p, part->block == 1 && o_chance(p, 70) ? "cyclic" : "cyclic(%d)", part->block);
        break;
    case O_OWNERS:
        for (int k = 0; k < part->values; k++)
            put(p, "%s%d", k ? "," : "[", part->value[k]);
        put(p, "]");
        break;
    case O_SPLITS:
        abort();
    }
    put(p, "\n");
}

static void put_case(o_program *p)
{
    put(p, "case random\n  dims    ");
    for (int d = 0; d < O_DIMS; d++)
        put(p, "%s%s = %d", d ? ", " : "", o_dim_names[d], p->extent[d]);
    put(p, "\n  network sigma(z) = %s, g(z) = %s, loss(a, y) = %s\n  scheme  random\n  mesh    ",
        p->sigma->text, p->g->text, p->loss->text);
    for (int x = 0; x < p->axes; x++)
        put(p, "%s%s = %d", x ? ", " : "", p->axis_name[x], p->size[x]);
    put(p, "\n");
    for (int k = 0; k < p->parts; k++)
        if (p->part[k].used && p->part[k].axes > 0 && !p->part[k].by_default)
            put_split(p, k);
    for (int t = 0; t < O_TENSORS; t++) {
        int rows = o_tensor_dims[t][1] < 0 ? 1 : p->extent[o_tensor_dims[t][0]];
        int cols = p->extent[o_tensor_dims[t][o_tensor_dims[t][1] < 0 ? 0 : 1]];
        put(p, "  %s = [", o_tensor_names[t]);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < cols; j++)
                put(p, "%s%lld", j ? ", " : i ? "; " : "", p->data[t][i][j]);
        put(p, "]\n");
    }
}

void o_write(o_program *p)
{
    p->text[0] = '\0';
    put_scheme(p);
    put_case(p);
}
