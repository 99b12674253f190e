/* rule: the delta rule that is derived from a network is its gradient: entry by entry, exactly, beside dual
 * numbers (rule_network_evaluate.h). The networks are those of cases/networks, and random ones that are written
 * here as texts. */
#include "rule_network_evaluate.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    DRAWS = 5,           /* of sizes and data for each network of a file */
    REDRAWS = 20,        /* where something is divided by 0 */
    MOST_LABELS = 4,     /* of a value of a random network */
    MOST_PRIMES = 2,     /* of a label */
    MOST_DIMS = 3,
    MOST_KNOWN = 200     /* tensors and statements */
};

static sp_pool *pool; /* of the network under test */
static unsigned long random_networks = 1000;

/* ---- random networks: the text of each is right by construction ---- */

/* An expression; labels are dim * (MOST_PRIMES + 1) + primes. */
typedef struct value {
    const char *text;
    int count, label[MOST_LABELS];
    bool ordered; /* the labels stand in the order of the language: a matrix may be multiplied by `@` */
    bool fixed;   /* no parameter is in it: may be a second argument */
} value;

typedef struct writer {
    uint64_t random;
    int dims, tensors, statements;
    value known[MOST_KNOWN]; /* what a leaf may be: tensors and statements */
    bool used[MOST_KNOWN];
    int knowns;
    sp_text declarations, body;
    bool act, ell, bend;
} writer;

static const char *const dim_names[MOST_DIMS] = {"N", "Din", "K"};
static const char *const primes[MOST_PRIMES + 1] = {"", "'", "''"};

static int below(writer *w, int n)
{
    return (int)draw_below(&w->random, (uint64_t)n);
}

static const char *pick(writer *w, const char *const *words, size_t count)
{
    return words[draw_below(&w->random, count)];
}

static const char *label_text(int label)
{
    return sp_pool_format(pool, "%s%s", dim_names[label / (MOST_PRIMES + 1)], primes[label % (MOST_PRIMES + 1)]);
}

static bool has(const value *v, int label)
{
    for (int i = 0; i < v->count; i++)
        if (v->label[i] == label)
            return true;
    return false;
}

static bool within(const value *some, const value *all)
{
    for (int i = 0; i < some->count; i++)
        if (!has(all, some->label[i]))
            return false;
    return true;
}

static bool same_order(const value *a, const value *b)
{
    return a->ordered && b->ordered && a->count == b->count &&
           memcmp(a->label, b->label, sizeof *a->label * (size_t)a->count) == 0;
}

/* ", N, K'" for those of its labels that are among `all`, or are not. */
static const char *list_labels(const value *v, const value *all, bool among)
{
    sp_text list = sp_text_in(pool);
    for (int i = 0; i < v->count; i++)
        if (has(all, v->label[i]) == among)
            sp_text_format(&list, ", %s", label_text(v->label[i]));
    return sp_text_string(&list);
}

static void remove_label(value *v, int label)
{
    int kept = 0;
    for (int i = 0; i < v->count; i++)
        if (v->label[i] != label)
            v->label[kept++] = v->label[i];
    v->count = kept;
}

/* Adds a label that it has not; false where there are enough of them. */
static bool add_label(value *v, int label)
{
    if (v->count == MOST_LABELS || has(v, label))
        return false;
    v->label[v->count++] = label;
    return true;
}

/* A dimension by its own name most often. */
static int random_label(writer *w)
{
    int dim = below(w, w->dims);
    return dim * (MOST_PRIMES + 1) + (below(w, 4) == 0 ? below(w, MOST_PRIMES + 1) : 0);
}

/* `v` as a leaf from now on; it has its name as text. */
static value learn(writer *w, value v)
{
    assert_true(w->knowns < MOST_KNOWN);
    w->known[w->knowns++] = v;
    return v;
}

static value declare(writer *w, value labels, bool param)
{
    value v = labels;
    v.text = sp_pool_format(pool, "%s%d", param ? "W" : "X", w->tensors++);
    v.ordered = true;
    v.fixed = !param;
    const char *list = list_labels(&v, &v, true);
    sp_text_format(&w->declarations, "%s %s[%s]", param ? "param" : "input", v.text, *list ? list + 2 : "");
    if (!param && v.count > 0 && below(w, 6) == 0)
        sp_text_format(&w->declarations, " distribution %s", label_text(v.label[v.count - 1]));
    sp_text_add(&w->declarations, "\n");
    return learn(w, v);
}

