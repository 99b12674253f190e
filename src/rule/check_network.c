/* From the syntax tree of a network to typed operations: dimensions go by name. */
#include "lang/check.h"
#include "lang/parser.h"
#include "network/network.h"
#include "rule/network.h"

#include <limits.h>
#include <string.h>

/*  name, values, dimensions behind them (-1: one or more), operation; APPLY: elementwise */
#define CALLS(X)                       \
    X("dot", 2, -1, DOT)               \
    X("sum", 1, -1, SUM)               \
    X("rename", 1, 2, RENAME)          \
    X("softmax", 1, 1, SOFTMAX)        \
    X("logsumexp", 1, 1, LOGSUMEXP)

static const struct { const char *name; int values, dims; sp_net_op op; } calls[] = {
#define X(name, values, dims, op) {name, values, dims, SP_NET_##op},
    CALLS(X)
#undef X
};

static const char *const elementary[] = {"exp", "log", "sqrt", "rsqrt", "tanh", "erf", "step"};

enum {
    DIMENSION = -2, /* in node_of: a term that names a dimension */
    CALL_COUNT = sizeof calls / sizeof *calls,
    ELEMENTARY_COUNT = sizeof elementary / sizeof *elementary
};

typedef enum sort { DIM, TENSOR, STATEMENT, FUNCTION } sort;

static const char *const sort_words[] = {"a dimension", "a tensor", "a statement", "a function"};

typedef struct checking {
    sp_reporter *reporter;
    sp_pool *pool;
    const sp_network_syntax *syntax;
    sp_network_program *network;
    sp_names names; /* all of SORT + 4 * index */
    bool *wrong; /* for each tensor: its declaration is, which is said */
    const char **known;
    size_t knowns, known_room;
    int *node_of; /* for each term; -1: wrong, and said */
} checking;

/* ---- labels ---- */

bool sp_net_has(sp_net_labels labels, uint8_t label)
{
    for (size_t i = 0; i < labels.count; i++)
        if (labels.label[i] == label)
            return true;
    return false;
}

bool sp_net_within(sp_net_labels some, sp_net_labels all)
{
    for (size_t i = 0; i < some.count; i++)
        if (!sp_net_has(all, some.label[i]))
            return false;
    return true;
}

static const char *labels_text(const checking *c, sp_net_labels labels)
{
    sp_text text = sp_text_in(c->pool);
    sp_text_add(&text, "[");
    for (size_t i = 0; i < labels.count; i++)
        sp_text_format(&text, "%s%s", i ? ", " : "", c->network->label[labels.label[i]].name);
    sp_text_add(&text, "]");
    return sp_text_string(&text);
}

/* ---- names ---- */

