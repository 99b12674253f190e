/* report: JSON that a strict reader takes, text within its columns, sinks that fall short. */
#include "typeset/escape.h"
#include "report/json.h"
#include "report/terminal.h"

#include <shardproof/shardproof.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Takes `room` bytes, then fails; counts calls after the failure. */
typedef struct buffer {
    char *bytes;
    size_t length, room, calls_after_failure;
    bool failed;
} buffer;

static bool take(void *context, const char *bytes, size_t length)
{
    buffer *b = context;
    b->calls_after_failure += b->failed;
    if (length > b->room - b->length) {
        b->failed = true;
        return false;
    }
    b->bytes = realloc(b->bytes, b->length + length + 1);
    assert_non_null(b->bytes);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
    b->bytes[b->length] = '\0';
    return true;
}

static const char text[] =
    "scheme s\n"
    "mesh tp\n"
    "input X[N, Din], Y[N, Dout]\n"
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"
    "forward\n"
    "  Z1 = X @ W1 + b1\n"
    "  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(A1 @ W2, tp) + b2 / size(tp)\n"
    "  A2 = g(Z2)\n"
    "backward\n"
    "  D2 = loss'(A2, Y) * g'(Z2)\n"
    "  dW2 = A1^T @ D2\n"
    "result Z2[N, Dout], dW2[Dh, Dout] sum tp\n"
    "case good\n  dims N = 5, Din = 4, Dh = 30, Dout = 2\n  scheme megatron\n  mesh tp = {2, 30}\n"
    "case wrong\n  dims N = 5, Din = 4, Dh = 6, Dout = 2\n  scheme s\n  mesh tp = 3\n"
    "  numdiff off\n"
    /* right only because exp' = exp, and not finite */
    "scheme saves-output\nmesh tp\ninput X[N, Din], Y[N, Dout]\n"
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"
    "forward\n  A1 = sigma(X @ W1 + b1)\n  A2 = g(allreduce(A1 @ W2, tp) + b2)\n"
    "backward\n  dW1 = X^T @ ((loss'(A2, Y) * g'(A2) @ W2^T) * A1)\nresult dW1[Din, Dh/tp]\n"
    "case open\n  dims N = 1, Din = 2, Dh = 2, Dout = 1\n"
    "  network sigma(z) = exp(z)\n  scheme saves-output\n  mesh tp = 2\n  numdiff off\n"
    "  X = [1e30, 1/3]\n  W1 = [1, 1; 1, 1]\n";

enum { CASES = 4 };

static struct {
    sp_cases *cases;
    sp_check *check[CASES];
} checked;

static int check_all(void **state)
{
    (void)state;
    if (sp_cases_load_text(&checked.cases, "a \"b\".case", text, strlen(text), NULL) != SP_OK)
        return 1;
    for (size_t i = 0; i < CASES; i++)
        if (sp_check_run(&checked.check[i], checked.cases, i, NULL) != SP_OK)
            return 1;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        sp_check_close(checked.check[i]);
    sp_cases_close(checked.cases);
    return 0;
}

static sp_status write_report(buffer *to, const char *format, const sp_report_options *options)
{
    const sp_diagnosis diagnosis = {"bad\xff\n.case", 3, 4, true, "a \\ and a \"", NULL, "text\n"};
    sp_report *report;
    sp_status status = sp_report_open(&report, format, options, (sp_sink){take, to});
    if (status != SP_OK)
        return status;
    status = sp_report_diagnosis(report, &diagnosis);
    if (sp_report_bad_file(report, "bad\xff\n.case") != SP_OK || status != SP_OK)
        status = SP_WRITE_FAILED;
    for (size_t i = 0; i < CASES; i++)
        status = sp_report_outcome(report, sp_check_outcome(checked.check[i]));
    status = sp_report_failure(report, sp_cases_info(checked.cases, 0), SP_TIME_LIMIT);
    status = sp_report_finish(report);
    sp_report_close(report);
    return status;
}

static buffer write_all(const char *format, const sp_report_options *options)
{
    buffer b = {.room = (size_t)-1};
    assert_int_equal(write_report(&b, format, options), SP_OK);
    return b;
}

/* A reader of RFC 8259: the place after a value, or NULL. Numbers as this report writes them. */
static const char *skip_value(const char *s);

