/* Schemes: from the syntax tree to a program. What has an error gets no type and raises no other
 * error. */
#include "lang/check.h"

#include <string.h>

/* What a name means inside a scheme. */
typedef struct checking {
    sp_typing typing;
    const sp_scheme_syntax *scheme;
    sp_names statements; /* name -> index of the statement, all of them */
    int *node_of;        /* for each term; -1: wrong */
    int *value_of;       /* for each statement; -1: wrong */
    int loaded[SP_TENSOR_COUNT]; /* node of the tensor, -1: none yet */
    bool known[SP_TENSOR_COUNT]; /* declared, perhaps wrongly */
} checking;

static const char *const tensor_kinds[] = {
#define X(id, name, first, second, kind) kind,
    SP_TENSORS(X)
#undef X
};

static int tensor_of(const char *name)
{
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        if (strcmp(sp_tensor_name((sp_tensor)t), name) == 0)
            return t;
    return -1;
}

/* What the language means by a name, so that nothing else may have it; NULL: it is free. */
static const char *reserved(const char *name)
{
    if (tensor_of(name) >= 0)
        return "a tensor";
    for (int d = 0; d < SP_DIM_COUNT; d++)
        if (strcmp(sp_dim_name((sp_dim)d), name) == 0)
            return "a dimension";
    const sp_function_info *function = sp_function_find(name);
    if (function && sp_function_in(function, SP_DIALECT_SCHEME))
        return "a function";
    if (sp_is_keyword(name) || strcmp(name, "mean") == 0 || strcmp(name, "loss") == 0)
        return "a word of the language";
    return NULL;
}

static void check_axes(checking *c)
{
    sp_program *program = c->typing.program;
    for (size_t i = 0; i < c->scheme->axes; i++) {
        sp_name axis = c->scheme->axis[i];
        const char *is = reserved(axis.text);
        for (int r = 0; r < SP_RESULT_COUNT; r++)
            if (strcmp(sp_result_name((sp_result)r), axis.text) == 0)
                is = "a result";
        bool twice = false;
        for (size_t k = 0; k < program->axes; k++)
            twice = twice || strcmp(program->axis_name[k], axis.text) == 0;
        if (is)
            sp_report(c->typing.reporter, axis.span, NULL, "'%s' cannot be an axis: it is %s",
                      axis.text, is);
        if (twice)
            sp_report(c->typing.reporter, axis.span, NULL, "the mesh has the axis '%s' twice",
                      axis.text);
        if (program->axes < SP_MAX_AXES && !twice)
            program->axis_name[program->axes++] = axis.text;
        else if (i == SP_MAX_AXES)
            sp_report(c->typing.reporter, axis.span, NULL, "too many axes: %zu (limit %d)",
                      c->scheme->axes, SP_MAX_AXES);
    }
}

/* "[N, Din]" of a declaration whose dimensions must be those of `whole`, each split in any way. */
static bool check_layout(checking *c, const sp_tensor_syntax *tensor, sp_layout whole,
                         sp_layout *layout)
{
    sp_typing *typing = &c->typing;
    memset(layout, 0, sizeof *layout);
    bool good = true, same = tensor->dims == whole.order;
    for (size_t i = 0; i < tensor->dims; i++) {
        sp_part part;
        good = sp_type_part(typing, &tensor->dim[i], &part) && good;
        same = same && part.dim == whole.part[i].dim;
        if (i < 2)
            layout->part[i] = part;
    }
    if (good && !same)
        sp_report(typing->reporter, tensor->span,
                  sp_pool_format(typing->reporter->pool, "%s is %s", tensor->name.text,
                                 sp_layout_text(typing->reporter->pool, typing->program, &whole)),
                  "%s does not have these dimensions", tensor->name.text);
    layout->order = whole.order;
    good = good && same;
    for (unsigned i = 0; good && whole.order == 2 && i < layout->part[0].axes; i++)
        if (sp_part_uses_axis(&layout->part[1], layout->part[0].axis[i])) {
            sp_report(typing->reporter, tensor->span,
                      "a rank would hold only the block on the diagonal; use two axes",
                      "%s splits two dimensions over the same axis %s", tensor->name.text,
                      typing->program->axis_name[layout->part[0].axis[i]]);
            good = false;
        }
    return good;
}

