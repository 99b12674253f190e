/* Cases: from the fields, with their sets, to one checked case for each combination. */
#include "lang/check.h"
#include "lang/mlp.h"

#include <string.h>

/* A scheme that the case names, and which field splits which of its parts. */
typedef struct target {
    const sp_program *program; /* NULL: it has errors */
    sp_part *part;
    const sp_slot **slot; /* for each part; NULL: the default */
    size_t parts;
    size_t inexact; /* literals that were rounded */
    sp_layout *shape; /* of its values of two or more dimensions, each once */
    size_t shapes, shape_room;
} target;

typedef struct expansion {
    sp_case_context *context;
    sp_reporter *reporter;
    sp_pool *pool;
    const sp_case_syntax *syntax;
    target *target; /* for each choice of the scheme */
    const sp_slot *scheme;
    size_t *chosen; /* for each slot */
    const bool *expected;   /* for each result: it is named; NULL: none is */
    const sp_signature *of; /* the network of its schemes; mlp where they have errors */
    bool told_ranks, told_entries, told_shape[SP_MAX_TENSORS]; /* once for all combinations */
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
    for (size_t dim = 0; dim < e->of->dims; dim++)
        if (!find_slot(e->syntax, SP_SLOT_DIM, dim))
            sp_text_format(&missing, "%s%s", missing.length ? ", " : "", e->of->dim[dim]);
    sp_text example = sp_text_in(e->pool);
    for (size_t dim = 0; dim < e->of->dims; dim++)
        sp_text_format(&example, "%s%s = %d", dim ? ", " : "for example: dims ", e->of->dim[dim],
                       (const int[]){5, 4, 6, 2}[dim % 4]);
    if (missing.length)
        sp_report(e->reporter, e->syntax->name.span, sp_text_string(&example),
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
                      t->program->name, e->of->dim[part.dim], sp_text_string(&axes));
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
        for (size_t k = 0; k < program->results; k++)
            found = found || strcmp(e->of->result[program->result[k].result].name, name.text) == 0;
        if (!found && sp_signature_result(e->of, name.text) < e->of->results) /* others: reported already */
            sp_report(e->reporter, name.span, NULL, "scheme %s has no result %s", program->name, name.text);
    }
}

static void add_shape(const expansion *e, target *t, const sp_layout *layout)
{
    if (layout->order < 2)
        return;
    sp_layout whole;
    memset(&whole, 0, sizeof whole);
    whole.order = layout->order;
    for (unsigned i = 0; i < layout->order; i++)
        whole.part[i].dim = layout->part[i].dim;
    for (size_t i = 0; i < t->shapes; i++)
        if (sp_layout_equal(&t->shape[i], &whole))
            return;
    t->shape = sp_pool_grow(e->pool, t->shape, &t->shape_room, t->shapes + 1, sizeof whole);
    t->shape[t->shapes++] = whole;
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
        add_shape(e, t, &node->layout);
    }
}

/* The schemes, and the network that they are of. */
static void find_targets(expansion *e)
{
    size_t count = e->scheme ? e->scheme->choices : 0;
    e->target = SP_NEW_ARRAY(e->pool, target, count);
    e->of = NULL;
    for (size_t i = 0; i < count && e->reporter->errors < SP_LIMIT_ERRORS; i++) {
        const sp_choice *choice = &e->scheme->choice[i];
        const sp_program *program = e->context->scheme(e->context->argument, choice);
        if (program && e->of && strcmp(program->of->name, e->of->name) != 0) {
            sp_report(e->reporter, choice->span, "write a case for each of the networks",
                      "%s is a scheme of %s, but the one before it is of %s", program->name, program->of->name,
                      e->of->name);
            program = NULL;
        }
        e->target[i].program = program;
        if (program && !e->of)
            e->of = program->of;
    }
}

static void check_targets(expansion *e)
{
    size_t count = e->scheme ? e->scheme->choices : 0;
    for (size_t i = 0; i < count && e->reporter->errors < SP_LIMIT_ERRORS; i++) {
        target *t = &e->target[i];
        if (!t->program)
            continue;
        study_program(e, t);
        check_axes(e, t, &e->scheme->choice[i]);
        check_splits(e, t);
        check_expected(e, t->program);
    }
}

/* --- names of the network --- */

bool sp_check_builtin(sp_reporter *reporter, sp_name name, const char *label, bool loss, const char *const *known,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i], name.text) == 0)
            return true;
    sp_report(reporter, name.span,
              sp_hint_nearest(reporter, name.text, known, count,
                              sp_pool_format(reporter->pool, "your own is written %s(%s) = EXPRESSION", label,
                                             loss ? "a, y" : "z")),
              "unknown %s '%s'", loss ? "loss" : "activation", name.text);
    return false;
}

