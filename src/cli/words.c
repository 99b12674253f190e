#include "command.h"

#include <string.h>

static const char *const color_words[] = {"auto", "always", "never", NULL};

const char *color_word(size_t index)
{
    return color_words[index];
}

static const char *dump_word(size_t index)
{
    return index == 0 ? "program" : NULL;
}

/* The index of every word is from 0, and NULL comes after the last: so callers ask in order. */
const words words_table[] = {
    {"check", "format", sp_report_format, sp_report_format_summary},
    {"check", "color", color_word, NULL},
    {"prove", "format", sp_proof_report_format, sp_proof_report_format_summary},
    {"prove", "dump", dump_word, NULL},
    {"prove", "sigma", sp_activation_name, NULL},
    {"prove", "g", sp_activation_name, NULL},
    {"prove", "loss", sp_loss_name, NULL},
    {"prove", "color", color_word, NULL},
    {"prove", NULL, sp_scheme_name, NULL},
    {"derive", "format", sp_derivation_format, sp_derivation_format_summary},
    {"derive", "lang", sp_derivation_language, NULL},
    {"derive", "color", color_word, NULL},
    {"derive", NULL, sp_scheme_name, NULL},
    {"schemes", NULL, sp_scheme_name, NULL},
    {"networks", NULL, sp_network_name, NULL},
    {NULL, NULL, NULL, NULL},
};

const words *words_of(const char *of_command, const char *of_option)
{
    for (const words *w = words_table; w->command; w++) {
        bool same = of_option && w->option ? strcmp(of_option, w->option) == 0 : of_option == w->option;
        if (same && strcmp(of_command, w->command) == 0)
            return w;
    }
    return NULL;
}