static void check_declaration(checking *c, const sp_tensor_syntax *tensor)
{
    sp_reporter *reporter = c->typing.reporter;
    sp_program *program = c->typing.program;
    int t = tensor_of(tensor->name.text);
    if (t < 0) {
        const char *known[SP_TENSOR_COUNT];
        for (int k = 0; k < SP_TENSOR_COUNT; k++)
            known[k] = sp_tensor_name((sp_tensor)k);
        sp_report(reporter, tensor->name.span,
                  sp_hint_nearest(reporter, tensor->name.text, known, SP_TENSOR_COUNT,
                                  "the tensors are X, Y, W1, b1, W2 and b2"),
                  "unknown tensor '%s'", tensor->name.text);
        return;
    }
    if (c->known[t]) {
        sp_report(reporter, tensor->name.span, NULL, "%s is declared twice", tensor->name.text);
        return;
    }
    c->known[t] = true;
    if (tensor->dims == 0) /* a syntax error */
        return;
    if (tensor->param != (strcmp(tensor_kinds[t], "param") == 0))
        sp_report(reporter, tensor->name.span, NULL, "%s is declared with '%s', not '%s'",
                  tensor->name.text, tensor_kinds[t], tensor->param ? "param" : "input");
    program->declared[t] = check_layout(c, tensor, sp_tensor_whole((sp_tensor)t),
                                        &program->tensor_layout[t]);
    program->tensor_span[t] = tensor->span;
}

static int load(checking *c, const sp_term *term, int tensor)
{
    sp_pool *pool = c->typing.reporter->pool;
    sp_layout whole = sp_tensor_whole((sp_tensor)tensor);
    if (!c->typing.program->declared[tensor]) {
        if (!c->known[tensor])
            sp_report(c->typing.reporter, term->span,
                      sp_pool_format(pool, "for example: %s %s%s", tensor_kinds[tensor], term->text,
                                     sp_layout_text(pool, c->typing.program, &whole)),
                      "%s is not declared", term->text);
        c->known[tensor] = true; /* once is enough */
        return -1;
    }
    if (c->loaded[tensor] < 0)
        c->loaded[tensor] = sp_type_add(
            &c->typing, (sp_node){.op = SP_OP_LOAD, .operand = {-1, -1}, .span = term->span,
                                  .tensor = (sp_tensor)tensor, .axis = -1,
                                  .layout = c->typing.program->tensor_layout[tensor]});
    return c->loaded[tensor];
}

static int unknown_name(checking *c, const sp_term *term, size_t statement)
{
    sp_reporter *reporter = c->typing.reporter;
    size_t later;
    if (sp_names_find(&c->statements, term->text, &later)) {
        sp_report(reporter, term->span, NULL,
                  later == statement ? "'%s' is used in its own statement"
                                     : "'%s' is used before it is assigned",
                  term->text);
        return -1;
    }
    for (size_t i = 0; i < c->typing.program->axes; i++)
        if (strcmp(c->typing.program->axis_name[i], term->text) == 0) {
            sp_report(reporter, term->span,
                      sp_pool_format(reporter->pool, "the number of its ranks is size(%s)",
                                     term->text),
                      "'%s' is an axis, not a value", term->text);
            return -1;
        }
    if (reporter->errors >= SP_LIMIT_ERRORS) {
        reporter->errors++;
        return -1;
    }
    size_t count = 0;
    const char **known =
        SP_NEW_ARRAY(reporter->pool, const char *, statement + SP_TENSOR_COUNT + SP_DIM_COUNT);
    for (size_t i = 0; i < statement; i++)
        known[count++] = c->scheme->statement[i].name.text;
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        if (c->known[t])
            known[count++] = sp_tensor_name((sp_tensor)t);
    for (int d = 0; d < SP_DIM_COUNT; d++)
        known[count++] = sp_dim_name((sp_dim)d);
    sp_report(reporter, term->span, sp_hint_nearest(reporter, term->text, known, count, NULL),
              "unknown name '%s'", term->text);
    sp_pool_free(reporter->pool, known);
    return -1;
}

