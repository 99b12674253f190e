#include "rule_network_evaluate.h"
#include "random.h"

#include <inttypes.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

static const uint64_t prime = (UINT64_C(1) << 61) - 1;

typedef struct dual {
    uint64_t value, tangent;
} dual;

/* Where an entry stands: the index of each label. */
typedef struct place {
    uint8_t index[SP_NET_MAX_LABELS];
} place;

/* The entry by which is differentiated: of a tensor or of the value of a forward statement. */
typedef struct variable {
    bool none, of_tensor;
    size_t index, entry;
} variable;

struct duals {
    sp_pool *pool;
    const sp_network_program *network;
    const sp_net_rule *rule;
    int forward_nodes;
    uint8_t *extent;   /* of each dimension */
    uint64_t **tensor; /* the entries of each */
    dual **node;       /* the same */
    bool *second;      /* for each node of the network: a second argument is computed from it */
    uint64_t functions; /* which ones were drawn */
    variable by;
    bool undefined;
};

/* The field. */

static uint64_t add(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;
    return sum >= prime ? sum - prime : sum;
}

static uint64_t negative(uint64_t a)
{
    return a ? prime - a : 0;
}

/* 2^61 is 1. */
static uint64_t times(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return add((uint64_t)product & prime, (uint64_t)(product >> 61));
}

/* a^(p - 2) */
static uint64_t inverse(duals *d, uint64_t a)
{
    uint64_t result = 1;
    if (a == 0)
        d->undefined = true;
    for (uint64_t exponent = prime - 2; exponent; exponent >>= 1, a = times(a, a))
        if (exponent & 1)
            result = times(result, a);
    return result;
}

/* number = ["-"] digits ["." digits] ["e" ["-"] digits] . */
static uint64_t read_number(duals *d, const char *text)
{
    bool minus = *text == '-';
    uint64_t value = 0;
    int scale = 0, exponent = 0;
    for (text += minus; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
        if (*text == '.') {
            scale = 1;
            continue;
        }
        value = add(times(value, 10), (uint64_t)(*text - '0'));
        exponent -= scale;
    }
    if (*text == 'e' || *text == 'E') {
        bool small = *++text == '-';
        int written = 0;
        for (text += *text == '-' || *text == '+'; *text >= '0' && *text <= '9'; text++)
            written = 10 * written + (*text - '0');
        exponent += small ? -written : written;
    }
    if (*text) /* no number that is read here */
        d->undefined = true;
    for (; exponent > 0; exponent--)
        value = times(value, 10);
    uint64_t divisor = 1;
    for (; exponent < 0; exponent++)
        divisor = times(divisor, 10);
    value = times(value, inverse(d, divisor));
    return minus ? negative(value) : value;
}

/* A hash: the number that comes next after x. */
static uint64_t mix(uint64_t x)
{
    return random_next(&x);
}

uint64_t draw_below(uint64_t *state, uint64_t n)
{
    (void)random_next(state); /* the state goes on by one, and what is drawn is the hash of it */
    return mix(*state) % n;
}

/* Dual numbers: sums, products and quotients have the tangents that the rules of calculus give them. */

static dual dual_add(dual a, dual b)
{
    return (dual){add(a.value, b.value), add(a.tangent, b.tangent)};
}

static dual dual_negative(dual a)
{
    return (dual){negative(a.value), negative(a.tangent)};
}

static dual dual_times(dual a, dual b)
{
    return (dual){times(a.value, b.value), add(times(a.value, b.tangent), times(a.tangent, b.value))};
}

/* 1/b has the tangent -b'/b^2. */
static dual dual_quotient(duals *d, dual a, dual b)
{
    uint64_t reciprocal = inverse(d, b.value);
    uint64_t tangent = negative(times(b.tangent, times(reciprocal, reciprocal)));
    return dual_times(a, (dual){reciprocal, tangent});
}

/* Functions. */

