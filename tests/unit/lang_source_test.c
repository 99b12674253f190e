/* Sources and tokens: what cannot be read says why, and every byte of what can be read is in one
 * token or blank. Broken by: a directory or a missing file that looks empty, a wrong place of a
 * bad byte, UTF-8 that is too lax. */
#include "lang_fixture.h"
#include "lang/names.h"
#include "lang/token.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_shows(const char *name, const char *expected)
{
    loaded l = load_bytes(name, NULL, 0);
    assert_string_equal(l.shown, expected);
    assert_null(l.source);
    assert_int_equal(l.diagnostics.errors, 1);
    sp_pool_close(l.pool);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    assert_shows("/no/such.case",
                 "/no/such.case: error: cannot be read: No such file or directory\n");
    assert_shows("/tmp", "/tmp: error: is a directory, not a file\n");
    char name[] = "/tmp/shardproof-source-XXXXXX", expected[200];
    int file = mkstemp(name);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(chmod(name, 0), 0);
    snprintf(expected, sizeof expected, "%s: error: cannot be read: Permission denied\n", name);
    if (geteuid() != 0) /* root may read everything */
        assert_shows(name, expected);
    assert_int_equal(unlink(name), 0);
}

static void pipes_are_read_too(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const char text[] =
        "scheme s\ninput X[N, Din]\nforward\n  Z1 = X\nbackward\nresult Z1[N, Dh]\n";
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    close(ends[1]);
    char name[40];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    loaded l = load_bytes(name, NULL, 0);
    assert_string_equal(l.shown, "");
    assert_int_equal(l.unit->programs, 1);
    sp_pool_close(l.pool);
    close(ends[0]);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    /* after Markus Kuhn's stress test: text, its length, the bad byte or -1 */
    static const struct { const char *text; size_t length; int bad;
    } texts[] = {
        {"# \x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\n", 22,
         -1},
        {"# \xED\x9F\xBF\xEE\x80\x80", 8, -1},
        {"# \x80", 3, 2}, /* continuation alone */
        {"# \xC2", 3, 2}, /* cut off */
        {"# \xE2\x82", 4, 2},
        {"# \xF0\x9F\x98", 5, 2},
        {"# \xC1\xBF", 4, 2}, /* overlong */
        {"# \xE0\x9F\xBF", 5, 2},
        {"# \xF0\x8F\xBF\xBF", 6, 2},
        {"# \xED\xA0\x80", 5, 2},     /* surrogate */
        {"# \xF4\x90\x80\x80", 6, 2}, /* over U+10FFFF */
        {"# \xF5\x80\x80\x80", 6, 2},
        {"# \xFF", 3, 2},
        {"# ab\xC3\xA9\xE2\x82z", 9, 6},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        loaded l = load_bytes("u", texts[i].text, texts[i].length);
        assert_int_equal(l.source == NULL, texts[i].bad >= 0);
        if (texts[i].bad >= 0) {
            assert_int_equal(l.diagnostics.item[0].span.begin, texts[i].bad);
            for (const char *c = l.shown; *c; c++) /* what is shown is UTF-8 */
                assert_true((unsigned char)*c < 0x80 || i == sizeof texts / sizeof *texts - 1);
        }
        sp_pool_close(l.pool);
    }
}

static void assert_tokens(const char *text, const char *expected)
{
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_source source = {"t", text, strlen(text)};
    sp_lexer lexer = sp_lexer_at_start(&source);
    sp_text shown = sp_text_in(pool);
    for (sp_token t; (t = sp_lexer_next(&lexer)).kind != SP_TOKEN_END;) {
        sp_text_add(&shown, t.line_start ? "|" : "");
        sp_text_add(&shown, t.kind == SP_TOKEN_BAD ? "!" : t.kind == SP_TOKEN_NUMBER ? "#" : "");
        sp_text_add_bytes(&shown, text + t.begin, t.end - t.begin);
        sp_text_add(&shown, " ");
    }
    assert_string_equal(sp_text_string(&shown), expected);
    assert_int_equal(sp_lexer_next(&lexer).kind, SP_TOKEN_END);
    sp_pool_close(pool);
}

static void tokens(void **state)
{
    (void)state;
    assert_tokens("", "");
    assert_tokens("a b_1\n  c # d\n#e\nf", "|a b_1 |c |f ");
    assert_tokens("sigma'(Z) g'' A^T^T", "|sigma' ( Z ) g'' A ^T ^T ");
    assert_tokens("A^Tx A^ T A^2", "|A !^ Tx A !^ T A !^ #2 ");
    assert_tokens("1 1.5 .5 5. 1e5 1e+5 1E-5 1e 0x1p-3 0x.8 0xA.8p+1 0x",
                  "|#1 #1.5 #.5 #5. #1e5 #1e+5 #1E-5 #1 e #0x1p-3 #0 x #.8 #0xA.8p+1 #0 x ");
    assert_tokens("4x6-3", "|#4 x6 - #3 ");
    assert_tokens("[1,2;3]={4}/@*+-", "|[ #1 , #2 ; #3 ] = { #4 } / @ * + - ");
    assert_tokens("\"a b\" \"c\n\"", "|\"a b\" !\"c |!\" ");
    assert_tokens("\r\na\r\nb\rc", "|a |b !\r c ");
    assert_tokens("\xC3\xA9\xE2\x82\xAC?\x01\x01", "|!\xC3\xA9\xE2\x82\xAC !? !\x01\x01 ");
}

static void table_of_names(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_names names = sp_names_in(pool);
    size_t value;
    assert_false(sp_names_find(&names, "a", &value));
    for (size_t i = 0; i < 5000; i++) {
        value = i;
        assert_true(sp_names_add(&names, sp_pool_format(pool, "n%zu", i), &value));
    }
    for (size_t i = 0; i < 5000; i++) {
        const char *name = sp_pool_format(pool, "n%zu", i);
        assert_true(sp_names_find(&names, name, &value) && value == i);
        value = 9999;
        assert_false(sp_names_add(&names, name, &value));
        assert_int_equal(value, i); /* the older one stays */
    }
    assert_false(sp_names_find(&names, "n5000", &value));
    assert_false(sp_names_find(&names, "", &value));
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_cannot_be_read), cmocka_unit_test(pipes_are_read_too),
        cmocka_unit_test(utf8_is_checked),           cmocka_unit_test(tokens),
        cmocka_unit_test(table_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
