#include "proof/explain.h"

#include <string.h>

sp_showing sp_proof_showing(const sp_proof *proof)
{
    return (sp_showing){proof->pool, proof->algebra, proof->program, proof->rule};
}

static const char *formula(const sp_proof *proof, const sp_expression *e)
{
    sp_text text = sp_text_in(proof->pool);
    sp_showing showing = sp_proof_showing(proof);
    sp_show_expression(&text, &showing, e);
    return sp_text_string(&text);
}

/* "a", "a and b", "a, b and c" */
static void add_list_item(sp_text *out, size_t at, size_t count, const char *item)
{
    sp_text_add(out, at == 0 ? "" : at + 1 == count ? " and " : ", ");
    sp_text_add(out, item);
}

static const char *result_name(const sp_proof *p, sp_result result)
{
    return p->program->of->result[result].name;
}

/* ---- theorems ---- */

static void add_results(sp_text *out, const sp_proof *p)
{
    size_t proved = 0, at = 0;
    for (size_t i = 0; i < p->results; i++)
        proved += p->result[i].status == SP_PROVE_PROVED;
    for (size_t i = 0; i < p->results; i++)
        if (p->result[i].status == SP_PROVE_PROVED)
            add_list_item(out, at++, proved, result_name(p, p->result[i].result));
}

/* Whether it depends on who owns what, and on no data: an empty part may make it 0. */
static bool is_count(const sp_expression *e, bool *owned)
{
    for (size_t t = 0; t < e->terms; t++) {
        const sp_monomial *m = e->term[t].monomial;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (f->kind == SP_FACTOR_ENTRY ||
                (f->kind == SP_FACTOR_APPLY && f->is.apply.symbol != SP_SYMBOL_STEP))
                return false;
            if (f->kind == SP_FACTOR_APPLY && !is_count(f->is.apply.argument[0], owned))
                return false;
            if (f->kind == SP_FACTOR_INVERSE && !is_count(f->is.inverse, owned))
                return false;
            *owned = *owned || f->kind == SP_FACTOR_SAME_RANK;
        }
    }
    return true;
}

const sp_expression *sp_proof_count_divisor(const sp_proof *p, size_t *at)
{
    const sp_expression *const *divisor;
    const size_t divisors = sp_proof_divisors(p, &divisor);
    while (*at < divisors) {
        bool owned = false;
        const sp_expression *e = divisor[(*at)++];
        if (is_count(e, &owned) && owned)
            return e;
    }
    return NULL;
}

static void add_splits(sp_text *out, const sp_proof *p)
{
    sp_part *part;
    size_t parts = sp_program_parts(p->program, p->pool, &part);
    if (parts == 0)
        return;
    sp_text_add(out, "  every way of giving the indices of ");
    for (size_t i = 0; i < parts; i++)
        add_list_item(out, i, parts, sp_part_text(p->pool, p->program, &part[i]));
    size_t at = 0;
    const sp_expression *count = sp_proof_count_divisor(p, &at);
    if (!count) {
        sp_text_format(out, " to ranks: uneven, empty or cyclic parts, any function%s;\n",
                       p->program->assumptions ? " that keeps to what is assumed" : "");
        return;
    }
    sp_text_format(out, " to ranks: uneven or cyclic parts, any function for which no %s",
                   formula(p, count));
    while ((count = sp_proof_count_divisor(p, &at)))
        sp_text_format(out, ", no %s", formula(p, count));
    sp_text_add(out, " is 0;\n");
}

static const char *given(const sp_identities *known, sp_function f)
{
    return known ? known->name[f] : NULL;
}

/* What is proved of a function of one argument is proved of it and its derivative; of one of two arguments no value
 * but that of the loss itself is a result. */