static uint64_t random_function(const duals *d, const char *name, uint64_t order, uint64_t x, uint64_t y)
{
    uint64_t hash = mix(d->functions ^ order);
    for (const char *c = name; *c; c++)
        hash = mix(hash ^ (uint64_t)(unsigned char)*c);
    return mix(mix(hash ^ x) ^ y) % prime;
}

/* The slope at x of a function that has the value f there. */
static uint64_t slope(duals *d, const sp_net_function *function, uint64_t x, uint64_t y, uint64_t f)
{
    const char *name = function->own ? "" : function->name;
    if (strcmp(name, "exp") == 0)
        return f;
    if (strcmp(name, "log") == 0)
        return inverse(d, x);
    if (strcmp(name, "tanh") == 0)
        return add(1, negative(times(f, f)));
    if (strcmp(name, "sqrt") == 0)
        return inverse(d, times(2, f));
    if (strcmp(name, "rsqrt") == 0)
        return negative(times(times(f, times(f, f)), inverse(d, 2)));
    if (strcmp(name, "step") == 0)
        return 0;
    return random_function(d, function->name, 1, x, y);
}

/* f(x, y), or its slope by x; y is a constant. The slope of a slope is random, so it is seen where a
 * rule takes one for something else. */
static dual apply(duals *d, const sp_net_function *function, bool primed, dual x, uint64_t y)
{
    uint64_t value = random_function(d, function->name, 0, x.value, y);
    if (!primed && x.tangent == 0)
        return (dual){value, 0};
    uint64_t first = slope(d, function, x.value, y, value);
    if (!primed)
        return (dual){value, times(first, x.tangent)};
    return (dual){first, times(random_function(d, function->name, 2, x.value, y), x.tangent)};
}

static const sp_net_function exponential = {.name = "exp", .arguments = 1};
static const sp_net_function logarithm = {.name = "log", .arguments = 1};

/* Arrays: the last label runs fastest. */

static uint8_t extent(const duals *d, uint8_t label)
{
    return d->extent[d->network->label[label].dim];
}

static size_t entries(const duals *d, sp_net_labels labels)
{
    size_t count = 1;
    for (uint8_t i = 0; i < labels.count; i++)
        count *= extent(d, labels.label[i]);
    return count;
}

static size_t offset(const duals *d, sp_net_labels labels, const place *at)
{
    size_t result = 0;
    for (uint8_t i = 0; i < labels.count; i++)
        result = result * extent(d, labels.label[i]) + at->index[labels.label[i]];
    return result;
}

/* The first place, as to these labels, and the one behind; false behind the last. */
static void first_place(sp_net_labels labels, place *at)
{
    for (uint8_t i = 0; i < labels.count; i++)
        at->index[labels.label[i]] = 0;
}

static bool next_place(const duals *d, sp_net_labels labels, place *at)
{
    for (uint8_t i = labels.count; i-- > 0; at->index[labels.label[i]] = 0)
        if (++at->index[labels.label[i]] < extent(d, labels.label[i]))
            return true;
    return false;
}

static const sp_net_node *node_of(const duals *d, int node)
{
    return &d->network->node[node];
}

static dual entry_of(const duals *d, int node, const place *at)
{
    return d->node[node][offset(d, node_of(d, node)->labels, at)];
}

/* Operations. */

typedef dual (*summand)(duals *d, const sp_net_node *n, const place *at);

static dual operand(duals *d, const sp_net_node *n, const place *at)
{
    return entry_of(d, n->operand[0], at);
}

static dual product_of_operands(duals *d, const sp_net_node *n, const place *at)
{
    return dual_times(entry_of(d, n->operand[0], at), entry_of(d, n->operand[1], at));
}

static dual exponential_of_operand(duals *d, const sp_net_node *n, const place *at)
{
    return apply(d, &exponential, false, operand(d, n, at), 0);
}

