/* Networks as schemes and cases see them. */
#include "lang/builtin.h"
#include "lang/parser.h"
#include "network/network.h"
#include "rule/network.h"

#include <string.h>

static sp_layout layout_of(const sp_network_program *n, sp_net_labels labels)
{
    sp_layout layout;
    memset(&layout, 0, sizeof layout); /* equal layouts have equal bytes */
    layout.order = labels.count;
    for (size_t i = 0; i < labels.count; i++) {
        const size_t dim = n->label[labels.label[i]].dim;
        layout.part[i].dim = (sp_dim)dim; /* below SP_MAX_DIMS */
        layout.part[i].primes = (uint8_t)(strlen(n->label[labels.label[i]].name) - strlen(n->dim[dim]));
    }
    return layout;
}

static const sp_tensor_info *tensors_of(sp_pool *pool, const sp_network_program *n)
{
    sp_tensor_info *tensor = SP_NEW_ARRAY(pool, sp_tensor_info, n->tensors);
    for (size_t t = 0; t < n->tensors; t++) {
        const sp_net_tensor *from = &n->tensor[t];
        tensor[t] = (sp_tensor_info){from->name, from->param, layout_of(n, from->labels), -1};
        for (int i = 0; i < from->labels.count && from->distribution >= 0; i++)
            if (from->labels.label[i] == from->distribution)
                tensor[t].distribution = i;
    }
    return tensor;
}

/* The first gradients that are of tensors, or not; of parameters, or of inputs. */
static void add_gradients(sp_pool *pool, const sp_net_rule *rule, bool of_tensor, bool param, sp_result_info *list,
                          size_t *count)
{
    const sp_network_program *n = rule->network;
    for (size_t i = 0; i < rule->statements; i++) {
        const sp_net_gradient *g = &rule->gradient[i];
        if (!g->result || g->of_tensor != of_tensor || (of_tensor && n->tensor[g->index].param != param))
            continue;
        const char *of = of_tensor ? n->tensor[g->index].name : n->statement[g->index].name;
        list[(*count)++] = (sp_result_info){g->name, sp_pool_format(pool, "gradient dL/d%s", of),
                                            layout_of(n, g->labels), of_tensor ? (int)g->index : -1};
    }
}

/* Forward values, the loss, their gradients from the loss back, those of parameters, those of inputs. */
static const sp_result_info *results_of(sp_pool *pool, const sp_net_rule *rule, size_t *count)
{
    const sp_network_program *n = rule->network;
    sp_result_info *list = SP_NEW_ARRAY(pool, sp_result_info, n->statements + 1 + rule->statements);
    *count = 0;
    for (size_t i = 0; i < n->statements; i++)
        list[(*count)++] = (sp_result_info){n->statement[i].name, "value of the forward pass",
                                            layout_of(n, n->node[n->statement[i].node].labels), -1};
    if (sp_net_loss_named(n))
        list[(*count)++] = (sp_result_info){"L", "the loss", layout_of(n, n->node[n->loss].labels), -1};
    add_gradients(pool, rule, false, false, list, count);
    add_gradients(pool, rule, true, true, list, count);
    add_gradients(pool, rule, true, false, list, count);
    return list;
}

/* A scheme that is made of the network; NULL after a diagnostic at the network: it goes beyond a limit. */
static const sp_program *made_scheme(sp_pool *pool, const sp_network_program *n, const sp_signature *of,
                                     const char *name, const char *text, sp_diagnostics *diagnostics)
{
    sp_diagnostics found = {.pool = pool};
    const sp_program *program = sp_scheme_of_text(pool, of, name, text, &found);
    if (!program && found.count == 0)
        sp_pool_fail(pool, SP_INTERNAL);
    if (!program)
        sp_error(diagnostics, n->span, NULL, "%s goes beyond a limit: %s", name, found.item[0].message);
    return program;
}

/* Of a signature of its own, whose only result is the loss, under a name that nothing else has. */
static const sp_program *loss_of(sp_pool *pool, const sp_network_program *n, const sp_signature *of,
                                 sp_diagnostics *diagnostics)
{
    const char *name = "L";
    for (unsigned i = 1; sp_net_taken(n, name); i++)
        name = sp_pool_format(pool, "L%u", i);
    sp_result_info *result = SP_NEW(pool, sp_result_info);
    *result = (sp_result_info){name, "the loss", layout_of(n, n->node[n->loss].labels), -1};
    sp_signature *own = SP_NEW(pool, sp_signature);
    *own = *of;
    own->results = 1;
    own->result = result;
    const char *scheme = sp_pool_format(pool, "%s-loss", n->name);
    return made_scheme(pool, n, own, scheme, sp_net_loss_text(pool, n, scheme, name), diagnostics);
}