static void add_functions(sp_text *out, const sp_signature *of, const sp_identities *known)
{
    size_t any = 0, at = 0;
    for (sp_function f = 0; f < of->functions; f++)
        if (given(known, f))
            sp_text_format(out, "  %s = %s;\n", of->function[f].name, given(known, f));
        else
            any++;
    for (sp_function f = 0; f < of->functions; f++) {
        const char *name = of->function[f].name;
        if (given(known, f))
            continue;
        sp_text_add(out, at == 0 ? "  all functions " : ", ");
        if (of->function[f].arguments == 1 || !sp_is_mlp(of))
            sp_text_format(out, "%s and ", name);
        sp_text_format(out, "%s'%s", name, ++at == any ? ".\n" : "");
    }
}

static void add_distributions(sp_text *out, const sp_signature *of)
{
    for (size_t t = 0; t < of->tensors; t++)
        if (of->tensor[t].distribution >= 0)
            sp_text_format(out, "Assumed: the sum of %s over %s is 1.\n", of->tensor[t].name,
                           sp_label_text(out->pool, of, &of->tensor[t].whole.part[of->tensor[t].distribution]));
}

const char *sp_proof_statement(const sp_proof *p, const sp_proof_result *r)
{
    if (r->status != SP_PROVE_PROVED)
        return sp_proof_cause(p, r);
    const sp_identities *known = p->identities;
    sp_text out = sp_text_in(p->pool);
    sp_text_format(&out, "%s is the delta rule's for all sizes, rank counts, splits and data",
                   result_name(p, r->result));
    const sp_signature *of = p->program->of;
    for (int pass = 0; pass < 2; pass++) { /* any functions, then given ones */
        bool first = true;
        for (sp_function f = 0; f < of->functions; f++)
            if ((given(known, f) != NULL) == (pass == 1)) {
                sp_text_add(&out, first ? pass ? ", with " : ", all " : ", ");
                sp_text_add(&out, of->function[f].name);
                if (pass)
                    sp_text_format(&out, " = %s", given(known, f));
                first = false;
            }
    }
    const sp_expression *const *divisor;
    bool *wanted = SP_NEW_ARRAY(p->pool, bool, p->results);
    wanted[r->declaration] = true;
    if (sp_proof_divisors_of(p, wanted, &divisor) > 0)
        sp_text_add(&out, ", where no divisor is 0");
    return sp_text_string(&out);
}

const char *sp_proof_theorem(const sp_proof *p)
{
    sp_text out = sp_text_in(p->pool);
    bool any = false;
    for (size_t i = 0; i < p->results; i++)
        any = any || p->result[i].status == SP_PROVE_PROVED;
    if (!any)
        return "";
    const sp_program *program = p->program;
    sp_text_format(&out, "Theorem. %s computes ", program->name);
    add_results(&out, p);
    sp_text_add(&out, " of the delta rule");
    if (!sp_is_mlp(program->of))
        sp_text_format(&out, " of network %s", program->of->name);
    sp_text_add(&out, ", in exact real arithmetic, on every rank, for\n  all sizes ");
    for (size_t d = 0; d < program->of->dims; d++)
        sp_text_format(&out, "%s%s", d ? ", " : "", program->of->dim[d]);
    sp_text_add(&out, " >= 1;\n");
    for (unsigned a = 0; a < program->axes; a++)
        sp_text_format(&out, "  every number of ranks on %s, at least %ld;\n",
                       program->axis_name[a], sp_algebra_least_ranks(p->algebra, a));
    add_splits(&out, p);
    for (size_t t = 0; t < program->of->tensors; t++)
        sp_text_format(&out, "%s%s", t ? ", " : "  all real ", program->of->tensor[t].name);
    sp_text_add(&out, program->of->functions ? ";\n" : ".\n");
    add_functions(&out, program->of, p->identities);
    add_distributions(&out, program->of);
    for (size_t i = 0; i < program->assumptions; i++)
        sp_text_format(&out, "Assumed by the scheme: %s %s\n",
                       sp_part_text(p->pool, program, &program->assumption[i].part),
                       program->assumption[i].kind == SP_ASSUME_EVEN ? "has equally many indices on every rank"
                                                                     : "is empty on no rank");
    const sp_expression *const *divisor;
    size_t divisors = sp_proof_divisors(p, &divisor);
    for (size_t i = 0; i < divisors; i++)
        sp_text_format(&out, "Assumed not to be 0, since it divides: %s\n",
                       formula(p, divisor[i]));
    size_t positives = sp_proof_positives(p, &divisor);
    for (size_t i = 0; i < positives; i++)
        sp_text_format(&out, "Assumed to be positive, under a root or in a logarithm: %s\n", formula(p, divisor[i]));
    sp_text_add(&out, sp_identities_text(p->pool, p->identities));
    return sp_text_string(&out);
}

