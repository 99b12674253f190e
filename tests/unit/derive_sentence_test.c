/* The sentence table: nothing is missing in any language, and the arguments agree. */
#include "derive/sentence.h"

#include "algebra/expression.h"
#include "lang/program.h"
#include "proof/prove.h"
#include "typeset/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {
#define X(id, arguments, en, zh) #id,
    SP_SENTENCES(X)
    SP_PICTURE_NOTES(X)
#undef X
};
enum { SENTENCES = sizeof names / sizeof *names };

/* Those of a derivation, then the notes that writers put below pictures. */
static const sp_wording *wording_of(int s)
{
    return s < SP_SENTENCE_COUNT ? sp_sentence_wording((sp_sentence)s)
                                 : sp_picture_note(s == SP_SENTENCE_COUNT, true)->wording;
}

static bool has_cjk(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0xE4 && (unsigned char)*text <= 0xE9)
            return true;
    return false;
}

static size_t count_of(const char *text, char c)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == c;
    return count;
}

/* Breaks if a sentence is empty, or has an argument in one language only, or one that it is not given. */
static void arguments_agree(void **unused)
{
    (void)unused;
    for (int s = 0; s < SENTENCES; s++) {
        const char *kinds = wording_of(s)->arguments;
        if (strlen(kinds) > SP_ARGUMENTS || strspn(kinds, "tcmpl") != strlen(kinds))
            fail_msg("%s: bad kinds %s", names[s], kinds);
        for (int l = 0; l < SP_LANGUAGE_COUNT; l++) {
            const char *text = wording_of(s)->text[l];
            bool used[SP_ARGUMENTS] = {false};
            if (!*text)
                fail_msg("%s: empty in %s", names[s], sp_language_name((sp_language)l));
            for (const char *c = text; (c = strchr(c, '{')); c++) {
                size_t at = (size_t)(c[1] - '0');
                if (c[2] != '}' || at >= strlen(kinds))
                    fail_msg("%s: bad argument %.3s in %s", names[s], c,
                             sp_language_name((sp_language)l));
                used[at] = true;
            }
            for (size_t at = 0; kinds[at]; at++)
                if (!used[at])
                    fail_msg("%s: argument %zu is not used in %s", names[s], at,
                             sp_language_name((sp_language)l));
            if (count_of(text, '*') % 2 || count_of(text, '{') != count_of(text, '}'))
                fail_msg("%s: marks are not closed in %s", names[s],
                         sp_language_name((sp_language)l));
        }
    }
}

/* Breaks if a sentence was forgotten in translation, or a term is explained in one language only. */
static void every_sentence_is_translated(void **unused)
{
    (void)unused;
    for (int s = 0; s < SENTENCES; s++) {
        const char *en = wording_of(s)->text[SP_LANGUAGE_EN];
        const char *zh = wording_of(s)->text[SP_LANGUAGE_ZH];
        size_t words = 0; /* letters outside of arguments */
        for (const char *c = en; *c; c++)
            words += (*c >= 'a' && *c <= 'z');
        for (const char *c = en; *c; c++)
            if ((unsigned char)*c >= 0x80)
                fail_msg("%s: a sign outside of ASCII in English", names[s]);
        if (count_of(en, '*') != count_of(zh, '*'))
            fail_msg("%s: another number of terms", names[s]);
        bool kind = strncmp(names[s], "KIND_", 5) == 0; /* names of collectives */
        if (words > 4 && !kind && !has_cjk(zh))
            fail_msg("%s: not translated: %s", names[s], zh);
        if (has_cjk(zh) && (strstr(zh, ", ") || strchr(zh, ';')))
            fail_msg("%s: ASCII punctuation in Chinese: %s", names[s], zh);
    }
}

/* The notes' own terms. */
static void chinese_uses_the_terms_of_the_notes(void **unused)
{
    (void)unused;
    static const struct { sp_sentence sentence; const char *term; } known[] = {
        {SP_SAY_SPLIT_COLUMNS, "列切"}, {SP_SAY_SPLIT_ROWS, "行切"},
        {SP_SAY_MERGE_COLUMNS, "拼接"}, {SP_SAY_MERGE_ROWS, "拼接"},
        {SP_SAY_MERGE_SUM, "求和"},     {SP_SAY_ERROR_TERM, "误差项"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_non_null(strstr(sp_sentence_wording(known[i].sentence)->text[SP_LANGUAGE_ZH], known[i].term));
}

/* One sentence for every rule, tensor and result: that they exist is seen by the compiler, that they are
 * the prover's words here. */
static void rules_are_in_the_provers_words(void **unused)
{
    (void)unused;
#define X(id, words) \
    assert_string_equal(sp_sentence_wording(SP_SAY_RULE_##id)->text[SP_LANGUAGE_EN], words);
    SP_RULES(X)
#undef X
}

static const char *spelled(sp_pool *pool, const sp_phrase *phrase, sp_language language)
{
    sp_spelling s = {.pool = pool, .language = language};
    sp_text text = sp_text_in(pool);
    sp_spell(&s, phrase);
    for (size_t i = 0; i < s.runs; i++) {
        const sp_run_of_text *run = &s.run[i];
        if (run->kind == SP_SPAN_MATH)
            sp_math_write_text(&text, run->math, true);
        else
            sp_text_format(&text, run->kind == SP_SPAN_TERM   ? "<%s>"
                                  : run->kind == SP_SPAN_CODE ? "`%s`"
                                                              : "%s", run->text);
    }
    return sp_text_string(&text);
}

static void phrases_are_spelled(void **unused)
{
    (void)unused;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_list list = {0};
    const sp_math *w = sp_math_symbol(pool, "W1");
    sp_list_add(pool, &list, sp_argument_code("dp"));
    assert_string_equal(spelled(pool, sp_say(pool, SP_SAY_SPLIT_ROWS, &list), SP_LANGUAGE_EN),
                        "its rows, over `dp`");
    sp_list_add(pool, &list, sp_argument_code("tp"));
    sp_list_add(pool, &list, sp_argument_math(w));
    assert_string_equal(spelled(pool, sp_say(pool, SP_SAY_SPLIT_ROWS, &list), SP_LANGUAGE_EN),
                        "its rows, over `dp`, `tp` and W1");
    assert_string_equal(spelled(pool, sp_say(pool, SP_SAY_ERROR_TERM, w), SP_LANGUAGE_EN),
                        "This is called the <error term> W1 of its layer.");
    const sp_phrase *inner = sp_say(pool, SP_SAY_CAUSE_SIGN);
    assert_string_equal(spelled(pool, sp_say(pool, SP_SAY_REASON_AT, w, inner), SP_LANGUAGE_EN),
                        "in W1: the sign is wrong");
    /* what an argument says is never taken for a mark */
    assert_string_equal(spelled(pool, sp_say(pool, SP_SAY_HEADING_STATEMENT, "a * b * {0}"),
                                SP_LANGUAGE_EN), "`a * b * {0}`");
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_agree),
        cmocka_unit_test(every_sentence_is_translated),
        cmocka_unit_test(chinese_uses_the_terms_of_the_notes),
        cmocka_unit_test(rules_are_in_the_provers_words),
        cmocka_unit_test(phrases_are_spelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
