/* Derivations as text: wrapped to a width, block pictures in characters. */
#include "typeset/writer.h"

#include <string.h>

enum { INDENT = 4, PICTURE_INDENT = 2 };

/* ---- words ---- */

/* A space that is no place for a line to end: becomes one when the line is written. */
#define FIXED "\x01"

static const char *math_text(const sp_writing *w, const sp_math *math, bool fixed)
{
    sp_text text = sp_text_in(w->pool);
    sp_math_write_text(&text, math, w->options->ascii);
    if (fixed && text.length > 0 && sp_text_columns(text.bytes) * 2 < w->options->width)
        for (size_t i = 0; i < text.length; i++)
            if (text.bytes[i] == ' ')
                text.bytes[i] = *FIXED;
    return sp_text_string(&text);
}

/* The only sign outside of ASCII in arguments that are no formulas is that of sizes. */
static void add_words(const sp_writing *w, sp_text *text, const char *words)
{
    static const char times[] = "×";
    for (const char *at; w->options->ascii && (at = strstr(words, times)); words = at + sizeof times - 1) {
        sp_text_add_bytes(text, words, (size_t)(at - words));
        sp_text_add(text, "x");
    }
    sp_text_add(text, words);
}

static const char *line_of(const sp_writing *w, const sp_spelling *s)
{
    sp_text text = sp_text_in(w->pool);
    for (size_t i = 0; i < s->runs; i++) {
        const sp_run_of_text *run = &s->run[i];
        if (run->kind == SP_SPAN_MATH) {
            sp_text_add(&text, math_text(w, run->math, true));
        } else if (run->kind == SP_SPAN_CODE) {
            for (const char *c = run->text; *c; c++)
                sp_text_add_bytes(&text, *c == ' ' ? FIXED : c, 1);
        } else {
            add_words(w, &text, run->text);
        }
    }
    return sp_text_string(&text);
}

