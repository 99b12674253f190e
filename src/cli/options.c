#include "command.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *set_format(settings *to, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const char *path = argument[length] ? argument + length + 1 : NULL, *format = NULL;
    for (size_t i = 0; sp_report_format(i); i++)
        if (strlen(sp_report_format(i)) == length &&
            memcmp(sp_report_format(i), argument, length) == 0)
            format = sp_report_format(i);
    if (!format)
        return "there is no format of that name";
    if (path && !*path)
        return "the name of the file is missing";
    if (to->reports == REPORTS_MAX)
        return "there are 16 reports at most";
    for (size_t i = 0; i < to->reports; i++) {
        const char *other = to->report[i].path;
        if (!path && !other)
            return "only one report can be written to standard output: --format NAME=FILE";
        if (path && other && strcmp(path, other) == 0)
            return "another report is written to that file";
    }
    to->report[to->reports++] = (asked_report){format, path};
    return NULL;
}

static const char *set_filter(settings *to, const char *argument)
{
    if (to->filters == FILTERS_MAX)
        return "there are 64 patterns at most";
    to->filter[to->filters++] = argument;
    return NULL;
}

static const char *set_time_limit(settings *to, const char *argument)
{
    char *end;
    double seconds = strtod(argument, &end);
    bool is_plain = argument[strspn(argument, "0123456789.")] == '\0';
    if (!is_plain || !*argument || *end || !(seconds > 0))
        return "it is a number of seconds, such as 30 or 0.5";
    to->seconds = seconds;
    return NULL;
}

static const char *set_memory_limit(settings *to, const char *argument)
{
    static const char wrong[] =
        "it is a number of bytes, such as 64M (K, M, G are 2^10, 2^20, 2^30)";
    char *end;
    unsigned long long number = strtoull(argument, &end, 10);
    unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    end += shift > 0;
    if (*argument < '1' || *argument > '9' || *end || number > (SIZE_MAX >> shift))
        return wrong;
    to->bytes = (size_t)number << shift;
    return NULL;
}

static const char *set_list(settings *to, const char *argument)
{
    (void)argument;
    to->list = true;
    return NULL;
}

static const char *set_fail_fast(settings *to, const char *argument)
{
    (void)argument;
    to->fail_fast = true;
    return NULL;
}

static const char *set_require_all(settings *to, const char *argument)
{
    (void)argument;
    to->require_all = true;
    return NULL;
}

static const char *set_exit_zero(settings *to, const char *argument)
{
    (void)argument;
    to->exit_zero = true;
    return NULL;
}

static const char *set_proof_format(settings *to, const char *argument)
{
    for (size_t i = 0; sp_proof_report_format(i); i++) {
        if (strcmp(sp_proof_report_format(i), argument) == 0) {
            to->format = argument;
            return NULL;
        }
    }
    return "there is no format of that name";
}

static const char *set_known(const char **to, const char *argument,
                             const char *(*name)(size_t index), const char *wrong)
{
    for (size_t i = 0; name(i); i++) {
        if (strcmp(name(i), argument) == 0) {
            *to = argument;
            return NULL;
        }
    }
    return wrong;
}

static const char *set_sigma(settings *to, const char *argument)
{
    return set_known(&to->sigma, argument, sp_activation_name, "there is no activation of that name");
}

static const char *set_g(settings *to, const char *argument)
{
    return set_known(&to->g, argument, sp_activation_name, "there is no activation of that name");
}

static const char *set_loss(settings *to, const char *argument)
{
    return set_known(&to->loss, argument, sp_loss_name, "there is no loss of that name");
}

static const char *set_scheme(settings *to, const char *argument)
{
    to->scheme = argument;
    return NULL;
}

/* coqc takes the name of a file for that of a module. */
static const char *set_certificate(settings *to, const char *argument)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    const char *slash = strrchr(argument, '/'), *base = slash ? slash + 1 : argument;
    size_t length = strspn(base, letters);
    while (length > 0 && base[length] && (strchr(letters, base[length]) || strchr("0123456789", base[length])))
        length++;
    if (length == 0 || strcmp(base + length, ".v") != 0)
        return "coqc takes letters, digits and _ before the .v, no digit first";
    to->certificate = argument;
    return NULL;
}

static const char *set_dump(settings *to, const char *argument)
{
    to->dump = argument;
    return strcmp(argument, "program") == 0 ? NULL : "it is program";
}