/* ---- causes ---- */

static const char *axis_of(const sp_proof *p, int axis)
{
    return p->program->axis_name[axis];
}

/* Sums over which dimensions stop at this rank's own block, in a value that is right once summed
 * over an axis. */
static void add_blocks(sp_text *out, const sp_proof *p, const sp_cause *cause)
{
    bool said[SP_MAX_DIMS] = {false};
    sp_variable r = sp_variable_rank((unsigned)cause->axis);
    for (size_t t = 0; cause->part && t < cause->part->terms; t++) {
        const sp_monomial *m = cause->part->term[t].monomial;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (f->kind != SP_FACTOR_SAME_RANK || f->is.rank.left.variable != r ||
                f->is.rank.left.kind != SP_COORDINATE_RANK ||
                f->is.rank.right.kind != SP_COORDINATE_OWNER ||
                !sp_variable_in(m->summed, m->summations, f->is.rank.right.variable))
                continue;
            sp_dim dim = (sp_dim)sp_variable_sort(f->is.rank.right.variable);
            if (!said[dim])
                sp_text_format(out, "the sum over %s stops at rank r's own block: ",
                               p->program->of->dim[dim]);
            said[dim] = true;
        }
    }
}

static void add_cause(sp_text *out, const sp_proof *p, const sp_proof_result *r)
{
    const sp_cause *c = &r->cause;
    const sp_program *program = p->program;
    switch (c->kind) {
    case SP_CAUSE_NONE:
        break;
    case SP_CAUSE_LAYOUT: {
        const sp_result_decl *d = &program->result[r->declaration];
        sp_text_format(out, "it is declared as %s, but what is computed is %s",
                       sp_layout_text(p->pool, program, &d->declared),
                       sp_layout_text(p->pool, program, &program->node[d->node].layout));
        break;
    }
    case SP_CAUSE_COVER:
        sp_text_add(out, "an axis is used twice in its layout, so some entries are on no rank");
        break;
    case SP_CAUSE_MISSING_SUM:
        add_blocks(out, p, c);
        sp_text_format(out, "a sum over %s is missing (an all-reduce)", axis_of(p, c->axis));
        break;
    case SP_CAUSE_SUM_INSIDE:
        sp_text_add(out, "inside of a function ");
        add_blocks(out, p, c);
        sp_text_format(out, "a sum over %s is missing (an all-reduce)", axis_of(p, c->axis));
        break;
    case SP_CAUSE_WRONG_AXIS:
        add_blocks(out, p, c);
        sp_text_format(out, "a sum over %s is missing, ", axis_of(p, c->axis));
        if (c->ratio->term[0].monomial->size[SP_MAX_DIMS + c->axis2] > 0)
            sp_text_format(out, "and one over %s is there that should not be",
                           axis_of(p, c->axis2));
        else
            sp_text_format(out, "and it is divided by size(%s)", axis_of(p, c->axis2));
        break;
    case SP_CAUSE_PARTIAL_USED:
        sp_text_format(out, "it uses %s, which is right only as a sum over %s: that sum must come "
                            "first",
                       program->statement[c->used].name, axis_of(p, c->axis));
        break;
    case SP_CAUSE_SIGN:
        sp_text_add(out, "the sign is wrong");
        break;
    case SP_CAUSE_SIZE:
        if (c->ratio->term[0].monomial->size[SP_MAX_DIMS + c->axis] > 0)
            sp_text_format(out, "it is size(%s) times what it should be: summed over %s once too "
                                "often",
                           axis_of(p, c->axis), axis_of(p, c->axis));
        else
            sp_text_format(out, "it is 1/size(%s) of what it should be: a mean over %s in place of "
                                "a sum, or divided once too often",
                           axis_of(p, c->axis), axis_of(p, c->axis));
        break;
    case SP_CAUSE_FACTOR:
        sp_text_format(out, "it is %s times what it should be", formula(p, c->ratio));
        break;
    case SP_CAUSE_TERM_FACTOR:
        sp_text_format(out, "%s comes %s times in place of once", formula(p, c->part),
                       formula(p, c->ratio));
        break;
    case SP_CAUSE_MISSING_FACTOR:
        sp_text_format(out, "the factor %s is missing", formula(p, c->part));
        break;
    case SP_CAUSE_EXTRA_FACTOR:
        sp_text_format(out, "the factor %s should not be there", formula(p, c->part));
        break;
    case SP_CAUSE_EMPTY: {
        const char *part = sp_part_text(p->pool, program, r->nonempty);
        sp_text_format(out, "it uses the maximum of what a rank has of %s, which is no number where that is "
                            "empty: right with `assume nonempty %s`", part, part);
        break;
    }
    case SP_CAUSE_UNEVEN:
        sp_text_add(out, "parts of different sizes get equal weight: right only if every rank owns "
                         "equally many indices");
        break;
    case SP_CAUSE_MISSING_TERM:
        sp_text_format(out, "%s is missing", formula(p, c->part));
        break;
    case SP_CAUSE_EXTRA_TERM:
        sp_text_format(out, "%s should not be there", formula(p, c->part));
        break;
    case SP_CAUSE_RANKS_DIFFER:
        sp_text_format(out, "ranks hold different values: it depends on this rank's coordinate on "
                            "%s",
                       axis_of(p, c->axis));
        break;
    case SP_CAUSE_OTHER:
        sp_text_add(out, "it is another expression");
        break;
    }
}