static value new_tensor(writer *w)
{
    value labels = {.count = 0};
    for (int count = below(w, 4); count > 0; count--)
        add_label(&labels, random_label(w));
    return declare(w, labels, below(w, 3) > 0);
}

/* A tensor or statement; it may stand in many places. Most are statements, the last ones above all. */
static value known_leaf(writer *w)
{
    int i = w->knowns - 1 - below(w, below(w, 2) ? w->knowns : 1);
    if (below(w, 4) == 0)
        return new_tensor(w);
    for (int tries = 0; tries < 3 && w->known[i].text[0] != 'V'; tries++)
        i = below(w, w->knowns);
    w->used[i] = true;
    return w->known[i];
}

static value number(writer *w)
{
    static const char *const numbers[] = {"2", "3", "0.5", "1.25", "10", "0.1"};
    const char *text = pick(w, dim_names, (size_t)w->dims);
    if (below(w, 2))
        text = pick(w, numbers, sizeof numbers / sizeof *numbers);
    return (value){.text = text, .ordered = true, .fixed = true};
}

static value expression(writer *w, int depth);

/* The second of two operands may be a number or the size of a dimension. */
static value other_operand(writer *w, int depth)
{
    return below(w, 5) == 0 ? number(w) : expression(w, depth - 1 - below(w, 2));
}

static value summed(value v, const value *kept)
{
    const char *over = list_labels(&v, kept, false);
    if (!*over)
        return v;
    v.text = sp_pool_format(pool, "sum(%s%s)", v.text, over);
    value sum = v;
    for (int i = 0; i < v.count; i++)
        if (!has(kept, v.label[i]))
            remove_label(&sum, v.label[i]);
    return sum;
}

/* (a + b), either way round; the labels of b are among those of a. */
static value joined(writer *w, value a, value b, const char *operator)
{
    bool swapped = below(w, 2);
    value v = a;
    v.text = sp_pool_format(pool, "(%s %s %s)", swapped ? b.text : a.text, operator, swapped ? a.text : b.text);
    v.ordered = a.ordered && (b.count == 0 || same_order(&a, &b));
    v.fixed = a.fixed && b.fixed;
    return v;
}

static value write_add(writer *w, int depth)
{
    value a = expression(w, depth - 1), b = other_operand(w, depth);
    return joined(w, a, summed(b, &a), below(w, 2) ? "+" : "-");
}

static value united(value a, const value *b)
{
    for (int i = 0; i < b->count; i++)
        add_label(&a, b->label[i]);
    return a;
}

/* b, with less labels where both have more than a value may have. */
static value fitting(const value *a, value b)
{
    value all = united(*a, &b);
    return within(&b, &all) ? b : summed(b, a);
}

static value multiplied(writer *w, value a, value b)
{
    return united(joined(w, a, b, below(w, 3) ? "*" : "/"), &b);
}

static value write_multiply(writer *w, int depth)
{
    value a = expression(w, depth - 1), b = other_operand(w, depth);
    return multiplied(w, a, fitting(&a, b));
}

/* Over one or more of the labels that both have. */
static value write_dot(writer *w, int depth)
{
    value a = expression(w, depth - 1), b = expression(w, depth - 1), over = {.count = 0};
    b = fitting(&a, b);
    for (int i = 0; i < a.count; i++)
        if (has(&b, a.label[i]) && (over.count == 0 || below(w, 2)))
            add_label(&over, a.label[i]);
    if (over.count == 0)
        return multiplied(w, a, b);
    value v = united(a, &b);
    v.text = sp_pool_format(pool, "dot(%s, %s%s)", a.text, b.text, list_labels(&over, &over, true));
    v.ordered = false;
    v.fixed = a.fixed && b.fixed;
    for (int i = 0; i < over.count; i++)
        remove_label(&v, over.label[i]);
    return v;
}

static value matrix(writer *w, int rows, int columns)
{
    return declare(w, (value){.count = 2, .label = {rows, columns}}, below(w, 4) > 0);
}

static value transposed(value v)
{
    value t = v;
    t.text = sp_pool_format(pool, "(%s)^T", v.text);
    t.label[0] = v.label[1];
    t.label[1] = v.label[0];
    return t;
}

