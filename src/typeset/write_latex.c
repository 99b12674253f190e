/* Derivations as a LaTeX document with standard packages: pdflatex for English, xelatex with ctex for
 * Chinese. */
#include "typeset/escape.h"
#include "typeset/writer.h"

#include <string.h>

static const char english_class[] =
    "% pdflatex\n\\documentclass[11pt,a4paper]{article}\n\\usepackage[T1]{fontenc}\n"
    "\\usepackage[utf8]{inputenc}\n\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}\n"
    "\\usepackage{textcomp}\n";
static const char chinese_class[] =
    "% xelatex\n\\documentclass[UTF8,11pt,a4paper]{ctexart}\n";
static const char preamble[] =
    "\\usepackage{amsmath,amssymb,array}\n\\usepackage[margin=24mm]{geometry}\n"
    "\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{5pt plus 2pt}\n"
    "\\setcounter{secnumdepth}{2}\\setcounter{MaxMatrixCols}{20}\n"
    "\\allowdisplaybreaks\\sloppy\\raggedbottom\n";

static void add_runs(sp_writing *w, const sp_spelling *s)
{
    for (size_t i = 0; i < s->runs; i++) {
        const sp_run_of_text *run = &s->run[i];
        switch (run->kind) {
        case SP_SPAN_MATH:
            sp_text_add(w->out, "$");
            sp_math_write_latex(w->out, sp_math_inline(w->pool, run->math));
            sp_text_add(w->out, "$");
            break;
        case SP_SPAN_CODE:
            sp_text_add(w->out, "\\texttt{");
            sp_escape_latex(w->out, run->text);
            sp_text_add(w->out, "}");
            break;
        case SP_SPAN_TERM:
            sp_text_add(w->out, "\\emph{");
            sp_escape_latex(w->out, run->text);
            sp_text_add(w->out, "}");
            break;
        case SP_SPAN_TEXT:
            sp_escape_latex(w->out, run->text);
            break;
        }
    }
}

static void begin(sp_writing *w)
{
    bool chinese = w->options->language == SP_LANGUAGE_ZH;
    sp_text_format(w->out, "%s%s", chinese ? chinese_class : english_class, preamble);
    sp_text_add(w->out, "\\begin{document}\n");
}

static void end(sp_writing *w)
{
    sp_text_add(w->out, "\\end{document}\n");
}

static void write_section(sp_writing *w, const sp_block *block)
{
    static const char *const command[] = {"", "", "\\section{", "\\subsection{"};
    sp_spelling s = sp_spell_one(w, block->heading);
    if (block->level == 1)
        sp_text_add(w->out, "{\\LARGE\\bfseries ");
    else
        sp_text_format(w->out, "\n%s", command[block->level < 3 ? block->level : 3]);
    add_runs(w, &s);
    sp_text_add(w->out, block->level == 1 ? "\\par}\\medskip\n" : "}\n");
}

static void write_paragraph(sp_writing *w, const sp_block *block)
{
    static const char *const sign[] = {"", "$\\checkmark$ ", "\\textbf{$\\times$} ",
                                       "\\textbf{?} "};
    sp_spelling s = sp_spell_all(w, &block->say);
    bool mark = block->kind == SP_BLOCK_MARK;
    sp_text_add(w->out, mark ? "\n\\medskip\\noindent\\fbox{\\parbox{\\dimexpr\\linewidth-2"
                               "\\fboxsep-2\\fboxrule}{" : "\n");
    sp_text_add(w->out, mark ? sign[block->mark] : "");
    add_runs(w, &s);
    sp_text_add(w->out, mark ? "}}\\par\\medskip\n" : "\n");
}

enum { LONG = 88 }; /* columns of its text that fill a line of this page */

static size_t columns_of(sp_writing *w, const sp_math *m)
{
    sp_text text = sp_text_in(w->pool);
    sp_math_write_text(&text, m, false);
    return sp_text_columns(sp_text_string(&text));
}

/* A sum of more than a line: as many terms in each line as there is room for. */
static void write_terms(sp_writing *w, const sp_math *sum)
{
    size_t used = 0;
    for (size_t i = 0; i < sum->items; i++) {
        bool minus = sum->minus >> i & 1U;
        const sp_math *term = minus ? sp_math_negative(w->pool, sum->item[i])
                                    : sp_math_list(w->pool, SP_MATH_RELATION, "", &sum->item[i], 1);
        size_t columns = columns_of(w, term) + 3;
        if (used > 0 && used + columns > LONG) {
            sp_text_add(w->out, " \\\\\n&\\quad ");
            used = 0;
        }
        sp_text_add(w->out, i == 0 ? "" : minus ? "{}" : "{} + ");
        sp_math_write_latex(w->out, term);
        used += columns;
    }
}

/* Formulas under each other, aligned at "="; longer than a line, the right side goes below. */
static void write_formulas(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "\\begin{align*}\n");
    for (size_t i = 0; i < block->formulas.count; i++) {
        const sp_math *right, *left = sp_formula_left(block->formulas.item[i], &right);
        size_t columns = columns_of(w, block->formulas.item[i]);
        bool broken = columns > LONG, sum = columns > LONG + LONG / 3 && right->kind == SP_MATH_SUM;
        if (left && left != right)
            sp_math_write_latex(w->out, left);
        sp_text_add(w->out, left && broken ? " \\\\\n&" : " &");
        sp_text_add(w->out, left != right ? "= " : "");
        if (sum)
            write_terms(w, right);
        else
            sp_math_write_latex(w->out, right);
        sp_text_add(w->out, i + 1 < block->formulas.count ? " \\\\\n" : "\n");
    }
    sp_text_add(w->out, "\\end{align*}\n");
}

