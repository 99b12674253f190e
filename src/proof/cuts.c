#include "proof/cuts.h"

#include <string.h>

enum {
    NODE_TERMS = 20000,    /* made for one node */
    COMPARE_TERMS = 5000,  /* made to compare two values */
    COMPARE_ALL = 20000,   /* made in all to compare values that were not found equal */
    UNFOLDINGS = 60        /* names that are put for what they stand for, to compare two values */
};

/* A program has at most 1,000,000 operations and 10,000 statements: their numbers fit into an int. */
typedef struct cuts {
    sp_proof *p;
    sp_algebra *in;
    const sp_program *program, *rule;
    const sp_expression **of_rule; /* of every node of the delta rule; NULL: a limit was reached, or not used */
    const sp_expression **of_program;
    /* [result of the network]: what its value is, in names, where it has one; and that name */
    const sp_expression **meaning, **name;
    int *written; /* [result of the network]: the statement of the delta rule; -1: none, it is one in another order */
    sp_steps *steps;
    /* what is being done */
    size_t at;
    const sp_expression *left, *right;
    bool equal;
    size_t in_vain; /* terms made to compare what was not found equal */
} cuts;

/* ---- names ---- */

/* What needs no name: a number, an entry, or a number times one. */
static bool is_simple(const sp_expression *e)
{
    if (e->terms == 0)
        return true;
    const sp_monomial *m = e->term[0].monomial;
    return e->terms == 1 && m->summations == 0 &&
           (m->factors == 0 || (m->factors == 1 && m->factor[0].power == 1 &&
                                m->factor[0].factor->kind == SP_FACTOR_ENTRY));
}

/* The result of the delta rule whose value the node is; of->results: none. */
static size_t result_of_node(const cuts *c, size_t node)
{
    for (size_t i = 0; i < c->rule->results; i++)
        if (c->rule->result[i].node == (int)node)
            return c->rule->result[i].result;
    return c->rule->of->results;
}

/* The indices of a result of the network; how many it has. */
static size_t places_of(const cuts *c, size_t result, sp_variable place[SP_MAX_ORDER])
{
    const sp_layout *whole = &c->rule->of->result[result].whole;
    for (unsigned i = 0; i < whole->order; i++)
        place[i] = sp_variable_place(i, whole->part[i].dim);
    return whole->order;
}

static const sp_expression *entry_of(const cuts *c, size_t result)
{
    sp_variable index[SP_MAX_ORDER];
    const size_t order = places_of(c, result, index);
    return sp_entry(c->in, SP_ENTRY_VALUE + (unsigned)result, order, index);
}

/* Gives a value of the delta rule its name, or that of an equal one before it. */
static const sp_expression *named(cuts *c, size_t result, const sp_expression *value)
{
    if (is_simple(value))
        return value;
    for (size_t r = 0; r < c->rule->of->results; r++)
        if (c->meaning[r] == value)
            return c->name[r];
    if (sp_is_positive(value))
        sp_algebra_positive_value(c->in, SP_ENTRY_VALUE + (unsigned)result);
    c->meaning[result] = value;
    return c->name[result] = entry_of(c, result);
}

static void evaluate_rule(void *argument)
{
    cuts *c = argument;
    const sp_expression *value = sp_symbolic_node(c->in, c->rule, c->p->pool, c->of_rule, c->at, NULL);
    const size_t result = result_of_node(c, c->at);
    c->of_rule[c->at] = result < c->rule->of->results ? named(c, result, value) : value;
}

/* ---- what names stand for ---- */

/* Marks the names that occur in an expression. */
static void find_names(const sp_expression *e, bool *there)
{
    for (size_t t = 0; t < e->terms; t++)
        for (size_t i = 0; i < e->term[t].monomial->factors; i++) {
            const sp_factor *f = e->term[t].monomial->factor[i].factor;
            if (f->kind == SP_FACTOR_ENTRY && f->is.entry.of >= SP_ENTRY_VALUE)
                there[f->is.entry.of - SP_ENTRY_VALUE] = true;
            for (size_t k = 0; f->kind == SP_FACTOR_APPLY && k < 2 && f->is.apply.argument[k]; k++)
                find_names(f->is.apply.argument[k], there);
            if (f->kind == SP_FACTOR_INVERSE)
                find_names(f->is.inverse, there);
        }
}

