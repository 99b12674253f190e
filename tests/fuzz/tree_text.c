/* Trees of schemes from texts of the language, and back. */
#include "tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- printing ---- */

typedef struct printer {
    char *text;
    size_t size, length;
    bool full;
} printer;

static void put(printer *p, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(p->text + p->length, p->size - p->length, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= p->size - p->length)
        p->full = true;
    else
        p->length += (size_t)added;
}

static void put_part(printer *p, const tree_scheme *s, const tree_part *part)
{
    put(p, "%s", tree_dim_names[part->dim]);
    if (part->axes == 1)
        put(p, "/%s", s->axis_name[part->axis[0]]);
    for (int k = 0; k < part->axes && part->axes > 1; k++)
        put(p, "%s%s%s", k ? "," : "/(", s->axis_name[part->axis[k]], k + 1 == part->axes ? ")" : "");
}

static void put_type(printer *p, const tree_scheme *s, const tree_type *type)
{
    for (int k = 0; k < type->order; k++) {
        put(p, k ? ", " : "[");
        put_part(p, s, &type->part[k]);
    }
    put(p, "]");
}

/* How tightly an operation binds: 1 + -, 2 @ * /, 3 unary minus, 4 ^T, 5 the rest. */
static int binding(tree_op op)
{
    switch (op) {
    case TREE_ADD:
    case TREE_SUBTRACT:
        return 1;
    case TREE_PRODUCT:
    case TREE_TIMES:
    case TREE_DIVIDE:
        return 2;
    case TREE_NEGATE:
        return 3;
    case TREE_TRANSPOSE:
        return 4;
    default:
        return 5;
    }
}

static void put_node(printer *p, const tree_scheme *s, const tree_node *n, int at_least);

static void put_call(printer *p, const tree_scheme *s, const tree_node *n)
{
    put(p, "%s(", tree_op_words[n->op]);
    put_node(p, s, n->of[0], 1);
    if (n->of[1]) {
        put(p, ", ");
        put_node(p, s, n->of[1], 1);
    }
    if (n->op == TREE_SUM || (n->op >= TREE_ALLGATHER && n->op <= TREE_ALLTOALL))
        put(p, ", %s", tree_dim_names[n->dim]);
    if (n->op == TREE_ALLTOALL)
        put(p, ", %s", tree_dim_names[n->dim2]);
    if (n->op >= TREE_ALLREDUCE)
        put(p, ", %s", s->axis_name[n->axis]);
    if (n->op == TREE_MEAN)
        put(p, ", mean");
    if (n->op >= TREE_BROADCAST)
        put(p, ", %d", n->constant);
    put(p, ")");
}

static void put_node(printer *p, const tree_scheme *s, const tree_node *n, int at_least)
{
    int binds = binding(n->op);
    if (binds < at_least)
        put(p, "(");
    switch (n->op) {
    case TREE_LOAD:
        put(p, "%s", tree_tensor_names[n->which]);
        break;
    case TREE_USE:
        put(p, "%s", s->statement[n->which].name);
        break;
    case TREE_NUMBER:
        put(p, "%.17g", n->number);
        break;
    case TREE_RANKS:
        put(p, "size(%s)", s->axis_name[n->axis]);
        break;
    case TREE_EXTENT:
        put(p, "%s", tree_dim_names[n->dim]);
        break;
    case TREE_COUNT:
        put(p, "count(");
        put_part(p, s, &n->part);
        put(p, ")");
        break;
    case TREE_NEGATE:
        put(p, "-");
        put_node(p, s, n->of[0], 3);
        break;
    case TREE_TRANSPOSE:
        put_node(p, s, n->of[0], 4);
        put(p, "^T");
        break;
    case TREE_PRODUCT:
    case TREE_ADD:
    case TREE_SUBTRACT:
    case TREE_TIMES:
    case TREE_DIVIDE:
        put_node(p, s, n->of[0], binds);
        put(p, "%s", tree_op_words[n->op]);
        put_node(p, s, n->of[1], binds + 1);
        break;
    default:
        put_call(p, s, n);
        break;
    }
    if (binds < at_least)
        put(p, ")");
}

static void put_tensors(printer *p, const tree_scheme *s, const char *word, int first, int end)
{
    bool any = false;
    for (int t = first; t < end; t++)
        if (s->declared[t]) {
            put(p, any ? ", %s" : "%s %s", any ? tree_tensor_names[t] : word, tree_tensor_names[t]);
            put_type(p, s, &s->tensor[t]);
            any = true;
        }
    if (any)
        put(p, "\n");
}

