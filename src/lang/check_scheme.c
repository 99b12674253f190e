/* Schemes: from the syntax tree to a program. What has an error gets no type and raises no other
 * error. */
#include "lang/check.h"
#include "lang/invariant.h"
#include "lang/mlp.h"

#include <string.h>

/* What a name means inside a scheme. */
typedef struct checking {
    sp_typing typing;
    const sp_scheme_syntax *scheme;
    sp_names statements; /* name -> index of the statement, all of them */
    int *node_of;        /* for each term; -1: wrong */
    int *value_of;       /* for each statement; -1: wrong */
    int loaded[SP_MAX_TENSORS]; /* node of the tensor, -1: none yet */
    int used_as[SP_MAX_TENSORS]; /* the same as it is declared */
    sp_layout *written;         /* [tensor]: its declaration */
    bool known[SP_MAX_TENSORS]; /* declared, perhaps wrongly */
    bool *muted; /* for each term: an argument of a function that nobody knows */
} checking;

static bool is_own_function(const sp_signature *of, const char *name)
{
    sp_function function;
    bool prime;
    return sp_type_function(of, name, &function, &prime) && function < of->functions;
}

/* Functions that came later than schemes did may be names of values all the same: a call has a bracket. */
static bool is_reserved(const sp_function_info *function)
{
    switch (function->op) {
    case SP_OP_DOT:
    case SP_OP_MAX:
    case SP_OP_RENAME:
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return false;
    case SP_OP_APPLY:
        return strcmp(function->name, "step") == 0;
    default:
        return true;
    }
}

/* What the language and the network mean by a name, so that nothing else may have it; NULL: it is free. */
static const char *reserved(const checking *c, const char *name)
{
    const sp_signature *of = c->typing.program->of;
    if (sp_signature_tensor(of, name) < of->tensors)
        return "a tensor";
    for (size_t d = 0; d < of->dims; d++)
        if (strcmp(of->dim[d], name) == 0)
            return "a dimension";
    const sp_function_info *function = sp_function_find(name, SP_DIALECT_SCHEME);
    if (is_own_function(of, name) || (function && is_reserved(function)))
        return strcmp(name, "loss") == 0 ? "a word of the language" : "a function";
    if (sp_is_keyword(name) || strcmp(name, "mean") == 0 || strcmp(name, "loss") == 0)
        return "a word of the language";
    return NULL;
}

