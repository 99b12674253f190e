/* Literals: exact numbers from their texts, rounded once to binary64.
 *
 * A text is read to 128 bits by MPFR, "rounded to odd": truncated, and if anything was cut off the
 * last bit is set. Rounding that to nearest in binary64 gives what rounding the exact value gives,
 * subnormal numbers included, because 128 >= 53 + 2 (Boldo and Melquiond, Emulation of FMA and
 * correctly rounded sums: proved algorithms using rounding to odd, IEEE Trans. Computers 57(4),
 * 2008). No number is ever held as a rational, so 1e1000000000 costs nothing. */
#include "lang/case.h"
#include "lang/lang.h"
#include "lang/token.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

enum { BITS = 128 };

/* Whether text is one number as the lexer reads it, with an optional sign. */
static bool is_number(const char *text, size_t length)
{
    size_t sign = length > 0 && (text[0] == '-' || text[0] == '+');
    sp_source source = {"", text + sign, length - sign};
    sp_lexer lexer = {.source = &source};
    if (length == sign || (!sp_is_digit(text[sign]) && text[sign] != '.'))
        return false;
    return sp_lexer_next(&lexer).kind == SP_TOKEN_NUMBER && lexer.at == source.length;
}

static bool all_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!sp_is_digit(text[i]))
            return false;
    return length > 0;
}

/* x is truncated; sets its last bit if something was cut off. */
static void make_odd(mpfr_t x, int ternary)
{
    if (ternary == 0 || !mpfr_regular_p(x) || mpfr_min_prec(x) == mpfr_get_prec(x))
        return;
    if (mpfr_sgn(x) > 0)
        mpfr_nextabove(x);
    else
        mpfr_nextbelow(x);
}

static bool read_number(mpfr_t x, const char *text, size_t length, int *ternary)
{
    char *end = NULL;
    bool hex = strpbrk(text, "xX") != NULL;
    *ternary = mpfr_strtofr(x, text, &end, hex ? 16 : 10, MPFR_RNDZ);
    return end == text + length; /* it stops silently at what it does not know */
}

static bool finish(mpfr_t x, int ternary, double *value, bool *exact)
{
    make_odd(x, ternary);
    *value = mpfr_get_d(x, MPFR_RNDN);
    *exact = ternary == 0 && mpfr_cmp_d(x, *value) == 0;
    if (ternary != 0 && mpfr_zero_p(x)) /* underflow of MPFR itself: 1e-99999999999999999999 */
        *exact = false;
    return isfinite(*value);
}

/* p and q are whole numbers, read exactly: a decimal digit takes less than 4 bits. */
static bool read_fraction(const char *text, size_t length, const char *slash, double *value,
                          bool *exact)
{
    size_t sign = text[0] == '-' || text[0] == '+', before = (size_t)(slash - text);
    size_t after = length - before - 1;
    if (before < sign || !all_digits(text + sign, before - sign) || !all_digits(slash + 1, after))
        return false;
    char p[SP_LIMIT_LITERAL + 1] = {0};
    memcpy(p, text, before);
    mpfr_t x, y, quotient;
    mpfr_init2(x, (mpfr_prec_t)(4 * before + 4));
    mpfr_init2(y, (mpfr_prec_t)(4 * after + 4));
    mpfr_init2(quotient, BITS);
    int cut;
    bool good = read_number(x, p, before, &cut) && cut == 0 &&
                read_number(y, slash + 1, after, &cut) && cut == 0 && !mpfr_zero_p(y);
    if (good) {
        int ternary = mpfr_div(quotient, x, y, MPFR_RNDZ);
        good = finish(quotient, ternary, value, exact);
    }
    mpfr_clears(x, y, quotient, (mpfr_ptr)0);
    return good;
}

/* Whole numbers below 10^15 are doubles: the common case, without MPFR. */
static bool read_small(const char *text, size_t length, double *value)
{
    size_t sign = text[0] == '-' || text[0] == '+';
    if (length - sign > 15 || !all_digits(text + sign, length - sign))
        return false;
    double sum = 0;
    for (size_t i = sign; i < length; i++)
        sum = 10 * sum + (text[i] - '0');
    *value = text[0] == '-' ? -sum : sum;
    return true;
}

/* literal = [ "+" | "-" ] ( number | digits "/" digits ) . */
bool sp_literal_read(const char *text, size_t length, double *value, bool *exact)
{
    if (length == 0 || length > SP_LIMIT_LITERAL || memchr(text, '\0', length))
        return false;
    *exact = true;
    if (read_small(text, length, value))
        return true;
    char copy[SP_LIMIT_LITERAL + 1] = {0};
    memcpy(copy, text, length);
    const char *slash = strchr(copy, '/');
    if (slash)
        return read_fraction(copy, length, slash, value, exact);
    if (!is_number(copy, length))
        return false;
    mpfr_t x;
    mpfr_init2(x, BITS);
    int ternary;
    bool good = read_number(x, copy, length, &ternary) && finish(x, ternary, value, exact);
    mpfr_clear(x);
    return good;
}
