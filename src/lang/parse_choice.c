/* The values of a case: numbers, splits, matrices, names. */
#include "lang/check.h"
#include "lang/parser.h"

#include <string.h>

/* Reports a value that is too small; the line is read on all the same. */
static void at_least(sp_parser *p, uint64_t value, uint64_t least, sp_span at, const char *message)
{
    if (value < least)
        sp_report(p->reporter, at, NULL, "%s", message);
}

static bool parse_positive(sp_parser *p, const char *what, uint64_t limit, const char *too_much,
                           const char *zero, uint64_t *value)
{
    sp_span at = sp_token_span(p, p->token);
    if (!sp_parse_whole(p, what, limit, too_much, value))
        return false;
    at_least(p, *value, 1, at, zero);
    return true;
}

static bool is_not_finite(const sp_parser *p)
{
    static const char *const names[] = {"nan", "NaN", "NAN", "inf", "Inf", "INF", "infinity",
                                        "Infinity", "INFINITY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sp_parser_at_word(p, names[i]))
            return true;
    return false;
}

/* Says why a text is not a literal. */
static void report_literal(sp_parser *p, sp_span at, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash) {
        sp_report(p->reporter, at, NULL, "%s is too large for binary64 (limit 1.8e308)",
                  sp_span_text(p->pool, at));
        return;
    }
    size_t zeros = strspn(slash + 1, "0"), digits = strspn(text, "+-0123456789");
    bool whole = text[digits] == '/' && strspn(slash + 1, "0123456789") == strlen(slash + 1);
    if (strlen(text) > SP_LIMIT_LITERAL)
        sp_report(p->reporter, at, NULL, "too many characters of a number: %zu (limit %d)",
                  strlen(text), SP_LIMIT_LITERAL);
    else
        sp_report(p->reporter, at, NULL,
                  !whole                        ? "a fraction is one of whole numbers"
                  : zeros == strlen(slash + 1) ? "this fraction divides by zero"
                                                : "this fraction is too large for binary64");
}

/* real = [ "+" | "-" ] number [ "/" digits ] .
 * What is no finite number is reported, and the line is read on. */
static bool parse_real(sp_parser *p, double *value, size_t *inexact)
{
    sp_text text = sp_text_in(p->pool);
    size_t begin = p->token.begin;
    if (sp_parser_at(p, SP_TOKEN_MINUS) || sp_parser_at(p, SP_TOKEN_PLUS)) {
        sp_text_add(&text, p->token.kind == SP_TOKEN_MINUS ? "-" : "");
        sp_parser_advance(p);
    }
    if (is_not_finite(p)) {
        sp_report(p->reporter, sp_token_span(p, p->token), NULL, "data must be finite numbers");
        sp_parser_advance(p);
        return true;
    }
    bool good = true;
    for (int part = 0; part < 2; part++) {
        if (!sp_parser_at(p, SP_TOKEN_NUMBER)) {
            sp_parser_unexpected(p, NULL, "a number");
            return false;
        }
        good = sp_check_number_token(p) && good;
        const char *bytes = p->lexer.source->text + p->token.begin;
        sp_text_add_bytes(&text, bytes, p->token.end - p->token.begin);
        sp_parser_advance(p);
        if (part == 1 || !sp_parser_accept(p, SP_TOKEN_SLASH))
            break;
        sp_text_add(&text, "/");
    }
    bool exact;
    if (good && sp_literal_read(sp_text_string(&text), text.length, value, &exact))
        *inexact += !exact;
    else if (good)
        report_literal(p, sp_parser_span_from(p, begin), sp_text_string(&text));
    sp_pool_free(p->pool, text.bytes);
    return true;
}

/* matrix = "[" row {";" row} "]" .   row = real {"," real} . */
static bool parse_matrix(sp_parser *p, sp_tensor_data *matrix)
{
    size_t begin = p->token.begin, count = 0, room = 0;
    if (!sp_parser_at(p, SP_TOKEN_OPEN_SQUARE)) {
        sp_parser_unexpected(p, "data are written [1, 1/3; 0x1p-3, 2], rows ended by ';'", "'['");
        return false;
    }
    sp_span open = sp_parser_open(p);
    do {
        size_t row = count, row_begin = p->token.begin;
        do {
            matrix->value = sp_pool_grow(p->pool, matrix->value, &room, count + 1, sizeof(double));
            if (!parse_real(p, &matrix->value[count++], &matrix->inexact))
                return false;
        } while (sp_parser_accept(p, SP_TOKEN_COMMA));
        if (matrix->rows++ == 0)
            matrix->columns = count;
        if (count - row != matrix->columns)
            sp_report(p->reporter, sp_parser_span_from(p, row_begin), NULL,
                      "row %zu has length %zu, but row 1 has length %zu", matrix->rows,
                      count - row, matrix->columns);
    } while (sp_parser_accept(p, SP_TOKEN_SEMICOLON));
    if (!sp_parser_close(p, open, true))
        return false;
    matrix->span = sp_parser_span_from(p, begin);
    return true;
}

