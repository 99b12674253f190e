/* The unsharded network: shapes, forward pass, loss, and the chain rule down to every gradient. All
 * of it is read from the delta rule's program and the prover's symbolic differentiation. */
#include "derive/derivation.h"
#include "derive/matrix_form.h"

#include <string.h>

static const sp_math *sym(sp_derive *d, const char *text)
{
    return sp_math_symbol(d->pool, text);
}

static const sp_math *shape(sp_derive *d, const sp_layout *layout)
{
    sp_drawing whole = {d->pool, d->delta, d->drawing.ownership, true};
    return sp_size_math(&whole, layout, -1, 0);
}

static const sp_math *case_shape(sp_derive *d, const sp_layout *layout)
{
    const sp_math *item[2] = {NULL, NULL};
    for (unsigned i = 0; i < layout->order; i++)
        item[i] = sp_math_count(d->pool, d->of->dim[layout->part[i].dim]);
    return sp_math_list(d->pool, SP_MATH_RELATION, "×", item, layout->order);
}

/* ---- shapes ---- */

static void write_shapes(sp_derive *d)
{
    static const sp_sentence tensor_meaning[SP_TENSOR_COUNT] = {
#define X(id, name, first, second, kind) SP_SAY_TENSOR_##id,
        SP_TENSORS(X)
#undef X
    };
    static const sp_sentence result_meaning[SP_RESULT_COUNT] = {
#define X(id, name, first, second, meaning, of) SP_SAY_RESULT_##id,
        SP_RESULTS(X)
#undef X
    };
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_SHAPES));
    SAY(d, SP_SAY_SHAPES_NETWORK, sym(d, "X"), sym(d, "N"), sym(d, "Y"));
    SAY(d, SP_SAY_SHAPES_LAYER, sym(d, "W1"), sym(d, "W2"), sym(d, "b1"), sym(d, "b2"),
        sym(d, "sigma"), sym(d, "g"));
    sp_grid *grid = sp_document_table(
        d->doc, NULL, d->of ? 4 : 3, sp_say(d->pool, SP_SAY_COLUMN_TENSOR),
        sp_say(d->pool, SP_SAY_COLUMN_SHAPE),
        d->of ? sp_say(d->pool, SP_SAY_COLUMN_CASE_SHAPE) : sp_say(d->pool, SP_SAY_COLUMN_MEANING),
        sp_say(d->pool, SP_SAY_COLUMN_MEANING));
    for (int k = 0; k < SP_TENSOR_COUNT + SP_RESULT_COUNT; k++) {
        bool tensor = k < SP_TENSOR_COUNT;
        int r = k - SP_TENSOR_COUNT;
        sp_layout layout = tensor ? sp_mlp.tensor[k].whole : sp_mlp.result[r].whole;
        const char *name = tensor ? sp_mlp.tensor[k].name : sp_mlp.result[r].name;
        sp_grid_add(d->pool, grid, sp_argument_math(sym(d, name)));
        sp_grid_add(d->pool, grid, sp_argument_math(shape(d, &layout)));
        if (d->of)
            sp_grid_add(d->pool, grid, sp_argument_math(case_shape(d, &layout)));
        sp_grid_add(d->pool, grid,
                    sp_argument_phrase(
                        sp_say(d->pool, tensor ? tensor_meaning[k] : result_meaning[r])));
    }
    sp_derive_input_numbers(d);
}

/* ---- forward pass ---- */

/* Whether a vector is added to every row somewhere in the statement. */
static bool adds_vector(const sp_program *p, int node)
{
    const sp_node *n = &p->node[node];
    if ((n->op != SP_OP_ADD && n->op != SP_OP_SUB) || n->layout.order != 2)
        return false;
    return p->node[n->operand[0]].layout.order == 1 || p->node[n->operand[1]].layout.order == 1;
}

