#include "derive/sentence.h"

static const sp_wording table[] = {
#define X(id, arguments, en, zh) {arguments, {en, zh}},
    SP_SENTENCES(X)
#undef X
};

const sp_wording *sp_sentence_wording(sp_sentence sentence)
{
    return &table[sentence];
}

const sp_phrase *sp_say(sp_pool *pool, sp_sentence sentence, ...)
{
    va_list given;
    va_start(given, sentence);
    const sp_phrase *phrase = sp_phrase_of(pool, &table[sentence], given);
    va_end(given);
    return phrase;
}