static dual sum_over(duals *d, const sp_net_node *n, sp_net_labels over, const place *at, summand term)
{
    place here = *at;
    dual total = {0, 0};
    first_place(over, &here);
    do
        total = dual_add(total, term(d, n, &here));
    while (next_place(d, over, &here));
    return total;
}

static sp_net_labels last_label(sp_net_labels labels)
{
    return (sp_net_labels){1, {labels.label[labels.count - 1]}};
}

static dual tensor_entry(const duals *d, const sp_net_node *n, const place *at)
{
    size_t entry = offset(d, d->network->tensor[n->index].labels, at);
    bool varies = !d->by.none && d->by.of_tensor && d->by.index == n->index && d->by.entry == entry;
    return (dual){d->tensor[n->index][entry], varies};
}

static dual value_entry(const duals *d, const sp_net_node *n, const place *at)
{
    size_t forward = d->network->statements;
    if (n->index >= forward)
        return entry_of(d, d->rule->statement[n->index - forward].node, at);
    int node = d->network->statement[n->index].node;
    size_t entry = offset(d, node_of(d, node)->labels, at);
    bool varies = !d->by.none && !d->by.of_tensor && d->by.index == n->index && d->by.entry == entry;
    return dual_add(d->node[node][entry], (dual){0, varies});
}

static dual renamed(const duals *d, const sp_net_node *n, const place *at)
{
    place here = *at;
    here.index[n->named.label[0]] = at->index[n->named.label[1]];
    return entry_of(d, n->operand[0], &here);
}

static dual applied(duals *d, const sp_net_node *n, const place *at)
{
    uint64_t y = n->operand[1] < 0 ? 0 : entry_of(d, n->operand[1], at).value;
    return apply(d, &d->network->function[n->index], n->prime, operand(d, n, at), y);
}

/* The entry of a node at a place: SP_NET_OPS says what each operation is. */
static dual evaluate(duals *d, const sp_net_node *n, const place *at)
{
    int a = n->operand[0], b = n->operand[1];
    switch (n->op) {
    case SP_NET_TENSOR: return tensor_entry(d, n, at);
    case SP_NET_VALUE: return value_entry(d, n, at);
    case SP_NET_NUMBER: return (dual){read_number(d, n->text), 0};
    case SP_NET_EXTENT: return (dual){d->extent[n->index], 0};
    case SP_NET_ADD: return dual_add(entry_of(d, a, at), entry_of(d, b, at));
    case SP_NET_SUB: return dual_add(entry_of(d, a, at), dual_negative(entry_of(d, b, at)));
    case SP_NET_MUL: return product_of_operands(d, n, at);
    case SP_NET_DIV: return dual_quotient(d, entry_of(d, a, at), entry_of(d, b, at));
    case SP_NET_NEG: return dual_negative(operand(d, n, at));
    case SP_NET_TRANSPOSE: return operand(d, n, at);
    case SP_NET_PRODUCT: return sum_over(d, n, last_label(node_of(d, a)->labels), at, product_of_operands);
    case SP_NET_DOT: return sum_over(d, n, n->named, at, product_of_operands);
    case SP_NET_SUM: return sum_over(d, n, n->named, at, operand);
    case SP_NET_RENAME: return renamed(d, n, at);
    case SP_NET_SOFTMAX:
        return dual_quotient(d, exponential_of_operand(d, n, at),
                             sum_over(d, n, n->named, at, exponential_of_operand));
    case SP_NET_LOGSUMEXP:
        return apply(d, &logarithm, false, sum_over(d, n, n->named, at, exponential_of_operand), 0);
    case SP_NET_APPLY: return applied(d, n, at);
    case SP_NET_OP_COUNT: break;
    }
    d->undefined = true;
    return (dual){0, 0};
}

/* Nodes first <= i < end; with what stands before them known. */
static void run(duals *d, int first, int end)
{
    for (int i = first; i < end; i++) {
        const sp_net_node *n = node_of(d, i);
        place at = {0};
        size_t entry = 0;
        do
            d->node[i][entry++] = evaluate(d, n, &at);
        while (next_place(d, n->labels, &at));
    }
}

