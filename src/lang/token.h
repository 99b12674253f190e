/* Tokens of the language. The lexer is a plain value: copying it is how the parser looks ahead.
 *
 * There is no token for the end of a line: a token knows whether it is the first of its line, and
 * the parser, which knows its open brackets, decides whether a line goes on. */
#ifndef SP_LANG_TOKEN_H
#define SP_LANG_TOKEN_H

#include "base/diagnostic.h"

/*  id, as diagnostics show it */
#define SP_TOKENS(X)                          \
    X(END, "the end of the file")             \
    X(NAME, "a name")                         \
    X(NUMBER, "a number")                     \
    X(STRING, "a string")                     \
    X(COMMA, "','")                           \
    X(SEMICOLON, "';'")                       \
    X(EQUALS, "'='")                          \
    X(PLUS, "'+'")                            \
    X(MINUS, "'-'")                           \
    X(TIMES, "'*'")                           \
    X(SLASH, "'/'")                           \
    X(AT, "'@'")                              \
    X(TRANSPOSE, "'^T'")                      \
    X(OPEN_ROUND, "'('")                      \
    X(CLOSE_ROUND, "')'")                     \
    X(OPEN_SQUARE, "'['")                     \
    X(CLOSE_SQUARE, "']'")                    \
    X(OPEN_CURLY, "'{'")                      \
    X(CLOSE_CURLY, "'}'")                     \
    X(BAD, "something that is not a token")

typedef enum sp_token_kind {
#define X(id, shown) SP_TOKEN_##id,
    SP_TOKENS(X)
#undef X
    SP_TOKEN_COUNT
} sp_token_kind;

typedef struct sp_token {
    sp_token_kind kind;
    bool line_start;     /* the first of its line */
    size_t begin, end;   /* bytes of the source; of a string with its quotes */
    const char *problem; /* BAD: what is wrong, static; else NULL */
} sp_token;

typedef struct sp_lexer {
    const sp_source *source;
    size_t at;
    bool line_start;
} sp_lexer;

sp_lexer sp_lexer_at_start(const sp_source *source);
/* After the last token it gives END for ever. */
sp_token sp_lexer_next(sp_lexer *lexer);
const char *sp_token_kind_text(sp_token_kind kind);

/* Names are letters, digits and '_'; block names may have '-' too. ASCII only, whatever the
 * locale. */
bool sp_is_letter(char c);
bool sp_is_digit(char c);
bool sp_is_block_name_byte(char c);

#endif