static size_t point_length(const char *text)
{
    unsigned char c = (unsigned char)*text;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

static bool is_wide(const char *text)
{
    return (unsigned char)*text >= 0xE3 && (unsigned char)*text <= 0xEF;
}

/* Closing punctuation never begins a line. */
static bool clings(const char *text)
{
    static const char *const marks[] = {"。", "，", "、", "；", "：", "）", "」",
                                        ".", ",", ";", ":", ")", "]"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return true;
    return false;
}

static bool opens(const char *text)
{
    return strncmp(text, "（", strlen("（")) == 0 ||
           strncmp(text, "「", strlen("「")) == 0;
}

/* The bytes of the next piece that stays together: letters up to a space or a wide character, or one
 * wide character with the punctuation that clings to it. */
static size_t piece_length(const char *text)
{
    size_t length = point_length(text);
    bool wide = is_wide(text), opening = opens(text);
    while (text[length] && text[length] != ' ') {
        const char *next = text + length;
        if (!clings(next) && !opening && (wide || is_wide(next)))
            break;
        opening = opens(next);
        wide = is_wide(next) && !clings(next);
        length += point_length(next);
    }
    return length;
}

static void put_piece(sp_writing *w, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sp_text_add_bytes(w->out, text[i] == *FIXED ? " " : text + i, 1);
}

/* How many bytes of a piece fill `room` columns: up to a space of a formula or behind a sign, if there is
 * one in it, else as many letters as fit, but at least one. */
static size_t cut_length(const char *piece, size_t room)
{
    size_t length = 0, columns = 0, good = 0;
    while (piece[length]) {
        size_t bytes = point_length(piece + length);
        columns += bytes > 2 && is_wide(piece + length) ? 2 : 1;
        if (columns > room && length > 0)
            break;
        length += bytes;
        if (piece[length - 1] == *FIXED || strchr(",)=+", piece[length - 1]) ||
            (bytes == 2 && memcmp(piece + length - 2, "·", 2) == 0))
            good = length;
    }
    return piece[length] && good > 0 ? good : length;
}

static size_t new_line(sp_writing *w, size_t indent)
{
    sp_text_add(w->out, "\n");
    sp_text_add_repeated(w->out, " ", indent);
    return indent;
}

/* Words from column `at` (already written); later lines are indented. Ends the line. No line is wider
 * than the width: what is longer than a line is cut. */
static void wrap(sp_writing *w, const char *text, size_t at, size_t indent)
{
    size_t start = at; /* of what stands on the line */
    bool space = false;
    while (*text) {
        if (*text == ' ') {
            space = at > start;
            text++;
            continue;
        }
        size_t length = piece_length(text), width = w->options->width;
        const char *piece = sp_pool_copy(w->pool, text, length);
        size_t columns = sp_text_columns(piece), dropped = 0;
        if (columns > width - indent && at + space + columns > width) {
            if (at > start && at + width / 3 > width)
                at = start = new_line(w, indent);
            length = cut_length(piece, width - at - (space && at > start));
            piece = sp_pool_copy(w->pool, text, length);
            columns = sp_text_columns(piece);
            dropped = text[length] && piece[length - 1] == *FIXED; /* at the end of a line */
        } else if (at + space + columns > width && at > indent) {
            at = start = new_line(w, indent);
        }
        if (space && at > start) {
            sp_text_add(w->out, " ");
            at++;
        }
        put_piece(w, piece, length - dropped);
        at += columns;
        text += length;
        space = false;
        if (at >= width && *text)
            at = start = new_line(w, indent);
    }
    sp_text_add(w->out, "\n");
}

static void blank_line(sp_writing *w)
{
    if (w->out->length > 0)
        sp_text_add(w->out, "\n");
}

/* ---- blocks ---- */

static void style(sp_writing *w, const char *code)
{
    if (w->options->color)
        sp_text_format(w->out, "\x1b[%sm", code);
}

/* Ends a style that began in the last line, before its end. */
static void end_style(sp_writing *w)
{
    if (!w->options->color)
        return;
    w->out->length--;
    style(w, "0");
    sp_text_add(w->out, "\n");
}

static void write_section(sp_writing *w, const sp_block *block)
{
    static const char *const rule[] = {"", "═", "─", ""}, *const ascii_rule[] = {"", "=", "-", ""};
    sp_spelling heading = sp_spell_one(w, block->heading);
    const char *text = line_of(w, &heading);
    if (*block->number)
        text = sp_pool_format(w->pool, "%s" FIXED FIXED "%s", block->number, text);
    size_t columns = sp_text_columns(text);
    size_t width = columns < w->options->width ? columns : w->options->width;
    unsigned level = block->level < 3 ? block->level : 3;
    blank_line(w);
    if (level == 2)
        blank_line(w);
    style(w, "1");
    wrap(w, text, 0, 0);
    end_style(w);
    const char *line = w->options->ascii ? ascii_rule[level] : rule[level];
    if (*line) {
        sp_text_add_repeated(w->out, line, width);
        sp_text_add(w->out, "\n");
    }
}

static void write_paragraph(sp_writing *w, const sp_block *block)
{
    static const char *const sign[] = {"", "✓ ", "✗ ", "? "};
    static const char *const ascii_sign[] = {"", "ok: ", "WRONG: ", "OPEN: "};
    static const char *const code[] = {"0", "32", "1;31", "33"};
    sp_spelling s = sp_spell_all(w, &block->say);
    blank_line(w);
    const char *mark = "";
    if (block->kind == SP_BLOCK_MARK) {
        mark = w->options->ascii ? ascii_sign[block->mark] : sign[block->mark];
        style(w, code[block->mark]);
    }
    sp_text_add(w->out, mark);
    wrap(w, line_of(w, &s), sp_text_columns(mark), sp_text_columns(mark));
    if (block->kind == SP_BLOCK_MARK)
        end_style(w);
}

static void write_formulas(sp_writing *w, const sp_block *block)
{
    size_t widest = 0;
    const sp_math *right;
    for (size_t i = 0; i < block->formulas.count; i++) {
        const sp_math *left = sp_formula_left(block->formulas.item[i], &right);
        size_t columns = left && left != right ? sp_text_columns(math_text(w, left, false)) : 0;
        widest = columns > widest ? columns : widest;
    }
    if (widest > w->options->width / 3)
        widest = w->options->width / 3;
    blank_line(w);
    for (size_t i = 0; i < block->formulas.count; i++) {
        const sp_math *left = sp_formula_left(block->formulas.item[i], &right);
        const char *name = left && left != right ? math_text(w, left, false) : "";
        size_t columns = sp_text_columns(name), at = INDENT;
        sp_text_add_repeated(w->out, " ", INDENT);
        if (left != right && columns > w->options->width / 2) { /* the sign begins a line */
            wrap(w, name, at, (size_t)INDENT * 2);
            sp_text_add_repeated(w->out, " ", (size_t)INDENT + 2);
            sp_text_add(w->out, "= ");
            at = INDENT + 4;
        } else if (left != right) {
            sp_text_add(w->out, name);
            at += columns;
            if (columns < widest) {
                sp_text_add_repeated(w->out, " ", widest - columns);
                at += widest - columns;
            }
            sp_text_add(w->out, " = ");
            at += 3;
        }
        size_t deeper = at < w->options->width / 2 ? at : (size_t)INDENT * 2;
        wrap(w, math_text(w, right, false), at, deeper);
    }
}

static const char *cell_text(const sp_writing *w, const sp_argument *cell)
{
    sp_spelling s = sp_spell_cell(w, cell);
    return line_of(w, &s);
}

/* A table that is too wide: each row as a block of lines, the header before each cell. */
static void write_records(sp_writing *w, const sp_grid *grid, const char *const *text)
{
    for (size_t row = 1; row * grid->columns < grid->cells + grid->columns; row++) {
        const char *const *cell = text + row * grid->columns;
        sp_text lead = sp_text_in(w->pool);
        for (size_t c = 0; c < grid->lead; c++)
            sp_text_format(&lead, "%s%s", c ? FIXED FIXED : "", cell[c]);
        sp_text_add(w->out, "  ");
        wrap(w, sp_text_string(&lead), 2, INDENT);
        for (size_t c = grid->lead; c < grid->columns; c++) {
            sp_text_format(w->out, "    %s: ", text[c]);
            wrap(w, cell[c], INDENT + sp_text_columns(text[c]) + 2, INDENT + 2);
        }
    }
}

static void pad_cell(sp_writing *w, const char *text, size_t width, bool right, bool last)
{
    size_t columns = sp_text_columns(text);
    size_t space = columns < width ? width - columns : 0;
    if (right)
        sp_text_add_repeated(w->out, " ", space);
    put_piece(w, text, strlen(text));
    if (!right && !last)
        sp_text_add_repeated(w->out, " ", space);
}

static void write_table(sp_writing *w, const sp_block *block)
{
    const sp_grid *grid = &block->grid;
    size_t columns = grid->columns, count = columns + grid->cells, total = 2, widest[12] = {0};
    const char **text = SP_NEW_ARRAY(w->pool, const char *, count);
    for (size_t i = 0; i < count; i++) {
        sp_argument header = i < columns ? sp_argument_phrase(grid->header[i])
                                         : grid->cell[i - columns];
        text[i] = cell_text(w, &header);
        size_t width = sp_text_columns(text[i]);
        widest[i % columns] = width > widest[i % columns] ? width : widest[i % columns];
    }
    blank_line(w);
    for (size_t c = 0; c < columns; c++)
        total += widest[c] + (c ? 2 : 0);
    size_t before = total - widest[columns - 1];
    if (total > w->options->width && (before + 16 > w->options->width || grid->lead > 1)) {
        write_records(w, grid, text);
        return;
    }
    for (size_t row = 0; row * columns < count; row++) {
        sp_text_add(w->out, "  ");
        for (size_t c = 0; c + 1 < columns; c++) {
            pad_cell(w, text[row * columns + c], widest[c], grid->right[c], false);
            sp_text_add(w->out, "  ");
        }
        if (grid->right[columns - 1]) {
            pad_cell(w, text[row * columns + columns - 1], widest[columns - 1], true, true);
            sp_text_add(w->out, "\n");
        } else {
            wrap(w, text[row * columns + columns - 1], before, before);
        }
        if (row == 0) {
            size_t width = total < w->options->width ? total : w->options->width;
            sp_text_add(w->out, "  ");
            sp_text_add_repeated(w->out, w->options->ascii ? "-" : "─", width - 2);
            sp_text_add(w->out, "\n");
        }
    }
}

static void write_indented(sp_writing *w, const char *lines, size_t indent)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        if (length > 0)
            sp_text_add_repeated(w->out, " ", indent);
        sp_text_add_bytes(w->out, lines, length);
        sp_text_add(w->out, "\n");
        lines += length + (lines[length] == '\n');
    }
}

