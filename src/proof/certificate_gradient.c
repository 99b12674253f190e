#include "proof/certificate_gradient.h"

#include "proof/certificate_text.h"
#include "proof/certificate_world.h"

#include <string.h>

typedef struct gradient_part {
    sp_certificate_writer c;         /* of the delta rule: its rank is what computes it */
    const sp_program *rule, *loss;   /* loss: the forward pass and, last, the loss */
    sp_formula_writer forward, dual; /* of loss; dual: over dual numbers */
    size_t values;                   /* statements of the forward pass */
    size_t loss_number;              /* of the loss, among the statements of the data */
    bool still_tensor[SP_MAX_TENSORS];
    bool *still;                     /* [node of loss]: it does not move */
} gradient_part;

/* ---- what moves ---- */

/* Tensors in second arguments of functions do not: there is no derivative by these. */
static void find_still(gradient_part *g)
{
    const sp_program *p = g->loss;
    bool *second = SP_NEW_ARRAY(g->c.pool, bool, p->nodes + 1);
    for (size_t i = p->nodes; i-- > 0;) {
        const sp_node *n = &p->node[i];
        for (int k = 0; k < 2; k++)
            if (n->operand[k] >= 0 && (second[i] || (n->op == SP_OP_APPLY && k == 1)))
                second[n->operand[k]] = true;
        if (n->op == SP_OP_LOAD && second[i])
            g->still_tensor[n->tensor] = true;
    }
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        g->still[i] = n->op != SP_OP_LOAD || g->still_tensor[n->tensor];
        for (int k = 0; k < 2; k++)
            g->still[i] = g->still[i] && (n->operand[k] < 0 || g->still[n->operand[k]]);
    }
}

/* Whether the rule may have the value of a statement where the derivative has what it computes, or the other way round:
 * exp' = exp; another name of a value. */
static bool is_shown(const gradient_part *g, size_t statement)
{
    const int node = g->rule->statement[statement].node;
    const sp_node *n = &g->rule->node[node];
    if (g->c.rule.statement_of[node] < (int)statement) /* statements are 10,000 at most */
        return true;
    if (statement >= g->values)
        return false;
    switch (n->op) {
    case SP_OP_SOFTMAX: return true;
    case SP_OP_DIV: return !g->still[g->loss->node[g->loss->statement[statement].node].operand[1]];
    case SP_OP_APPLY:
        return sp_applies(n, SP_ELEMENTARY_EXP) || sp_applies(n, SP_ELEMENTARY_SQRT) ||
               sp_applies(n, SP_ELEMENTARY_RSQRT) || sp_applies(n, SP_ELEMENTARY_TANH);
    default: return false;
    }
}

/* ---- gradients ---- */

/* The statement that computes the gradient of a value or tensor; -1: there is none. */
static int gradient_of(const gradient_part *g, const char *name)
{
    const char *gradient = sp_pool_format(g->c.pool, "d%s", name);
    for (size_t s = 0; s < g->rule->statements; s++)
        if (g->rule->statement[s].backward && strcmp(g->rule->statement[s].name, gradient) == 0)
            return (int)s; /* statements are 10,000 at most */
    return -1;
}

/* The place of a statement's value where its dimensions are those of what it is the gradient of, in that order: the
 * rule's results have them so. A statement of the forward pass has its own. */
static sp_formula_place begin_statement(gradient_part *g, size_t statement)
{
    const sp_program *p = g->rule;
    const sp_statement *s = &p->statement[statement];
    for (size_t k = 0; k < p->results && s->backward; k++) {
        const sp_node *turned = &p->node[p->result[k].node];
        if (strcmp(p->of->result[p->result[k].result].name, s->name) != 0)
            continue;
        const sp_formula_place whole = sp_formula_begin(&g->c.rule, &p->result[k].declared);
        sp_formula_place at = whole;
        for (unsigned i = 0; i < turned->layout.order && p->result[k].node != s->node; i++)
            at.index[i] = whole.index[turned->to[0][i]];
        return at;
    }
    return sp_formula_begin(&g->c.rule, &p->node[s->node].layout);
}

/* ---- definitions ---- */

