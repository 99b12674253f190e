/* The end: the theorem, or the line where a scheme leaves the delta rule and why; for a case its verdict. */
#include "derive/cause.h"
#include "derive/derivation.h"
#include "derive/entries.h"

#include <string.h>

static const sp_math *sym(sp_derive *d, const char *text)
{
    return sp_math_symbol(d->pool, text);
}

static const sp_list *results_with(sp_derive *d, bool proved)
{
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (size_t i = 0; i < d->proof->results; i++)
        if ((d->proof->result[i].status == SP_PROVE_PROVED) == proved)
            sp_list_add(d->pool, list,
                        sp_argument_math(sp_derive_name(d, d->program->of->result[d->proof->result[i].result].name)));
    return list;
}

/* ---- what is proved ---- */

static void write_functions(sp_derive *d)
{
    const sp_identities *known = d->proof->identities;
    const sp_signature *of = d->program->of;
    sp_list *any = SP_NEW(d->pool, sp_list), *given = SP_NEW(d->pool, sp_list);
    for (size_t i = 0; i < of->functions; i++) {
        const sp_math *name = sp_derive_name(d, of->function[i].name);
        if (known && known->name[i])
            sp_list_add(d->pool, given,
                        sp_argument_math(sp_math_equals(d->pool, name, sp_math_word(d->pool, known->name[i]))));
        else
            sp_list_add(d->pool, any, sp_argument_math(name));
    }
    if (any->count > 0)
        SAY(d, SP_SAY_THEOREM_FUNCTIONS, any);
    if (given->count > 0)
        SAY(d, SP_SAY_THEOREM_GIVEN, given);
}

typedef struct divisors {
    sp_derive *d;
    sp_list *list;
} divisors;

static void list_divisors(void *argument)
{
    divisors *w = argument;
    const sp_proof *proof = w->d->proof;
    sp_indexing in = {w->d->pool, proof->algebra, proof->program, proof->rule, NULL};
    const sp_expression *const *divisor;
    size_t count = sp_proof_divisors(proof, &divisor);
    for (size_t i = 0; i < count; i++)
        sp_list_add(w->d->pool, w->list, sp_argument_math(sp_index_math(&in, divisor[i])));
}

static void list_positives(void *argument)
{
    divisors *w = argument;
    const sp_proof *proof = w->d->proof;
    sp_indexing in = {w->d->pool, proof->algebra, proof->program, proof->rule, NULL};
    const sp_expression *const *positive;
    size_t count = sp_proof_positives(proof, &positive);
    for (size_t i = 0; i < count; i++)
        sp_list_add(w->d->pool, w->list, sp_argument_math(sp_index_math(&in, positive[i])));
}

/* Parts of which every rank must have an index. */
static void write_nonempty(sp_derive *d)
{
    const uint32_t *part;
    size_t parts = sp_algebra_nonempty(d->proof->algebra, &part);
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (size_t i = 0; i < parts; i++) {
        const sp_part *of = sp_algebra_part_of(d->proof->algebra, part[i]);
        sp_list_add(d->pool, list, sp_argument_code(sp_part_text(d->pool, d->program, of)));
    }
    if (parts > 0)
        SAY(d, SP_SAY_THEOREM_NONEMPTY, list);
}

static void write_distributions(sp_derive *d)
{
    const sp_signature *of = d->program->of;
    for (size_t t = 0; t < of->tensors; t++)
        if (of->tensor[t].distribution >= 0)
            SAY(d, SP_SAY_THEOREM_DISTRIBUTION, sp_derive_name(d, of->tensor[t].name),
                sp_derive_dim(d, &of->tensor[t].whole.part[of->tensor[t].distribution]));
}

static const sp_list *sizes_of(sp_derive *d)
{
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (size_t i = 0; i < d->program->of->dims; i++)
        sp_list_add(d->pool, list, sp_argument_math(sp_derive_name(d, d->program->of->dim[i])));
    return list;
}

