/* What a derivation says: sentences by name. */
#ifndef SP_DERIVE_SENTENCE_H
#define SP_DERIVE_SENTENCE_H

#include "derive/sentences.h"
#include "typeset/phrase.h"

typedef enum sp_sentence {
#define X(id, arguments, en, zh) SP_SAY_##id,
    SP_SENTENCES(X)
#undef X
    SP_SENTENCE_COUNT
} sp_sentence;

/* The arguments are pointers of the kinds that the table names. They are borrowed. */
const sp_phrase *sp_say(sp_pool *pool, sp_sentence sentence, ...);
/* The table; for tests. */
const sp_wording *sp_sentence_wording(sp_sentence sentence);

#endif
