/* Texts of any content in each format: nothing of them is taken for a command. */
#ifndef SP_TYPESET_ESCAPE_H
#define SP_TYPESET_ESCAPE_H

#include "base/text.h"

void sp_html_text(sp_text *out, const char *text);     /* content and quoted attributes */
void sp_latex_text(sp_text *out, const char *text);    /* outside and inside of formulas */
void sp_markdown_text(sp_text *out, const char *text); /* CommonMark */
/* `code`, with as many backquotes as it needs */
void sp_markdown_code(sp_text *out, const char *text);

#endif
