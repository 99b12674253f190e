#include "command.h"

#include <string.h>

static void print_indented(FILE *to, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        fprintf(to, "%s%.*s\n", length ? "  " : "", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void print_option(const char *name, const char *argument, const char *help)
{
    int width = printf("  --%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("%*s%s\n", width < 26 ? 26 - width : 2, "", help);
}

/* The words that need more than a name. */
static void print_words(const words *of)
{
    if (!of->summary)
        return;
    printf("\n%ss:\n", of->option);
    for (size_t i = 0; of->name(i); i++)
        printf("  %-24s%s\n", of->name(i), of->summary(i));
}

void print_help(const command *of)
{
    printf("shardproof %s: %s\n\nexamples:\n", of->name, of->summary);
    print_indented(stdout, of->examples);
    printf("\nusage: shardproof %s%s %s\n\noptions:\n", of->name,
           of->options[0].name ? " [options]" : "", of->operands);
    for (const option *o = of->options; o->name; o++)
        print_option(o->name, o->argument, o->help);
    print_option("help", NULL, "this text");
    for (const words *w = words_table; w->command; w++)
        if (strcmp(w->command, of->name) == 0)
            print_words(w);
    if (*of->notes) {
        printf("\n");
        fputs(of->notes, stdout);
    }
}

const char overview_question[] =
    "is the gradient that a sharded MLP computes the gradient of the unsharded network?";
const char overview_examples[] = "shardproof check cases/notes.case\n"
                                 "shardproof check --quiet cases\n"
                                 "shardproof prove megatron\n"
                                 "shardproof derive megatron\n"
                                 "shardproof init plans\n"
                                 "shardproof schemes megatron\n";

void print_overview(FILE *to)
{
    fprintf(to, "shardproof: %s\n\nexamples:\n", overview_question);
    print_indented(to, overview_examples);
    fprintf(to, "\ncommands:\n");
    for (const command *c = command_table; c->name; c++)
        fprintf(to, "  %-12s%s\n", c->name, c->summary);
    fprintf(to, "\nshardproof COMMAND --help shows the options of a command, "
                "shardproof --version the libraries in use.\n");
}
