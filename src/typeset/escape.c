#include "typeset/escape.h"

#include <string.h>

typedef struct replacement {
    char of;
    const char *by;
} replacement;

static void replace(sp_text *out, const char *text, const replacement *table, size_t count)
{
    for (; *text; text++) {
        const char *by = NULL;
        for (size_t i = 0; i < count && !by; i++)
            if (table[i].of == *text)
                by = table[i].by;
        if (by)
            sp_text_add(out, by);
        else
            sp_text_add_bytes(out, text, 1);
    }
}

void sp_html_text(sp_text *out, const char *text)
{
    static const replacement table[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
    };
    replace(out, text, table, sizeof table / sizeof *table);
}

void sp_latex_text(sp_text *out, const char *text)
{
    static const replacement table[] = {
        {'\\', "\\textbackslash{}"}, {'{', "\\{"}, {'}', "\\}"}, {'$', "\\$"}, {'&', "\\&"},
        {'#', "\\#"}, {'%', "\\%"}, {'_', "\\_"}, {'^', "\\textasciicircum{}"},
        {'~', "\\textasciitilde{}"}, {'<', "\\textless{}"}, {'>', "\\textgreater{}"},
        {'"', "\\textquotedbl{}"}, {'|', "\\textbar{}"}, {'\'', "\\textquotesingle{}"},
        {'`', "\\textasciigrave{}"},
    };
    for (const char *dashes; (dashes = strstr(text, "--")); text = dashes + 1) { /* no ligature */
        replace(out, sp_pool_copy(out->pool, text, (size_t)(dashes - text)), table,
                sizeof table / sizeof *table);
        sp_text_add(out, "-{}");
    }
    replace(out, text, table, sizeof table / sizeof *table);
}

/* CommonMark 0.31, section 2.4: any ASCII punctuation may be escaped. */
void sp_markdown_text(sp_text *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>#|&~$", *text))
            sp_text_add(out, "\\");
        sp_text_add_bytes(out, text, 1);
    }
}

void sp_markdown_code(sp_text *out, const char *text)
{
    size_t longest = 0, run = 0;
    for (const char *c = text; *c; c++) {
        run = *c == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    const char *space = longest > 0 ? " " : "";
    sp_text_add_repeated(out, "`", longest + 1);
    sp_text_format(out, "%s%s%s", space, text, space);
    sp_text_add_repeated(out, "`", longest + 1);
}