sp_signature *sp_net_signature(sp_pool *pool, sp_network_program *n, sp_diagnostics *diagnostics)
{
    sp_signature *of = SP_NEW(pool, sp_signature);
    const sp_net_rule *rule = sp_net_derive(n, diagnostics);
    const char *text = sp_net_rule_text(pool, rule);
    if (!text) {
        sp_error(diagnostics, n->span, NULL, "the delta rule of %s is too long (limit 16 MiB)", n->name);
        return NULL;
    }
    *of = (sp_signature){.name = n->name, .dims = n->dims, .tensors = n->tensors, .tensor = tensors_of(pool, n),
                         .activations = sp_activation_count, .activation = sp_activation_names,
                         .functions = n->own_functions, .sums_softmax = rule->sums_softmax};
    memcpy(of->dim, n->dim, n->dims * sizeof *of->dim);
    sp_function_name *function = SP_NEW_ARRAY(pool, sp_function_name, n->own_functions);
    for (size_t f = 0; f < n->own_functions; f++)
        function[f] = (sp_function_name){n->function[f].name, n->function[f].arguments, n->function[f].value};
    of->function = function;
    of->result = results_of(pool, rule, &of->results);
    of->loss = loss_of(pool, n, of, diagnostics); /* a copy of the signature, still without programs */
    of->rule = made_scheme(pool, n, of, sp_pool_format(pool, "%s-delta-rule", n->name), text, diagnostics);
    return of->rule && of->loss ? of : NULL;
}

/* A built-in network but mlp, checked; NULL if there is none of that name. */
static sp_network_program *builtin_network(sp_pool *pool, const char *name)
{
    const char *text = sp_embedded_text(sp_builtin_network_table, name);
    if (!text)
        return NULL;
    sp_diagnostics none = {.pool = pool};
    const sp_source *source = sp_source_from(pool, name, text, strlen(text), &none);
    sp_network_program **network;
    if (!source || sp_networks_load(pool, source, &network, &none) != 1 || !network[0])
        sp_pool_fail(pool, SP_INTERNAL); /* a built-in network is part of the program: tested */
    return network[0];
}

static bool same_labels(const sp_network_program *a, sp_net_labels in_a, const sp_network_program *b,
                        sp_net_labels in_b)
{
    bool same = in_a.count == in_b.count;
    for (int i = 0; same && i < in_a.count; i++)
        same = strcmp(a->label[in_a.label[i]].name, b->label[in_b.label[i]].name) == 0;
    return same;
}

/* The same dimensions, inputs and parameters, and functions of its own, in any order: the schemes and cases of one
 * can be read as those of the other. */
static bool same_interface(const sp_network_program *a, const sp_network_program *b)
{
    size_t dims = 0, tensors = 0, functions = 0;
    for (size_t i = 0; i < a->dims; i++)
        for (size_t j = 0; j < b->dims; j++)
            dims += strcmp(a->dim[i], b->dim[j]) == 0;
    for (size_t i = 0; i < a->tensors; i++)
        for (size_t j = 0; j < b->tensors; j++)
            tensors += strcmp(a->tensor[i].name, b->tensor[j].name) == 0 && a->tensor[i].param == b->tensor[j].param &&
                       same_labels(a, a->tensor[i].labels, b, b->tensor[j].labels);
    for (size_t i = 0; i < a->own_functions; i++)
        for (size_t j = 0; j < b->own_functions; j++)
            functions += strcmp(a->function[i].name, b->function[j].name) == 0 &&
                         a->function[i].arguments == b->function[j].arguments;
    return dims == a->dims && dims == b->dims && tensors == a->tensors && tensors == b->tensors &&
           functions == a->own_functions && functions == b->own_functions;
}

/* Schemes that name no network are mlp's: it cannot be another one. Another built-in network may be written in
 * another way, such as a softmax by its exponentials; a network of its name that takes something else is a mistake. */
bool sp_net_may_be_called(sp_diagnostics *diagnostics, const char *name, sp_span at, const sp_network_program *network)
{
    if (strcmp(name, "mlp") == 0) {
        sp_error(diagnostics, at, "give it another name", "'%s' is the name of a built-in network", name);
        return false;
    }
    const sp_network_program *builtin = network ? builtin_network(diagnostics->pool, name) : NULL;
    if (!builtin)
        return true;
    if (!same_interface(network, builtin)) {
        sp_error(diagnostics, at, "give it another name",
                 "'%s' is the name of a built-in network, which has other dimensions, tensors or functions", name);
        return false;
    }
    sp_warn(diagnostics, at, NULL, "this network hides the built-in one called %s", name);
    return true;
}

const sp_signature *sp_net_own(sp_reporter *reporter, const sp_network_syntax *syntax)
{
    const sp_name name = syntax->body.name;
    sp_network_program *n = sp_network_check(reporter, syntax);
    if (!sp_net_may_be_called(reporter->diagnostics, name.text ? name.text : "", name.span, n)) {
        reporter->errors++;
        return NULL;
    }
    sp_signature *of = n ? sp_net_signature(reporter->pool, n, reporter->diagnostics) : NULL;
    if (!of)
        return NULL;
    size_t end = syntax->loss.span.end;
    while (end < reporter->source->length && reporter->source->text[end] != '\n')
        end++;
    of->text = sp_pool_format(reporter->pool, "network %.*s\n", (int)(end - name.span.begin),
                              reporter->source->text + name.span.begin); /* a file has at most 16 MiB */
    return of;
}

const sp_signature *sp_net_builtin(sp_pool *pool, const char *name)
{
    sp_network_program *network = builtin_network(pool, name);
    sp_diagnostics none = {.pool = pool};
    return network ? sp_net_signature(pool, network, &none) : NULL;
}