static int check_name(checking *c, const sp_term *term, size_t statement)
{
    size_t at;
    if (sp_names_find(&c->statements, term->text, &at) && at < statement)
        return c->value_of[at];
    int tensor = tensor_of(term->text);
    if (tensor >= 0)
        return load(c, term, tensor);
    for (int d = 0; d < SP_DIM_COUNT; d++)
        if (strcmp(sp_dim_name((sp_dim)d), term->text) == 0)
            return sp_type_add(&c->typing,
                               (sp_node){.op = SP_OP_EXTENT, .operand = {-1, -1}, .axis = -1,
                                         .span = term->span, .dim = (sp_dim)d});
    return unknown_name(c, term, statement);
}

static int check_number(checking *c, const sp_term *term)
{
    sp_node node = {.op = SP_OP_NUMBER, .operand = {-1, -1}, .span = term->span, .axis = -1,
                    .number_text = term->text};
    bool exact;
    if (sp_literal_read(term->text, strlen(term->text), &node.number, &exact))
        return sp_type_add(&c->typing, node);
    sp_report(c->typing.reporter, term->span, NULL,
              "%s is too large for binary64 (limit 1.8e308)",
              sp_span_text(c->typing.reporter->pool, term->span));
    return -1;
}

static int check_term(checking *c, const sp_term *term, size_t statement)
{
    int operand[2] = {-1, -1};
    bool wrong = term->kind == SP_TERM_WRONG;
    for (int k = 0; k < 2; k++) {
        if (term->operand[k] < 0)
            continue;
        operand[k] = c->node_of[term->operand[k]];
        wrong = wrong || operand[k] < 0;
    }
    if (wrong) {
        if (term->kind == SP_TERM_CALL)
            sp_type_names(&c->typing, term);
        return -1;
    }
    switch (term->kind) {
    case SP_TERM_NUMBER:
        return check_number(c, term);
    case SP_TERM_NAME:
        return check_name(c, term, statement);
    case SP_TERM_CALL:
        return sp_type_call(&c->typing, term, operand[0], operand[1]);
    default:
        return sp_type_operation(&c->typing, term, operand[0], operand[1]);
    }
}

/* Statement names first, so that a use before its assignment is told from a name that nobody
 * knows. */
static void check_names(checking *c)
{
    for (size_t i = 0; i < c->scheme->statements; i++) {
        sp_name name = c->scheme->statement[i].name;
        const char *is = reserved(name.text);
        for (size_t k = 0; k < c->typing.program->axes; k++)
            if (strcmp(c->typing.program->axis_name[k], name.text) == 0)
                is = "an axis";
        size_t at = i;
        if (is)
            sp_report(c->typing.reporter, name.span, NULL, "'%s' cannot be assigned: it is %s",
                      name.text, is);
        else if (!sp_names_add(&c->statements, name.text, &at))
            sp_report(c->typing.reporter, name.span, "each name is assigned once",
                      "'%s' is assigned twice", name.text);
    }
}

static void check_statement(checking *c, size_t i)
{
    const sp_statement_syntax *statement = &c->scheme->statement[i];
    int value = -1;
    for (size_t t = statement->value.first; t < statement->value.end; t++)
        value = c->node_of[t] = check_term(c, &c->scheme->terms.item[t], i);
    c->value_of[i] = value;
    sp_program *program = c->typing.program;
    program->statement[program->statements++] =
        (sp_statement){statement->name.text, value, statement->backward, statement->span};
}

