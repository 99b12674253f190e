/* The public interface: from a scheme or a case to a document, and to bytes. */
#include <shardproof/derive.h>

#include "check/cases.h"
#include "derive/derivation.h"
#include "derive/writer.h"

#include <gsl/gsl_errno.h>
#include <string.h>

struct sp_derivation {
    sp_pool *pool;
    sp_derive made;
    sp_check *check; /* of a case: the document refers to its outcome; NULL */
    int exit_code;
};

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
        if ((n->op == SP_OP_ONLY || n->op == SP_OP_BROADCAST) &&
            of->axis_size[n->axis] <= (size_t)n->constant)
            of->axis_size[n->axis] = (size_t)n->constant + 1;
    }
    of->split = SP_NEW_ARRAY(pool, sp_split_spec, parts);
    of->splits = parts;
    for (size_t i = 0; i < parts; i++)
        of->split[i] = (sp_split_spec){.part = part[i], .kind = SP_SPLIT_CHUNK};
    sp_diagnostics found = {.pool = pool};
    return sp_ownership_of_case(pool, of, &found);
}

static const sp_ownership *case_ownership(sp_pool *pool, const sp_case *of)
{
    sp_diagnostics found = {.pool = pool};
    return sp_ownership_of_case(pool, of, &found);
}

static const sp_identities *identities_of(sp_pool *pool, const sp_case *of)
{
    if (!of)
        return NULL;
    sp_identities *known = SP_NEW(pool, sp_identities);
    known->of = of->program->of;
    for (sp_function f = 0; f < known->of->functions; f++)
        known->name[f] = of->function[f].name;
    return known;
}

static size_t proved_by(const sp_proof *proof)
{
    size_t count = 0;
    for (size_t i = 0; i < proof->results; i++)
        count += proof->result[i].status == SP_PROVE_PROVED;
    return count;
}

/* For any functions if that proves as much: the identities of the case's own ones only where they
 * are needed. */
static const sp_proof *prove(sp_derive *d)
{
    sp_proof_options options = {.steps = true};
    const sp_proof *any = sp_prove(d->pool, d->program, &options);
    options.identities = identities_of(d->pool, d->of);
    if (!d->of || sp_proof_holds(any))
        return any;
    const sp_proof *given = sp_prove(d->pool, d->program, &options);
    return proved_by(given) > proved_by(any) ? given : any;
}

