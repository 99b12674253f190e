/* The ledger: its formulas, evaluated, are the numbers beside them, which are counted on the ranks; and the
 * numbers of known collectives are those that count what every rank lacks. */
#include <shardproof/shardproof.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct buffer {
    char *bytes;
    size_t length;
} buffer;

static bool take(void *context, const char *bytes, size_t length)
{
    buffer *b = context;
    b->bytes = realloc(b->bytes, b->length + length + 1);
    assert_non_null(b->bytes);
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
    b->bytes[b->length] = '\0';
    return true;
}

/* The ledger of a case as ASCII, one cell on each line. */
static char *ledger_of(const char *text)
{
    sp_cases *cases;
    sp_derivation *derivation;
    buffer b = {NULL, 0};
    const sp_derivation_style style = {.width = 72, .ascii = true};
    assert_int_equal(sp_cases_load_text(&cases, "ledger.case", text, strlen(text), NULL), SP_OK);
    assert_int_equal(sp_derive_case(&derivation, cases, 0, NULL), SP_OK);
    assert_int_equal(sp_derivation_write(derivation, "text", "en", &style, (sp_sink){take, &b}), SP_OK);
    sp_derivation_close(derivation);
    sp_cases_close(cases);
    char *begin = strstr(b.bytes, "What is communicated\n");
    assert_non_null(begin);
    memmove(b.bytes, begin, strlen(begin) + 1);
    char *to = b.bytes; /* lines that were cut are joined: they go on six columns to the right */
    for (const char *from = b.bytes; *from; from++)
        if (strncmp(from, "\n      ", 7) == 0)
            from += 6;
        else
            *to++ = *from;
    *to = '\0';
    return b.bytes;
}

/* ---- formulas: product = factor { ("*" | "/") factor } . sum = product { "-" product } . ---- */

typedef struct sizes {
    double dim[4], ranks[3];
    const char *axis[3];
} sizes;

static double sum(const char **at, const sizes *s);

/* factor = number | "(" sum ")" | dimension | axis | "P" [ "_" axis ] | "(" axis { "," axis } ")" . */
static double factor(const char **at, const sizes *s)
{
    static const char *const dims[] = {"N", "Din", "Dh", "Dout"};
    char name[32];
    double value = 1;
    if (**at == '(') {
        ++*at;
        value = sum(at, s);
        while (**at == ',') { /* dp, tp: as many parts as there are ranks on both */
            ++*at;
            value *= sum(at, s);
        }
        assert_int_equal(**at, ')');
        ++*at;
        return value;
    }
    size_t length = strspn(*at, "0123456789");
    if (length > 0) {
        value = atof(*at);
        *at += length;
        return value;
    }
    length = strspn(*at, "abcdefghijklmnopqrstuvwxyzDNPo_");
    assert_true(length > 0 && length < sizeof name);
    memcpy(name, *at, length);
    name[length] = '\0';
    *at += length;
    for (int d = 0; d < 4; d++)
        if (strcmp(name, dims[d]) == 0)
            return s->dim[d];
    for (int a = 0; a < 3 && s->axis[a]; a++)
        if (strcmp(name, s->axis[a]) == 0 || strcmp(name, "P") == 0 ||
            (strncmp(name, "P_", 2) == 0 && strcmp(name + 2, s->axis[a]) == 0))
            return s->ranks[a];
    fail_msg("what is %s?", name);
    return 0;
}

static double product(const char **at, const sizes *s)
{
    double value = factor(at, s);
    while (**at == '*' || **at == '/') {
        bool times = *(*at)++ == '*';
        double next = factor(at, s);
        value = times ? value * next : value / next;
    }
    return value;
}

static double sum(const char **at, const sizes *s)
{
    double value = product(at, s);
    while (**at == '-') {
        ++*at;
        value -= product(at, s);
    }
    return value;
}

/* Every "FORMULA = NUMBER" behind a label; how many there are. */
static size_t check_formulas(const char *ledger, const char *label, const sizes *s)
{
    size_t count = 0;
    for (const char *at = ledger; (at = strstr(at, label)); count++) {
        const char *begin = at += strlen(label);
        double value = sum(&at, s);
        if (strncmp(at, " = ", 3) != 0)
            fail_msg("cannot be read: %.60s", begin);
        double said = atof(at + 3), error = value - said;
        if (error > 1e-3 || error < -1e-3)
            fail_msg("%.60s: it is %g", begin, value);
    }
    return count;
}