static const char *set_counterexample(settings *to, const char *argument)
{
    to->counterexample = argument;
    return NULL;
}

static const char *set_color(settings *to, const char *argument)
{
    for (size_t i = 0; color_word(i); i++) {
        if (strcmp(color_word(i), argument) == 0) {
            to->color = (color_choice)i;
            return NULL;
        }
    }
    return "it is one of auto, always, never";
}

static const char *set_precision(settings *to, const char *argument)
{
    char *end;
    unsigned long bits = strtoul(argument, &end, 10);
    if (*argument < '0' || *argument > '9' || *end || bits < SP_PRECISION_MIN ||
        bits > SP_PRECISION_MAX)
        return "it is a number of bits from 24 to 65536";
    to->precision = (unsigned)bits;
    return NULL;
}

static const char *set_jobs(settings *to, const char *argument)
{
    char *end;
    unsigned long jobs = strtoul(argument, &end, 10);
    if (*argument < '1' || *argument > '9' || *end || jobs > 64)
        return "it is a number from 1 to 64";
    to->jobs = (unsigned)jobs;
    return NULL;
}

static const char *set_quiet(settings *to, const char *argument)
{
    (void)argument;
    to->quiet = true;
    return to->verbose ? "--quiet and --verbose exclude each other" : NULL;
}

static const char *set_verbose(settings *to, const char *argument)
{
    (void)argument;
    to->verbose = true;
    return to->quiet ? "--quiet and --verbose exclude each other" : NULL;
}

static const char *set_ascii(settings *to, const char *argument)
{
    (void)argument;
    to->ascii = true;
    return NULL;
}

static const char *set_deterministic(settings *to, const char *argument)
{
    (void)argument;
    to->deterministic = true;
    return NULL;
}

#define TIME_LIMIT(what) {"time-limit", "SECONDS", what, set_time_limit}

const option check_options[] = {
    {"format", "NAME[=FILE]", "how the report is written (see below); may be repeated", set_format},
    {"filter", "PATTERN", "only cases of that name, or that a pattern such as '*tp=2*' fits",
     set_filter},
    {"list", NULL, "names the cases, without checking them", set_list},
    {"quiet", NULL, "only what did not come out as expected, and the summary", set_quiet},
    {"verbose", NULL, "all the evidence of every result", set_verbose},
    {"color", "WHEN", "always, never, or auto: on a terminal, unless NO_COLOR is set",
     set_color},
    {"ascii", NULL, "no signs outside of ASCII", set_ascii},
    {"precision", "BITS", "of mpfr, in place of the cases' own", set_precision},
    {"jobs", "N", "at most so many cases at once, in place of one for each processor", set_jobs},
    TIME_LIMIT("for each case: one that reaches it is undecided"),
    {"memory-limit", "SIZE", "for each case, such as 512M: likewise", set_memory_limit},
    {"fail-fast", NULL, "ends with the first case that is not as expected", set_fail_fast},
    {"require-all", NULL, "exit code 3 if a gradient of the network is no result of the scheme", set_require_all},
    {"exit-zero", NULL, "exit code 0 in place of 1 and 3", set_exit_zero},
    {"deterministic", NULL, "the same bits on every machine: products in index order",
     set_deterministic},
    {NULL, NULL, NULL, NULL},
};

const option prove_options[] = {
    {"verbose", NULL, "the steps of the proof, and every difference in full", set_verbose},
    {"certificate", "FILE.v", "writes a proof of one scheme that Coq checks", set_certificate},
    {"counterexample", "FILE", "writes the counterexamples that are printed", set_counterexample},
    {"scheme", "NAME", "only the scheme of that name, of those in the files", set_scheme},
    {"dump", "WHAT", "program: prints what is proved, operation by operation, and proves nothing", set_dump},
    {"sigma", "NAME", "the hidden activation is known, not any function", set_sigma},
    {"g", "NAME", "the same for the output activation", set_g},
    {"loss", "NAME", "the same for the loss", set_loss},
    {"require-all", NULL, "exit code 3 if a gradient of the network is no result of a scheme", set_require_all},
    TIME_LIMIT("for each scheme: how long counterexamples are looked for"),
    {"format", "NAME", "how the report is written (see below)", set_proof_format},
    {"quiet", NULL, "only schemes that are not proved, and the summary", set_quiet},
    {"color", "WHEN", "auto (a terminal, unless NO_COLOR is set), always, never", set_color},
    {"ascii", NULL, "no signs outside of ASCII", set_ascii},
    {NULL, NULL, NULL, NULL},
};

