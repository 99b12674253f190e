#include "command.h"
#include "output.h"
#include "signals.h"
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

/* The value of the first variable that is set of LC_ALL, the category, LANG; "" if none is. */
static const char *locale_of(const char *category)
{
    return is_set("LC_ALL")   ? getenv("LC_ALL")
           : is_set(category) ? getenv(category)
           : is_set("LANG")   ? getenv("LANG")
                              : "";
}

static const char *language_of(const settings *given)
{
    if (given->language)
        return given->language;
    const char *locale = locale_of("LC_MESSAGES");
    for (size_t i = 0; sp_derivation_language(i); i++) {
        const char *name = sp_derivation_language(i);
        size_t length = strlen(name);
        if (strncmp(locale, name, length) == 0 && strchr("_.@", locale[length]))
            return name; /* "zh", "zh_CN.UTF-8": the end of the text counts as found */
    }
    return sp_derivation_language(0);
}

/* As wide as the terminal, within what a page may be. */
static sp_derivation_style style_of(const settings *given)
{
    sp_derivation_style style = {.width = given->width,
                                 .ascii = wants_ascii(given->ascii),
                                 .color = wants_color(given->color)};
    struct winsize size;
    if (!style.width && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        style.width = size.ws_col < SP_DERIVATION_WIDTH_MIN ? SP_DERIVATION_WIDTH_MIN
                      : size.ws_col > SP_DERIVATION_WIDTH_MAX ? SP_DERIVATION_WIDTH_MAX
                                                              : size.ws_col;
    return style;
}

static int fault(const char *what, sp_status status)
{
    fprintf(stderr, "%s: error: %s\n", what, sp_status_text(status));
    return sp_status_exit_code(status);
}

static int print(const sp_derivation *derivation, const settings *given)
{
    int reason = 0;
    sp_derivation_style style = style_of(given);
    sp_status status =
        sp_derivation_write(derivation, given->format ? given->format : sp_derivation_format(0),
                            language_of(given), &style, standard_output(&reason));
    if (status == SP_OK)
        return sp_derivation_exit_code(derivation);
    return status == SP_WRITE_FAILED ? output_failed(reason) : fault("shardproof derive", status);
}

/* What a file has to offer, for someone who did not choose, or chose what is not there. */
static int choose(const char *path, const sp_cases *cases, const char *kind, const char *wanted)
{
    if (wanted)
        fprintf(stderr, "%s: error: there is no %s %s; there is\n", path, kind, wanted);
    else
        fprintf(stderr, "%s: error: choose with --case NAME or --scheme NAME one of\n", path);
    for (size_t i = 0; i < sp_cases_count(cases); i++)
        fprintf(stderr, "  case %s\n", sp_cases_info(cases, i)->name);
    for (size_t i = 0; i < sp_cases_schemes(cases); i++)
        fprintf(stderr, "  scheme %s\n", sp_cases_scheme(cases, i)->name);
    return EXIT_USAGE;
}

/* Which case (or, with *scheme set, which scheme) of a file: the named one, else the only one. */
static bool find(const sp_cases *cases, const settings *given, size_t *index, bool *scheme)
{
    size_t count = sp_cases_count(cases);
    *scheme = given->scheme != NULL || (!given->case_name && count == 0);
    const char *wanted = *scheme ? given->scheme : given->case_name;
    count = *scheme ? sp_cases_schemes(cases) : count;
    *index = 0;
    if (!wanted)
        return count == 1;
    while (*index < count &&
           strcmp(*scheme ? sp_cases_scheme(cases, *index)->name
                          : sp_cases_info(cases, *index)->name, wanted) != 0)
        ++*index;
    return *index < count;
}

static bool is_builtin(const char *name)
{
    return sp_scheme_find(name) < sp_scheme_count();
}

static int derive(const settings *given, const char *operand)
{
    const sp_limits limits = {.cancel = cancel_flag()};
    const sp_derivation_options options = {.limits = &limits};
    sp_cases *cases;
    sp_derivation *derivation = NULL;
    int code = EXIT_USAGE;
    size_t index;
    bool scheme;
    sp_status status = is_builtin(operand) ? sp_cases_load_builtin(&cases, operand, NULL)
                                           : load_cases(&cases, operand);
    for (size_t i = 0; cases && i < sp_cases_diagnoses(cases); i++)
        fputs(sp_cases_diagnosis(cases, i)->text, stderr);
    if (status != SP_OK) {
        code = status == SP_BAD_INPUT ? EXIT_USAGE : fault(operand, status);
    } else if (!find(cases, given, &index, &scheme)) {
        code = choose(operand, cases, scheme ? "scheme" : "case",
                      scheme ? given->scheme : given->case_name);
    } else {
        status = scheme ? sp_derive_scheme(&derivation, cases, index, &options)
                        : sp_derive_case(&derivation, cases, index, &options);
        code = status == SP_OK ? print(derivation, given) : fault(operand, status);
    }
    sp_derivation_close(derivation);
    sp_cases_close(cases);
    return code;
}

static int bad_usage(const char *what)
{
    fprintf(stderr, "shardproof derive: %s\nsee shardproof derive --help\n", what);
    return EXIT_USAGE;
}

int run_derive(const settings *given)
{
    if (given->operands > 1)
        return bad_usage("one case or scheme at a time");
    if (given->scheme && given->case_name)
        return bad_usage("--case and --scheme exclude each other");
    catch_signals();
    return derive(given, given->operands ? given->operand[0] : "megatron");
}
