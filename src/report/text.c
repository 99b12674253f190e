#include "report/say.h"
#include "report/terminal.h"

#include <string.h>

/* Signs of what is said in words beside them. */
typedef struct sign_set {
    const char *met, *missed, *open, *within;
} sign_set;

static const sign_set unicode_signs = {"✓", "✗", "?", "≤"};
static const sign_set ascii_signs = {"ok", "FAIL", "?", "<="};

static const sign_set *signs_of(const sp_page *page)
{
    return page->options->ascii ? &ascii_signs : &unicode_signs;
}

static sp_style verdict_style(sp_verdict verdict)
{
    static const sp_style style[SP_VERDICT_COUNT] = {
        [SP_VERDICT_MATCH] = SP_STYLE_GOOD,
        [SP_VERDICT_MISMATCH] = SP_STYLE_BAD,
        [SP_VERDICT_UNDECIDED] = SP_STYLE_OPEN,
    };
    return style[verdict];
}

static void write_title(sp_page *page, const sp_outcome *o)
{
    const sign_set *signs = signs_of(page);
    bool color = page->options->color, met = sp_say_is_good(o);
    bool missed = o->expectation == SP_EXPECTATION_MISSED || o->fault;
    const char *sign = met ? signs->met : missed ? signs->missed : signs->open;
    sp_style style = met ? SP_STYLE_GOOD : missed ? SP_STYLE_BAD : SP_STYLE_OPEN;
    sp_style_add(&page->out, color, style, sign);
    sp_text_add(&page->out, " ");
    sp_style_add(&page->out, color, SP_STYLE_STRONG, o->name);
    sp_text_add(&page->out, ": ");
    sp_style_add(&page->out, color, style, sp_verdict_name(o->verdict));
    if (o->fault)
        sp_text_add(&page->out, ", but shardproof contradicts itself\n");
    else if (met && o->verdict == SP_VERDICT_MATCH)
        sp_text_add(&page->out, "\n");
    else if (met)
        sp_text_format(&page->out, ", as expected (%s)\n", o->expected);
    else
        sp_text_format(&page->out, ", expected %s\n", o->expected);
}

/* Parts listed one by one up to this many. */
enum { PARTS_LISTED = 12 };

static void add_split(sp_text *out, const sp_split_outcome *s)
{
    sp_text_format(out, "%s = ", s->part);
    size_t least = s->parts ? s->size[0] : 0, most = 0;
    for (size_t i = 0; i < s->parts; i++) {
        least = s->size[i] < least ? s->size[i] : least;
        most = s->size[i] > most ? s->size[i] : most;
        if (s->parts <= PARTS_LISTED)
            sp_text_format(out, "%s%zu", i ? " + " : "", s->size[i]);
    }
    if (s->parts > PARTS_LISTED)
        sp_text_format(out, "%zu parts of %zu", s->parts, least);
    if (s->parts > PARTS_LISTED && least < most)
        sp_text_format(out, " to %zu", most);
    if (strcmp(s->kind, "sizes") != 0)
        sp_text_format(out, " (%s)", s->kind);
}

static void write_what(sp_page *page, const sp_outcome *o)
{
    sp_text line = sp_text_in(page->pool);
    sp_text_format(&line, "scheme %s", o->scheme);
    for (size_t a = 0; a < o->axes; a++)
        sp_text_format(&line, "%s%s = %zu", a ? ", " : " on ", o->axis[a].name, o->axis[a].ranks);
    if (o->axes > 1)
        sp_text_format(&line, " (%zu ranks)", o->ranks);
    for (size_t s = 0; s < o->splits; s++) {
        sp_text_add(&line, s ? ", " : ": ");
        add_split(&line, &o->split[s]);
    }
    sp_text_add(&page->out, "  ");
    sp_wrap_add(&page->out, 2, 4, sp_text_string(&line));

    line = sp_text_in(page->pool);
    for (size_t d = 0; d < o->dims; d++)
        sp_text_format(&line, "%s%s = %zu", d ? ", " : "", o->dim[d].name, o->dim[d].size);
    sp_text_format(&line, "%s%s; %s", *o->network ? "; " : "", o->network, o->data);
    sp_text_add(&page->out, "  ");
    sp_wrap_add(&page->out, 2, 4, sp_text_string(&line));
}

