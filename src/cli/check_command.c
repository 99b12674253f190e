#include "command.h"
#include "files.h"
#include "output.h"
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More threads than this gain little for the matrices of one case. */
enum { THREADS_MAX = 2 };

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

bool wants_color(color_choice choice)
{
    if (choice != COLOR_AUTO)
        return choice == COLOR_ALWAYS;
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !is_set("NO_COLOR") && terminal &&
           strcmp(terminal, "dumb") != 0;
}

/* A terminal may not show UTF-8; a file or a pipe gets the same bytes everywhere. */
bool wants_ascii(bool asked)
{
    if (asked || !isatty(STDOUT_FILENO))
        return asked;
    const char *locale = is_set("LC_ALL")     ? getenv("LC_ALL")
                         : is_set("LC_CTYPE") ? getenv("LC_CTYPE")
                         : is_set("LANG")     ? getenv("LANG")
                                              : "";
    return !strstr(locale, "UTF-8") && !strstr(locale, "utf8") && !strstr(locale, "UTF8") &&
           !strstr(locale, "utf-8");
}

static unsigned processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : (unsigned)online;
}

sp_status load_cases(sp_cases **cases, const char *path)
{
    if (strcmp(path, "-") != 0)
        return sp_cases_load_file(cases, path, NULL);
    size_t length;
    char *text = read_standard_input(&length);
    *cases = NULL;
    if (!text)
        return SP_BAD_INPUT;
    sp_status status = sp_cases_load_text(cases, "<stdin>", text, length, NULL);
    free(text);
    return status;
}

static sp_status report_diagnoses(sp_report *report, const sp_cases *cases)
{
    sp_status status = SP_OK;
    for (size_t i = 0; cases && i < sp_cases_diagnoses(cases); i++) {
        fputs(sp_cases_diagnosis(cases, i)->text, stderr);
        status = sp_report_diagnosis(report, sp_cases_diagnosis(cases, i));
    }
    return status;
}

/* Adds the cases of a file to the queue, or reports what is wrong with it, after the cases before
 * it. The exit code that the file asks for. */
static int check_file(sp_report *report, queue *to, const char *path)
{
    sp_cases *cases;
    sp_status status = load_cases(&cases, path);
    int code = status == SP_OK ? EXIT_MET : sp_status_exit_code(status);
    if (status != SP_OK && status != SP_BAD_INPUT)
        fprintf(stderr, "%s: error: %s\n", path, sp_status_text(status));
    status = report_diagnoses(report, cases);
    if (code == EXIT_MET && sp_cases_count(cases) == 0) {
        fprintf(stderr, "%s: error: there is no case in this file\n", path);
        code = EXIT_USAGE;
    }
    if (code == EXIT_MET) {
        queue_add(to, cases);
    } else {
        queue_drain(to);
        status = sp_report_bad_file(report, path);
        sp_cases_close(cases);
    }
    return status == SP_OK ? code : sp_exit_code_worse(code, sp_status_exit_code(status));
}

int run_check(const settings *given)
{
    if (given->operands == 0) {
        fprintf(stderr, "shardproof check: no files\nsee shardproof check --help\n");
        return EXIT_USAGE;
    }
    int code = EXIT_MET;
    file_list files = {0};
    for (int i = 0; i < given->operands; i++)
        if (!add_files(&files, given->operand[i]))
            code = EXIT_USAGE;
    sp_check_options options = {.precision = given->precision,
                                .threads = processors() < THREADS_MAX ? 1 : THREADS_MAX,
                                .deterministic = given->deterministic};
    sp_report_options shown = {.quiet = given->quiet,
                               .verbose = given->verbose,
                               .color = wants_color(given->color),
                               .ascii = wants_ascii(given->ascii)};
    sp_report *report;
    int reason = 0;
    sp_status status = sp_report_open(&report, given->format ? given->format : "text", &shown,
                                      standard_output(&reason));
    if (status == SP_OK) {
        queue *cases = queue_open(report, &options, given->jobs ? given->jobs : processors());
        for (size_t i = 0; i < files.count && !queue_is_stopped(cases); i++)
            code = sp_exit_code_worse(code, check_file(report, cases, files.path[i]));
        code = sp_exit_code_worse(code, queue_close(cases));
        status = sp_report_finish(report);
    }
    sp_report_close(report);
    free_files(&files);
    if (status != SP_OK)
        code = sp_exit_code_worse(code, sp_status_exit_code(status));
    if (status == SP_WRITE_FAILED)
        output_failed(reason);
    else if (status != SP_OK)
        fprintf(stderr, "shardproof: %s\n", sp_status_text(status));
    return code;
}