static const char *binders(const gradient_part *g, const sp_layout *layout, const sp_formula_place *at)
{
    sp_text names = sp_text_in(g->c.pool);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&names, "%s%s", d ? " " : "", at->index[d].name);
    return names.length ? sp_pool_format(g->c.pool, " (%s : nat)", sp_text_string(&names)) : "";
}

static void add_definition(gradient_part *g, const sp_formula_writer *w, const char *statement, const sp_layout *layout,
                           const sp_formula_place *at)
{
    sp_certificate_writer *c = &g->c;
    const char *name = sp_pool_format(c->pool, "%s%s", sp_formula_prefix(w), statement);
    sp_text_format(c->out, "Definition %s%s : R :=\n  %s.\n", name, binders(g, layout, at), sp_text_string(&w->text));
    c->value[c->values++] = (sp_certificate_value){
        .name = name, .order = layout->order,
        .data = sp_pool_format(c->pool, "Statement %s [::]\n  %s", sp_formula_indices(w, layout, at),
                               sp_text_string(&w->data))};
}

static void add_rule(gradient_part *g)
{
    sp_text_add(g->c.out, "\n(* The delta rule. *)\n");
    for (size_t s = 0; s < g->rule->statements; s++) {
        const sp_statement *statement = &g->rule->statement[s];
        const sp_formula_place at = begin_statement(g, s);
        sp_formula_value(&g->c.rule, statement->node, s, &at);
        add_definition(g, &g->c.rule, statement->name, &g->rule->node[statement->node].layout, &at);
    }
    if (g->loss_number < g->rule->statements)
        return;
    const sp_statement *loss = &g->loss->statement[g->values]; /* under a name that nothing else has */
    const sp_formula_place at = sp_formula_begin(&g->forward, &g->loss->node[loss->node].layout);
    sp_formula_value(&g->forward, loss->node, g->values, &at);
    add_definition(g, &g->forward, loss->name, &g->loss->node[loss->node].layout, &at);
}

/*  id, what it is in terms of the function itself, as data */
#define SLOPES(X)                                            \
    X(STEP, "0", "Flat")                                     \
    X(EXP, "any_exp x", "Itself")                            \
    X(LOG, "x^-1", "Reciprocal")                             \
    X(SQRT, "(2%:R * any_sqrt x)^-1", "Root")                \
    X(RSQRT, "- (any_rsqrt x * any_rsqrt x * any_rsqrt x / 2%:R)", "Cube") \
    X(TANH, "1 - any_tanh x * any_tanh x", "Square")

typedef struct slope {
    sp_elementary function;
    const char *text, *data;
} slope;

static const slope slopes[] = {
#define X(id, text, data) {SP_ELEMENTARY_##id, text, data},
    SLOPES(X)
#undef X
};
enum { SLOPES = sizeof slopes / sizeof *slopes };

static bool uses(const gradient_part *g, sp_elementary function)
{
    for (size_t i = 0; i < g->loss->nodes; i++) {
        const sp_node *n = &g->loss->node[i];
        if (sp_applies(n, function) || (n->op == SP_OP_LOGSUMEXP && function == SP_ELEMENTARY_LOG) ||
            ((n->op == SP_OP_LOGSUMEXP || n->op == SP_OP_SOFTMAX) && function == SP_ELEMENTARY_EXP))
            return true;
    }
    return false;
}

static void add_slopes(gradient_part *g)
{
    sp_text_add(g->c.out, "\n(* Derivatives: of f it is f', but of these. *)\n");
    for (size_t i = 0; i < SLOPES; i++)
        if (uses(g, slopes[i].function))
            sp_text_format(g->c.out, "Definition %s (x : R) : R := %s.\n",
                           sp_formula_slope(g->c.pool, g->rule->of, (sp_function)slopes[i].function), slopes[i].text);
}