static void write_theorem(sp_derive *d)
{
    const sp_program *p = d->program;
    const sp_list *proved = results_with(d, true);
    if (proved->count == 0)
        return;
    sp_document_mark(d->doc, SP_MARK_GOOD,
                     sp_say(d->pool, p->axes ? SP_SAY_THEOREM : SP_SAY_THEOREM_NO_MESH, p->name,
                            proved));
    if (sp_is_mlp(p->of))
        SAY(d, SP_SAY_THEOREM_SIZES, sym(d, "N"), sym(d, "Din"), sym(d, "Dh"), sym(d, "Dout"));
    else
        SAY(d, SP_SAY_THEOREM_SIZES_ANY, sizes_of(d));
    for (unsigned a = 0; a < p->axes; a++)
        SAY(d, SP_SAY_THEOREM_RANKS, p->axis_name[a],
            sp_math_count(d->pool, (size_t)sp_algebra_least_ranks(d->proof->algebra, a)));
    sp_part *part;
    size_t parts = sp_program_parts(p, d->pool, &part);
    sp_list *splits = SP_NEW(d->pool, sp_list);
    for (size_t i = 0; i < parts; i++)
        sp_list_add(d->pool, splits, sp_argument_code(sp_part_text(d->pool, p, &part[i])));
    size_t first = 0;
    if (parts > 0 && sp_proof_count_divisor(d->proof, &first))
        SAY(d, SP_SAY_THEOREM_SPLITS_COUNTED, splits);
    else if (parts > 0)
        SAY(d, SP_SAY_THEOREM_SPLITS, splits);
    SAY(d, SP_SAY_THEOREM_DATA);
    write_distributions(d);
    write_functions(d);
    divisors w = {d, SP_NEW(d->pool, sp_list)};
    if (sp_algebra_run(d->proof->algebra, list_divisors, &w) == SP_PROOF_NO_LIMIT &&
        w.list->count > 0)
        SAY(d, SP_SAY_THEOREM_DIVISORS, w.list);
    divisors positive = {d, SP_NEW(d->pool, sp_list)};
    if (sp_algebra_run(d->proof->algebra, list_positives, &positive) == SP_PROOF_NO_LIMIT && positive.list->count > 0)
        SAY(d, SP_SAY_THEOREM_POSITIVE, positive.list);
    write_nonempty(d);
    SAY(d, SP_SAY_THEOREM_NOT);
}

/* ---- where it parts ---- */

typedef struct sides {
    sp_derive *d;
    const sp_cause *cause;
    const sp_math *computed, *expected;
} sides;

static void write_sides(void *argument)
{
    sides *w = argument;
    const sp_proof *proof = w->d->proof;
    const sp_signature *of = w->d->program->of;
    const sp_expression **rule = SP_NEW_ARRAY(w->d->pool, const sp_expression *, of->results);
    memcpy(rule, proof->rule, of->results * sizeof *rule);
    const char *name = w->d->program->statement[w->cause->statement].name;
    for (sp_result r = 0; r < of->results; r++)
        if (strcmp(of->result[r].name, name) == 0)
            rule[r] = NULL; /* the right side is to be seen, not its name */
    sp_indexing in = {w->d->pool, proof->algebra, proof->program, rule, NULL};
    const sp_program *p = w->d->program;
    const sp_layout *layout = &p->node[p->statement[w->cause->statement].node].layout;
    w->computed = sp_index_math_at(&in, layout, w->cause->computed);
    w->expected = sp_index_math_at(&in, layout, w->cause->expected);
}

static const sp_phrase *status_phrase(sp_derive *d, const sp_proof_result *r)
{
    if (r->status == SP_PROVE_PROVED)
        return sp_say(d->pool, SP_SAY_STATUS_PROVED);
    bool refuted = r->status == SP_PROVE_REFUTED || d->failing[r->declaration];
    return sp_say(d->pool, refuted ? SP_SAY_STATUS_REFUTED : SP_SAY_STATUS_OPEN);
}

/* Which line of which result is to blame, and why. */
static const sp_phrase *reason_phrase(sp_derive *d, const sp_proof_result *r)
{
    if (r->status == SP_PROVE_PROVED)
        return sp_say(d->pool, SP_SAY_NOTHING);
    bool undecided = r->status == SP_PROVE_OPEN && (r->limit != SP_PROOF_NO_LIMIT || !d->failing[r->declaration]);
    if (undecided)
        return sp_say(d->pool, SP_SAY_REASON_OPEN, sp_proof_cause(d->proof, r));
    const sp_phrase *cause = sp_cause_phrase(d, r);
    if (r->cause.statement < 0)
        return cause;
    return sp_say(d->pool, SP_SAY_REASON_AT,
                  sp_derive_name(d, d->program->statement[r->cause.statement].name), cause);
}

static void write_results(sp_derive *d)
{
    sp_grid *grid = sp_document_table(d->doc, NULL, 3, sp_say(d->pool, SP_SAY_COLUMN_RESULT),
                                      sp_say(d->pool, SP_SAY_COLUMN_STATUS),
                                      sp_say(d->pool, SP_SAY_COLUMN_REASON));
    for (size_t i = 0; i < d->proof->results; i++) {
        const sp_proof_result *r = &d->proof->result[i];
        sp_grid_add(d->pool, grid, sp_argument_math(sp_derive_name(d, d->program->of->result[r->result].name)));
        sp_grid_add(d->pool, grid, sp_argument_phrase(status_phrase(d, r)));
        sp_grid_add(d->pool, grid, sp_argument_phrase(reason_phrase(d, r)));
    }
}