static const char *difference_text(sp_page *page, const sp_difference_evidence *d)
{
    if (d->one_sided)
        return "nan or inf, one side";
    if (d->not_finite)
        return "nan or inf";
    if (d->unbounded)
        return sp_pool_format(page->pool, "%s, no bound",
                              strcmp(d->largest, "nan") == 0 ? "nan or inf" : d->largest);
    if (d->compared > 0 && d->equal == d->compared)
        return "equal";
    return sp_pool_format(page->pool, "%s %s %s", d->largest,
                          d->beyond ? ">" : signs_of(page)->within, d->bound);
}

static sp_style finding_style(sp_finding finding)
{
    return finding == SP_FINDING_CONTRADICTS ? SP_STYLE_BAD
           : finding == SP_FINDING_AGREES    ? SP_STYLE_PLAIN
                                             : SP_STYLE_OPEN;
}

static const sp_difference_evidence *difference_in(const sp_result_outcome *r, const char *system)
{
    for (size_t i = 0; i < r->differences; i++)
        if (strcmp(r->difference[i].system, system) == 0)
            return &r->difference[i];
    return NULL;
}

static const sp_numdiff_evidence *numdiff_in(const sp_result_outcome *r, const char *system)
{
    for (size_t i = 0; i < r->numdiffs; i++)
        if (strcmp(r->numdiff[i].system, system) == 0)
            return &r->numdiff[i];
    return NULL;
}

/* "24 of 24": entries whose finite difference was judged and agrees. */
static const char *slopes_text(sp_page *page, const sp_numdiff_evidence *n)
{
    if (!n)
        return "-";
    if (n->delta_beyond > 0)
        return sp_pool_format(page->pool, "%zu dispute it", n->delta_beyond);
    if (n->beyond > 0)
        return sp_pool_format(page->pool, "%zu of %zu fail", n->beyond, n->compared);
    return sp_pool_format(page->pool, "%zu of %zu", n->delta_within, n->entries);
}

/* How far beyond the case's data the result is known to be right. */
static const char *proof_text(const sp_result_outcome *r)
{
    if (r->proof.broken) /* proved, but not of cases like this one */
        return "not here";
    if (r->proof.outcome == SP_PROOF_OUTCOME_PROVED)
        return r->proof.given ? "proved*" : "proved";
    if (r->proof.outcome == SP_PROOF_OUTCOME_REFUTED || r->verdict == SP_VERDICT_MISMATCH)
        return "refuted";
    return r->field.finding == SP_FINDING_AGREES ? "this size" : "open";
}

static void write_results(sp_page *page, const sp_outcome *o)
{
    sp_table table = sp_table_in(page->pool, 6);
    const char *header[] = {"result", "binary64: difference",
                            sp_pool_format(page->pool, "mpfr (%u bits)", o->precision),
                            "finite diff.", "proof", "verdict"};
    for (size_t c = 0; c < 6; c++)
        sp_table_cell(&table, SP_STYLE_FAINT, header[c]);
    for (size_t k = 0; k < o->results; k++) {
        const sp_result_outcome *r = &o->result[k];
        const sp_difference_evidence *doubles = difference_in(r, "binary64");
        const sp_difference_evidence *sharp = difference_in(r, "mpfr");
        const sp_numdiff_evidence *slopes = numdiff_in(r, "mpfr");
        bool misfit = r->layout.finding == SP_FINDING_CONTRADICTS;
        const char *absent = misfit ? "layout does not fit" : "-";
        sp_table_cell(&table, misfit ? SP_STYLE_BAD : SP_STYLE_PLAIN, r->layout.declared);
        sp_table_cell(&table, doubles ? finding_style(doubles->finding) : SP_STYLE_PLAIN,
                      doubles ? difference_text(page, doubles) : absent);
        sp_table_cell(&table, sharp ? finding_style(sharp->finding) : SP_STYLE_PLAIN,
                      sharp ? difference_text(page, sharp) : "-");
        sp_table_cell(&table, slopes ? finding_style(slopes->finding) : SP_STYLE_PLAIN,
                      slopes_text(page, slopes));
        sp_table_cell(&table, SP_STYLE_PLAIN, proof_text(r));
        sp_table_cell(&table, verdict_style(r->verdict), sp_verdict_name(r->verdict));
    }
    sp_table_write(&page->out, page->options->color, 2, &table);
}