static void add_directions(gradient_part *g)
{
    const sp_signature *of = g->rule->of;
    sp_text_add(g->c.out, "\n(* The forward pass over dual numbers: along a direction of the tensors, but of those in "
                          "second arguments. *)\n");
    for (unsigned t = 0; t < of->tensors; t++) {
        const sp_layout *layout = &of->tensor[t].whole;
        const char *name = of->tensor[t].name;
        const sp_formula_place at = sp_formula_begin(&g->dual, layout);
        sp_text places = sp_text_in(g->c.pool);
        for (size_t d = 0; d < layout->order; d++)
            sp_text_format(&places, " %s", at.index[d].name);
        const char *entry = sp_pool_format(g->c.pool, "tensor_%s%s", name, sp_text_string(&places));
        if (!g->still_tensor[t]) {
            sp_text_format(g->c.out, "Variable tangent_%s : ", name);
            sp_text_add_repeated(g->c.out, "nat -> ", layout->order);
            sp_text_add(g->c.out, "R.\n");
        }
        sp_text_format(g->c.out, "Definition dual_%s%s : dual R := ", name, binders(g, layout, &at));
        if (g->still_tensor[t])
            sp_text_format(g->c.out, "steady (%s).\n", entry);
        else
            sp_text_format(g->c.out, "(%s, tangent_%s%s).\n", entry, name, sp_text_string(&places));
    }
}

static void add_duals(gradient_part *g)
{
    add_directions(g);
    for (size_t s = 0; s <= g->values; s++) {
        const sp_statement *statement = &g->loss->statement[s];
        const sp_layout *layout = &g->loss->node[statement->node].layout;
        const sp_formula_place at = sp_formula_begin(&g->dual, layout);
        sp_formula_value(&g->dual, statement->node, s, &at);
        sp_text_format(g->c.out, "Definition dual_%s%s : dual R :=\n  (%s)%%dual.\n", statement->name,
                       binders(g, layout, &at), sp_text_string(&g->dual.text));
    }
}

/* ---- the same as data ---- */

/* "[:: x; y] => name x y" */
static const char *row(const gradient_part *g, const char *name, size_t order)
{
    sp_text list = sp_text_in(g->c.pool), names = sp_text_in(g->c.pool);
    for (size_t i = 1; i <= order; i++) {
        sp_text_format(&list, "%s x%zu", i > 1 ? ";" : "", i);
        sp_text_format(&names, " x%zu", i);
    }
    return sp_pool_format(g->c.pool, "[::%s] => %s%s", sp_text_string(&list), name, sp_text_string(&names));
}

/* The number of a statement of the loss in the data. */
static size_t number_of(const gradient_part *g, size_t statement)
{
    return statement < g->values ? statement : g->loss_number;
}

static void add_tables(const gradient_part *g)
{
    const sp_signature *of = g->rule->of;
    sp_text_add(g->c.out, "Definition tangents (t : nat) (v : seq nat) : R :=\n  match t, v with ");
    for (unsigned t = 0; t < of->tensors; t++)
        if (!g->still_tensor[t])
            sp_text_format(g->c.out, "%u, %s | ", t,
                           row(g, sp_pool_format(g->c.pool, "tangent_%s", of->tensor[t].name),
                               of->tensor[t].whole.order));
    sp_text_add(g->c.out, "_, _ => 0 end.\nDefinition duals (s : nat) (v : seq nat) : dual R :=\n  match s, v with ");
    for (size_t s = 0; s <= g->values; s++)
        sp_text_format(g->c.out, "%zu, %s | ", number_of(g, s),
                       row(g, sp_pool_format(g->c.pool, "dual_%s", g->loss->statement[s].name),
                           g->loss->node[g->loss->statement[s].node].layout.order));
    sp_text_add(g->c.out, "_, _ => steady 0 end.\n");
}

/* Items of a list, by "; ". */
static void add_item(sp_text *list, const char *item)
{
    sp_text_format(list, "%s%s", list->length ? "; " : " ", item);
}