/* A matrix times a new one, written in one of four ways. */
static value write_product(writer *w, int depth)
{
    value a = expression(w, depth - 1);
    int free = random_label(w);
    if (!a.ordered || a.count != 2 || has(&a, free))
        return a;
    bool left = below(w, 2);
    int bound = a.label[left ? 0 : 1];
    bool turned = below(w, 2);
    value b = turned == left ? matrix(w, bound, free) : matrix(w, free, bound);
    if (turned)
        b = transposed(b);
    value v = left ? b : a;
    v.text = sp_pool_format(pool, "(%s @ %s)", left ? b.text : a.text, left ? a.text : b.text);
    v.label[1] = left ? a.label[1] : b.label[1];
    v.fixed = a.fixed && b.fixed;
    return v;
}

static value write_transpose(writer *w, int depth)
{
    value v = expression(w, depth - 1);
    return v.count == 2 ? transposed(v) : v;
}

static value write_negative(writer *w, int depth)
{
    value v = expression(w, depth - 1);
    v.text = sp_pool_format(pool, "(-%s)", v.text);
    return v;
}

static value write_sum(writer *w, int depth)
{
    value v = expression(w, depth - 1), kept = {.count = 0};
    for (int i = 0; i < v.count; i++)
        if (below(w, 2))
            add_label(&kept, v.label[i]);
    return summed(v, &kept);
}

static value write_rename(writer *w, int depth)
{
    value v = expression(w, depth - 1);
    if (v.count == 0)
        return v;
    int i = below(w, v.count), from = v.label[i];
    int to = from - from % (MOST_PRIMES + 1) + below(w, MOST_PRIMES + 1);
    if (has(&v, to))
        return v;
    v.text = sp_pool_format(pool, "rename(%s, %s, %s)", v.text, label_text(from), label_text(to));
    v.label[i] = to;
    return v;
}

static value write_softmax(writer *w, int depth)
{
    value v = expression(w, depth - 1);
    if (v.count == 0)
        return v;
    int label = v.label[below(w, v.count)];
    bool whole = below(w, 2);
    v.text = sp_pool_format(pool, "%s(%s, %s)", whole ? "softmax" : "logsumexp", v.text, label_text(label));
    if (!whole)
        remove_label(&v, label);
    return v;
}

static value write_function(writer *w, int depth)
{
    static const char *const functions[] = {"exp", "log", "sqrt", "rsqrt", "tanh", "erf", "step", "silu", "gelu",
                                            "sigmoid", "relu", "act", "bend"};
    value v = expression(w, depth - 1);
    const char *name = pick(w, functions, sizeof functions / sizeof *functions);
    w->act |= strcmp(name, "act") == 0;
    w->bend |= strcmp(name, "bend") == 0;
    v.text = sp_pool_format(pool, "%s(%s)", name, v.text);
    return v;
}

/* What a second argument is: an input with the same labels, with fewer, or with one more. */
static value write_two_arguments(writer *w, int depth)
{
    value a = expression(w, depth - 1), labels = a;
    if (below(w, 4) == 0 && a.count > 0)
        remove_label(&labels, a.label[below(w, a.count)]);
    else if (below(w, 4) == 0)
        add_label(&labels, random_label(w));
    value y = declare(w, labels, false);
    value v = united(a, &y);
    v.text = sp_pool_format(pool, below(w, 4) ? "ell(%s, %s)" : "ell(%s, 2 * %s)", a.text, y.text);
    v.ordered = same_order(&a, &y);
    w->ell = true;
    return v;
}

/* A value that depends on a tensor. */
static value expression(writer *w, int depth)
{
    static value (*const forms[])(writer *, int) = {
        write_add, write_add, write_multiply, write_multiply, write_dot, write_dot, write_product, write_product,
        write_transpose, write_negative, write_sum, write_rename, write_softmax, write_function, write_function,
        write_two_arguments};
    return depth <= 0 ? known_leaf(w) : forms[draw_below(&w->random, sizeof forms / sizeof *forms)](w, depth);
}

static void write_statement(writer *w)
{
    value v = expression(w, 1 + below(w, 4));
    const char *name = sp_pool_format(pool, "V%d", w->statements++);
    sp_text_format(&w->body, "  %s = %s\n", name, v.text);
    v.text = name;
    learn(w, v);
}

