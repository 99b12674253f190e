/* A page of Markdown in roff: its headings, paragraphs, lists, tables and blocks of code. A row of a table becomes a
 * tagged paragraph, which fits any width. */
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
typedef enum place { AFTER_HEADING, BETWEEN, IN_TEXT, IN_LIST, IN_CODE, IN_TABLE } place;

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

static void write_line(FILE *to, const char *before, const char *line, size_t length)
{
    fputs(before, to);
    inline_text(to, line, length);
    putc('\n', to);
}

/* What stands between two empty lines, or begins with "- ", is a paragraph. Returns what the line was. */
static place write_prose(FILE *to, place at, const char *line, size_t length)
{
    if (begins(line, "- ")) {
        write_line(to, ".IP \\(bu 2\n\\&", line + 2, length - 2);
        return IN_LIST;
    }
    size_t indent = strspn(line, " ");
    bool goes_on = at == IN_TEXT || at == IN_LIST || at == AFTER_HEADING;
    write_line(to, goes_on ? "\\&" : ".PP\n\\&", line + indent, length - indent);
    return at == IN_LIST ? IN_LIST : IN_TEXT;
}

static place write_heading(FILE *to, const char *line, size_t length)
{
    size_t level = strspn(line, "#");
    fputs(level == 2 ? ".SH " : ".SS ", to);
    if (level == 2)
        write_capitals(to, line + level + 1, length - level - 1);
    else
        roff_text(to, line + level + 1, length - level - 1);
    putc('\n', to);
    return AFTER_HEADING;
}

static void write_body(FILE *to, const char *line)
{
    place at = AFTER_HEADING;
    cell heading[COLUMNS_MAX], row[COLUMNS_MAX];
    for (size_t length; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        bool fence = begins(line, "```");
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
        } else if (begins(line, "##")) {
            at = write_heading(to, line, length);
        } else if (line[0] == '|') {
            if (at != IN_TABLE)
                split_row(heading, line, length);
            else if (line[1] != '-')
                write_row(to, heading, row, split_row(row, line, length));
            at = IN_TABLE;
        } else if (length == 0) {
            at = at == AFTER_HEADING ? at : BETWEEN;
        } else {
            at = write_prose(to, at, line, length);
        }
    }
}

/* title = "# " name "(" digit "): " summary newline */
bool read_page(page *to, const char *text)
{
    size_t line = strcspn(text, "\n");
    const char *open = memchr(text, '(', line);
    if (!begins(text, "# ") || text[line] != '\n' || !open || open[1] < '1' || open[1] > '9' ||
        !begins(open + 2, "): "))
        return false;
    size_t length = (size_t)(open - text) - 2;
    if (length >= sizeof to->name)
        return false;
    memcpy(to->name, text + 2, length);
    to->name[length] = '\0';
    to->section = open[1] - '0';
    to->summary = open + 5;
    to->summary_length = line - (size_t)(to->summary - text);
    to->body = text + line + 1;
    return true;
}

void write_page(FILE *to, const page *of, const page *all)
{
    char title[sizeof of->name];
    for (size_t i = 0; i < sizeof title; i++)
        title[i] = of->name[i] >= 'a' && of->name[i] <= 'z' ? (char)(of->name[i] - 'a' + 'A') : of->name[i];
    roff_title(to, title, of->section);
    fputs(".SH NAME\n", to);
    roff_code(to, of->name, strlen(of->name));
    fputs(" \\- ", to);
    roff_text(to, of->summary, of->summary_length);
    fputs("\n.SH DESCRIPTION\n", to);
    write_body(to, of->body);
    fputs(".SH SEE ALSO\n.BR shardproof (1)", to);
    see_pages(to, all, of);
    putc('\n', to);
}

void see_pages(FILE *to, const page *all, const page *but)
{
    for (const page *p = all; p->body; p++)
        if (p != but) {
            fputs(",\n.BR ", to);
            roff_code(to, p->name, strlen(p->name));
            fprintf(to, " (%d)", p->section);
        }
}