/* The forward pass with tangent 1 at one entry: the tangent of the loss. */
static uint64_t derivative(duals *d, bool of_tensor, size_t index, sp_net_labels labels, const place *at)
{
    d->by = (variable){false, of_tensor, index, offset(d, labels, at)};
    run(d, 0, d->forward_nodes);
    d->by = (variable){.none = true};
    return d->node[d->network->loss]->tangent;
}

/* What a gradient is of has its labels as it is declared or stored. */
static sp_net_labels labels_of(const duals *d, bool of_tensor, size_t index)
{
    return of_tensor ? d->network->tensor[index].labels
                     : node_of(d, d->network->statement[index].node)->labels;
}

static void say_entry(const duals *d, sp_text *out, const char *name, sp_net_labels labels, const place *at)
{
    sp_text_format(out, "%s[", name);
    for (uint8_t i = 0; i < labels.count; i++)
        sp_text_format(out, "%s%s = %d of %d", i ? ", " : "", d->network->label[labels.label[i]].name,
                       at->index[labels.label[i]], extent(d, labels.label[i]));
    sp_text_add(out, "]");
}

/* A gradient lacks labels over which it is constant; others than those of what it is of it cannot have. */
static bool gradient_is_right(duals *d, size_t i, sp_text *difference)
{
    const sp_net_gradient *g = &d->rule->gradient[i];
    int node = d->rule->statement[i].node;
    sp_net_labels labels = labels_of(d, g->of_tensor, g->index);
    for (uint8_t k = 0; k < node_of(d, node)->labels.count; k++) {
        uint8_t label = node_of(d, node)->labels.label[k];
        if (!memchr(labels.label, label, labels.count)) {
            sp_text_format(difference, "%s has the label %s", g->name, d->network->label[label].name);
            return false;
        }
    }
    place at = {0};
    do {
        uint64_t ours = derivative(d, g->of_tensor, g->index, labels, &at);
        uint64_t theirs = entry_of(d, node, &at).value;
        if (ours != theirs) {
            say_entry(d, difference, g->name, labels, &at);
            sp_text_format(difference, " is %" PRIu64 ", by the rule %" PRIu64, ours, theirs);
            return false;
        }
    } while (next_place(d, labels, &at));
    return true;
}

static const char *name_of(const duals *d, bool of_tensor, size_t index)
{
    return of_tensor ? d->network->tensor[index].name : d->network->statement[index].name;
}

static bool is_listed(const duals *d, bool of_tensor, size_t index)
{
    for (size_t i = 0; i < d->rule->statements; i++)
        if (d->rule->gradient[i].of_tensor == of_tensor && d->rule->gradient[i].index == index)
            return true;
    return false;
}

/* What has no gradient has none: it is 0, or it stands in a second argument. */
static bool is_listed_or_zero(duals *d, bool of_tensor, size_t index, sp_text *difference)
{
    if (is_listed(d, of_tensor, index) || duals_in_second_argument(d, of_tensor, index))
        return true;
    sp_net_labels labels = labels_of(d, of_tensor, index);
    place at = {0};
    do {
        uint64_t ours = derivative(d, of_tensor, index, labels, &at);
        if (ours != 0) {
            sp_text_add(difference, "the gradient of ");
            say_entry(d, difference, name_of(d, of_tensor, index), labels, &at);
            sp_text_format(difference, " is %" PRIu64 ", the rule has none", ours);
            return false;
        }
    } while (next_place(d, labels, &at));
    return true;
}

rule_outcome duals_compare(duals *d, sp_text *difference)
{
    bool right = true;
    d->by = (variable){.none = true};
    d->undefined = false;
    run(d, 0, (int)d->network->nodes);
    for (size_t i = 0; i < d->rule->statements && right && !d->undefined; i++)
        right = gradient_is_right(d, i, difference);
    for (size_t i = 0; i < d->network->tensors && right && !d->undefined; i++)
        right = is_listed_or_zero(d, true, i, difference);
    for (size_t i = 0; i < d->network->statements && right && !d->undefined; i++)
        right = is_listed_or_zero(d, false, i, difference);
    return d->undefined ? RULE_UNDEFINED : right ? RULE_RIGHT : RULE_WRONG;
}