/* f(z) = ..., f'(z) = ... with a case */
static void write_function(sp_derive *d, const char *name, const char *prime,
                           const sp_formula *f, const sp_formula *slope)
{
    const sp_math *argument[2] = {sym(d, f->variables == 1 ? "z" : "a"),
                                  f->variables == 1 ? NULL : sym(d, "y")};
    for (int k = 0; k < 2; k++) {
        const sp_math *left = sp_math_of(d->pool, SP_MATH_APPLY, sym(d, k ? prime : name),
                                         argument[0], argument[1]);
        sp_document_formula(d->doc, sp_math_equals(d->pool, left,
                                                   sp_formula_math(d->pool, d->program->of, k ? slope : f,
                                                                   argument)));
    }
}

/* The value of a statement entry by entry, with the values before it by name. */
typedef struct entries {
    sp_derive *d;
    const sp_expression *e;
    const sp_layout *layout;
    const char *name;
    const sp_math *out;
} entries;

static void write_entries(void *argument)
{
    entries *w = argument;
    const sp_expression *rule[SP_RESULT_COUNT];
    memcpy(rule, w->d->gradient->rule, sizeof rule);
    sp_result self = (sp_result)sp_signature_result(&sp_mlp, w->name);
    for (sp_result r = self; r < SP_RESULT_COUNT; r++)
        rule[r] = NULL; /* itself and what comes later is no name for it */
    sp_indexing in = {w->d->pool, w->d->gradient->algebra, w->d->gradient->program, rule, NULL};
    const sp_math *left = sp_place_math(&in, sp_math_symbol(w->d->pool, w->name), w->layout);
    w->out = sp_math_equals(w->d->pool, left, sp_index_math(&in, w->e));
}

static void write_forward(sp_derive *d)
{
    const sp_program *p = d->delta;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_FORWARD));
    SAY(d, SP_SAY_FORWARD_INTRO);
    bool vector = false;
    for (size_t s = 0; s < p->statements && !p->statement[s].backward; s++) {
        const sp_statement *st = &p->statement[s];
        sp_document_formula(d->doc, sp_math_equals(d->pool, sym(d, st->name),
                                                   sp_statement_math(&d->whole, s)));
        vector = vector || adds_vector(p, st->node);
    }
    if (vector)
        PARAGRAPH(d, SP_SAY_FORWARD_BIAS);
    SAY(d, SP_SAY_FORWARD_ENTRIES);
    for (size_t s = 0; s < p->statements && !p->statement[s].backward; s++) {
        const sp_statement *st = &p->statement[s];
        sp_result r = (sp_result)sp_signature_result(&sp_mlp, st->name);
        entries w = {d, d->gradient->rule[r], &p->node[st->node].layout, st->name, NULL};
        if (sp_algebra_run(d->gradient->algebra, write_entries, &w) != SP_PROOF_NO_LIMIT)
            sp_pool_fail(d->pool, SP_INTERNAL);
        sp_document_formula(d->doc, w.out);
    }
    for (size_t s = 0; s < p->statements && !p->statement[s].backward; s++)
        sp_derive_whole_numbers(d, (sp_result)sp_signature_result(&sp_mlp, p->statement[s].name));
    if (!d->of)
        return;
    const sp_network_function *sigma = &d->network->own[SP_MLP_SIGMA], *g = &d->network->own[SP_MLP_G];
    PARAGRAPH(d, SP_SAY_FUNCTIONS, sigma->name, sym(d, "sigma"), g->name, sym(d, "g"));
    write_function(d, "sigma", "sigma'", &sigma->value, &sigma->slope);
    write_function(d, "g", "g'", &g->value, &g->slope);
}

/* ---- the loss ---- */

static void index_of_loss(void *argument)
{
    entries *w = argument;
    sp_indexing in = {w->d->pool, w->d->gradient->algebra, w->d->gradient->program, NULL, NULL};
    w->out = sp_index_math(&in, w->e);
}

static void write_loss(sp_derive *d)
{
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_LOSS));
    SAY(d, SP_SAY_LOSS_INTRO, sym(d, "L"));
    entries w = {.d = d, .e = d->gradient->loss};
    if (sp_algebra_run(d->gradient->algebra, index_of_loss, &w) != SP_PROOF_NO_LIMIT)
        sp_pool_fail(d->pool, SP_INTERNAL);
    sp_document_formula(d->doc, sp_math_equals(d->pool, sym(d, "L"), w.out));
    if (d->of) {
        const sp_network_function *loss = &d->network->own[SP_MLP_LOSS];
        PARAGRAPH(d, SP_SAY_LOSS_CASE, loss->name, sym(d, "loss'"));
        write_function(d, "loss", "loss'", &loss->value, &loss->slope);
    } else {
        PARAGRAPH(d, SP_SAY_LOSS_ANY, sym(d, "loss"), sym(d, "loss'"));
    }
}