static void add_derived(gradient_part *g)
{
    const sp_signature *of = g->rule->of;
    sp_pool *pool = g->c.pool;
    sp_text still = sp_text_in(pool), fixed = sp_text_in(pool), shown = sp_text_in(pool), values = sp_text_in(pool),
            tensors = sp_text_in(pool);
    for (size_t s = 0; s < g->values; s++) {
        const sp_statement *statement = &g->loss->statement[s];
        const int gradient = gradient_of(g, statement->name);
        if (g->still[statement->node])
            add_item(&still, sp_pool_format(pool, "%zu", s));
        if (gradient >= 0)
            add_item(&values, sp_pool_format(pool, "(%zu, %d)", s, gradient));
    }
    for (size_t s = 0; s < g->rule->statements; s++)
        if (is_shown(g, s))
            add_item(&shown, sp_pool_format(pool, "%zu", s));
    for (unsigned t = 0; t < of->tensors; t++) {
        const int gradient = gradient_of(g, of->tensor[t].name);
        const sp_formula_place at = sp_formula_begin(&g->c.rule, &of->tensor[t].whole);
        if (g->still_tensor[t])
            add_item(&fixed, sp_pool_format(pool, "%u", t));
        if (gradient >= 0)
            add_item(&tensors, sp_pool_format(pool, "((%u, %d), %s)", t, gradient,
                                              sp_formula_indices(&g->c.rule, &of->tensor[t].whole, &at)));
    }
    sp_text_format(g->c.out,
                   "Local Open Scope nat_scope.\n"
                   "Definition derived : rule := Rule steps %zu %zu [::%s] [::%s] [::%s]\n  [::%s]\n  [::%s]\n"
                   "  %u (fun s => match s with ",
                   g->values, g->loss_number, sp_text_string(&still), sp_text_string(&fixed), sp_text_string(&shown),
                   sp_text_string(&values), sp_text_string(&tensors), sp_formula_reciprocal(of));
    for (size_t i = 0; i < SLOPES; i++)
        if (uses(g, slopes[i].function))
            sp_text_format(g->c.out, "%u => %s | ",
                           sp_formula_symbol(of, (sp_function)slopes[i].function, false), slopes[i].data);
    sp_text_format(g->c.out, "_ => Prime end) %zu least_sizes.\nLocal Open Scope ring_scope.\n", of->dims);
}

/* ---- the theorem ---- */

/* "(\sum_(i_D < size_D) rule_dW i_D * tangent_W i_D)" */
static const char *share_of(gradient_part *g, unsigned tensor, size_t gradient)
{
    const sp_signature *of = g->rule->of;
    const sp_layout *layout = &of->tensor[tensor].whole;
    const sp_formula_place whole = sp_formula_begin(&g->c.rule, layout), at = begin_statement(g, gradient);
    sp_text text = sp_text_in(g->c.pool);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&text, "\\sum_(%s < %s) ", whole.index[d].name,
                       sp_formula_dim(g->c.pool, of, layout->part[d].dim));
    sp_text_format(&text, "rule_%s", g->rule->statement[gradient].name);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&text, " %s", at.index[d].name);
    sp_text_format(&text, " * tangent_%s", of->tensor[tensor].name);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&text, " %s", whole.index[d].name);
    return sp_pool_format(g->c.pool, "(%s)", sp_text_string(&text));
}

static void add_theorem(gradient_part *g)
{
    sp_text *out = g->c.out;
    const sp_signature *of = g->rule->of;
    size_t terms = 0, still = 0;
    sp_text sum = sp_text_in(g->c.pool);
    for (unsigned t = 0; t < of->tensors; t++) {
        const int gradient = gradient_of(g, of->tensor[t].name);
        still += g->still_tensor[t];
        if (gradient < 0)
            continue;
        sp_text_format(&sum, "%s%s", terms ? "\n    + (" : "", share_of(g, t, (size_t)gradient));
        terms++;
    }
    sp_text_add_repeated(&sum, ")", terms ? terms - 1 : 0);
    for (size_t s = 0; s <= g->values; s++)
        sp_text_format(out,
                       "Lemma dual_%s'moves : moves here derived tangents duals %zu%%N.\n"
                       "Proof. exact (fun e => erefl _). Qed.\n",
                       g->loss->statement[s].name, number_of(g, s));
    sp_text_format(out,
                   "Lemma adjoint_checked : adjoint derived.\nProof. by vm_compute. Qed.\n"
                   "(* How the loss moves is what the rule's gradients say, for every direction. *)\n"
                   "Theorem delta_rule_is_the_gradient :\n  dual_%s.2 =\n    %s.\n"
                   "Proof.\nexact (@is_gradient R here derived tangents duals (fun _ _ => erefl _)\n  ",
                   g->loss->statement[g->values].name, terms ? sp_text_string(&sum) : "0");
    sp_text_add_repeated(out, "(conj (fun _ => erefl _) ", still);
    sp_text_add(out, "I");
    sp_text_add_repeated(out, ")", still);
    sp_text_add(out, " (erefl _) (erefl _) populates computed\n  ");
    for (size_t s = 0; s <= g->values; s++)
        sp_text_format(out, "(conj dual_%s'moves ", g->loss->statement[s].name);
    sp_text_add(out, "I");
    sp_text_add_repeated(out, ")", g->values + 1);
    sp_text_add(out, " adjoint_checked).\nQed.\n");
}

