/* The delta rule of a network by reverse mode: from the loss back, each operation hands the gradient of its
 * value (its cotangent) to its operands. A cotangent may lack labels of its value: it is equal along them.
 *
 * Source: Baydin, Pearlmutter, Radul, Siskind, "Automatic differentiation in machine learning: a survey",
 * JMLR 18 (2018), section 3.2. */
#include "rule/network.h"

#include <string.h>

typedef struct reversing {
    sp_network_program *n;
    sp_net_rule *rule;
    int *cotangent;         /* of each node of the network; -1: zero */
    int *of_tensor, *of_value; /* of tensors and statements, added up; -1: zero */
    bool *unknown_value;    /* statements in a second argument */
    int now;                /* the node of the statement whose expression is walked, -1: the loss */
    size_t statement;
} reversing;

/* ---- building expressions ---- */

static sp_net_labels labels_of(const reversing *r, int node)
{
    return r->n->node[node].labels;
}

static sp_net_labels without(sp_net_labels all, sp_net_labels removed)
{
    sp_net_labels rest = {0};
    for (size_t i = 0; i < all.count; i++)
        if (!sp_net_has(removed, all.label[i]))
            rest.label[rest.count++] = all.label[i];
    return rest;
}

static sp_net_labels common(sp_net_labels a, sp_net_labels b)
{
    return without(a, without(a, b));
}

static sp_net_labels joined(sp_net_labels a, sp_net_labels b)
{
    const sp_net_labels more = without(b, a);
    for (size_t i = 0; i < more.count; i++)
        a.label[a.count++] = more.label[i];
    return a;
}

/* A tensor, a statement's value or a size. */
static int leaf(reversing *r, sp_net_op op, size_t index, sp_net_labels labels)
{
    return sp_net_add(r->n, (sp_net_node){.op = op, .operand = {-1, -1}, .index = index, .labels = labels});
}

static int number(reversing *r, const char *text)
{
    return sp_net_add(r->n, (sp_net_node){.op = SP_NET_NUMBER, .operand = {-1, -1}, .text = text});
}

static bool is_one(const reversing *r, int node)
{
    return r->n->node[node].op == SP_NET_NUMBER && strcmp(r->n->node[node].text, "1") == 0;
}

static int binary(reversing *r, sp_net_op op, int a, int b)
{
    return sp_net_add(r->n, (sp_net_node){.op = op, .operand = {a, b},
                                          .labels = joined(labels_of(r, a), labels_of(r, b))});
}

/* Signs are kept outside of products and sums: a without its sign, which changes *minus. */
static int unsigned_of(const reversing *r, int a, bool *minus)
{
    const sp_net_node *node = &r->n->node[a];
    if (node->op != SP_NET_NEG)
        return a;
    *minus = !*minus;
    return node->operand[0];
}

static int signed_as(reversing *r, bool minus, int a)
{
    a = unsigned_of(r, a, &minus);
    return minus ? sp_net_add(r->n, (sp_net_node){.op = SP_NET_NEG, .operand = {a, -1}, .labels = labels_of(r, a)}) : a;
}

static int negate(reversing *r, int a)
{
    return signed_as(r, true, a);
}

static int multiply(reversing *r, int a, int b)
{
    bool minus = false;
    a = unsigned_of(r, a, &minus);
    b = unsigned_of(r, b, &minus);
    return signed_as(r, minus, is_one(r, a) ? b : is_one(r, b) ? a : binary(r, SP_NET_MUL, a, b));
}

static int divide(reversing *r, int a, int b)
{
    bool minus = false;
    a = unsigned_of(r, a, &minus);
    return signed_as(r, minus, binary(r, SP_NET_DIV, a, b));
}

static int named(reversing *r, sp_net_op op, int a, sp_net_labels dims, sp_net_labels labels)
{
    return sp_net_add(r->n, (sp_net_node){.op = op, .operand = {a, -1}, .named = dims, .labels = labels});
}

static int sum_over(reversing *r, int a, sp_net_labels dims)
{
    return dims.count ? named(r, SP_NET_SUM, a, dims, without(labels_of(r, a), dims)) : a;
}

/* Times the sizes of dimensions along which what is summed is equal. */
static int times_sizes(reversing *r, int a, sp_net_labels dims)
{
    for (size_t i = 0; i < dims.count; i++)
        a = multiply(r, a, leaf(r, SP_NET_EXTENT, r->n->label[dims.label[i]].dim, (sp_net_labels){0}));
    return a;
}

