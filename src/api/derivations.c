/* Derivations as handles, and written to sinks. */
#include "api/cases.h"
#include "api/entry.h"
#include "check/check.h"
#include "derive/derivation.h"
#include "typeset/writer.h"

#include <shardproof/derive.h>

struct sp_derivation {
    sp_pool *pool;
    sp_allocator allocator; /* of the caller, for what is written; its functions are NULL where there is none */
    sp_limits limits;
    sp_derive made;
    sp_outcome outcome; /* of a case */
};

/* ---- making ---- */

typedef struct making {
    sp_derivation *derivation;
    sp_pool *pool;
    const sp_program *program;
    const sp_case *of; /* NULL: of the program alone */
    const sp_derivation_options *options;
} making;

static void make(void *argument)
{
    making *m = argument;
    sp_derivation *made = m->derivation = SP_NEW(m->pool, sp_derivation);
    made->pool = m->pool;
    if (m->options->allocator)
        made->allocator = *m->options->allocator;
    if (m->options->limits)
        made->limits = *m->options->limits;
    made->made = (sp_derive){.pool = m->pool, .program = m->program, .of = m->of};
    if (m->of) {
        const sp_check_options checking = {.deterministic = true};
        made->made.job = sp_judge_case(m->pool, m->of, &checking, true, &made->outcome);
        made->made.outcome = &made->outcome;
    }
    sp_derive_write(&made->made);
}

static sp_status run(sp_derivation **derivation, making *m, const sp_derivation_options *options)
{
    static const sp_derivation_options defaults = {0};
    m->options = options ? options : &defaults;
    sp_status status = sp_entry_run(&m->pool, m->options->allocator, m->options->limits, make, m);
    if (status == SP_OK)
        *derivation = m->derivation;
    return status;
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
    *derivation = NULL;
    if (index >= sp_cases_count(cases))
        return SP_BAD_USAGE;
    m.of = cases->unit->item[index];
    m.program = m.of->program;
    return run(derivation, &m, options);
}

/* ---- writing ---- */

typedef struct writing {
    const sp_derivation *derivation;
    const sp_writer *writer;
    sp_writer_options options;
} writing;

static void write(sp_text *out, void *argument)
{
    const writing *w = argument;
    sp_document_write(out, w->derivation->made.doc, w->writer, &w->options);
}

static bool is_width(size_t width)
{
    return width == 0 || (width >= SP_DERIVATION_WIDTH_MIN && width <= SP_DERIVATION_WIDTH_MAX);
}

sp_status sp_derivation_write(const sp_derivation *derivation, const char *format,
                              const char *language, const sp_derivation_style *style,
                              sp_sink sink)
{
    static const sp_derivation_style plain = {0};
    style = style ? style : &plain;
    writing w = {.derivation = derivation, .writer = sp_writer_named(format),
                 .options = {.language = sp_language_named(language), .ascii = style->ascii, .color = style->color,
                             .width = style->width ? style->width : SP_DERIVATION_WIDTH}};
    if (!w.writer || w.options.language == SP_LANGUAGE_COUNT || !is_width(style->width))
        return SP_BAD_USAGE;
    const sp_allocator *allocator = derivation->allocator.allocate ? &derivation->allocator : NULL;
    return sp_entry_write(allocator, &derivation->limits, sink, write, &w);
}

int sp_derivation_exit_code(const sp_derivation *derivation)
{
    return sp_derive_exit_code(&derivation->made);
}

void sp_derivation_close(sp_derivation *derivation)
{
    if (derivation)
        sp_pool_close(derivation->pool);
}
