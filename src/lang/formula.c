/* Formulas: the checked form of an expression over primitives. */
#include "lang/check.h"
#include "lang/mlp.h"

#include <string.h>

typedef struct checking {
    sp_reporter *reporter;
    const sp_signature *of;
    const char *const *variables;
    size_t count;
    size_t *inexact;
    bool wrong;
} checking;

static void wrong(checking *c, const sp_syntax_term *term, const char *hint, const char *message)
{
    c->wrong = true;
    sp_report(c->reporter, term->span, hint, "%s", message);
}

static sp_formula_node check_number(checking *c, const sp_syntax_term *term)
{
    sp_formula_node node = {.kind = SP_FORMULA_NUMBER, .number_text = term->text};
    bool exact = true;
    if (!sp_literal_read(term->text, strlen(term->text), &node.number, &exact))
        wrong(c, term, NULL,
              sp_pool_format(c->reporter->pool, "%s is too large for binary64 (limit 1.8e308)",
                             sp_span_text(c->reporter->pool, term->span)));
    *c->inexact += !exact;
    return node;
}

/* The loss of mlp is one of its outputs. */
static bool may_use(const sp_signature *of, size_t dim)
{
    return !sp_is_mlp(of) || strcmp(of->dim[dim], "N") == 0 || strcmp(of->dim[dim], "Dout") == 0;
}

static sp_formula_node check_name(checking *c, const sp_syntax_term *term)
{
    sp_formula_node node = {.kind = SP_FORMULA_VARIABLE};
    sp_pool *pool = c->reporter->pool;
    const bool two = c->count == 2 && c->of;
    const char *known[SP_MAX_DIMS + 2];
    size_t count = 0;
    for (size_t i = 0; two && i < c->of->dims; i++)
        if (may_use(c->of, i))
            known[count++] = c->of->dim[i];
    for (size_t i = 0; i < c->count; i++) {
        known[count++] = c->variables[i];
        if (strcmp(term->text, c->variables[i]) == 0) {
            node.variable = (int)i;
            return node;
        }
    }
    node.kind = SP_FORMULA_DIMENSION;
    for (size_t dim = 0; c->of && dim < c->of->dims; dim++) {
        if (strcmp(term->text, c->of->dim[dim]) != 0)
            continue;
        node.dimension = (int)dim; /* below SP_MAX_DIMS */
        if (!two)
            wrong(c, term, NULL, "an activation may not use dimensions");
        else if (!may_use(c->of, dim))
            wrong(c, term, NULL, "a loss may use no dimension but N and Dout");
        return node;
    }
    const char *variables = c->count == 2 ? sp_pool_format(pool, "the variables are %s and %s", c->variables[0],
                                                           c->variables[1])
                                          : sp_pool_format(pool, "the variable is %s", c->variables[0]);
    wrong(c, term, sp_hint_nearest(c->reporter, term->text, known, count, variables),
          sp_pool_format(pool, "unknown name '%s'", term->text));
    return node;
}

static sp_primitive primitive_of(const sp_syntax_term *term)
{
    switch (term->kind) {
    case SP_TERM_NEGATE: return SP_PRIMITIVE_NEG;
    case SP_TERM_ADD: return SP_PRIMITIVE_ADD;
    case SP_TERM_SUB: return SP_PRIMITIVE_SUB;
    case SP_TERM_MUL: return SP_PRIMITIVE_MUL;
    case SP_TERM_DIV: return SP_PRIMITIVE_DIV;
    case SP_TERM_CALL: return term->function->primitive;
    default: return SP_PRIMITIVE_COUNT;
    }
}

static sp_formula_node check_term(checking *c, const sp_syntax_term *term)
{
    if (term->kind == SP_TERM_NUMBER)
        return check_number(c, term);
    if (term->kind == SP_TERM_NAME)
        return check_name(c, term);
    sp_formula_node node = {.kind = SP_FORMULA_PRIMITIVE, .primitive = primitive_of(term)};
    if (term->kind == SP_TERM_PRODUCT || term->kind == SP_TERM_TRANSPOSE)
        wrong(c, term, term->kind == SP_TERM_PRODUCT ? "the product of numbers is written a * b"
                                                     : NULL,
              "a formula is about numbers, not matrices");
    return node;
}

const sp_formula *sp_check_formula(sp_reporter *reporter, const sp_signature *of, const sp_syntax_terms *terms,
                                   const sp_syntax_expression *value, const char *const *variables,
                                   size_t count, size_t *inexact)
{
    checking c = {reporter, of, variables, count, inexact, false};
    sp_formula *formula = SP_NEW(reporter->pool, sp_formula);
    formula->count = value->end - value->first;
    formula->variables = count;
    formula->node = SP_NEW_ARRAY(reporter->pool, sp_formula_node, formula->count);
    for (size_t i = 0; i < formula->count; i++) {
        const sp_syntax_term *term = &terms->item[value->first + i];
        c.wrong = c.wrong || term->kind == SP_TERM_WRONG;
        formula->node[i] = check_term(&c, term);
        for (int k = 0; k < 2; k++) {
            int operand = term->operand[k];
            formula->node[i].operand[k] = operand < 0 ? -1 : operand - (int)value->first;
        }
    }
    const char *text = value->span.source->text + value->span.begin;
    formula->text = sp_pool_copy(reporter->pool, text, value->span.end - value->span.begin);
    return c.wrong ? NULL : formula;
}

const sp_formula *sp_formula_parse(sp_pool *pool, const sp_signature *of, const sp_source *source,
                                   const char *const *variables, size_t count, sp_diagnostics *diagnostics)
{
    sp_reporter reporter = {.pool = pool, .diagnostics = diagnostics, .source = source};
    sp_parser p = sp_parser_start(&reporter, NULL);
    sp_parser_start_line(&p);
    sp_syntax_terms terms = {0};
    sp_syntax_expression value;
    size_t inexact = 0;
    if (!sp_parse_expression(&p, SP_DIALECT_FORMULA, &terms, &value))
        return NULL;
    if (p.token.kind != SP_TOKEN_END) {
        sp_report(&reporter, sp_token_span(&p, p.token), NULL, "expected the end of the formula");
        return NULL;
    }
    return sp_check_formula(&reporter, of, &terms, &value, variables, count, &inexact);
}