/* The sum of a over all labels but those that are kept. */
static int reduce(reversing *r, int a, sp_net_labels all, sp_net_labels keep)
{
    const sp_net_labels summed = without(all, keep), there = common(summed, labels_of(r, a));
    bool minus = false;
    a = unsigned_of(r, a, &minus);
    return signed_as(r, minus, times_sizes(r, sum_over(r, a, there), without(summed, there)));
}

/* The same of a * b: what only one of them has is summed first. */
static int contract(reversing *r, int a, int b, sp_net_labels all, sp_net_labels keep)
{
    bool minus = false;
    a = unsigned_of(r, a, &minus);
    b = unsigned_of(r, b, &minus);
    if (is_one(r, a) || is_one(r, b))
        return signed_as(r, minus, reduce(r, is_one(r, a) ? b : a, all, keep));
    const sp_net_labels summed = without(all, keep), la = labels_of(r, a), lb = labels_of(r, b);
    const sp_net_labels both = common(common(summed, la), lb);
    a = sum_over(r, a, without(common(summed, la), both));
    b = sum_over(r, b, without(common(summed, lb), both));
    const int product = both.count == 0 ? multiply(r, a, b)
        : sp_net_add(r->n, (sp_net_node){.op = SP_NET_DOT, .operand = {a, b}, .named = both,
                                         .labels = without(joined(labels_of(r, a), labels_of(r, b)), both)});
    return signed_as(r, minus, times_sizes(r, product, without(summed, joined(la, lb))));
}

/* The value of a node, by its name if it has one. */
static int value_of(reversing *r, int node)
{
    return node == r->now ? leaf(r, SP_NET_VALUE, r->statement, labels_of(r, node)) : node;
}

/* a + b, of cotangents of what `of` reads. */
static int plus(reversing *r, int a, int b, int of)
{
    if (a < 0)
        return b;
    if (!sp_net_within(labels_of(r, a), labels_of(r, b)) && !sp_net_within(labels_of(r, b), labels_of(r, a)))
        a = binary(r, SP_NET_ADD, multiply(r, number(r, "0"), of), a);
    bool minus = false;
    const int other = unsigned_of(r, b, &minus);
    if (minus)
        return binary(r, SP_NET_SUB, a, other);
    const int first = unsigned_of(r, a, &minus);
    return minus ? binary(r, SP_NET_SUB, b, first) : binary(r, SP_NET_ADD, a, b);
}

/* ---- what each operation hands to its operands ---- */

static void give(reversing *r, int node, int cotangent)
{
    r->cotangent[node] = cotangent;
}

/* f(x) or f(x, y): c f'(x), written by what f itself computes where that is usual. */
static void give_apply(reversing *r, int k, int c)
{
    const sp_net_node node = r->n->node[k];
    const int x = node.operand[0];
    const char *name = node.index < r->n->own_functions ? "" : r->n->function[node.index].name;
    if (strcmp(name, "step") == 0)
        return;
    const int self = value_of(r, k);
    if (strcmp(name, "exp") == 0) {
        give(r, x, multiply(r, c, self));
    } else if (strcmp(name, "log") == 0) {
        give(r, x, divide(r, c, x));
    } else if (strcmp(name, "sqrt") == 0) {
        give(r, x, divide(r, c, multiply(r, number(r, "2"), self)));
    } else if (strcmp(name, "rsqrt") == 0) {
        const int cube = multiply(r, multiply(r, self, self), self);
        give(r, x, negate(r, divide(r, multiply(r, c, cube), number(r, "2"))));
    } else if (strcmp(name, "tanh") == 0) {
        give(r, x, multiply(r, c, binary(r, SP_NET_SUB, number(r, "1"), multiply(r, self, self))));
    } else {
        sp_net_node prime = node;
        prime.prime = true;
        give(r, x, contract(r, c, sp_net_add(r->n, prime), node.labels, labels_of(r, x)));
    }
}

