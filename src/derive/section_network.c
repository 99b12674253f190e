/* The unsharded network, of any network but mlp: its dimensions and values, forward pass, loss, and the chain rule down
 * to every gradient. All of it is read from the network's delta rule. */
#include "derive/derivation.h"
#include "derive/entries.h"

#include <string.h>

typedef struct telling {
    sp_derive *d;
    const sp_program *rule;
    size_t loss;         /* the statement that computes L; rule->statements: none does */
    bool bracket_told;
} telling;

/* ---- names ---- */

static bool is_loss(const sp_signature *of, sp_result r)
{
    return strcmp(of->result[r].name, "L") == 0 && strcmp(of->result[r].meaning, "the loss") == 0;
}

static int result_named(const sp_signature *of, const char *name)
{
    for (size_t r = 0; r < of->results; r++)
        if (strcmp(of->result[r].name, name) == 0)
            return (int)r;
    return -1;
}

static bool is_statement(const sp_program *rule, const char *name, bool backward)
{
    for (size_t s = 0; s < rule->statements; s++)
        if (rule->statement[s].backward == backward && strcmp(rule->statement[s].name, name) == 0)
            return true;
    return false;
}

static size_t loss_of(const sp_program *rule)
{
    const int r = result_named(rule->of, "L");
    for (size_t s = 0; r >= 0 && is_loss(rule->of, (sp_result)r) && s < rule->statements; s++)
        if (!rule->statement[s].backward && strcmp(rule->statement[s].name, "L") == 0)
            return s;
    return rule->statements;
}

/* What dV is the gradient of. */
static const char *gradient_of(const char *name)
{
    return name + 1;
}

/* ---- shapes ---- */

static const sp_math *shape(sp_derive *d, const sp_layout *layout)
{
    const sp_drawing whole = {d->pool, d->delta, d->drawing.ownership, true};
    return sp_size_math(&whole, layout, -1, 0);
}

static const sp_math *case_shape(sp_derive *d, const sp_layout *layout)
{
    const sp_math *item[SP_MAX_ORDER] = {sp_math_count(d->pool, 1)};
    for (unsigned i = 0; i < layout->order; i++)
        item[i] = sp_math_count(d->pool, d->of->dim[layout->part[i].dim]);
    return layout->order == 0 ? item[0] : sp_math_list(d->pool, SP_MATH_RELATION, "×", item, layout->order);
}

static const sp_phrase *tensor_meaning(sp_derive *d, const sp_tensor_info *t)
{
    if (t->param)
        return sp_say(d->pool, SP_SAY_MEANING_PARAM);
    if (t->distribution < 0)
        return sp_say(d->pool, SP_SAY_MEANING_INPUT);
    return sp_say(d->pool, SP_SAY_MEANING_DISTRIBUTION, sp_derive_dim(d, &t->whole.part[t->distribution]));
}

static const sp_phrase *result_meaning(sp_derive *d, sp_result r)
{
    const sp_signature *of = d->program->of;
    if (is_loss(of, r))
        return sp_say(d->pool, SP_SAY_MEANING_LOSS);
    if (is_statement(d->delta, of->result[r].name, true))
        return sp_say(d->pool, SP_SAY_MEANING_GRADIENT, sp_derive_name(d, gradient_of(of->result[r].name)));
    return sp_say(d->pool, SP_SAY_MEANING_VALUE);
}

static void add_row(sp_derive *d, sp_grid *grid, const char *name, const sp_layout *layout, const sp_phrase *meaning)
{
    sp_grid_add(d->pool, grid, sp_argument_math(sp_derive_name(d, name)));
    sp_grid_add(d->pool, grid, sp_argument_math(shape(d, layout)));
    if (d->of)
        sp_grid_add(d->pool, grid, sp_argument_math(case_shape(d, layout)));
    sp_grid_add(d->pool, grid, sp_argument_phrase(meaning));
}

