/* The pages on the language and on what is trusted are the README's sections on them: their headings,
 * paragraphs, tables and blocks of code, in roff. A row of a table becomes a tagged paragraph, which fits any width. */
#include "docs.h"

#include <string.h>

enum { COLUMNS_MAX = 8 };

typedef struct cell {
    const char *text;
    size_t length;
} cell;

/* One line of Markdown: `code` and **strong** are bold, *emphasis* is italic, [text](link) is text. */
static void inline_text(FILE *to, const char *text, size_t length)
{
    bool strong = false, emphasis = false;
    for (size_t i = 0; i < length; i++) {
        const char *end;
        if (text[i] == '`' && (end = memchr(text + i + 1, '`', length - i - 1))) {
            size_t inside = (size_t)(end - text) - i - 1;
            fputs("\\fB", to);
            roff_code(to, text + i + 1, inside);
            fputs(strong ? "" : emphasis ? "\\fI" : "\\fR", to);
            i += inside + 1;
        } else if (text[i] == '*' && i + 1 < length && text[i + 1] == '*') {
            strong = !strong;
            fputs(strong ? "\\fB" : "\\fR", to);
            i++;
        } else if (text[i] == '*') {
            emphasis = !emphasis;
            fputs(emphasis ? "\\fI" : "\\fR", to);
        } else if (text[i] == '[' && (end = memchr(text + i, ']', length - i)) &&
                   (size_t)(end - text) + 1 < length && end[1] == '(' &&
                   memchr(end, ')', length - (size_t)(end - text))) {
            roff_text(to, text + i + 1, (size_t)(end - text) - i - 1);
            end = memchr(end, ')', length - (size_t)(end - text));
            i = (size_t)(end - text);
        } else {
            size_t run = 1;
            while (i + run < length && !strchr("`*[", text[i + run]))
                run++;
            roff_text(to, text + i, run);
            i += run - 1;
        }
    }
}

/* row = "|" cell { "|" cell } "|" ; a "|" inside of `code` is part of it. */
static size_t split_row(cell *to, const char *line, size_t length)
{
    size_t cells = 0, start = 1;
    bool is_code = false;
    for (size_t i = 1; i < length && cells < COLUMNS_MAX; i++) {
        is_code ^= line[i] == '`';
        if (line[i] != '|' || is_code)
            continue;
        size_t first = start, last = i;
        while (first < last && line[first] == ' ')
            first++;
        while (first < last && line[last - 1] == ' ')
            last--;
        to[cells++] = (cell){line + first, last - first};
        start = i + 1;
    }
    return cells;
}

static void write_row(FILE *to, const cell *heading, const cell *row, size_t cells)
{
    fputs(".TP\n\\&", to);
    inline_text(to, row[0].text, row[0].length);
    fputs("\n\\&", to);
    for (size_t i = 1; i < cells; i++) {
        if (row[i].length == 0)
            continue;
        if (i > 1) {
            fputs("\n.br\n\\&", to);
            inline_text(to, heading[i].text, heading[i].length);
            fputs(": ", to);
        }
        inline_text(to, row[i].text, row[i].length);
    }
    putc('\n', to);
}

static void write_capitals(FILE *to, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        putc(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i], to);
}

/* What the line before was. */
typedef enum place { AFTER_HEADING, BETWEEN, IN_TEXT, IN_CODE, IN_TABLE } place;

/* From the line after a heading up to the next heading of its level. */
static void write_section(FILE *to, const char *line)
{
    place at = AFTER_HEADING;
    cell heading[COLUMNS_MAX], row[COLUMNS_MAX];
    for (size_t length; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        bool fence = strncmp(line, "```", 3) == 0;
        if (at == IN_CODE) {
            if (fence) {
                fputs(".EE\n.RE\n", to);
                at = BETWEEN;
            } else {
                fputs("\\&", to);
                roff_code(to, line, length);
                putc('\n', to);
            }
        } else if (fence) {
            fputs(at == AFTER_HEADING ? ".RS 2\n.EX\n" : ".PP\n.RS 2\n.EX\n", to);
            at = IN_CODE;
        } else if (strncmp(line, "## ", 3) == 0) {
            return;
        } else if (strncmp(line, "### ", 4) == 0) {
            fputs(".SH ", to);
            write_capitals(to, line + 4, length - 4);
            putc('\n', to);
            at = AFTER_HEADING;
        } else if (line[0] == '|') {
            if (at != IN_TABLE)
                split_row(heading, line, length);
            else if (line[1] != '-')
                write_row(to, heading, row, split_row(row, line, length));
            at = IN_TABLE;
        } else if (length == 0) {
            at = at == AFTER_HEADING ? at : BETWEEN;
        } else {
            fputs(at == IN_TEXT || at == AFTER_HEADING ? "\\&" : ".PP\n\\&", to);
            inline_text(to, line, length);
            putc('\n', to);
            at = IN_TEXT;
        }
    }
}

/* The section under this line of the README, a heading between two newlines; false: it is not there. */
static bool write_section_of(FILE *to, const char *readme, const char *heading)
{
    const char *at = strstr(readme, heading);
    if (at)
        write_section(to, at + strlen(heading));
    return at;
}

bool write_language_page(FILE *to, const char *readme)
{
    roff_title(to, "SHARDPROOF-LANGUAGE", 5);
    fputs(".SH NAME\nshardproof\\-language \\- the language of shardproof's schemes and cases\n"
          ".SH DESCRIPTION\n", to);
    if (!write_section_of(to, readme, "\n## The language\n"))
        return false;
    fputs(".SH LIMITS\n", to);
    if (!write_section_of(to, readme, "\n## Limits\n"))
        return false;
    fputs(".SH SEE ALSO\n.BR shardproof (1),\n.BR shardproof\\-trust (7)\n", to);
    return true;
}

bool write_trust_page(FILE *to, const char *readme)
{
    roff_title(to, "SHARDPROOF-TRUST", 7);
    fputs(".SH NAME\nshardproof\\-trust \\- what a proof and a verdict of shardproof rest on\n"
          ".SH DESCRIPTION\n", to);
    if (!write_section_of(to, readme, "\n## What is trusted\n"))
        return false;
    fputs(".SH SEE ALSO\n.BR shardproof (1),\n.BR shardproof\\-prove (1),\n.BR shardproof\\-language (5)\n", to);
    return true;
}