static void give_operands(reversing *r, int k, int c)
{
    const sp_net_node node = r->n->node[k]; /* a copy: the list grows */
    const int a = node.operand[0], b = node.operand[1];
    const sp_net_labels la = a >= 0 ? labels_of(r, a) : (sp_net_labels){0};
    const sp_net_labels lb = b >= 0 ? labels_of(r, b) : (sp_net_labels){0};
    switch (node.op) {
    case SP_NET_TENSOR:
        r->of_tensor[node.index] = plus(r, r->of_tensor[node.index], c, k);
        return;
    case SP_NET_VALUE:
        r->of_value[node.index] = plus(r, r->of_value[node.index], c, k);
        return;
    case SP_NET_NUMBER:
    case SP_NET_EXTENT:
        return;
    case SP_NET_ADD:
    case SP_NET_SUB:
        give(r, a, reduce(r, c, node.labels, la));
        c = reduce(r, c, node.labels, lb);
        give(r, b, node.op == SP_NET_SUB ? negate(r, c) : c);
        return;
    case SP_NET_MUL:
        give(r, a, contract(r, c, b, node.labels, la));
        give(r, b, contract(r, c, a, node.labels, lb));
        return;
    case SP_NET_DIV: /* d(a/b) = da/b - (a/b) db/b */
        give(r, a, reduce(r, divide(r, c, b), node.labels, la));
        give(r, b, negate(r, divide(r, contract(r, c, value_of(r, k), node.labels, lb), b)));
        return;
    case SP_NET_NEG:
        give(r, a, negate(r, c));
        return;
    case SP_NET_TRANSPOSE:
    case SP_NET_SUM:
        give(r, a, c);
        return;
    case SP_NET_PRODUCT:
    case SP_NET_DOT:
        give(r, a, contract(r, c, b, joined(la, lb), la));
        give(r, b, contract(r, a, c, joined(la, lb), lb));
        return;
    case SP_NET_RENAME:
        if (sp_net_has(labels_of(r, c), node.named.label[1])) {
            sp_net_labels back = labels_of(r, c);
            for (size_t i = 0; i < back.count; i++)
                if (back.label[i] == node.named.label[1])
                    back.label[i] = node.named.label[0];
            c = named(r, SP_NET_RENAME, c, (sp_net_labels){2, {node.named.label[1], node.named.label[0]}}, back);
        }
        give(r, a, c);
        return;
    case SP_NET_SOFTMAX: { /* s (c - sum(c s)); along D an equal c changes nothing */
        if (!sp_net_has(labels_of(r, c), node.named.label[0])) {
            r->rule->sums_softmax = true;
            return;
        }
        const int s = value_of(r, k);
        const int mean = contract(r, c, s, node.labels, without(node.labels, node.named));
        give(r, a, multiply(r, s, binary(r, SP_NET_SUB, c, mean)));
        return;
    }
    case SP_NET_LOGSUMEXP:
        give(r, a, multiply(r, c, named(r, SP_NET_SOFTMAX, a, node.named, la)));
        return;
    case SP_NET_APPLY:
        give_apply(r, k, c);
        return;
    case SP_NET_OP_COUNT:
        break;
    }
    sp_pool_fail(r->n->pool, SP_INTERNAL);
}

/* ---- statements ---- */

/* Nodes first to last are one expression: a tree, each behind its operands. */
static void walk_back(reversing *r, int first, int last, int cotangent)
{
    for (int k = first; k <= last; k++)
        r->cotangent[k] = -1;
    r->cotangent[last] = cotangent;
    for (int k = last; k >= first; k--)
        if (r->cotangent[k] >= 0)
            give_operands(r, k, r->cotangent[k]);
}

/* Marks what stands in second arguments, by which there is no derivative; all: everything does. */
static void mark_unknown(reversing *r, int first, int last, bool all)
{
    bool *second = SP_NEW_ARRAY(r->n->pool, bool, (size_t)(last - first) + 1);
    second[last - first] = all;
    for (int k = last; k >= first; k--) {
        const sp_net_node *node = &r->n->node[k];
        for (size_t i = 0; i < 2; i++)
            if (node->operand[i] >= 0)
                second[node->operand[i] - first] = second[k - first] || (node->op == SP_NET_APPLY && i == 1);
        if (second[k - first] && node->op == SP_NET_TENSOR)
            r->rule->unknown[node->index] = true;
        if (second[k - first] && node->op == SP_NET_VALUE)
            r->unknown_value[node->index] = true;
    }
    sp_pool_free(r->n->pool, second);
}

/* The error terms of mlp have names of their own; in the delta rule of before no other gradient of a forward value
 * was a result. */
static const struct { const char *network, *value, *name; } error_terms[] = {
    {"mlp", "Z1", "D1"},
    {"mlp", "Z2", "D2"},
};

enum { ERROR_TERMS = sizeof error_terms / sizeof *error_terms };

const char *sp_net_gradient_name(const sp_network_program *n, const char *of)
{
    for (size_t i = 0; i < ERROR_TERMS; i++)
        if (strcmp(n->name, error_terms[i].network) == 0 && strcmp(of, error_terms[i].value) == 0)
            return error_terms[i].name;
    return sp_pool_format(n->pool, "d%s", of);
}