static const char *scalar(writer *w, const value *v)
{
    const char *all = list_labels(v, v, true);
    if (!*all)
        return v->text;
    return below(w, 3) ? sp_pool_format(pool, "sum(%s%s)", v->text, all)
                       : sp_pool_format(pool, "dot(%s, %s%s)", v->text, v->text, all);
}

/* The last statement, and most of those that nothing has used. */
static void write_loss(writer *w)
{
    sp_text_add(&w->body, "loss (");
    for (int i = 0; i < w->knowns - 1; i++)
        if (w->known[i].text[0] == 'V' && !w->used[i] && below(w, 8)) {
            sp_text_add(&w->body, scalar(w, &w->known[i]));
            sp_text_add(&w->body, below(w, 2) ? " + " : " - ");
        }
    sp_text_add(&w->body, scalar(w, &w->known[w->knowns - 1]));
    sp_text_add(&w->body, below(w, 2) ? ") / N\n" : ")\n");
}

static const char *functions_text(const writer *w, bool given)
{
    sp_text list = sp_text_in(pool);
    if (w->act)
        sp_text_add(&list, given ? ", act(z) = silu" : ", act(z)");
    if (w->ell)
        sp_text_add(&list, given ? ", ell(a, y) = half-sse" : ", ell(a, y)");
    if (w->bend)
        sp_text_add(&list, given ? ", bend(x) = x * x + 1" : ", bend(x)");
    const char *text = sp_text_string(&list);
    return *text ? sp_pool_format(pool, "function %s\n", text + 2) : "";
}

static const char *random_text(uint64_t seed)
{
    writer w = {.random = seed, .declarations = sp_text_in(pool), .body = sp_text_in(pool)};
    w.dims = 2 + below(&w, MOST_DIMS - 1);
    value all = {.count = 0};
    for (int i = 0; i < w.dims; i++)
        add_label(&all, i * (MOST_PRIMES + 1));
    declare(&w, all, below(&w, 2));
    for (int count = 1 + below(&w, 7); count > 0; count--)
        write_statement(&w);
    write_loss(&w);
    return sp_pool_format(pool, "# seed %d\nnetwork random\ndims N, Din%s\n%s%sforward\n%s", (int)seed,
                          w.dims > 2 ? ", K" : "", sp_text_string(&w.declarations),
                          functions_text(&w, below(&w, 2)), sp_text_string(&w.body));
}

/* ---- what is checked of a rule ---- */

/* cmocka cuts long messages off, so a text is printed by lines. */
static void print_text(const char *text)
{
    for (size_t length; *text; text += length + (text[length] != '\0')) {
        length = strcspn(text, "\n");
        print_error("%.*s\n", (int)length, text);
    }
}

/* The networks of a source; fails after an error. */
static size_t load(const sp_source *source, sp_network_program ***network, sp_diagnostics *found)
{
    size_t count = source ? sp_networks_load(pool, source, network, found) : 0;
    bool good = count > 0 && found->errors == 0;
    for (size_t i = 0; good && i < count; i++)
        good = (*network)[i] != NULL;
    sp_text shown = sp_text_in(pool);
    for (size_t i = 0; i < found->count; i++)
        sp_diagnostic_show(&shown, &found->item[i]);
    if (!good) {
        print_text(source ? source->text : "");
        print_text(sp_text_string(&shown));
    }
    assert_true(good);
    return count;
}

static void show(const sp_net_rule *rule, const char *difference)
{
    const char *text = sp_net_rule_text(pool, rule);
    print_text(rule->network->span.source->text);
    print_text(text ? text : "");
    print_text(difference);
}

/* Draws data until nothing is divided by 0; UNDEFINED if that does not help. */
static rule_outcome draw_and_compare(duals *d, uint64_t *random, sp_text *difference)
{
    for (int i = 0; i < REDRAWS; i++) {
        duals_draw(d, random);
        rule_outcome outcome = duals_compare(d, difference);
        if (outcome != RULE_UNDEFINED)
            return outcome;
    }
    return RULE_UNDEFINED;
}

static size_t gradients_of(const sp_net_rule *rule, bool of_tensor, size_t index)
{
    size_t count = 0;
    for (size_t i = 0; i < rule->statements; i++)
        count += rule->gradient[i].of_tensor == of_tensor && rule->gradient[i].index == index;
    return count;
}

