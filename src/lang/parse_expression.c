/* Expressions of schemes and of formulas: one grammar, two dialects (syntax.h, SP_FUNCTIONS).
 *
 * Recursion is bounded by SP_LIMIT_NESTING; long chains such as a + b + c + ... are loops. */
#include "lang/parser.h"

#include <limits.h>
#include <string.h>

static const sp_function_info functions[] = {
#define X(name, op, primitive, arguments, usage) \
    {name, SP_OP_##op, SP_PRIMITIVE_##primitive, arguments, usage},
    SP_FUNCTIONS(X)
#undef X
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

const sp_function_info *sp_function_find(const char *name, sp_dialect dialect)
{
    const sp_function_info *found = NULL;
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strcmp(functions[i].name, name) == 0) {
            found = &functions[i];
            if (sp_function_in(found, dialect))
                break;
        }
    return found;
}

bool sp_function_in(const sp_function_info *function, sp_dialect dialect)
{
    return dialect == SP_DIALECT_SCHEME ? function->op != SP_OP_COUNT
                                        : function->primitive != SP_PRIMITIVE_COUNT;
}

const char *sp_function_nearest(sp_pool *pool, const char *name, sp_dialect dialect)
{
    const char *known[FUNCTIONS];
    size_t count = 0;
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (sp_function_in(&functions[i], dialect))
            known[count++] = functions[i].name;
    return sp_nearest_name(pool, name, known, count);
}

/* An expression being read. Terms are named by their indices; -1 after a diagnostic. */
typedef struct reading {
    sp_parser *p;
    sp_dialect dialect;
    sp_syntax_terms *terms;
} reading;

static int parse_sum(reading *r);

static int add(reading *r, sp_syntax_term term)
{
    if (r->terms->count >= SP_LIMIT_OPERATIONS) {
        sp_report(r->p->reporter, term.span, NULL, "too many operations (limit %d)",
                  SP_LIMIT_OPERATIONS);
        return -1;
    }
    r->terms->item = sp_pool_grow(r->p->pool, r->terms->item, &r->terms->capacity,
                                  r->terms->count + 1, sizeof term);
    r->terms->item[r->terms->count] = term;
    return (int)r->terms->count++;
}

static int add_operation(reading *r, sp_term_kind kind, size_t begin, int a, int b)
{
    return add(r, (sp_syntax_term){.kind = kind, .operand = {a, b},
                            .span = sp_parser_span_from(r->p, begin)});
}

/* Counts one more open bracket or operator. */
static bool enter(reading *r)
{
    if (r->p->nesting < SP_LIMIT_NESTING) {
        r->p->nesting++;
        return true;
    }
    sp_report(r->p->reporter, sp_token_span(r->p, r->p->token), NULL,
              "too many nested brackets and operators: more than %d (limit %d)", SP_LIMIT_NESTING,
              SP_LIMIT_NESTING);
    return false;
}

/* integer = [ "-" ] digits . */
static bool parse_constant(sp_parser *p, bool sign, long *constant)
{
    bool minus = sign && sp_parser_accept(p, SP_TOKEN_MINUS);
    uint64_t value;
    if (!sp_parse_whole(p, sign ? "a whole number" : "a whole number without a sign", LONG_MAX,
                        "this number is too large", &value))
        return false;
    *constant = minus ? -(long)value : (long)value;
    return true;
}

/* One argument, as its letter in SP_FUNCTIONS says. */
static bool parse_argument(reading *r, char kind, sp_syntax_term *call, sp_arguments *arguments)
{
    sp_parser *p = r->p;
    switch (kind) {
    case 'v': {
        int value = parse_sum(r);
        call->operand[call->operand[0] >= 0] = value;
        return value >= 0;
    }
    case 'd':
        return (arguments->dim[arguments->dims++] = sp_parse_label(p)).text != NULL;
    case 'D':
        do {
            sp_name dim = sp_parse_label(p);
            if (!dim.text)
                return false;
            if (arguments->dims == SP_MAX_ORDER) {
                sp_report(p->reporter, dim.span, NULL, "too many dimensions: %s is the ninth (limit %d)", dim.text,
                          SP_MAX_ORDER);
                return false;
            }
            arguments->dim[arguments->dims++] = dim;
        } while (sp_parser_accept(p, SP_TOKEN_COMMA));
        return true;
    case 'a':
        arguments->axis = sp_parse_name(p, "an axis");
        return arguments->axis.text != NULL;
    case 'p':
        return sp_parse_dimref(p, &arguments->part);
    case 'n':
        return parse_constant(p, false, &arguments->constant);
    case 'i':
        return parse_constant(p, true, &arguments->constant);
    default: /* 'm' */
        arguments->how = sp_parser_accept_word(p, "mean")  ? SP_REDUCE_MEAN
                         : sp_parser_accept_word(p, "max") ? SP_REDUCE_MAX
                                                           : SP_REDUCE_SUM;
        if (arguments->how == SP_REDUCE_SUM)
            sp_parser_unexpected(p, NULL, "'mean' or 'max'");
        return arguments->how != SP_REDUCE_SUM;
    }
}

static bool wrong_count(reading *r, sp_name name, const sp_function_info *function)
{
    sp_report(r->p->reporter, name.span, sp_pool_format(r->p->pool, "write %s", function->usage),
              "wrong number of arguments of '%s'", function->name);
    return false;
}

static bool parse_arguments(reading *r, sp_name name, sp_syntax_term *call)
{
    sp_parser *p = r->p;
    sp_arguments *arguments = SP_NEW(p->pool, sp_arguments);
    call->arguments = arguments;
    for (const char *kind = call->function->arguments; *kind; kind++) {
        bool first = kind == call->function->arguments;
        bool last = p->token.kind == SP_TOKEN_CLOSE_ROUND;
        if (last && *kind == 'm')
            break;
        if (last || (!first && p->token.kind != SP_TOKEN_COMMA)) {
            if (last)
                return wrong_count(r, name, call->function);
            break; /* neither ',' nor ')': the closing bracket is missed */
        }
        if (!first)
            sp_parser_advance(p);
        if (!parse_argument(r, *kind, call, arguments))
            return false;
    }
    return p->token.kind != SP_TOKEN_COMMA || wrong_count(r, name, call->function);
}

/* The function that is called: the one of that name, or the nearest after a diagnostic; NULL if
 * none is near. */
static const sp_function_info *called(reading *r, sp_name name, bool *wrong)
{
    const sp_function_info *function = sp_function_find(name.text, r->dialect);
    if (function && sp_function_in(function, r->dialect))
        return function;
    *wrong = true;
    const char *place = r->dialect == SP_DIALECT_SCHEME ? "a scheme" : "a formula";
    const char *nearest = sp_function_nearest(r->p->pool, name.text, r->dialect);
    const char *hint =
        nearest ? sp_pool_format(r->p->pool, "did you mean '%s'?", nearest) : NULL;
    if (function)
        sp_report(r->p->reporter, name.span, hint, "'%s' cannot be used in %s", name.text, place);
    else
        sp_report(r->p->reporter, name.span, hint, "unknown function '%s'", name.text);
    return function ? function : nearest ? sp_function_find(nearest, r->dialect) : NULL;
}

/* Skips the arguments of a function that nobody knows. */
static bool skip_arguments(sp_parser *p)
{
    for (unsigned depth = p->depth; p->token.kind != SP_TOKEN_END; sp_parser_advance(p)) {
        if (p->token.kind == SP_TOKEN_OPEN_ROUND)
            p->depth++;
        if (p->token.kind == SP_TOKEN_CLOSE_ROUND && p->depth-- == depth) {
            p->depth++;
            return true;
        }
    }
    return false;
}

/* In a network, and of functions of one: function "(" expr {"," expr} ")"; which of them name dimensions is checked
 * later. */
static int parse_network_call(reading *r)
{
    sp_parser *p = r->p;
    size_t begin = p->token.begin, room = 0;
    sp_arguments *arguments = SP_NEW(p->pool, sp_arguments);
    arguments->first = r->terms->count;
    sp_syntax_term call = {.kind = SP_TERM_CALL, .operand = {-1, -1}, .arguments = arguments,
                    .text = sp_token_text(p, p->token), .name = sp_token_span(p, p->token)};
    sp_parser_advance(p);
    sp_span open = sp_parser_open(p);
    do {
        int value = parse_sum(r);
        if (value < 0)
            return -1;
        arguments->value = sp_pool_grow(p->pool, arguments->value, &room, arguments->values + 1,
                                        sizeof value);
        arguments->value[arguments->values++] = value;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    if (!sp_parser_close(p, open, true))
        return -1;
    call.span = sp_parser_span_from(p, begin);
    return add(r, call);
}

/* call = function "(" expr {"," argument} ")" . */
static int parse_call(reading *r)
{
    sp_parser *p = r->p;
    size_t begin = p->token.begin;
    sp_name name = {sp_token_text(p, p->token), sp_token_span(p, p->token)};
    sp_parser_advance(p);
    bool wrong = false;
    sp_syntax_term call = {.kind = SP_TERM_CALL, .operand = {-1, -1}, .text = name.text, .name = name.span};
    call.function = called(r, name, &wrong);
    sp_span open = sp_parser_open(p);
    if (call.function ? !parse_arguments(r, name, &call) : !skip_arguments(p))
        return -1;
    bool list = call.function && call.function->arguments[1];
    if (!sp_parser_close(p, open, list))
        return -1;
    if (wrong)
        call.kind = SP_TERM_WRONG;
    call.span = sp_parser_span_from(p, begin);
    return add(r, call);
}

/* primary = number | name | call | "(" expr ")" . */
static int parse_primary(reading *r)
{
    sp_parser *p = r->p;
    bool number = !sp_parser_at(p, SP_TOKEN_NUMBER) || sp_check_number_token(p);
    if (sp_parser_at(p, SP_TOKEN_NUMBER) || sp_parser_at(p, SP_TOKEN_NAME)) {
        bool name = p->token.kind == SP_TOKEN_NAME;
        if (name && sp_parser_next_is(p, SP_TOKEN_OPEN_ROUND)) {
            if (!enter(r))
                return -1;
            const bool listed = r->dialect == SP_DIALECT_FORMULA ||
                                (r->dialect == SP_DIALECT_SCHEME &&
                                 sp_function_find(sp_token_text(p, p->token), SP_DIALECT_SCHEME));
            int value = listed ? parse_call(r) : parse_network_call(r);
            p->nesting -= value >= 0;
            return value;
        }
        sp_syntax_term term = {.kind = !number ? SP_TERM_WRONG : name ? SP_TERM_NAME : SP_TERM_NUMBER,
                        .operand = {-1, -1},
                        .span = sp_token_span(p, p->token), .text = sp_token_text(p, p->token)};
        sp_parser_advance(p);
        return add(r, term);
    }
    if (!sp_parser_at(p, SP_TOKEN_OPEN_ROUND)) {
        sp_parser_unexpected(p, NULL, "an expression");
        return -1;
    }
    if (!enter(r))
        return -1;
    sp_span open = sp_parser_open(p);
    int value = parse_sum(r);
    if (value < 0 || !sp_parser_close(p, open, false))
        return -1;
    p->nesting--;
    r->terms->item[value].span = sp_parser_span_from(p, open.begin);
    return value;
}

/* unary = "-" unary | postfix .   postfix = primary { "^T" } . */
static int parse_unary(reading *r)
{
    sp_parser *p = r->p;
    size_t begin = p->token.begin;
    unsigned nesting = p->nesting;
    int value;
    if (sp_parser_at(p, SP_TOKEN_MINUS)) {
        if (!enter(r))
            return -1;
        sp_parser_advance(p);
        value = parse_unary(r);
        if (value >= 0)
            value = add_operation(r, SP_TERM_NEGATE, begin, value, -1);
    } else {
        value = parse_primary(r);
        while (value >= 0 && sp_parser_at(p, SP_TOKEN_TRANSPOSE)) {
            if (!enter(r))
                return -1;
            sp_parser_advance(p);
            value = add_operation(r, SP_TERM_TRANSPOSE, begin, value, -1);
        }
    }
    p->nesting = nesting;
    return value;
}

/* term = unary { ("@" | "*" | "/") unary } . */
static int parse_product(reading *r)
{
    sp_parser *p = r->p;
    size_t begin = p->token.begin;
    int value = parse_unary(r);
    while (value >= 0) {
        sp_term_kind kind = sp_parser_at(p, SP_TOKEN_AT)      ? SP_TERM_PRODUCT
                            : sp_parser_at(p, SP_TOKEN_TIMES) ? SP_TERM_MUL
                            : sp_parser_at(p, SP_TOKEN_SLASH) ? SP_TERM_DIV
                                                              : SP_TERM_WRONG;
        if (kind == SP_TERM_WRONG)
            break;
        sp_parser_advance(p);
        int right = parse_unary(r);
        value = right < 0 ? -1 : add_operation(r, kind, begin, value, right);
    }
    return value;
}

/* expr = term { ("+" | "-") term } . */
static int parse_sum(reading *r)
{
    sp_parser *p = r->p;
    size_t begin = p->token.begin;
    int value = parse_product(r);
    while (value >= 0 && (sp_parser_at(p, SP_TOKEN_PLUS) || sp_parser_at(p, SP_TOKEN_MINUS))) {
        sp_term_kind kind = p->token.kind == SP_TOKEN_PLUS ? SP_TERM_ADD : SP_TERM_SUB;
        sp_parser_advance(p);
        int right = parse_product(r);
        value = right < 0 ? -1 : add_operation(r, kind, begin, value, right);
    }
    return value;
}

bool sp_parse_expression(sp_parser *p, sp_dialect dialect, sp_syntax_terms *terms, sp_syntax_expression *value)
{
    reading r = {p, dialect, terms};
    size_t first = terms->count, begin = p->token.begin;
    p->nesting = 0;
    bool good = parse_sum(&r) >= 0;
    if (!good)
        terms->count = first;
    *value = (sp_syntax_expression){first, terms->count, sp_parser_span_from(p, begin)};
    return good;
}
