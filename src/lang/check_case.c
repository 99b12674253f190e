/* Cases: from the fields, with their sets, to one checked case for each combination. */
#include "lang/check.h"

#include <string.h>

/* A scheme that the case names, and which field splits which of its parts. */
typedef struct target {
    const sp_program *program; /* NULL: it has errors */
    sp_part *part;
    const sp_slot **slot; /* for each part; NULL: the default */
    size_t parts;
    size_t inexact; /* literals that were rounded */
    uint16_t products; /* bit 4 a + b: some value is dimension a by dimension b */
} target;

typedef struct expansion {
    sp_case_context *context;
    sp_reporter *reporter;
    sp_pool *pool;
    const sp_case_syntax *syntax;
    target *target; /* for each choice of the scheme */
    const sp_slot *scheme;
    size_t *chosen; /* for each slot */
    bool told_ranks, told_entries, told_shape[SP_TENSOR_COUNT]; /* once for all combinations */
} expansion;

static const sp_slot *find_slot(const sp_case_syntax *syntax, sp_slot_kind kind, size_t index)
{
    for (size_t i = 0; i < syntax->slots; i++)
        if (syntax->slot[i].kind == kind && syntax->slot[i].index == index)
            return &syntax->slot[i];
    return NULL;
}

static const sp_choice *chosen(const expansion *e, const sp_slot *slot)
{
    return &slot->choice[e->chosen[slot - e->syntax->slot]];
}

/* --- what holds for all combinations --- */

static void check_required(expansion *e)
{
    if (e->syntax->broken) /* the line may be the one with the error */
        return;
    sp_text missing = sp_text_in(e->pool);
    for (int dim = 0; dim < SP_DIM_COUNT; dim++)
        if (!find_slot(e->syntax, SP_SLOT_DIM, (size_t)dim))
            sp_text_format(&missing, "%s%s", missing.length ? ", " : "", sp_dim_name((sp_dim)dim));
    if (missing.length)
        sp_report(e->reporter, e->syntax->name.span,
                  "for example: dims N = 5, Din = 4, Dh = 6, Dout = 2",
                  "case %s does not give the dimensions %s", e->syntax->name.text,
                  sp_text_string(&missing));
    if (!e->scheme)
        sp_report(e->reporter, e->syntax->name.span, "for example: scheme megatron",
                  "case %s names no scheme", e->syntax->name.text);
}

static bool has_slot_of_axis(const expansion *e, const char *axis)
{
    for (size_t i = 0; i < e->syntax->slots; i++)
        if (e->syntax->slot[i].kind == SP_SLOT_AXIS && strcmp(e->syntax->slot[i].label, axis) == 0)
            return true;
    return false;
}

static size_t axis_of(const sp_program *program, const char *name)
{
    size_t axis = 0;
    while (axis < program->axes && strcmp(program->axis_name[axis], name) != 0)
        axis++;
    return axis;
}

static void check_axes(expansion *e, const target *t, const sp_choice *scheme)
{
    const sp_program *program = t->program;
    for (size_t i = 0; i < e->syntax->slots; i++) {
        const sp_slot *slot = &e->syntax->slot[i];
        if (slot->kind != SP_SLOT_AXIS || axis_of(program, slot->label) < program->axes)
            continue;
        sp_report(
            e->reporter, slot->key,
            sp_hint_nearest(e->reporter, slot->label, program->axis_name, program->axes, NULL),
            program->axes ? "scheme %s has no axis '%s'" : "scheme %s has no mesh, so no '%s'",
            program->name, slot->label);
    }
    for (size_t axis = 0; axis < program->axes && !e->syntax->broken; axis++)
        if (!has_slot_of_axis(e, program->axis_name[axis]))
            sp_report(e->reporter, scheme->span,
                      sp_pool_format(e->pool, "for example: mesh %s = 2", program->axis_name[axis]),
                      "case %s does not say how many ranks axis %s of scheme %s has",
                      e->syntax->name.text, program->axis_name[axis], program->name);
}

/* The part that a split names, in the words of a program; false after a diagnostic. */
static bool resolve_part(expansion *e, const sp_program *program, const sp_dimref *ref,
                         sp_part *part)
{
    sp_program words = *program; /* sp_type_part only reads the axes */
    sp_typing typing = {.reporter = e->reporter, .program = &words};
    return sp_type_part(&typing, ref, part);
}

