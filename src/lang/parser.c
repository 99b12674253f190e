#include "lang/parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sp_report(sp_reporter *to, sp_span at, const char *hint, const char *format, ...)
{
    to->errors++;
    if (to->closed)
        return;
    if (to->errors > SP_LIMIT_ERRORS) {
        to->closed = true;
        sp_file_error(to->diagnostics, to->source->name,
                      "too many errors: the others are not shown (limit %d)", SP_LIMIT_ERRORS);
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        sp_pool_fail(to->pool, SP_INTERNAL);
    char *message = sp_pool_alloc(to->pool, (size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(message, (size_t)length + 1, format, arguments);
    va_end(arguments);
    sp_error(to->diagnostics, at, hint, "%s", message);
    sp_pool_free(to->pool, message);
}

const char *sp_hint_nearest(sp_reporter *to, const char *name, const char *const *known,
                            size_t count, const char *otherwise)
{
    if (to->errors >= SP_LIMIT_ERRORS)
        return NULL;
    const char *nearest = sp_nearest_name(to->pool, name, known, count);
    return nearest ? sp_pool_format(to->pool, "did you mean '%s'?", nearest) : otherwise;
}

static const char *const keywords[] = {"scheme",    "case",    "mesh",     "input",  "param",
                                       "forward",   "backward", "result",  "dims",   "network",
                                       "split",     "data",    "precision", "numdiff",
                                       "evidence",  "expect"};

bool sp_is_keyword(const char *word)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i], word) == 0)
            return true;
    return false;
}

size_t sp_known_name(sp_reporter *to, sp_name name, const char *what, const char *const *known, size_t count)
{
    sp_text all = sp_text_in(to->pool);
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i], name.text) == 0)
            return i;
    for (size_t i = 0; i < count; i++)
        sp_text_format(&all, "%s%s", i == 0 ? "it is one of " : ", ", known[i]);
    sp_report(to, name.span, sp_hint_nearest(to, name.text, known, count, sp_text_string(&all)),
              "unknown %s '%s'", what, name.text);
    return count;
}

sp_parser sp_parser_start(sp_reporter *reporter, const sp_vocabulary *vocabulary)
{
    sp_parser p = {.pool = reporter->pool, .reporter = reporter, .vocabulary = vocabulary,
                   .lexer = sp_lexer_at_start(reporter->source)};
    p.token = sp_lexer_next(&p.lexer);
    p.previous = (sp_token){.kind = SP_TOKEN_END};
    return p;
}

static bool goes_on_after(sp_token_kind kind)
{
    return kind == SP_TOKEN_COMMA || kind == SP_TOKEN_PLUS || kind == SP_TOKEN_MINUS ||
           kind == SP_TOKEN_TIMES || kind == SP_TOKEN_SLASH || kind == SP_TOKEN_AT;
}

bool sp_parser_line_ended(const sp_parser *p)
{
    return p->token.kind == SP_TOKEN_END ||
           (p->token.line_start && p->depth == 0 && !goes_on_after(p->previous.kind));
}

bool sp_parser_at(const sp_parser *p, sp_token_kind kind)
{
    return p->token.kind == kind && !sp_parser_line_ended(p);
}

static bool is_word(const sp_parser *p, sp_token token, const char *word)
{
    return token.kind == SP_TOKEN_NAME && strlen(word) == token.end - token.begin &&
           memcmp(p->lexer.source->text + token.begin, word, token.end - token.begin) == 0;
}

bool sp_parser_at_word(const sp_parser *p, const char *word)
{
    return is_word(p, p->token, word) && !sp_parser_line_ended(p);
}

bool sp_parser_next_is(const sp_parser *p, sp_token_kind kind)
{
    sp_lexer ahead = p->lexer;
    sp_token next = sp_lexer_next(&ahead);
    return next.kind == kind && (!next.line_start || p->depth > 0);
}

void sp_parser_advance(sp_parser *p)
{
    p->previous = p->token;
    if (p->reporter->closed)
        p->lexer.at = p->lexer.source->length;
    p->token = sp_lexer_next(&p->lexer);
}

bool sp_parser_accept(sp_parser *p, sp_token_kind kind)
{
    if (!sp_parser_at(p, kind))
        return false;
    sp_parser_advance(p);
    return true;
}

