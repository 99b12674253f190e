#include "command.h"
#include "output.h"

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
        if (strncmp(locale, name, strlen(name)) == 0)
            return name;
    }
    return sp_derivation_language(0);
}

static bool has_utf8(const char *locale)
{
    return strstr(locale, "UTF-8") || strstr(locale, "utf8") || strstr(locale, "UTF8") ||
           strstr(locale, "utf-8");
}

/* A terminal may not show UTF-8; a file or a pipe gets the same bytes everywhere. */
static sp_derivation_style style_of(const settings *given)
{
    bool terminal = isatty(STDOUT_FILENO);
    const char *kind = getenv("TERM");
    sp_derivation_style style = {.width = given->width, .ascii = given->ascii};
    style.ascii = style.ascii || (terminal && !has_utf8(locale_of("LC_CTYPE")));
    style.color = given->color == COLOR_ALWAYS ||
                  (given->color == COLOR_AUTO && terminal && !is_set("NO_COLOR") && kind &&
                   strcmp(kind, "dumb") != 0);
    struct winsize size;
    if (!style.width && terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
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
static int choose(const char *path, const sp_cases *cases, const char *wanted)
{
    if (wanted)
        fprintf(stderr, "%s: error: there is no %s in this file; it has\n", path, wanted);
    else
        fprintf(stderr, "%s: error: choose with --case NAME or --scheme NAME one of\n", path);
    for (size_t i = 0; i < sp_cases_count(cases); i++)
        fprintf(stderr, "  case %s\n", sp_cases_info(cases, i)->name);
    for (size_t i = 0; i < sp_derive_schemes(cases); i++)
        fprintf(stderr, "  scheme %s\n", sp_derive_scheme_name(cases, i));
    return EXIT_USAGE;
}

/* Which case (or, with *scheme set, which scheme) of a file: the named one, else the only one. */
static bool find(const sp_cases *cases, const settings *given, size_t *index, bool *scheme)
{
    size_t count = sp_cases_count(cases);
    *scheme = given->scheme != NULL || (!given->case_name && count == 0);
    const char *wanted = *scheme ? given->scheme : given->case_name;
    count = *scheme ? sp_derive_schemes(cases) : count;
    *index = 0;
    if (!wanted)
        return count == 1;
    while (*index < count &&
           strcmp(*scheme ? sp_derive_scheme_name(cases, *index)
                          : sp_cases_info(cases, *index)->name, wanted) != 0)
        ++*index;
    return *index < count;
}

static int derive_file(const settings *given, const char *path)
{
    sp_cases *cases;
    sp_derivation *derivation = NULL;
    int code;
    size_t index;
    bool scheme;
    sp_status status = sp_cases_load_file(&cases, path, NULL);
    for (size_t i = 0; cases && i < sp_cases_diagnoses(cases); i++)
        fputs(sp_cases_diagnosis(cases, i)->text, stderr);
    if (status == SP_BAD_INPUT) {
        code = EXIT_USAGE;
    } else if (status != SP_OK) {
        code = fault(path, status);
    } else if (!find(cases, given, &index, &scheme)) {
        const char *wanted = scheme ? given->scheme : given->case_name;
        code = choose(path, cases, wanted);
    } else {
        status = scheme ? sp_derive_scheme(&derivation, cases, index, NULL)
                        : sp_derive_case(&derivation, cases, index, NULL);
        code = status == SP_OK ? print(derivation, given) : fault(path, status);
    }
    sp_derivation_close(derivation);
    sp_cases_close(cases);
    return code;
}

static int derive_builtin(const settings *given, const char *name)
{
    sp_derivation *derivation;
    if (given->scheme || given->case_name) {
        fprintf(stderr, "shardproof derive: --case and --scheme choose from a file, and %s is a "
                        "built-in scheme\n", name);
        return EXIT_USAGE;
    }
    sp_status status = sp_derive_builtin(&derivation, name, NULL);
    if (status != SP_OK)
        return fault(name, status);
    int code = print(derivation, given);
    sp_derivation_close(derivation);
    return code;
}

int run_derive(const settings *given)
{
    if (given->operands > 1) {
        fprintf(stderr, "shardproof derive: one case or scheme at a time\n"
                        "see shardproof derive --help\n");
        return EXIT_USAGE;
    }
    if (given->scheme && given->case_name) {
        fprintf(stderr, "shardproof derive: --case and --scheme exclude each other\n"
                        "see shardproof derive --help\n");
        return EXIT_USAGE;
    }
    const char *what = given->operands ? given->operand[0] : "megatron";
    return sp_scheme_text(sp_scheme_find(what)) ? derive_builtin(given, what)
                                                : derive_file(given, what);
}