/* The name to be put for what it stands for next: of->results if there is none. */
static size_t next_to_unfold(const cuts *c, const bool *left, const bool *right)
{
    size_t best = c->rule->of->results;
    int best_rank = -1;
    for (size_t r = 0; r < c->rule->of->results; r++) {
        if (!c->meaning[r] || (!left[r] && !right[r]))
            continue;
        const bool backward = c->written[r] >= 0 && c->rule->statement[c->written[r]].backward;
        const int rank = (left[r] != right[r] ? 2 : backward ? 0 : 1);
        if (rank > best_rank || (rank == best_rank && c->written[r] > c->written[best])) {
            best = r;
            best_rank = rank;
        }
    }
    return best;
}

static const sp_expression *unfold(const cuts *c, const sp_expression *e, size_t result)
{
    sp_variable place[SP_MAX_ORDER];
    const size_t order = places_of(c, result, place);
    return sp_substitute_value(c->in, e, SP_ENTRY_VALUE + (unsigned)result, order, place, c->meaning[result]);
}

/* Whether left and right are equal once some names are put for what they stand for. */
static void compare_unfolded(void *argument)
{
    cuts *c = argument;
    const size_t results = c->rule->of->results;
    bool *there = SP_NEW_ARRAY(c->p->pool, bool, 2 * results + 1);
    c->equal = c->left == c->right;
    for (int round = 0; round < UNFOLDINGS && !c->equal; round++) {
        memset(there, 0, 2 * results);
        find_names(c->left, there);
        find_names(c->right, there + results);
        const size_t r = next_to_unfold(c, there, there + results);
        if (r == results)
            break;
        c->left = unfold(c, c->left, r);
        c->right = unfold(c, c->right, r);
        c->equal = c->left == c->right;
    }
    sp_pool_free(c->p->pool, there);
}

/* What still depends on this rank is not worth it: no value of the delta rule does. */
static bool is_equal(cuts *c, const sp_expression *left, const sp_expression *right)
{
    if (left == right)
        return true;
    for (unsigned a = 0; a < c->program->axes; a++)
        if (sp_has_variable(left, sp_variable_rank(a)))
            return false;
    if (c->in_vain >= COMPARE_ALL)
        return false;
    c->left = left;
    c->right = right;
    sp_algebra_budget(c->in, COMPARE_TERMS);
    c->equal = false;
    const bool whole = sp_algebra_run(c->in, compare_unfolded, c) == SP_PROOF_NO_LIMIT;
    if (whole && c->equal)
        return true;
    c->in_vain += sp_algebra_work(c->in) + 1;
    return false;
}

/* ---- the program ---- */

/* The value of a node, put together from the ranks, in the places that the result has; NULL if it has others. */
static const sp_expression *whole_of(cuts *c, const sp_node *n, const sp_expression *value, size_t result)
{
    const sp_layout *whole = &c->rule->of->result[result].whole;
    sp_variable from[SP_MAX_ORDER], to[SP_MAX_ORDER];
    if (n->layout.order != whole->order)
        return NULL;
    for (unsigned p = 0; p < whole->order; p++) {
        unsigned q = 0;
        while (q < whole->order && !sp_label_equal(&n->layout.part[p], &whole->part[q]))
            q++;
        if (q == whole->order)
            return NULL;
        from[p] = sp_variable_place(p, n->layout.part[p].dim);
        to[p] = sp_variable_place(q, n->layout.part[p].dim);
    }
    return sp_substitute_indices(c->in, sp_symbolic_whole(c->in, &n->layout, -1, value), from, to, whole->order);
}

/* The name of a result in the places of a node with its labels. */
static const sp_expression *name_for(const cuts *c, const sp_node *n, size_t result)
{
    const sp_layout *whole = &c->rule->of->result[result].whole;
    sp_variable index[SP_MAX_ORDER];
    for (unsigned q = 0; q < whole->order; q++)
        for (unsigned p = 0; p < whole->order; p++)
            if (sp_label_equal(&n->layout.part[p], &whole->part[q]))
                index[q] = sp_variable_place(p, whole->part[q].dim);
    return sp_entry(c->in, SP_ENTRY_VALUE + (unsigned)result, whole->order, index);
}

/* The value of the delta rule that a statement's node is, on every rank where it is held; of->results: none is seen.
 * Its own name's is looked into. */
