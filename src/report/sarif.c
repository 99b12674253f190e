/* The format sarif: SARIF 2.1.0 (OASIS), one run, a result for each result of each case.
 *
 * kind is pass where the case expects what came out, fail where it does not, open where that could
 * not be told; level is error for fail and none for the others, as section 3.27.10 of the standard
 * asks. The location is the line of the scheme that declares the result (of the case, if the
 * scheme is built in), a related one the case's. Files with errors are results too, so that code
 * scanning shows them. quiet leaves out what passes: GitHub shows it as if it were found. */
#include "typeset/escape.h"
#include "report/json.h"
#include "report/say.h"

#include <shardproof/version.h>

#include <inttypes.h>
#include <string.h>

/*  id, identifier, summary. The second to sixth are the kinds of witness, see outcome.h. */
#define SARIF_RULES(X)                                                                          \
    X(AGREES, "agrees", "The result came out as the case expects.")                             \
    X(LAYOUT, "layout", "The declared layout of a result is not that of the computed value.")   \
    X(DIFFERENCE, "difference",                                                                 \
      "A result differs from the delta rule by more than rounding explains.")                   \
    X(NOT_FINITE, "not-finite", "A result is NaN or infinite where the delta rule is not, or "  \
                                "the other way round.")                                         \
    X(FINITE_DIFFERENCE, "finite-difference",                                                   \
      "A gradient is not the slope of the loss that finite differences show.")                  \
    X(FIELD, "field", "A result differs from the delta rule on other data of the same sizes.")  \
    X(UNEXPECTED_MATCH, "unexpected-match", "A result matches although the case expects a "     \
                                            "mismatch.")                                        \
    X(UNDECIDED, "undecided", "Neither a match nor a mismatch could be shown.")                 \
    X(NOT_CHECKED, "not-checked", "A case could not be checked.")                               \
    X(INPUT, "input", "A file of cases or schemes has an error.")                               \
    X(PROVED, "proved", "The result is the delta rule's, for every size, mesh, split and datum.") \
    X(REFUTED, "refuted", "A counterexample shows that the result is not the delta rule's.")    \
    X(OPEN, "open", "The result was neither proved nor refuted.")                               \
    X(SCHEME_INPUT, "input", "A file of cases or schemes has an error.")

typedef enum sarif_rule {
#define X(id, name, summary) RULE_##id,
    SARIF_RULES(X)
#undef X
} sarif_rule;

static const struct {
    const char *name, *summary;
} rules[] = {
#define X(id, name, summary) {name, summary},
    SARIF_RULES(X)
#undef X
};

enum { RULES = sizeof rules / sizeof *rules };

/* A report on cases lists the rules before PROVED, one on schemes the others. */
static size_t first_rule(const sp_page *page)
{
    return page->proofs ? RULE_PROVED : 0;
}

static size_t rules_end(const sp_page *page)
{
    return page->proofs ? RULES : RULE_PROVED;
}

/* Results are in the array of the run in the array of runs in the document. */
enum { IN_RESULTS = 4, IN_NOTIFICATIONS = 6 };

typedef struct sarif_state {
    size_t results, notifications;
} sarif_state;

static sarif_state *state_of(sp_page *page)
{
    if (!*page->state)
        *page->state = SP_NEW(page->kept->pool, sarif_state);
    return *page->state;
}

/* Witness kinds are words, identifiers have no spaces. */
static sarif_rule rule_of_witness(const char *kind)
{
    for (sarif_rule r = RULE_LAYOUT; r <= RULE_FIELD; r++) {
        size_t i = 0;
        while (kind[i] && (kind[i] == rules[r].name[i] ||
                           (kind[i] == ' ' && rules[r].name[i] == '-')))
            i++;
        if (!kind[i] && !rules[r].name[i])
            return r;
    }
    return RULE_DIFFERENCE;
}

