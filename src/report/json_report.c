/* The format json, schema shardproof-report/1. */
#include "report/format.h"
#include "report/json.h"
#include "report/say.h"

/* Everything of a report is inside of its outermost object, and cases in the array in it. */
enum { IN_DOCUMENT = 1, IN_LIST = 2 };

static void write_place(sp_json *json, const char *key, const sp_place *place)
{
    if (!place->index) {
        sp_json_string(json, key, NULL);
        return;
    }
    sp_json_open(json, key, '{');
    sp_json_count(json, "rank", place->rank);
    sp_json_string(json, "coordinates", place->coordinates);
    sp_json_count(json, "row", place->row);
    sp_json_count(json, "column", place->column);
    sp_json_close(json, '}');
}

static void write_layout(sp_json *json, const sp_layout_evidence *e)
{
    sp_json_open(json, "layout", '{');
    sp_json_string(json, "finding", sp_finding_name(e->finding));
    sp_json_string(json, "declared", e->declared);
    sp_json_string(json, "computed", e->computed);
    sp_json_string(json, "merge", e->merge);
    if (e->finding == SP_FINDING_CONTRADICTS) {
        sp_json_string(json, "collision", e->collision);
        sp_json_string(json, "right_merge", e->right_merge);
        sp_json_string(json, "advice", e->advice);
    }
    sp_json_close(json, '}');
}

static void write_proof(sp_json *json, const sp_proof_evidence *e)
{
    sp_json_open(json, "proof", '{');
    sp_json_string(json, "status", sp_proof_outcome_name(e->outcome));
    if (e->outcome != SP_PROOF_OUTCOME_NONE) {
        sp_json_string(json, "finding", sp_finding_name(e->finding));
        sp_json_string(json, "given", e->given);
        sp_json_string(json, "statement", e->statement);
        if (e->assumed) {
            sp_json_string(json, "assumed_not_zero", e->assumed);
            sp_json_string(json, "assumption_broken", e->broken);
        }
        sp_json_string(json, "cause", e->cause);
        sp_json_string(json, "sizes", e->sizes);
        sp_json_string(json, "counterexample", e->counterexample);
    }
    sp_json_close(json, '}');
}

static void write_field(sp_json *json, const sp_field_evidence *e)
{
    if (e->finding == SP_FINDING_NONE)
        return;
    sp_json_open(json, "field", '{');
    sp_json_string(json, "finding", sp_finding_name(e->finding));
    sp_json_bool(json, "differs", e->differs);
    sp_json_count(json, "compared", e->compared);
    sp_json_count(json, "trials", e->trials);
    sp_json_string(json, "seed", sp_pool_format(json->out->pool, "%llu", (unsigned long long)e->seed));
    sp_json_string(json, "error", e->error);
    sp_json_string(json, "random_functions", e->random_functions);
    sp_json_close(json, '}');
}

static void write_difference(sp_json *json, const sp_difference_evidence *e)
{
    sp_json_open(json, e->system, '{');
    sp_json_string(json, "finding", sp_finding_name(e->finding));
    sp_json_count(json, "bits", e->bits);
    sp_json_count(json, "compared", e->compared);
    sp_json_count(json, "within", e->within);
    sp_json_count(json, "beyond", e->beyond);
    sp_json_count(json, "one_sided", e->one_sided);
    sp_json_count(json, "unbounded", e->unbounded);
    sp_json_count(json, "not_finite", e->not_finite);
    sp_json_count(json, "equal", e->equal);
    sp_json_count(json, "ranks", e->ranks);
    sp_json_count(json, "ranks_wrong", e->ranks_wrong);
    sp_json_string(json, "largest", e->largest);
    sp_json_string(json, "bound", e->bound);
    sp_json_string(json, "scale", e->scale);
    sp_json_integer(json, "bits_agree", e->bits_agree);
    write_place(json, "place", &e->place);
    sp_json_close(json, '}');
}