static void check_splits(expansion *e, target *t)
{
    for (size_t i = 0; i < e->syntax->slots; i++) {
        const sp_slot *slot = &e->syntax->slot[i];
        sp_part part;
        if (slot->kind != SP_SLOT_SPLIT || !resolve_part(e, t->program, &slot->part, &part))
            continue;
        size_t at = 0;
        while (at < t->parts && !sp_part_equal(&t->part[at], &part))
            at++;
        if (part.axes == 0) {
            sp_report(e->reporter, slot->key, "a split is written Dh/tp = 3 + 3",
                      "'%s' names no axis", slot->label);
        } else if (at == t->parts) {
            sp_text axes = sp_text_in(e->pool);
            for (unsigned k = 0; k < part.axes; k++)
                sp_text_format(&axes, "%s%s", k ? ", then " : "",
                               t->program->axis_name[part.axis[k]]);
            sp_report(e->reporter, slot->key, NULL, "scheme %s does not split %s over %s",
                      t->program->name, sp_dim_name(part.dim), sp_text_string(&axes));
        } else {
            t->slot[at] = slot;
        }
    }
}

static void check_expected(expansion *e, const sp_program *program)
{
    for (size_t i = 0; i < e->syntax->expects; i++) {
        sp_name name = e->syntax->expect[i];
        bool found = false;
        const char *known[SP_RESULT_COUNT];
        for (size_t k = 0; k < program->results; k++) {
            known[k] = sp_result_name(program->result[k].result);
            found = found || strcmp(known[k], name.text) == 0;
        }
        for (int r = 0; r < SP_RESULT_COUNT && !found; r++)
            if (strcmp(sp_result_name((sp_result)r), name.text) == 0) /* others: reported already */
                sp_report(e->reporter, name.span, NULL, "scheme %s has no result %s",
                          program->name, name.text);
    }
}

/* What a program needs of the sizes, found once for all combinations. */
static void study_program(expansion *e, target *t)
{
    const sp_program *program = t->program;
    t->parts = sp_program_parts(program, e->pool, &t->part);
    t->slot = SP_NEW_ARRAY(e->pool, const sp_slot *, t->parts);
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *node = &program->node[i];
        bool exact = true;
        double value;
        if (node->op == SP_OP_NUMBER &&
            sp_literal_read(node->number_text, strlen(node->number_text), &value, &exact))
            t->inexact += !exact;
        if (node->layout.order == 2)
            t->products |=
                (uint16_t)(1u << (4 * node->layout.part[0].dim + node->layout.part[1].dim));
    }
}

static void check_targets(expansion *e)
{
    size_t count = e->scheme ? e->scheme->choices : 0;
    e->target = SP_NEW_ARRAY(e->pool, target, count);
    for (size_t i = 0; i < count && e->reporter->errors < SP_LIMIT_ERRORS; i++) {
        target *t = &e->target[i];
        t->program = e->context->scheme(e->context->argument, &e->scheme->choice[i]);
        if (!t->program)
            continue;
        study_program(e, t);
        check_axes(e, t, &e->scheme->choice[i]);
        check_splits(e, t);
        check_expected(e, t->program);
    }
}

/* --- what depends on the combination --- */

static void check_ranks(expansion *e, const sp_case *made)
{
    size_t ranks = 1;
    bool fits = true;
    sp_text product = sp_text_in(e->pool);
    for (size_t axis = 0; axis < made->program->axes; axis++) {
        fits = sp_size_multiply(&ranks, ranks, made->axis_size[axis]) && fits;
        sp_text_format(&product, "%s%zu", axis ? " * " : "", made->axis_size[axis]);
    }
    if (e->told_ranks || (fits && ranks <= SP_LIMIT_RANKS))
        return;
    e->told_ranks = true;
    sp_report(e->reporter, made->axis_span[made->program->axes - 1], NULL,
              "too many ranks: %s (limit %d)", sp_text_string(&product), SP_LIMIT_RANKS);
}

/* The value of `name`, or of some expression, has dimensions a by b. */
static void check_entries(expansion *e, const sp_case *made, const char *name, sp_dim a, sp_dim b)
{
    size_t entries;
    if (e->told_entries || (sp_size_multiply(&entries, made->dim[a], made->dim[b]) &&
                            entries <= SP_LIMIT_ENTRIES))
        return;
    e->told_entries = true;
    const sp_slot *slot = find_slot(e->syntax, SP_SLOT_DIM, b);
    sp_report(e->reporter, chosen(e, slot)->span, NULL,
              "too many entries of one tensor: %s[%s, %s] is %zu x %zu (limit %d)", name,
              sp_dim_name(a), sp_dim_name(b), made->dim[a], made->dim[b], SP_LIMIT_ENTRIES);
}

