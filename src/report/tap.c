/* The format tap: TAP version 14, a test point for each case, with YAML diagnostics under those
 * that are not ok. The plan stands at the end, as cases are not counted before they run. */
#include "typeset/escape.h"
#include "report/json.h"
#include "report/say.h"

#include <string.h>

typedef struct tap_state {
    size_t points;
    sp_text diagnoses; /* of the file that comes next */
} tap_state;

static tap_state *state_of(sp_page *page)
{
    if (!*page->state) {
        tap_state *s = SP_NEW(page->kept->pool, tap_state);
        s->diagnoses = sp_text_in(page->kept->pool);
        *page->state = s;
    }
    return *page->state;
}

static void add_point(sp_page *page, bool ok, const char *description)
{
    sp_text_format(&page->out, "%s %zu - ", ok ? "ok" : "not ok", ++state_of(page)->points);
    sp_escape_tap(&page->out, description);
    sp_text_add(&page->out, "\n");
}

/* A double-quoted scalar of YAML 1.2, which takes every string of JSON. NULL: nothing. */
static void add_field(sp_page *page, const char *indent_and_key, const char *value)
{
    if (!value)
        return;
    sp_text_format(&page->out, "  %s: ", indent_and_key);
    sp_json_text(&page->out, value);
    sp_text_add(&page->out, "\n");
}

static void add_number(sp_page *page, const char *indent_and_key, size_t value)
{
    sp_text_format(&page->out, "  %s: %zu\n", indent_and_key, value);
}

static void add_result(sp_page *page, const sp_result_outcome *r)
{
    add_field(page, "  - name", r->name);
    add_field(page, "    verdict", sp_say_verdict(page, r->verdict));
    if (r->reason != sp_say_cause(r))
        add_field(page, "    reason", r->reason);
    add_field(page, "    declared_at", sp_say_declaration(page->pool, r));
    add_field(page, "    likely_cause", sp_say_cause(r));
    const sp_witness *w = r->witness;
    if (!w)
        return;
    add_field(page, "    witness", w->text);
    if (w->place.index) {
        add_number(page, "    rank", w->place.rank);
        add_field(page, "    entry", w->place.index);
    }
    add_field(page, "    got", w->got);
    add_field(page, "    want", w->want);
    add_field(page, "    got_by_want", w->quotient);
    add_field(page, "    ratio", w->ratio_text);
    add_field(page, "    extent", w->extent);
}

static void write_begin(sp_page *page)
{
    sp_text_add(&page->out, "TAP version 14\n");
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    sp_text_add(&state_of(page)->diagnoses, d->text);
}

static void write_bad_file(sp_page *page, const char *file)
{
    tap_state *s = state_of(page);
    add_point(page, false, sp_pool_format(page->pool, "%s: the file has errors", file));
    sp_text_add(&page->out, "  ---\n");
    add_field(page, "message",
              page->proofs ? "none of its schemes was proved" : "none of its cases was checked");
    add_field(page, "severity", "fail");
    add_field(page, "file", file);
    add_field(page, "diagnostics", sp_text_string(&s->diagnoses));
    sp_text_add(&page->out, "  ...\n");
    s->diagnoses = sp_text_in(page->kept->pool);
}

static void write_warnings(sp_page *page, const sp_outcome *o)
{
    for (size_t i = 0; i < o->warnings; i++) {
        sp_text_add(&page->out, "# warning: ");
        sp_escape_tap(&page->out, sp_pool_format(page->pool, "%s: %s", o->name, o->warning[i]));
        sp_text_add(&page->out, "\n");
    }
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    state_of(page)->diagnoses = sp_text_in(page->kept->pool);
    bool ok = sp_say_is_good(o);
    add_point(page, ok, o->name);
    if (!ok) {
        sp_text_add(&page->out, "  ---\n");
        add_field(page, "message", sp_say_message(page, o));
        add_field(page, "severity", "fail");
        add_field(page, "file", o->file);
        add_number(page, "line", o->line);
        add_field(page, "verdict", sp_say_verdict(page, o->verdict));
        add_field(page, "expected", o->expected);
        add_field(page, "surprise", o->surprise);
        add_field(page, "fault", o->fault);
        if (sp_say_about(o))
            sp_text_add(&page->out, "  results:\n");
        for (size_t k = 0; k < o->results; k++)
            if (o->result[k].expectation != SP_EXPECTATION_MET)
                add_result(page, &o->result[k]);
        add_field(page, "again", sp_say_command(page, o->name, o->file));
        sp_text_add(&page->out, "  ...\n");
    }
    write_warnings(page, o);
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    add_point(page, false, of->name);
    sp_text_add(&page->out, "  ---\n");
    add_field(page, "message",
              sp_pool_format(page->pool, "not checked: %s", sp_say_failure(page, status)));
    add_field(page, "severity", "fail");
    add_field(page, "file", of->file);
    add_number(page, "line", of->line);
    add_field(page, "verdict", sp_say_verdict(page, SP_VERDICT_UNDECIDED));
    add_field(page, "again", sp_say_command(page, of->name, of->file));
    sp_text_add(&page->out, "  ...\n");
}

static void write_cut(sp_page *page)
{
    sp_text_add(&page->out, "Bail out! ");
    sp_escape_tap(&page->out, page->counts->cut);
    sp_text_add(&page->out, "\n");
}

static void write_finish(sp_page *page)
{
    size_t points = state_of(page)->points;
    if (!page->counts->cut)
        sp_text_format(&page->out, "1..%zu%s%s\n", points, points ? "" : " # SKIP no ",
                       points ? "" : page->proofs ? "scheme" : "case");
    sp_text_add(&page->out, "# ");
    sp_escape_tap(&page->out, sp_report_summary(page));
    sp_text_add(&page->out, "\n");
}

const sp_format sp_format_tap = {
    .begin = write_begin,
    .diagnosis = write_diagnosis,
    .bad_file = write_bad_file,
    .outcome = write_outcome,
    .failure = write_failure,
    .cut = write_cut,
    .finish = write_finish,
};