/* Whether the gradient is a result of the rule: of a network whose error terms have names, those alone are, beside
 * the gradients of tensors. */
static bool is_result(const sp_network_program *n, const sp_net_gradient *g)
{
    bool named = false, all = true;
    for (size_t i = 0; i < ERROR_TERMS; i++)
        if (strcmp(n->name, error_terms[i].network) == 0) {
            all = false;
            named = named || strcmp(g->name, error_terms[i].name) == 0;
        }
    return g->of_tensor || all || named;
}

/* A statement for the gradient of a value that the loss depends on; its VALUE. */
static int add_gradient(reversing *r, const char *of, sp_net_gradient g, int reads, int cotangent)
{
    sp_net_rule *rule = r->rule;
    if (!sp_net_within(g.labels, labels_of(r, cotangent)))
        cotangent = binary(r, SP_NET_ADD, multiply(r, number(r, "0"), reads), cotangent);
    g.name = sp_net_gradient_name(r->n, of);
    g.result = is_result(r->n, &g);
    rule->gradient[rule->statements] = g;
    rule->statement[rule->statements] = (sp_net_statement){.name = g.name, .node = cotangent};
    return leaf(r, SP_NET_VALUE, r->n->statements + rule->statements++, labels_of(r, cotangent));
}

static void reverse_statement(reversing *r, size_t s, int first)
{
    const sp_net_statement *statement = &r->n->statement[s];
    mark_unknown(r, first, statement->node, r->unknown_value[s]);
    if (r->of_value[s] < 0 || r->unknown_value[s])
        return;
    const sp_net_labels labels = labels_of(r, statement->node);
    const int reads = leaf(r, SP_NET_VALUE, s, labels);
    r->now = statement->node;
    r->statement = s;
    walk_back(r, first, statement->node,
              add_gradient(r, statement->name, (sp_net_gradient){.index = s, .labels = labels}, reads, r->of_value[s]));
}

static void add_tensor(reversing *r, size_t t, sp_diagnostics *diagnostics)
{
    const sp_net_tensor *tensor = &r->n->tensor[t];
    r->rule->reached[t] = r->of_tensor[t] >= 0;
    if (tensor->param && !r->rule->reached[t])
        sp_warn(diagnostics, tensor->span, NULL, "the loss does not depend on %s: its gradient is zero", tensor->name);
    if (!r->rule->reached[t] || r->rule->unknown[t])
        return;
    const int reads = leaf(r, SP_NET_TENSOR, t, tensor->labels);
    add_gradient(r, tensor->name, (sp_net_gradient){.of_tensor = true, .index = t, .labels = tensor->labels}, reads,
                 r->of_tensor[t]);
}

static int *zeros(sp_pool *pool, size_t count)
{
    int *list = SP_NEW_ARRAY(pool, int, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i] = -1;
    return list;
}

const sp_net_rule *sp_net_derive(sp_network_program *n, sp_diagnostics *diagnostics)
{
    sp_pool *pool = n->pool;
    sp_net_rule *rule = SP_NEW(pool, sp_net_rule);
    *rule = (sp_net_rule){.network = n,
                          .statement = SP_NEW_ARRAY(pool, sp_net_statement, n->statements + n->tensors + 1),
                          .gradient = SP_NEW_ARRAY(pool, sp_net_gradient, n->statements + n->tensors + 1),
                          .reached = SP_NEW_ARRAY(pool, bool, n->tensors + 1),
                          .unknown = SP_NEW_ARRAY(pool, bool, n->tensors + 1)};
    reversing r = {.n = n, .rule = rule, .cotangent = SP_NEW_ARRAY(pool, int, n->nodes), .now = -1,
                   .of_tensor = zeros(pool, n->tensors), .of_value = zeros(pool, n->statements),
                   .unknown_value = SP_NEW_ARRAY(pool, bool, n->statements + 1)};
    size_t s = n->statements;
    int last = n->loss;
    for (int first = s ? n->statement[s - 1].node + 1 : 0;; first = s ? n->statement[s - 1].node + 1 : 0) {
        if (last == n->loss) {
            mark_unknown(&r, first, last, false);
            walk_back(&r, first, last, number(&r, "1"));
        } else {
            reverse_statement(&r, s, first);
        }
        if (s == 0)
            break;
        last = n->statement[--s].node;
    }
    for (size_t t = 0; t < n->tensors; t++)
        add_tensor(&r, t, diagnostics);
    return rule;
}