/* What a function is in one member of a set: a built-in one, or a formula. */
static void check_function_choice(expansion *e, const sp_slot *slot, size_t arguments, sp_choice *choice)
{
    const sp_vocabulary *v = e->context->vocabulary;
    if (slot->variables) {
        const char *const variables[] = {slot->variable[0].text, slot->variable[1].text};
        choice->formula = sp_check_formula(e->reporter, e->of, &choice->terms, &choice->value, variables,
                                           slot->variables, &choice->inexact);
        return;
    }
    const bool loss = arguments == 2;
    const char *const *known = loss ? v->loss : v->activation;
    const size_t count = loss ? v->losses : v->activations;
    (void)sp_check_builtin(e->reporter, choice->name, slot->label, loss, known, count);
}

static void check_function(expansion *e, sp_slot *slot)
{
    const sp_signature *of = e->of;
    const char *known[SP_MAX_OWN_FUNCTIONS];
    for (size_t f = 0; f < of->functions; f++)
        known[f] = of->function[f].name;
    const sp_name name = {slot->label, slot->key};
    slot->index = sp_known_name(e->reporter, name, "function of the network", known, of->functions);
    if (slot->index == of->functions)
        return;
    const size_t wanted = of->function[slot->index].arguments;
    for (size_t i = 0; i < slot->variables; i++)
        for (size_t d = 0; d < of->dims; d++)
            if (strcmp(of->dim[d], slot->variable[i].text) == 0) {
                sp_report(e->reporter, slot->variable[i].span, NULL,
                          "'%s' cannot be a variable here: the name is taken", slot->variable[i].text);
                return;
            }
    if (slot->variables > wanted) {
        sp_report(e->reporter, slot->variable[1].span, NULL, "one variable too many: '%s'", slot->variable[1].text);
        return;
    }
    if (slot->variables == 1 && wanted == 2) {
        sp_report(e->reporter, slot->open, sp_pool_format(e->pool, "write %s(a, y) = EXPRESSION", slot->label),
                  strcmp(slot->label, "loss") == 0 ? "a loss has two variables, the output and the target"
                                                   : "it has two variables, of which the second is data");
        return;
    }
    for (size_t i = 0; i < slot->choices; i++)
        check_function_choice(e, slot, wanted, &slot->choice[i]);
}

/* A word that is no field: it may be that of a tensor whose data are not written as such. */
static void check_unknown(expansion *e, sp_name name)
{
    size_t fields;
    const char *const *field = sp_case_fields(&fields);
    const char **known = SP_NEW_ARRAY(e->pool, const char *, fields + e->of->tensors);
    memcpy(known, field, fields * sizeof *known);
    for (size_t t = 0; t < e->of->tensors; t++)
        known[fields + t] = e->of->tensor[t].name;
    if (sp_known_name(e->reporter, name, "field", known, fields + e->of->tensors) < fields + e->of->tensors)
        sp_report(e->reporter, name.span, "data are written [1, 1/3; 0x1p-3, 2], rows ended by ';'",
                  "%s needs '=' and data behind it", name.text);
}

/* Resolves the names of dimensions, functions, tensors and results. */
static void check_names(expansion *e)
{
    const sp_signature *of = e->of;
    const char **result = SP_NEW_ARRAY(e->pool, const char *, of->results);
    bool *seen = SP_NEW_ARRAY(e->pool, bool, of->results + 1);
    e->expected = e->syntax->expects ? seen : NULL;
    for (size_t r = 0; r < of->results; r++)
        result[r] = of->result[r].name;
    for (size_t i = 0; i < e->syntax->slots; i++) {
        sp_slot *slot = &e->syntax->slot[i];
        const sp_name name = {slot->label, slot->key};
        if (slot->kind == SP_SLOT_DIM)
            slot->index = sp_known_name(e->reporter, name, "dimension", of->dim, of->dims);
        else if (slot->kind == SP_SLOT_FUNCTION)
            check_function(e, slot);
        else if (slot->kind == SP_SLOT_TENSOR) {
            slot->index = sp_signature_tensor(of, name.text);
            if (slot->index == of->tensors)
                check_unknown(e, name);
        }
    }
    for (size_t i = 0; i < e->syntax->unknowns; i++)
        check_unknown(e, e->syntax->unknown[i]);
    for (size_t i = 0; i < e->syntax->expects; i++) {
        const sp_name name = e->syntax->expect[i];
        const size_t r = sp_known_name(e->reporter, name, "result", result, of->results);
        if (r < of->results && seen[r])
            sp_report(e->reporter, name.span, NULL, "the result %s is named twice", name.text);
        seen[r] = true;
    }
}

