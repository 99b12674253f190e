/* Networks: from tokens to the syntax tree. */
#include "lang/parser.h"

/* Sections of a network, in the order in which they come. */
typedef enum section { DIMS, DECLARATIONS, FUNCTIONS, FORWARD, LOSS } section;

static const char *const section_words[] = {"dims", "input", "function", "forward", "loss"};

/* "dims" dim {"," dim} . */
static bool parse_dims(sp_parser *p, sp_network_syntax *network)
{
    do {
        sp_name dim = sp_parse_name(p, "a dimension");
        if (!dim.text)
            return false;
        network->dim = sp_pool_grow(p->pool, network->dim, &network->dim_room, network->dims + 1, sizeof dim);
        network->dim[network->dims++] = dim;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

/* What a function is: read as the sigma or the loss of a case, whose variables are named if it is a formula. */
static bool parse_given(sp_parser *p, sp_function_syntax *function)
{
    sp_slot slot = {.kind = SP_SLOT_FUNCTION, .label = function->name.text};
    sp_parser ahead = *p;
    bool name = sp_parser_at(p, SP_TOKEN_NAME);
    if (name)
        (void)sp_parse_block_name(&ahead, "a function"); /* there is one: nothing is reported */
    if (!name || !(sp_parser_line_ended(&ahead) || sp_parser_at(&ahead, SP_TOKEN_COMMA))) {
        slot.variables = function->variables;
        for (size_t i = 0; i < slot.variables; i++)
            slot.variable[i] = function->variable[i];
    }
    return sp_parse_choice(p, &slot, &function->value);
}

/* fn = name "(" var [ "," var ] ")" [ "=" ( builtin | expr ) ] . */
static bool parse_function(sp_parser *p, sp_network_syntax *network)
{
    sp_function_syntax function = {.name = sp_parse_name(p, "the name of a function")};
    if (!function.name.text)
        return false;
    if (!sp_parser_at(p, SP_TOKEN_OPEN_ROUND)) {
        sp_parser_unexpected(p, "a function is written act(z), or loss(a, y)", "'('");
        return false;
    }
    sp_span open = sp_parser_open(p);
    do {
        sp_name variable = sp_parse_name(p, "a variable");
        if (!variable.text)
            return false;
        if (function.variables == 2) {
            sp_report(p->reporter, variable.span, NULL, "a function has one or two arguments");
            return false;
        }
        function.variable[function.variables++] = variable;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    if (!sp_parser_close(p, open, true))
        return false;
    function.given = sp_parser_accept(p, SP_TOKEN_EQUALS);
    if (function.given && !parse_given(p, &function))
        return false;
    network->function = sp_pool_grow(p->pool, network->function, &network->function_room,
                                     network->functions + 1, sizeof function);
    network->function[network->functions++] = function;
    return true;
}

static bool parse_functions(sp_parser *p, sp_network_syntax *network)
{
    do
        if (!parse_function(p, network))
            return false;
    while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_end_line(p, true);
}

static bool parse_loss(sp_parser *p, sp_network_syntax *network)
{
    network->has_loss = true;
    return sp_parse_expression(p, SP_DIALECT_NETWORK, &network->body.terms, &network->loss) &&
           sp_parser_end_line(p, false);
}

/* Enters a section; reports one that comes twice or too late. Declarations and functions may come again. */
static void enter(sp_parser *p, section next, section *now, bool seen[])
{
    sp_span at = sp_token_span(p, p->token);
    const char *word = sp_token_text(p, p->token);
    if (seen[next] && next != DECLARATIONS && next != FUNCTIONS)
        sp_report(p->reporter, at, NULL, "a second '%s' in this network", word);
    else if (next < *now)
        sp_report(p->reporter, at, NULL, "'%s' must come before '%s'", word, section_words[*now]);
    seen[next] = true;
    *now = next > *now ? next : *now;
    sp_parser_advance(p);
}

/* One line of a network; false after a syntax error. */
static bool parse_line(sp_parser *p, sp_network_syntax *network, section *now, bool seen[])
{
    const bool assigned = sp_parser_next_is(p, SP_TOKEN_EQUALS);
    const bool param = sp_parser_at_word(p, "param");
    if (!assigned && sp_parser_at_word(p, "dims")) {
        enter(p, DIMS, now, seen);
        return parse_dims(p, network);
    }
    if (!assigned && (param || sp_parser_at_word(p, "input"))) {
        enter(p, DECLARATIONS, now, seen);
        return sp_parse_declaration(p, &network->body, param);
    }
    if (!assigned && sp_parser_at_word(p, "function")) {
        enter(p, FUNCTIONS, now, seen);
        return parse_functions(p, network);
    }
    if (!assigned && sp_parser_at_word(p, "forward")) {
        enter(p, FORWARD, now, seen);
        return true;
    }
    if (!assigned && sp_parser_at_word(p, "loss")) {
        enter(p, LOSS, now, seen);
        return parse_loss(p, network);
    }
    if (*now == FORWARD && sp_parser_at(p, SP_TOKEN_NAME))
        return sp_parse_statement(p, SP_DIALECT_NETWORK, &network->body, false);
    static const char *const wanted[] = {
        "'dims'", "'input', 'param', 'function' or 'forward'", "'function' or 'forward'",
        "a statement or 'loss'", "the end of the network"};
    sp_parser_unexpected(p, NULL, wanted[seen[DIMS] && *now == DIMS ? DECLARATIONS : *now]);
    return false;
}

/* network = "network" name "dims" dim {"," dim} decl {decl} { "function" fn {"," fn} }
 *           "forward" {stmt} "loss" expr . */
void sp_parse_network(sp_parser *p, sp_network_syntax *network)
{
    size_t errors = p->reporter->errors;
    network->body.name = sp_parse_block_name(p, "the name of the network");
    section now = DIMS;
    bool seen[LOSS + 1] = {false};
    while (!sp_parser_at_block(p)) {
        size_t begin = sp_parser_start_line(p);
        if (!parse_line(p, network, &now, seen))
            sp_parser_recover(p, begin);
    }
    for (section s = DIMS; s <= LOSS && network->body.name.text; s++)
        if (!seen[s] && s != FUNCTIONS)
            sp_report(p->reporter, network->body.name.span,
                      s == DIMS ? "for example: dims N, D" : NULL, "network %s has no '%s'",
                      network->body.name.text, section_words[s]);
    network->body.broken = p->reporter->errors > errors;
}