bool sp_parser_accept_word(sp_parser *p, const char *word)
{
    if (!sp_parser_at_word(p, word))
        return false;
    sp_parser_advance(p);
    return true;
}

sp_span sp_token_span(const sp_parser *p, sp_token token)
{
    return (sp_span){p->lexer.source, token.begin, token.end};
}

sp_span sp_parser_span_from(const sp_parser *p, size_t begin)
{
    size_t end = p->previous.end > begin ? p->previous.end : begin;
    return (sp_span){p->lexer.source, begin, end};
}

const char *sp_token_text(const sp_parser *p, sp_token token)
{
    return sp_pool_copy(p->pool, p->lexer.source->text + token.begin, token.end - token.begin);
}

/* An incomplete line that goes on in what was meant as the next one: `Z = A +`, then `B = ...`. */
static const char *goes_on_hint(const sp_parser *p, const char *hint)
{
    bool next_line = p->token.line_start && goes_on_after(p->previous.kind);
    bool next_statement = p->token.kind == SP_TOKEN_EQUALS && p->previous.line_start;
    return next_line || next_statement
               ? "the line above goes on here, since it ends in a comma or an operator"
               : hint;
}

void sp_parser_unexpected(sp_parser *p, const char *hint, const char *what)
{
    sp_span at = sp_token_span(p, p->token);
    if (p->token.kind == SP_TOKEN_BAD && !sp_parser_line_ended(p)) {
        bool shown = (unsigned char)at.source->text[at.begin] >= 0x20;
        bool power = at.source->text[at.begin] == '^';
        bool string = at.source->text[at.begin] == '"';
        sp_report(p->reporter, at, power ? "the transpose of A is written A^T" : NULL,
                  shown && !string ? "%s '%s'" : "%s", p->token.problem,
                  sp_span_text(p->pool, at));
    } else if (sp_parser_line_ended(p)) {
        at = (sp_span){at.source, p->previous.end, p->previous.end};
        sp_report(p->reporter, at, hint, "expected %s, found the end of the %s", what,
                  p->token.kind == SP_TOKEN_END ? "file" : "line");
    } else {
        sp_report(p->reporter, at, goes_on_hint(p, hint), "expected %s, found '%s'", what,
                  sp_span_text(p->pool, at));
    }
}

bool sp_parser_expect(sp_parser *p, sp_token_kind kind, const char *hint)
{
    if (sp_parser_accept(p, kind))
        return true;
    sp_parser_unexpected(p, hint, sp_token_kind_text(kind));
    return false;
}

sp_span sp_parser_open(sp_parser *p)
{
    sp_span open = sp_token_span(p, p->token);
    p->depth++;
    sp_parser_advance(p);
    return open;
}

bool sp_parser_close(sp_parser *p, sp_span open, bool list)
{
    char bracket = open.source->text[open.begin];
    sp_token_kind kind = bracket == '('   ? SP_TOKEN_CLOSE_ROUND
                         : bracket == '[' ? SP_TOKEN_CLOSE_SQUARE
                                          : SP_TOKEN_CLOSE_CURLY;
    if (p->token.kind == kind) {
        p->depth--;
        sp_parser_advance(p);
        return true;
    }
    if (p->token.kind == SP_TOKEN_END || p->token.line_start)
        sp_report(p->reporter, open, NULL, "this '%c' is not closed", bracket);
    else
        sp_parser_unexpected(p, NULL, sp_pool_format(p->pool, "%s%s", list ? "',' or " : "",
                                                     sp_token_kind_text(kind)));
    return false;
}

bool sp_parser_end_line(sp_parser *p, bool list)
{
    if (sp_parser_line_ended(p))
        return true;
    sp_parser_unexpected(p, NULL, list ? "',' or the end of the line" : "the end of the line");
    return false;
}

/* Whether `network` starts a block, not the field `network sigma = relu` of a case: the name stands alone on its
 * line. */
static bool starts_network(const sp_parser *p)
{
    sp_lexer ahead = p->lexer;
    const sp_token name = sp_lexer_next(&ahead);
    while (!name.line_start && sp_is_block_name_byte(p->lexer.source->text[ahead.at]))
        ahead.at++;
    const sp_token after = sp_lexer_next(&ahead);
    return !name.line_start && (after.line_start || after.kind == SP_TOKEN_END);
}

