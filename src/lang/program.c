#include "lang/parts.h"

#include <string.h>

static const char *const op_names[] = {
#define X(id, spelling, operands, communicates, meaning) spelling,
    SP_OPS(X)
#undef X
};

const char *sp_op_name(sp_op op)
{
    return op_names[op];
}

/* "a, b and c" */
static const char *listed(sp_pool *pool, const char *(*name)(const sp_signature *of, size_t i), const sp_signature *of,
                          size_t count)
{
    sp_text text = sp_text_in(pool);
    for (size_t i = 0; i < count; i++)
        sp_text_format(&text, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", name(of, i));
    return sp_text_string(&text);
}

static const char *dim_name(const sp_signature *of, size_t i)
{
    return of->dim[i];
}

static const char *tensor_name(const sp_signature *of, size_t i)
{
    return of->tensor[i].name;
}

static const char *result_name(const sp_signature *of, size_t i)
{
    return of->result[i].name;
}

const char *sp_signature_dims(sp_pool *pool, const sp_signature *of)
{
    return listed(pool, dim_name, of, of->dims);
}

const char *sp_signature_tensors(sp_pool *pool, const sp_signature *of)
{
    return listed(pool, tensor_name, of, of->tensors);
}

const char *sp_signature_results(sp_pool *pool, const sp_signature *of)
{
    return listed(pool, result_name, of, of->results);
}

size_t sp_signature_tensor(const sp_signature *of, const char *name)
{
    size_t t = 0;
    while (t < of->tensors && strcmp(of->tensor[t].name, name) != 0)
        t++;
    return t;
}

size_t sp_signature_result(const sp_signature *of, const char *name)
{
    size_t r = 0;
    while (r < of->results && strcmp(of->result[r].name, name) != 0)
        r++;
    return r;
}

size_t sp_program_result(const sp_program *program, sp_result result)
{
    size_t k = 0;
    while (k < program->results && program->result[k].result != result)
        k++;
    return k;
}

void sp_layout_shape(const size_t dim[SP_MAX_DIMS], const sp_layout *whole, size_t *rows, size_t *cols)
{
    *rows = 1;
    *cols = whole->order ? dim[whole->part[whole->order - 1].dim] : 1;
    for (unsigned i = 0; i + 1 < whole->order; i++)
        *rows *= dim[whole->part[i].dim]; /* a case has no tensor of more entries than SP_LIMIT_ENTRIES */
}

double sp_layout_entries(const size_t dim[SP_MAX_DIMS], const sp_layout *whole)
{
    double entries = 1;
    for (unsigned i = 0; i < whole->order; i++)
        entries *= (double)dim[whole->part[i].dim];
    return entries;
}

sp_lines sp_layout_lines(const size_t dim[SP_MAX_DIMS], const sp_layout *whole, unsigned place)
{
    sp_lines lines = {1, dim[whole->part[place].dim], 1};
    for (unsigned i = 0; i < whole->order; i++) {
        lines.count *= i == place ? 1 : dim[whole->part[i].dim];
        lines.step *= i > place ? dim[whole->part[i].dim] : 1;
    }
    return lines;
}

double sp_node_terms(const size_t dim[SP_MAX_DIMS], const sp_node *node, const sp_layout *operand)
{
    double terms = 1;
    for (unsigned i = 0; i < operand->order; i++)
        if (node->to[0][i] >= SP_MAX_ORDER)
            terms *= (double)dim[operand->part[i].dim];
    return terms;
}

const char *sp_function_text(sp_pool *pool, const sp_signature *of, sp_function f, bool prime)
{
    static const char *const elementary[] = {
#define X(id, name) name,
        SP_ELEMENTARY(X)
#undef X
    };
    const char *name = f < of->functions           ? of->function[f].name
                       : f < SP_ELEMENTARY_END     ? elementary[f - SP_MAX_OWN_FUNCTIONS]
                                                   : of->activation[f - SP_ELEMENTARY_END];
    return prime ? sp_pool_format(pool, "%s'", name) : name;
}

bool sp_part_equal(const sp_part *a, const sp_part *b)
{
    return a->dim == b->dim && a->axes == b->axes && memcmp(a->axis, b->axis, a->axes) == 0;
}

bool sp_label_equal(const sp_part *a, const sp_part *b)
{
    return a->dim == b->dim && a->primes == b->primes;
}

bool sp_layout_equal(const sp_layout *a, const sp_layout *b)
{
    if (a->order != b->order)
        return false;
    for (unsigned i = 0; i < a->order; i++)
        if (!sp_label_equal(&a->part[i], &b->part[i]) || !sp_part_equal(&a->part[i], &b->part[i]))
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
    sp_text_add(text, program->of->dim[part->dim]);
    sp_text_add_repeated(text, "'", part->primes);
    if (part->axes == 0)
        return;
    sp_text_add(text, part->axes == 1 ? "/" : "/(");
    for (unsigned i = 0; i < part->axes; i++) {
        sp_text_add(text, i ? "," : "");
        sp_text_add(text, program->axis_name[part->axis[i]]);
    }
    sp_text_add(text, part->axes == 1 ? "" : ")");
}

const char *sp_label_text(sp_pool *pool, const sp_signature *of, const sp_part *part)
{
    sp_text text = sp_text_in(pool);
    sp_text_add(&text, of->dim[part->dim]);
    sp_text_add_repeated(&text, "'", part->primes);
    return sp_text_string(&text);
}

const char *sp_part_text(sp_pool *pool, const sp_program *program, const sp_part *part)
{
    sp_text text = sp_text_in(pool);
    add_part(&text, program, part);
    return sp_text_string(&text);
}

const char *sp_layout_text(sp_pool *pool, const sp_program *program, const sp_layout *layout)
{
    return layout->order == 0 ? "scalar" : sp_declared_text(pool, program, layout);
}

const char *sp_declared_text(sp_pool *pool, const sp_program *program, const sp_layout *layout)
{
    if (layout->order == 0)
        return "[]";
    sp_text text = sp_text_in(pool);
    for (unsigned i = 0; i < layout->order; i++) {
        sp_text_add(&text, i ? ", " : "[");
        add_part(&text, program, &layout->part[i]);
    }
    sp_text_add(&text, "]");
    return sp_text_string(&text);
}

const char *sp_assumption_text(sp_pool *pool, const sp_program *program, const sp_assumption *a)
{
    return sp_pool_format(pool, "%s %s", a->kind == SP_ASSUME_EVEN ? "even" : "nonempty",
                          sp_part_text(pool, program, &a->part));
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
    for (size_t t = 0; t < program->of->tensors; t++)
        if (program->declared[t])
            note_layout(&list, &program->tensor_layout[t]);
    for (size_t i = 0; i < program->nodes; i++) {
        note_layout(&list, &program->node[i].layout);
        if (program->node[i].op == SP_OP_OWNED)
            note_part(&list, &program->node[i].part);
    }
    for (size_t i = 0; i < program->results; i++)
        note_layout(&list, &program->result[i].declared);
    for (size_t i = 0; i < program->assumptions; i++)
        note_part(&list, &program->assumption[i].part);
    sp_pool_free(pool, list.slot);
    *parts = list.part;
    return list.count;
}