static sarif_rule rule_of(const sp_page *page, const sp_result_outcome *r)
{
    if (page->proofs)
        return r->expectation == SP_EXPECTATION_MET    ? RULE_PROVED
               : r->expectation == SP_EXPECTATION_OPEN ? RULE_OPEN
                                                       : RULE_REFUTED;
    if (r->expectation == SP_EXPECTATION_MET)
        return RULE_AGREES;
    if (r->expectation == SP_EXPECTATION_OPEN)
        return RULE_UNDECIDED;
    return r->witness ? rule_of_witness(r->witness->kind) : RULE_UNEXPECTED_MATCH;
}

static void write_message(sp_json *json, const char *key, const char *text)
{
    sp_json_open(json, key, '{');
    sp_json_string(json, "text", text);
    sp_json_close(json, '}');
}

static void write_physical(sp_page *page, sp_json *json, const char *file, size_t line,
                           size_t column)
{
    sp_text uri = sp_text_in(page->pool);
    sp_escape_uri(&uri, file);
    sp_json_open(json, "physicalLocation", '{');
    sp_json_open(json, "artifactLocation", '{');
    sp_json_string(json, "uri", sp_text_string(&uri));
    sp_json_close(json, '}');
    if (line) {
        sp_json_open(json, "region", '{');
        sp_json_count(json, "startLine", line);
        if (column)
            sp_json_count(json, "startColumn", column);
        sp_json_close(json, '}');
    }
    sp_json_close(json, '}');
}

static void write_logical(sp_page *page, sp_json *json, const char *of_case, const char *result)
{
    sp_json_open(json, "logicalLocations", '[');
    sp_json_open(json, NULL, '{');
    sp_json_string(json, "name", result ? result : of_case);
    sp_json_string(json, "fullyQualifiedName",
                   result ? sp_pool_format(page->pool, "%s/%s", of_case, result) : of_case);
    sp_json_string(json, "kind", result ? "result" : page->proofs ? "scheme" : "case");
    sp_json_close(json, '}');
    sp_json_close(json, ']');
}

/* FNV-1a of what stays the same while a file is edited: rule, file, case and result. */
static void write_fingerprint(sp_page *page, sp_json *json, sarif_rule rule, const char *file,
                              const char *name, const char *result)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const char *part[] = {rules[rule].name, file, name, result};
    for (size_t p = 0; p < sizeof part / sizeof *part; p++) {
        for (const char *s = part[p]; s && *s; s++)
            hash = (hash ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
        hash *= UINT64_C(0x100000001b3); /* a part ends: as after a byte 0 */
    }
    sp_json_open(json, "partialFingerprints", '{');
    const char *text = sp_pool_format(page->pool, "%016" PRIx64, hash);
    sp_json_string(json, "shardproof/v1", text);
    /* the name that GitHub looks for */
    sp_json_string(json, "primaryLocationLineHash", text);
    sp_json_close(json, '}');
}

static sp_json open_result(sp_page *page, sarif_rule rule, sp_expectation kind,
                           const char *message)
{
    static const char *const names[] = {[SP_EXPECTATION_MET] = "pass",
                                        [SP_EXPECTATION_MISSED] = "fail",
                                        [SP_EXPECTATION_OPEN] = "open"};
    sp_json json = {.out = &page->out, .depth = IN_RESULTS,
                    .first = state_of(page)->results++ == 0};
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "ruleId", rules[rule].name);
    sp_json_count(&json, "ruleIndex", (size_t)rule - first_rule(page));
    sp_json_string(&json, "kind", names[kind]);
    sp_json_string(&json, "level", kind == SP_EXPECTATION_MISSED ? "error" : "none");
    write_message(&json, "message", message);
    return json;
}

static void open_locations(sp_json *json, const char *key)
{
    sp_json_open(json, key, '[');
    sp_json_open(json, NULL, '{');
}

static void close_locations(sp_json *json)
{
    sp_json_close(json, '}');
    sp_json_close(json, ']');
}

static const char *message_of(sp_page *page, const sp_outcome *o, const sp_result_outcome *r)
{
    if (r->expectation == SP_EXPECTATION_MET)
        return sp_pool_format(page->pool, "%s: %s: %s%s: %s", o->name, r->name, sp_say_verdict(page, r->verdict),
                              page->proofs ? "" : ", as expected", r->reason);
    sp_text lines = sp_text_in(page->pool);
    sp_text_format(&lines, "%s\n", sp_say_title(page, o));
    sp_say_result(page, &lines, r);
    sp_text_format(&lines, "again: %s", sp_say_command(page, o->name, o->file));
    return sp_text_string(&lines);
}