bool tree_print(const tree_scheme *s, char *text, size_t size)
{
    printer p = {.text = text, .size = size};
    put(&p, "scheme %s\n", s->name);
    for (int a = 0; a < s->axes; a++)
        put(&p, "%s%s%s", a ? ", " : "mesh ", s->axis_name[a], a + 1 == s->axes ? "\n" : "");
    put_tensors(&p, s, "input", 0, 2);
    put_tensors(&p, s, "param", 2, TREE_TENSORS);
    put(&p, "forward\n");
    bool backward = false;
    for (int k = 0; k < s->statements; k++) {
        const tree_statement *of = &s->statement[s->order[k]];
        if (of->backward && !backward)
            put(&p, "backward\n");
        backward = backward || of->backward;
        put(&p, "  %s = ", of->name);
        put_node(&p, s, of->value, 1);
        put(&p, "\n");
    }
    if (!backward)
        put(&p, "backward\n");
    for (int k = 0; k < s->results; k++) {
        put(&p, "%s%s", k ? ", " : "result ", s->statement[s->result[k].statement].name);
        put_type(&p, s, &s->result[k].declared);
        if (s->result[k].sum_axis >= 0)
            put(&p, " sum %s", s->axis_name[s->result[k].sum_axis]);
    }
    put(&p, "\n");
    return !p.full;
}

void tree_print_part(const tree_scheme *s, const tree_part *part, char *text, size_t size)
{
    printer p = {.text = text, .size = size};
    put_part(&p, s, part);
}

/* ---- parsing ---- */

typedef struct parser {
    tree_scheme *s;
    const char *at;
    bool bad;
} parser;

static void skip_space(parser *p)
{
    while (isspace((unsigned char)*p->at) || *p->at == '#')
        p->at += *p->at == '#' ? strcspn(p->at, "\n") : 1;
}

static bool take(parser *p, const char *sign)
{
    skip_space(p);
    if (strncmp(p->at, sign, strlen(sign)) != 0)
        return false;
    p->at += strlen(sign);
    return true;
}

static void need(parser *p, const char *sign)
{
    p->bad = !take(p, sign) || p->bad;
}

static size_t word_length(const parser *p)
{
    size_t length = 0;
    while (isalnum((unsigned char)p->at[length]) || p->at[length] == '_' || p->at[length] == '\'')
        length++;
    return length;
}

static bool take_word(parser *p, const char *word)
{
    skip_space(p);
    if (word_length(p) != strlen(word) || strncmp(p->at, word, strlen(word)) != 0)
        return false;
    p->at += strlen(word);
    return true;
}

static void take_name(parser *p, char *name)
{
    skip_space(p);
    size_t length = word_length(p);
    p->bad = length == 0 || length >= TREE_NAME || p->bad;
    snprintf(name, TREE_NAME, "%.*s", p->bad ? 0 : (int)length, p->at);
    p->at += length;
}

static int take_dim(parser *p)
{
    for (int d = 0; d < TREE_DIMS; d++)
        if (take_word(p, tree_dim_names[d]))
            return d;
    p->bad = true;
    return 0;
}

static int take_axis(parser *p)
{
    for (int a = 0; a < p->s->axes; a++)
        if (take_word(p, p->s->axis_name[a]))
            return a;
    p->bad = true;
    return 0;
}

/* dimref = dim [ "/" ( axis | "(" axis {"," axis} ")" ) ] . */
static tree_part take_part(parser *p)
{
    tree_part part = {.dim = take_dim(p)};
    if (!take(p, "/"))
        return part;
    bool list = take(p, "(");
    do {
        part.axis[part.axes++] = take_axis(p);
    } while (list && take(p, ",") && part.axes < TREE_AXES && !p->bad);
    if (list)
        need(p, ")");
    return part;
}

static tree_type take_type(parser *p)
{
    tree_type type = {0};
    need(p, "[");
    do {
        type.part[type.order++] = take_part(p);
    } while (type.order < 2 && take(p, ","));
    need(p, "]");
    return type;
}

static const tree_node *take_sum(parser *p);

static int take_constant(parser *p)
{
    need(p, ",");
    skip_space(p);
    char *end;
    long value = strtol(p->at, &end, 10);
    p->bad = end == p->at || p->bad;
    p->at = end;
    return (int)value;
}

/* What stands in the brackets of a collective, its operand being read. */
static const tree_node *take_collective(parser *p, tree_op op, const tree_node *a)
{
    int dim = 0, dim2 = 0;
    need(p, ",");
    if (op >= TREE_ALLGATHER && op <= TREE_ALLTOALL) {
        dim = take_dim(p);
        need(p, ",");
    }
    if (op == TREE_ALLTOALL) {
        dim2 = take_dim(p);
        need(p, ",");
    }
    int axis = take_axis(p);
    if (p->bad)
        return NULL;
    if (op == TREE_ALLREDUCE) {
        bool mean = take(p, ",");
        p->bad = (mean && !take_word(p, "mean")) || p->bad;
        return tree_over(p->s, mean ? TREE_MEAN : TREE_ALLREDUCE, a, axis);
    }
    if (op == TREE_ALLTOALL)
        return tree_alltoall(p->s, a, dim, dim2, axis);
    if (op >= TREE_BROADCAST)
        return tree_at(p->s, op, a, axis, take_constant(p));
    return tree_along(p->s, op, a, dim, axis);
}

