/* The commands of shardproof and their options: one table each, from which parsing and help come.
 *
 * Only this folder prints, exits, and reads arguments and environment. It uses the public library
 * alone. */
#ifndef SP_CLI_COMMAND_H
#define SP_CLI_COMMAND_H

#include <shardproof/shardproof.h>
#include <stdio.h>

enum { EXIT_MET = 0, EXIT_MISSED = 1, EXIT_USAGE = 2, EXIT_OPEN = 3, EXIT_FAULT = 70 };

typedef enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_choice;

enum { REPORTS_MAX = 16, FILTERS_MAX = 64 };

typedef struct asked_report {
    const char *format;
    const char *path; /* NULL: standard output */
} asked_report;

/* What the command line asked for. */
typedef struct settings {
    asked_report report[REPORTS_MAX]; /* none: text on standard output */
    size_t reports;
    const char *filter[FILTERS_MAX];
    size_t filters;
    color_choice color;
    bool rule; /* networks */
    bool quiet, verbose, ascii, deterministic, list, fail_fast, exit_zero, require_all;
    double seconds; /* for each case or scheme; 0: no limit */
    size_t bytes;   /* check: for each case; likewise */
    unsigned precision;
    const char *format;                       /* prove, derive: NULL: text */
    const char *scheme;                       /* prove: only the scheme of that name; NULL: all.
                                               * derive: which one of the file, without a case */
    const char *dump;                         /* prove: what to print in place of proofs; NULL: nothing */
    const char *sigma, *g, *loss;             /* prove: given functions */
    const char *certificate, *counterexample; /* prove: files to write */
    unsigned jobs; /* 0: as many as there are processors */
    const char *language, *case_name;         /* derive; NULL: the locale's, the only one */
    size_t width;                             /* derive; 0: the terminal's */
    char **operand;
    int operands;
} settings;

typedef struct option {
    const char *name;     /* without the dashes */
    const char *argument; /* as help shows it; NULL: takes none */
    const char *help;
    const char *(*set)(settings *to, const char *argument); /* NULL, or what is wrong */
} option;

typedef struct command {
    const char *name, *operands, *summary;
    const char *examples; /* lines, first in the help */
    const char *notes;    /* lines, last in the help */
    const option *options; /* ends with a NULL name */
    int (*run)(const settings *given); /* exit code */
} command;

/* What the argument of an option may be, or an operand: one of some words. */
typedef struct words {
    const char *command, *option; /* names; no option: the operands, which may be files too */
    const char *(*name)(size_t index); /* from 0; NULL after the last */
    const char *(*summary)(size_t index); /* NULL if the names say it all */
} words;

extern const command command_table[]; /* ends with a NULL name */
extern const words words_table[];     /* ends with a NULL command */
extern const char overview_question[], overview_examples[];
extern const option check_options[], prove_options[], derive_options[], networks_options[], no_options[];

int run_check(const settings *given);
int run_prove(const settings *given);
int run_derive(const settings *given);
int run_init(const settings *given);
int run_schemes(const settings *given);
int run_networks(const settings *given);

/* Parses the arguments after the command's name. False: *code is the exit code, all is said. */
bool parse_options(settings *to, const command *of, int count, char **argument, int *code);

/* What commands share: whether to colour, to avoid UTF-8; a file, or standard input for "-". */
bool wants_color(color_choice choice);
bool wants_ascii(bool asked);
sp_status load_cases(sp_cases **cases, const char *path);

/* NULL: anything goes. of_option: NULL for the operands. */
const words *words_of(const char *of_command, const char *of_option);
const char *color_word(size_t index); /* in the order of color_choice */

void print_help(const command *of);
void print_overview(FILE *to);

#endif
