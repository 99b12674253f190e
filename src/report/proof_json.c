/* The format json of reports on proofs, schema shardproof-proof/1. */
#include "report/json.h"
#include "report/proof_format.h"

static void write_failing(sp_json *json, const sp_failing_case *f)
{
    if (!f) {
        sp_json_string(json, "counterexample", NULL);
        return;
    }
    sp_json_open(json, "counterexample", '{');
    sp_json_string(json, "name", f->name);
    sp_json_string(json, "case", f->text);
    sp_json_bool(json, "shown_before", f->shown_before);
    sp_json_string(json, "brief", f->brief);
    sp_json_string(json, "sizes", f->sizes);
    sp_json_string(json, "splits", f->splits);
    sp_json_string(json, "network", f->network);
    sp_json_string(json, "rank", f->rank);
    sp_json_string(json, "index", f->index);
    sp_json_string(json, "got", f->got);
    sp_json_string(json, "want", f->want);
    sp_json_bool(json, "exact", f->exact);
    sp_json_bool(json, "only_uneven", f->only_uneven);
    sp_json_close(json, '}');
}

static void write_result(sp_json *json, const sp_proved_result *r)
{
    sp_json_open(json, NULL, '{');
    sp_json_string(json, "name", r->name);
    sp_json_count(json, "line", r->line);
    sp_json_string(json, "outcome", sp_proof_outcome_name(r->outcome));
    sp_json_string(json, "statement", r->statement);
    sp_json_string(json, "given", r->given);
    if (r->outcome != SP_PROOF_OUTCOME_PROVED) {
        sp_json_string(json, "place", r->place);
        sp_json_count(json, "place_line", r->place_line);
        sp_json_string(json, "made_from", r->made_from);
        sp_json_string(json, "computed", r->computed);
        sp_json_string(json, "expected", r->expected);
        sp_json_string(json, "difference", r->difference);
        sp_json_string(json, "right_with", r->right_if);
        sp_json_string(json, "bounds", r->bounds);
        if (r->outcome == SP_PROOF_OUTCOME_OPEN)
            sp_json_string(json, "missing", r->missing);
        write_failing(json, r->failing);
    }
    sp_json_close(json, '}');
}

static void write_scheme(sp_json *json, const sp_scheme_outcome *o)
{
    sp_json_open(json, NULL, '{');
    sp_json_string(json, "name", o->scheme);
    sp_json_string(json, "file", o->file);
    sp_json_count(json, "line", o->line);
    sp_json_string(json, "outcome", sp_proof_outcome_name(o->outcome));
    sp_json_string(json, "not_checked", o->not_checked);
    sp_json_string(json, "theorem", o->theorem);
    sp_json_open(json, "results", '[');
    for (size_t k = 0; k < o->results; k++)
        write_result(json, &o->result[k]);
    sp_json_close(json, ']');
    if (*o->steps)
        sp_json_string(json, "steps", o->steps);
    if (o->derivation)
        sp_json_string(json, "derivation", o->derivation);
    sp_json_string(json, "counterexamples", o->counterexamples);
    sp_json_close(json, '}');
}

static void write_diagnosis(sp_json *json, const sp_diagnosis *d)
{
    sp_json_open(json, NULL, '{');
    sp_json_string(json, "file", d->file);
    sp_json_count(json, "line", d->line);
    sp_json_count(json, "column", d->column);
    sp_json_string(json, "severity", d->error ? "error" : "warning");
    sp_json_string(json, "message", d->message);
    sp_json_string(json, "hint", d->hint);
    sp_json_close(json, '}');
}

static void write_counts(sp_json *json, const char *key, const size_t count[SP_PROOF_OUTCOME_COUNT])
{
    sp_json_open(json, key, '{');
    for (sp_proof_outcome i = SP_PROOF_OUTCOME_PROVED; i < SP_PROOF_OUTCOME_COUNT; i++)
        sp_json_count(json, sp_proof_outcome_name(i), count[i]);
    sp_json_close(json, '}');
}

void sp_proof_report_json(sp_text *out, const sp_proof_report *report,
                          const sp_report_options *options)
{
    (void)options;
    sp_json json = {.out = out, .first = true};
    sp_proof_counts counts = sp_proof_report_count(report);
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "schema", "shardproof-proof/1");
    sp_json_open(&json, "schemes", '[');
    for (size_t i = 0; i < report->schemes; i++)
        write_scheme(&json, report->scheme[i]);
    sp_json_close(&json, ']');
    sp_json_open(&json, "diagnostics", '[');
    for (size_t i = 0; i < report->diagnoses; i++)
        write_diagnosis(&json, report->diagnosis[i]);
    sp_json_close(&json, ']');
    sp_json_open(&json, "summary", '{');
    write_counts(&json, "schemes", counts.scheme);
    write_counts(&json, "results", counts.result);
    sp_json_close(&json, '}');
    sp_json_close(&json, '}');
    sp_text_add(out, "\n");
}