static void write_properties(sp_page *page, sp_json *json, const sp_outcome *o,
                             const sp_result_outcome *r)
{
    const sp_witness *w = r->witness;
    sp_json_open(json, "properties", '{');
    sp_json_string(json, page->proofs ? "scheme" : "case", o->name);
    sp_json_string(json, "verdict", sp_say_verdict(page, r->verdict));
    if (w && (page->proofs ? w->got : w->place.index)) {
        if (w->place.index) {
            sp_json_count(json, "rank", w->place.rank);
            sp_json_string(json, "entry", w->place.index);
        }
        sp_json_string(json, "got", w->got);
        sp_json_string(json, "want", w->want);
        if (!page->proofs) {
            sp_json_string(json, "gotByWant", w->quotient);
            sp_json_string(json, "ratio", w->ratio);
        }
    }
    if (sp_say_cause(r))
        sp_json_string(json, "likelyCause", sp_say_cause(r));
    if (r->proof.outcome != SP_PROOF_OUTCOME_NONE)
        sp_json_string(json, "proof", sp_proof_outcome_name(r->proof.outcome));
    sp_json_string(json, "again", sp_say_command(page, o->name, o->file));
    sp_json_close(json, '}');
}

static void write_result(sp_page *page, const sp_outcome *o, const sp_result_outcome *r)
{
    sarif_rule rule = rule_of(page, r);
    sp_json json = open_result(page, rule, r->expectation, message_of(page, o, r));
    open_locations(&json, "locations");
    if (r->line)
        write_physical(page, &json, r->file, r->line, r->column);
    else
        write_physical(page, &json, o->file, o->line, 0);
    write_logical(page, &json, o->name, r->name);
    close_locations(&json);
    if (r->line) {
        open_locations(&json, "relatedLocations");
        write_physical(page, &json, o->file, o->line, 0);
        write_message(&json, "message", page->proofs ? "the scheme" : "the case");
        close_locations(&json);
    }
    write_fingerprint(page, &json, rule, o->file, o->name, r->name);
    write_properties(page, &json, o, r);
    sp_json_close(&json, '}');
}

static void write_notification(sp_page *page, const char *level, const char *text,
                               const char *file, size_t line)
{
    sp_json json = {.out = page->kept, .depth = IN_NOTIFICATIONS,
                    .first = state_of(page)->notifications++ == 0};
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "level", level);
    write_message(&json, "message", text);
    if (file) {
        open_locations(&json, "locations");
        write_physical(page, &json, file, line, 0);
        close_locations(&json);
    }
    sp_json_close(&json, '}');
}

static void write_whole_case(sp_page *page, sarif_rule rule, sp_expectation kind,
                             const char *message, const char *name, const char *file, size_t line)
{
    sp_json json = open_result(page, rule, kind, message);
    open_locations(&json, "locations");
    write_physical(page, &json, file, line, 0);
    write_logical(page, &json, name, NULL);
    close_locations(&json);
    write_fingerprint(page, &json, rule, file, name, NULL);
    sp_json_close(&json, '}');
}

static void write_outcome(sp_page *page, const sp_outcome *o)
{
    for (size_t k = 0; k < o->results; k++)
        if (!page->options->quiet || o->result[k].expectation != SP_EXPECTATION_MET)
            write_result(page, o, &o->result[k]);
    if (o->expectation != SP_EXPECTATION_MET && !sp_say_about(o)) {
        bool missed = o->expectation == SP_EXPECTATION_MISSED;
        write_whole_case(page, missed ? RULE_UNEXPECTED_MATCH : RULE_UNDECIDED, o->expectation,
                         sp_pool_format(page->pool, "%s\nagain: %s", sp_say_title(page, o),
                                        sp_say_command(page, o->name, o->file)),
                         o->name, o->file, o->line);
    }
    if (o->fault)
        write_notification(page, "error", sp_pool_format(page->pool, "%s: %s",
                                                         sp_say_title(page, o), o->fault),
                           o->file, o->line);
    for (size_t i = 0; i < o->warnings; i++)
        write_notification(page, "warning",
                           sp_pool_format(page->pool, "%s: %s", o->name, o->warning[i]), o->file,
                           o->line);
}