/* Second names of dimensions, each once. */
static void write_second_names(sp_derive *d, const sp_program *rule)
{
    const sp_signature *of = rule->of;
    bool told[SP_MAX_DIMS][8] = {{false}};
    for (size_t i = 0; i < rule->nodes; i++)
        for (unsigned p = 0; p < rule->node[i].layout.order; p++) {
            const sp_part *part = &rule->node[i].layout.part[p];
            bool *said = &told[part->dim][part->primes < 8 ? part->primes : 7];
            const char *index = sp_index_name(d->pool, of, part->dim, part->primes, 0);
            if (part->primes > 0 && !*said)
                SAY(d, SP_SAY_SHAPES_SECOND, sp_derive_dim(d, part), sp_derive_name(d, of->dim[part->dim]),
                    sp_math_index(d->pool, index));
            *said = true;
        }
}

static void write_shapes(sp_derive *d)
{
    const sp_signature *of = d->program->of;
    sp_list *dims = SP_NEW(d->pool, sp_list);
    for (sp_dim i = 0; i < of->dims; i++)
        sp_list_add(d->pool, dims,
                    sp_argument_phrase(sp_say(d->pool, SP_SAY_SHAPES_DIM, sp_derive_name(d, of->dim[i]),
                                              sp_math_index(d->pool, sp_index_name(d->pool, of, i, 0, 0)))));
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_SHAPES));
    SAY(d, SP_SAY_SHAPES_ANY, of->name, dims);
    write_second_names(d, d->delta);
    sp_grid *grid = sp_document_table(
        d->doc, NULL, d->of ? 4 : 3, sp_say(d->pool, SP_SAY_COLUMN_VALUE), sp_say(d->pool, SP_SAY_COLUMN_SHAPE),
        d->of ? sp_say(d->pool, SP_SAY_COLUMN_CASE_SHAPE) : sp_say(d->pool, SP_SAY_COLUMN_MEANING),
        sp_say(d->pool, SP_SAY_COLUMN_MEANING));
    for (size_t t = 0; t < of->tensors; t++)
        add_row(d, grid, of->tensor[t].name, &of->tensor[t].whole, tensor_meaning(d, &of->tensor[t]));
    for (sp_result r = 0; r < of->results; r++)
        add_row(d, grid, of->result[r].name, &of->result[r].whole, result_meaning(d, r));
    sp_derive_input_numbers(d);
}

/* ---- forward pass, functions, loss ---- */

/* f(z) = ..., f'(z) = ... with a case */
static void write_functions(sp_derive *d)
{
    const sp_signature *of = d->program->of;
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (sp_function f = 0; f < of->functions; f++)
        sp_list_add(d->pool, list, sp_argument_math(sp_derive_name(d, of->function[f].name)));
    if (of->functions == 0)
        return;
    if (!d->of) {
        PARAGRAPH(d, SP_SAY_FUNCTIONS_UNKNOWN, list);
        return;
    }
    PARAGRAPH(d, SP_SAY_FUNCTIONS_ANY);
    for (sp_function f = 0; f < of->functions; f++)
        for (int prime = 0; prime < 2; prime++) {
            const bool two = of->function[f].arguments == 2;
            const sp_math *argument[2] = {sp_math_symbol(d->pool, two ? "a" : "z"),
                                          two ? sp_math_symbol(d->pool, "y") : NULL};
            const sp_math *left = sp_math_of(d->pool, SP_MATH_APPLY, sp_function_math(d->pool, of, f, prime),
                                             argument[0], argument[1]);
            const sp_formula *formula = sp_network_formula(d->network, f, prime);
            if (formula)
                sp_document_formula(d->doc, sp_math_equals(d->pool, left,
                                                           sp_formula_math(d->pool, of, formula, argument)));
        }
}