/* One gradient for each parameter that is reached, none for what is not reached or stands in a second argument,
 * at most one for all else: what is missing must be 0, as the values show. */
static bool is_well_listed(const sp_net_rule *rule, const duals *d)
{
    const sp_network_program *n = rule->network;
    bool good = true;
    for (size_t i = 0; i < n->tensors; i++) {
        size_t count = gradients_of(rule, true, i);
        bool listed = rule->reached[i] && !rule->unknown[i];
        good &= n->tensor[i].param && listed ? count == 1 : count <= listed;
        good &= rule->unknown[i] == duals_in_second_argument(d, true, i);
    }
    for (size_t i = 0; i < n->statements; i++)
        good &= gradients_of(rule, false, i) <= !duals_in_second_argument(d, false, i);
    for (size_t i = 0; i < rule->statements; i++) {
        const sp_net_gradient *g = &rule->gradient[i];
        sp_net_labels of = g->of_tensor ? n->tensor[g->index].labels : n->node[n->statement[g->index].node].labels;
        good &= of.count == g->labels.count && memcmp(of.label, g->labels.label, of.count) == 0;
    }
    return good;
}

/* The rule of a network: its list and, with `draws` data, its values. */
static rule_outcome check(sp_network_program *network, sp_diagnostics *found, int draws, uint64_t *random)
{
    const sp_net_rule *rule = sp_net_derive(network, found);
    assert_non_null(rule);
    assert_int_equal(found->errors, 0);
    duals *d = duals_new(pool, rule);
    if (!is_well_listed(rule, d)) {
        show(rule, "a gradient is missing, one too much, or with other labels");
        fail();
    }
    rule_outcome outcome = RULE_RIGHT;
    for (int i = 0; i < draws && outcome == RULE_RIGHT; i++) {
        sp_text difference = sp_text_in(pool);
        outcome = draw_and_compare(d, random, &difference);
        if (outcome == RULE_WRONG)
            show(rule, sp_text_string(&difference));
    }
    assert_int_not_equal(outcome, RULE_WRONG);
    return outcome;
}

/* ---- the tests ---- */

static void run(void (*body)(void *), void *argument)
{
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    assert_int_equal(sp_pool_run(pool, body, argument), SP_OK);
    sp_pool_close(pool);
}

