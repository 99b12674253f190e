/* What is installed beside the program, made from its own tables when it is built: manual pages, and
 * completions for shells. The program `shardproof-docs` writes them; it is not installed.
 *
 * The same tables give the same bytes: there is no date in them. */
#ifndef SP_CLI_DOCS_H
#define SP_CLI_DOCS_H

#include "command.h"

/* ---- manual pages ---- */

/* A line of prose or of code, so that roff shows these very characters. */
void roff_text(FILE *to, const char *text, size_t length);
void roff_code(FILE *to, const char *text, size_t length);
void roff_title(FILE *to, const char *title, int section);

/* A page that is written in Markdown, in a file beside this one. Its first line is "# NAME(SECTION): SUMMARY". */
typedef struct page {
    char name[64];
    int section;
    const char *summary; /* these point into the file's text */
    size_t summary_length;
    const char *body; /* NULL: behind the last page of a list */
} page;

/* False: the first line is another. */
bool read_page(page *to, const char *text);
/* all: every page, for those to see also. */
void write_page(FILE *to, const page *of, const page *all);
/* References to all pages but one, a comma before each. */
void see_pages(FILE *to, const page *all, const page *but);

void write_overview_page(FILE *to, const page *all);
void write_command_page(FILE *to, const command *of, const page *all);

/* ---- completions ---- */

/* What an argument or an operand may be. */
typedef struct completion {
    const words *words; /* NULL: none */
    bool files, directories;
    bool after_words; /* NAME[=FILE]: the file stands behind a word and "=" */
} completion;

completion completion_of_option(const command *of, const option *o);
completion completion_of_operands(const command *of);

void write_bash_completion(FILE *to);
void write_zsh_completion(FILE *to);
void write_fish_completion(FILE *to);

#endif