static void write_forward(telling *t)
{
    sp_derive *d = t->d;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_FORWARD));
    SAY(d, SP_SAY_FORWARD_ANY);
    for (size_t s = 0; s < t->rule->statements; s++)
        if (!t->rule->statement[s].backward && s != t->loss)
            sp_document_formula(d->doc, sp_statement_entries(&d->whole, s));
    for (size_t s = 0; s < t->rule->statements; s++)
        if (!t->rule->statement[s].backward && s != t->loss)
            sp_derive_whole_numbers(d, (sp_result)result_named(t->rule->of, t->rule->statement[s].name));
    write_functions(d);
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_LOSS));
    if (t->loss == t->rule->statements) {
        SAY(d, SP_SAY_LOSS_UNNAMED, sp_derive_name(d, "L"));
        return;
    }
    SAY(d, SP_SAY_LOSS_IS, sp_math_symbol(d->pool, "L"));
    sp_document_formula(d->doc, sp_math_equals(d->pool, sp_math_symbol(d->pool, "L"),
                                               sp_statement_entries_right(&d->whole, t->loss)));
    sp_derive_whole_numbers(d, (sp_result)result_named(t->rule->of, "L"));
}

/* ---- the chain rule ---- */

/* The node of the value of which statement s computes the gradient; *alias: the value has this name already. */
static int node_of(const telling *t, size_t s, const char **alias)
{
    const sp_program *rule = t->rule;
    const char *name = gradient_of(rule->statement[s].name);
    *alias = NULL;
    for (size_t k = 0; k < rule->statements; k++) {
        const sp_statement *st = &rule->statement[k];
        if (st->backward || strcmp(st->name, name) != 0)
            continue;
        const sp_node *n = &rule->node[st->node];
        if (n->op == SP_OP_LOAD)
            *alias = rule->of->tensor[n->tensor].name;
        else if (t->d->whole.statement_of[st->node] != (int)k)
            *alias = rule->statement[t->d->whole.statement_of[st->node]].name;
        return st->node;
    }
    for (size_t i = 0; i < rule->nodes; i++)
        if (rule->node[i].op == SP_OP_LOAD && strcmp(rule->of->tensor[rule->node[i].tensor].name, name) == 0)
            return (int)i;
    return -1;
}

/* The statements of the forward pass that read a node's value and lead to the loss; SIZE_MAX: a path is too long. */
static size_t readers_of(const telling *t, int node, const char *name, sp_reading *reader)
{
    const sp_program *rule = t->rule;
    size_t count = 0;
    for (size_t u = 0; u < rule->statements; u++) {
        const sp_statement *st = &rule->statement[u];
        const char *slope = sp_pool_format(t->d->pool, "d%s", st->name);
        if (st->backward || (u != t->loss && !is_statement(rule, slope, true)))
            continue;
        const sp_reading r = {&t->d->whole, node, name, u, u == t->loss ? NULL : slope};
        const size_t paths = sp_readings(&r);
        if (paths > SP_MAX_READINGS)
            return SIZE_MAX;
        if (paths > 0)
            reader[count++] = r;
    }
    return count;
}

static void write_chain(telling *t, const sp_reading *reader, size_t readers)
{
    sp_derive *d = t->d;
    const sp_math *name = sp_derive_name(d, reader->name);
    sp_list *through = SP_NEW(d->pool, sp_list);
    bool bracket = false;
    for (size_t i = 0; i < readers; i++)
        sp_list_add(d->pool, through,
                    sp_argument_math(reader[i].slope ? sp_derive_name(d, t->rule->statement[reader[i].by].name)
                                                     : sp_math_symbol(d->pool, "L")));
    if (readers == 1 && !reader->slope) {
        SAY(d, SP_SAY_CHAIN_LOSS_ANY, name);
        sp_document_formula(d->doc, sp_chain_result(reader, readers));
        return;
    }
    SAY(d, SP_SAY_CHAIN_ANY, name, through);
    sp_document_formula(d->doc, sp_chain_rule(reader, readers));
    PARAGRAPH(d, SP_SAY_CHAIN_LOCAL_ANY, through);
    for (size_t i = 0; i < readers; i++) {
        bool brackets;
        sp_document_formula(d->doc, sp_local_derivative(&reader[i], &brackets));
        bracket = bracket || brackets;
    }
    PARAGRAPH(d, !bracket          ? SP_SAY_CHAIN_SO
                 : t->bracket_told ? SP_SAY_CHAIN_LEFT
                                   : SP_SAY_CHAIN_BRACKET);
    t->bracket_told = t->bracket_told || bracket;
    sp_document_formula(d->doc, sp_chain_result(reader, readers));
}