/* Every function needs a value: the case's, or the network's own. */
static void check_values(expansion *e)
{
    for (size_t f = 0; f < e->of->functions && !e->syntax->broken; f++) {
        const sp_function_name *function = &e->of->function[f];
        if (function->value || find_slot(e->syntax, SP_SLOT_FUNCTION, f))
            continue;
        sp_report(e->reporter, e->syntax->name.span,
                  sp_pool_format(e->pool, "for example: network %s = %s", function->name,
                                 function->arguments == 2 ? "half-sse" : "silu"),
                  "case %s does not say what the function %s of network %s is", e->syntax->name.text, function->name,
                  e->of->name);
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

/* "8 x 4": the sizes of a layout, and its entries; false if they are more than a size_t holds. */
static bool count_entries(const sp_case *made, const sp_layout *whole, sp_text *sizes, size_t *entries)
{
    bool fits = true;
    *entries = 1;
    for (unsigned i = 0; i < whole->order; i++) {
        const size_t size = made->dim[whole->part[i].dim];
        fits = sp_size_multiply(entries, *entries, size) && fits;
        sp_text_format(sizes, "%s%zu", i ? " x " : "", size);
    }
    return fits;
}

/* The value of `name`, or of some expression, has these dimensions. */
static void check_entries(expansion *e, const sp_case *made, const char *name, const sp_layout *whole)
{
    size_t entries;
    sp_text sizes = sp_text_in(e->pool);
    if (e->told_entries || whole->order < 2 ||
        (count_entries(made, whole, &sizes, &entries) && entries <= SP_LIMIT_ENTRIES)) {
        sp_pool_free(e->pool, sizes.bytes);
        return;
    }
    e->told_entries = true;
    const sp_slot *slot = find_slot(e->syntax, SP_SLOT_DIM, whole->part[whole->order - 1].dim);
    sp_report(e->reporter, chosen(e, slot)->span, NULL,
              "too many entries of one tensor: %s%s is %s (limit %d)", name,
              sp_layout_text(e->pool, made->program, whole), sp_text_string(&sizes), SP_LIMIT_ENTRIES);
}

static void check_sizes(expansion *e, const sp_case *made, const target *t)
{
    for (size_t i = 0; i < e->of->tensors; i++)
        check_entries(e, made, e->of->tensor[i].name, &e->of->tensor[i].whole);
    for (size_t i = 0; i < e->of->results; i++)
        check_entries(e, made, e->of->result[i].name, &e->of->result[i].whole);
    for (size_t i = 0; i < t->shapes; i++)
        check_entries(e, made, "a value of the scheme, ", &t->shape[i]);
}

static void check_shape(expansion *e, const sp_case *made, sp_tensor tensor)
{
    const sp_tensor_data *data = &made->given[tensor];
    const sp_layout whole = e->of->tensor[tensor].whole;
    size_t rows, columns;
    sp_layout_shape(made->dim, &whole, &rows, &columns); /* check_sizes: no overflow, or an error */
    if (e->told_shape[tensor] || (data->rows == rows && data->columns == columns))
        return;
    e->told_shape[tensor] = true;
    const char *name = e->of->tensor[tensor].name;
    const char *text = sp_declared_text(e->pool, made->program, &whole);
    sp_text sizes = sp_text_in(e->pool);
    size_t entries;
    count_entries(made, &whole, &sizes, &entries);
    if (whole.order < 2)
        sp_report(e->reporter, data->span,
                  whole.order ? "a vector is one row: [1, 2, 3]" : "a scalar is one number: [1]",
                  "%s is %zu x %zu, but %s%s has %zu entr%s", name, data->rows, data->columns,
                  name, text, columns, whole.order ? "ies" : "y");
    else
        sp_report(e->reporter, data->span,
                  whole.order == 2 ? "rows are ended by ';'"
                                   : "rows are ended by ';'; each is what the last dimension runs over",
                  "%s is %zu x %zu, but %s%s is %s", name, data->rows, data->columns,
                  name, text, sp_text_string(&sizes));
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
    case SP_SLOT_FUNCTION: made->function[slot->index] = function_of(choice); break;
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
        .given = SP_NEW_ARRAY(e->pool, sp_tensor_data, e->of->tensors),
        .seed = 1, .scale = 1, .range = 3, .precision = 256,
        .inexact_literals = t->inexact,
        .expect_mismatch = e->syntax->expect_mismatch,
    };
    for (size_t f = 0; f < e->of->functions; f++)
        if (e->of->function[f].value) {
            made->function[f] = *e->of->function[f].value;
            made->function[f].span = at;
        }
    for (size_t i = 0; i < e->syntax->slots; i++)
        apply(e, made, &e->syntax->slot[i]);
    add_splits(e, made, t);
    made->expect_results = e->expected;
    check_ranks(e, made);
    check_sizes(e, made, t);
    for (size_t tensor = 0; tensor < e->of->tensors; tensor++)
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
    find_targets(&e);
    const bool known = e.of || !e.scheme; /* of an unknown scheme the network is unknown */
    e.of = e.of ? e.of : &sp_mlp;
    if (known)
        check_names(&e);
    if (known && e.reporter->errors == errors)
        check_required(&e);
    if (!count_cases(&e, &count))
        return;
    if (e.reporter->errors == errors)
        check_values(&e);
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
