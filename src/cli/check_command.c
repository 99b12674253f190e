#include "command.h"
#include "files.h"
#include "queue.h"
#include "signals.h"
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More threads than this gain little for the matrices of one case. */
enum { THREADS_MAX = 2 };

static unsigned processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : (unsigned)online;
}

sp_status load_cases(sp_cases **cases, const char *path)
{
    const sp_limits limits = {.cancel = cancel_flag()};
    const sp_load_options options = {.limits = &limits};
    if (strcmp(path, "-") != 0)
        return sp_cases_load_file(cases, path, &options);
    size_t length;
    char *text = read_standard_input(&length);
    *cases = NULL;
    if (!text)
        return was_interrupted() ? SP_INTERRUPTED : SP_BAD_INPUT;
    sp_status status = sp_cases_load_text(cases, "<stdin>", text, length, &options);
    free(text);
    return status;
}

/* to: NULL if nothing is reported. */
static void say_diagnosis(reports *to, const sp_diagnosis *diagnosis)
{
    fputs(diagnosis->text, stderr);
    if (to)
        reports_diagnosis(to, diagnosis);
}

/* About a whole file. */
static void say_error(reports *to, const char *path, const char *message)
{
    size_t bytes = strlen(path) + strlen(message) + sizeof ": error: \n";
    char *text = or_exit(malloc(bytes));
    snprintf(text, bytes, "%s: error: %s\n", path, message);
    say_diagnosis(to, &(sp_diagnosis){.file = path, .error = true, .message = message,
                                      .text = text});
    free(text);
}

/* Loads a file and says what is wrong with it: its exit code. *cases is NULL unless that is 0, and
 * where the cases before it have ended the run. */
static int load_and_say(sp_cases **cases, const char *path, reports *to, queue *before)
{
    sp_status status = load_cases(cases, path);
    int code = sp_status_exit_code(status);
    if (status == SP_INTERRUPTED)
        return code;
    size_t diagnoses = *cases ? sp_cases_diagnoses(*cases) : 0;
    if (before && (code != EXIT_MET || diagnoses > 0))
        queue_drain(before); /* what is said of this file comes after the files before it */
    if (before && queue_is_stopped(before)) {
        sp_cases_close(*cases);
        *cases = NULL;
        return EXIT_MET;
    }
    for (size_t i = 0; i < diagnoses; i++)
        say_diagnosis(to, sp_cases_diagnosis(*cases, i));
    if (status != SP_OK && (status != SP_BAD_INPUT || diagnoses == 0))
        say_error(to, path, sp_status_text(status));
    if (code == EXIT_MET && sp_cases_count(*cases) == 0) {
        say_error(to, path, "there is no case in this file");
        code = EXIT_USAGE;
    }
    if (code != EXIT_MET) {
        sp_cases_close(*cases);
        *cases = NULL;
    }
    return code;
}

/* Adds the cases of a file to the queue, or reports what is wrong with it, after the cases before
 * it. The exit code that the file asks for. */
static int check_file(reports *to, queue *cases, const settings *given, const char *path,
                      size_t *wanted)
{
    sp_cases *loaded;
    int code = load_and_say(&loaded, path, to, cases);
    if (loaded) {
        for (size_t i = 0; i < sp_cases_count(loaded); i++)
            *wanted += is_wanted(given, sp_cases_info(loaded, i)->name);
        queue_add(cases, loaded);
    } else if (!queue_is_stopped(cases)) {
        reports_bad_file(to, path);
    }
    return code;
}

static int list_file(const settings *given, const char *path, size_t *wanted)
{
    sp_cases *loaded;
    int code = load_and_say(&loaded, path, NULL, NULL);
    for (size_t i = 0; loaded && i < sp_cases_count(loaded); i++) {
        const sp_case_info *info = sp_cases_info(loaded, i);
        if (!is_wanted(given, info->name))
            continue;
        printf("%s\t%s:%zu\n", info->name, info->file, info->line);
        *wanted += 1;
    }
    sp_cases_close(loaded);
    return code;
}

/* What a command that shows a case again needs to show the same. */
static const char *arguments_again(const settings *given, char *text, size_t bytes)
{
    char precision[32] = "";
    if (given->precision)
        snprintf(precision, sizeof precision, "%s--precision %u", given->deterministic ? " " : "",
                 given->precision);
    snprintf(text, bytes, "%s%s", given->deterministic ? "--deterministic" : "", precision);
    return text;
}

static int check_files(const settings *given, const file_list *files, size_t *wanted)
{
    char again[64];
    const sp_limits limits = {given->bytes, given->seconds, cancel_flag()};
    const sp_check_options options = {.precision = given->precision,
                                      .threads = processors() < THREADS_MAX ? 1 : THREADS_MAX,
                                      .deterministic = given->deterministic,
                                      .limits = &limits};
    const sp_report_options shown = {.quiet = given->quiet,
                                     .verbose = given->verbose,
                                     .color = wants_color(given->color),
                                     .ascii = wants_ascii(given->ascii),
                                     .arguments = arguments_again(given, again, sizeof again),
                                     .limits = &limits};
    int code = EXIT_MET;
    reports *to = reports_open(given, &shown);
    if (!to)
        return EXIT_FAULT;
    catch_signals();
    queue *cases = queue_open(to, given, &options, given->jobs ? given->jobs : processors());
    for (size_t i = 0; i < files->count && !queue_is_stopped(cases); i++)
        code = sp_exit_code_worse(code, check_file(to, cases, given, files->path[i], wanted));
    code = sp_exit_code_worse(code, queue_close(cases));
    if (was_interrupted())
        reports_cut(to, sp_status_text(SP_INTERRUPTED));
    return sp_exit_code_worse(code, reports_close(to));
}

int run_check(const settings *given)
{
    if (given->operands == 0) {
        fprintf(stderr, "shardproof check: no files\nsee shardproof check --help\n");
        return EXIT_USAGE;
    }
    int code = EXIT_MET;
    size_t wanted = 0;
    file_list files = {0};
    for (int i = 0; i < given->operands; i++)
        if (!add_files(&files, given->operand[i]))
            code = EXIT_USAGE;
    if (!given->list)
        code = sp_exit_code_worse(code, check_files(given, &files, &wanted));
    for (size_t i = 0; given->list && i < files.count; i++)
        code = sp_exit_code_worse(code, list_file(given, files.path[i], &wanted));
    free_files(&files);
    if (was_interrupted())
        return sp_status_exit_code(SP_INTERRUPTED);
    if (given->filters > 0 && wanted == 0) {
        fprintf(stderr, "shardproof check: no case has a name that --filter %s%s fits\n",
                given->filter[0], given->filters > 1 ? " or another" : "");
        code = sp_exit_code_worse(code, EXIT_USAGE);
    }
    bool verdict = code == EXIT_MISSED || code == EXIT_OPEN;
    return given->exit_zero && verdict ? EXIT_MET : code;
}