static void write_line(sp_page *page, size_t indent, sp_style style, const char *label,
                       const char *text)
{
    sp_text_add_repeated(&page->out, " ", indent);
    sp_style_add(&page->out, page->options->color, style, label);
    sp_text_add(&page->out, " ");
    sp_wrap_add(&page->out, indent + sp_text_columns(label) + 1, indent + 2, text);
}

/* What is not in the table: entries that were not judged. */
static void write_numdiff(sp_page *page, const sp_outcome *o)
{
    for (size_t i = 0; i < o->numdiffs; i++) {
        const sp_numdiff_outcome *n = &o->numdiff[i];
        size_t entries = 0, within = 0, outside = 0, kinks = 0, unusable = 0;
        for (size_t k = 0; k < o->results; k++) {
            const sp_numdiff_evidence *e = numdiff_in(&o->result[k], n->system);
            if (!e)
                continue;
            entries += e->entries;
            within += e->delta_within;
            outside += e->delta_beyond;
            kinks += e->kinks;
            unusable += e->unusable;
        }
        bool own_estimate = strcmp(n->system, "binary64") == 0;
        if (entries == 0 || ((within == entries || own_estimate) && !page->options->verbose))
            continue;
        sp_text line = sp_text_in(page->pool);
        sp_text_format(&line, "%s, %zu of %zu entries of the delta rule within ", n->system,
                       within, entries);
        sp_text_add(&line, own_estimate ? "GSL's own estimate" : "their error bars");
        if (outside)
            sp_text_format(&line, ", %zu outside", outside);
        if (kinks)
            sp_text_format(&line, ", %zu at kinks (not judged)", kinks);
        if (unusable)
            sp_text_format(&line, ", %zu where the loss is not finite (not judged)", unusable);
        if (page->options->verbose && n->step)
            sp_text_format(&line, "; %s", n->step);
        if (n->sample)
            sp_text_format(&line, "; %s", n->sample);
        write_line(page, 2, SP_STYLE_FAINT, "finite differences:", sp_text_string(&line));
    }
}

static void write_witnesses(sp_page *page, const sp_outcome *o)
{
    for (size_t k = 0; k < o->results; k++) {
        const sp_result_outcome *r = &o->result[k];
        if (r->witness) {
            write_line(page, 2, SP_STYLE_BAD, "mismatch:", r->witness->text);
            if (r->witness->extent) {
                sp_text_add(&page->out, "    ");
                sp_wrap_add(&page->out, 4, 4, r->witness->extent);
            }
            if (r->proof.cause)
                write_line(page, 4, SP_STYLE_PLAIN, "likely cause:", r->proof.cause);
        } else if (r->verdict == SP_VERDICT_UNDECIDED) {
            write_line(page, 2, SP_STYLE_OPEN, "undecided:",
                       sp_pool_format(page->pool, "%s: %s", r->name, r->reason));
        }
    }
}

