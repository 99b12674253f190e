#include "report/proof_format.h"
#include "report/terminal.h"

#include <string.h>

typedef struct page {
    sp_text *out;
    const sp_report_options *options;
    size_t width; /* of the names of a scheme's results, with the space behind them */
} page;

static sp_style style_of(sp_proof_outcome outcome)
{
    return outcome == SP_PROOF_OUTCOME_PROVED    ? SP_STYLE_GOOD
           : outcome == SP_PROOF_OUTCOME_REFUTED ? SP_STYLE_BAD
                                                 : SP_STYLE_OPEN;
}

static const char *sign_of(const page *p, sp_proof_outcome outcome)
{
    bool ascii = p->options->ascii;
    return outcome == SP_PROOF_OUTCOME_PROVED    ? ascii ? "ok" : "✓"
           : outcome == SP_PROOF_OUTCOME_REFUTED ? ascii ? "FAIL" : "✗"
                                                 : "?";
}

/* A label, and words wrapped behind it. */
static void write_line(const page *p, size_t indent, sp_style style, const char *label,
                       const char *text)
{
    sp_text_add_repeated(p->out, " ", indent);
    sp_style_add(p->out, p->options->color, style, label);
    sp_text_add(p->out, " ");
    sp_wrap_add(p->out, indent + sp_text_columns(label) + 1, indent + 2, text);
}

/* A text of several lines, each wrapped and indented; its own indentation stays. */
static void write_lines(const page *p, size_t indent, const char *text)
{
    sp_pool *pool = p->out->pool;
    while (*text) {
        size_t length = strcspn(text, "\n"), own = strspn(text, " ");
        sp_text_add_repeated(p->out, " ", indent + own);
        sp_wrap_add(p->out, indent + own, indent + own + 4,
                    sp_pool_copy(pool, text + own, length > own ? length - own : 0));
        text += length + (text[length] == '\n');
    }
}

static void write_title(const page *p, const sp_scheme_outcome *o)
{
    sp_style style = style_of(o->outcome);
    sp_style_add(p->out, p->options->color, style, sign_of(p, o->outcome));
    sp_text_add(p->out, " ");
    sp_style_add(p->out, p->options->color, SP_STYLE_STRONG, o->scheme);
    sp_text_add(p->out, ": ");
    sp_style_add(p->out, p->options->color, style, sp_proof_outcome_name(o->outcome));
    if (o->outcome != SP_PROOF_OUTCOME_PROVED) {
        sp_text_format(p->out, " (%zu of %zu results proved", o->proved, o->results);
        if (o->refuted)
            sp_text_format(p->out, ", %zu refuted", o->refuted);
        if (o->open)
            sp_text_format(p->out, ", %zu open", o->open);
        sp_text_add(p->out, ")");
    }
    sp_text_add(p->out, "\n");
}

static void write_failing(const page *p, const sp_proved_result *r)
{
    const sp_failing_case *f = r->failing;
    if (!f && !r->bounds)
        return; /* none was looked for */
    if (!f)
        write_line(p, 4, SP_STYLE_FAINT, "no counterexample; tried", r->bounds);
    else
        write_line(p, 4, SP_STYLE_FAINT, "fails at",
                   sp_pool_format(p->out->pool, "%s%s%s: %s%s", f->sizes, *f->splits ? ", " : "",
                                  f->splits, sp_failing_entry(p->out->pool, r),
                                  f->only_uneven ? "; parts of equal size never fail" : ""));
}

static void write_difference(const page *p, const sp_proved_result *r)
{
    if (r->missing) /* before the formulas: they may be equal all the same */
        write_line(p, 4, SP_STYLE_OPEN, "not decided:", r->missing);
    if (r->computed && r->expected) {
        write_line(p, 4, SP_STYLE_FAINT, sp_pool_format(p->out->pool, "%s is", r->place), r->computed);
        write_line(p, 4, SP_STYLE_FAINT, "not", r->expected);
    }
    if (r->difference && p->options->verbose)
        write_line(p, 4, SP_STYLE_FAINT, "computed - delta rule:", r->difference);
    if (r->right_if)
        write_line(p, 4, SP_STYLE_FAINT, "right with", r->right_if);
    write_failing(p, r);
}

