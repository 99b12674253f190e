/* Networks and their delta rules as the language writes them, with the fewest brackets. */
#include "rule/network.h"

#include <string.h>

enum { SUM = 1, PRODUCT, UNARY, PRIMARY, TEXT_LIMIT = 1 << 24 };

/* What is still to be written: a node, in brackets if it binds less than that; or a text. */
typedef struct piece {
    const char *text;
    int node, binds;
} piece;

typedef struct writer {
    sp_text *out;
    const sp_net_rule *rule;
    const sp_network_program *n;
    piece *piece;
    size_t pieces, room;
} writer;

static void later(writer *w, piece p)
{
    w->piece = sp_pool_grow(w->n->pool, w->piece, &w->room, w->pieces + 1, sizeof p);
    w->piece[w->pieces++] = p;
}

static void text_later(writer *w, const char *text)
{
    later(w, (piece){.text = text});
}

static void node_later(writer *w, int node, int binds)
{
    later(w, (piece){.node = node, .binds = binds});
}

static bool is_matrix_product(const writer *w, const sp_net_node *node)
{
    const sp_net_labels a = w->n->node[node->operand[0]].labels, b = w->n->node[node->operand[1]].labels;
    return node->op == SP_NET_DOT && a.count == 2 && b.count == 2 && node->named.count == 1 && node->labels.count == 2;
}

static int binding(const writer *w, const sp_net_node *node)
{
    switch (node->op) {
    case SP_NET_ADD:
    case SP_NET_SUB:
        return SUM;
    case SP_NET_MUL:
    case SP_NET_DIV:
    case SP_NET_PRODUCT:
        return PRODUCT;
    case SP_NET_DOT:
        return is_matrix_product(w, node) ? PRODUCT : PRIMARY;
    case SP_NET_NEG:
        return UNARY;
    default:
        return PRIMARY;
    }
}

/* Pieces go on a stack: what is written last is put there first. */
static void write_operator(writer *w, const sp_net_node *node, int binds)
{
    static const char *const sign[] = {[SP_NET_ADD] = " + ", [SP_NET_SUB] = " - ", [SP_NET_MUL] = " * ",
                                       [SP_NET_DIV] = " / ", [SP_NET_PRODUCT] = " @ "};
    node_later(w, node->operand[1], binds + 1);
    text_later(w, sign[node->op]);
    node_later(w, node->operand[0], binds);
}

/* dot of two matrices: each transposed where its summed dimension is not in the middle. */
static void write_product(writer *w, const sp_net_node *node)
{
    const uint8_t summed = node->named.label[0];
    const bool first = w->n->node[node->operand[0]].labels.label[1] != summed;
    const bool second = w->n->node[node->operand[1]].labels.label[0] != summed;
    text_later(w, second ? "^T" : "");
    node_later(w, node->operand[1], second ? PRIMARY : UNARY);
    text_later(w, " @ ");
    text_later(w, first ? "^T" : "");
    node_later(w, node->operand[0], first ? PRIMARY : PRODUCT);
}

static void write_call(writer *w, const char *name, const sp_net_node *node)
{
    text_later(w, ")");
    for (size_t i = node->named.count; i-- > 0;) {
        text_later(w, w->n->label[node->named.label[i]].name);
        text_later(w, ", ");
    }
    if (node->operand[1] >= 0) {
        node_later(w, node->operand[1], SUM);
        text_later(w, ", ");
    }
    node_later(w, node->operand[0], SUM);
    text_later(w, "(");
    text_later(w, name);
}

static void write_node(writer *w, const sp_net_node *node)
{
    const sp_network_program *n = w->n;
    static const char *const call[] = {[SP_NET_DOT] = "dot", [SP_NET_SUM] = "sum", [SP_NET_RENAME] = "rename",
                                       [SP_NET_SOFTMAX] = "softmax", [SP_NET_LOGSUMEXP] = "logsumexp"};
    switch (node->op) {
    case SP_NET_TENSOR:
        sp_text_add(w->out, n->tensor[node->index].name);
        return;
    case SP_NET_VALUE:
        sp_text_add(w->out, node->index < n->statements ? n->statement[node->index].name
                                                        : w->rule->statement[node->index - n->statements].name);
        return;
    case SP_NET_NUMBER:
        sp_text_add(w->out, node->text);
        return;
    case SP_NET_EXTENT:
        sp_text_add(w->out, n->dim[node->index]);
        return;
    case SP_NET_ADD:
    case SP_NET_SUB:
    case SP_NET_MUL:
    case SP_NET_DIV:
    case SP_NET_PRODUCT:
        write_operator(w, node, binding(w, node));
        return;
    case SP_NET_NEG:
        node_later(w, node->operand[0], UNARY);
        text_later(w, "-");
        return;
    case SP_NET_TRANSPOSE:
        text_later(w, "^T");
        node_later(w, node->operand[0], PRIMARY);
        return;
    case SP_NET_APPLY:
        write_call(w, sp_pool_format(n->pool, "%s%s", n->function[node->index].name, node->prime ? "'" : ""), node);
        return;
    case SP_NET_DOT:
        if (is_matrix_product(w, node)) {
            write_product(w, node);
            return;
        }
        write_call(w, call[node->op], node);
        return;
    case SP_NET_SUM:
    case SP_NET_RENAME:
    case SP_NET_SOFTMAX:
    case SP_NET_LOGSUMEXP:
        write_call(w, call[node->op], node);
        return;
    case SP_NET_OP_COUNT:
        break;
    }
    sp_pool_fail(n->pool, SP_INTERNAL);
}