static bool parse_list(sp_parser *p, sp_token_kind separator, uint64_t limit, const char *what,
                       const char *too_much, sp_split_spec *split)
{
    size_t room = 0;
    do {
        uint64_t value;
        if (!sp_parse_whole(p, what, limit, too_much, &value))
            return false;
        split->value =
            sp_pool_grow(p->pool, split->value, &room, split->values + 1, sizeof(size_t));
        split->value[split->values++] = (size_t)value;
    } while (sp_parser_accept(p, separator));
    return true;
}

/* split = size {"+" size} | "even" | "chunk" | "cyclic" [ "(" size ")" ] | "[" axis-coordinate {","
 *         axis-coordinate} "]" . */
static bool parse_split(sp_parser *p, sp_split_spec *split)
{
    split->block = 1;
    if (sp_parser_at(p, SP_TOKEN_NUMBER)) {
        split->kind = SP_SPLIT_SIZES;
        return parse_list(p, SP_TOKEN_PLUS, SP_LIMIT_DIMENSION, "the size of a part",
                          "too large for a part of a dimension", split);
    }
    if (sp_parser_at(p, SP_TOKEN_OPEN_SQUARE)) {
        split->kind = SP_SPLIT_OWNERS;
        sp_span open = sp_parser_open(p);
        return parse_list(p, SP_TOKEN_COMMA, SP_LIMIT_RANKS - 1, "the coordinate of an owner",
                          "too large for a coordinate", split) &&
               sp_parser_close(p, open, true);
    }
    static const char *const known[] = {"even", "chunk", "cyclic"};
    static const char *const forms = "a split is sizes such as 3 + 0 + 3, 'even', 'chunk', "
                                     "'cyclic', 'cyclic(b)' or owners such as [0,1,1,0]";
    sp_span at = sp_token_span(p, p->token);
    if (!sp_parser_at(p, SP_TOKEN_NAME)) {
        sp_parser_unexpected(p, forms, "a split");
        return false;
    }
    const char *word = sp_token_text(p, p->token);
    size_t which = 0;
    while (which < 3 && strcmp(known[which], word) != 0)
        which++;
    if (which == 3) {
        sp_report(p->reporter, at, sp_hint_nearest(p->reporter, word, known, 3, forms),
                  "unknown split '%s'", word);
        return false;
    }
    sp_parser_advance(p);
    split->kind = (sp_split_kind)(SP_SPLIT_EVEN + which);
    if (split->kind != SP_SPLIT_CYCLIC || !sp_parser_at(p, SP_TOKEN_OPEN_ROUND))
        return true;
    sp_span open = sp_parser_open(p);
    uint64_t block;
    if (!parse_positive(p, "the size of a block", SP_LIMIT_DIMENSION, "a block is too large",
                        "a block has at least one index", &block))
        return false;
    split->block = (size_t)block;
    return sp_parser_close(p, open, false);
}

/* The name of a built-in function, or a formula where the slot has variables. */
static bool parse_function(sp_parser *p, const sp_slot *slot, sp_choice *choice)
{
    if (slot->variables)
        return sp_parse_expression(p, SP_DIALECT_FORMULA, &choice->terms, &choice->value);
    choice->name = sp_parse_block_name(p, strcmp(slot->label, "loss") == 0 ? "the name of a loss"
                                                                          : "the name of an activation");
    return choice->name.text != NULL;
}

static bool parse_evidence(sp_parser *p, sp_choice *choice)
{
    const sp_vocabulary *v = p->vocabulary;
    choice->name = sp_parse_block_name(p, "the name of evidence");
    if (!choice->name.text)
        return false;
    for (size_t i = 0; i < v->evidences; i++)
        if (strcmp(v->evidence[i], choice->name.text) == 0)
            return true;
    sp_report(p->reporter, choice->name.span,
              sp_hint_nearest(p->reporter, choice->name.text, v->evidence, v->evidences, NULL),
              "unknown evidence '%s'", choice->name.text);
    return true;
}