/* ---- the chain rule ---- */

typedef struct chain {
    sp_derive *d;
    const sp_gradient_step *s;
    const sp_math *slope[SP_RESULT_COUNT]; /* what dL/d(value) is called so far */
    const sp_math *form[SP_RESULT_COUNT];  /* its matrix form */
    /* what a step's rewriting in the algebra gives */
    const sp_math *local, *entry;
    sp_form named, expanded;
    bool explained[SP_SENTENCE_COUNT]; /* what a sign means was said */
} chain;

static const char *entry_name(unsigned of)
{
    return of >= SP_ENTRY_VALUE ? sp_mlp.result[of - SP_ENTRY_VALUE].name
                                : sp_mlp.tensor[of].name;
}

static sp_layout entry_layout(unsigned of)
{
    return of >= SP_ENTRY_VALUE ? sp_mlp.result[of - SP_ENTRY_VALUE].whole
                                : sp_mlp.tensor[of].whole;
}

/* dL/dW2[k,o] */
static const sp_math *slope_entry(chain *c, const sp_indexing *in, unsigned of)
{
    sp_layout layout = entry_layout(of);
    const sp_math *name = sym(c->d, entry_name(of));
    return sp_math_of(c->d->pool, SP_MATH_SLOPE, sym(c->d, "L"), sp_place_math(in, name, &layout),
                      NULL);
}

/* Whether the derivative is 0 but where indices agree. */
static bool has_condition(const sp_expression *e)
{
    for (size_t t = 0; t < e->terms; t++)
        for (size_t i = 0; i < e->term[t].monomial->factors; i++)
            if (e->term[t].monomial->factor[i].factor->kind < SP_FACTOR_ENTRY)
                return true;
    return false;
}

static void rewrite_step(void *argument)
{
    chain *c = argument;
    sp_pool *pool = c->d->pool;
    const sp_gradient_step *s = c->s;
    sp_indexing in = {pool, c->d->gradient->algebra, c->d->gradient->program, NULL, c->slope};
    c->local = sp_index_math(&in, s->local);
    c->entry = sp_index_math(&in, s->slope);
    sp_layout layout = entry_layout(s->of);
    sp_variable place[2] = {0, 0};
    for (unsigned i = 0; i < layout.order; i++)
        place[i] = sp_variable_place(i, layout.part[i].dim);
    c->named = sp_form_of(pool, s->slope, layout.order, place, c->slope);
    c->expanded = sp_form_of(pool, s->slope, layout.order, place, c->form);
}

/* The index letters of a value that the derivative goes through: n, and p where o is taken. */
static const sp_math *through_entry(chain *c, const sp_gradient_step *s, const sp_math **index,
                                    size_t *count)
{
    static const char *const letters[SP_DIM_COUNT][2] = {
        {"n", "m"}, {"i", "j"}, {"k", "l"}, {"o", "p"}};
    sp_layout own = entry_layout(s->of), by = sp_mlp.result[s->by].whole;
    const sp_math *item[3] = {sym(c->d, sp_mlp.result[s->by].name)};
    *count = by.order;
    for (unsigned i = 0; i < by.order; i++) {
        bool taken = false;
        for (unsigned k = 0; k < own.order; k++)
            taken = taken || own.part[k].dim == by.part[i].dim;
        index[i] = sp_math_index(c->d->pool, letters[by.part[i].dim][taken ? 1 : 0]);
        item[i + 1] = index[i];
    }
    return sp_math_list(c->d->pool, SP_MATH_ENTRY, NULL, item, by.order + 1U);
}

static bool first_time(chain *c, sp_sentence sentence)
{
    bool first = !c->explained[sentence];
    c->explained[sentence] = true;
    return first;
}