static void write_reach(sp_page *page, const sp_result_outcome *r)
{
    if (r->proof.outcome == SP_PROOF_OUTCOME_PROVED)
        write_line(page, 4, SP_STYLE_FAINT, "proof:", r->proof.statement);
    else if (r->proof.outcome != SP_PROOF_OUTCOME_NONE)
        write_line(page, 4, SP_STYLE_FAINT, "proof:",
                   sp_pool_format(page->pool, "none%s%s%s%s", r->proof.cause ? ": " : "",
                                  r->proof.cause ? r->proof.cause : "",
                                  r->proof.statement ? "; the difference is " : "",
                                  r->proof.statement ? r->proof.statement : ""));
    if (r->field.finding == SP_FINDING_NONE)
        return;
    sp_text line = sp_text_in(page->pool);
    sp_text_format(&line, "%zu entries modulo %u primes drawn from seed %llu", r->field.compared,
                   r->field.trials, (unsigned long long)r->field.seed);
    if (*r->field.random_functions)
        sp_text_format(&line, ", %s random", r->field.random_functions);
    if (r->field.error)
        sp_text_format(&line, "; equal: right for all data at these sizes, but for a probability "
                              "of at most %s", r->field.error);
    else
        sp_text_add(&line, r->field.differs ? "; different" : "; says nothing");
    write_line(page, 4, SP_STYLE_FAINT, "field:", sp_text_string(&line));
}

/* Everything that the evidence of one result holds and the table does not show. */
static void write_details(sp_page *page, const sp_result_outcome *r)
{
    sp_text line = sp_text_in(page->pool);
    sp_text_format(&line, "%s; computed %s; merge: %s", r->reason, r->layout.computed,
                   r->layout.merge);
    write_line(page, 2, SP_STYLE_STRONG, sp_pool_format(page->pool, "%s:", r->name),
               sp_text_string(&line));
    write_reach(page, r);
    for (size_t i = 0; i < r->differences; i++) {
        const sp_difference_evidence *d = &r->difference[i];
        line = sp_text_in(page->pool);
        sp_text_format(&line, "%zu entries on %zu %s compared, %zu equal, %zu within", d->compared,
                       d->ranks, d->ranks == 1 ? "rank" : "ranks", d->equal, d->within);
        if (d->finding == SP_FINDING_AGREES)
            sp_text_format(&line, ", %ld bits agree", d->bits_agree);
        if (d->beyond + d->one_sided)
            sp_text_format(&line, ", %zu beyond and %zu not finite on one side, on %zu ranks",
                           d->beyond, d->one_sided, d->ranks_wrong);
        if (d->unbounded + d->not_finite)
            sp_text_format(&line, ", %zu without a bound, %zu not finite", d->unbounded,
                           d->not_finite);
        if (d->compared > d->equal)
            sp_text_format(&line,
                           "; largest difference %s at %s on rank %zu%s%s%s, bound %s, scale %s",
                           d->largest, d->place.index, d->place.rank,
                           *d->place.coordinates ? " (" : "", d->place.coordinates,
                           *d->place.coordinates ? ")" : "", d->bound, d->scale);
        write_line(page, 4, SP_STYLE_FAINT, sp_pool_format(page->pool, "%s:", d->system),
                   sp_text_string(&line));
    }
    for (size_t i = 0; i < r->numdiffs; i++) {
        const sp_numdiff_evidence *n = &r->numdiff[i];
        line = sp_text_in(page->pool);
        sp_text_format(&line,
                       "%zu of %zu entries looked at, %zu judged, %zu at kinks, %zu unusable",
                       n->looked_at, n->entries, n->judged, n->kinks, n->unusable);
        if (n->delta_largest)
            sp_text_format(&line, "; the delta rule differs by at most %s (error bar %s at %s)",
                           n->delta_largest, n->delta_bar, n->delta_place.index);
        if (n->largest)
            sp_text_format(&line, "; %zu of %zu entries on ranks within, largest difference %s "
                           "(error bar %s)", n->within, n->compared, n->largest, n->bar);
        if (n->directions)
            sp_text_format(&line, "; %zu directions, %zu outside", n->directions,
                           n->delta_directions_beyond + n->directions_beyond);
        write_line(page, 4, SP_STYLE_FAINT,
                   sp_pool_format(page->pool, "finite differences in %s:", n->system),
                   sp_text_string(&line));
    }
}

