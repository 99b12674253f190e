/* report: texts that would be markup, a command or the end of something in the formats. Each breaks
 * if a character of its table is left out. */
#include "typeset/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static sp_pool *pool;

static int open_pool(void **state)
{
    (void)state;
    return sp_pool_open(&pool, NULL, NULL) == SP_OK ? 0 : -1;
}

static int close_pool(void **state)
{
    (void)state;
    sp_pool_close(pool);
    return 0;
}

typedef void escape(sp_text *out, const char *text);

static void property(sp_text *out, const char *text)
{
    sp_escape_command(out, text, true);
}

static void message(sp_text *out, const char *text)
{
    sp_escape_command(out, text, false);
}

static void check(escape *of, const char *text, const char *want)
{
    sp_text out = sp_text_in(pool);
    of(&out, text);
    assert_string_equal(sp_text_string(&out), want);
}

#define BAD "\xEF\xBF\xBD"

static void xml_has_no_markup_and_no_controls(void **state)
{
    (void)state;
    check(sp_escape_xml, "", "");
    check(sp_escape_xml, "<a b=\"c\">&amp;'", "&lt;a b=&quot;c&quot;&gt;&amp;amp;'");
    check(sp_escape_xml, "1\n2\t3\r4", "1&#10;2&#9;3&#13;4");
    check(sp_escape_xml, "\x01\x08\x0b\x0c\x1f\x7f", BAD BAD BAD BAD BAD BAD);
    check(sp_escape_xml, "]]>", "]]&gt;");
    check(sp_escape_xml, "\xEF\xBF\xBE\xEF\xBF\xBFx\xEF\xBF\xBD", BAD BAD "x" BAD);
    check(sp_escape_xml, "\xEF\xBB\xBF", "\xEF\xBB\xBF");
    check(sp_escape_xml, "\xFF\xC0\x80", BAD BAD BAD);
    check(sp_escape_xml, "\xEF\xBF", BAD BAD); /* cut off at the end */
    check(sp_escape_xml, "é€𝄞", "é€𝄞");
}

static void commands_end_where_they_should(void **state)
{
    (void)state;
    check(message, "50%\r\n::error::x", "50%25%0D%0A::error::x");
    check(property, "a:b,c=%d\n", "a%3Ab%2Cc=%25d%0A");
    check(message, "a:b,c", "a:b,c");
    check(message, "%0A", "%250A");
    check(message, "\x1b[31m\t", BAD "[31m\t");
}

static void markdown_is_plain(void **state)
{
    (void)state;
    check(sp_escape_markdown, "a|b*c_d`e[f](g)#~\\", "a\\|b\\*c\\_d\\`e\\[f\\](g)\\#\\~\\\\");
    check(sp_escape_markdown, "<b>&amp;", "&lt;b&gt;&amp;amp;");
    check(sp_escape_markdown, "a\nb", "a b");
    check(sp_escape_lines, "a\nb\t\x1b", "a\nb" BAD BAD);
    check(sp_escape_lines, "<`|>", "<`|>");
}

static void tap_descriptions_have_no_directive(void **state)
{
    (void)state;
    check(sp_escape_tap, "x # TODO y", "x \\# TODO y");
    check(sp_escape_tap, "a\\#b\nok 7", "a\\\\\\#b ok 7");
}

static void paths_are_uris(void **state)
{
    (void)state;
    check(sp_escape_uri, "dir/a-b_c.~1/../x.case", "dir/a-b_c.~1/../x.case");
    check(sp_escape_uri, "a b%20#?:\"<>\\", "a%20b%2520%23%3F%3A%22%3C%3E%5C");
    check(sp_escape_uri, "\xFF\xC3\xBC\n[x]{y}|^`", "%FF%C3%BC%0A%5Bx%5D%7By%7D%7C%5E%60");
}

static void words_are_one_word(void **state)
{
    (void)state;
    check(sp_escape_shell, "dir/x-1_2.case", "dir/x-1_2.case");
    check(sp_escape_shell, "x[tp=2]", "'x[tp=2]'");
    check(sp_escape_shell, "", "''");
    check(sp_escape_shell, "it's", "'it'\\''s'");
    check(sp_escape_shell, "$(rm) `x` \"y\" \\", "'$(rm) `x` \"y\" \\'");
    check(sp_escape_shell, "~", "'~'");
    check(sp_escape_shell, "*", "'*'");
}

/* Against a decoder that shares nothing with it: RFC 3629's table of code points. */
static size_t decoded_length(const unsigned char *s, size_t available)
{
    static const struct {
        unsigned char mask, lead;
        unsigned long least;
    } form[] = {{0x80, 0, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    for (size_t n = 0; n < 4; n++) {
        if ((s[0] & form[n].mask) != form[n].lead)
            continue;
        unsigned long code = s[0] & (unsigned char)~form[n].mask;
        for (size_t i = 1; i <= n; i++) {
            if (i >= available || (s[i] & 0xC0) != 0x80)
                return 0;
            code = code << 6 | (s[i] & 0x3Fu);
        }
        bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        return code < form[n].least || surrogate || code > 0x10FFFF ? 0 : n + 1;
    }
    return 0;
}

static void sequences_are_those_of_the_table(void **state)
{
    (void)state;
    static const unsigned char tail[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    enum { TAILS = sizeof tail };
    for (unsigned lead = 1; lead < 256; lead++)
        for (size_t t = 0; t < TAILS * TAILS * TAILS; t++) {
            const unsigned char s[] = {(unsigned char)lead, tail[t % TAILS],
                                       tail[t / TAILS % TAILS], tail[t / TAILS / TAILS], 0};
            size_t available = strlen((const char *)s);
            assert_int_equal(sp_utf8_length((const char *)s), decoded_length(s, available));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_has_no_markup_and_no_controls),
        cmocka_unit_test(commands_end_where_they_should),
        cmocka_unit_test(markdown_is_plain),
        cmocka_unit_test(tap_descriptions_have_no_directive),
        cmocka_unit_test(paths_are_uris),
        cmocka_unit_test(words_are_one_word),
        cmocka_unit_test(sequences_are_those_of_the_table),
    };
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