static void write_table(sp_writing *w, const sp_block *block)
{
    const sp_grid *grid = &block->grid;
    size_t columns = grid->columns;
    bool wide = columns > 4; /* the last columns are paragraphs then */
    sp_text_format(w->out, "\n\\begin{center}%s\\setlength{\\tabcolsep}{%dpt}"
                           "\\renewcommand{\\arraystretch}{1.15}\n\\begin{tabular}{",
                   wide ? "\\footnotesize" : "\\small", wide ? 3 : 4);
    for (size_t c = 0; c + 1 < columns; c++)
        sp_text_add(w->out, grid->right[c]   ? "r"
                            : wide && c > 1 ? ">{\\raggedright\\arraybackslash}p{0.185\\linewidth}"
                                            : "l");
    sp_text_format(w->out, ">{\\raggedright\\arraybackslash}p{%.3f\\linewidth}}\n\\hline\n",
                   wide ? 0.185 : columns > 3 ? 0.36 : 0.56);
    for (size_t i = 0; i < columns + grid->cells; i++) {
        sp_argument cell = i < columns ? sp_argument_phrase(grid->header[i])
                                       : grid->cell[i - columns];
        sp_spelling s = sp_spell_cell(w, &cell);
        add_runs(w, &s);
        bool ends = (i + 1) % columns == 0;
        sp_text_add(w->out, ends ? " \\\\\n" : " & ");
        sp_text_add(w->out, i + 1 == columns ? "\\hline\n" : "");
    }
    sp_text_add(w->out, "\\hline\n\\end{tabular}\\end{center}\n");
}

static void write_picture(sp_writing *w, const sp_block *block)
{
    bool elided, distorted;
    sp_text_add(w->out, "\n");
    sp_picture_write_latex(w->out, w->pool, block->picture, &elided, &distorted);
    const sp_phrase *note = sp_picture_note(elided, distorted);
    if (!note)
        return;
    sp_spelling s = sp_spell_one(w, note);
    sp_text_add(w->out, "\\begin{center}\\footnotesize ");
    add_runs(w, &s);
    sp_text_add(w->out, "\\end{center}\n");
}

/* How many letters wide a matrix is, its name included. */
static size_t letters_of(const sp_numbers *n)
{
    size_t letters = 8;
    for (size_t j = 0; j < n->columns; j++) {
        size_t widest = 3;
        for (size_t i = 0; i < n->rows; i++) {
            const char *cell = n->cell[i * n->columns + j];
            widest = cell && strlen(cell) > widest ? strlen(cell) : widest;
        }
        letters += widest + 2;
    }
    return letters;
}

static void add_matrix(sp_writing *w, const sp_numbers *n)
{
    sp_math_write_latex(w->out, sp_math_inline(w->pool, n->name));
    if (n->rows > 0) {
        sp_text_add(w->out, " = \\left[\\begin{array}{");
        sp_text_add_repeated(w->out, "r", n->columns);
        sp_text_add(w->out, "}");
    }
    for (size_t i = 0; i < n->rows; i++)
        for (size_t j = 0; j < n->columns; j++) {
            const char *cell = n->cell[i * n->columns + j];
            sp_text_add(w->out, j ? " & " : i ? " \\\\ " : " ");
            if (cell && (*cell == '-' || (*cell >= '0' && *cell <= '9')))
                sp_text_add(w->out, cell);
            else
                sp_text_format(w->out, cell ? "\\mathrm{%s}" : "\\cdots", cell);
        }
    sp_text_add(w->out, n->rows > 0 ? " \\end{array}\\right]" : "");
    if (n->note) {
        sp_spelling s = sp_spell_one(w, n->note);
        sp_text_add(w->out, "\\ \\mbox{\\footnotesize ");
        add_runs(w, &s);
        sp_text_add(w->out, "}");
    }
}

/* As many beside each other as a line holds. */
static void write_numbers(sp_writing *w, const sp_block *block)
{
    enum { LETTERS = 84, NOTE = 40 };
    for (size_t first = 0, next; first < block->matrices; first = next) {
        size_t letters = 0;
        for (next = first; next < block->matrices; next++) {
            const sp_numbers *n = &block->numbers[next];
            size_t more = letters_of(n) + (n->note ? NOTE : 0);
            if (next > first && letters + more > LETTERS)
                break;
            letters += more;
        }
        sp_text_format(w->out, "\n{%s\\setlength{\\arraycolsep}{3pt}\\[",
                       letters > LETTERS ? "\\scriptsize" : "\\small");
        for (size_t m = first; m < next; m++) {
            sp_text_add(w->out, m > first ? " \\qquad " : "");
            add_matrix(w, &block->numbers[m]);
        }
        sp_text_add(w->out, "\\]}\n");
    }
}

static void write_code(sp_writing *w, const sp_block *block)
{
    sp_text_add(w->out, "\n{\\ttfamily\\small\\obeylines\\obeyspaces%\n");
    for (const char *line = block->code; *line;) {
        size_t length = strcspn(line, "\n");
        sp_escape_latex(w->out, sp_pool_copy(w->pool, line, length));
        sp_text_add(w->out, "\n");
        line += length + (line[length] == '\n');
    }
    sp_text_add(w->out, "}\n");
}

const sp_writer sp_writer_latex = {
    .begin = begin,
    .section = write_section,
    .paragraph = write_paragraph,
    .formulas = write_formulas,
    .table = write_table,
    .picture = write_picture,
    .numbers = write_numbers,
    .code = write_code,
    .end = end,
};
