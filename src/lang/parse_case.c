/* Cases: the fields, and sets of values. One value of each kind is parse_choice.c's. */
#include "lang/names.h"
#include "lang/parser.h"

#include <string.h>

/* The label of a value in case names: its text without blanks, or "#3" for the third of a set if
 * that is long. */
static const char *label_of(sp_parser *p, sp_span span, size_t place)
{
    enum { LONGEST = 40 };
    sp_text text = sp_text_in(p->pool);
    for (size_t i = span.begin; i < span.end && text.length <= LONGEST; i++) {
        char c = span.source->text[i];
        if (c == '#')
            while (i + 1 < span.end && span.source->text[i + 1] != '\n')
                i++;
        else if (c != '"' && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            sp_text_add_bytes(&text, &c, 1);
    }
    return text.length > LONGEST ? sp_pool_format(p->pool, "#%zu", place)
                                 : sp_text_string(&text);
}

static bool add_choice(sp_parser *p, sp_slot *slot)
{
    if (sp_parser_at(p, SP_TOKEN_OPEN_CURLY)) {
        sp_report(p->reporter, sp_token_span(p, p->token), NULL,
                  "a set cannot stand inside another set or inside a value of a set");
        return false;
    }
    sp_choice choice = {0};
    size_t begin = p->token.begin;
    if (!sp_parse_choice(p, slot, &choice))
        return false;
    choice.span = sp_parser_span_from(p, begin);
    choice.label = label_of(p, choice.span, slot->choices + 1);
    slot->choice = sp_pool_grow(p->pool, slot->choice, &slot->choice_room, slot->choices + 1,
                                sizeof choice);
    slot->choice[slot->choices++] = choice;
    return true;
}

/* values = value | "{" value {"," value} "}" . */
static bool parse_values(sp_parser *p, sp_slot *slot)
{
    slot->set = sp_parser_at(p, SP_TOKEN_OPEN_CURLY);
    slot->choice = SP_NEW_ARRAY(p->pool, sp_choice, slot->choice_room = 1); /* most have one */
    if (!slot->set)
        return add_choice(p, slot);
    sp_span open = sp_parser_open(p);
    sp_names labels = sp_names_in(p->pool);
    do {
        if (!add_choice(p, slot))
            return false;
        sp_choice *last = &slot->choice[slot->choices - 1];
        size_t place = slot->choices;
        if (!sp_names_add(&labels, last->label, &place))
            sp_report(p->reporter, last->span, NULL, "'%s' is in this set twice", last->label);
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_close(p, open, true);
}

/* Adds a slot; reports one that the case has already. */
static void add_slot(sp_parser *p, sp_case_syntax *item, const sp_slot *slot)
{
    if (!item->given.pool)
        item->given = sp_names_in(p->pool);
    bool listed = slot->kind == SP_SLOT_EVIDENCE; /* a list, in which each name comes once */
    for (size_t i = 0; i < (listed ? slot->choices : 1); i++) {
        const char *label = listed ? slot->choice[i].label : slot->label;
        const char *key = sp_pool_format(p->pool, "%d %s", (int)slot->kind, label);
        size_t place = item->slots;
        if (sp_names_add(&item->given, key, &place))
            continue;
        sp_span at = listed ? slot->choice[i].span : slot->key;
        sp_report(p->reporter, at, NULL, "'%s' is given twice", sp_span_text(p->pool, at));
        sp_pool_free(p->pool, slot->choice);
        return;
    }
    item->slot = sp_pool_grow(p->pool, item->slot, &item->slot_room, item->slots + 1, sizeof *slot);
    item->slot[item->slots++] = *slot;
}

/* "=" values, for what `slot` says. */
static bool parse_assigned(sp_parser *p, sp_case_syntax *item, sp_slot slot, const char *hint)
{
    if (!sp_parser_expect(p, SP_TOKEN_EQUALS, hint) || !parse_values(p, &slot))
        return false;
    add_slot(p, item, &slot);
    return true;
}

/* The index of a name in a list, or count after a diagnostic: "unknown WHAT 'name'". */
static size_t known_name(sp_parser *p, sp_name name, const char *what, const char *const *known,
                         size_t count)
{
    return sp_known_name(p->reporter, name, what, known, count);
}

/* dims = dim "=" values {"," dim "=" values} . */
static bool parse_dims(sp_parser *p, sp_case_syntax *item)
{
    do {
        sp_name name = sp_parse_name(p, "a dimension");
        if (!name.text)
            return false;
        sp_slot slot = {.kind = SP_SLOT_DIM, .label = name.text, .key = name.span};
        if (!parse_assigned(p, item, slot, NULL))
            return false;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/* "(" name {"," name} ")" of `loss(a, y) = ...` */
static bool parse_variables(sp_parser *p, sp_slot *slot)
{
    sp_span open = slot->open = sp_parser_open(p);
    do {
        sp_name name = sp_parse_name(p, "the name of a variable");
        if (!name.text)
            return false;
        bool taken = slot->variables == 1 && strcmp(slot->variable[0].text, name.text) == 0;
        if (taken || slot->variables == 2) {
            sp_report(p->reporter, name.span, NULL,
                      taken ? "'%s' cannot be a variable here: the name is taken"
                            : "one variable too many: '%s'",
                      name.text);
            return false;
        }
        slot->variable[slot->variables++] = name;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return sp_parser_close(p, open, true);
}

/* network = function {"," function} .
 * function = name [ "(" name {"," name} ")" ] "=" values . */
static bool parse_network(sp_parser *p, sp_case_syntax *item)
{
    do {
        sp_name name = sp_parse_name(p, "a function of the network");
        if (!name.text)
            return false;
        sp_slot slot = {.kind = SP_SLOT_FUNCTION, .label = name.text, .key = name.span};
        if (sp_parser_at(p, SP_TOKEN_OPEN_ROUND) && !parse_variables(p, &slot))
            return false;
        if (!parse_assigned(p, item, slot, NULL))
            return false;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/* scheme = values . */
static bool parse_scheme_field(sp_parser *p, sp_case_syntax *item)
{
    sp_slot slot = {.kind = SP_SLOT_SCHEME, .label = "scheme",
                    .key = sp_token_span(p, p->previous)};
    bool good = parse_values(p, &slot);
    if (good)
        add_slot(p, item, &slot);
    return good;
}

/* mesh = axis "=" values {"," axis "=" values} . */
static bool parse_mesh(sp_parser *p, sp_case_syntax *item)
{
    do {
        sp_name name = sp_parse_name(p, "an axis");
        if (!name.text)
            return false;
        sp_slot slot = {.kind = SP_SLOT_AXIS, .label = name.text, .key = name.span};
        if (!parse_assigned(p, item, slot, "the ranks of an axis are written tp = 2"))
            return false;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/* split = dimref "=" values {"," dimref "=" values} . */
static bool parse_split(sp_parser *p, sp_case_syntax *item)
{
    do {
        sp_slot slot = {.kind = SP_SLOT_SPLIT};
        if (!sp_parse_dimref(p, &slot.part))
            return false;
        slot.key = slot.part.span;
        slot.label = label_of(p, slot.key, 0);
        if (!parse_assigned(p, item, slot, "a split is written Dh/tp = 3 + 3"))
            return false;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/* data = ("random" | "integers") [ "(" [ parameter "=" values {"," parameter "=" values} ] ")" ] .
 * In a set of data the parameters are part of the member: they have one value each, kept in
 * `inside`. */
static bool parse_parameters(sp_parser *p, sp_case_syntax *item, sp_choice *inside)
{
    static const char *const names[2][2] = {{"seed", "scale"}, {"seed", "range"}};
    static const sp_slot_kind kinds[2][2] = {{SP_SLOT_SEED, SP_SLOT_SCALE},
                                             {SP_SLOT_SEED, SP_SLOT_RANGE}};
    bool seen[2] = {false};
    int kind = inside->data == SP_DATA_INTEGERS;
    if (!sp_parser_at(p, SP_TOKEN_OPEN_ROUND))
        return true;
    sp_span open = sp_parser_open(p);
    bool more = p->token.kind != SP_TOKEN_CLOSE_ROUND;
    while (more) {
        sp_name name = sp_parse_name(p, kind ? "'seed' or 'range'" : "'seed' or 'scale'");
        size_t which = name.text ? known_name(p, name, "parameter", names[kind], 2) : 2;
        if (which == 2 || !sp_parser_expect(p, SP_TOKEN_EQUALS, NULL))
            return false;
        sp_slot slot = {.kind = kinds[kind][which], .label = name.text, .key = name.span};
        if (seen[which])
            sp_report(p->reporter, name.span, NULL, "'%s' is given twice", name.text);
        if (item ? !parse_values(p, &slot) : !add_choice(p, &slot))
            return false;
        if (item && !seen[which])
            add_slot(p, item, &slot);
        seen[which] = true;
        inside->inexact += slot.choice[0].inexact;
        if (slot.kind == SP_SLOT_SEED)
            inside->seed = slot.choice[0].number;
        else if (slot.kind == SP_SLOT_SCALE)
            inside->real = slot.choice[0].real;
        else
            inside->range = slot.choice[0].number;
        more = sp_parser_accept(p, SP_TOKEN_COMMA);
    }
    return sp_parser_close(p, open, true);
}

static bool parse_generator(sp_parser *p, sp_case_syntax *item, sp_slot *slot)
{
    static const char *const names[] = {"random", "integers"};
    sp_choice choice = {.seed = 1, .real = 1, .range = 3};
    size_t begin = p->token.begin;
    if (sp_parser_at(p, SP_TOKEN_OPEN_CURLY)) {
        sp_report(p->reporter, sp_token_span(p, p->token), NULL,
                  "a set cannot stand inside another set or inside a value of a set");
        return false;
    }
    sp_name name = sp_parse_name(p, "'random' or 'integers'");
    size_t which = name.text ? known_name(p, name, "kind of data", names, 2) : 2;
    if (which == 2)
        return false;
    choice.data = which == 0 ? SP_DATA_RANDOM : SP_DATA_INTEGERS;
    if (item) { /* before its parameters, which override it */
        slot->choice = SP_NEW(p->pool, sp_choice);
        slot->choice_room = slot->choices = 1;
        slot->choice[0] = choice;
        slot->choice[0].span = name.span;
        slot->choice[0].label = name.text;
        add_slot(p, item, slot);
    }
    if (!parse_parameters(p, item, &choice))
        return false;
    if (!item) {
        choice.span = sp_parser_span_from(p, begin);
        choice.label = label_of(p, choice.span, slot->choices + 1);
        slot->choice = sp_pool_grow(p->pool, slot->choice, &slot->choice_room, slot->choices + 1,
                                    sizeof choice);
        slot->choice[slot->choices++] = choice;
    }
    return true;
}

static bool parse_data(sp_parser *p, sp_case_syntax *item)
{
    sp_slot slot = {.kind = SP_SLOT_DATA, .label = "data", .key = sp_token_span(p, p->previous)};
    slot.set = sp_parser_at(p, SP_TOKEN_OPEN_CURLY);
    if (!slot.set)
        return parse_generator(p, item, &slot);
    sp_span open = sp_parser_open(p);
    do
        if (!parse_generator(p, NULL, &slot))
            return false;
    while (sp_parser_accept(p, SP_TOKEN_COMMA));
    if (!sp_parser_close(p, open, true))
        return false;
    add_slot(p, item, &slot);
    return true;
}

/* One value after the word of the field. */
static bool parse_simple(sp_parser *p, sp_case_syntax *item, sp_slot_kind kind, const char *label)
{
    sp_slot slot = {.kind = kind, .label = label, .key = sp_token_span(p, p->previous)};
    bool good = parse_values(p, &slot);
    if (good)
        add_slot(p, item, &slot);
    return good;
}

static bool parse_precision(sp_parser *p, sp_case_syntax *item)
{
    return parse_simple(p, item, SP_SLOT_PRECISION, "precision");
}

static bool parse_numdiff(sp_parser *p, sp_case_syntax *item)
{
    return parse_simple(p, item, SP_SLOT_NUMDIFF, "numdiff");
}

/* evidence = values {"," values} . */
static bool parse_evidence(sp_parser *p, sp_case_syntax *item)
{
    do {
        sp_slot slot = {.kind = SP_SLOT_EVIDENCE, .label = "evidence",
                        .key = sp_token_span(p, p->token)};
        if (!parse_values(p, &slot))
            return false;
        add_slot(p, item, &slot);
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/* expect = "match" | "mismatch" [ result {"," result} ] .
 * No sets: a set makes every combination, and of those only some could be right. */
static bool parse_expect(sp_parser *p, sp_case_syntax *item)
{
    if (sp_parser_at(p, SP_TOKEN_OPEN_CURLY)) {
        sp_report(p->reporter, sp_token_span(p, p->token),
                  "write a case for each of the two expectations",
                  "'expect' takes no set");
        return false;
    }
    sp_name name = sp_parse_name(p, "'match' or 'mismatch'");
    static const char *const known[] = {"match", "mismatch"};
    size_t which = name.text ? known_name(p, name, "expectation", known, 2) : 2;
    if (which == 2)
        return false;
    item->expect_mismatch = which == 1;
    if (which == 0 || sp_parser_line_ended(p))
        return true;
    do {
        sp_name result = sp_parse_name(p, "the name of a result");
        if (!result.text)
            return false;
        item->expect = sp_pool_grow(p->pool, item->expect, &item->expect_room, item->expects + 1,
                                    sizeof result);
        item->expect[item->expects++] = result;
    } while (sp_parser_accept(p, SP_TOKEN_COMMA));
    return true;
}

/*  name, how its values are parsed, whether it is a list, whether it may stand on several lines */
#define FIELDS(X)                              \
    X(dims, parse_dims, true, false)           \
    X(network, parse_network, true, false)     \
    X(scheme, parse_scheme_field, false, false) \
    X(mesh, parse_mesh, true, true)            \
    X(split, parse_split, true, true)          \
    X(data, parse_data, false, false)          \
    X(precision, parse_precision, false, false) \
    X(numdiff, parse_numdiff, false, false)    \
    X(evidence, parse_evidence, true, false)   \
    X(expect, parse_expect, false, false)

static const struct field {
    const char *name;
    bool (*parse)(sp_parser *p, sp_case_syntax *item);
    bool list, many;
} fields[] = {
#define X(name, parse, list, many) {#name, parse, list, many},
    FIELDS(X)
#undef X
};

enum { FIELD_COUNT = sizeof fields / sizeof *fields };

/* Whether data follow, or a set of them, or numbers that should be data: behind '='. */
static bool tensor_follows(const sp_parser *p)
{
    sp_lexer ahead = p->lexer;
    const sp_token_kind next = sp_lexer_next(&ahead).kind;
    return next == SP_TOKEN_OPEN_SQUARE || next == SP_TOKEN_OPEN_CURLY || next == SP_TOKEN_NUMBER ||
           next == SP_TOKEN_MINUS;
}

const char *const *sp_case_fields(size_t *count)
{
    static const char *const names[] = {
#define X(name, parse, list, many) #name,
        FIELDS(X)
#undef X
    };
    *count = FIELD_COUNT;
    return names;
}

/* One line of a case; false after a syntax error. */
static bool parse_field(sp_parser *p, sp_case_syntax *item, bool seen[])
{
    sp_name name = sp_parse_name(p, "a field of the case");
    if (!name.text)
        return false;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name.text) != 0)
            continue;
        if (seen[i] && !fields[i].many) {
            sp_report(p->reporter, name.span, NULL, "a second '%s' in this case", name.text);
            return false;
        }
        seen[i] = true;
        return fields[i].parse(p, item) && sp_parser_end_line(p, fields[i].list);
    }
    /* data of a tensor, which one is known when the network is */
    sp_slot slot = {.kind = SP_SLOT_TENSOR, .label = name.text, .key = name.span};
    if (sp_parser_at(p, SP_TOKEN_EQUALS) && tensor_follows(p))
        return parse_assigned(p, item, slot, NULL) && sp_parser_end_line(p, false);
    item->unknown = sp_pool_grow(p->pool, item->unknown, &item->unknown_room, item->unknowns + 1, sizeof name);
    item->unknown[item->unknowns++] = name;
    return false;
}

/* At the start of a block, as sp_parser_at_block sees it: whether it is one, not the field `scheme
 * NAME` of the case that is being read. In a block a word follows that no case has there, or
 * `mesh` with bare axes. */
static bool starts_scheme(const sp_parser *p)
{
    if (p->token.kind == SP_TOKEN_END || p->lexer.source->text[p->token.begin] != 's')
        return true; /* not `scheme` at all */
    const char *text = p->lexer.source->text;
    sp_lexer ahead = p->lexer;
    sp_token name = sp_lexer_next(&ahead);
    if (name.line_start || (name.kind != SP_TOKEN_NAME && name.kind != SP_TOKEN_NUMBER))
        return false;
    while (sp_is_block_name_byte(text[ahead.at]))
        ahead.at++;
    sp_token word = sp_lexer_next(&ahead);
    static const char *const words[] = {"input", "param", "forward", "backward", "result", "of", "assume", "mesh"};
    enum { WORDS = sizeof words / sizeof *words, MESH = WORDS - 1 };
    size_t which = 0;
    while (which < WORDS && (strlen(words[which]) != word.end - word.begin ||
                         memcmp(words[which], text + word.begin, word.end - word.begin) != 0))
        which++;
    if (which != MESH)
        return which < MESH;
    sp_lexer_next(&ahead);
    sp_token after = sp_lexer_next(&ahead);
    return after.line_start || after.kind == SP_TOKEN_COMMA;
}

/* case = "case" name { field } . */
void sp_parse_case(sp_parser *p, sp_case_syntax *item)
{
    size_t errors = p->reporter->errors;
    item->name = sp_parse_block_name(p, "the name of the case");
    bool seen[FIELD_COUNT] = {false};
    while (!sp_parser_at_block(p) || !starts_scheme(p)) {
        size_t begin = sp_parser_start_line(p);
        if (!parse_field(p, item, seen))
            sp_parser_recover(p, begin);
    }
    item->broken = p->reporter->errors > errors || item->unknowns > 0;
}
