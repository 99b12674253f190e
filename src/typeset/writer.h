/* Writers: each format is one file and one line of SP_WRITERS. */
#ifndef SP_TYPESET_WRITER_H
#define SP_TYPESET_WRITER_H

#include "typeset/document.h"

/*  id, name, summary */
#define SP_WRITERS(X)                                                                     \
    X(text, "text", "for terminals and plain files")                                      \
    X(markdown, "markdown", "for GitHub and GitLab, formulas as TeX")                     \
    X(latex, "latex", "for pdflatex (English) and xelatex with ctex (Chinese)")           \
    X(html, "html", "one self-contained page, for screens of every size and for paper")

typedef struct sp_writer_options {
    sp_language language;
    size_t width;
    bool ascii, color;
} sp_writer_options;

/* What a writer works with. */
typedef struct sp_writing {
    sp_text *out;
    sp_pool *pool;
    const sp_document *doc;
    const sp_writer_options *options;
} sp_writing;

/* One function for each kind of block; a section is written in two parts, around its blocks. What stands around all,
 * begin and end, and section_end may be NULL. */
typedef struct sp_writer {
    void (*begin)(sp_writing *w);
    void (*section)(sp_writing *w, const sp_block *block);
    void (*section_end)(sp_writing *w, const sp_block *block);
    void (*paragraph)(sp_writing *w, const sp_block *block); /* MARK too */
    void (*formulas)(sp_writing *w, const sp_block *block);
    void (*table)(sp_writing *w, const sp_block *block);
    void (*picture)(sp_writing *w, const sp_block *block);
    void (*numbers)(sp_writing *w, const sp_block *block);
    void (*code)(sp_writing *w, const sp_block *block);
    void (*end)(sp_writing *w);
} sp_writer;

#define X(id, name, summary) extern const sp_writer sp_writer_##id;
SP_WRITERS(X)
#undef X

const sp_writer *sp_writer_named(const char *format); /* NULL: there is none */
void sp_document_write(sp_text *out, const sp_document *doc, const sp_writer *writer,
                       const sp_writer_options *options);

/*  id, kinds of the arguments, English, Chinese: what is written below a picture */
#define SP_PICTURE_NOTES(X)                                                                      \
    X(ELIDED, "", "Not all parts are drawn: ..n.. stands for n more.",                           \
      "图中略去了一部分：..n.. 表示另有 n 个。")                                                 \
    X(DISTORTED, "", "Narrow parts are drawn wider than they are, so that their labels fit.",    \
      "太窄的部分画宽了，以便写下标注。")

/* The note that a picture needs; NULL: none. */
const sp_phrase *sp_picture_note(bool elided, bool distorted);

/* The phrases of a block as runs, spaces of the language between them. */
sp_spelling sp_spell_all(const sp_writing *w, const sp_phrases *phrases);
sp_spelling sp_spell_one(const sp_writing *w, const sp_phrase *phrase);
sp_spelling sp_spell_cell(const sp_writing *w, const sp_argument *cell);
/* A formula of a displayed block: the left side, NULL if it goes on from the one above; *right is
 * what stands behind "=", or the whole formula. */
const sp_math *sp_formula_left(const sp_math *formula, const sp_math **right);

#endif
