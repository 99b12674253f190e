/* From a scheme or a case to a document; formats and languages by their names. */
#include "derive/derivation.h"
#include "typeset/writer.h"

#include <shardproof/derive.h>
#include <string.h>

static const sp_writer *const writers[] = {
#define X(id, name, summary) &sp_writer_##id,
    SP_WRITERS(X)
#undef X
};

static const struct { const char *name, *summary; } writer_table[] = {
#define X(id, name, summary) {name, summary},
    SP_WRITERS(X)
#undef X
};

enum { WRITERS = sizeof writers / sizeof *writers };

const char *sp_derivation_format(size_t index)
{
    return index < WRITERS ? writer_table[index].name : NULL;
}

const char *sp_derivation_format_summary(size_t index)
{
    return index < WRITERS ? writer_table[index].summary : NULL;
}

const char *sp_derivation_language(size_t index)
{
    return index < SP_LANGUAGE_COUNT ? sp_language_name((sp_language)index) : NULL;
}

const sp_writer *sp_writer_named(const char *format)
{
    for (size_t i = 0; i < WRITERS; i++)
        if (strcmp(writer_table[i].name, format) == 0)
            return writers[i];
    return NULL;
}

/* ---- making ---- */

/* A mesh for pictures without a case: two ranks on every axis, or as many as a constant coordinate
 * needs, and sizes that all splits divide. */
static const sp_ownership *example_ownership(sp_pool *pool, const sp_program *program)
{
    static const size_t dim[] = {8, 4, 12, 4};
    sp_case *of = SP_NEW(pool, sp_case);
    sp_part *part;
    size_t parts = sp_program_parts(program, pool, &part);
    for (size_t i = 0; i < SP_MAX_DIMS; i++)
        of->dim[i] = dim[i % (sizeof dim / sizeof *dim)];
    of->program = program;
    for (size_t a = 0; a < program->axes; a++)
        of->axis_size[a] = 2;
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        if (sp_names_coordinate(n) && of->axis_size[n->axis] <= (size_t)n->constant)
            of->axis_size[n->axis] = (size_t)n->constant + 1;
    }
    of->split = SP_NEW_ARRAY(pool, sp_split_spec, parts);
    of->splits = parts;
    for (size_t i = 0; i < parts; i++)
        of->split[i] = (sp_split_spec){.part = part[i], .kind = SP_SPLIT_CHUNK};
    sp_diagnostics found = {.pool = pool};
    return sp_ownership_of_case(pool, of, &found);
}

/* The proof that the document is about, and the smallest example on which each result fails that it does not prove.
 * Of a case both go on from its check. */
static void prove(sp_derive *d)
{
    const sp_attempt_options how = {.steps = true};
    d->attempt = d->job ? d->job->attempt : sp_attempt_open(d->pool, d->program, &how);
    d->proof = sp_attempt_best(d->attempt);
    d->failing = SP_NEW_ARRAY(d->pool, const sp_counterexample *, d->proof->results);
    for (size_t k = 0; k < d->proof->results; k++)
        if (d->proof->result[k].status != SP_PROVE_PROVED)
            d->failing[k] = sp_attempt_find(d->attempt, k);
}

static const sp_phrase *title_of(sp_derive *d)
{
    if (d->of)
        return sp_say(d->pool, SP_SAY_TITLE_CASE, d->of->name, d->program->name);
    return sp_say(d->pool, SP_SAY_TITLE, d->program->name);
}

static void write_intro(sp_derive *d)
{
    bool wrong = d->parting.parts, holds = sp_proof_holds(d->proof);
    if (d->gradient)
        SAY(d, wrong ? SP_SAY_INTRO_WRONG : holds ? SP_SAY_INTRO : SP_SAY_INTRO_OPEN, d->program->name);
    else
        SAY(d, wrong ? SP_SAY_INTRO_ANY_WRONG : holds ? SP_SAY_INTRO_ANY : SP_SAY_INTRO_ANY_OPEN,
            d->program->name, d->program->of->name);
}

void sp_derive_write(sp_derive *d)
{
    d->delta = d->program->of->rule;
    d->naming = sp_naming_of(d->pool, d->program);
    d->whole = sp_naming_of(d->pool, d->delta);
    d->gradient = sp_is_mlp(d->program->of) ? sp_gradient_prove(d->pool) : NULL;
    prove(d);
    d->drawing = (sp_drawing){d->pool, d->program,
                              d->job ? d->job->ownership : example_ownership(d->pool, d->program),
                              !d->job};
    if (!d->drawing.ownership) /* loading has refused such a case */
        sp_pool_fail(d->pool, SP_INTERNAL);
    sp_derive_standings(d);
    if (d->job) {
        d->network = d->job->network;
        sp_derive_values_of(d);
    }
    d->doc = sp_document_open(d->pool, title_of(d));
    write_intro(d);
    SAY(d, SP_SAY_INTRO_GENERATED, d->program->name);
    if (d->gradient)
        sp_derive_rule(d);
    else
        sp_derive_network(d);
    sp_derive_ranks(d);
    sp_derive_merges(d);
    sp_derive_ledger(d);
    sp_derive_end(d);
}

int sp_derive_exit_code(const sp_derive *d)
{
    const sp_verdict verdict = d->outcome ? d->outcome->verdict : SP_VERDICT_MATCH;
    if (d->parting.parts || verdict == SP_VERDICT_MISMATCH)
        return 1;
    return !sp_proof_holds(d->proof) || verdict == SP_VERDICT_UNDECIDED ? 3 : 0;
}
