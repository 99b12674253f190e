#include "lang/token.h"

#include <string.h>

static const char *const kind_text[] = {
#define X(id, shown) shown,
    SP_TOKENS(X)
#undef X
};

const char *sp_token_kind_text(sp_token_kind kind)
{
    return kind_text[kind];
}

bool sp_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool sp_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool sp_is_block_name_byte(char c)
{
    return sp_is_letter(c) || sp_is_digit(c) || c == '-';
}

static bool is_hex_digit(char c)
{
    return sp_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

sp_lexer sp_lexer_at_start(const sp_source *source)
{
    bool mark = source->length >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0;
    return (sp_lexer){.source = source, .at = mark ? 3 : 0, .line_start = true};
}

/* blank = " " | tab | new line | CR before a new line | "#" up to the end of the line . */
static void skip_blanks(sp_lexer *lexer)
{
    const char *text = lexer->source->text;
    size_t length = lexer->source->length;
    while (lexer->at < length) {
        char c = text[lexer->at];
        if (c == '#') {
            const char *end = memchr(text + lexer->at, '\n', length - lexer->at);
            lexer->at = end ? (size_t)(end - text) : length;
            continue;
        }
        if (c == '\n')
            lexer->line_start = true;
        else if (c == '\r' ? text[lexer->at + 1] != '\n' : c != ' ' && c != '\t')
            return;
        lexer->at++;
    }
}

static size_t skip_digits(const char *text, size_t at, bool hex)
{
    while (hex ? is_hex_digit(text[at]) : sp_is_digit(text[at]))
        at++;
    return at;
}

/* number = digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
 *        | "0x" hexdigits [ "." hexdigits ] [ ("p" | "P") [ "+" | "-" ] digits ] .
 * The text ends in a NUL, which belongs to no number. */
static size_t number_end(const char *text, size_t at)
{
    bool hex = text[at] == '0' && (text[at + 1] == 'x' || text[at + 1] == 'X') &&
               is_hex_digit(text[at + 2]);
    size_t end = skip_digits(text, hex ? at + 2 : at, hex);
    if (text[end] == '.')
        end = skip_digits(text, end + 1, hex);
    char mark = hex ? 'p' : 'e';
    if (text[end] == mark || text[end] == mark - 'a' + 'A') {
        size_t exponent = end + 1;
        if (text[exponent] == '+' || text[exponent] == '-')
            exponent++;
        if (sp_is_digit(text[exponent]))
            end = skip_digits(text, exponent, false);
    }
    return end;
}

static sp_token_kind punctuation(char c)
{
    switch (c) {
    case ',': return SP_TOKEN_COMMA;
    case ';': return SP_TOKEN_SEMICOLON;
    case '=': return SP_TOKEN_EQUALS;
    case '+': return SP_TOKEN_PLUS;
    case '-': return SP_TOKEN_MINUS;
    case '*': return SP_TOKEN_TIMES;
    case '/': return SP_TOKEN_SLASH;
    case '@': return SP_TOKEN_AT;
    case '(': return SP_TOKEN_OPEN_ROUND;
    case ')': return SP_TOKEN_CLOSE_ROUND;
    case '[': return SP_TOKEN_OPEN_SQUARE;
    case ']': return SP_TOKEN_CLOSE_SQUARE;
    case '{': return SP_TOKEN_OPEN_CURLY;
    case '}': return SP_TOKEN_CLOSE_CURLY;
    default: return SP_TOKEN_BAD;
    }
}

static size_t name_end(const char *text, size_t at)
{
    while (sp_is_letter(text[at]) || sp_is_digit(text[at]))
        at++;
    while (text[at] == '\'')
        at++;
    return at;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* string = '"' { any character but '"' and control characters } '"' . */
static sp_token string_token(const sp_lexer *lexer, sp_token token)
{
    const char *text = lexer->source->text;
    size_t end = token.begin + 1;
    while (end < lexer->source->length && text[end] != '"' && !is_control(text[end]))
        end++;
    token.end = end;
    if (text[end] == '"') {
        token.kind = SP_TOKEN_STRING;
        token.end = end + 1;
    } else if (end < lexer->source->length && text[end] != '\n' && text[end] != '\r') {
        token.problem = "this string has a control character";
    } else {
        token.problem = "this string does not end on its line";
    }
    return token;
}

/* A run of bytes that start no token is one BAD token: one diagnostic, not hundreds. */
static sp_token bad_token(const sp_lexer *lexer, sp_token token)
{
    const char *text = lexer->source->text;
    unsigned char c = (unsigned char)text[token.begin];
    token.problem = is_control((char)c) ? "unexpected control character"
                                        : "unexpected character";
    token.end = token.begin + 1;
    while (c >= 0x80 && token.end < lexer->source->length &&
           (unsigned char)text[token.end] >= 0x80)
        token.end++;
    while (is_control((char)c) && token.end < lexer->source->length && text[token.end] == (char)c)
        token.end++;
    return token;
}

sp_token sp_lexer_next(sp_lexer *lexer)
{
    skip_blanks(lexer);
    const char *text = lexer->source->text;
    size_t at = lexer->at;
    sp_token token = {SP_TOKEN_BAD, lexer->line_start, at, at, NULL};
    char c = at < lexer->source->length ? text[at] : '\0';
    if (at >= lexer->source->length) {
        token.kind = SP_TOKEN_END;
        token.line_start = true;
    } else if (sp_is_letter(c)) {
        token.kind = SP_TOKEN_NAME;
        token.end = name_end(text, at);
    } else if (sp_is_digit(c) || (c == '.' && sp_is_digit(text[at + 1]))) {
        token.kind = SP_TOKEN_NUMBER;
        token.end = number_end(text, at);
    } else if (c == '"') {
        token = string_token(lexer, token);
    } else if (c == '^' && text[at + 1] == 'T' && !sp_is_letter(text[at + 2]) &&
               !sp_is_digit(text[at + 2])) {
        token.kind = SP_TOKEN_TRANSPOSE;
        token.end = at + 2;
    } else if (punctuation(c) != SP_TOKEN_BAD) {
        token.kind = punctuation(c);
        token.end = at + 1;
    } else {
        token = bad_token(lexer, token);
    }
    lexer->at = token.end;
    lexer->line_start = false;
    return token;
}