static void write_line_of(sp_derive *d, sp_span span)
{
    const char *file = span.source ? span.source->name : "";
    size_t line = span.source ? sp_span_position(span).line : 0;
    sp_document_mark(d->doc, SP_MARK_BAD,
                     sp_say(d->pool, SP_SAY_PARTS_AT, sp_derive_source(d, span),
                            sp_pool_format(d->pool, "%s:%zu", file, line)));
}

static void write_counterexample(sp_derive *d, const sp_proof_result *r)
{
    const sp_counterexample *c = d->failing[r->declaration];
    if (!c)
        return;
    PARAGRAPH(d, SP_SAY_COUNTEREXAMPLE);
    sp_document_code(d->doc, sp_pool_format(d->pool, "%s%s%s", c->scheme, *c->scheme ? "\n" : "",
                                            c->text));
    if (!c->layout)
        PARAGRAPH(d, SP_SAY_COUNTEREXAMPLE_SHOWS,
                  sp_pool_format(d->pool, "%s%s", d->program->of->result[r->result].name, c->index), c->rank,
                  c->got, c->want);
}

/* How a result could be declared, if its statement is the delta rule's in some layout. */
static void write_right_declaration(sp_derive *d, const sp_proof_result *r)
{
    const sp_program *p = d->program;
    int node = p->result[r->declaration].node;
    int s = d->naming.statement_of[node];
    const sp_statement_standing *is = s >= 0 ? &d->standing[s] : NULL;
    if (!is || is->result != r->result ||
        (is->standing != SP_STANDING_PART && is->standing != SP_STANDING_WHOLE &&
         is->standing != SP_STANDING_PARTIAL))
        return;
    bool sum = is->standing == SP_STANDING_PARTIAL;
    SAY(d, SP_SAY_WITNESS_MERGE,
        sp_pool_format(d->pool, "result %s%s%s%s", d->program->of->result[r->result].name,
                       sp_layout_text(d->pool, p, &p->node[node].layout), sum ? " sum " : "",
                       sum ? p->axis_name[is->axis] : ""));
}

/* The delta rule's line for the value of that name; NULL if it has none, or its expression alone is to be seen. */
static const sp_math *rule_line(sp_derive *d, int statement)
{
    for (size_t s = 0; s < d->delta->statements && !sp_is_mlp(d->program->of); s++)
        if (strcmp(d->delta->statement[s].name, d->program->statement[statement].name) == 0)
            return sp_statement_entries(&d->whole, s);
    return NULL;
}

static void write_parting(sp_derive *d)
{
    const sp_proof_result *r = d->parting.result;
    int s = d->parting.statement;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_PARTS));
    write_line_of(d, s >= 0 ? d->program->statement[s].span
                            : d->program->result[r->declaration].span);
    SAY(d, SP_SAY_PARTS_CAUSE, sp_cause_phrase(d, r));
    sides w = {d, &r->cause, NULL, NULL};
    if (s >= 0 && r->cause.computed && r->cause.expected &&
        sp_algebra_run(d->proof->algebra, write_sides, &w) == SP_PROOF_NO_LIMIT) {
        sp_layout whole = d->program->node[d->program->statement[s].node].layout;
        sp_indexing in = {.pool = d->pool, .program = d->program};
        const sp_math *left = sp_place_math(&in, sp_derive_name(d, d->program->statement[s].name), &whole);
        const sp_math *item[2] = {left, w.expected};
        const sp_math *line = rule_line(d, s);
        if (line && (sp_derive_is_long(d, w.computed) || sp_derive_is_long(d, w.expected))) {
            PARAGRAPH(d, SP_SAY_PARTS_NOT);
            sp_document_formula(d->doc, line);
        } else {
            PARAGRAPH(d, SP_SAY_PARTS_IS);
            sp_document_formula(d->doc, sp_math_equals(d->pool, left, w.computed));
            PARAGRAPH(d, SP_SAY_PARTS_NOT);
            sp_document_formula(d->doc, sp_math_list(d->pool, SP_MATH_RELATION, "=", item, 2));
        }
    }
    for (unsigned a = 0; a < d->program->axes; a++)
        if (r->right_with_one_rank >> a & 1U)
            PARAGRAPH(d, SP_SAY_PARTS_ONE_RANK, d->program->axis_name[a]);
    if (r->right_with_even_parts)
        SAY(d, SP_SAY_PARTS_EVEN);
    if (s < 0)
        write_right_declaration(d, r);
    write_counterexample(d, r);
    PARAGRAPH(d, SP_SAY_PARTS_RESULTS);
    write_results(d);
}

/* ---- the verdict of a case ---- */