static void write_note(sp_writing *w, const sp_phrase *note)
{
    sp_spelling s = sp_spell_one(w, note);
    sp_text_add(w->out, "  ");
    wrap(w, line_of(w, &s), 2, 2);
}

static void write_picture(sp_writing *w, const sp_block *block)
{
    sp_text lines = sp_text_in(w->pool);
    bool elided, distorted;
    sp_picture_write_text(&lines, w->pool, block->picture, w->options->width - PICTURE_INDENT,
                          w->options->ascii, &elided, &distorted);
    blank_line(w);
    write_indented(w, sp_text_string(&lines), PICTURE_INDENT);
    const sp_phrase *note = sp_picture_note(elided, distorted);
    if (note)
        write_note(w, note);
}

/* ---- matrices of numbers ---- */

static const char *shown_cell(const sp_writing *w, const sp_numbers *n, size_t i, size_t j)
{
    const char *text = n->cell[i * n->columns + j];
    return text ? text : w->options->ascii ? "..." : "…";
}

/* Some columns of a matrix: its name in the middle line before it, its note in a line above. */
typedef struct number_lines {
    const char **line;
    size_t lines, width;
} number_lines;

static size_t column_width(const sp_writing *w, const sp_numbers *n, size_t j)
{
    size_t width = 0;
    for (size_t k = 0; k < n->rows; k++) {
        size_t columns = sp_text_columns(shown_cell(w, n, k, j));
        width = columns > width ? columns : width;
    }
    return width;
}