/* dL/dW2[k,o] = sum(n, p) dL/dZ2[n,p] dZ2[n,p]/dW2[k,o], and what its factors are */
static void write_chain_rule(chain *c, const sp_indexing *in)
{
    sp_derive *d = c->d;
    const sp_gradient_step *s = c->s;
    sp_layout layout = entry_layout(s->of);
    const sp_math *by = sym(d, sp_mlp.result[s->by].name), *index[2];
    size_t count;
    const sp_math *through = through_entry(c, s, index, &count);
    const sp_math *own = sp_place_math(in, sym(d, entry_name(s->of)), &layout);
    const sp_math *outer = sp_math_of(d->pool, SP_MATH_SLOPE, sym(d, "L"), through, NULL);
    const sp_math *inner = sp_math_of(d->pool, SP_MATH_SLOPE, through, own, NULL);
    const sp_math *under[3] = {sp_math_of(d->pool, SP_MATH_PRODUCT, outer, inner, NULL), index[0],
                               index[1]};
    SAY(d, SP_SAY_CHAIN_THROUGH, sym(d, entry_name(s->of)), by);
    sp_document_formula(d->doc,
                        sp_math_equals(d->pool, slope_entry(c, in, s->of),
                                       sp_math_list(d->pool, SP_MATH_BIG, "sum", under,
                                                    count + 1)));
    PARAGRAPH(d, SP_SAY_CHAIN_LOCAL, by);
    sp_document_formula(d->doc, sp_math_equals(d->pool, inner, c->local));
    if (!has_condition(s->local))
        PARAGRAPH(d, SP_SAY_CHAIN_SO);
    else if (first_time(c, SP_SAY_CHAIN_BRACKET))
        PARAGRAPH(d, SP_SAY_CHAIN_BRACKET);
    else
        PARAGRAPH(d, SP_SAY_CHAIN_LEFT);
    sp_document_formula(d->doc,
                        sp_math_equals(d->pool, slope_entry(c, in, s->of), c->entry));
}

static sp_sentence why_form(sp_form_kind kind)
{
    switch (kind) {
    case SP_FORM_PRODUCT: return SP_SAY_FORM_PRODUCT;
    case SP_FORM_HADAMARD: return SP_SAY_FORM_HADAMARD;
    case SP_FORM_TOTAL: return SP_SAY_FORM_TOTAL;
    default: return SP_SAY_FORM_ENTRIES;
    }
}

/* What the matrix form is, its signs explained when they first stand. */
static void write_why(chain *c)
{
    sp_derive *d = c->d;
    sp_sentence why = why_form(c->named.kind);
    const sp_math *a = sp_math_word(d->pool, "A"), *all = sp_math_index(d->pool, ":");
    if (!first_time(c, why) || why == SP_SAY_FORM_ENTRIES)
        SAY(d, why);
    else if (why == SP_SAY_FORM_PRODUCT)
        SAY(d, SP_SAY_FORM_PRODUCT_FIRST, sp_math_of(d->pool, SP_MATH_TRANSPOSE, a, NULL, NULL),
            a);
    else if (why == SP_SAY_FORM_HADAMARD)
        SAY(d, SP_SAY_FORM_HADAMARD_FIRST);
    else
        SAY(d, SP_SAY_FORM_TOTAL_FIRST, all);
}

static const sp_phrase *step_heading(sp_derive *d, const sp_gradient_step *s)
{
    const sp_math *slope = sp_math_of(d->pool, SP_MATH_SLOPE, sym(d, "L"),
                                      sym(d, entry_name(s->of)), NULL);
    if (s->result == SP_RESULT_D2 || s->result == SP_RESULT_D1)
        return sp_say(d->pool, SP_SAY_HEADING_ERROR_TERM, sym(d, sp_mlp.result[s->result].name),
                      slope);
    return sp_say(d->pool, SP_SAY_HEADING_SLOPE, slope);
}

/* The statement of the delta rule that computes a result. */
static const sp_statement *rule_statement(const sp_program *p, sp_result result)
{
    for (size_t s = 0; s < p->statements; s++)
        if (strcmp(p->statement[s].name, sp_mlp.result[result].name) == 0)
            return &p->statement[s];
    return NULL;
}