/* A line that starts with `scheme`, `case`, `network` or `use` is a block, unless that name is assigned to. */
bool sp_parser_at_block(sp_parser *p)
{
    p->previous.kind = SP_TOKEN_END; /* no line goes on here */
    p->depth = 0;
    if (p->token.kind == SP_TOKEN_END)
        return true;
    if (!p->token.line_start)
        return false;
    if (is_word(p, p->token, "use"))
        return sp_parser_next_is(p, SP_TOKEN_STRING);
    if (is_word(p, p->token, "network"))
        return starts_network(p);
    return !sp_parser_next_is(p, SP_TOKEN_EQUALS) &&
           (is_word(p, p->token, "scheme") || is_word(p, p->token, "case"));
}

size_t sp_parser_start_line(sp_parser *p)
{
    p->previous.kind = SP_TOKEN_END;
    p->depth = 0;
    p->token.line_start = false;
    return p->token.begin;
}

/* Whether the current token starts a line that cannot be the middle of an expression. */
static bool starts_anew(const sp_parser *p)
{
    if (p->token.kind == SP_TOKEN_END)
        return true;
    if (!p->token.line_start || p->token.kind != SP_TOKEN_NAME)
        return false;
    return sp_parser_next_is(p, SP_TOKEN_EQUALS) || sp_is_keyword(sp_token_text(p, p->token));
}

void sp_parser_recover(sp_parser *p, size_t from)
{
    bool at_statement = p->token.kind == SP_TOKEN_EQUALS && p->previous.line_start &&
                        p->previous.kind == SP_TOKEN_NAME && p->previous.begin > from;
    if (at_statement) { /* back to the name before this '=' */
        p->lexer.at = p->previous.begin;
        p->lexer.line_start = true;
        p->previous = (sp_token){.kind = SP_TOKEN_END, .end = p->previous.begin};
        p->token = sp_lexer_next(&p->lexer);
    }
    while (p->token.kind != SP_TOKEN_END) {
        bool past = p->token.begin > from;
        if (past && (starts_anew(p) || sp_parser_line_ended(p)))
            break;
        bool opens = p->token.kind == SP_TOKEN_OPEN_ROUND ||
                     p->token.kind == SP_TOKEN_OPEN_SQUARE ||
                     p->token.kind == SP_TOKEN_OPEN_CURLY;
        bool closes = p->token.kind == SP_TOKEN_CLOSE_ROUND ||
                      p->token.kind == SP_TOKEN_CLOSE_SQUARE ||
                      p->token.kind == SP_TOKEN_CLOSE_CURLY;
        p->depth += opens;
        p->depth -= closes && p->depth > 0;
        sp_parser_advance(p);
    }
    p->depth = 0;
    p->nesting = 0;
    p->previous = (sp_token){.kind = SP_TOKEN_END, .end = p->previous.end};
}

/* The token as a name; NULL if it is too long for one. */
static sp_name take_name(sp_parser *p, sp_token token)
{
    sp_name name = {NULL, sp_token_span(p, token)};
    if (token.end - token.begin > SP_LIMIT_NAME)
        sp_report(p->reporter, name.span, NULL, "too many characters of a name: %zu (limit %d)",
                  token.end - token.begin, SP_LIMIT_NAME);
    else
        name.text = sp_token_text(p, token);
    sp_parser_advance(p);
    return name;
}

sp_name sp_parse_name(sp_parser *p, const char *what)
{
    bool primed = p->token.kind == SP_TOKEN_NAME &&
                  p->lexer.source->text[p->token.end - 1] == '\'';
    if (!sp_parser_at(p, SP_TOKEN_NAME) || primed) {
        sp_parser_unexpected(p, NULL, what);
        return (sp_name){NULL, sp_token_span(p, p->token)};
    }
    return take_name(p, p->token);
}

sp_name sp_parse_label(sp_parser *p)
{
    return sp_parser_at(p, SP_TOKEN_NAME) ? take_name(p, p->token) : sp_parse_name(p, "a dimension");
}

