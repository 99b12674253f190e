/* The parser's tools: a token of look-ahead, expectations, recovery. Nothing outside of src/lang
 * uses this. */
#ifndef SP_LANG_PARSER_H
#define SP_LANG_PARSER_H

#include "lang/lang.h"
#include "lang/syntax.h"
#include "lang/token.h"

/* Diagnostics about one source, at most SP_LIMIT_ERRORS of them. */
typedef struct sp_reporter {
    sp_pool *pool;
    sp_diagnostics *diagnostics;
    const sp_source *source;
    size_t errors; /* of this source, those over the limit included */
    bool closed;   /* the source is given up: nothing more is reported or read */
} sp_reporter;

/* Adds an error; with the one after SP_LIMIT_ERRORS the source is given up. hint may be NULL. */
void sp_report(sp_reporter *to, sp_span at, const char *hint, const char *format, ...)
    SP_PRINTF(4, 5);
/* "did you mean 'NAME'?" for the nearest of the known names, else `otherwise`, perhaps NULL. */
const char *sp_hint_nearest(sp_reporter *to, const char *name, const char *const *known,
                            size_t count, const char *otherwise);

/* The index of a name in a list, or count after a diagnostic: "unknown WHAT 'name'". */
size_t sp_known_name(sp_reporter *to, sp_name name, const char *what, const char *const *known, size_t count);

typedef struct sp_parser {
    sp_pool *pool;
    sp_reporter *reporter;
    const sp_vocabulary *vocabulary;
    sp_lexer lexer;
    sp_token token, previous;
    unsigned depth;   /* open brackets */
    unsigned nesting; /* open brackets and operators of the expression */
} sp_parser;

/* A parser at the first token of the source. */
sp_parser sp_parser_start(sp_reporter *reporter, const sp_vocabulary *vocabulary);
/* Words that start a block, a section or a field. */
bool sp_is_keyword(const char *word);

/* Whether the line ends before the current token: no bracket is open and the line does not end in
 * a comma or an operator. */
bool sp_parser_line_ended(const sp_parser *p);
/* Whether the current token is of the kind (and is that word), on the line being read. */
bool sp_parser_at(const sp_parser *p, sp_token_kind kind);
bool sp_parser_at_word(const sp_parser *p, const char *word);
/* The same for the token after the current one, which must be on the same line. */
bool sp_parser_next_is(const sp_parser *p, sp_token_kind kind);
void sp_parser_advance(sp_parser *p);
bool sp_parser_accept(sp_parser *p, sp_token_kind kind);
bool sp_parser_accept_word(sp_parser *p, const char *word);

/* "expected WHAT, found ..." at the current token. */
void sp_parser_unexpected(sp_parser *p, const char *hint, const char *what);
bool sp_parser_expect(sp_parser *p, sp_token_kind kind, const char *hint);
/* A bracket: open returns its place, close reports at that place if the bracket is not closed.
 * list: a comma could stand there too. */
sp_span sp_parser_open(sp_parser *p);
bool sp_parser_close(sp_parser *p, sp_span open, bool list);
/* The end of a line; reports what stands there instead. list: a comma could stand there too. */
bool sp_parser_end_line(sp_parser *p, bool list);
/* Skips to where the next line, statement or field may start. from: where the wrong one began. */
void sp_parser_recover(sp_parser *p, size_t from);

/* Whether a block, or the end of the file, comes next. */
bool sp_parser_at_block(sp_parser *p);
/* Makes the current token the first of the line that is read; returns where it begins. */
size_t sp_parser_start_line(sp_parser *p);

sp_span sp_token_span(const sp_parser *p, sp_token token);
sp_span sp_parser_span_from(const sp_parser *p, size_t begin); /* up to the previous token */
const char *sp_token_text(const sp_parser *p, sp_token token);

/* Names; text NULL, after a diagnostic, if there is none. what: "an axis". */
sp_name sp_parse_name(sp_parser *p, const char *what);
/* label = dim { "'" } . */
sp_name sp_parse_label(sp_parser *p);
/* name of a block, an activation, ...: may have '-' inside */
sp_name sp_parse_block_name(sp_parser *p, const char *what);
bool sp_parse_dimref(sp_parser *p, sp_dimref *ref);
/* The same with a label for the dimension. */
bool sp_parse_labelref(sp_parser *p, sp_dimref *ref);
/* Digits without a sign. False, and nothing is read, if there is no number. A number that is not
 * whole, or over the limit ("too many ranks: 70000 (limit 65536)"), is reported, and the limit
 * stands for it. */
bool sp_parse_whole(sp_parser *p, const char *what, uint64_t limit, const char *too_much,
                    uint64_t *value);
/* Whether the number token is one: not glued to a name, which then becomes part of it, and not too
 * long. */
bool sp_check_number_token(sp_parser *p);

/* Parses into terms; false after an error, and expression is empty then. */
bool sp_parse_expression(sp_parser *p, sp_dialect dialect, sp_syntax_terms *terms, sp_syntax_expression *value);

/* decl and stmt, of schemes and of networks; false after an error. */
bool sp_parse_declaration(sp_parser *p, sp_scheme_syntax *scheme, bool param);
bool sp_parse_statement(sp_parser *p, sp_dialect dialect, sp_scheme_syntax *scheme, bool backward);

void sp_parse_file(sp_parser *p, sp_file_syntax *file);
/* These are called after the word that starts the block. */
void sp_parse_network(sp_parser *p, sp_network_syntax *network);
void sp_parse_scheme(sp_parser *p, sp_scheme_syntax *scheme);
void sp_parse_case(sp_parser *p, sp_case_syntax *item);
const char *const *sp_case_fields(size_t *count); /* the words of fields */
/* One value of a case: see sp_slot_kind. */
bool sp_parse_choice(sp_parser *p, const sp_slot *slot, sp_choice *choice);

#endif
