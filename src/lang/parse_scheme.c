/* Files and schemes: from tokens to the syntax tree. */
#include "lang/parser.h"

#include <string.h>

/* Sections of a scheme, in the order in which they come. */
typedef enum section { DECLARATIONS, FORWARD, BACKWARD, RESULT } section;

static const char *const section_words[] = {"the declarations", "'forward'", "'backward'",
                                            "'result'"};

/* tensor = name "[" dimref {"," dimref} "]" .   result = tensor [ "sum" axis ] .
 * Of a declaration: tensor = name "[" [ dimref {"," dimref} ] "]" [ "distribution" label ] . */
static bool parse_tensor(sp_parser *p, bool result, sp_tensor_syntax *tensor)
{
    size_t begin = p->token.begin, room = 0;
    tensor->name = sp_parse_name(p, result ? "the name of a result" : "the name of a tensor");
    if (!tensor->name.text)
        return false;
    if (!sp_parser_at(p, SP_TOKEN_OPEN_SQUARE)) {
        sp_parser_unexpected(p, "dimensions are written [N, Dh/tp]", "'['");
        return false;
    }
    sp_span open = sp_parser_open(p);
    const bool scalar = sp_parser_at(p, SP_TOKEN_CLOSE_SQUARE);
    tensor->scalar = scalar;
    tensor->dim = SP_NEW_ARRAY(p->pool, sp_dimref, room = 2); /* most have at most two */
    while (!scalar) {
        sp_dimref ref;
        if (!sp_parse_labelref(p, &ref))
            return false;
        tensor->dim = sp_pool_grow(p->pool, tensor->dim, &room, tensor->dims + 1, sizeof ref);
        tensor->dim[tensor->dims++] = ref;
        if (!sp_parser_accept(p, SP_TOKEN_COMMA))
            break;
    }
    if (!sp_parser_close(p, open, true))
        return false;
    tensor->span = sp_parser_span_from(p, begin);
    if (!result && sp_parser_accept_word(p, "distribution")) {
        tensor->distribution = sp_parse_label(p);
        return tensor->distribution.text != NULL;
    }
    if (result && sp_parser_accept_word(p, "sum")) {
        tensor->sum = sp_parse_name(p, "an axis");
        return tensor->sum.text != NULL;
    }
    return true;
}