const char *sp_proof_cause(const sp_proof *p, const sp_proof_result *r)
{
    sp_text out = sp_text_in(p->pool);
    const sp_cause *c = &r->cause;
    if (r->status == SP_PROVE_PROVED)
        return "";
    if (r->limit != SP_PROOF_NO_LIMIT)
        return sp_proof_limit_text(p->pool, r->limit);
    if (c->statement >= 0 &&
        p->program->statement[c->statement].node != p->program->result[r->declaration].node) {
        const sp_statement *s = &p->program->statement[c->statement];
        sp_text_format(&out, "it is made from %s", s->name);
        if (s->span.source)
            sp_text_format(&out, " (line %zu)", sp_span_position(s->span).line);
        sp_text_add(&out, ", and there ");
    }
    add_cause(&out, p, r);
    return sp_text_string(&out);
}

const char *sp_proof_missing(const sp_proof *p, const sp_proof_result *r)
{
    return r->status == SP_PROVE_OPEN && r->limit == SP_PROOF_NO_LIMIT && r->cause.kind != SP_CAUSE_EMPTY
               ? sp_algebra_missing(p->pool, p->algebra) : "";
}

const char *sp_proof_difference(const sp_proof *p, const sp_proof_result *r)
{
    return r->difference ? formula(p, r->difference) : "";
}

/* ---- steps ---- */

static const char *const rule_words[] = {
#define X(id, words) words,
    SP_RULES(X)
#undef X
};

void sp_proof_show_step(sp_text *out, const sp_proof *p, const sp_step *s)
{
    const sp_program *program = p->program;
    const char *name = s->result >= 0
                           ? result_name(p, program->result[s->result].result)
                           : program->statement[s->statement].name;
    sp_text_format(out, "  %s%s\n", name, s->result >= 0 ? ", put together from the ranks" : "");
    for (unsigned rule = 0; rule < SP_RULE_COUNT; rule++)
        if (s->rules & 1U << rule)
            sp_text_format(out, "    %s\n", rule_words[rule]);
    sp_showing showing = sp_proof_showing(p);
    sp_text_add(out, "      ");
    sp_show_step_before(out, &showing, s);
    sp_text_format(out, "\n    = %s\n", formula(p, s->after));
}

/* ---- everything ---- */