/* What "proved*" in the table means: proved for some functions only. */
static void write_given(sp_page *page, const sp_outcome *o)
{
    for (size_t k = 0; k < o->results; k++)
        if (o->result[k].proof.given && !o->result[k].proof.broken) {
            write_line(page, 2, SP_STYLE_FAINT, "proved*:",
                       sp_pool_format(page->pool, "with %s, not for every function",
                                      o->result[k].proof.given));
            return;
        }
}

/* What a red run is looked at for besides what is wrong: the scheme's line, and the command. */
static void write_way_out(sp_page *page, const sp_outcome *o)
{
    sp_text line = sp_text_in(page->pool);
    for (size_t k = 0; k < o->results; k++) {
        const char *declaration = sp_say_declaration(page->pool, &o->result[k]);
        if (o->result[k].expectation != SP_EXPECTATION_MET && declaration)
            sp_text_format(&line, "%s%s at %s", line.length ? ", " : "", o->result[k].name,
                           declaration);
    }
    if (line.length)
        write_line(page, 2, SP_STYLE_FAINT, "declared:", sp_text_string(&line));
    sp_text_add(&page->out, "  ");
    sp_style_add(&page->out, page->options->color, SP_STYLE_FAINT, "again:");
    sp_text_format(&page->out, " %s\n", sp_say_command(page, o->name, o->file));
}

void sp_text_outcome(sp_page *page, const sp_outcome *o)
{
    write_title(page, o);
    write_what(page, o);
    write_results(page, o);
    for (size_t k = 0; k < o->results && page->options->verbose; k++)
        write_details(page, &o->result[k]);
    write_given(page, o);
    write_numdiff(page, o);
    if (o->fault)
        write_line(page, 2, SP_STYLE_BAD, "internal error, shardproof contradicts itself:",
                   o->fault);
    write_witnesses(page, o);
    for (size_t i = 0; i < o->warnings; i++)
        write_line(page, 2, SP_STYLE_OPEN, "warning:", o->warning[i]);
    if (o->not_checked)
        write_line(page, 2, SP_STYLE_FAINT, "note:", sp_pool_format(page->pool, "not checked: %s", o->not_checked));
    if (o->inexact_literals)
        write_line(page, 2, SP_STYLE_FAINT, "note:",
                   sp_pool_format(page->pool,
                                  "%zu %s rounded to binary64 before anything was computed",
                                  o->inexact_literals,
                                  o->inexact_literals == 1 ? "literal was" : "literals were"));
    if (o->expectation == SP_EXPECTATION_MISSED)
        write_line(page, 2, SP_STYLE_BAD, "not as expected:", o->surprise);
    if (!sp_say_is_good(o))
        write_way_out(page, o);
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    if (page->options->quiet && sp_say_is_good(o))
        return;
    sp_text_outcome(page, o);
    sp_text_add(&page->out, "\n");
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    sp_style_add(&page->out, page->options->color, SP_STYLE_BAD, signs_of(page)->missed);
    sp_text_format(&page->out, " %s: not checked: %s\n", of->name, sp_say_failure(page, status));
    sp_text_format(&page->out, "  again: %s\n\n", sp_say_command(page, of->name, of->file));
}

static void write_bad_file(sp_page *page, const char *file)
{
    sp_style_add(&page->out, page->options->color, SP_STYLE_BAD, signs_of(page)->missed);
    sp_text_format(&page->out, " %s: not checked: the file has errors\n\n", file);
}

static void write_summary(sp_page *page)
{
    const sp_report_counts *counts = page->counts;
    bool good = counts->expectation[SP_EXPECTATION_MET] == counts->cases &&
                counts->bad_files == 0 && counts->faults == 0 && !counts->cut;
    sp_text line = sp_text_in(page->pool);
    sp_wrap_add(&line, 0, 2, sp_report_summary(page));
    sp_style_add(&page->out, page->options->color, good ? SP_STYLE_GOOD : SP_STYLE_BAD,
                 sp_pool_copy(page->pool, line.bytes, line.length - 1));
    sp_text_add(&page->out, "\n");
}

const sp_format sp_format_text = {
    .outcome = write_outcome,
    .failure = write_failure,
    .bad_file = write_bad_file,
    .finish = write_summary,
};