sp_name sp_parse_block_name(sp_parser *p, const char *what)
{
    if (!sp_parser_at(p, SP_TOKEN_NAME) && !sp_parser_at(p, SP_TOKEN_NUMBER)) {
        sp_parser_unexpected(p, NULL, what);
        return (sp_name){NULL, sp_token_span(p, p->token)};
    }
    size_t end = p->token.begin;
    while (sp_is_block_name_byte(p->lexer.source->text[end]))
        end++;
    sp_token whole = p->token;
    whole.end = end;
    p->lexer.at = end;
    p->lexer.line_start = false;
    p->token = whole;
    return take_name(p, whole);
}

/* dimref = dim [ "/" ( axis | "(" axis {"," axis} ")" ) ] . */
static bool parse_ref(sp_parser *p, bool primed, sp_dimref *ref)
{
    size_t begin = p->token.begin, room = 0;
    *ref = (sp_dimref){.dim = primed ? sp_parse_label(p) : sp_parse_name(p, "a dimension")};
    if (!ref->dim.text)
        return false;
    if (sp_parser_accept(p, SP_TOKEN_SLASH)) {
        bool list = sp_parser_at(p, SP_TOKEN_OPEN_ROUND);
        sp_span open = {0};
        if (list)
            open = sp_parser_open(p);
        do {
            sp_name axis = sp_parse_name(p, "an axis");
            if (!axis.text)
                return false;
            if (!ref->axis)
                ref->axis = SP_NEW_ARRAY(p->pool, sp_name, room = 1); /* most have one */
            ref->axis = sp_pool_grow(p->pool, ref->axis, &room, ref->axes + 1, sizeof axis);
            ref->axis[ref->axes++] = axis;
        } while (list && sp_parser_accept(p, SP_TOKEN_COMMA));
        if (list && !sp_parser_close(p, open, true))
            return false;
    }
    ref->span = sp_parser_span_from(p, begin);
    return true;
}

bool sp_parse_dimref(sp_parser *p, sp_dimref *ref)
{
    return parse_ref(p, false, ref);
}

bool sp_parse_labelref(sp_parser *p, sp_dimref *ref)
{
    return parse_ref(p, true, ref);
}

bool sp_check_number_token(sp_parser *p)
{
    sp_token token = p->token;
    sp_lexer ahead = p->lexer;
    sp_token next = sp_lexer_next(&ahead);
    if (next.kind == SP_TOKEN_NAME && next.begin == token.end) {
        p->token.end = next.end;
        p->lexer = ahead;
        sp_span at = sp_token_span(p, p->token);
        sp_report(p->reporter, at, NULL, "'%s' is not a number", sp_span_text(p->pool, at));
        return false;
    }
    if (token.end - token.begin > SP_LIMIT_LITERAL) {
        sp_report(p->reporter, sp_token_span(p, token), NULL,
                  "too many characters of a number: %zu (limit %d)", token.end - token.begin,
                  SP_LIMIT_LITERAL);
        return false;
    }
    return true;
}

bool sp_parse_whole(sp_parser *p, const char *what, uint64_t limit, const char *too_much,
                    uint64_t *value)
{
    if (!sp_parser_at(p, SP_TOKEN_NUMBER)) {
        sp_parser_unexpected(p, NULL, what);
        return false;
    }
    bool good = sp_check_number_token(p), over = false;
    sp_span at = sp_token_span(p, p->token);
    uint64_t sum = 0;
    for (size_t i = at.begin; i < at.end && good; i++) {
        good = sp_is_digit(at.source->text[i]);
        uint64_t digit = good ? (uint64_t)(at.source->text[i] - '0') : 0;
        over = over || sum > (UINT64_MAX - digit) / 10;
        sum = 10 * sum + digit;
        if (!good)
            sp_report(p->reporter, at, NULL, "expected %s, found '%s'", what,
                      sp_span_text(p->pool, at));
    }
    if (good && (over || sum > limit))
        sp_report(p->reporter, at, NULL, "%s: %s (limit %llu)", too_much,
                  sp_span_text(p->pool, at), (unsigned long long)limit);
    *value = !good || over || sum > limit ? limit : sum;
    sp_parser_advance(p);
    return true;
}