static const char *skip_space(const char *s)
{
    return s + strspn(s, " \n");
}

static const char *skip_string(const char *s)
{
    if (*s++ != '"')
        return NULL;
    for (; *s != '"'; s++) {
        if ((unsigned char)*s < 0x20 || (unsigned char)*s == 0xFF)
            return NULL;
        if (*s == '\\' && !strchr("\"\\/bfnrtu", *++s))
            return NULL;
    }
    return s + 1;
}

static const char *skip_members(const char *s, char close)
{
    s = skip_space(s + 1);
    if (*s == close)
        return s + 1;
    for (;;) {
        s = skip_space(s);
        if (close == '}') {
            if (!(s = skip_string(s)) || *s != ':')
                return NULL;
            s = skip_space(s + 1);
        }
        if (!(s = skip_value(s)))
            return NULL;
        s = skip_space(s);
        if (*s == close)
            return s + 1;
        if (*s++ != ',')
            return NULL;
    }
}

static const char *skip_value(const char *s)
{
    static const char *const word[] = {"true", "false", "null"};
    if (*s == '{')
        return skip_members(s, '}');
    if (*s == '[')
        return skip_members(s, ']');
    if (*s == '"')
        return skip_string(s);
    for (int i = 0; i < 3; i++)
        if (strncmp(s, word[i], strlen(word[i])) == 0)
            return s + strlen(word[i]);
    size_t digits = strspn(s + (*s == '-'), "0123456789");
    return digits ? s + (*s == '-') + digits : NULL;
}

/* Broken by: a comma too many, a bare NaN, a string that is not escaped, a run that differs. */
static void json_is_json(void **state)
{
    (void)state;
    buffer b = write_all("json", NULL), again = write_all("json", NULL);
    const char *end = skip_value(b.bytes);
    assert_non_null(end);
    assert_string_equal(end, "\n");
    assert_string_equal(b.bytes, again.bytes);
    assert_int_equal(strncmp(b.bytes, "{\n  \"schema\": \"shardproof-report/1\",\n", 37), 0);
    assert_non_null(strstr(b.bytes, "\"file\": \"a \\\"b\\\".case\""));
    assert_non_null(strstr(b.bytes, "\"bad\xEF\xBF\xBD\\n.case\""));
    assert_non_null(strstr(b.bytes, "\"largest\": \"nan\""));
    assert_non_null(strstr(b.bytes, "\"cases\": 5,\n    \"match\": 2,\n    \"mismatch\": 1,\n"
                                    "    \"undecided\": 1,\n    \"expected\": 2,\n"
                                    "    \"unexpected\": 1,\n    \"open\": 1,\n"
                                    "    \"not_checked\": 1,\n    \"files_with_errors\": 1,\n"
                                    "    \"faults\": 0,\n    \"cut\": null\n"));
    free(b.bytes);
    free(again.bytes);
}

static void an_empty_report_is_json_too(void **state)
{
    (void)state;
    buffer b = {.room = 10000};
    sp_report *report;
    assert_int_equal(sp_report_open(&report, "json", NULL, (sp_sink){take, &b}), SP_OK);
    assert_int_equal(sp_report_finish(report), SP_OK);
    sp_report_close(report);
    const char *end = skip_value(b.bytes);
    assert_non_null(end);
    assert_string_equal(end, "\n");
    free(b.bytes);
    assert_int_equal(sp_report_open(&report, "xml", NULL, (sp_sink){take, &b}), SP_BAD_USAGE);
    assert_null(report);
    sp_report_close(NULL);
}

/* Broken by: a format that forgets to pass text through its escapes, or keeps something from before. */
static void every_format_is_utf8_and_the_same_again(void **state)
{
    (void)state;
    for (size_t f = 0; sp_report_format(f); f++) {
        buffer b = write_all(sp_report_format(f), NULL), again = write_all(sp_report_format(f), NULL);
        assert_string_equal(b.bytes, again.bytes);
        for (const char *s = b.bytes; *s && strcmp(sp_report_format(f), "text") != 0;) {
            assert_true(sp_utf8_length(s) > 0); /* text shows names as they are */
            s += sp_utf8_length(s);
        }
        free(b.bytes);
        free(again.bytes);
    }
    buffer sarif = write_all("sarif", NULL);
    const char *end = skip_value(sarif.bytes);
    assert_non_null(end);
    assert_string_equal(end, "\n");
    free(sarif.bytes);
}