static void write_expression(writer *w, int root)
{
    node_later(w, root, SUM);
    while (w->pieces > 0 && w->out->length < TEXT_LIMIT) {
        const piece p = w->piece[--w->pieces];
        if (p.text) {
            sp_text_add(w->out, p.text);
            continue;
        }
        const sp_net_node *node = &w->n->node[p.node];
        if (binding(w, node) < p.binds) {
            sp_text_add(w->out, "(");
            text_later(w, ")");
        }
        write_node(w, node);
    }
    w->pieces = 0;
}

static void write_labels(writer *w, sp_net_labels labels)
{
    sp_text_add(w->out, "[");
    for (size_t i = 0; i < labels.count; i++)
        sp_text_format(w->out, "%s%s", i ? ", " : "", w->n->label[labels.label[i]].name);
    sp_text_add(w->out, "]");
}

static void write_tensors(writer *w, bool param)
{
    const char *before = param ? "param " : "input ";
    for (size_t i = 0; i < w->n->tensors; i++) {
        const sp_net_tensor *t = &w->n->tensor[i];
        if (t->param != param)
            continue;
        sp_text_format(w->out, "%s%s", before, t->name);
        write_labels(w, t->labels);
        if (t->distribution >= 0)
            sp_text_format(w->out, " distribution %s", w->n->label[t->distribution].name);
        before = ", ";
    }
    sp_text_add(w->out, *before == ',' ? "\n" : "");
}

static void write_statements(writer *w, const sp_net_statement *statement, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sp_text_format(w->out, "  %s = ", statement[i].name);
        write_expression(w, statement[i].node);
        sp_text_add(w->out, "\n");
    }
}

static void write_results(writer *w)
{
    const sp_net_rule *rule = w->rule;
    const char *before = "result ";
    for (size_t i = 0; i < w->n->statements; i++, before = ", ") {
        sp_text_format(w->out, "%s%s", before, w->n->statement[i].name);
        write_labels(w, w->n->node[w->n->statement[i].node].labels);
    }
    if (sp_net_loss_named(w->n)) {
        sp_text_format(w->out, "%sL[]", before);
        before = ", ";
    }
    for (size_t i = 0; i < rule->statements; i++) {
        if (!rule->gradient[i].result)
            continue;
        sp_text_format(w->out, "%s%s", before, rule->gradient[i].name);
        write_labels(w, rule->gradient[i].labels);
        before = ", ";
    }
    sp_text_add(w->out, "\n");
}

bool sp_net_taken(const sp_network_program *n, const char *name)
{
    bool taken = false;
    for (size_t i = 0; i < n->labels; i++)
        taken = taken || strcmp(n->label[i].name, name) == 0;
    for (size_t i = 0; i < n->tensors; i++)
        taken = taken || strcmp(n->tensor[i].name, name) == 0;
    for (size_t i = 0; i < n->statements; i++)
        taken = taken || strcmp(n->statement[i].name, name) == 0;
    for (size_t i = 0; i < n->own_functions; i++)
        taken = taken || strcmp(n->function[i].name, name) == 0;
    return taken;
}

bool sp_net_loss_named(const sp_network_program *n)
{
    return strcmp(n->name, "mlp") != 0 && !sp_net_taken(n, "L");
}

const char *sp_net_loss_text(sp_pool *pool, const sp_network_program *n, const char *name, const char *result)
{
    sp_text out = sp_text_in(pool);
    writer w = {.out = &out, .n = n};
    sp_text_format(&out, "scheme %s of %s\n", name, n->name);
    write_tensors(&w, false);
    write_tensors(&w, true);
    sp_text_add(&out, "forward\n");
    write_statements(&w, n->statement, n->statements);
    write_statements(&w, &(sp_net_statement){.name = result, .node = n->loss}, 1);
    sp_text_format(&out, "backward\nresult %s[]\n", result);
    return sp_text_string(&out);
}

const char *sp_net_rule_text(sp_pool *pool, const sp_net_rule *rule)
{
    const sp_network_program *n = rule->network;
    sp_text out = sp_text_in(pool);
    writer w = {.out = &out, .rule = rule, .n = n};
    sp_text_format(&out, "# The delta rule of %s: the gradient of L = %s, derived by reverse mode.\n", n->name,
                   n->loss_text);
    sp_text_format(&out, "scheme %s-delta-rule%s%s\n", n->name, strcmp(n->name, "mlp") ? " of " : "",
                   strcmp(n->name, "mlp") ? n->name : "");
    write_tensors(&w, false);
    write_tensors(&w, true);
    sp_text_add(&out, "forward\n");
    write_statements(&w, n->statement, n->statements);
    if (sp_net_loss_named(n))
        write_statements(&w, &(sp_net_statement){.name = "L", .node = n->loss}, 1);
    sp_text_add(&out, "backward\n");
    write_statements(&w, rule->statement, rule->statements);
    for (size_t t = 0; t < n->tensors; t++)
        if (rule->reached[t] && rule->unknown[t])
            sp_text_format(&out, "  # d%s: not there, for %s is a second argument, by which no derivative is known\n",
                           n->tensor[t].name, n->tensor[t].name);
    write_results(&w);
    return out.length < TEXT_LIMIT ? sp_text_string(&out) : NULL;
}