static void write_numdiff(sp_json *json, const sp_numdiff_evidence *e)
{
    sp_json_open(json, e->system, '{');
    sp_json_string(json, "finding", sp_finding_name(e->finding));
    sp_json_count(json, "bits", e->bits);
    sp_json_count(json, "entries", e->entries);
    sp_json_count(json, "looked_at", e->looked_at);
    sp_json_count(json, "judged", e->judged);
    sp_json_count(json, "kinks", e->kinks);
    sp_json_count(json, "unusable", e->unusable);
    sp_json_open(json, "delta_rule", '{');
    sp_json_count(json, "within", e->delta_within);
    sp_json_count(json, "beyond", e->delta_beyond);
    sp_json_string(json, "largest", e->delta_largest);
    sp_json_string(json, "error_bar", e->delta_bar);
    write_place(json, "place", &e->delta_place);
    sp_json_close(json, '}');
    sp_json_open(json, "ranks", '{');
    sp_json_count(json, "compared", e->compared);
    sp_json_count(json, "within", e->within);
    sp_json_count(json, "beyond", e->beyond);
    sp_json_string(json, "largest", e->largest);
    sp_json_string(json, "error_bar", e->bar);
    write_place(json, "place", &e->place);
    sp_json_close(json, '}');
    if (e->directions) {
        sp_json_open(json, "directions", '{');
        sp_json_count(json, "judged", e->directions);
        sp_json_count(json, "delta_rule_beyond", e->delta_directions_beyond);
        sp_json_count(json, "gathered_beyond", e->directions_beyond);
        sp_json_close(json, '}');
    }
    sp_json_close(json, '}');
}

static void write_witness(sp_json *json, const sp_witness *w)
{
    if (!w) {
        sp_json_string(json, "witness", NULL);
        return;
    }
    sp_json_open(json, "witness", '{');
    sp_json_string(json, "kind", w->kind);
    sp_json_string(json, "system", w->system);
    write_place(json, "place", &w->place);
    sp_json_string(json, "got", w->got);
    sp_json_string(json, "want", w->want);
    sp_json_string(json, "quotient", w->quotient);
    sp_json_string(json, "difference", w->difference);
    sp_json_string(json, "bound", w->bound);
    sp_json_string(json, "ratio", w->ratio);
    sp_json_string(json, "ratio_text", w->ratio_text);
    sp_json_string(json, "text", w->text);
    sp_json_string(json, "extent", w->extent);
    sp_json_close(json, '}');
}

static void write_result(sp_json *json, const sp_result_outcome *r)
{
    sp_json_open(json, NULL, '{');
    sp_json_string(json, "name", r->name);
    sp_json_string(json, "verdict", sp_verdict_name(r->verdict));
    sp_json_string(json, "expectation", sp_expectation_name(r->expectation));
    sp_json_string(json, "reason", r->reason);
    sp_json_string(json, "declared_at", sp_say_declaration(json->out->pool, r));
    sp_json_count(json, "rows", r->rows);
    sp_json_count(json, "columns", r->columns);
    sp_json_open(json, "evidence", '{');
    write_layout(json, &r->layout);
    write_proof(json, &r->proof);
    write_field(json, &r->field);
    for (size_t i = 0; i < r->differences; i++)
        write_difference(json, &r->difference[i]);
    if (r->numdiffs > 0) {
        sp_json_open(json, "finite_differences", '{');
        for (size_t i = 0; i < r->numdiffs; i++)
            write_numdiff(json, &r->numdiff[i]);
        sp_json_close(json, '}');
    }
    sp_json_close(json, '}');
    write_witness(json, r->witness);
    sp_json_close(json, '}');
}

static void write_what(sp_json *json, const sp_outcome *o)
{
    sp_json_string(json, "scheme", o->scheme);
    sp_json_open(json, "dims", '{');
    for (size_t d = 0; d < o->dims; d++)
        sp_json_count(json, o->dim[d].name, o->dim[d].size);
    sp_json_close(json, '}');
    sp_json_open(json, "mesh", '{');
    for (size_t a = 0; a < o->axes; a++)
        sp_json_count(json, o->axis[a].name, o->axis[a].ranks);
    sp_json_close(json, '}');
    sp_json_open(json, "splits", '{');
    for (size_t s = 0; s < o->splits; s++) {
        sp_json_open(json, o->split[s].part, '{');
        sp_json_string(json, "kind", o->split[s].kind);
        sp_json_open(json, "sizes", '[');
        for (size_t p = 0; p < o->split[s].parts; p++)
            sp_json_count(json, NULL, o->split[s].size[p]);
        sp_json_close(json, ']');
        sp_json_close(json, '}');
    }
    sp_json_close(json, '}');
    sp_json_string(json, "network", o->network);
    sp_json_string(json, "data", o->data);
    sp_json_count(json, "precision", o->precision);
    sp_json_bool(json, "deterministic", o->deterministic);
    sp_json_count(json, "inexact_literals", o->inexact_literals);
    sp_json_open(json, "finite_differences", '[');
    for (size_t i = 0; i < o->numdiffs; i++) {
        const sp_numdiff_outcome *n = &o->numdiff[i];
        sp_json_open(json, NULL, '{');
        sp_json_string(json, "system", n->system);
        sp_json_count(json, "bits", n->bits);
        sp_json_string(json, "step", n->step);
        sp_json_string(json, "sample", n->sample);
        sp_json_count(json, "entries", n->entries);
        sp_json_count(json, "looked_at", n->looked_at);
        sp_json_count(json, "directions", n->directions);
        sp_json_close(json, '}');
    }
    sp_json_close(json, ']');
}