static void write_failure(sp_page *page, const sp_case_info *of, sp_status status)
{
    const char *text = sp_pool_format(page->pool, "%s: not checked: %s\nagain: %s", of->name,
                                      sp_say_failure(page, status),
                                      sp_say_command(page, of->name, of->file));
    write_whole_case(page, RULE_NOT_CHECKED, SP_EXPECTATION_OPEN, text, of->name, of->file,
                     of->line);
}

static void write_diagnosis(sp_page *page, const sp_diagnosis *d)
{
    if (!d->error) {
        write_notification(page, "warning", d->message, d->file, d->line);
        return;
    }
    sp_json json = open_result(page, page->proofs ? RULE_SCHEME_INPUT : RULE_INPUT, SP_EXPECTATION_MISSED,
                               d->hint ? sp_pool_format(page->pool, "%s\nhint: %s", d->message,
                                                        d->hint)
                                       : d->message);
    open_locations(&json, "locations");
    write_physical(page, &json, d->file, d->line, d->column);
    close_locations(&json);
    write_fingerprint(page, &json, RULE_INPUT, d->file, d->message, NULL);
    sp_json_close(&json, '}');
}

static void write_begin(sp_page *page)
{
    sp_json json = {.out = &page->out};
    sp_json_open(&json, NULL, '{');
    sp_json_string(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    sp_json_string(&json, "version", "2.1.0");
    sp_json_open(&json, "runs", '[');
    sp_json_open(&json, NULL, '{');
    sp_json_open(&json, "tool", '{');
    sp_json_open(&json, "driver", '{');
    sp_json_string(&json, "name", "shardproof");
    sp_json_string(&json, "semanticVersion", sp_version());
    sp_json_open(&json, "rules", '[');
    for (size_t r = first_rule(page); r < rules_end(page); r++) {
        sp_json_open(&json, NULL, '{');
        sp_json_string(&json, "id", rules[r].name);
        write_message(&json, "shortDescription", rules[r].summary);
        sp_json_close(&json, '}');
    }
    sp_json_close(&json, ']');
    sp_json_close(&json, '}');
    sp_json_close(&json, '}');
    sp_json_string(&json, "columnKind", "unicodeCodePoints");
    sp_json_open(&json, "results", '[');
}

static void write_cut(sp_page *page)
{
    write_notification(page, "error", sp_pool_format(page->pool, "%s: no other case was checked",
                                                     page->counts->cut), NULL, 0);
}

static void write_finish(sp_page *page)
{
    const sp_report_counts *c = page->counts;
    sp_json json = {.out = &page->out, .depth = IN_RESULTS, .first = state_of(page)->results == 0};
    sp_json_close(&json, ']');
    sp_json_open(&json, "invocations", '[');
    sp_json_open(&json, NULL, '{');
    sp_json_bool(&json, "executionSuccessful",
                 !c->cut && c->bad_files == 0 && c->failures == 0 && c->faults == 0);
    sp_json_open(&json, "toolExecutionNotifications", '[');
    sp_text_add_bytes(&page->out, sp_text_string(page->kept), page->kept->length);
    json.first = page->kept->length == 0;
    sp_json_close(&json, ']');
    sp_json_close(&json, '}');
    sp_json_close(&json, ']');
    sp_json_open(&json, "properties", '{');
    sp_json_string(&json, "summary", sp_report_summary(page));
    sp_json_close(&json, '}');
    sp_json_close(&json, '}');
    sp_json_close(&json, ']');
    sp_json_close(&json, '}');
    sp_text_add(&page->out, "\n");
}

const sp_format sp_format_sarif = {
    .begin = write_begin,
    .diagnosis = write_diagnosis,
    .outcome = write_outcome,
    .failure = write_failure,
    .cut = write_cut,
    .finish = write_finish,
};