void sp_certificate_add_gradient(sp_pool *pool, const sp_signature *of, sp_text *out)
{
    const sp_program *rule = of->rule, *loss = of->loss;
    const sp_program *const both[] = {rule, loss};
    gradient_part g = {.c = {.pool = pool, .program = rule, .delta_rule = rule, .out = out, .forgets = true,
                             .rule = sp_formula_writer_open(pool, rule, false, 0),
                             .rank = sp_formula_writer_open(pool, rule, false, 0)},
                       .rule = rule, .loss = loss,
                       .forward = sp_formula_writer_open(pool, loss, false, 0),
                       .dual = sp_formula_writer_open(pool, loss, false, 0),
                       .values = loss->statements - 1,
                       .still = SP_NEW_ARRAY(pool, bool, loss->nodes)};
    const bool named = g.values < rule->statements && !rule->statement[g.values].backward;
    g.loss_number = named ? g.values : rule->statements;
    g.c.rule.fractions = g.forward.fractions = g.dual.fractions = g.dual.dual = true;
    g.c.value = SP_NEW_ARRAY(pool, sp_certificate_value, rule->statements + 1);
    find_still(&g);
    sp_certificate_find_others(&g.c, both, 2);
    for (size_t i = 0; i < loss->nodes; i++)
        if (sp_certificate_is_other(&loss->node[i]) && loss->node[i].function >= (sp_function)SP_ELEMENTARY_ERF)
            sp_certificate_add_other(&g.c, loss->node[i].function, true);
    sp_certificate_open_part(&g.c, "Gradient", "realFieldType");
    add_rule(&g);
    add_slopes(&g);
    add_duals(&g);
    sp_text_add(out, "\n(* The same as data, and what the data are about. *)");
    sp_certificate_add_world(&g.c);
    add_tables(&g);
    add_derived(&g);
    add_theorem(&g);
    sp_certificate_close_part(&g.c, "Gradient");
}

const char *sp_certificate_no_gradient(const sp_signature *of)
{
    return of->sums_softmax ? "its delta rule uses that a softmax sums to 1, which no certificate knows" : NULL;
}

const char *sp_certificate_of_network(sp_pool *pool, const sp_signature *of)
{
    sp_text out = sp_text_in(pool);
    sp_text_format(&out,
                   "(* That the delta rule of the network %s is the gradient of its loss.\n"
                   "   To check: coqc FILE, with math-comp's ssreflect and algebra. It computes; it looks for no\n"
                   "   proof. To read: the module Gradient. It says what the delta rule is, and what the forward\n"
                   "   pass is over dual numbers. Its theorem says that the loss moves along any direction by the\n"
                   "   sum of the rule's gradients times the direction: over every ordered field (the real numbers\n"
                   "   are one), for all sizes, data and functions. Nothing is used of any_NAME, any function in\n"
                   "   the place of NAME.\n"
                   "   Before it stands what is the same for every network: what formulas as data mean, how they\n"
                   "   are brought to a normal form, dual numbers, and the proof that reverse mode is right. *)\n",
                   of->name);
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "rules"));
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "adjoint"));
    sp_certificate_add_gradient(pool, of, &out);
    sp_text_add(&out, "\nDefinition theorems := (@Gradient.delta_rule_is_the_gradient).\n"
                      "Print Assumptions theorems.\n");
    return sp_text_string(&out);
}