/* decl = ("input" | "param") tensor {"," tensor} . */
bool sp_parse_declaration(sp_parser *p, sp_scheme_syntax *scheme, bool param)
{
    do {
        sp_tensor_syntax tensor = {.param = param};
        bool good = parse_tensor(p, false, &tensor);
        if (tensor.name.text) { /* a broken one is known all the same: no errors about its uses */
            scheme->tensor = sp_pool_grow(p->pool, scheme->tensor, &scheme->tensor_room,
                                          scheme->tensors + 1, sizeof tensor);
            scheme->tensor[scheme->tensors++] = tensor;
        }
        if (!good)
            return false;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

/* "result" result {"," result} . */
static bool parse_results(sp_parser *p, sp_scheme_syntax *scheme)
{
    do {
        sp_tensor_syntax result = {0};
        if (!parse_tensor(p, true, &result))
            return false;
        scheme->result = sp_pool_grow(p->pool, scheme->result, &scheme->result_room,
                                      scheme->results + 1, sizeof result);
        scheme->result[scheme->results++] = result;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

/* "mesh" axis {"," axis} . */
static bool parse_mesh(sp_parser *p, sp_scheme_syntax *scheme)
{
    do {
        sp_name axis = sp_parse_name(p, "an axis");
        if (!axis.text)
            return false;
        scheme->axis = sp_pool_grow(p->pool, scheme->axis, &scheme->axis_room, scheme->axes + 1,
                                    sizeof axis);
        scheme->axis[scheme->axes++] = axis;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

/* "assume" assumption {"," assumption} .   assumption = ("even" | "nonempty") dimref . */
static bool parse_assumptions(sp_parser *p, sp_scheme_syntax *scheme)
{
    do {
        sp_assumption_syntax one = {.kind = SP_ASSUME_EVEN};
        const size_t begin = p->token.begin;
        if (sp_parser_accept_word(p, "nonempty"))
            one.kind = SP_ASSUME_NONEMPTY;
        else if (!sp_parser_accept_word(p, "even")) {
            sp_parser_unexpected(p, "for example: assume even N/dp", "'even' or 'nonempty'");
            return false;
        }
        if (!sp_parse_dimref(p, &one.part))
            return false;
        one.span = sp_parser_span_from(p, begin);
        scheme->assumption = sp_pool_grow(p->pool, scheme->assumption, &scheme->assumption_room,
                                          scheme->assumptions + 1, sizeof one);
        scheme->assumption[scheme->assumptions++] = one;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

/* stmt = name "=" expr . */
bool sp_parse_statement(sp_parser *p, sp_dialect dialect, sp_scheme_syntax *scheme, bool backward)
{
    size_t begin = p->token.begin;
    sp_statement_syntax statement = {.backward = backward};
    statement.name = sp_parse_name(p, "a statement");
    if (!statement.name.text ||
        !sp_parser_expect(p, SP_TOKEN_EQUALS, "a statement is written NAME = EXPRESSION"))
        return false;
    bool good = sp_parse_expression(p, dialect, &scheme->terms, &statement.value);
    statement.span = sp_parser_span_from(p, begin);
    good = good && sp_parser_end_line(p, false);
    if (!good)
        statement.value.end = statement.value.first; /* no type: no errors about what it says */
    if (scheme->statements >= SP_LIMIT_STATEMENTS) {
        sp_report(p->reporter, statement.name.span, NULL,
                  "too many statements of a %s (limit %d)",
                  dialect == SP_DIALECT_NETWORK ? "network" : "scheme", SP_LIMIT_STATEMENTS);
        p->reporter->closed = true; /* the names that are not read would raise errors */
        return false;
    }
    scheme->statement = sp_pool_grow(p->pool, scheme->statement, &scheme->statement_room,
                                     scheme->statements + 1, sizeof statement);
    scheme->statement[scheme->statements++] = statement;
    return good;
}

/* Enters a section; reports one that comes twice or too late. */
static void enter_section(sp_parser *p, section next, section *now, bool seen[])
{
    sp_span at = sp_token_span(p, p->token);
    const char *word = sp_token_text(p, p->token);
    if (next != DECLARATIONS && seen[next])
        sp_report(p->reporter, at, NULL, "a second '%s' in this scheme", word);
    else if (next < *now)
        sp_report(p->reporter, at, NULL, "'%s' must come before %s", word, section_words[*now]);
    seen[next] = true;
    *now = next;
    sp_parser_advance(p);
}

/* One line of a scheme; false after a syntax error. */
static bool parse_line(sp_parser *p, sp_scheme_syntax *scheme, section *now, bool seen[])
{
    bool assigned = sp_parser_next_is(p, SP_TOKEN_EQUALS); /* `input = ...`: reserved, see check */
    if (!assigned && sp_parser_at_word(p, "mesh")) {
        if (scheme->axes || scheme->tensors || scheme->assumptions || *now != DECLARATIONS)
            sp_report(p->reporter, sp_token_span(p, p->token), NULL, scheme->axes
                      ? "a second 'mesh' in this scheme"
                      : "'mesh' must come right after the name of the scheme");
        sp_parser_advance(p);
        return parse_mesh(p, scheme);
    }
    if (!assigned && sp_parser_at_word(p, "assume")) {
        if (scheme->tensors || *now != DECLARATIONS)
            sp_report(p->reporter, sp_token_span(p, p->token), NULL, "'assume' must come before the declarations");
        sp_parser_advance(p);
        return parse_assumptions(p, scheme);
    }
    if (!assigned && (sp_parser_at_word(p, "input") || sp_parser_at_word(p, "param"))) {
        bool param = sp_parser_at_word(p, "param");
        enter_section(p, DECLARATIONS, now, seen);
        return sp_parse_declaration(p, scheme, param);
    }
    if (!assigned && (sp_parser_at_word(p, "forward") || sp_parser_at_word(p, "backward"))) {
        enter_section(p, sp_parser_at_word(p, "forward") ? FORWARD : BACKWARD, now, seen);
        return true;
    }
    if (!assigned && sp_parser_at_word(p, "result")) {
        enter_section(p, RESULT, now, seen);
        return parse_results(p, scheme);
    }
    static const char *const wanted[] = {"'mesh', 'input', 'param' or 'forward'",
                                         "a statement or 'backward'", "a statement or 'result'",
                                         "the end of the scheme"};
    if ((*now == FORWARD || *now == BACKWARD) && sp_parser_at(p, SP_TOKEN_NAME))
        return sp_parse_statement(p, SP_DIALECT_SCHEME, scheme, *now == BACKWARD);
    const char *hint = NULL;
    if (p->token.kind >= SP_TOKEN_PLUS && p->token.kind <= SP_TOKEN_TRANSPOSE)
        hint = "a line goes on if it ends in a comma or an operator, not if the next one starts "
               "with it";
    sp_parser_unexpected(p, hint, wanted[*now]);
    return false;
}

/* scheme = "scheme" name [ "of" name ] [ "mesh" axis {"," axis} ] { "assume" ... } decl {decl}
 *          "forward" {stmt} "backward" {stmt} "result" result {"," result} . */
void sp_parse_scheme(sp_parser *p, sp_scheme_syntax *scheme)
{
    size_t errors = p->reporter->errors;
    scheme->name = sp_parse_block_name(p, "the name of the scheme");
    section now = DECLARATIONS;
    bool seen[RESULT + 1] = {false};
    if (sp_parser_accept_word(p, "of")) {
        scheme->of = sp_parse_block_name(p, "the name of a network");
        if (!scheme->of.text) { /* its tensors would all be unknown */
            while (!sp_parser_at_block(p))
                sp_parser_recover(p, p->token.begin);
            scheme->broken = true;
            return;
        }
    }
    while (!sp_parser_at_block(p)) {
        size_t begin = sp_parser_start_line(p);
        if (!parse_line(p, scheme, &now, seen))
            sp_parser_recover(p, begin);
    }
    for (section s = DECLARATIONS; s <= RESULT && scheme->name.text; s++)
        if (!seen[s])
            sp_report(p->reporter, scheme->name.span,
                      s == DECLARATIONS ? "for example: input X[N, Din], Y[N, Dout]" : NULL,
                      "scheme %s has no %s", scheme->name.text,
                      s == DECLARATIONS ? "'input' or 'param'" : section_words[s]);
    scheme->broken = scheme->broken || p->reporter->errors > errors;
}

/* use = "use" string . */
static void parse_use(sp_parser *p, sp_file_syntax *file)
{
    const sp_span at = sp_token_span(p, p->token);
    if (!sp_parser_at(p, SP_TOKEN_STRING)) {
        sp_parser_unexpected(p, "networks and schemes of another file: use \"path\"", "a \"path\"");
        sp_parser_recover(p, p->token.begin);
        return;
    }
    const sp_name path = {sp_pool_copy(p->pool, at.source->text + at.begin + 1, at.end - at.begin - 2), at};
    sp_parser_advance(p);
    if (file->networks + file->schemes + file->cases > 0)
        sp_report(p->reporter, at, NULL, "'use' stands at the top of a file");
    else if (!*path.text)
        sp_report(p->reporter, at, NULL, "this path is empty");
    file->use = sp_pool_grow(p->pool, file->use, &file->use_room, file->uses + 1, sizeof path);
    file->use[file->uses++] = path;
    if (!sp_parser_end_line(p, false))
        sp_parser_recover(p, p->token.begin);
}

/* file = { use } { network | scheme | case } . */
void sp_parse_file(sp_parser *p, sp_file_syntax *file)
{
    while (p->token.kind != SP_TOKEN_END) {
        size_t begin = sp_parser_start_line(p);
        if (sp_parser_accept_word(p, "use")) {
            parse_use(p, file);
        } else if (sp_parser_accept_word(p, "network")) {
            sp_network_syntax *network = SP_NEW(p->pool, sp_network_syntax);
            file->network = sp_pool_grow(p->pool, file->network, &file->network_room, file->networks + 1,
                                         sizeof network);
            file->network[file->networks++] = network;
            sp_parse_network(p, network);
        } else if (sp_parser_accept_word(p, "scheme")) {
            sp_scheme_syntax *scheme = SP_NEW(p->pool, sp_scheme_syntax);
            file->scheme = sp_pool_grow(p->pool, file->scheme, &file->scheme_room,
                                        file->schemes + 1, sizeof scheme);
            file->scheme[file->schemes++] = scheme;
            sp_parse_scheme(p, scheme);
        } else if (sp_parser_accept_word(p, "case")) {
            sp_case_syntax *item = SP_NEW(p->pool, sp_case_syntax);
            file->item = sp_pool_grow(p->pool, file->item, &file->case_room, file->cases + 1,
                                      sizeof item);
            file->item[file->cases++] = item;
            sp_parse_case(p, item);
        } else {
            sp_parser_unexpected(p, NULL, "'network', 'scheme' or 'case'");
            sp_parser_recover(p, begin);
            while (!sp_parser_at_block(p)) /* one error for all that stands outside of blocks */
                sp_parser_recover(p, p->token.begin);
        }
    }
}