static const char *matrix_line(const sp_writing *w, const sp_numbers *n, size_t i, size_t first,
                               size_t end)
{
    sp_writing row = *w;
    sp_text text = sp_text_in(w->pool);
    row.out = &text;
    sp_text_add(&text, w->options->ascii ? "|" : "│");
    for (size_t j = first; j < end; j++) {
        sp_text_add(&text, " ");
        pad_cell(&row, shown_cell(w, n, i, j), column_width(w, n, j), true, false);
    }
    sp_text_add(&text, w->options->ascii ? " |" : " │");
    return sp_text_string(&text);
}

/* W1, or W1[:,0..4] for columns of a matrix that is too wide */
static const char *columns_name(const sp_writing *w, const sp_numbers *n, size_t first, size_t end)
{
    const char *name = math_text(w, n->name, false);
    if (first == 0 && end == n->columns)
        return name;
    return sp_pool_format(w->pool, "%s[:,%zu..%zu]", name, first, end - 1);
}

/* The first column that does not fit any more: at least one does. */
static size_t end_of_columns(const sp_writing *w, const sp_numbers *n, size_t first)
{
    size_t end = n->columns;
    for (; end > first + 1; end--) {
        size_t width = INDENT + sp_text_columns(columns_name(w, n, first, end)) + 6;
        for (size_t j = first; j < end; j++)
            width += column_width(w, n, j) + 1;
        if (width <= w->options->width)
            break;
    }
    return end;
}