static void each_file(void (*body)(void *))
{
    glob_t files;
    assert_int_equal(glob(SOURCE_DIR "/cases/networks/*.network", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        run(body, files.gl_pathv[i]);
    globfree(&files);
}

static void check_file(void *path)
{
    sp_diagnostics found = {.pool = pool};
    sp_network_program **network;
    uint64_t random = 1;
    size_t count = load(sp_source_read(pool, path, &found), &network, &found);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(check(network[i], &found, DRAWS, &random), RULE_RIGHT);
}

/* Broken by: an adjoint of any operation that is wrong, a use of a value that is forgotten, a summed
 * dimension captured by another, a gradient that is not listed. */
static void rules_of_the_networks_are_gradients(void **state)
{
    (void)state;
    each_file(check_file);
}

typedef struct tally {
    uint64_t seed;
    size_t undefined, operations[SP_NET_OP_COUNT];
} tally;

static void check_random(void *argument)
{
    tally *t = argument;
    sp_diagnostics found = {.pool = pool};
    sp_network_program **network;
    const char *text = random_text(t->seed);
    const sp_source *source = sp_source_from(pool, "random.network", text, strlen(text), &found);
    assert_int_equal(load(source, &network, &found), 1);
    for (size_t i = 0; i < network[0]->nodes; i++)
        t->operations[network[0]->node[i].op]++;
    uint64_t random = t->seed;
    t->undefined += check(network[0], &found, 1, &random) == RULE_UNDEFINED;
}

/* Broken by: the same, in what no network of a file has: a parameter used in many ways, broadcasting either
 * way, renamed dimensions, values that nothing uses. A failure prints the network and its seed. */
static void rules_of_random_networks_are_gradients(void **state)
{
    (void)state;
    tally t = {0};
    for (unsigned long i = 1; i <= random_networks; i++) {
        t.seed = i;
        run(check_random, &t);
    }
    assert_true(t.undefined * 20 <= random_networks); /* x - x is 0 */
    for (int op = 0; op < SP_NET_OP_COUNT && random_networks >= 500; op++)
        assert_true(t.operations[op] * 50 >= random_networks);
}

/* Everything that uses a node uses another, in the rule alone. */
static void replace(sp_network_program *n, const sp_net_rule *rule, int first, int node, int by)
{
    for (size_t i = (size_t)first; i < n->nodes; i++)
        for (int k = 0; k < 2; k++)
            if (n->node[i].operand[k] == node)
                n->node[i].operand[k] = by;
    for (size_t i = 0; i < rule->statements; i++)
        if (rule->statement[i].node == node)
            rule->statement[i].node = by;
}

/* Makes a node wrong; false if there is no way for this operation. */
static bool mutate(sp_network_program *n, const sp_net_rule *rule, int first, int node)
{
    sp_net_node *at = &n->node[node];
    switch (at->op) {
    case SP_NET_ADD: at->op = SP_NET_SUB; return true;
    case SP_NET_SUB: at->op = SP_NET_ADD; return true;
    case SP_NET_MUL: at->op = SP_NET_DIV; return true;
    case SP_NET_DIV: at->op = SP_NET_MUL; return true;
    case SP_NET_APPLY: at->prime = !at->prime; return true;
    case SP_NET_NUMBER: at->text = "7"; return true;
    case SP_NET_NEG: replace(n, rule, first, node, at->operand[0]); return true;
    default: return false;
    }
}

/* Marks the nodes of which a node is made, but for what other statements compute. */
static void mark_used(const sp_network_program *n, int node, bool *used)
{
    if (node < 0 || used[node])
        return;
    used[node] = true;
    mark_used(n, n->node[node].operand[0], used);
    mark_used(n, n->node[node].operand[1], used);
}

/* How many of the mutations of one node of the rule are seen; each is taken back. */
static size_t seen_mutations(sp_network_program *n, const sp_net_rule *rule, duals *d, size_t *made)
{
    size_t seen = 0, room = n->nodes * sizeof *n->node, statements = rule->statements * sizeof *rule->statement;
    sp_net_node *nodes = SP_NEW_ARRAY(pool, sp_net_node, n->nodes);
    sp_net_statement *list = SP_NEW_ARRAY(pool, sp_net_statement, rule->statements);
    bool *used = SP_NEW_ARRAY(pool, bool, n->nodes);
    memcpy(nodes, n->node, room);
    memcpy(list, rule->statement, statements);
    for (size_t i = 0; i < rule->statements; i++)
        mark_used(n, rule->statement[i].node, used);
    for (int first = duals_forward_nodes(d), node = first; node < (int)n->nodes; node++) {
        sp_text difference = sp_text_in(pool);
        if (!used[node] || !mutate(n, rule, first, node))
            continue;
        ++*made;
        seen += duals_compare(d, &difference) == RULE_WRONG;
        memcpy(n->node, nodes, room);
        memcpy(rule->statement, list, statements);
    }
    return seen;
}

static void break_file(void *path)
{
    sp_diagnostics found = {.pool = pool};
    sp_network_program **network;
    uint64_t random = 2;
    size_t count = load(sp_source_read(pool, path, &found), &network, &found);
    for (size_t i = 0; i < count; i++) {
        const sp_net_rule *rule = sp_net_derive(network[i], &found);
        duals *d = duals_new(pool, rule);
        sp_text difference = sp_text_in(pool);
        assert_int_equal(draw_and_compare(d, &random, &difference), RULE_RIGHT);
        size_t made = 0, seen = seen_mutations(network[i], rule, d, &made);
        bool most = seen > 0 && seen * 4 >= made * 3; /* where a size is 1 it may be multiplied or divided by */
        if (!most)
            print_error("%s: %zu of %zu mutations are seen\n", network[i]->name, seen, made);
        assert_true(most);
        assert_int_equal(duals_compare(d, &difference), RULE_RIGHT);
    }
}

/* Broken by: a comparison that looks at nothing. */
static void wrong_rules_are_seen(void **state)
{
    (void)state;
    each_file(break_file);
}

/* An argument: how many random networks. */
int main(int count, char **argument)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_of_the_networks_are_gradients),
        cmocka_unit_test(rules_of_random_networks_are_gradients),
        cmocka_unit_test(wrong_rules_are_seen),
    };
    if (count > 1)
        random_networks = strtoul(argument[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
