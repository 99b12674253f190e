/* Derivations as Markdown (CommonMark with tables): formulas as TeX in the form that GitHub and GitLab
 * render, $`...`$ and ```math; pictures and numbers in blocks of text. */
#include "typeset/escape.h"
#include "typeset/writer.h"

#include <string.h>

enum { PICTURE_WIDTH = 80 };

static void add_runs(sp_writing *w, const sp_spelling *s)
{
    for (size_t i = 0; i < s->runs; i++) {
        const sp_run_of_text *run = &s->run[i];
        switch (run->kind) {
        case SP_SPAN_MATH:
            sp_text_add(w->out, "$`");
            sp_math_write_latex(w->out, sp_math_inline(w->pool, run->math));
            sp_text_add(w->out, "`$");
            break;
        case SP_SPAN_CODE:
            sp_escape_code(w->out, run->text);
            break;
        case SP_SPAN_TERM:
            sp_text_add(w->out, "*");
            sp_escape_document(w->out, run->text);
            sp_text_add(w->out, "*");
            break;
        case SP_SPAN_TEXT:
            sp_escape_document(w->out, run->text);
            break;
        }
    }
}

static void write_section(sp_writing *w, const sp_block *block)
{
    sp_spelling s = sp_spell_one(w, block->heading);
    sp_text_add(w->out, block->level > 1 ? "\n" : "");
    sp_text_add_repeated(w->out, "#", block->level);
    sp_text_format(w->out, " %s%s", block->number, *block->number ? " " : "");
    add_runs(w, &s);
    sp_text_add(w->out, "\n");
}

static void write_paragraph(sp_writing *w, const sp_block *block)
{
    static const char *const sign[] = {"> ", "> **✓** ", "> **✗** ", "> **?** "};
    static const char *const ascii_sign[] = {"> ", "> **ok** ", "> **WRONG** ", "> **OPEN** "};
    sp_spelling s = sp_spell_all(w, &block->say);
    sp_text_add(w->out, "\n");
    if (block->kind == SP_BLOCK_MARK)
        sp_text_add(w->out, w->options->ascii ? ascii_sign[block->mark] : sign[block->mark]);
    add_runs(w, &s);
    sp_text_add(w->out, "\n");
}

static void write_formulas(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "\n```math\n\\begin{aligned}\n");
    for (size_t i = 0; i < block->formulas.count; i++) {
        const sp_math *right, *left = sp_formula_left(block->formulas.item[i], &right);
        if (left && left != right)
            sp_math_write_latex(w->out, left);
        sp_text_add(w->out, left != right ? " &= " : " &");
        sp_math_write_latex(w->out, right);
        sp_text_add(w->out, i + 1 < block->formulas.count ? " \\\\\n" : "\n");
    }
    sp_text_add(w->out, "\\end{aligned}\n```\n");
}

static void write_table(sp_writing *w, const sp_block *block)
{
    const sp_grid *grid = &block->grid;
    size_t columns = grid->columns;
    sp_text_add(w->out, "\n");
    for (size_t i = 0; i < columns + grid->cells; i++) {
        sp_argument cell = i < columns ? sp_argument_phrase(grid->header[i])
                                       : grid->cell[i - columns];
        sp_spelling s = sp_spell_cell(w, &cell);
        sp_text_add(w->out, i % columns == 0 ? "| " : " | ");
        add_runs(w, &s);
        if ((i + 1) % columns == 0)
            sp_text_add(w->out, " |\n");
        for (size_t c = 0; i + 1 == columns && c < columns; c++)
            sp_text_add(w->out, grid->right[c] ? "| --: " : "| --- ");
        sp_text_add(w->out, i + 1 == columns ? "|\n" : "");
    }
}

static void write_picture(sp_writing *w, const sp_block *block)
{
    bool elided, distorted;
    sp_text_add(w->out, "\n```text\n");
    sp_picture_write_text(w->out, w->pool, block->picture, PICTURE_WIDTH, w->options->ascii,
                          &elided, &distorted);
    sp_text_add(w->out, "```\n");
    const sp_phrase *note = sp_picture_note(elided, distorted);
    if (!note)
        return;
    sp_spelling s = sp_spell_one(w, note);
    sp_text_add(w->out, "\n");
    add_runs(w, &s);
    sp_text_add(w->out, "\n");
}

static void write_numbers(sp_writing *w, const sp_block *block)
{
    for (size_t m = 0; m < block->matrices; m++) {
        const sp_numbers *n = &block->numbers[m];
        if (n->rows > 0) {
            sp_text_add(w->out, "\n```math\n");
            sp_math_write_latex(w->out, n->name);
            sp_text_add(w->out, " = \\begin{bmatrix}");
            for (size_t i = 0; i < n->rows; i++)
                for (size_t j = 0; j < n->columns; j++) {
                    const char *cell = n->cell[i * n->columns + j];
                    sp_text_add(w->out, j ? " & " : i ? " \\\\\n" : "\n");
                    if (cell && (*cell == '-' || (*cell >= '0' && *cell <= '9')))
                        sp_text_add(w->out, cell);
                    else
                        sp_text_format(w->out, cell ? "\\mathrm{%s}" : "\\cdots", cell);
                }
            sp_text_add(w->out, "\n\\end{bmatrix}\n```\n");
        }
        if (!n->note)
            continue;
        sp_spelling s = sp_spell_one(w, n->note);
        sp_text_add(w->out, "\n$`");
        sp_math_write_latex(w->out, n->name);
        sp_text_add(w->out, "`$ ");
        add_runs(w, &s);
        sp_text_add(w->out, "\n");
    }
}

static void write_code(sp_writing *w, const sp_block *block)
{
    sp_text_format(w->out, "\n```shardproof\n%s```\n", block->code);
}

const sp_writer sp_writer_markdown = {
    .section = write_section,
    .paragraph = write_paragraph,
    .formulas = write_formulas,
    .table = write_table,
    .picture = write_picture,
    .numbers = write_numbers,
    .code = write_code,
};