/* What marks a case as wrong, and a run as cut short, in each format. */
static const struct {
    const char *format, *fault, *cut;
} marks[] = {
    {"text", "\xE2\x9C\x97 good", "interrupted: no other case was checked"},
    {"json", "\"fault\": \"dX is proved, yet\"", "\"cut\": \"interrupted\""},
    {"junit", "<error type=\"internal\"", "<error type=\"cut\" message=\"interrupted\""},
    {"tap", "not ok 1 - good", "Bail out! interrupted"},
    {"sarif", "\"executionSuccessful\": false", "interrupted: no other case was checked"},
    {"github", "::error file=", "::error title=shardproof::interrupted"},
    {"markdown", "| \xE2\x9D\x8C | good", "interrupted: no other case was checked"},
};

/* Broken by: a format that takes a case as expected for a good one although shardproof is wrong. */
static void a_fault_and_a_cut_show_in_every_format(void **state)
{
    (void)state;
    sp_outcome wrong = *sp_check_outcome(checked.check[0]);
    wrong.fault = "dX is proved, yet";
    for (size_t f = 0; sp_report_format(f); f++) {
        buffer b = {.room = (size_t)-1};
        sp_report *report;
        sp_report_options options = {.quiet = true};
        assert_string_equal(marks[f].format, sp_report_format(f));
        assert_int_equal(sp_report_open(&report, marks[f].format, &options, (sp_sink){take, &b}),
                         SP_OK);
        assert_int_equal(sp_report_outcome(report, &wrong), SP_OK);
        assert_int_equal(sp_report_cut(report, "interrupted"), SP_OK);
        assert_int_equal(sp_report_finish(report), SP_OK);
        sp_report_close(report);
        assert_non_null(strstr(b.bytes, "dX is proved, yet"));
        assert_non_null(strstr(b.bytes, marks[f].fault));
        assert_non_null(strstr(b.bytes, marks[f].cut));
        free(b.bytes);
    }
}

static void strings_are_escaped(void **state)
{
    (void)state;
    static const char *const row[][2] = {
        {"", "\"\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\f\n\r\t\x01\x1f\x7f", "\"\\u0008\\u000c\\n\\u000d\\t\\u0001\\u001f\\u007f\""},
        {"\xC3\xA9\xE2\x89\xA4\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x89\xA4\xF0\x9F\x98\x80\""},
        /* a lone continuation, an overlong form, a surrogate, beyond U+10FFFF, cut short */
        {"\x80", "\"\xEF\xBF\xBD\""},
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE2\x89", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        sp_text out = sp_text_in(pool);
        sp_json_text(&out, row[i][0]);
        assert_string_equal(sp_text_string(&out), row[i][1]);
    }
    sp_pool_close(pool);
}

/* Columns of the widest line, escape sequences not counted. */
static size_t widest(const char *s)
{
    size_t most = 0;
    while (*s) {
        char line[4000];
        size_t length = 0;
        for (; *s && *s != '\n'; s++) {
            if (*s == '\033')
                s += strcspn(s, "m");
            else
                line[length++] = *s;
            assert_true(length < sizeof line);
        }
        line[length] = '\0';
        most = sp_text_columns(line) > most ? sp_text_columns(line) : most;
        s += *s == '\n';
    }
    return most;
}

/* Broken by: a column that is counted in bytes, a colour in the width, a sign outside of ASCII. */
static void text_stays_within_its_columns(void **state)
{
    (void)state;
    for (int flags = 0; flags < 16; flags++) {
        sp_report_options options = {.quiet = flags & 1, .verbose = flags & 2,
                                     .color = flags & 4, .ascii = flags & 8};
        buffer b = write_all("text", &options);
        assert_true(widest(b.bytes) <= 100);
        assert_true((strchr(b.bytes, '\033') != NULL) == options.color);
        assert_non_null(strstr(b.bytes, "wrong"));
        bool shown = strstr(b.bytes, "good[tp=2]") != NULL;
        assert_int_equal(shown, !options.quiet || strstr(b.bytes, "good[tp=2]: not checked"));
        for (const char *s = b.bytes; options.ascii && *s; s++)
            assert_true((unsigned char)*s < 0x80 || (unsigned char)*s == 0xFF /* the file's */);
        assert_non_null(strstr(b.bytes, "5 cases: 2 as expected, 1 not as expected, 1 undecided, 1 "
                                        "not checked; 1 file with errors"));
        free(b.bytes);
    }
}