static void write_words(const page *p, const sp_proved_result *r, const char *between,
                        const char *words)
{
    const char *outcome = sp_proof_outcome_name(r->outcome);
    sp_text_format(p->out, "  %-*s", (int)p->width, r->name); /* names have at most SP_LIMIT_NAME characters */
    sp_style_add(p->out, p->options->color, style_of(r->outcome), outcome);
    sp_text_add(p->out, between);
    sp_wrap_add(p->out, 2 + p->width + strlen(outcome) + strlen(between), 6, words);
}

static void write_result(const page *p, const sp_proved_result *r)
{
    if (r->outcome == SP_PROOF_OUTCOME_PROVED) {
        write_words(p, r, r->given ? " with " : "", r->given ? r->given : "");
        return;
    }
    if (r->made_from && r->failing && !p->options->verbose) { /* the rest is said there */
        write_words(p, r, ": ",
                    sp_pool_format(p->out->pool, "wrong in %s, as %s is; fails at %s: %s", r->place,
                                   r->made_from, r->failing->brief, sp_failing_entry(p->out->pool, r)));
        return;
    }
    write_words(p, r, ": ", r->statement);
    write_difference(p, r);
}

static void write_scheme(page *p, const sp_scheme_outcome *o)
{
    p->width = 4; /* dW1 */
    for (size_t k = 0; k < o->results; k++)
        if (strlen(o->result[k].name) >= p->width)
            p->width = strlen(o->result[k].name) + 1;
    write_title(p, o);
    if (o->derivation) { /* that it computes its own results says nothing more */
        write_lines(p, 2, o->derivation);
        sp_text_add(p->out, "\n");
        return;
    }
    for (size_t k = 0; k < o->results; k++)
        write_result(p, &o->result[k]);
    if (o->not_checked)
        write_line(p, 2, SP_STYLE_FAINT, "note:", sp_pool_format(p->out->pool, "not checked: %s", o->not_checked));
    if (*o->steps) {
        write_line(p, 2, SP_STYLE_STRONG, "steps:", "each line equals the one before it, by the rule above");
        write_lines(p, 2, o->steps);
    }
    write_lines(p, 2, o->theorem);
    if (*o->counterexamples) {
        write_line(p, 2, SP_STYLE_STRONG, "counterexample,",
                   "as a file for `shardproof check`, which finds the mismatch:");
        sp_text_format(p->out, "\n%s", o->counterexamples);
    }
    sp_text_add(p->out, "\n");
}

void sp_proof_text_scheme(sp_text *out, const sp_scheme_outcome *scheme, const sp_report_options *options)
{
    page p = {out, options, 0};
    write_scheme(&p, scheme);
}

static void add_counts(sp_text *out, const char *what, const size_t count[SP_PROOF_OUTCOME_COUNT])
{
    size_t all = 0;
    for (sp_proof_outcome i = 0; i < SP_PROOF_OUTCOME_COUNT; i++)
        all += count[i];
    sp_text_format(out, "%zu %s%s: %zu proved", all, what, all == 1 ? "" : "s",
                   count[SP_PROOF_OUTCOME_PROVED]);
    if (count[SP_PROOF_OUTCOME_REFUTED])
        sp_text_format(out, ", %zu refuted", count[SP_PROOF_OUTCOME_REFUTED]);
    if (count[SP_PROOF_OUTCOME_OPEN])
        sp_text_format(out, ", %zu open", count[SP_PROOF_OUTCOME_OPEN]);
}

void sp_proof_report_text(sp_text *out, const sp_proof_report *report,
                          const sp_report_options *options)
{
    page p = {out, options, 0};
    sp_proof_counts counts = sp_proof_report_count(report);
    for (size_t i = 0; i < report->schemes; i++)
        if (!options->quiet || report->scheme[i]->outcome != SP_PROOF_OUTCOME_PROVED)
            write_scheme(&p, report->scheme[i]);
    sp_text line = sp_text_in(out->pool);
    add_counts(&line, "scheme", counts.scheme);
    sp_text_add(&line, "; ");
    add_counts(&line, "result", counts.result);
    bool good = counts.scheme[SP_PROOF_OUTCOME_PROVED] == report->schemes && report->schemes > 0;
    sp_style_add(out, options->color, good ? SP_STYLE_GOOD : SP_STYLE_BAD, sp_text_string(&line));
    sp_text_add(out, "\n");
}