/* ---- what the prover finds ---- */

typedef struct verifying {
    const telling *t;
    sp_algebra *algebra;
    int node;     /* of the value by which the loss is differentiated */
    size_t statement;
    bool same;
} verifying;

/* The value of a statement whose labels are in another order. */
static const sp_expression *reordered(sp_algebra *in, const sp_program *rule, size_t s, const sp_layout *to,
                                      const sp_expression *const *value)
{
    const sp_layout *of = &rule->node[rule->statement[s].node].layout;
    sp_variable from[SP_MAX_ORDER], place[SP_MAX_ORDER];
    for (unsigned i = 0; i < of->order; i++)
        for (unsigned k = 0; k < to->order; k++)
            if (sp_label_equal(&of->part[i], &to->part[k])) {
                from[i] = sp_variable_place(i, of->part[i].dim);
                place[i] = sp_variable_place(k, of->part[i].dim);
            }
    return sp_substitute_indices(in, value[rule->statement[s].node], from, place, of->order);
}

static bool has_labels(const sp_layout *of, const sp_layout *other)
{
    bool all = of->order == other->order;
    for (unsigned i = 0; i < of->order && all; i++) {
        all = false;
        for (unsigned k = 0; k < other->order; k++)
            all = all || sp_label_equal(&of->part[i], &other->part[k]);
    }
    return all;
}

/* The loss as a function of the entries of one value, differentiated by them, with the value put in: is it what the
 * statement of the delta rule computes? */
static void verify(void *argument)
{
    verifying *v = argument;
    const sp_program *rule = v->t->rule;
    sp_pool *pool = v->t->d->pool;
    sp_algebra *in = v->algebra;
    sp_node *node = SP_NEW_ARRAY(pool, sp_node, rule->nodes);
    sp_program opened = *rule;
    memcpy(node, rule->node, rule->nodes * sizeof *node);
    opened.node = node;
    const sp_expression **value = sp_symbolic(in, rule, pool, NULL);
    node[v->node] = (sp_node){.op = SP_OP_LOAD, .operand = {-1, -1}, .axis = -1, .tensor = SP_ENTRY_VALUE,
                              .layout = rule->node[v->node].layout, .to = SP_TO_SAME};
    const sp_expression **open = sp_symbolic(in, &opened, pool, NULL);
    const sp_layout *layout = &node[v->node].layout;
    sp_variable fresh[SP_MAX_ORDER], place[SP_MAX_ORDER];
    for (unsigned i = 0; i < layout->order; i++) {
        fresh[i] = sp_fresh(in, sp_sort_of_dim(layout->part[i].dim));
        place[i] = sp_variable_place(i, layout->part[i].dim);
    }
    const sp_expression *slope = sp_derivative(in, open[rule->statement[v->t->loss].node], SP_ENTRY_VALUE,
                                               layout->order, fresh);
    slope = sp_substitute_indices(in, slope, fresh, place, layout->order);
    slope = sp_substitute_value(in, slope, SP_ENTRY_VALUE, layout->order, place, value[v->node]);
    v->same = slope == reordered(in, rule, v->statement, layout, value);
}