static void add_even(sp_text *out, const sp_proof *p, const sp_proof_result *r)
{
    for (unsigned a = 0; a < p->program->axes; a++)
        if (r->right_with_one_rank & 1U << a)
            sp_text_format(out, "       right with one rank on %s\n", p->program->axis_name[a]);
    if (r->right_with_even_parts)
        sp_text_add(out, "       right if every rank owns equally many indices\n");
}

/* Whether an earlier result goes wrong in the same statement: its lines say all there is. */
static bool told_before(const sp_proof *p, size_t at)
{
    const sp_proof_result *r = &p->result[at];
    for (size_t i = 0; i < at && r->difference; i++)
        if (p->result[i].difference && p->result[i].cause.kind == r->cause.kind &&
            p->result[i].cause.statement == r->cause.statement)
            return true;
    return false;
}

void sp_proof_show(sp_text *out, const sp_proof *p)
{
    for (size_t i = 0; i < p->steps.count; i++)
        sp_proof_show_step(out, p, &p->steps.item[i]);
    for (size_t i = 0; i < p->results; i++) {
        const sp_proof_result *r = &p->result[i];
        sp_text_format(out, "%-4s %s", result_name(p, r->result),
                       sp_prove_status_name(r->status));
        if (r->status == SP_PROVE_PROVED) {
            sp_text_add(out, "\n");
            continue;
        }
        if (told_before(p, i)) {
            sp_text_format(out, ": it is made from %s, see above\n",
                           p->program->statement[r->cause.statement].name);
            continue;
        }
        sp_text_format(out, ": %s\n", sp_proof_cause(p, r));
        if (*sp_proof_missing(p, r))
            sp_text_format(out, "       not decided: %s\n", sp_proof_missing(p, r));
        if (r->cause.computed && r->cause.expected) {
            sp_text_format(out, "       %s is %s\n", p->program->statement[r->cause.statement].name,
                           formula(p, r->cause.computed));
            sp_text_format(out, "       not %s\n", formula(p, r->cause.expected));
        }
        add_even(out, p, r);
    }
    sp_text_add(out, sp_proof_theorem(p));
}

/* ---- the delta rule ---- */

static const char *entry_name(unsigned of)
{
    return of >= SP_ENTRY_VALUE ? sp_mlp.result[of - SP_ENTRY_VALUE].name : sp_mlp.tensor[of].name;
}

void sp_gradient_show(sp_text *out, const sp_gradient_proof *g)
{
    sp_showing plain = {g->pool, g->algebra, g->program, NULL};
    sp_showing named = {g->pool, g->algebra, g->program, g->rule};
    sp_text_add(out, "L = ");
    sp_show_expression(out, &plain, g->loss);
    sp_text_add(out, "\n");
    for (size_t i = 0; i < g->steps; i++) {
        const sp_gradient_step *s = &g->step[i];
        const char *name = entry_name(s->of);
        sp_text_format(out, "dL/d%s\n", name);
        if (s->by >= 0) {
            sp_text_format(out, "    through %s, whose derivative by %s is ",
                           sp_mlp.result[s->by].name, name);
            sp_show_expression(out, &plain, s->local);
            sp_text_add(out, "\n");
        }
        sp_text_add(out, "    = ");
        sp_show_expression(out, &plain, s->slope);
        if (s->by >= 0) {
            sp_text_add(out, "\n    = ");
            sp_show_expression(out, &named, s->expanded);
        }
        if (s->result >= 0)
            sp_text_format(out, "\n    %s of the delta rule%s",
                           sp_mlp.result[s->result].name,
                           s->proved ? "" : ": NOT EQUAL");
        sp_text_add(out, "\n");
    }
    if (g->proved)
        sp_text_add(out, "Theorem. The delta rule is the gradient of L = sum(n, o) loss(A2[n,o], "
                         "Y[n,o]) by X, W1, b1, W2 and b2, in exact real arithmetic, for\n"
                         "  all sizes N, Din, Dh, Dout >= 1;\n"
                         "  all real X, Y, W1, b1, W2, b2;\n"
                         "  all sigma, g and loss that are differentiable where they are used, "
                         "loss by its first argument.\n");
}