static bool parse_scheme_name(sp_parser *p, sp_choice *choice)
{
    if (!sp_parser_at(p, SP_TOKEN_STRING)) {
        choice->name = sp_parse_block_name(p, "a scheme: a name or a \"path\"");
        return choice->name.text != NULL;
    }
    sp_span at = sp_token_span(p, p->token);
    choice->path = true;
    choice->name = (sp_name){sp_pool_copy(p->pool, at.source->text + at.begin + 1,
                                          at.end - at.begin - 2), at};
    sp_parser_advance(p);
    if (*choice->name.text)
        return true;
    sp_report(p->reporter, at, NULL, "this path is empty");
    return false;
}

/* numdiff = "full" | "off" | "sample" "(" digits ")" . */
static bool parse_numdiff(sp_parser *p, sp_choice *choice)
{
    if (sp_parser_accept_word(p, "full") || sp_parser_accept_word(p, "off")) {
        bool full = p->lexer.source->text[p->previous.begin] == 'f';
        choice->numdiff = full ? SP_NUMDIFF_FULL : SP_NUMDIFF_OFF;
        return true;
    }
    if (!sp_parser_accept_word(p, "sample")) {
        sp_parser_unexpected(p, NULL, "'full', 'sample(k)' or 'off'");
        return false;
    }
    choice->numdiff = SP_NUMDIFF_SAMPLE;
    if (!sp_parser_at(p, SP_TOKEN_OPEN_ROUND)) {
        sp_parser_unexpected(p, "write sample(10)", "'('");
        return false;
    }
    sp_span open = sp_parser_open(p);
    return parse_positive(p, "how many entries", SP_LIMIT_ENTRIES, "a sample is too large",
                          "a sample has at least one entry", &choice->number) &&
           sp_parser_close(p, open, false);
}

static bool parse_scale(sp_parser *p, sp_choice *choice)
{
    size_t begin = p->token.begin, errors = p->reporter->errors;
    if (!parse_real(p, &choice->real, &choice->inexact))
        return false;
    if (!(choice->real > 0) && p->reporter->errors == errors)
        sp_report(p->reporter, sp_parser_span_from(p, begin), NULL, "the scale must be positive");
    return true;
}

bool sp_parse_choice(sp_parser *p, const sp_slot *slot, sp_choice *choice)
{
    sp_span at = sp_token_span(p, p->token);
    switch (slot->kind) {
    case SP_SLOT_DIM:
        return parse_positive(p, "a whole number", SP_LIMIT_DIMENSION, "too large for a dimension",
                              "a dimension is at least 1", &choice->number);
    case SP_SLOT_AXIS:
        return parse_positive(p, "a whole number of ranks", SP_LIMIT_RANKS, "too many ranks",
                              "an axis has at least one rank", &choice->number);
    case SP_SLOT_SEED:
        return sp_parse_whole(p, "a whole number without a sign", UINT64_MAX,
                              "too large for a seed", &choice->number);
    case SP_SLOT_RANGE:
        return parse_positive(p, "a whole number", SP_LIMIT_RANGE,
                              "too large for the range of integers", "the range is at least 1",
                              &choice->number);
    case SP_SLOT_PRECISION:
        if (!sp_parse_whole(p, "a whole number of bits", SP_LIMIT_PRECISION_MAX,
                            "too many bits of precision", &choice->number))
            return false;
        at_least(p, choice->number, SP_LIMIT_PRECISION_MIN, at,
                 sp_pool_format(p->pool, "too few bits of precision: %s (limit %d)",
                                sp_span_text(p->pool, at), SP_LIMIT_PRECISION_MIN));
        return true;
    case SP_SLOT_FUNCTION:
        return parse_function(p, slot, choice);
    case SP_SLOT_EVIDENCE:
        return parse_evidence(p, choice);
    case SP_SLOT_SCHEME:
        return parse_scheme_name(p, choice);
    case SP_SLOT_SPLIT: {
        bool good = parse_split(p, &choice->split);
        choice->split.span = sp_parser_span_from(p, at.begin);
        return good;
    }
    case SP_SLOT_TENSOR:
        return parse_matrix(p, &choice->matrix);
    case SP_SLOT_NUMDIFF:
        return parse_numdiff(p, choice);
    case SP_SLOT_SCALE:
        return parse_scale(p, choice);
    case SP_SLOT_DATA:
        break; /* parse_case.c */
    }
    sp_pool_fail(p->pool, SP_INTERNAL);
}
