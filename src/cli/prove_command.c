#include "command.h"
#include "files.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

/* What was loaded and proved, until the report is written. */
typedef struct run {
    const settings *given;
    sp_cases **loaded;
    size_t files;
    const sp_diagnosis **diagnosis;
    size_t diagnoses;
    sp_proving **proving;
    const sp_scheme_outcome **outcome;
    size_t schemes, room, dumped;
    int code;
} run;

static void worsen(run *r, int code)
{
    r->code = sp_exit_code_worse(r->code, code);
}

static void complain(const char *about, const char *what)
{
    fprintf(stderr, "%s: error: %s\n", about, what);
}

/* A built-in scheme by its name, else a file. */
static sp_status load(sp_cases **schemes, const char *operand)
{
    if (sp_scheme_find(operand) < sp_scheme_count())
        return sp_cases_load_builtin(schemes, operand, NULL);
    return load_cases(schemes, operand);
}

static void show_diagnoses(run *r, const sp_cases *schemes, const char *operand)
{
    for (size_t i = 0; i < sp_cases_diagnoses(schemes); i++) {
        const sp_diagnosis *d = sp_cases_diagnosis(schemes, i);
        fputs(d->text, stderr);
        r->diagnosis = or_exit(realloc(r->diagnosis, (r->diagnoses + 1) * sizeof *r->diagnosis));
        r->diagnosis[r->diagnoses++] = d;
    }
    if (sp_cases_diagnoses(schemes) == 1 && sp_cases_diagnosis(schemes, 0)->line == 0 &&
        !strpbrk(operand, "/."))
        fprintf(stderr, "  hint: there is no built-in scheme %s either; shardproof schemes lists them\n",
                operand);
}

static bool is_proved_before(const run *r, const sp_scheme_info *info)
{
    for (size_t i = 0; i < r->schemes; i++)
        if (strcmp(r->outcome[i]->file, info->file) == 0 &&
            strcmp(r->outcome[i]->scheme, info->name) == 0)
            return true;
    return false;
}

static bool is_asked_for(const run *r, const sp_scheme_info *info)
{
    if (r->given->scheme && strcmp(r->given->scheme, info->name) != 0)
        return false;
    return !is_proved_before(r, info);
}

static void dump_scheme(run *r, const sp_cases *schemes, size_t index)
{
    int reason = 0;
    sp_status status = sp_scheme_dump(schemes, index, r->given->dump, NULL, standard_output(&reason));
    if (status == SP_WRITE_FAILED)
        output_failed(reason);
    else if (status != SP_OK)
        complain(sp_cases_scheme(schemes, index)->name, sp_status_text(status));
    worsen(r, sp_status_exit_code(status));
    r->dumped++;
}

static void prove_scheme(run *r, const sp_cases *schemes, size_t index)
{
    const settings *given = r->given;
    const sp_limits limits = {.seconds = given->seconds};
    const sp_proving_options options = {.sigma = given->sigma, .g = given->g, .loss = given->loss,
                                        .steps = given->verbose,
                                        .certificate = given->certificate != NULL,
                                        .limits = &limits};
    sp_proving *proving;
    sp_status status = sp_proving_run(&proving, schemes, index, &options);
    if (status != SP_OK) {
        complain(sp_cases_scheme(schemes, index)->name, sp_status_text(status));
        worsen(r, sp_status_exit_code(status));
        return;
    }
    if (r->schemes == r->room) {
        r->room = r->room ? 2 * r->room : 16;
        r->proving = or_exit(realloc(r->proving, r->room * sizeof *r->proving));
        r->outcome = or_exit(realloc(r->outcome, r->room * sizeof *r->outcome));
    }
    r->proving[r->schemes] = proving;
    r->outcome[r->schemes++] = sp_proving_outcome(proving);
    worsen(r, sp_scheme_outcome_exit_code(sp_proving_outcome(proving)));
    if (r->given->require_all && sp_proving_outcome(proving)->not_checked)
        worsen(r, EXIT_OPEN);
}

static void prove_operand(run *r, const char *operand)
{
    sp_cases *schemes;
    sp_status status = load(&schemes, operand);
    if (status != SP_OK)
        worsen(r, sp_status_exit_code(status));
    if (!schemes) {
        if (status != SP_BAD_INPUT) /* else it is said already */
            complain(operand, sp_status_text(status));
        return;
    }
    r->loaded = or_exit(realloc(r->loaded, (r->files + 1) * sizeof *r->loaded));
    r->loaded[r->files++] = schemes;
    show_diagnoses(r, schemes, operand);
    for (size_t i = 0; i < sp_cases_schemes(schemes); i++)
        if (is_asked_for(r, sp_cases_scheme(schemes, i)))
            (r->given->dump ? dump_scheme : prove_scheme)(r, schemes, i);
}