/* A sink that fails at any byte: the status says so, and it is not called again. */
static void a_short_write_is_never_lost(void **state)
{
    (void)state;
    for (size_t f = 0; sp_report_format(f); f++) {
        assert_non_null(sp_report_format_summary(f));
        buffer all = write_all(sp_report_format(f), NULL);
        for (size_t room = 0; room < all.length; room += room < 50 ? 1 : 97) {
            buffer b = {.room = room};
            assert_int_equal(write_report(&b, sp_report_format(f), NULL), SP_WRITE_FAILED);
            assert_int_equal(b.calls_after_failure, 0);
            free(b.bytes);
        }
        buffer b = {.room = all.length - 1};
        assert_int_equal(write_report(&b, sp_report_format(f), NULL), SP_WRITE_FAILED);
        free(b.bytes);
        free(all.bytes);
    }
}

static void tables_are_aligned(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    sp_table table = sp_table_in(pool, 3);
    table.right[1] = true;
    const char *cell[] = {"a", "10", "x", "\xE2\x89\xA4\xE2\x89\xA4", "9", "yy"};
    for (int i = 0; i < 6; i++)
        sp_table_cell(&table, SP_STYLE_PLAIN, cell[i]);
    sp_text out = sp_text_in(pool);
    sp_table_write(&out, false, 1, &table);
    assert_string_equal(sp_text_string(&out), " a   10  x\n \xE2\x89\xA4\xE2\x89\xA4   9  yy\n");
    /* too wide for a line: the first cell has its own */
    char wide[91] = {0};
    memset(wide, 'w', 90);
    table = sp_table_in(pool, 2);
    sp_table_cell(&table, SP_STYLE_GOOD, wide);
    sp_table_cell(&table, SP_STYLE_PLAIN, "0123456789");
    out = sp_text_in(pool);
    sp_table_write(&out, true, 0, &table);
    assert_int_equal(strncmp(sp_text_string(&out), "\033[32mw", 6), 0);
    assert_non_null(strstr(sp_text_string(&out), "w\033[0m\n    0123456789\n"));
    sp_pool_close(pool);
}

static void words_are_wrapped(void **state)
{
    (void)state;
    sp_pool *pool;
    assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
    char long_word[121] = {0}, line[300];
    memset(long_word, 'w', 120);
    sp_text out = sp_text_in(pool);
    snprintf(line, sizeof line, "a %s b (%s c) d", long_word, long_word);
    sp_wrap_add(&out, 0, 2, line);
    char want[400];
    snprintf(want, sizeof want, "a\n  %s\n  b\n  (%s\n  c) d\n", long_word, long_word);
    assert_string_equal(sp_text_string(&out), want);
    out = sp_text_in(pool);
    memset(long_word, 'w', 90);
    long_word[90] = '\0';
    snprintf(line, sizeof line, "%s (in brackets)", long_word);
    sp_wrap_add(&out, 0, 4, line);
    snprintf(want, sizeof want, "%s\n    (in brackets)\n", long_word);
    assert_string_equal(sp_text_string(&out), want);
    out = sp_text_in(pool);
    sp_wrap_add(&out, 0, 4, "");
    assert_string_equal(sp_text_string(&out), "\n");
    sp_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_json),
        cmocka_unit_test(an_empty_report_is_json_too),
        cmocka_unit_test(every_format_is_utf8_and_the_same_again),
        cmocka_unit_test(a_fault_and_a_cut_show_in_every_format),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(text_stays_within_its_columns),
        cmocka_unit_test(a_short_write_is_never_lost),
        cmocka_unit_test(tables_are_aligned),
        cmocka_unit_test(words_are_wrapped),
    };
    return cmocka_run_group_tests(tests, check_all, close_all);
}
