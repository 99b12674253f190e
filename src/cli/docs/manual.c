#include "docs.h"

#include <string.h>

/* The bytes of a UTF-8 character, and its code point. The texts are our own, and valid. */
static size_t decode(const char *text, size_t length, unsigned *point)
{
    unsigned char first = (unsigned char)*text;
    size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    *point = bytes == 1 ? first : first & (0xffu >> (bytes + 1));
    for (size_t i = 1; i < bytes && i < length; i++)
        *point = *point << 6 | ((unsigned char)text[i] & 0x3fu);
    return bytes < length ? bytes : length;
}

/* groff_char(7): these would come out as typographic relatives. */
static const char *special(char letter, bool is_code)
{
    switch (letter) {
    case '\\': return "\\(rs";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    case '"': return "\\(dq";
    case '-': return is_code ? "\\-" : NULL;
    default: return NULL;
    }
}

static void escape(FILE *to, const char *text, size_t length, bool is_code)
{
    for (size_t i = 0, bytes; i < length; i += bytes) {
        unsigned point;
        bytes = decode(text + i, length - i, &point);
        const char *name = special(text[i], is_code);
        if (name)
            fputs(name, to);
        else if (bytes > 1)
            fprintf(to, "\\[u%04X]", point);
        else
            putc(text[i], to);
    }
}

void roff_text(FILE *to, const char *text, size_t length)
{
    escape(to, text, length, false);
}

void roff_code(FILE *to, const char *text, size_t length)
{
    escape(to, text, length, true);
}

static void code(FILE *to, const char *text)
{
    roff_code(to, text, strlen(text));
}

void roff_title(FILE *to, const char *title, int section)
{
    fprintf(to, ".TH ");
    code(to, title);
    fprintf(to, " %d \"\" \"shardproof %s\" \"shardproof manual\"\n", section, sp_version());
}

/* Lines of an example, none of them filled; a line must not begin with a control character. */
static void example(FILE *to, const char *lines)
{
    fprintf(to, ".EX\n");
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        fputs("\\&", to);
        roff_code(to, lines, length);
        putc('\n', to);
        lines += length + (lines[length] == '\n');
    }
    fprintf(to, ".EE\n");
}

/* Paragraphs with an empty line between them; the one on exit codes has a section of its own. */
static void notes(FILE *to, const char *lines, bool about_exit)
{
    while (*lines) {
        const char *end = strstr(lines, "\n\n");
        size_t length = end ? (size_t)(end - lines) : strlen(lines);
        if ((strncmp(lines, "exit code", 9) == 0) == about_exit) {
            fprintf(to, about_exit ? ".SH EXIT STATUS\n" : ".PP\n");
            for (size_t i = 0; i < length;) {
                size_t line = strcspn(lines + i, "\n");
                fputs("\\&", to);
                roff_text(to, lines + i, line);
                putc('\n', to);
                i += line + 1;
            }
        }
        lines += length;
        lines += strspn(lines, "\n");
    }
}

static void option_of(FILE *to, const char *name, const char *argument, const char *help)
{
    fprintf(to, ".TP\n\\fB\\-\\-");
    code(to, name);
    fprintf(to, "\\fP");
    if (argument) {
        fprintf(to, " \\fI");
        code(to, argument);
        fprintf(to, "\\fP");
    }
    fprintf(to, "\n\\&");
    roff_text(to, help, strlen(help));
    putc('\n', to);
}

static void words_of_option(FILE *to, const words *of)
{
    fprintf(to, of->summary ? ".RS\n" : ".br\nOne of:");
    for (size_t i = 0; of->name(i); i++) {
        fputs(of->summary ? ".TP\n\\fB" : i ? ", " : " ", to);
        code(to, of->name(i));
        if (of->summary) {
            fprintf(to, "\\fP\n\\&");
            roff_text(to, of->summary(i), strlen(of->summary(i)));
            putc('\n', to);
        }
    }
    fprintf(to, of->summary ? ".RE\n" : ".\n");
}

/* but: a command, NULL on the page of all commands */
static void see_also(FILE *to, const char *but, const page *all)
{
    const char *before = ".SH SEE ALSO\n";
    if (but)
        fprintf(to, "%s.BR shardproof (1)", before);
    for (const command *c = command_table; c->name; c++) {
        if (but && strcmp(but, c->name) == 0)
            continue;
        fprintf(to, "%s.BR shardproof\\-%s (1)", c == command_table && !but ? before : ",\n", c->name);
    }
    see_pages(to, all, NULL);
    putc('\n', to);
}

void write_overview_page(FILE *to, const page *all)
{
    roff_title(to, "SHARDPROOF", 1);
    fprintf(to, ".SH NAME\nshardproof \\- ");
    roff_text(to, overview_question, strlen(overview_question));
    fprintf(to, "\n.SH SYNOPSIS\n.B shardproof\n.I command\n.RI [ options ]\n.RI [ operands ]\n"
                ".br\n.B shardproof \\-\\-help\n.br\n.B shardproof \\-\\-version\n"
                ".SH COMMANDS\n");
    for (const command *c = command_table; c->name; c++) {
        fprintf(to, ".TP\n.BR shardproof\\-%s (1)\n\\&", c->name);
        roff_text(to, c->summary, strlen(c->summary));
        putc('\n', to);
    }
    fprintf(to, ".SH OPTIONS\n");
    option_of(to, "help", NULL, "names the commands; after a command, its options");
    option_of(to, "version", NULL, "the versions of shardproof and of the libraries in use");
    fprintf(to, ".SH EXAMPLES\n");
    example(to, overview_examples);
    see_also(to, NULL, all);
}

void write_command_page(FILE *to, const command *of, const page *all)
{
    char title[256];
    snprintf(title, sizeof title, "SHARDPROOF-%s", of->name);
    for (char *letter = title; *letter; letter++)
        if (*letter >= 'a' && *letter <= 'z')
            *letter = (char)(*letter - 'a' + 'A');
    roff_title(to, title, 1);
    fprintf(to, ".SH NAME\nshardproof\\-%s \\- ", of->name);
    roff_text(to, of->summary, strlen(of->summary));
    fprintf(to, "\n.SH SYNOPSIS\n.B shardproof %s\n%s.I ", of->name,
            of->options[0].name ? ".RI [ options ]\n" : "");
    code(to, of->operands);
    fprintf(to, "\n.SH DESCRIPTION\n.B shardproof %s\n", of->name);
    roff_text(to, of->summary, strlen(of->summary));
    fprintf(to, ".\n");
    notes(to, of->notes, false);
    fprintf(to, ".SH OPTIONS\n");
    for (const option *o = of->options; o->name; o++) {
        option_of(to, o->name, o->argument, o->help);
        const words *choice = words_of(of->name, o->name);
        if (choice)
            words_of_option(to, choice);
    }
    option_of(to, "help", NULL, "a text like this one");
    notes(to, of->notes, true);
    fprintf(to, ".SH EXAMPLES\n");
    example(to, of->examples);
    see_also(to, of->name, all);
}