static number_lines lines_of(const sp_writing *w, const sp_numbers *n, size_t first, size_t end)
{
    const char *name = columns_name(w, n, first, end);
    size_t left = sp_text_columns(name) + (n->rows ? 3 : 0);
    size_t note = n->note && first == 0 ? 1 : 0;
    sp_spelling words = sp_spell_one(w, note ? n->note : NULL);
    const char *said = line_of(w, &words);
    if (note && INDENT + sp_text_columns(name) + 1 + sp_text_columns(said) > w->options->width)
        note = 2; /* below the name */
    number_lines all = {SP_NEW_ARRAY(w->pool, const char *, n->rows + note), n->rows + note, 0};
    if (note == 1)
        all.line[0] = sp_pool_format(w->pool, "%s %s", name, said);
    if (note == 2) {
        all.line[0] = name;
        all.line[1] = said;
    }
    for (size_t i = 0; i < n->rows; i++) {
        sp_text line = sp_text_in(w->pool);
        if (note)
            sp_text_add(&line, "  ");
        else if (i == (n->rows - 1) / 2)
            sp_text_format(&line, "%s = ", name);
        else
            sp_text_add_repeated(&line, " ", left);
        sp_text_add(&line, matrix_line(w, n, i, first, end));
        all.line[note + i] = sp_text_string(&line);
    }
    for (size_t i = 0; i < all.lines; i++) {
        size_t columns = sp_text_columns(all.line[i]);
        all.width = columns > all.width ? columns : all.width;
    }
    return all;
}

enum { BETWEEN_MATRICES = 4 };

/* As many matrices beside each other as a line holds, middle to middle. */
static void write_numbers(sp_writing *w, const sp_block *block)
{
    number_lines *all = NULL;
    size_t count = 0, room = 0;
    for (size_t m = 0; m < block->matrices; m++) {
        const sp_numbers *n = &block->numbers[m];
        for (size_t first = 0, end; first == 0 || first < n->columns; first = end) {
            end = n->columns ? end_of_columns(w, n, first) : 1;
            all = sp_pool_grow(w->pool, all, &room, count + 1, sizeof *all);
            all[count++] = lines_of(w, n, first, n->columns ? end : 0);
        }
    }
    for (size_t first = 0, next; first < count; first = next) {
        size_t width = INDENT, lines = 0;
        for (next = first; next < count; next++) {
            size_t more = all[next].width + (next > first ? BETWEEN_MATRICES : 0);
            if (next > first && width + more > w->options->width)
                break;
            width += more;
            lines = all[next].lines > lines ? all[next].lines : lines;
        }
        blank_line(w);
        for (size_t i = 0; i < lines; i++) {
            sp_text line = sp_text_in(w->pool);
            size_t at = 0, column = INDENT;
            for (size_t m = first; m < next; m++) {
                size_t above = (lines - all[m].lines) / 2;
                if (i >= above && i - above < all[m].lines) {
                    sp_text_add_repeated(&line, " ", column - at);
                    sp_text_add(&line, all[m].line[i - above]);
                    at = column + sp_text_columns(all[m].line[i - above]);
                }
                column += all[m].width + BETWEEN_MATRICES;
            }
            put_piece(w, sp_text_string(&line), line.length);
            sp_text_add(w->out, "\n");
        }
    }
}

static void write_code(sp_writing *w, const sp_block *block)
{
    blank_line(w);
    write_indented(w, block->code, INDENT);
}

const sp_writer sp_writer_text = {
    .section = write_section,
    .paragraph = write_paragraph,
    .formulas = write_formulas,
    .table = write_table,
    .picture = write_picture,
    .numbers = write_numbers,
    .code = write_code,
};