static bool listed(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* CALL_COUNT if it is none of the language's. */
static size_t find_call(const char *name)
{
    size_t call = 0;
    while (call < CALL_COUNT && strcmp(calls[call].name, name) != 0)
        call++;
    return call;
}

/* Whether a name is an operation's, which no network can name anew. */
static bool of_the_language(const char *name)
{
    return find_call(name) < CALL_COUNT || strcmp(name, "max") == 0;
}

static void define(checking *c, sp_name name, sort what, size_t index)
{
    size_t older = what + 4 * index;
    if (strchr(name.text, '\''))
        sp_report(c->reporter, name.span, NULL, "'%s' cannot be %s: it ends in a prime", name.text, sort_words[what]);
    else if (of_the_language(name.text) ||
             (what != FUNCTION && (listed(name.text, elementary, ELEMENTARY_COUNT) ||
                                   listed(name.text, sp_activation_names, sp_activation_count))))
        sp_report(c->reporter, name.span, NULL, "'%s' is a function of the language already", name.text);
    else if (!sp_names_add(&c->names, name.text, &older))
        sp_report(c->reporter, name.span, NULL, "'%s' is %s already", name.text, sort_words[older % 4]);
    else {
        c->known = sp_pool_grow(c->pool, c->known, &c->known_room, c->knowns + 1, sizeof *c->known);
        c->known[c->knowns++] = name.text;
    }
}

/* The index of what a name is, if it is of that sort. */
static bool find(const checking *c, const char *name, sort what, size_t *index)
{
    size_t value;
    if (!sp_names_find(&c->names, name, &value) || value % 4 != (size_t)what)
        return false;
    *index = value / 4;
    return true;
}

static const char *dimensions_hint(const checking *c, const char *name)
{
    return sp_hint_nearest(c->reporter, name, c->network->dim, c->network->dims,
                           "dimensions are those that 'dims' lists, S' is a second name of S");
}

/* A label of the network: one of its dimensions, or that with primes; false after a diagnostic. */
static bool find_label(checking *c, sp_name name, uint8_t *label)
{
    sp_network_program *n = c->network;
    for (size_t i = 0; i < n->labels; i++)
        if (strcmp(n->label[i].name, name.text) == 0) {
            *label = (uint8_t)i; /* below SP_NET_MAX_LABELS */
            return true;
        }
    size_t length = strcspn(name.text, "'"), dim;
    const char *base = sp_pool_copy(c->pool, name.text, length);
    if (!find(c, base, DIM, &dim)) {
        if (c->network->dims > 0) /* else that is said */
            sp_report(c->reporter, name.span, dimensions_hint(c, base), "unknown dimension '%s'", name.text);
        return false;
    }
    if (n->labels == SP_NET_MAX_LABELS) {
        sp_report(c->reporter, name.span, NULL, "too many names of dimensions (limit %d)", SP_NET_MAX_LABELS);
        return false;
    }
    n->label[n->labels].name = sp_pool_format(c->pool, "%s", name.text);
    n->label[n->labels].dim = dim;
    *label = (uint8_t)n->labels++; /* below the limit above */
    return true;
}

/* Adds a label; reports one that comes twice, and the ninth. */
static bool add_label(checking *c, sp_net_labels *labels, uint8_t label, sp_span at)
{
    const char *name = c->network->label[label].name;
    if (sp_net_has(*labels, label)) {
        sp_report(c->reporter, at, "rename(A, S, S') gives a dimension a second name", "dimension %s comes twice",
                  name);
        return false;
    }
    if (labels->count == SP_NET_MAX_ORDER) {
        sp_report(c->reporter, at, NULL, "too many dimensions of a value: %s is the ninth (limit %d)", name,
                  SP_NET_MAX_ORDER);
        return false;
    }
    labels->label[labels->count++] = label;
    return true;
}

/* ---- declarations ---- */

static void check_tensor(checking *c, const sp_tensor_syntax *syntax)
{
    sp_network_program *n = c->network;
    const size_t errors = c->reporter->errors;
    sp_net_tensor *t = &n->tensor[n->tensors];
    *t = (sp_net_tensor){.name = syntax->name.text, .param = syntax->param, .distribution = -1, .span = syntax->span};
    for (size_t i = 0; i < syntax->dims; i++) {
        const sp_dimref *ref = &syntax->dim[i];
        uint8_t label;
        if (ref->axes > 0)
            sp_report(c->reporter, ref->span, "splits are a scheme's", "a network has no axes");
        else if (find_label(c, ref->dim, &label))
            add_label(c, &t->labels, label, ref->span);
    }
    if (syntax->distribution.text) {
        uint8_t label;
        if (find_label(c, syntax->distribution, &label)) {
            t->distribution = label;
            if (!sp_net_has(t->labels, label))
                sp_report(c->reporter, syntax->distribution.span, NULL, "%s has no dimension %s to sum to 1 over",
                          t->name, syntax->distribution.text);
        }
    }
    c->wrong[n->tensors] = c->reporter->errors > errors;
    define(c, syntax->name, TENSOR, n->tensors++);
}

/* What a function is where a case does not say it; NULL if the network does not either, or after a diagnostic. */
static const sp_function_spec *check_given(checking *c, const sp_function_syntax *f)
{
    if (!f->given)
        return NULL;
    sp_function_spec *spec = SP_NEW(c->pool, sp_function_spec);
    const bool loss = f->variables == 2;
    const char *const *known = loss ? sp_loss_names : sp_activation_names;
    const size_t count = loss ? sp_loss_count : sp_activation_count;
    *spec = (sp_function_spec){.name = f->value.name.text, .span = f->name.span};
    if (!f->value.name.text) {
        const char *const variable[] = {f->variable[0].text, f->variable[1].text};
        sp_signature words = {.name = c->network->name, .dims = c->network->dims};
        size_t inexact = 0;
        memcpy(words.dim, c->network->dim, c->network->dims * sizeof *words.dim);
        spec->formula = sp_check_formula(c->reporter, &words, &f->value.terms, &f->value.value, variable, f->variables,
                                         &inexact);
        return spec->formula ? spec : NULL;
    }
    return sp_check_builtin(c->reporter, f->value.name, f->name.text, loss, known, count) ? spec : NULL;
}

static void check_functions(checking *c)
{
    sp_network_program *n = c->network;
    n->function = SP_NEW_ARRAY(c->pool, sp_net_function,
                               c->syntax->functions + ELEMENTARY_COUNT + sp_activation_count);
    for (size_t i = 0; i < c->syntax->functions; i++) {
        const sp_function_syntax *f = &c->syntax->function[i];
        if (i == SP_MAX_OWN_FUNCTIONS) {
            sp_report(c->reporter, f->name.span, NULL, "too many functions of a network (limit %d)",
                      SP_MAX_OWN_FUNCTIONS);
            break;
        }
        define(c, f->name, FUNCTION, n->functions);
        n->function[n->functions++] = (sp_net_function){f->name.text, f->variables, true, check_given(c, f)};
    }
    n->own_functions = n->functions;
    for (size_t i = 0; i < ELEMENTARY_COUNT; i++)
        n->function[n->functions++] = (sp_net_function){.name = elementary[i], .arguments = 1};
    for (size_t i = 0; i < sp_activation_count; i++)
        if (strcmp(sp_activation_names[i], "tanh") != 0) /* elementary already */
            n->function[n->functions++] = (sp_net_function){.name = sp_activation_names[i], .arguments = 1};
}

/* The function that is called, with a prime or without; n->functions if there is none. The network's own come
 * first, and hide others. */
static size_t find_function(const checking *c, const char *name, bool *prime)
{
    const sp_network_program *n = c->network;
    const char *mark = strchr(name, '\'');
    size_t at;
    *prime = mark != NULL;
    if (mark && mark[1])
        return n->functions;
    const char *base = mark ? sp_pool_copy(c->pool, name, (size_t)(mark - name)) : name;
    if (find(c, base, FUNCTION, &at))
        return at;
    for (at = n->own_functions; at < n->functions && strcmp(n->function[at].name, base) != 0; at++)
        continue;
    return at;
}

/* The gradient of a value is a statement of the delta rule: its name must be free. */
static void check_gradient_name(checking *c, const char *of)
{
    const sp_network_program *n = c->network;
    const char *name = sp_net_gradient_name(n, of);
    size_t value;
    if (!sp_names_find(&c->names, name, &value))
        return;
    const size_t index = value / 4;
    const sp_span place[] = {[DIM] = index < n->dims ? c->syntax->dim[index].span : n->span,
                             [TENSOR] = index < n->tensors ? n->tensor[index].span : n->span,
                             [STATEMENT] = index < n->statements ? n->statement[index].span : n->span,
                             [FUNCTION] = index < n->own_functions ? c->syntax->function[index].name.span : n->span};
    sp_report(c->reporter, place[value % 4], NULL, "'%s' is the name of the gradient of %s", name, of);
}

static void check_gradient_names(checking *c)
{
    for (size_t i = 0; i < c->network->tensors; i++)
        check_gradient_name(c, c->network->tensor[i].name);
    for (size_t i = 0; i < c->network->statements; i++)
        check_gradient_name(c, c->network->statement[i].name);
}

/* ---- expressions ---- */

static bool varies(const sp_network_program *n, const sp_net_node *node)
{
    if (node->op == SP_NET_TENSOR)
        return n->tensor[node->index].param;
    if (node->op == SP_NET_VALUE)
        return n->node[n->statement[node->index].node].varies;
    return (node->operand[0] >= 0 && n->node[node->operand[0]].varies) ||
           (node->operand[1] >= 0 && n->node[node->operand[1]].varies);
}

int sp_net_add(sp_network_program *n, sp_net_node node)
{
    n->node = sp_pool_grow(n->pool, n->node, &n->node_room, n->nodes + 1, sizeof node);
    n->node[n->nodes] = node;
    if (n->nodes == INT_MAX) /* indices of operands are int; -1 is none */
        sp_pool_fail(n->pool, SP_NO_MEMORY);
    return (int)n->nodes++;
}

static int add(checking *c, sp_net_node node)
{
    node.varies = varies(c->network, &node);
    return sp_net_add(c->network, node);
}

static sp_net_labels labels_of(const checking *c, int node)
{
    return c->network->node[node].labels;
}

static int check_name(checking *c, const sp_syntax_term *term)
{
    size_t value;
    sp_net_node node = {.operand = {-1, -1}, .span = term->span};
    if (!sp_names_find(&c->names, term->text, &value)) {
        sp_report(c->reporter, term->span, sp_hint_nearest(c->reporter, term->text, c->known, c->knowns, NULL),
                  "unknown name '%s'", term->text);
        return -1;
    }
    node.index = value / 4;
    switch ((sort)(value % 4)) {
    case DIM:
        node.op = SP_NET_EXTENT;
        break;
    case TENSOR:
        if (c->wrong[node.index])
            return -1;
        node.op = SP_NET_TENSOR;
        node.labels = c->network->tensor[node.index].labels;
        break;
    case STATEMENT:
        if (c->network->statement[node.index].node < 0)
            return -1;
        node.op = SP_NET_VALUE;
        node.labels = labels_of(c, c->network->statement[node.index].node);
        break;
    case FUNCTION:
        sp_report(c->reporter, term->span, sp_pool_format(c->pool, "write %s(...)", term->text),
                  "'%s' is a function", term->text);
        return -1;
    }
    return add(c, node);
}

static int check_sum(checking *c, const sp_syntax_term *term, sp_net_node node)
{
    sp_net_labels a = labels_of(c, node.operand[0]), b = labels_of(c, node.operand[1]);
    if (!sp_net_within(b, a) && !sp_net_within(a, b)) {
        sp_report(c->reporter, term->span, "the dimensions of one side must be among those of the other",
                  "%s and %s cannot be added or subtracted", labels_text(c, a), labels_text(c, b));
        return -1;
    }
    node.labels = sp_net_within(b, a) ? a : b;
    return add(c, node);
}

static int check_union(checking *c, const sp_syntax_term *term, sp_net_node node)
{
    sp_net_labels b = labels_of(c, node.operand[1]);
    node.labels = labels_of(c, node.operand[0]);
    for (size_t i = 0; i < b.count; i++)
        if (!sp_net_has(node.labels, b.label[i]) && !add_label(c, &node.labels, b.label[i], term->span))
            return -1;
    return add(c, node);
}

static int check_product(checking *c, const sp_syntax_term *term, sp_net_node node)
{
    sp_net_labels a = labels_of(c, node.operand[0]), b = labels_of(c, node.operand[1]);
    if (a.count != 2 || b.count != 2 || a.label[1] != b.label[0] || a.label[0] == b.label[1]) {
        sp_report(c->reporter, term->span, a.count == 2 && b.count == 2 ? "dot(A, B, D) sums over D, whatever the order"
                                                                       : "dot(A, B, D) takes any number of dimensions",
                  "%s @ %s is no product of matrices", labels_text(c, a), labels_text(c, b));
        return -1;
    }
    node.labels = (sp_net_labels){2, {a.label[0], b.label[1]}};
    return add(c, node);
}

/* A label that a call names, which value must have; -1 after a diagnostic. */
static bool named_label(checking *c, const sp_syntax_term *term, sp_net_labels value, const char *what, uint8_t *label)
{
    if (term->kind != SP_TERM_NAME) {
        sp_report(c->reporter, term->span, NULL, "expected a dimension");
        return false;
    }
    if (!find_label(c, (sp_name){term->text, term->span}, label))
        return false;
    if (sp_net_has(value, *label))
        return true;
    sp_report(c->reporter, term->span, NULL, "%s %s has no dimension %s", what, labels_text(c, value), term->text);
    return false;
}

static void remove_labels(sp_net_labels *from, sp_net_labels labels)
{
    size_t kept = 0;
    for (size_t i = 0; i < from->count; i++)
        if (!sp_net_has(labels, from->label[i]))
            from->label[kept++] = from->label[i];
    from->count = (uint8_t)kept; /* at most what it was */
}

static int check_rename(checking *c, const sp_syntax_term *const *dim, sp_net_node node)
{
    const sp_net_labels value = labels_of(c, node.operand[0]);
    uint8_t from, to;
    if (!named_label(c, dim[0], value, "the value", &from))
        return -1;
    if (dim[1]->kind != SP_TERM_NAME) {
        sp_report(c->reporter, dim[1]->span, NULL, "expected a dimension");
        return -1;
    }
    if (!find_label(c, (sp_name){dim[1]->text, dim[1]->span}, &to))
        return -1;
    if (c->network->label[from].dim != c->network->label[to].dim || sp_net_has(value, to)) {
        sp_report(c->reporter, dim[1]->span, sp_net_has(value, to) ? NULL : "rename(A, S, S'): S' is as long as S",
                  sp_net_has(value, to) ? "the value has a dimension %s already"
                                        : "%s is not a name of the same dimension",
                  dim[1]->text);
        return -1;
    }
    node.named = (sp_net_labels){2, {from, to}};
    node.labels = value;
    for (size_t i = 0; i < value.count; i++)
        if (value.label[i] == from)
            node.labels.label[i] = to;
    return add(c, node);
}

/* dot, sum, softmax, logsumexp: the dimensions that they name, and the labels of the value. */
static int check_named(checking *c, const sp_syntax_term *const *dim, size_t dims, sp_net_node node)
{
    const bool two = node.operand[1] >= 0;
    sp_net_labels a = labels_of(c, node.operand[0]);
    for (size_t i = 0; i < dims; i++) {
        uint8_t label;
        if (!named_label(c, dim[i], a, two ? "the first operand" : "the value", &label) ||
            (two && !named_label(c, dim[i], labels_of(c, node.operand[1]), "the second operand", &label)) ||
            !add_label(c, &node.named, label, dim[i]->span))
            return -1;
    }
    node.labels = a;
    if (two) {
        const sp_net_labels b = labels_of(c, node.operand[1]);
        remove_labels(&node.labels, node.named);
        for (size_t i = 0; i < b.count; i++)
            if (!sp_net_has(node.named, b.label[i]) && !sp_net_has(node.labels, b.label[i]) &&
                !add_label(c, &node.labels, b.label[i], node.span))
                return -1;
    } else if (node.op != SP_NET_SOFTMAX) {
        remove_labels(&node.labels, node.named);
    }
    return add(c, node);
}

static int check_apply(checking *c, const sp_syntax_term *term, size_t function, bool prime)
{
    const sp_net_function *f = &c->network->function[function];
    const int *value = term->arguments->value;
    if (term->arguments->values != f->arguments) {
        sp_report(c->reporter, term->span, f->arguments == 1 ? sp_pool_format(c->pool, "write %s(A)", term->text)
                                                             : sp_pool_format(c->pool, "write %s(A, Y)", term->text),
                  "wrong number of arguments of '%s'", term->text);
        return -1;
    }
    sp_net_node node = {.op = SP_NET_APPLY, .operand = {c->node_of[value[0]], -1}, .index = function, .prime = prime,
                        .span = term->span};
    if (node.operand[0] < 0)
        return -1;
    node.labels = labels_of(c, node.operand[0]);
    if (prime) {
        sp_report(c->reporter, term->span, "a network says what is computed: derivatives are derived",
                  "'%s' cannot be used in a network", term->text);
        return -1;
    }
    if (f->arguments == 1)
        return add(c, node);
    node.operand[1] = c->node_of[value[1]];
    if (node.operand[1] < 0)
        return -1;
    if (c->network->node[node.operand[1]].varies) {
        sp_report(c->reporter, c->syntax->body.terms.item[value[1]].span,
                  "the derivative of a function of two arguments is that by the first",
                  "the second argument of '%s' depends on a parameter", term->text);
        return -1;
    }
    return check_sum(c, term, node);
}

static int unknown_function(checking *c, const sp_syntax_term *term)
{
    if (strcmp(term->text, "max") == 0) {
        sp_report(c->reporter, term->span, "write softmax(A, D) or logsumexp(A, D): they are evaluated stably",
                  "'max' cannot be used in a network");
        return -1;
    }
    size_t count = 0;
    const char **known = SP_NEW_ARRAY(c->pool, const char *, CALL_COUNT + c->network->functions);
    for (size_t i = 0; i < CALL_COUNT; i++)
        known[count++] = calls[i].name;
    for (size_t i = 0; i < c->network->functions; i++)
        known[count++] = c->network->function[i].name;
    sp_report(c->reporter, term->span, sp_hint_nearest(c->reporter, term->text, known, count, NULL),
              "unknown function '%s'", term->text);
    return -1;
}

static int check_call(checking *c, const sp_syntax_term *term)
{
    const sp_arguments *given = term->arguments;
    const size_t call = find_call(term->text);
    if (call == CALL_COUNT) {
        bool prime;
        size_t function = find_function(c, term->text, &prime);
        return function < c->network->functions ? check_apply(c, term, function, prime) : unknown_function(c, term);
    }
    const size_t values = (size_t)calls[call].values;
    if (given->values < values + 1 || (calls[call].dims >= 0 && given->values != values + (size_t)calls[call].dims)) {
        static const char *const usage[] = {"dot(A, B, D)", "sum(A, D)", "rename(A, S, S')", "softmax(A, D)",
                                            "logsumexp(A, D)"};
        sp_report(c->reporter, term->span, sp_pool_format(c->pool, "write %s", usage[call]),
                  "wrong number of arguments of '%s'", term->text);
        return -1;
    }
    sp_net_node node = {.op = calls[call].op, .operand = {-1, -1}, .span = term->span};
    for (size_t i = 0; i < values; i++)
        if ((node.operand[i] = c->node_of[given->value[i]]) < 0)
            return -1;
    const sp_syntax_term **dim = SP_NEW_ARRAY(c->pool, const sp_syntax_term *, given->values - values);
    for (size_t i = values; i < given->values; i++)
        dim[i - values] = &c->syntax->body.terms.item[given->value[i]];
    return node.op == SP_NET_RENAME ? check_rename(c, dim, node) : check_named(c, dim, given->values - values, node);
}

static int check_term(checking *c, const sp_syntax_term *term)
{
    static const sp_net_op op[] = {[SP_TERM_NEGATE] = SP_NET_NEG,  [SP_TERM_TRANSPOSE] = SP_NET_TRANSPOSE,
                                   [SP_TERM_PRODUCT] = SP_NET_PRODUCT, [SP_TERM_ADD] = SP_NET_ADD,
                                   [SP_TERM_SUB] = SP_NET_SUB, [SP_TERM_MUL] = SP_NET_MUL, [SP_TERM_DIV] = SP_NET_DIV};
    sp_net_node node = {.operand = {-1, -1}, .span = term->span, .text = term->text};
    switch (term->kind) {
    case SP_TERM_WRONG:
        return -1;
    case SP_TERM_NUMBER:
        node.op = SP_NET_NUMBER;
        return add(c, node);
    case SP_TERM_NAME:
        return check_name(c, term);
    case SP_TERM_CALL:
        return check_call(c, term);
    default:
        break;
    }
    node.op = op[term->kind];
    for (size_t i = 0; i < 2 && term->operand[i] >= 0; i++)
        if ((node.operand[i] = c->node_of[term->operand[i]]) < 0)
            return -1;
    switch (term->kind) {
    case SP_TERM_PRODUCT:
        return check_product(c, term, node);
    case SP_TERM_ADD:
    case SP_TERM_SUB:
        return check_sum(c, term, node);
    case SP_TERM_MUL:
    case SP_TERM_DIV:
        return check_union(c, term, node);
    default:
        break;
    }
    node.labels = labels_of(c, node.operand[0]);
    if (node.op == SP_NET_TRANSPOSE) {
        if (node.labels.count != 2) {
            sp_report(c->reporter, term->span, NULL, "%s is no matrix to transpose", labels_text(c, node.labels));
            return -1;
        }
        node.labels = (sp_net_labels){2, {node.labels.label[1], node.labels.label[0]}};
    }
    return add(c, node);
}

/* Marks the terms that stand where a call names a dimension: they are no values. */
static void mark_dimensions(checking *c, const sp_syntax_expression *e)
{
    for (size_t i = e->first; i < e->end; i++) {
        const sp_syntax_term *term = &c->syntax->body.terms.item[i];
        if (term->kind != SP_TERM_CALL)
            continue;
        const size_t call = find_call(term->text);
        for (size_t v = call < CALL_COUNT ? (size_t)calls[call].values : SIZE_MAX; v < term->arguments->values; v++)
            c->node_of[term->arguments->value[v]] = DIMENSION;
    }
}

static int check_expression(checking *c, const sp_syntax_expression *e)
{
    mark_dimensions(c, e);
    for (size_t i = e->first; i < e->end; i++) {
        const sp_syntax_term *term = &c->syntax->body.terms.item[i];
        if (c->node_of[i] != DIMENSION || term->kind != SP_TERM_NAME)
            c->node_of[i] = check_term(c, term);
    }
    return e->end > e->first ? c->node_of[e->end - 1] : -1;
}

/* NULL after an error. */
sp_network_program *sp_network_check(sp_reporter *reporter, const sp_network_syntax *syntax)
{
    sp_pool *pool = reporter->pool;
    const size_t errors = reporter->errors;
    const sp_scheme_syntax *body = &syntax->body;
    sp_network_program *n = SP_NEW(pool, sp_network_program);
    checking c = {.reporter = reporter, .pool = pool, .syntax = syntax, .network = n, .names = sp_names_in(pool),
                  .node_of = SP_NEW_ARRAY(pool, int, body->terms.count + 1)};
    *n = (sp_network_program){.name = body->name.text ? body->name.text : "",
                              .span = body->name.span, .pool = pool, .loss = -1};
    n->dim = SP_NEW_ARRAY(pool, const char *, syntax->dims + 1);
    for (size_t i = 0; i < syntax->dims; i++) {
        if (n->dims == SP_MAX_DIMS) {
            sp_report(reporter, syntax->dim[i].span, NULL, "too many dimensions (limit %d)", SP_MAX_DIMS);
            break;
        }
        define(&c, syntax->dim[i], DIM, i);
        n->dim[n->dims++] = syntax->dim[i].text;
        n->label[n->labels].name = syntax->dim[i].text;
        n->label[n->labels++].dim = i;
    }
    check_functions(&c);
    n->tensor = SP_NEW_ARRAY(pool, sp_net_tensor, body->tensors + 1);
    c.wrong = SP_NEW_ARRAY(pool, bool, body->tensors + 1);
    for (size_t i = 0; i < body->tensors; i++)
        check_tensor(&c, &body->tensor[i]);
    if (body->tensors > SP_MAX_TENSORS)
        sp_report(reporter, body->tensor[SP_MAX_TENSORS].span, NULL, "too many tensors of a network: %zu (limit %d)",
                  body->tensors, SP_MAX_TENSORS);
    n->statement = SP_NEW_ARRAY(pool, sp_net_statement, body->statements + 1);
    for (size_t i = 0; i < body->statements; i++) {
        const sp_statement_syntax *s = &body->statement[i];
        int node = check_expression(&c, &s->value);
        n->statement[i] = (sp_net_statement){s->name.text, node, s->span};
        define(&c, s->name, STATEMENT, i);
        n->statements++;
    }
    check_gradient_names(&c);
    if (syntax->has_loss) {
        n->loss = check_expression(&c, &syntax->loss);
        n->loss_text = sp_span_text(pool, syntax->loss.span);
        if (n->loss >= 0 && labels_of(&c, n->loss).count > 0)
            sp_report(reporter, syntax->loss.span, "sum it over its dimensions",
                      "the loss is no scalar: it has the dimensions %s", labels_text(&c, labels_of(&c, n->loss)));
    }
    return reporter->errors == errors && !body->broken ? n : NULL;
}

size_t sp_networks_load(sp_pool *pool, const sp_source *source, sp_network_program ***network,
                        sp_diagnostics *diagnostics)
{
    const sp_vocabulary words = {.activation = sp_activation_names, .activations = sp_activation_count,
                                 .loss = sp_loss_names, .losses = sp_loss_count};
    sp_reporter reporter = {.pool = pool, .diagnostics = diagnostics, .source = source};
    sp_parser p = sp_parser_start(&reporter, &words);
    sp_file_syntax file = {0};
    sp_names names = sp_names_in(pool);
    sp_parse_file(&p, &file);
    sp_network_syntax **const syntax = file.network;
    const size_t count = file.networks;
    if (count == 0 && reporter.errors == 0)
        sp_report(&reporter, (sp_span){source, 0, 0}, NULL, "the file has no network");
    *network = SP_NEW_ARRAY(pool, sp_network_program *, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t unused = i;
        const sp_name name = syntax[i]->body.name;
        if (name.text && !sp_names_add(&names, name.text, &unused))
            sp_report(&reporter, name.span, NULL, "a second network named %s in this file", name.text);
        (*network)[i] = reporter.closed ? NULL : sp_network_check(&reporter, syntax[i]);
    }
    return count;
}
