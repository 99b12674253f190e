#include "random.h"
#include "soundness.h"

#include <stdio.h>
#include <string.h>

#define X(id, words) words,
const char *const mutation_words[MUTATION_COUNT] = {MUTATIONS(X)};
#undef X

enum { SPANS = 512, PIECE = 4096 };

typedef struct span {
    size_t begin, end;
} span;

/* ---- random numbers ---- */

uint64_t mutant_random(mutant *m)
{
    return random_next(&m->state);
}

size_t mutant_below(mutant *m, size_t bound)
{
    return (size_t)(mutant_random(m) % bound);
}

#define ANY_OF(m, list) ((list)[mutant_below((m), sizeof(list) / sizeof *(list))])

/* ---- texts ---- */

void mutant_start(mutant *m, const char *text, uint64_t seed)
{
    *m = (mutant){.state = seed};
    snprintf(m->text, sizeof m->text, "%s", text);
    const char *at = strstr(m->text, "\nmesh ");
    if (!at)
        return;
    at += strlen("\nmesh ");
    while (*at && *at != '\n' && m->axes < MUTANT_AXES) {
        size_t length = strcspn(at, ", \n");
        snprintf(m->axis[m->axes++], sizeof m->axis[0], "%.*s", (int)length, at);
        at += length;
        at += strspn(at, ", ");
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool replace(mutant *m, span at, const char *by)
{
    size_t length = strlen(m->text), more = strlen(by);
    if (length - (at.end - at.begin) + more >= sizeof m->text)
        return false;
    memmove(m->text + at.begin + more, m->text + at.end, length - at.end + 1);
    memcpy(m->text + at.begin, by, more);
    return true;
}

static bool is_word(const mutant *m, span at, const char *word)
{
    return strlen(word) == at.end - at.begin &&
           memcmp(m->text + at.begin, word, at.end - at.begin) == 0;
}

static span statements(const mutant *m)
{
    const char *first = strstr(m->text, "\nforward"), *last = strstr(m->text, "\nresult");
    return (span){(size_t)(first - m->text) + strlen("\nforward"), (size_t)(last - m->text)};
}

/* Past the bracket that belongs to the one at `at`. */
static size_t past_bracket(const mutant *m, size_t at)
{
    int depth = 0;
    do {
        depth += (m->text[at] == '(') - (m->text[at] == ')');
        at++;
    } while (depth > 0 && m->text[at]);
    return at;
}

static size_t skip_comment(const mutant *m, size_t at)
{
    while (m->text[at] == '#')
        at += strcspn(m->text + at, "\n");
    return at;
}

/* Names, calls and brackets of right-hand sides; calls: calls alone. */
static size_t list_values(const mutant *m, span *value, bool calls)
{
    size_t count = 0;
    span all = statements(m);
    for (size_t at = all.begin; at < all.end && count < SPANS;) {
        at = skip_comment(m, at);
        span here = {at, at + 1};
        if (is_letter(m->text[at])) {
            while (is_letter(m->text[here.end]) || m->text[here.end] == '\'')
                here.end++;
            at = here.end;
            size_t next = at + strspn(m->text + at, " ");
            if (m->text[next] == '=' || is_word(m, here, "forward") || is_word(m, here, "backward"))
                continue;
            if (m->text[at] == '(')
                here.end = past_bracket(m, at);
            else if (calls)
                continue;
            value[count++] = here;
        } else {
            if (m->text[at] == '(' && !calls && at > 0 && !is_letter(m->text[at - 1]) &&
                m->text[at - 1] != '\'') {
                here.end = past_bracket(m, at);
                value[count++] = here;
            }
            at++;
        }
    }
    return count;
}

/* The whole right-hand side of a statement. */
static size_t list_sides(const mutant *m, span *side)
{
    size_t count = 0;
    span all = statements(m);
    for (size_t at = all.begin; at < all.end && count < SPANS;) {
        size_t stop = at + strcspn(m->text + at, "\n#"),
               equals = at + strcspn(m->text + at, "=\n#");
        if (m->text[equals] == '=' && equals < stop)
            side[count++] = (span){equals + 2, stop};
        at += strcspn(m->text + at, "\n") + 1;
    }
    return count;
}

static bool pick(mutant *m, const span *list, size_t count, span *at)
{
    if (count == 0)
        return false;
    *at = list[mutant_below(m, count)];
    return true;
}

static bool pick_value(mutant *m, span *at)
{
    span list[SPANS];
    if (mutant_below(m, 3) == 0)
        return pick(m, list, list_sides(m, list), at);
    return pick(m, list, list_values(m, list, false), at);
}

static bool pick_call(mutant *m, span *at)
{
    span list[SPANS];
    return pick(m, list, list_values(m, list, true), at);
}

static const char *any_axis(mutant *m)
{
    return m->axes ? m->axis[mutant_below(m, m->axes)] : "tp";
}

static const char *const dims[] = {"N", "Din", "Dh", "Dout"};

/* form around the text at `at`: %s is that text, %a one axis, %d one dimension, %e another. */
static bool wrap(mutant *m, span at, const char *form)
{
    char piece[PIECE], made[3 * PIECE];
    const char *axis = any_axis(m), *dim = ANY_OF(m, dims), *other = ANY_OF(m, dims);
    size_t length = 0;
    if (at.end - at.begin >= sizeof piece)
        return false;
    memcpy(piece, m->text + at.begin, at.end - at.begin);
    piece[at.end - at.begin] = 0;
    for (; *form; form++) {
        char one[2] = {form[0], 0};
        const char *put = one;
        if (*form == '%') {
            form++;
            put = *form == 's' ? piece : *form == 'a' ? axis : *form == 'd' ? dim : other;
        }
        if (length + strlen(put) >= sizeof made)
            return false;
        strcpy(made + length, put);
        length += strlen(put);
    }
    return replace(m, at, made);
}

/* ---- mutations ---- */

static bool put_around(mutant *m)
{
    static const char *const forms[] = {
        "allreduce(%s, %a)", "allreduce(%s, %a)", "allreduce(%s, %a, mean)",
        "allgather(%s, %d, %a)", "allgather(%s, %d, %a)", "reducescatter(%s, %d, %a)",
        "slice(%s, %d, %a)", "alltoall(%s, %d, %e, %a)", "broadcast(%s, %a, 0)",
        "broadcast(%s, %a, 1)", "shift(%s, %a, 1)", "shift(%s, %a, -1)", "shift(%s, %a, 2)",
        "only(%s, %a, 0)", "only(%s, %a, 1)", "(-(%s))", "(%s * size(%a))", "(%s / size(%a))",
        "(%s * %d)", "(%s / %d)", "(%s * count(%d/%a))", "(%s / count(%d/%a))",
        "(%s * count(%d/%a) / %d)", "(%s * %d / count(%d/%a))", "(2 * %s)", "(%s / 2)",
        "sigma(%s)", "sigma'(%s)", "g(%s)", "g'(%s)", "step(%s)", "((%s)^T)", "(%s * %s)",
        "(%s + %s)", "(%s * (%s + 1))", "sum(%s, %d)", "(%s - only(%s, %a, 0))",
        "(%s * sigma'(Z1))", "(%s * g'(Z2))", "(%s + b2)", "(%s + b1)",
    };
    span at;
    return pick_value(m, &at) && wrap(m, at, ANY_OF(m, forms));
}

/* The first argument of a call; false if it is empty. */
static bool first_argument(const mutant *m, span call, span *argument)
{
    size_t at = call.begin + strcspn(m->text + call.begin, "(");
    int depth = 0;
    argument->begin = argument->end = at + 1;
    for (; at < call.end; at++) {
        depth += (m->text[at] == '(') - (m->text[at] == ')');
        if ((depth == 1 && m->text[at] == ',') || depth == 0) {
            argument->end = at;
            return argument->end > argument->begin;
        }
    }
    return false;
}

static bool unwrap(mutant *m)
{
    span call, argument;
    char piece[PIECE];
    if (!pick_call(m, &call) || !first_argument(m, call, &argument) ||
        argument.end - argument.begin + 3 > sizeof piece)
        return false;
    snprintf(piece, sizeof piece, "(%.*s)", (int)(argument.end - argument.begin),
             m->text + argument.begin);
    return replace(m, call, piece);
}

static bool exchange(mutant *m)
{
    static const char *const forms[] = {
        "allreduce(%s, %a)", "allreduce(%s, %a, mean)", "reducescatter(%s, %d, %a)",
        "allgather(%s, %d, %a)", "slice(%s, %d, %a)", "broadcast(%s, %a, 0)", "only(%s, %a, 0)",
        "alltoall(%s, %d, %e, %a)", "shift(%s, %a, 1)",
    };
    static const char *const names[] = {"allreduce", "reducescatter", "allgather", "slice", "sigma",
                                        "sigma'", "g", "g'", "alltoall", "step"};
    span call, argument;
    if (!pick_call(m, &call))
        return false;
    if (mutant_below(m, 2)) { /* another name alone */
        call.end = call.begin + strcspn(m->text + call.begin, "(");
        return replace(m, call, ANY_OF(m, names));
    }
    char whole[PIECE];
    if (!first_argument(m, call, &argument) || argument.end - argument.begin >= sizeof whole)
        return false;
    snprintf(whole, sizeof whole, "%.*s", (int)(argument.end - argument.begin),
             m->text + argument.begin);
    return replace(m, call, whole) &&
           wrap(m, (span){call.begin, call.begin + strlen(whole)}, ANY_OF(m, forms));
}

/* A word of a list somewhere in the region, put for another word of it. */
static bool change_word(mutant *m, span region, const char *const *list, size_t count)
{
    span found[SPANS];
    size_t all = 0;
    for (size_t at = region.begin; at < region.end && all < SPANS;) {
        at = skip_comment(m, at);
        if (!is_letter(m->text[at])) {
            at++;
            continue;
        }
        span here = {at, at};
        while (is_letter(m->text[here.end]) || m->text[here.end] == '\'')
            here.end++;
        at = here.end;
        size_t next = at + strspn(m->text + at, " ");
        for (size_t k = 0; k < count; k++)
            if (is_word(m, here, list[k]) && m->text[next] != '=')
                found[all++] = here;
    }
    span at;
    return pick(m, found, all, &at) && replace(m, at, list[mutant_below(m, count)]);
}

static bool change_axis(mutant *m)
{
    const char *names[MUTANT_AXES];
    for (size_t a = 0; a < m->axes; a++)
        names[a] = m->axis[a];
    if (m->axes > 1 && mutant_below(m, 4))
        return change_word(m, statements(m), names, m->axes);
    return change_word(m, statements(m), dims, 4);
}

static bool change_mean(mutant *m)
{
    static const char word[] = ", mean";
    const char *at = strstr(m->text, word);
    span call;
    if (at && mutant_below(m, 2)) {
        size_t begin = (size_t)(at - m->text);
        return replace(m, (span){begin, begin + strlen(word)}, "");
    }
    if (!pick_call(m, &call) || strncmp(m->text + call.begin, "allreduce(", 10) != 0)
        return false;
    return replace(m, (span){call.end - 1, call.end - 1}, word);
}

static bool change_operand(mutant *m)
{
    static const char *const operands[] = {"X",  "Y",  "W1", "W2", "b1", "b2",   "Z1",
                                           "A1", "Z2", "A2", "D2", "D1", "D2all"};
    return change_word(m, statements(m), operands, sizeof operands / sizeof *operands);
}

/* A value with the operator in front of it. */
static bool drop_factor(mutant *m)
{
    span at;
    if (!pick_value(m, &at) || at.begin < 3 || m->text[at.begin - 1] != ' ' ||
        !strchr("+-*/@", m->text[at.begin - 2]) || m->text[at.begin - 3] != ' ')
        return false;
    if (strncmp(m->text + at.end, "^T", 2) == 0)
        at.end += 2;
    at.begin -= 3;
    return replace(m, at, "");
}

static bool change_sign(mutant *m)
{
    static const char *const signs[] = {" + ", " - ", " * ", " @ "};
    span found[SPANS], all = statements(m), at;
    size_t count = 0;
    for (size_t k = all.begin; k + 2 < all.end && count < SPANS; k++) {
        k = skip_comment(m, k);
        if (m->text[k] == ' ' && m->text[k + 2] == ' ' && m->text[k + 1] &&
            strchr("+-*@", m->text[k + 1]))
            found[count++] = (span){k, k + 3};
    }
    return pick(m, found, count, &at) && replace(m, at, ANY_OF(m, signs));
}

static bool change_transpose(mutant *m)
{
    span found[SPANS], all = statements(m), at;
    size_t count = 0;
    for (size_t k = all.begin; k + 1 < all.end && count < SPANS; k++)
        if (m->text[k] == '^')
            found[count++] = (span){k, k + 2};
    if (mutant_below(m, 2) && pick(m, found, count, &at))
        return replace(m, at, "");
    return pick_value(m, &at) && replace(m, (span){at.end, at.end}, "^T");
}

/* The dimensions in the brackets of declarations and results. */
static size_t list_dims(const mutant *m, span *found, bool results_only)
{
    size_t count = 0, first = statements(m).end;
    const char *from = results_only ? m->text + first : strstr(m->text, "\ninput");
    for (const char *at = from; at && *at && count < SPANS; at++) {
        size_t here = (size_t)(at - m->text);
        if (!results_only && here == statements(m).begin)
            at = m->text + (here = first);
        if ((*at != '[' && *at != ',') || (*at == ',' && at[1] != ' '))
            continue;
        size_t begin = here + 1 + (*at == ',');
        for (size_t d = 0; d < 4; d++) {
            size_t length = strlen(dims[d]);
            if (strncmp(m->text + begin, dims[d], length) != 0 ||
                is_letter(m->text[begin + length]))
                continue;
            size_t end = begin + length;
            if (m->text[end] == '/')
                end += m->text[end + 1] == '(' ? strcspn(m->text + end, ")") + 1
                                               : strcspn(m->text + end, ",]");
            found[count++] = (span){begin, end};
        }
    }
    return count;
}

static bool change_layout(mutant *m)
{
    span found[SPANS], at;
    char made[128];
    if (!pick(m, found, list_dims(m, found, mutant_below(m, 2)), &at))
        return false;
    int name = (int)strcspn(m->text + at.begin, "/,]");
    switch (mutant_below(m, 4)) {
    case 0:
    case 1:
        snprintf(made, sizeof made, "%.*s", name, m->text + at.begin);
        break;
    case 2:
        snprintf(made, sizeof made, "%.*s/%s", name, m->text + at.begin, any_axis(m));
        break;
    default:
        snprintf(made, sizeof made, "%.*s/(%s,%s)", name, m->text + at.begin, any_axis(m),
                 any_axis(m));
    }
    return replace(m, at, made);
}

static bool change_sum_axis(mutant *m)
{
    span found[SPANS], at;
    char made[64];
    size_t count = 0;
    for (size_t k = statements(m).end; m->text[k] && count < SPANS; k++)
        if (m->text[k] == ']') {
            size_t end = k + 1;
            if (strncmp(m->text + end, " sum ", 5) == 0)
                end += 5 + strcspn(m->text + end + 5, " ,\n");
            found[count++] = (span){k + 1, end};
        }
    if (!pick(m, found, count, &at))
        return false;
    snprintf(made, sizeof made, " sum %s", any_axis(m));
    return replace(m, at, at.end > at.begin && mutant_below(m, 2) ? "" : made);
}

/* c(f(x), ...) becomes f(c(x, ...)), or c(x op y, ...) becomes c(x, ...) op y. */
static bool move(mutant *m)
{
    span call, argument, inner;
    char made[PIECE];
    if (!pick_call(m, &call) || !first_argument(m, call, &argument) ||
        call.end - call.begin + 8 > sizeof made)
        return false;
    int name = (int)strcspn(m->text + call.begin, "(");
    int rest = (int)(call.end - argument.end);
    const char *text = m->text;
    size_t words = argument.begin;
    while (is_letter(text[words]) || text[words] == '\'')
        words++;
    if (text[words] == '(' && past_bracket(m, words) == argument.end &&
        first_argument(m, argument, &inner)) {
        snprintf(made, sizeof made, "%.*s%.*s(%.*s%.*s%.*s", (int)(inner.begin - argument.begin),
                 text + argument.begin, name, text + call.begin, (int)(inner.end - inner.begin),
                 text + inner.begin, rest, text + argument.end, (int)(argument.end - inner.end),
                 text + inner.end);
        return replace(m, call, made);
    }
    int depth = 0;
    for (size_t k = argument.begin; k + 2 < argument.end; k++) {
        depth += (text[k] == '(') - (text[k] == ')');
        if (depth == 0 && text[k] == ' ' && text[k + 2] == ' ' && strchr("+-*@", text[k + 1])) {
            snprintf(made, sizeof made, "%.*s(%.*s%.*s%.*s", name, text + call.begin,
                     (int)(k - argument.begin), text + argument.begin, rest, text + argument.end,
                     (int)(argument.end - k), text + k);
            return replace(m, call, made);
        }
    }
    return false;
}

/* What was right stays right. */
static bool put_neutral(mutant *m)
{
    static const char *const forms[] = {
        "allreduce(only(%s, %a, 0), %a)", "(allreduce(%s, %a) / size(%a))", "(%s + %s - %s)",
        "shift(shift(%s, %a, 1), %a, -1)", "allgather(slice(%s, %d, %a), %d, %a)", "(-(-%s))",
        "((%s)^T^T)", "(%s * N / N)", "broadcast(%s, %a, 0)", "allreduce(%s / size(%a), %a)",
        "allreduce(%s, %a, mean)", "(%s * allreduce(count(%d/%a), %a) / %d)", "shift(%s, %a, 1)",
        "allgather(reducescatter(%s, %d, %a), %d, %a)", "(%s - only(%s, %a, 0) + only(%s, %a, 0))",
        "slice(allgather(%s, %d, %a), %d, %a)", "(allreduce(%s, %a) - %s * size(%a) + %s)",
        "broadcast(allreduce(only(%s, %a, 0), %a), %a, 0)", "(2 * %s / 2)",
        "alltoall(alltoall(%s, %d, %e, %a), %e, %d, %a)", "(1/3 * %s + 2/3 * %s)",
        "allreduce(shift(%s, %a, 1), %a, mean)", "only(%s, %a, 0) + (%s - only(%s, %a, 0))",
    };
    span at;
    return pick_value(m, &at) && wrap(m, at, ANY_OF(m, forms));
}

bool mutant_change(mutant *m, mutation how)
{
    static bool (*const change[MUTATION_COUNT])(mutant *m) = {
        [MUTATE_WRAP] = put_around,       [MUTATE_UNWRAP] = unwrap,
        [MUTATE_EXCHANGE] = exchange,     [MUTATE_AXIS] = change_axis,
        [MUTATE_MEAN] = change_mean,      [MUTATE_OPERAND] = change_operand,
        [MUTATE_FACTOR] = drop_factor,    [MUTATE_SIGN] = change_sign,
        [MUTATE_TRANSPOSE] = change_transpose, [MUTATE_LAYOUT] = change_layout,
        [MUTATE_SUM_AXIS] = change_sum_axis,   [MUTATE_MOVE] = move,
        [MUTATE_NEUTRAL] = put_neutral,
    };
    return change[how](m);
}

mutation mutant_draw(mutant *m)
{
    /* a neutral change as often as any other two: it is what should stay proved */
    size_t drawn = mutant_below(m, MUTATION_COUNT + 2);
    return drawn < MUTATION_COUNT ? (mutation)drawn : MUTATE_NEUTRAL;
}