static size_t named_result(cuts *c, const sp_statement *s, const sp_node *n, const sp_expression *value)
{
    const size_t results = c->rule->of->results, own = sp_signature_result(c->rule->of, s->name);
    if (is_simple(value) || !sp_symbolic_covers(&n->layout, -1))
        return results;
    for (size_t k = 0; k <= results; k++) { /* its own first */
        const size_t r = k == 0 ? own : k - 1;
        if (r == results || !c->meaning[r] || (k > 0 && r == own))
            continue;
        const sp_expression *whole = whole_of(c, n, value, r);
        if (whole && (whole == c->meaning[r] || (k == 0 && is_equal(c, whole, c->meaning[r]))))
            return r;
    }
    return results;
}

static void evaluate_program(void *argument)
{
    cuts *c = argument;
    c->of_program[c->at] = sp_symbolic_node(c->in, c->program, c->p->pool, c->of_program, c->at,
                                            c->p->value[c->at] ? NULL : c->steps);
}

static void name_program(void *argument)
{
    cuts *c = argument;
    const sp_node *n = &c->program->node[c->at];
    for (size_t s = 0; s < c->program->statements; s++) {
        if (c->program->statement[s].node != (int)c->at)
            continue;
        const size_t r = named_result(c, &c->program->statement[s], n, c->of_program[c->at]);
        if (r == c->rule->of->results)
            continue;
        const sp_step step = {.rules = 1U << SP_RULE_NAMED, .statement = (int)s, .result = -1, .op = SP_OP_COUNT,
                              .axis = -1, .operand = {c->of_program[c->at], NULL}, .after = name_for(c, n, r)};
        c->of_program[c->at] = step.after;
        if (c->steps && !c->p->value[c->at])
            sp_steps_add(c->p->pool, c->steps, &step);
        return;
    }
}

/* ---- results ---- */

static void compare_result(void *argument)
{
    cuts *c = argument;
    const sp_result_decl *d = &c->program->result[c->at];
    const sp_expression *computed =
        sp_symbolic_whole(c->in, &d->declared, d->sum_axis, c->of_program[d->node]);
    const size_t k = sp_program_result(c->rule, d->result);
    c->right = k < c->rule->results ? c->of_rule[c->rule->result[k].node] : NULL;
    c->left = c->right ? computed : NULL;
}

static bool has_operands(const sp_program *program, const sp_expression *const *value, size_t node)
{
    for (int k = 0; k < 2; k++)
        if (program->node[node].operand[k] >= 0 && !value[program->node[node].operand[k]])
            return false;
    return true;
}

/* Runs with its own share of terms; false if that, or another limit, was reached. */
static bool runs(cuts *c, void (*body)(void *argument), size_t at)
{
    c->at = at;
    sp_algebra_budget(c->in, NODE_TERMS);
    return sp_algebra_run(c->in, body, c) == SP_PROOF_NO_LIMIT;
}

void sp_prove_by_names(sp_proof *p, const bool *wanted, bool *proved, sp_steps *steps)
{
    const sp_program *program = p->program, *rule = program->of->rule;
    const size_t results = program->of->results;
    cuts c = {.p = p, .in = p->algebra, .program = program, .rule = rule, .steps = steps};
    c.of_rule = SP_NEW_ARRAY(p->pool, const sp_expression *, rule->nodes);
    c.of_program = SP_NEW_ARRAY(p->pool, const sp_expression *, program->nodes);
    c.meaning = SP_NEW_ARRAY(p->pool, const sp_expression *, results);
    c.name = SP_NEW_ARRAY(p->pool, const sp_expression *, results);
    c.written = SP_NEW_ARRAY(p->pool, int, results + 1);
    memset(c.written, -1, (results + 1) * sizeof *c.written);
    for (size_t i = 0; i < rule->results; i++)
        for (size_t s = 0; s < rule->statements; s++)
            if (rule->statement[s].node == rule->result[i].node)
                c.written[rule->result[i].result] = (int)s;
    const bool *used = sp_nodes_used(p->pool, rule, sp_results_of_rule(p->pool, program, wanted));
    for (size_t i = 0; i < rule->nodes; i++)
        if (used[i] && has_operands(rule, c.of_rule, i))
            (void)runs(&c, evaluate_rule, i);
    used = sp_nodes_used(p->pool, program, wanted);
    for (size_t i = 0; i < program->nodes; i++)
        if (used[i] && has_operands(program, c.of_program, i) && runs(&c, evaluate_program, i))
            (void)runs(&c, name_program, i);
    for (size_t k = 0; k < program->results; k++)
        proved[k] = wanted[k] && c.of_program[program->result[k].node] && runs(&c, compare_result, k) &&
                    c.left && is_equal(&c, c.left, c.right);
    p->named = c.of_program;
    p->rule_named = c.of_rule;
}