static const tree_node *take_call(parser *p, tree_op op)
{
    const tree_node *n = NULL;
    need(p, "(");
    if (op == TREE_RANKS) {
        n = tree_ranks(p->s, take_axis(p));
    } else if (op == TREE_COUNT) {
        tree_part part = take_part(p);
        n = tree_count(p->s, &part);
    } else {
        const tree_node *a = take_sum(p);
        if (op == TREE_LOSS_PRIME) {
            need(p, ",");
            n = tree_binary(p->s, op, a, take_sum(p));
        } else if (op == TREE_SUM) {
            need(p, ",");
            n = tree_sum(p->s, a, take_dim(p));
        } else if (op >= TREE_ALLREDUCE) {
            n = take_collective(p, op, a);
        } else {
            n = tree_unary(p->s, op, a);
        }
    }
    need(p, ")");
    return n;
}

/* primary = number | name | function "(" expr {"," argument} ")" | "(" expr ")" . */
static const tree_node *take_primary(parser *p)
{
    skip_space(p);
    if (take(p, "(")) {
        const tree_node *n = take_sum(p);
        need(p, ")");
        return n;
    }
    if (isdigit((unsigned char)*p->at)) {
        char *end;
        double number = strtod(p->at, &end);
        p->at = end;
        return tree_number(p->s, number);
    }
    for (int op = 0; op < TREE_OP_COUNT; op++)
        if (isalpha((unsigned char)tree_op_words[op][0]) && take_word(p, tree_op_words[op]))
            return take_call(p, (tree_op)op);
    for (int t = 0; t < TREE_TENSORS; t++)
        if (take_word(p, tree_tensor_names[t]))
            return tree_load(p->s, t);
    for (int d = 0; d < TREE_DIMS; d++)
        if (take_word(p, tree_dim_names[d]))
            return tree_extent(p->s, d);
    char name[TREE_NAME];
    take_name(p, name);
    return tree_use(p->s, tree_find(p->s, name));
}

/* unary = "-" unary | postfix .  postfix = primary { "^T" } . */
static const tree_node *take_unary(parser *p)
{
    if (take(p, "-"))
        return tree_unary(p->s, TREE_NEGATE, take_unary(p));
    const tree_node *n = take_primary(p);
    while (take(p, "^T"))
        n = tree_unary(p->s, TREE_TRANSPOSE, n);
    return n;
}

/* term = unary { ("@" | "*" | "/") unary } . */
static const tree_node *take_term(parser *p)
{
    const tree_node *n = take_unary(p);
    for (;;) {
        tree_op op = take(p, "@")   ? TREE_PRODUCT
                     : take(p, "*") ? TREE_TIMES
                     : take(p, "/") ? TREE_DIVIDE
                                    : TREE_OP_COUNT;
        if (op == TREE_OP_COUNT || !n)
            return n;
        n = tree_binary(p->s, op, n, take_unary(p));
    }
}

/* expr = term { ("+" | "-") term } . */
static const tree_node *take_sum(parser *p)
{
    const tree_node *n = take_term(p);
    for (;;) {
        tree_op op = take(p, "+") ? TREE_ADD : take(p, "-") ? TREE_SUBTRACT : TREE_OP_COUNT;
        if (op == TREE_OP_COUNT || !n)
            return n;
        n = tree_binary(p->s, op, n, take_term(p));
    }
}

static void take_tensors(parser *p)
{
    while (take_word(p, "input") || take_word(p, "param"))
        do {
            int t = 0;
            while (t < TREE_TENSORS && !take_word(p, tree_tensor_names[t]))
                t++;
            if (t == TREE_TENSORS) {
                p->bad = true;
                return;
            }
            p->s->declared[t] = true;
            p->s->tensor[t] = take_type(p);
        } while (take(p, ","));
}

static void take_statements(parser *p)
{
    bool backward = false;
    need(p, "forward");
    while (!p->bad && !take_word(p, "result")) {
        if (take_word(p, "backward")) {
            backward = true;
            continue;
        }
        char name[TREE_NAME];
        take_name(p, name);
        need(p, "=");
        if (p->bad || tree_insert(p->s, p->s->statements, name, take_sum(p), backward) < 0)
            p->bad = true;
    }
}

static void take_results(parser *p)
{
    do {
        char name[TREE_NAME];
        take_name(p, name);
        tree_result *r = &p->s->result[p->s->results++];
        r->statement = tree_find(p->s, name);
        r->declared = take_type(p);
        r->sum_axis = take_word(p, "sum") ? take_axis(p) : -1;
        p->bad = r->statement < 0 || p->bad;
    } while (!p->bad && take(p, ",") && p->s->results < TREE_RESULTS);
}

bool tree_parse(tree_scheme *s, const char *text)
{
    char name[TREE_NAME];
    parser p = {.s = s, .at = text};
    need(&p, "scheme");
    skip_space(&p);
    size_t length = strcspn(p.at, " \n");
    snprintf(name, sizeof name, "%.*s", (int)length, p.at);
    p.at += length;
    tree_start(s, name);
    if (take_word(&p, "mesh"))
        do {
            take_name(&p, s->axis_name[s->axes++]);
        } while (s->axes < TREE_AXES && take(&p, ","));
    take_tensors(&p);
    take_statements(&p);
    if (!p.bad)
        take_results(&p);
    return !p.bad;
}