static void check_result(checking *c, const sp_tensor_syntax *result, bool seen[])
{
    sp_reporter *reporter = c->typing.reporter;
    const char *known[SP_RESULT_COUNT];
    int r = SP_RESULT_COUNT;
    for (int k = 0; k < SP_RESULT_COUNT; k++) {
        known[k] = sp_result_name((sp_result)k);
        if (strcmp(known[k], result->name.text) == 0)
            r = k;
    }
    if (r == SP_RESULT_COUNT) {
        sp_report(reporter, result->name.span,
                  sp_hint_nearest(reporter, result->name.text, known, SP_RESULT_COUNT,
                                  "results are Z1, A1, Z2, A2, D2, D1, dW1, db1, dW2, db2 and dX"),
                  "unknown result '%s'", result->name.text);
        return;
    }
    if (seen[r])
        sp_report(reporter, result->name.span, NULL, "the result %s is named twice",
                  result->name.text);
    sp_result_decl decl = {.result = (sp_result)r, .sum_axis = -1, .node = -1};
    decl.span = result->span;
    size_t at = 0;
    if (sp_names_find(&c->statements, result->name.text, &at))
        decl.node = c->value_of[at];
    else if (!c->scheme->broken) /* its statement may be the one with the error */
        sp_report(reporter, result->name.span, NULL, "the result %s is not assigned",
                  result->name.text);
    bool good = check_layout(c, result, sp_result_whole((sp_result)r), &decl.declared);
    if (result->sum.text) {
        decl.sum_axis = sp_type_axis(&c->typing, result->sum);
        decl.span.end = result->sum.span.end;
    }
    if (good && decl.sum_axis >= 0 && sp_layout_uses_axis(&decl.declared, decl.sum_axis))
        sp_report(reporter, result->sum.span,
                  "the ranks of an axis hold parts to put together, or summands to add: not both",
                  "%s is split over %s, so it cannot be summed over %s", result->name.text,
                  result->sum.text, result->sum.text);
    sp_program *program = c->typing.program;
    if (!seen[r])
        program->result[program->results++] = decl;
    seen[r] = true;
}

const sp_program *sp_check_scheme(sp_reporter *reporter, const sp_scheme_syntax *scheme)
{
    sp_pool *pool = reporter->pool;
    size_t errors = reporter->errors;
    checking c = {.typing = {.reporter = reporter, .program = SP_NEW(pool, sp_program)},
                  .scheme = scheme, .statements = sp_names_in(pool)};
    for (int t = 0; t < SP_TENSOR_COUNT; t++)
        c.loaded[t] = -1;
    sp_program *program = c.typing.program;
    program->name = scheme->name.text ? scheme->name.text : "";
    program->source = reporter->source;
    program->span = scheme->name.span;
    c.node_of = SP_NEW_ARRAY(pool, int, scheme->terms.count);
    c.value_of = SP_NEW_ARRAY(pool, int, scheme->statements);
    program->statement = SP_NEW_ARRAY(pool, sp_statement, scheme->statements);
    program->result = SP_NEW_ARRAY(pool, sp_result_decl, SP_RESULT_COUNT);
    check_axes(&c);
    for (size_t i = 0; i < scheme->tensors; i++)
        check_declaration(&c, &scheme->tensor[i]);
    check_names(&c);
    for (size_t i = 0; i < scheme->statements; i++)
        check_statement(&c, i);
    bool seen[SP_RESULT_COUNT] = {false};
    for (size_t i = 0; i < scheme->results; i++)
        check_result(&c, &scheme->result[i], seen);
    sp_pool_free(pool, c.node_of);
    sp_pool_free(pool, c.value_of);
    return scheme->broken || reporter->errors > errors ? NULL : program;
}
