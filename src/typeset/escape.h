/* Escaping texts for the formats that they are put into: nothing of them is taken for a command. In all of
 * them bytes that are not UTF-8 become U+FFFD, so that everything written is UTF-8 whatever a file is called. */
#ifndef SP_TYPESET_ESCAPE_H
#define SP_TYPESET_ESCAPE_H

#include "base/text.h"

/* Bytes of the UTF-8 sequence at a place that is not the end, by Unicode's table 3-7; 0 if there is
 * none. */
size_t sp_utf8_length(const char *at);

/* Character data and attribute values of XML 1.0, whose production 2 allows no other control
 * characters than tab, newline and return; the others become U+FFFD. */
void sp_escape_xml(sp_text *out, const char *text);
/* Content and quoted attributes of HTML. */
void sp_escape_html(sp_text *out, const char *text);
/* LaTeX, outside and inside of formulas. */
void sp_escape_latex(sp_text *out, const char *text);
/* Lines for people, as they are but for control characters and what is not UTF-8. */
void sp_escape_lines(sp_text *out, const char *text);
/* One line of Markdown in which nothing is markup, not even in the cell of a table. */
void sp_escape_markdown(sp_text *out, const char *text);
/* The same of a document with formulas, where "$" is markup too. */
void sp_escape_document(sp_text *out, const char *text);
/* `code` of Markdown, with as many backquotes as it needs. */
void sp_escape_code(sp_text *out, const char *text);
/* The message of a workflow command of GitHub, or the value of one of its properties. */
void sp_escape_command(sp_text *out, const char *text, bool is_property);
/* The description of a test point of TAP 14. */
void sp_escape_tap(sp_text *out, const char *text);
/* A path as a relative reference of RFC 3986: what may not stand in it is percent-encoded. */
void sp_escape_uri(sp_text *out, const char *path);
/* One word of a POSIX shell; in quotes if it needs them. */
void sp_escape_shell(sp_text *out, const char *word);

#endif