/* The entries over the label sum to 1: the last of them is what the others leave. */
static void distribute(const duals *d, const sp_net_tensor *t, uint64_t *data)
{
    uint8_t label = (uint8_t)t->distribution;
    place at = {0};
    do {
        if (at.index[label] != extent(d, label) - 1)
            continue;
        uint64_t rest = 1;
        place other = at;
        for (other.index[label] = 0; other.index[label] < at.index[label]; other.index[label]++)
            rest = add(rest, negative(data[offset(d, t->labels, &other)]));
        data[offset(d, t->labels, &at)] = rest;
    } while (next_place(d, t->labels, &at));
}

/* Marks what a node is computed from. */
static void mark(const sp_network_program *n, int node, bool *marked)
{
    if (node < 0 || marked[node])
        return;
    const sp_net_node *at = &n->node[node];
    marked[node] = true;
    if (at->op == SP_NET_VALUE)
        mark(n, n->statement[at->index].node, marked);
    mark(n, at->operand[0], marked);
    mark(n, at->operand[1], marked);
}

bool duals_in_second_argument(const duals *d, bool of_tensor, size_t index)
{
    for (int i = 0; i < d->forward_nodes; i++)
        if (d->second[i] && node_of(d, i)->op == (of_tensor ? SP_NET_TENSOR : SP_NET_VALUE) &&
            node_of(d, i)->index == index)
            return true;
    return false;
}

void duals_draw(duals *d, uint64_t *state)
{
    const sp_network_program *network = d->network;
    d->functions = draw_below(state, prime);
    for (size_t i = 0; i < network->dims; i++) /* 1 seldom: it hides what is summed once too often */
        d->extent[i] = (uint8_t)(draw_below(state, 6) == 0 ? 1 : 2 + draw_below(state, 2));
    for (size_t i = 0; i < network->tensors; i++) {
        const sp_net_tensor *t = &network->tensor[i];
        size_t count = entries(d, t->labels);
        sp_pool_free(d->pool, d->tensor[i]);
        d->tensor[i] = SP_NEW_ARRAY(d->pool, uint64_t, count);
        for (size_t k = 0; k < count; k++)
            d->tensor[i][k] = draw_below(state, prime);
        if (t->distribution >= 0)
            distribute(d, t, d->tensor[i]);
    }
    for (size_t i = 0; i < network->nodes; i++) {
        sp_pool_free(d->pool, d->node[i]);
        d->node[i] = SP_NEW_ARRAY(d->pool, dual, entries(d, network->node[i].labels));
    }
}

int duals_forward_nodes(const duals *d)
{
    return d->forward_nodes;
}

duals *duals_new(sp_pool *pool, const sp_net_rule *rule)
{
    const sp_network_program *network = rule->network;
    duals *d = SP_NEW(pool, duals);
    *d = (duals){.pool = pool, .network = network, .rule = rule, .forward_nodes = network->loss + 1};
    for (size_t i = 0; i < network->statements; i++)
        if (d->forward_nodes <= network->statement[i].node)
            d->forward_nodes = network->statement[i].node + 1;
    d->extent = SP_NEW_ARRAY(pool, uint8_t, network->dims);
    d->tensor = SP_NEW_ARRAY(pool, uint64_t *, network->tensors);
    d->node = SP_NEW_ARRAY(pool, dual *, network->nodes);
    d->second = SP_NEW_ARRAY(pool, bool, (size_t)d->forward_nodes);
    for (int i = 0; i < d->forward_nodes; i++)
        if (network->node[i].op == SP_NET_APPLY)
            mark(network, network->node[i].operand[1], d->second);
    return d;
}
