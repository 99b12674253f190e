#include "command.h"

#include <string.h>

static void print_indented(const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        printf("%s%.*s\n", length ? "  " : "", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void print_option(const char *name, const char *argument, const char *help)
{
    int width = printf("  --%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("%*s%s\n", width < 26 ? 26 - width : 2, "", help);
}

static void print_formats(const char *(*name)(size_t index), const char *(*summary)(size_t index))
{
    printf("\nformats:\n");
    for (size_t i = 0; name(i); i++)
        printf("  %-24s%s\n", name(i), summary(i));
}

void print_help(const command *of)
{
    printf("shardproof %s: %s\n\nexamples:\n", of->name, of->summary);
    print_indented(of->examples);
    printf("\nusage: shardproof %s%s %s\n\noptions:\n", of->name,
           of->options[0].name ? " [options]" : "", of->operands);
    for (const option *o = of->options; o->name; o++)
        print_option(o->name, o->argument, o->help);
    print_option("help", NULL, "this text");
    if (of->options == check_options)
        print_formats(sp_report_format, sp_report_format_summary);
    if (of->options == prove_options)
        print_formats(sp_proof_report_format, sp_proof_report_format_summary);
    if (*of->notes) {
        printf("\n");
        fputs(of->notes, stdout);
    }
}

void print_overview(FILE *to)
{
    fprintf(to, "shardproof: is the gradient that a sharded MLP computes the gradient of the "
                "unsharded network?\n\nexamples:\n"
                "  shardproof check cases/notes.case\n"
                "  shardproof check --quiet cases\n"
                "  shardproof prove megatron\n"
                "  shardproof init plans\n"
                "  shardproof schemes megatron\n\n"
                "commands:\n");
    for (const command *c = command_table; c->name; c++)
        fprintf(to, "  %-12s%s\n", c->name, c->summary);
    fprintf(to, "\nshardproof COMMAND --help shows the options of a command, "
                "shardproof --version the libraries in use.\n");
}