/* The smallest example on which each result fails that is not proved. */
static void search(sp_derive *d)
{
    const sp_search_options options = {.function = d->of ? d->of->function : NULL};
    d->failing = SP_NEW_ARRAY(d->pool, const sp_counterexample *, d->proof->results);
    if (sp_proof_holds(d->proof))
        return;
    sp_search *tried = sp_search_open(d->pool, d->program, &options);
    for (size_t k = 0; k < d->proof->results; k++)
        if (d->proof->result[k].status != SP_PROVE_PROVED)
            d->failing[k] = sp_search_find(tried, k);
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
    d->proof = prove(d);
    search(d);
    d->drawing = (sp_drawing){d->pool, d->program,
                              d->of ? case_ownership(d->pool, d->of)
                                    : example_ownership(d->pool, d->program),
                              !d->of};
    if (!d->drawing.ownership) /* loading has refused such a case */
        sp_pool_fail(d->pool, SP_INTERNAL);
    sp_derive_standings(d);
    if (d->of) {
        d->network = sp_network_of_case(d->pool, d->of);
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

typedef struct making {
    sp_derivation *derivation;
    sp_pool *pool;
    const sp_program *program;
    const sp_case *of;
    const sp_outcome *outcome;
} making;

static void make(void *argument)
{
    making *m = argument;
    sp_derivation *made = m->derivation = SP_NEW(m->pool, sp_derivation);
    made->pool = m->pool;
    made->made = (sp_derive){.pool = m->pool, .program = m->program, .of = m->of,
                             .outcome = m->outcome};
    sp_derive_write(&made->made);
    const sp_derive *d = &made->made;
    bool mismatch = d->outcome && d->outcome->verdict == SP_VERDICT_MISMATCH;
    bool undecided = d->outcome && d->outcome->verdict == SP_VERDICT_UNDECIDED;
    made->exit_code = d->parting.parts || mismatch           ? 1
                      : !sp_proof_holds(d->proof) || undecided ? 3
                                                               : 0;
}

static sp_status run(sp_derivation **derivation, making *m, const sp_derivation_options *options)
{
    static const sp_derivation_options defaults = {0};
    options = options ? options : &defaults;
    gsl_set_error_handler_off();
    sp_status status = sp_pool_open(&m->pool, options->allocator, options->limits);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(m->pool, make, m);
    if (status != SP_OK) {
        sp_pool_close(m->pool);
        return status;
    }
    *derivation = m->derivation;
    return SP_OK;
}

sp_status sp_derive_scheme(sp_derivation **derivation, const sp_cases *cases, size_t index,
                           const sp_derivation_options *options)
{
    making m = {0};
    *derivation = NULL;
    if (index >= sp_cases_schemes(cases))
        return SP_BAD_USAGE;
    m.program = cases->unit->program[index];
    return run(derivation, &m, options);
}

sp_status sp_derive_case(sp_derivation **derivation, const sp_cases *cases, size_t index,
                         const sp_derivation_options *options)
{
    making m = {0};
    sp_check *check;
    *derivation = NULL;
    sp_check_options checking = {.deterministic = true,
                                 .allocator = options ? options->allocator : NULL,
                                 .limits = options ? options->limits : NULL};
    sp_status status = sp_check_run(&check, cases, index, &checking);
    if (status != SP_OK)
        return status;
    m.of = cases->unit->item[index];
    m.program = m.of->program;
    m.outcome = sp_check_outcome(check);
    status = run(derivation, &m, options);
    if (status == SP_OK)
        (*derivation)->check = check;
    else
        sp_check_close(check);
    return status;
}

/* ---- writing ---- */

typedef struct writing {
    const sp_derivation *derivation;
    const sp_writer *writer;
    sp_writer_options options;
    sp_pool *pool;
    sp_text out;
} writing;

static void write(void *argument)
{
    writing *w = argument;
    w->out = sp_text_in(w->pool);
    sp_document_write(&w->out, w->derivation->made.doc, w->writer, &w->options);
}

sp_status sp_derivation_write(const sp_derivation *derivation, const char *format,
                              const char *language, const sp_derivation_style *style,
                              sp_sink sink)
{
    static const sp_derivation_style plain = {0};
    writing w = {.derivation = derivation};
    style = style ? style : &plain;
    for (size_t i = 0; i < WRITERS; i++)
        if (strcmp(writer_table[i].name, format) == 0)
            w.writer = writers[i];
    w.options.language = SP_LANGUAGE_COUNT;
    for (int l = 0; l < SP_LANGUAGE_COUNT; l++)
        if (strcmp(sp_language_name((sp_language)l), language) == 0)
            w.options.language = (sp_language)l;
    if (!w.writer || w.options.language == SP_LANGUAGE_COUNT ||
        (style->width != 0 && (style->width < SP_DERIVATION_WIDTH_MIN ||
                               style->width > SP_DERIVATION_WIDTH_MAX)))
        return SP_BAD_USAGE;
    w.options.width = style->width ? style->width : SP_DERIVATION_WIDTH;
    w.options.ascii = style->ascii;
    w.options.color = style->color;
    sp_status status = sp_pool_open(&w.pool, NULL, NULL);
    if (status != SP_OK)
        return status;
    status = sp_pool_run(w.pool, write, &w);
    if (status == SP_OK && !sink.write(sink.context, sp_text_string(&w.out), w.out.length))
        status = SP_WRITE_FAILED;
    sp_pool_close(w.pool);
    return status;
}

int sp_derivation_exit_code(const sp_derivation *derivation)
{
    return derivation->exit_code;
}

void sp_derivation_close(sp_derivation *derivation)
{
    if (!derivation)
        return;
    sp_check_close(derivation->check); /* the derivation itself is in its pool */
    sp_pool_close(derivation->pool);
}