static void check_sizes(expansion *e, const sp_case *made, const target *t)
{
    for (int i = 0; i < SP_TENSOR_COUNT + SP_RESULT_COUNT; i++) {
        bool tensor = i < SP_TENSOR_COUNT;
        sp_tensor input = (sp_tensor)i;
        sp_result result = (sp_result)(i - SP_TENSOR_COUNT);
        sp_layout whole = tensor ? sp_tensor_whole(input) : sp_result_whole(result);
        if (whole.order == 2)
            check_entries(e, made, tensor ? sp_tensor_name(input) : sp_result_name(result),
                          whole.part[0].dim, whole.part[1].dim);
    }
    for (int bit = 0; bit < 16; bit++)
        if (t->products >> bit & 1)
            check_entries(e, made, "a value of the scheme, ", (sp_dim)(bit / 4), (sp_dim)(bit % 4));
}

static void check_shape(expansion *e, const sp_case *made, sp_tensor tensor)
{
    const sp_tensor_data *data = &made->given[tensor];
    sp_layout whole = sp_tensor_whole(tensor);
    bool vector = whole.order == 1;
    size_t rows = vector ? 1 : made->dim[whole.part[0].dim];
    size_t columns = made->dim[whole.part[vector ? 0 : 1].dim];
    if (e->told_shape[tensor] || (data->rows == rows && data->columns == columns))
        return;
    e->told_shape[tensor] = true;
    const char *name = sp_tensor_name(tensor), *first = sp_dim_name(whole.part[0].dim);
    if (vector)
        sp_report(e->reporter, data->span, "a vector is one row: [1, 2, 3]",
                  "%s is %zu x %zu, but %s[%s] has %zu entries", name, data->rows, data->columns,
                  name, first, columns);
    else
        sp_report(e->reporter, data->span, "rows are ended by ';'",
                  "%s is %zu x %zu, but %s[%s, %s] is %zu x %zu", name, data->rows, data->columns,
                  name, first, sp_dim_name(whole.part[1].dim), rows, columns);
}

/* --- one combination --- */

static sp_function_spec function_of(const sp_choice *choice)
{
    return (sp_function_spec){choice->name.text, choice->formula, choice->span};
}

static void add_evidence(const expansion *e, sp_case *made, const char *name)
{
    if (!made->evidence)
        made->evidence = SP_NEW_ARRAY(e->pool, const char *, e->syntax->slots);
    made->evidence[made->evidences++] = name;
}

static void apply(const expansion *e, sp_case *made, const sp_slot *slot)
{
    const sp_choice *choice = chosen(e, slot);
    made->inexact_literals += choice->inexact;
    switch (slot->kind) {
    case SP_SLOT_DIM: made->dim[slot->index] = (size_t)choice->number; break;
    case SP_SLOT_SIGMA: made->sigma = function_of(choice); break;
    case SP_SLOT_G: made->g = function_of(choice); break;
    case SP_SLOT_LOSS: made->loss = function_of(choice); break;
    case SP_SLOT_SEED: made->seed = choice->number; break;
    case SP_SLOT_SCALE: made->scale = choice->real; break;
    case SP_SLOT_RANGE: made->range = (long)choice->number; break;
    case SP_SLOT_PRECISION: made->precision = (unsigned)choice->number; break;
    case SP_SLOT_EVIDENCE: add_evidence(e, made, choice->name.text); break;
    case SP_SLOT_TENSOR:
        made->given[slot->index] = choice->matrix;
        made->inexact_literals += choice->matrix.inexact;
        break;
    case SP_SLOT_AXIS: {
        size_t axis = axis_of(made->program, slot->label);
        made->axis_size[axis] = (size_t)choice->number;
        made->axis_span[axis] = choice->span;
        break;
    }
    case SP_SLOT_DATA:
        made->data = choice->data;
        made->seed = choice->seed;
        made->scale = choice->real;
        made->range = (long)choice->range;
        break;
    case SP_SLOT_NUMDIFF:
        made->numdiff = choice->numdiff;
        made->sample = (size_t)choice->number;
        break;
    case SP_SLOT_SCHEME:
    case SP_SLOT_SPLIT:
        break; /* add_case */
    }
}

