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
void roff_title(FILE *to, const char *page, int section);

void write_overview_page(FILE *to);
void write_command_page(FILE *to, const command *of);
/* readme: the text of README.md, of which they take the sections on the language and on what is trusted. False: they
 * are not there. */
bool write_language_page(FILE *to, const char *readme);
bool write_trust_page(FILE *to, const char *readme);

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