static const char *set_derivation_format(settings *to, const char *argument)
{
    for (size_t i = 0; sp_derivation_format(i); i++)
        if (strcmp(sp_derivation_format(i), argument) == 0)
            to->format = argument;
    return to->format == argument ? NULL : "there is no format of that name";
}

static const char *set_language(settings *to, const char *argument)
{
    for (size_t i = 0; sp_derivation_language(i); i++)
        if (strcmp(sp_derivation_language(i), argument) == 0)
            to->language = argument;
    return to->language == argument ? NULL : "it is one of en, zh";
}

static const char *set_width(settings *to, const char *argument)
{
    char *end;
    unsigned long width = strtoul(argument, &end, 10);
    if (*argument < '0' || *argument > '9' || *end || width < SP_DERIVATION_WIDTH_MIN ||
        width > SP_DERIVATION_WIDTH_MAX)
        return "it is a number of columns from 40 to 200";
    to->width = width;
    return NULL;
}

static const char *set_case(settings *to, const char *argument)
{
    to->case_name = argument;
    return NULL;
}

const option derive_options[] = {
    {"format", "NAME", "how it is written (see below)", set_derivation_format},
    {"lang", "LANGUAGE", "en, zh", set_language},
    {"case", "NAME", "which case of the file", set_case},
    {"scheme", "NAME", "which scheme of the file, without a case", set_scheme},
    {"width", "COLUMNS", "of text, 40 to 200: by default the terminal's, else 80", set_width},
    {"color", "WHEN", "auto (a terminal, unless NO_COLOR is set), always, never", set_color},
    {"ascii", NULL, "no signs outside of ASCII but the language's own", set_ascii},
    {NULL, NULL, NULL, NULL},
};

static const char *set_rule(settings *to, const char *argument)
{
    (void)argument;
    to->rule = true;
    return NULL;
}

const option networks_options[] = {
    {"rule", NULL, "its delta rule in place of the network", set_rule},
    {"certificate", "FILE.v", "writes a proof that the delta rule is the gradient, which Coq checks", set_certificate},
    {NULL, NULL, NULL, NULL},
};

const option no_options[] = {{NULL, NULL, NULL, NULL}};

static int bad_usage(const command *of, const char *what, const char *argument, const char *why)
{
    fprintf(stderr, "shardproof %s: %s %s%s%s\nsee shardproof %s --help\n", of->name, what,
            argument, why ? ": " : "", why ? why : "", of->name);
    return EXIT_USAGE;
}

/* "--name" or "--name=argument": the option, and its argument or NULL */
static const option *find(const command *of, const char *text, const char **argument)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : strlen(text);
    *argument = equals ? equals + 1 : NULL;
    for (const option *o = of->options; o->name; o++)
        if (strlen(o->name) == length && memcmp(o->name, text, length) == 0)
            return o;
    return NULL;
}

bool parse_options(settings *to, const command *of, int count, char **argument, int *code)
{
    bool only_operands = false;
    to->operand = argument; /* operands are moved to the front */
    to->operands = 0;
    for (int i = 0; i < count; i++) {
        const char *text = argument[i];
        if (only_operands || text[0] != '-' || text[1] == '\0') {
            to->operand[to->operands++] = argument[i];
            continue;
        }
        if (strcmp(text, "--") == 0) {
            only_operands = true;
            continue;
        }
        if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
            print_help(of);
            *code = EXIT_MET;
            return false;
        }
        const char *value = NULL;
        const option *o = text[1] == '-' ? find(of, text + 2, &value) : NULL;
        if (!o) {
            *code = bad_usage(of, "unknown option", text, NULL);
            return false;
        }
        if (!o->argument && value) {
            *code = bad_usage(of, "bad option", text, "it takes no argument");
            return false;
        }
        if (o->argument && !value && i + 1 < count)
            value = argument[++i];
        if (o->argument && !value) {
            *code = bad_usage(of, "bad option", text, "its argument is missing");
            return false;
        }
        const char *wrong = o->set(to, value);
        if (wrong) {
            *code = bad_usage(of, "bad option", text, wrong);
            return false;
        }
    }
    return true;
}
