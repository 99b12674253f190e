#include "lang/parts.h"

#include <string.h>

static const char *const dim_names[] = {
#define X(id, name, meaning) name,
    SP_DIMS(X)
#undef X
};

typedef struct named_shape {
    const char *name;
    sp_dim first, second;
} named_shape;

static const named_shape tensors[] = {
#define X(id, name, first, second, kind) {name, SP_DIM_##first, SP_DIM_##second},
    SP_TENSORS(X)
#undef X
};

static const named_shape results[] = {
#define X(id, name, first, second, meaning) {name, SP_DIM_##first, SP_DIM_##second},
    SP_RESULTS(X)
#undef X
};

static const char *const op_names[] = {
#define X(id, spelling, operands, communicates, meaning) spelling,
    SP_OPS(X)
#undef X
};

const char *sp_dim_name(sp_dim dim)
{
    return dim_names[dim];
}

const char *sp_tensor_name(sp_tensor tensor)
{
    return tensors[tensor].name;
}

const char *sp_result_name(sp_result result)
{
    return results[result].name;
}

const char *sp_op_name(sp_op op)
{
    return op_names[op];
}

static sp_layout whole(named_shape shape)
{
    sp_layout layout;
    memset(&layout, 0, sizeof layout); /* equal layouts have equal bytes */
    layout.order = shape.second == SP_DIM_COUNT ? 1 : 2;
    layout.part[0].dim = shape.first;
    if (layout.order == 2)
        layout.part[1].dim = shape.second;
    return layout;
}

sp_layout sp_tensor_whole(sp_tensor tensor)
{
    return whole(tensors[tensor]);
}

sp_layout sp_result_whole(sp_result result)
{
    return whole(results[result]);
}

bool sp_part_equal(const sp_part *a, const sp_part *b)
{
    return a->dim == b->dim && a->axes == b->axes && memcmp(a->axis, b->axis, a->axes) == 0;
}

bool sp_layout_equal(const sp_layout *a, const sp_layout *b)
{
    if (a->order != b->order)
        return false;
    for (unsigned i = 0; i < a->order; i++)
        if (!sp_part_equal(&a->part[i], &b->part[i]))
            return false;
    return true;
}

bool sp_part_uses_axis(const sp_part *part, int axis)
{
    for (unsigned i = 0; i < part->axes; i++)
        if (part->axis[i] == axis)
            return true;
    return false;
}

bool sp_layout_uses_axis(const sp_layout *layout, int axis)
{
    for (unsigned i = 0; i < layout->order; i++)
        if (sp_part_uses_axis(&layout->part[i], axis))
            return true;
    return false;
}

static void add_part(sp_text *text, const sp_program *program, const sp_part *part)
{
    sp_text_add(text, dim_names[part->dim]);
    if (part->axes == 0)
        return;
    sp_text_add(text, part->axes == 1 ? "/" : "/(");
    for (unsigned i = 0; i < part->axes; i++) {
        sp_text_add(text, i ? "," : "");
        sp_text_add(text, program->axis_name[part->axis[i]]);
    }
    sp_text_add(text, part->axes == 1 ? "" : ")");
}

const char *sp_part_text(sp_pool *pool, const sp_program *program, const sp_part *part)
{
    sp_text text = sp_text_in(pool);
    add_part(&text, program, part);
    return sp_text_string(&text);
}

const char *sp_layout_text(sp_pool *pool, const sp_program *program, const sp_layout *layout)
{
    if (layout->order == 0)
        return "scalar";
    sp_text text = sp_text_in(pool);
    for (unsigned i = 0; i < layout->order; i++) {
        sp_text_add(&text, i ? ", " : "[");
        add_part(&text, program, &layout->part[i]);
    }
    sp_text_add(&text, "]");
    return sp_text_string(&text);
}

/* Adds part, and before it those of its prefixes that are not there yet. */
static void note_part(sp_parts *list, const sp_part *part)
{
    if (part->axes == 0 || sp_parts_find(list, part) < list->count)
        return;
    sp_part prefix;
    memset(&prefix, 0, sizeof prefix);
    prefix.dim = part->dim;
    for (unsigned i = 0; i < part->axes; i++) {
        prefix.axis[prefix.axes++] = part->axis[i];
        if (sp_parts_find(list, &prefix) == list->count)
            sp_parts_add(list, &prefix);
    }
}

static void note_layout(sp_parts *list, const sp_layout *layout)
{
    for (unsigned i = 0; i < layout->order; i++)
        note_part(list, &layout->part[i]);
}

size_t sp_program_parts(const sp_program *program, sp_pool *pool, sp_part **parts)
{
    sp_parts list = {.pool = pool};
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        if (program->declared[t])
            note_layout(&list, &program->tensor_layout[t]);
    for (size_t i = 0; i < program->nodes; i++) {
        note_layout(&list, &program->node[i].layout);
        if (program->node[i].op == SP_OP_OWNED)
            note_part(&list, &program->node[i].part);
    }
    for (size_t i = 0; i < program->results; i++)
        note_layout(&list, &program->result[i].declared);
    sp_pool_free(pool, list.slot);
    *parts = list.part;
    return list.count;
}