static void check_axes(checking *c)
{
    sp_program *program = c->typing.program;
    for (size_t i = 0; i < c->scheme->axes; i++) {
        sp_name axis = c->scheme->axis[i];
        const char *is = reserved(c, axis.text);
        if (sp_signature_result(program->of, axis.text) < program->of->results)
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

/* An axis that splits two parts of a layout; -1: none does. */
static int axis_twice(const sp_layout *layout)
{
    unsigned used = 0;
    for (unsigned i = 0; i < layout->order; i++)
        for (unsigned k = 0; k < layout->part[i].axes; k++) {
            if (used & 1u << layout->part[i].axis[k])
                return layout->part[i].axis[k];
            used |= 1u << layout->part[i].axis[k];
        }
    return -1;
}

/* The order of dimensions is only how a value is written, but in mlp, whose values are matrices: there a transpose is
 * another one. */
static bool any_order(const checking *c)
{
    return !sp_is_mlp(c->typing.program->of);
}

/* A value with its dimensions in the order of a layout that has the same ones; the value itself where it has others, or
 * one twice. */
static int in_order_of(checking *c, int node, const sp_layout *order)
{
    sp_program *program = c->typing.program;
    const sp_layout now = program->node[node].layout;
    sp_node turned = {.op = SP_OP_TRANSPOSE, .operand = {node, -1}, .axis = -1, .span = program->node[node].span,
                      .to = SP_TO_SAME};
    bool moved = false;
    if (!any_order(c) || now.order != order->order)
        return node;
    memset(&turned.layout, 0, sizeof turned.layout);
    turned.layout.order = now.order;
    for (unsigned i = 0; i < now.order; i++) {
        const int place = sp_place_of(order, &now.part[i]);
        if (place < 0 || sp_place_of(&now, &now.part[i]) != (int)i)
            return node;
        moved = moved || place != (int)i;
        turned.to[0][i] = (uint8_t)place; /* below SP_MAX_ORDER */
        turned.layout.part[place] = now.part[i];
    }
    return moved ? sp_type_add(&c->typing, turned) : node;
}

/* "[N, Din]" of a declaration whose dimensions must be those of `whole`, each split in any way: as written, and in
 * the order of `whole`. */
static bool check_layout(checking *c, const sp_tensor_syntax *tensor, sp_layout whole,
                         sp_layout *written, sp_layout *layout)
{
    sp_typing *typing = &c->typing;
    memset(layout, 0, sizeof *layout);
    memset(written, 0, sizeof *written);
    bool good = true, same = tensor->dims == whole.order, placed[SP_MAX_ORDER] = {false};
    written->order = layout->order = whole.order;
    for (size_t i = 0; i < tensor->dims; i++) {
        sp_part part;
        good = sp_type_part(typing, &tensor->dim[i], &part) && good;
        const int place = sp_place_of(&whole, &part);
        same = same && place >= 0 && !placed[place] && (any_order(c) || place == (int)i);
        if (place >= 0) {
            placed[place] = true;
            layout->part[place] = part;
        }
        if (i < SP_MAX_ORDER)
            written->part[i] = part;
    }
    if (good && !same)
        sp_report(typing->reporter, tensor->span,
                  sp_pool_format(typing->reporter->pool, "%s is %s", tensor->name.text,
                                 sp_declared_text(typing->reporter->pool, typing->program, &whole)),
                  "%s does not have these dimensions", tensor->name.text);
    good = good && same;
    const int twice = good ? axis_twice(layout) : -1;
    if (twice >= 0)
        sp_report(typing->reporter, tensor->span,
                  "a rank would hold only the block on the diagonal; use two axes",
                  "%s splits two dimensions over the same axis %s", tensor->name.text,
                  typing->program->axis_name[twice]);
    return good && twice < 0;
}

static void check_assumptions(checking *c)
{
    sp_program *program = c->typing.program;
    program->assumption = SP_NEW_ARRAY(c->typing.reporter->pool, sp_assumption, c->scheme->assumptions);
    for (size_t i = 0; i < c->scheme->assumptions; i++) {
        const sp_assumption_syntax *a = &c->scheme->assumption[i];
        sp_assumption *made = &program->assumption[program->assumptions];
        *made = (sp_assumption){.kind = a->kind, .span = a->span};
        if (!sp_type_part(&c->typing, &a->part, &made->part))
            continue;
        if (made->part.axes == 0)
            sp_report(c->typing.reporter, a->part.span, "for example: assume even N/dp",
                      "an assumption is about a split dimension such as %s/tp", a->part.dim.text);
        else
            program->assumptions++;
    }
}

static const char *const tensor_kinds[] = {"input", "param"};

static void check_declaration(checking *c, const sp_tensor_syntax *tensor)
{
    sp_reporter *reporter = c->typing.reporter;
    sp_program *program = c->typing.program;
    const sp_signature *of = program->of;
    const size_t t = sp_signature_tensor(of, tensor->name.text);
    if (t == of->tensors) {
        const char *known[SP_MAX_TENSORS];
        for (size_t k = 0; k < of->tensors; k++)
            known[k] = of->tensor[k].name;
        sp_report(reporter, tensor->name.span,
                  sp_hint_nearest(reporter, tensor->name.text, known, of->tensors,
                                  sp_pool_format(reporter->pool, "the tensors are %s",
                                                 sp_signature_tensors(reporter->pool, of))),
                  "unknown tensor '%s'", tensor->name.text);
        return;
    }
    if (c->known[t]) {
        sp_report(reporter, tensor->name.span, NULL, "%s is declared twice", tensor->name.text);
        return;
    }
    c->known[t] = true;
    if (tensor->dims == 0 && !tensor->scalar) /* a syntax error */
        return;
    if (tensor->param != of->tensor[t].param)
        sp_report(reporter, tensor->name.span, NULL, "%s is declared with '%s', not '%s'",
                  tensor->name.text, tensor_kinds[of->tensor[t].param], tensor->param ? "param" : "input");
    if (tensor->distribution.text) {
        sp_part label;
        const int place = of->tensor[t].distribution;
        if (sp_type_label(&c->typing, tensor->distribution, &label) &&
            (place < 0 || !sp_label_equal(&of->tensor[t].whole.part[place], &label)))
            sp_report(reporter, tensor->distribution.span, "what is known of a tensor is said in the network",
                      "network %s does not say that %s is a distribution over %s", of->name, tensor->name.text,
                      tensor->distribution.text);
    }
    program->declared[t] = check_layout(c, tensor, of->tensor[t].whole, &c->written[t], &program->tensor_layout[t]);
    program->tensor_span[t] = tensor->span;
}

static int load(checking *c, const sp_syntax_term *term, sp_tensor tensor)
{
    sp_pool *pool = c->typing.reporter->pool;
    const sp_tensor_info *info = &c->typing.program->of->tensor[tensor];
    if (!c->typing.program->declared[tensor]) {
        if (!c->known[tensor])
            sp_report(c->typing.reporter, term->span,
                      sp_pool_format(pool, "for example: %s %s%s", tensor_kinds[info->param], term->text,
                                     sp_declared_text(pool, c->typing.program, &info->whole)),
                      "%s is not declared", term->text);
        c->known[tensor] = true; /* once is enough */
        return -1;
    }
    if (c->loaded[tensor] < 0)
        c->loaded[tensor] = sp_type_add(
            &c->typing, (sp_node){.op = SP_OP_LOAD, .operand = {-1, -1}, .span = term->span,
                                  .tensor = tensor, .axis = -1, .to = SP_TO_SAME,
                                  .layout = c->typing.program->tensor_layout[tensor]});
    if (c->used_as[tensor] < 0)
        c->used_as[tensor] = in_order_of(c, c->loaded[tensor], &c->written[tensor]);
    return c->used_as[tensor];
}

static int unknown_name(checking *c, const sp_syntax_term *term, size_t statement)
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
    const sp_signature *of = c->typing.program->of;
    const char **known = SP_NEW_ARRAY(reporter->pool, const char *, statement + of->tensors + of->dims);
    for (size_t i = 0; i < statement; i++)
        known[count++] = c->scheme->statement[i].name.text;
    for (size_t t = 0; t < of->tensors; t++)
        if (c->known[t])
            known[count++] = of->tensor[t].name;
    for (size_t d = 0; d < of->dims; d++)
        known[count++] = of->dim[d];
    sp_report(reporter, term->span, sp_hint_nearest(reporter, term->text, known, count, NULL),
              "unknown name '%s'", term->text);
    sp_pool_free(reporter->pool, known);
    return -1;
}

static int check_name(checking *c, const sp_syntax_term *term, size_t statement)
{
    size_t at;
    if (sp_names_find(&c->statements, term->text, &at) && at < statement)
        return c->value_of[at];
    const sp_signature *of = c->typing.program->of;
    const size_t tensor = sp_signature_tensor(of, term->text);
    if (tensor < of->tensors)
        return load(c, term, (sp_tensor)tensor); /* below SP_MAX_TENSORS */
    for (size_t d = 0; d < of->dims; d++)
        if (strcmp(of->dim[d], term->text) == 0)
            return sp_type_add(&c->typing,
                               (sp_node){.op = SP_OP_EXTENT, .operand = {-1, -1}, .axis = -1,
                                         .span = term->span, .dim = (sp_dim)d});
    return unknown_name(c, term, statement);
}

static int check_number(checking *c, const sp_syntax_term *term)
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

/* A call of a function that is not the language's: one of the network's, or unknown. */
static int check_call(checking *c, const sp_syntax_term *term)
{
    sp_function function;
    bool prime;
    sp_reporter *reporter = c->typing.reporter;
    const sp_signature *of = c->typing.program->of;
    if (!sp_type_function(of, term->text, &function, &prime)) {
        const char *known[2 * SP_MAX_OWN_FUNCTIONS];
        size_t count = 0;
        for (size_t f = 0; f < of->functions; f++) {
            known[count++] = of->function[f].name;
            known[count++] = sp_pool_format(reporter->pool, "%s'", of->function[f].name);
        }
        const char *own = sp_nearest_name(reporter->pool, term->text, known, count);
        const char *word = sp_function_nearest(reporter->pool, term->text, SP_DIALECT_SCHEME);
        const char *both[] = {word ? word : own, own};
        const char *nearest = own ? sp_nearest_name(reporter->pool, term->text, both, 2) : word;
        sp_report(reporter, term->name, nearest ? sp_pool_format(reporter->pool, "did you mean '%s'?", nearest) : NULL,
                  "unknown function '%s'", term->text);
        return -1;
    }
    const sp_arguments *with = term->arguments;
    if (with->values > 2) {
        sp_report(reporter, term->name, NULL, "wrong number of arguments of '%s'", term->text);
        return -1;
    }
    int value[2] = {-1, -1};
    for (size_t i = 0; i < with->values; i++)
        if ((value[i] = c->node_of[with->value[i]]) < 0)
            return -1;
    return sp_type_apply(&c->typing, term, function, prime, value[0], value[1]);
}

static int check_term(checking *c, const sp_syntax_term *term, size_t statement)
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
        if (term->kind == SP_TERM_CALL && term->function)
            sp_type_names(&c->typing, term);
        return -1;
    }
    switch (term->kind) {
    case SP_TERM_NUMBER:
        return check_number(c, term);
    case SP_TERM_NAME:
        return check_name(c, term, statement);
    case SP_TERM_CALL:
        if (!term->function)
            return check_call(c, term);
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
        const char *is = reserved(c, name.text);
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

/* The arguments of a function that nobody knows may be names of anything: no errors about them. */
static void mute_arguments(checking *c, size_t t)
{
    const sp_syntax_term *term = &c->scheme->terms.item[t];
    sp_function function;
    bool prime;
    if (term->kind != SP_TERM_CALL || term->function ||
        sp_type_function(c->typing.program->of, term->text, &function, &prime))
        return;
    for (size_t i = term->arguments->first; i < t; i++)
        c->muted[i] = true;
}

static void check_statement(checking *c, size_t i)
{
    const sp_statement_syntax *statement = &c->scheme->statement[i];
    int value = -1;
    for (size_t t = statement->value.end; t-- > statement->value.first;)
        mute_arguments(c, t);
    for (size_t t = statement->value.first; t < statement->value.end; t++)
        value = c->node_of[t] = c->muted[t] ? -1 : check_term(c, &c->scheme->terms.item[t], i);
    c->value_of[i] = value;
    sp_program *program = c->typing.program;
    program->statement[program->statements++] =
        (sp_statement){statement->name.text, value, statement->backward, statement->span};
}

static void check_result(checking *c, const sp_tensor_syntax *result, bool seen[])
{
    sp_reporter *reporter = c->typing.reporter;
    const sp_signature *of = c->typing.program->of;
    const size_t r = sp_signature_result(of, result->name.text);
    if (r == of->results) {
        const char **known = SP_NEW_ARRAY(reporter->pool, const char *, of->results);
        for (size_t k = 0; k < of->results; k++)
            known[k] = of->result[k].name;
        sp_report(reporter, result->name.span,
                  sp_hint_nearest(reporter, result->name.text, known, of->results,
                                  sp_pool_format(reporter->pool, "results are %s",
                                                 sp_signature_results(reporter->pool, of))),
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
    sp_layout written;
    bool good = check_layout(c, result, of->result[r].whole, &written, &decl.declared);
    if (good && decl.node >= 0)
        decl.node = in_order_of(c, decl.node, &decl.declared);
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

const sp_program *sp_check_scheme(sp_reporter *reporter, const sp_signature *of, const sp_scheme_syntax *scheme)
{
    sp_pool *pool = reporter->pool;
    size_t errors = reporter->errors;
    checking c = {.typing = {.reporter = reporter, .program = SP_NEW(pool, sp_program)},
                  .scheme = scheme, .statements = sp_names_in(pool)};
    for (int t = 0; t < SP_MAX_TENSORS; t++)
        c.loaded[t] = c.used_as[t] = -1;
    sp_program *program = c.typing.program;
    program->of = of;
    program->tensor_layout = SP_NEW_ARRAY(pool, sp_layout, of->tensors);
    program->tensor_span = SP_NEW_ARRAY(pool, sp_span, of->tensors);
    c.written = SP_NEW_ARRAY(pool, sp_layout, of->tensors);
    c.muted = SP_NEW_ARRAY(pool, bool, scheme->terms.count);
    program->name = scheme->name.text ? scheme->name.text : "";
    program->source = reporter->source;
    program->span = scheme->name.span;
    c.node_of = SP_NEW_ARRAY(pool, int, scheme->terms.count);
    c.value_of = SP_NEW_ARRAY(pool, int, scheme->statements);
    program->statement = SP_NEW_ARRAY(pool, sp_statement, scheme->statements);
    program->result = SP_NEW_ARRAY(pool, sp_result_decl, of->results);
    check_axes(&c);
    check_assumptions(&c);
    for (size_t i = 0; i < scheme->tensors; i++)
        check_declaration(&c, &scheme->tensor[i]);
    check_names(&c);
    for (size_t i = 0; i < scheme->statements; i++)
        check_statement(&c, i);
    bool *seen = SP_NEW_ARRAY(pool, bool, of->results);
    /* a delta rule, which is read before its network has one, has them all */
    const size_t most = of->rule ? SP_MAX_RESULTS : of->results;
    if (scheme->results > most)
        sp_report(reporter, scheme->result[most].span, NULL, "too many results of a scheme: %zu (limit %zu)",
                  scheme->results, most);
    for (size_t i = 0; i < scheme->results && i < most; i++)
        check_result(&c, &scheme->result[i], seen);
    sp_pool_free(pool, seen);
    sp_pool_free(pool, c.muted);
    sp_pool_free(pool, c.node_of);
    sp_pool_free(pool, c.value_of);
    if (scheme->broken || reporter->errors > errors)
        return NULL;
    sp_program_assert(pool, program);
    return program;
}