static void write_begin(sp_page *page)
{
    sp_text_add(&page->out, "{\n  \"schema\": \"shardproof-report/1\",\n  \"cases\": [");
}

static sp_json next_case(sp_page *page)
{
    return (sp_json){.out = &page->out, .depth = IN_LIST, .first = page->counts->cases == 1};
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    sp_json json = next_case(page);
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "name", o->name);
    sp_json_string(&json, "file", o->file);
    sp_json_count(&json, "line", o->line);
    sp_json_string(&json, "verdict", sp_verdict_name(o->verdict));
    sp_json_bool(&json, "expected", o->expectation == SP_EXPECTATION_MET);
    sp_json_string(&json, "expectation", sp_expectation_name(o->expectation));
    sp_json_string(&json, "expect", o->expected);
    sp_json_string(&json, "surprise", o->surprise);
    sp_json_string(&json, "again", sp_say_command(page, o->name, o->file));
    write_what(&json, o);
    if (o->fault)
        sp_json_string(&json, "fault", o->fault);
    sp_json_open(&json, "results", '[');
    for (size_t k = 0; k < o->results; k++)
        write_result(&json, &o->result[k]);
    sp_json_close(&json, ']');
    sp_json_string(&json, "not_checked", o->not_checked);
    sp_json_open(&json, "warnings", '[');
    for (size_t i = 0; i < o->warnings; i++)
        sp_json_string(&json, NULL, o->warning[i]);
    sp_json_close(&json, ']');
    sp_json_close(&json, '}');
}

/* A case that was not checked is undecided: nothing is known about it. */
static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    sp_json json = next_case(page);
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "name", of->name);
    sp_json_string(&json, "file", of->file);
    sp_json_count(&json, "line", of->line);
    sp_json_string(&json, "verdict", sp_verdict_name(SP_VERDICT_UNDECIDED));
    sp_json_bool(&json, "expected", false);
    sp_json_string(&json, "expectation", sp_expectation_name(SP_EXPECTATION_OPEN));
    sp_json_string(&json, "failure", sp_say_failure(page, status));
    sp_json_string(&json, "again", sp_say_command(page, of->name, of->file));
    sp_json_open(&json, "results", '[');
    sp_json_close(&json, ']');
    sp_json_close(&json, '}');
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    bool first = page->counts->errors + page->counts->warnings == 1;
    sp_json json = {.out = page->kept, .depth = IN_LIST, .first = first};
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "file", d->file);
    sp_json_count(&json, "line", d->line);
    sp_json_count(&json, "column", d->column);
    sp_json_string(&json, "severity", d->error ? "error" : "warning");
    sp_json_string(&json, "message", d->message);
    sp_json_string(&json, "hint", d->hint);
    sp_json_close(&json, '}');
}

static void write_finish(sp_page *page)
{
    const sp_report_counts *c = page->counts;
    sp_json json = {.out = &page->out, .depth = IN_LIST, .first = c->cases == 0};
    sp_json_close(&json, ']');
    sp_json_open(&json, "diagnostics", '[');
    sp_text_add_bytes(&page->out, sp_text_string(page->kept), page->kept->length);
    json.first = page->kept->length == 0;
    sp_json_close(&json, ']');
    sp_json_open(&json, "summary", '{');
    sp_json_count(&json, "cases", c->cases);
    for (sp_verdict v = 0; v < SP_VERDICT_COUNT; v++)
        sp_json_count(&json, sp_verdict_name(v), c->verdict[v]);
    sp_json_count(&json, "expected", c->expectation[SP_EXPECTATION_MET]);
    sp_json_count(&json, "unexpected", c->expectation[SP_EXPECTATION_MISSED]);
    sp_json_count(&json, "open", c->expectation[SP_EXPECTATION_OPEN]);
    sp_json_count(&json, "not_checked", c->failures);
    sp_json_count(&json, "files_with_errors", c->bad_files);
    sp_json_count(&json, "faults", c->faults);
    sp_json_string(&json, "cut", c->cut);
    sp_json_close(&json, '}');
    sp_json_close(&json, '}');
    sp_text_add(&page->out, "\n");
}

const sp_format sp_format_json = {
    .begin = write_begin,
    .diagnosis = write_diagnosis,
    .outcome = write_outcome,
    .failure = write_failure,
    .finish = write_finish,
};