static void write_form(chain *c)
{
    sp_derive *d = c->d;
    const sp_gradient_step *s = c->s;
    const sp_math *left = sp_math_of(d->pool, SP_MATH_SLOPE, sym(d, "L"),
                                     sym(d, entry_name(s->of)), NULL);
    bool error_term = s->result == SP_RESULT_D2 || s->result == SP_RESULT_D1;
    if (s->result >= 0) {
        const sp_math *item[2] = {sym(d, sp_mlp.result[s->result].name), left};
        left = sp_math_list(d->pool, SP_MATH_RELATION, "=", item, 2);
    }
    if (c->named.kind == SP_FORM_NONE) {
        SAY(d, SP_SAY_FORM_NONE);
        return;
    }
    if (error_term)
        PARAGRAPH(d, SP_SAY_ERROR_TERM, sym(d, sp_mlp.result[s->result].name));
    write_why(c);
    sp_document_formula(d->doc, sp_math_equals(d->pool, left, c->named.math));
    sp_text one = sp_text_in(d->pool), two = sp_text_in(d->pool);
    sp_math_write_text(&one, c->named.math, true);
    sp_math_write_text(&two, c->expanded.math, true);
    if (strcmp(sp_text_string(&one), sp_text_string(&two)) != 0)
        sp_document_equals(d->doc, c->expanded.math);
}

static void write_step(chain *c)
{
    sp_derive *d = c->d;
    const sp_gradient_step *s = c->s;
    if (sp_algebra_run(d->gradient->algebra, rewrite_step, c) != SP_PROOF_NO_LIMIT)
        sp_pool_fail(d->pool, SP_INTERNAL);
    sp_document_section(d->doc, 3, step_heading(d, s));
    sp_indexing in = {d->pool, d->gradient->algebra, d->gradient->program, NULL, c->slope};
    if (s->by >= 0) {
        write_chain_rule(c, &in);
    } else {
        SAY(d, SP_SAY_CHAIN_LOSS, sym(d, entry_name(s->of)));
        sp_document_formula(d->doc, sp_math_equals(d->pool, slope_entry(c, &in, s->of), c->entry));
    }
    write_form(c);
    const sp_statement *st = s->result >= 0 ? rule_statement(d->delta, (sp_result)s->result) : NULL;
    if (st && s->proved)
        PARAGRAPH(d, SP_SAY_FORM_IS_RULE, sp_derive_source(d, st->span));
    if (s->result >= 0)
        sp_derive_whole_numbers(d, (sp_result)s->result);
    if (s->of < SP_ENTRY_VALUE)
        return;
    sp_result of = (sp_result)(s->of - SP_ENTRY_VALUE);
    c->form[of] = c->expanded.math ? c->expanded.math : c->named.math;
    if (s->result >= 0)
        c->slope[of] = c->form[of] = sym(d, sp_mlp.result[s->result].name);
}

static void write_backward(sp_derive *d)
{
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_BACKWARD));
    SAY(d, SP_SAY_BACKWARD_GRADIENT, sym(d, "L"));
    SAY(d, SP_SAY_BACKWARD_CHAIN, sym(d, "L"));
    SAY(d, SP_SAY_BACKWARD_ORDER);
    chain c = {.d = d};
    for (size_t i = 0; i < d->gradient->steps; i++) {
        c.s = &d->gradient->step[i];
        write_step(&c);
    }
    sp_document_section(d->doc, 3, sp_say(d->pool, SP_SAY_HEADING_RULE));
    SAY(d, d->gradient->proved ? SP_SAY_RULE_PROVED : SP_SAY_RULE_SUMMARY);
    for (size_t s = 0; s < d->delta->statements; s++)
        if (d->delta->statement[s].backward)
            sp_document_formula(d->doc,
                                sp_math_equals(d->pool, sym(d, d->delta->statement[s].name),
                                               sp_statement_math(&d->whole, s)));
}

void sp_derive_rule(sp_derive *d)
{
    write_shapes(d);
    write_forward(d);
    write_loss(d);
    write_backward(d);
}