/* ---- files ---- */

static void write_file(run *r, const char *path, const char *text)
{
    if (!write_text(path, text))
        worsen(r, EXIT_FAULT);
}

/* What has no theorem though it is proved. */
static const char *without(const sp_scheme_outcome *o)
{
    return o->certified < o->proved ? " without what is known of distributions, exp, log, roots, means and functions "
                                      "that are the same"
                                    : "";
}

static void write_certificate(run *r, const sp_scheme_outcome *o)
{
    const char *path = r->given->certificate;
    if (o->not_certified) {
        complain(o->scheme, o->not_certified);
        worsen(r, EXIT_USAGE);
        return;
    }
    if (o->certificate)
        write_file(r, path, o->certificate);
    else
        fprintf(stderr, "%s: not written: no result of %s is proved%s\n", path, o->scheme, without(o));
    if (o->certified < o->results)
        worsen(r, EXIT_OPEN);
    if (o->certificate && o->certified < o->results)
        fprintf(stderr, "%s: theorems for %zu of %zu results: only what is proved%s has one\n", path, o->certified,
                o->results, without(o));
    if (o->certificate && o->uncertified)
        fprintf(stderr, "%s: %s\n", path, o->uncertified);
}

static void write_counterexamples(run *r)
{
    char *all = NULL;
    size_t used = 0;
    for (size_t i = 0; i < r->schemes; i++) {
        const char *text = r->outcome[i]->counterexamples;
        size_t length = strlen(text);
        if (length == 0)
            continue;
        size_t room = used + length + 2;
        all = or_exit(realloc(all, room));
        used += (size_t)snprintf(all + used, room - used, "%s%s", used ? "\n" : "", text);
    }
    if (all)
        write_file(r, r->given->counterexample, all);
    else
        fprintf(stderr, "%s: not written: nothing is refuted\n", r->given->counterexample);
    free(all);
}

static void write_report(run *r)
{
    const settings *given = r->given;
    const sp_proof_report report = {r->outcome, r->schemes, r->diagnosis, r->diagnoses};
    const sp_report_options shown = {.quiet = given->quiet,
                                     .verbose = given->verbose,
                                     .color = wants_color(given->color),
                                     .ascii = wants_ascii(given->ascii)};
    int reason = 0;
    sp_status status = sp_proof_report_write(&report, given->format ? given->format : "text", &shown,
                                             standard_output(&reason));
    if (status != SP_OK)
        worsen(r, sp_status_exit_code(status));
    if (status == SP_WRITE_FAILED)
        output_failed(reason);
    else if (status != SP_OK)
        fprintf(stderr, "shardproof: %s\n", sp_status_text(status));
}

static int bad_usage(const char *what)
{
    fprintf(stderr, "shardproof prove: %s\nsee shardproof prove --help\n", what);
    return EXIT_USAGE;
}

int run_prove(const settings *given)
{
    if (given->operands == 0)
        return bad_usage("no schemes");
    run r = {.given = given};
    file_list operands = {0};
    for (int i = 0; i < given->operands; i++)
        if (!add_files(&operands, given->operand[i]))
            worsen(&r, EXIT_USAGE);
    for (size_t i = 0; i < operands.count; i++)
        prove_operand(&r, operands.path[i]);
    if (given->scheme && r.schemes + r.dumped == 0 && r.code == EXIT_MET)
        worsen(&r, bad_usage("there is no scheme of that name"));
    if (given->certificate && r.schemes > 1)
        worsen(&r, bad_usage("--certificate is for one scheme: --scheme chooses it"));
    else if (given->certificate && r.schemes == 1)
        write_certificate(&r, r.outcome[0]);
    if (given->counterexample && !given->dump)
        write_counterexamples(&r);
    if (!given->dump)
        write_report(&r);
    for (size_t i = 0; i < r.schemes; i++)
        sp_proving_close(r.proving[i]);
    for (size_t i = 0; i < r.files; i++)
        sp_cases_close(r.loaded[i]);
    free(r.proving);
    free(r.outcome);
    free(r.loaded);
    free(r.diagnosis);
    free_files(&operands);
    return r.code;
}
