#include "typeset/writer.h"

#include <string.h>

static void write_block(const sp_writer *writer, sp_writing *w, const sp_block *block)
{
    sp_pool_poll(w->pool);
    switch (block->kind) {
    case SP_BLOCK_SECTION:
        writer->section(w, block);
        for (size_t i = 0; i < block->inside.count; i++)
            write_block(writer, w, block->inside.item[i]);
        if (writer->section_end)
            writer->section_end(w, block);
        break;
    case SP_BLOCK_PARAGRAPH:
    case SP_BLOCK_MARK: writer->paragraph(w, block); break;
    case SP_BLOCK_FORMULAS: writer->formulas(w, block); break;
    case SP_BLOCK_TABLE: writer->table(w, block); break;
    case SP_BLOCK_PICTURE: writer->picture(w, block); break;
    case SP_BLOCK_NUMBERS: writer->numbers(w, block); break;
    case SP_BLOCK_CODE: writer->code(w, block); break;
    case SP_BLOCK_COUNT: break;
    }
}

void sp_document_write(sp_text *out, const sp_document *doc, const sp_writer *writer,
                       const sp_writer_options *options)
{
    sp_writing w = {out, out->pool, doc, options};
    if (writer->begin)
        writer->begin(&w);
    write_block(writer, &w, doc->root);
    if (writer->end)
        writer->end(&w);
}

sp_spelling sp_spell_all(const sp_writing *w, const sp_phrases *phrases)
{
    sp_spelling s = {.pool = w->pool, .language = w->options->language};
    for (size_t i = 0; i < phrases->count; i++) {
        const char *space = sp_language_space(s.language);
        if (i > 0 && *space)
            sp_spell_text(&s, space);
        sp_spell(&s, phrases->item[i]);
    }
    return s;
}

sp_spelling sp_spell_one(const sp_writing *w, const sp_phrase *phrase)
{
    sp_spelling s = {.pool = w->pool, .language = w->options->language};
    if (phrase)
        sp_spell(&s, phrase);
    return s;
}

sp_spelling sp_spell_cell(const sp_writing *w, const sp_argument *cell)
{
    sp_spelling s = {.pool = w->pool, .language = w->options->language};
    sp_spell_argument(&s, cell);
    return s;
}

const sp_math *sp_formula_left(const sp_math *formula, const sp_math **right)
{
    *right = formula;
    if (formula->kind != SP_MATH_RELATION || (formula->text && strcmp(formula->text, "=") != 0))
        return formula;
    if (formula->items == 1) {
        *right = formula->item[0];
        return NULL;
    }
    *right = formula->item[1];
    return formula->item[0];
}

const sp_phrase *sp_picture_note(bool elided, bool distorted)
{
    static const sp_wording wording[] = {
#define X(id, arguments, en, zh) {arguments, {en, zh}},
        SP_PICTURE_NOTES(X)
#undef X
    };
    static const sp_phrase note[] = {{.wording = &wording[0]}, {.wording = &wording[1]}};
    return elided ? &note[0] : distorted ? &note[1] : NULL;
}