static bool is_verified(const telling *t, size_t s, int node)
{
    const sp_signature *of = t->rule->of;
    verifying v = {t, sp_algebra_open(t->d->pool, NULL), node, s, false};
    const sp_layout *value = &t->rule->node[node].layout, *slope = &t->rule->node[t->rule->statement[s].node].layout;
    if (t->loss == t->rule->statements || !has_labels(slope, value))
        return false;
    for (unsigned k = 0; k < of->tensors; k++)
        if (of->tensor[k].distribution >= 0)
            sp_algebra_distribution(v.algebra, SP_ENTRY_TENSOR + k, (unsigned)of->tensor[k].distribution);
    return sp_algebra_run(v.algebra, verify, &v) == SP_PROOF_NO_LIMIT && v.same;
}

/* ---- steps ---- */

/* Returns whether the prover finds the same. */
static bool write_step(telling *t, size_t s)
{
    sp_derive *d = t->d;
    const sp_statement *st = &t->rule->statement[s];
    const char *name = gradient_of(st->name), *alias;
    const int node = node_of(t, s, &alias);
    sp_reading *reader = SP_NEW_ARRAY(d->pool, sp_reading, t->rule->statements);
    const sp_math *loss = sp_math_symbol(d->pool, "L"), *of = sp_derive_name(d, name);
    sp_document_section(d->doc, 3, sp_say(d->pool, SP_SAY_HEADING_SLOPE,
                                          sp_math_of(d->pool, SP_MATH_SLOPE, loss, of, NULL)));
    bool spelled = t->loss < t->rule->statements && node >= 0, same = false;
    if (spelled && alias) {
        SAY(d, SP_SAY_CHAIN_ALIAS, of, sp_derive_name(d, alias));
    } else if (spelled) {
        const size_t readers = readers_of(t, node, name, reader);
        same = is_verified(t, s, node);
        if (readers == SIZE_MAX || readers == 0)
            SAY(d, SP_SAY_CHAIN_LONG, of);
        else
            write_chain(t, reader, readers);
        if (readers > 0 && readers < SIZE_MAX)
            PARAGRAPH(d, same ? SP_SAY_CHAIN_RULE_SAME : SP_SAY_CHAIN_RULE_LINE, sp_derive_source(d, st->span));
    } else {
        SAY(d, SP_SAY_CHAIN_RULE_LINE, sp_derive_source(d, st->span));
    }
    sp_document_formula(d->doc, sp_statement_entries(&d->whole, s));
    const int r = result_named(t->rule->of, st->name);
    if (r >= 0)
        sp_derive_whole_numbers(d, (sp_result)r);
    return same || alias;
}

static void write_rule(telling *t, const sp_list *undecided)
{
    sp_derive *d = t->d;
    sp_text lines = sp_text_in(d->pool);
    sp_document_section(d->doc, 3, sp_say(d->pool, SP_SAY_HEADING_RULE));
    SAY(d, SP_SAY_RULE_ANY);
    for (size_t s = 0; s < t->rule->statements; s++)
        if (t->rule->statement[s].backward)
            sp_text_format(&lines, "%s\n", sp_derive_source(d, t->rule->statement[s].span));
    sp_document_code(d->doc, sp_text_string(&lines));
    if (t->loss == t->rule->statements)
        return;
    if (undecided->count == 0)
        PARAGRAPH(d, SP_SAY_RULE_ANY_PROVED);
    else
        PARAGRAPH(d, SP_SAY_RULE_ANY_SOME, undecided);
}

void sp_derive_network(sp_derive *d)
{
    telling t = {.d = d, .rule = d->delta, .loss = loss_of(d->delta)};
    sp_list *undecided = SP_NEW(d->pool, sp_list);
    write_shapes(d);
    write_forward(&t);
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_BACKWARD));
    SAY(d, SP_SAY_BACKWARD_CHAIN_ANY, sp_math_symbol(d->pool, "L"));
    SAY(d, SP_SAY_BACKWARD_ORDER_ANY);
    for (size_t s = 0; s < t.rule->statements; s++)
        if (t.rule->statement[s].backward && !write_step(&t, s))
            sp_list_add(d->pool, undecided, sp_argument_math(sp_derive_name(d, t.rule->statement[s].name)));
    write_rule(&t, undecided);
}