/* notes-4x6x2[tp=2,sigma=relu] */
static const char *name_of(const expansion *e)
{
    sp_text name = sp_text_in(e->pool);
    sp_text_add(&name, e->syntax->name.text);
    const char *before = "[";
    for (size_t i = 0; i < e->syntax->slots; i++) {
        const sp_slot *slot = &e->syntax->slot[i];
        if (!slot->set)
            continue;
        sp_text_format(&name, "%s%s=%s", before, slot->label, chosen(e, slot)->label);
        before = ",";
    }
    sp_text_add(&name, *before == ',' ? "]" : "");
    return sp_text_string(&name);
}

static void add_splits(const expansion *e, sp_case *made, const target *t)
{
    made->split = SP_NEW_ARRAY(e->pool, sp_split_spec, t->parts);
    made->splits = t->parts;
    for (size_t i = 0; i < t->parts; i++) {
        made->split[i] = (sp_split_spec){.kind = SP_SPLIT_CHUNK, .block = 1,
                                         .span = chosen(e, e->scheme)->span};
        if (t->slot[i])
            made->split[i] = chosen(e, t->slot[i])->split;
        made->split[i].part = t->part[i];
    }
}

static void add_case(expansion *e)
{
    const target *t = &e->target[e->chosen[e->scheme - e->syntax->slot]];
    sp_case *made = SP_NEW(e->pool, sp_case);
    sp_span at = e->syntax->name.span;
    *made = (sp_case){
        .source = e->reporter->source, .span = at, .program = t->program,
        .name = name_of(e),
        .scheme = chosen(e, e->scheme)->name.text,
        .sigma = {"relu", NULL, at}, .g = {"identity", NULL, at}, .loss = {"half-sse", NULL, at},
        .seed = 1, .scale = 1, .range = 3, .precision = 256,
        .inexact_literals = t->inexact,
        .expect_mismatch = e->syntax->expect_mismatch,
    };
    for (size_t i = 0; i < e->syntax->slots; i++)
        apply(e, made, &e->syntax->slot[i]);
    add_splits(e, made, t);
    for (size_t i = 0; i < e->syntax->expects; i++)
        for (int r = 0; r < SP_RESULT_COUNT; r++)
            if (strcmp(sp_result_name((sp_result)r), e->syntax->expect[i].text) == 0)
                made->expect_results |= 1u << r;
    check_ranks(e, made);
    check_sizes(e, made, t);
    for (int tensor = 0; tensor < SP_TENSOR_COUNT; tensor++)
        if (made->given[tensor].value)
            check_shape(e, made, (sp_tensor)tensor);
    sp_unit *unit = e->context->unit;
    unit->item = sp_pool_grow(e->pool, unit->item, &e->context->case_room, unit->cases + 1,
                              sizeof *unit->item);
    unit->item[unit->cases++] = made;
}

/* How many combinations there are; false, with a diagnostic, if there are too many. */
static bool count_cases(expansion *e, size_t *count)
{
    size_t total = 1;
    bool fits = true;
    for (size_t i = 0; i < e->syntax->slots; i++)
        fits = fits && sp_size_multiply(&total, total, e->syntax->slot[i].choices);
    *count = total;
    if (fits && total <= SP_LIMIT_CASES - e->context->unit->cases)
        return true;
    const char *shown = fits && sp_size_add(&total, total, e->context->unit->cases)
                            ? sp_pool_format(e->pool, "%zu", total)
                            : "more than 18446744073709551615";
    sp_report(e->reporter, e->syntax->name.span, NULL,
              "too many cases from one file: %s (limit %d)", shown, SP_LIMIT_CASES);
    return false;
}

void sp_check_case(sp_case_context *context, const sp_case_syntax *item)
{
    expansion e = {.context = context, .reporter = context->reporter, .syntax = item,
                   .pool = context->reporter->pool};
    size_t errors = e.reporter->errors;
    e.scheme = find_slot(item, SP_SLOT_SCHEME, 0);
    size_t count;
    check_required(&e);
    if (!count_cases(&e, &count))
        return;
    check_targets(&e);
    if (item->broken || e.reporter->errors > errors)
        return;
    for (size_t i = 0; i < e.scheme->choices; i++)
        if (!e.target[i].program)
            return;
    e.chosen = SP_NEW_ARRAY(e.pool, size_t, item->slots);
    for (size_t n = 0; n < count; n++) {
        add_case(&e);
        for (size_t i = item->slots; i-- > 0;) { /* the last set runs fastest */
            if (++e.chosen[i] < item->slot[i].choices)
                break;
            e.chosen[i] = 0;
        }
    }
}