static sp_sentence verdict_sentence(sp_verdict verdict)
{
    return verdict == SP_VERDICT_MATCH      ? SP_SAY_VERDICT_MATCH
           : verdict == SP_VERDICT_MISMATCH ? SP_SAY_VERDICT_MISMATCH
                                            : SP_SAY_VERDICT_UNDECIDED;
}

static sp_mark verdict_mark(sp_verdict verdict)
{
    return verdict == SP_VERDICT_MATCH      ? SP_MARK_GOOD
           : verdict == SP_VERDICT_MISMATCH ? SP_MARK_BAD
                                            : SP_MARK_OPEN;
}

static const char *difference_text(sp_derive *d, const sp_result_outcome *r)
{
    if (r->differences == 0)
        return "-";
    const sp_difference_evidence *e = &r->difference[r->differences - 1];
    if (e->one_sided || e->not_finite)
        return "nan";
    if (e->compared > 0 && e->equal == e->compared)
        return "0";
    return sp_pool_format(d->pool, "%s %s %s", e->largest, e->beyond ? ">" : "<=", e->bound);
}

static const char *slopes_text(sp_derive *d, const sp_result_outcome *r)
{
    for (size_t i = 0; i < r->numdiffs; i++)
        if (strcmp(r->numdiff[i].system, "mpfr") == 0)
            return r->numdiff[i].beyond
                       ? sp_pool_format(d->pool, "%zu / %zu", r->numdiff[i].within,
                                        r->numdiff[i].compared)
                       : sp_pool_format(d->pool, "%zu / %zu", r->numdiff[i].delta_within,
                                        r->numdiff[i].entries);
    return "-";
}

static void write_witness(sp_derive *d, const sp_result_outcome *r)
{
    const sp_witness *w = r->witness;
    if (!w)
        return;
    if (w->got && w->want)
        PARAGRAPH(d, SP_SAY_WITNESS, sp_pool_format(d->pool, "%s%s", r->name, w->place.index),
                  sp_pool_format(d->pool, "r%zu", w->place.rank), w->got, w->want);
    else
        PARAGRAPH(d, SP_SAY_WITNESS_LAYOUT, r->layout.declared, r->layout.computed);
    if (w->got && w->ratio)
        SAY(d, SP_SAY_WITNESS_RATIO, w->ratio);
    if (r->layout.right_merge)
        SAY(d, SP_SAY_WITNESS_MERGE, r->layout.right_merge);
}

static void write_verdict(sp_derive *d)
{
    const sp_outcome *o = d->outcome;
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_VERDICT));
    bool slopes = sp_is_mlp(d->program->of);
    for (size_t k = 0; k < o->results; k++)
        slopes = slopes || o->result[k].numdiffs > 0;
    SAY(d, slopes ? SP_SAY_VERDICT_INTRO : SP_SAY_VERDICT_INTRO_ANY);
    sp_grid *grid = sp_document_table(d->doc, NULL, 4, sp_say(d->pool, SP_SAY_COLUMN_RESULT),
                                      sp_say(d->pool, SP_SAY_COLUMN_DIFFERENCE),
                                      sp_say(d->pool, SP_SAY_COLUMN_SLOPES),
                                      sp_say(d->pool, SP_SAY_COLUMN_VERDICT));
    for (size_t k = 0; k < o->results; k++) {
        const sp_result_outcome *r = &o->result[k];
        sp_grid_add(d->pool, grid, sp_argument_math(sp_derive_name(d, r->name)));
        sp_grid_add(d->pool, grid, sp_argument_text(difference_text(d, r)));
        sp_grid_add(d->pool, grid, sp_argument_text(slopes_text(d, r)));
        sp_grid_add(d->pool, grid,
                    sp_argument_phrase(sp_say(d->pool, verdict_sentence(r->verdict))));
    }
    for (size_t k = 0; k < o->results; k++)
        write_witness(d, &o->result[k]);
    sp_document_mark(d->doc, verdict_mark(o->verdict),
                     sp_say(d->pool, SP_SAY_VERDICT_CASE, o->name,
                            sp_say(d->pool, verdict_sentence(o->verdict))));
    if (o->verdict == SP_VERDICT_MATCH && d->parting.parts)
        SAY(d, SP_SAY_VERDICT_ONLY_HERE);
}

void sp_derive_end(sp_derive *d)
{
    if (d->parting.parts)
        write_parting(d);
    else
        sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_THEOREM));
    if (!d->parting.parts && !sp_proof_holds(d->proof)) {
        sp_document_mark(d->doc, SP_MARK_OPEN,
                         sp_say(d->pool, SP_SAY_OPEN_RESULTS, results_with(d, false)));
        write_results(d);
    }
    if (!d->parting.parts)
        write_theorem(d);
    if (d->outcome)
        write_verdict(d);
}