/* Breaks if a formula forgets a group of ranks, a factor, or the ring's (P - 1) / P. */
static void formulas_are_the_numbers(void **unused)
{
    (void)unused;
    static const struct { const char *scheme, *mesh; size_t moves; sizes sizes; } known[] = {
        {"megatron", "tp = 4", 2, {{16, 24, 48, 32}, {4}, {"tp"}}},
        {"row-column", "tp = 4", 2, {{16, 24, 48, 32}, {4}, {"tp"}}},
        {"data-parallel", "dp = 4", 4, {{16, 24, 48, 32}, {4}, {"dp"}}},
        {"sequence-parallel", "tp = 2", 6, {{16, 24, 48, 32}, {2}, {"tp"}}},
        {"fsdp", "dp = 4", 10, {{16, 24, 48, 32}, {4}, {"dp"}}},
        {"dp-tp", "dp = 2, tp = 4", 6, {{16, 24, 48, 32}, {2, 4}, {"dp", "tp"}}},
        {"dp-tp-fsdp", "dp = 4, tp = 2", 12, {{16, 24, 48, 32}, {4, 2}, {"dp", "tp"}}},
        {"hsdp-tp-sp", "dp = 2, fsdp = 4, tp = 2", 20,
         {{16, 24, 48, 32}, {2, 4, 2}, {"dp", "fsdp", "tp"}}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "case c\n  dims N = 16, Din = 24, Dh = 48, Dout = 32\n  scheme %s\n  mesh %s\n"
                 "  numdiff off\n  evidence binary64\n", known[i].scheme, known[i].mesh);
        char *ledger = ledger_of(text);
        assert_int_equal(check_formulas(ledger, "entries a rank gives: ", &known[i].sizes),
                         known[i].moves);
        assert_int_equal(check_formulas(ledger, "moved by a rank, on average: ", &known[i].sizes),
                         known[i].moves);
        assert_int_equal(check_formulas(ledger, "moved in total: ", &known[i].sizes),
                         known[i].moves);
        free(ledger);
    }
}

/* Uneven parts: what is moved in total is still what the ranks lack together. Din = 5 over 3 ranks is 2, 2
 * and 1 rows of W1, 4 columns: they lack 3, 3 and 4 rows, 40 entries. */
static void uneven_parts_are_counted(void **unused)
{
    (void)unused;
    const sizes s = {{3, 5, 4, 2}, {3}, {"dp"}};
    char *ledger = ledger_of("case c\n  dims N = 3, Din = 5, Dh = 4, Dout = 2\n  scheme fsdp\n"
                             "  mesh dp = 3\n  numdiff off\n  evidence binary64\n");
    assert_int_equal(check_formulas(ledger, "moved in total: ", &s), 10);
    assert_non_null(strstr(ledger, "(Din/dp)*Dh = 4..8\n"));
    assert_non_null(strstr(ledger, "(P-1)*Din*Dh = 40\n"));
    free(ledger);
}

static const char others[] =
    "scheme others\nmesh tp\ninput X[N/tp, Din], Y[N, Dout]\n"
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\n"
    "forward\n  Xc = alltoall(X, Din, N, tp)\n  Xr = alltoall(Xc, N, Din, tp)\n"
    "  bs = shift(shift(b1, tp, 1), tp, -1)\n  b0 = shift(bs, tp, 3)\n"
    "  Z1 = allgather(Xr, N, tp) @ W1 + broadcast(b0, tp, 0)\n  A1 = sigma(Z1)\n"
    "  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\nresult A2[N, Dout], D2[N, Dout]\n"
    "case c\n  dims N = 6, Din = 3, Dh = 5, Dout = 2\n  scheme others\n  mesh tp = 3\n"
    "  numdiff off\n  evidence binary64\n";

/* X is 6 x 3 on 3 ranks, 6 entries each. All-to-all: each keeps the 2 entries that it owns both ways and sends
 * 4, 12 in all. A shift by one moves the 5 entries of every rank; one by three, on three ranks, nothing. A
 * broadcast of them goes to 2 ranks. The all-gather of X moves 2 * 18. */
static void the_other_collectives_are_counted(void **unused)
{
    (void)unused;
    char *ledger = ledger_of(others);
    size_t alltoalls = 0, shifts = 0;
    for (const char *at = ledger; (at = strstr(at, "all-to-all over tp\n")); at++) {
        const char *total = strstr(at, "moved in total: ");
        alltoalls += total && strncmp(total, "moved in total: 12\n", 19) == 0;
    }
    for (const char *at = ledger; (at = strstr(at, "shift over tp\n")); at++) {
        const char *total = strstr(at, "moved in total: ");
        shifts += total && strncmp(strstr(total, " = "), " = 15\n", 6) == 0;
    }
    assert_int_equal(alltoalls, 2);
    assert_int_equal(shifts, 2);
    const char *broadcast = strstr(ledger, "broadcast over tp\n");
    assert_non_null(broadcast);
    assert_non_null(strstr(broadcast, "moved in total: (P-1)*Dh = 10\n"));
    assert_non_null(strstr(ledger, "In total: 100 forward, 0 backward, 100 entries."));
    free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_are_the_numbers),
        cmocka_unit_test(uneven_parts_are_counted),
        cmocka_unit_test(the_other_collectives_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
