#include "proof/show.h"

#include "algebra/algebra.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Names of the variables in scope. */
typedef struct scope {
    const sp_showing *s;
    sp_text *out;
    sp_variable variable[256];
    unsigned number[256]; /* 0 for the first letter of the sort, and so on */
    size_t count;
} scope;

static unsigned number_of(scope *at, sp_variable v)
{
    for (size_t i = at->count; i-- > 0;)
        if (at->variable[i] == v)
            return at->number[i];
    unsigned number = 0; /* the first that no variable of the sort in scope has */
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < at->count && !again; i++)
            again = sp_variable_sort(at->variable[i]) == sp_variable_sort(v) &&
                    (sp_variable_kind(at->variable[i]) == SP_VARIABLE_RANK) ==
                        (sp_variable_kind(v) == SP_VARIABLE_RANK) &&
                    at->number[i] == number;
        number += again;
    }
    if (at->count < 256) {
        at->variable[at->count] = v;
        at->number[at->count++] = number;
    }
    return number;
}

static const sp_signature *network_of(const sp_showing *s)
{
    return s->program ? s->program->of : &sp_mlp;
}

static bool is_mlp(const sp_showing *s)
{
    return sp_is_mlp(network_of(s));
}

static const char *function_name(const sp_showing *s, sp_symbol symbol)
{
    if (symbol >= SP_SYMBOL_MAXIMUM)
        return symbol == SP_SYMBOL_MAXIMUM ? "max" : "member";
    return sp_function_text(s->pool, network_of(s), symbol / 2, symbol % 2);
}

/* The names of the indices of a dimension: n, m, n2, ... in mlp; elsewhere its first letter, or its whole name where
 * another dimension before it has that letter: d, d1, d2, ... */
static void add_index_name(scope *at, sp_dim dim, unsigned number)
{
    static const char *const letters[] = {"nm", "ij", "kl", "op"};
    if (is_mlp(at->s)) {
        if (number < 2)
            sp_text_add_bytes(at->out, &letters[dim][number], 1);
        else
            sp_text_format(at->out, "%c%u", letters[dim][0], number);
        return;
    }
    const sp_signature *of = network_of(at->s);
    size_t length = 1;
    for (sp_dim d = 0; d < dim; d++)
        if (tolower((unsigned char)of->dim[d][0]) == tolower((unsigned char)of->dim[dim][0]))
            length = strlen(of->dim[dim]);
    for (size_t i = 0; i < length; i++)
        sp_text_format(at->out, "%c", tolower((unsigned char)of->dim[dim][i]));
    if (number > 0)
        sp_text_format(at->out, "%u", number);
}

static void add_variable(scope *at, sp_variable v)
{
    unsigned number = number_of(at, v);
    sp_sort sort = sp_variable_sort(v);
    if (sort >= SP_MAX_DIMS) {
        const sp_program *p = at->s->program;
        sp_text_add(at->out, sp_variable_kind(v) == SP_VARIABLE_RANK ? "r" : "q");
        if (number > 0)
            sp_text_format(at->out, "%u", number + 1);
        if (p && p->axes > 1)
            sp_text_format(at->out, "[%s]", p->axis_name[sort - SP_MAX_DIMS]);
    } else {
        add_index_name(at, (sp_dim)sort, number);
    }
}

static const char *axis_name(const scope *at, unsigned axis)
{
    return at->s->program ? at->s->program->axis_name[axis] : "axis";
}

static void add_size(scope *at, sp_sort sort)
{
    if (sort < SP_MAX_DIMS)
        sp_text_add(at->out, network_of(at->s)->dim[sort]);
    else
        sp_text_format(at->out, "size(%s)", axis_name(at, sort - SP_MAX_DIMS));
}

static void add_coordinate(scope *at, const sp_coordinate *c)
{
    if (c->kind == SP_COORDINATE_CONSTANT) {
        sp_text_format(at->out, "%d", (int)c->offset); /* at most SP_MAX_PROOF_OFFSET, of either sign */
        return;
    }
    if (c->kind == SP_COORDINATE_RANK) {
        add_variable(at, c->variable);
    } else {
        const sp_part *part = sp_algebra_part_of(at->s->algebra, c->part);
        sp_text_add(at->out, "own");
        if (at->s->program && at->s->program->axes > 1)
            sp_text_format(at->out, "[%s]",
                           sp_part_text(at->s->pool, at->s->program, part));
        sp_text_add(at->out, "(");
        add_variable(at, c->variable);
        sp_text_add(at->out, ")");
    }
    if (c->offset)
        sp_text_format(at->out, " %c %d", c->offset < 0 ? '-' : '+', abs((int)c->offset));
}

static void add_expression(scope *at, const sp_expression *e, bool bracket);

unsigned sp_summing_height(const sp_expression *e)
{
    unsigned height = 0;
    for (size_t t = 0; t < e->terms; t++) {
        const sp_monomial *m = e->term[t].monomial;
        if (m->summations > 0 && m->height + 1 > height)
            height = m->height + 1;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            bool applies = f->kind == SP_FACTOR_APPLY;
            for (size_t k = 0; applies && k < 2 && f->is.apply.argument[k]; k++) {
                unsigned inner = sp_summing_height(f->is.apply.argument[k]);
                height = inner > height ? inner : height;
            }
        }
    }
    return height;
}

/* The delta rule's tensor with its places put to these variables; NULL if one of them has a name
 * that is summed inside of it: it cannot occur there then. */
static const sp_expression *placed(const sp_showing *s, sp_result result, const sp_variable *index)
{
    const sp_layout whole = network_of(s)->result[result].whole;
    for (unsigned i = 0; i < whole.order; i++)
        if (sp_variable_kind(index[i]) == SP_VARIABLE_SUMMED &&
            sp_variable_height(index[i]) < sp_summing_height(s->rule[result]))
            return NULL;
    sp_substitution with;
    sp_substitution_start(&with);
    for (unsigned i = 0; i < whole.order; i++)
        sp_substitute_variable(s->algebra, &with, sp_variable_place(i, whole.part[i].dim), index[i]);
    s->algebra->work = 0; /* showing is not proving */
    return sp_substitute(s->algebra, &with, s->rule[result]);
}

/* All choices of variables that have the sorts of a result, one after another. */
typedef struct choices {
    sp_layout whole;
    const sp_variable *list;
    size_t count, at[SP_MAX_ORDER];
    bool started;
} choices;

static choices choices_of(const sp_showing *s, sp_result result, const sp_variable *list, size_t count)
{
    return (choices){.whole = network_of(s)->result[result].whole, .list = list, .count = count};
}

/* The first variable from `from` on that may stand at a place; count if none may. */
static size_t fitting(const choices *c, unsigned place, size_t from)
{
    while (from < c->count && sp_variable_sort(c->list[from]) != sp_sort_of_dim(c->whole.part[place].dim))
        from++;
    return from;
}

static bool choose(choices *c, sp_variable index[SP_MAX_ORDER])
{
    unsigned place = c->started ? c->whole.order : 0;
    if (c->started) { /* the last place that can go on does */
        while (place > 0 && (c->at[place - 1] = fitting(c, place - 1, c->at[place - 1] + 1)) == c->count)
            place--;
        if (place == 0)
            return false;
    }
    c->started = true;
    for (; place < c->whole.order; place++)
        if ((c->at[place] = fitting(c, place, 0)) == c->count)
            return false;
    for (place = 0; place < c->whole.order; place++)
        index[place] = c->list[c->at[place]];
    return true;
}

static void add_value(scope *at, sp_result result, const sp_variable index[SP_MAX_ORDER])
{
    const sp_result_info *info = &network_of(at->s)->result[result];
    sp_text_format(at->out, "%s[", info->name);
    for (unsigned i = 0; i < info->whole.order; i++) {
        sp_text_add(at->out, i ? "," : "");
        add_variable(at, index[i]);
    }
    sp_text_add(at->out, "]");
}

/* Writes e by the name of a forward value of the delta rule, or of its gradient, if it is one. */
static bool add_by_name(scope *at, const sp_expression *e)
{
    const sp_signature *of = network_of(at->s);
    for (sp_result r = 0; at->s->rule && r < of->results && of->result[r].gradient_of < 0; r++) {
        const sp_expression *rule = at->s->rule[r];
        if (!rule || rule->terms != e->terms || rule->height != e->height || of->result[r].whole.order == 0)
            continue;
        sp_variable index[SP_MAX_ORDER];
        for (choices all = choices_of(at->s, r, e->variable, e->variables); choose(&all, index);)
            if (placed(at->s, r, index) == e) {
                add_value(at, r, index);
                return true;
            }
    }
    return false;
}

/* The owner in [own(k) = t] for the summed k; *rank is t. NULL for other factors. */
static const sp_coordinate *owner_in(const sp_factor *f, sp_variable k, const sp_coordinate **rank)
{
    const sp_coordinate *left = &f->is.rank.left, *right = &f->is.rank.right;
    if (f->kind != SP_FACTOR_SAME_RANK)
        return NULL;
    bool swap = left->kind == SP_COORDINATE_OWNER && left->variable == k;
    const sp_coordinate *owner = swap ? left : right;
    *rank = swap ? right : left;
    bool fits = owner->kind == SP_COORDINATE_OWNER && owner->variable == k &&
                owner->offset == 0 &&
                ((*rank)->kind == SP_COORDINATE_CONSTANT || (*rank)->variable != k);
    return fits ? owner : NULL;
}

/* "count(N/dp at r)" for sum(n: own(n) = r) 1; false if e is not that. */
static bool add_count(scope *at, const sp_expression *e)
{
    const sp_monomial *m = e->terms == 1 ? e->term[0].monomial : NULL;
    static const int16_t none[SP_SORTS];
    if (!m || m->summations != 1 || m->factors == 0 || e->term[0].coefficient.n != 1 ||
        e->term[0].coefficient.d != 1 || memcmp(m->size, none, sizeof none) != 0)
        return false;
    const sp_part *longest = NULL;
    const sp_coordinate *rank[SP_MAX_AXES + 1] = {NULL};
    for (size_t i = 0; i < m->factors; i++) {
        const sp_coordinate *other,
            *owner = owner_in(m->factor[i].factor, m->summed[0], &other);
        if (!owner)
            return false;
        const sp_part *part = sp_algebra_part_of(at->s->algebra, owner->part);
        longest = longest && longest->axes > part->axes ? longest : part;
        rank[part->axes] = other;
    }
    if (m->factors != longest->axes)
        return false;
    sp_text_format(at->out, "count(%s at ", sp_part_text(at->s->pool, at->s->program, longest));
    for (unsigned a = 1; a <= longest->axes; a++) {
        sp_text_add(at->out, a > 1 ? ", " : "");
        add_coordinate(at, rank[a]);
    }
    sp_text_add(at->out, ")");
    return true;
}

static void add_factor(scope *at, const sp_factor *f)
{
    const sp_signature *of = network_of(at->s);
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK: { /* own(k) = r + 1 reads better than r = own(k) - 1 */
        sp_coordinate left = f->is.rank.left, right = f->is.rank.right;
        left.offset -= right.offset;
        right.offset = 0;
        add_coordinate(at, &right);
        sp_text_add(at->out, " = ");
        add_coordinate(at, &left);
        break;
    }
    case SP_FACTOR_SAME_INDEX:
        add_variable(at, f->is.index.right);
        sp_text_add(at->out, " = ");
        add_variable(at, f->is.index.left);
        break;
    case SP_FACTOR_DIVIDES:
        if (f->is.divides.divisor == 1)
            sp_text_format(at->out, "size(%s) = 1", axis_name(at, f->is.divides.axis));
        else
            sp_text_format(at->out, "size(%s) divides %d", axis_name(at, f->is.divides.axis),
                           (int)f->is.divides.divisor);
        break;
    case SP_FACTOR_ENTRY:
        if (f->is.entry.of >= SP_ENTRY_SLOPE)
            sp_text_format(at->out, "dL/d%s",
                           of->result[f->is.entry.of - SP_ENTRY_SLOPE].name);
        else if (f->is.entry.of >= SP_ENTRY_VALUE)
            sp_text_add(at->out, of->result[f->is.entry.of - SP_ENTRY_VALUE].name);
        else
            sp_text_add(at->out, of->tensor[f->is.entry.of].name);
        sp_text_add(at->out, "[");
        for (size_t i = 0; i < f->is.entry.indices; i++) {
            sp_text_add(at->out, i ? "," : "");
            add_variable(at, f->is.entry.index[i]);
        }
        sp_text_add(at->out, "]");
        break;
    case SP_FACTOR_APPLY:
        sp_text_format(at->out, "%s(", function_name(at->s, f->is.apply.symbol));
        for (size_t i = 0; i < 2 && f->is.apply.argument[i]; i++) {
            sp_text_add(at->out, i ? ", " : "");
            add_expression(at, f->is.apply.argument[i], false);
        }
        sp_text_add(at->out, ")");
        break;
    case SP_FACTOR_INVERSE:
        sp_text_add(at->out, "1/");
        if (add_count(at, f->is.inverse))
            break;
        sp_text_add(at->out, "(");
        add_expression(at, f->is.inverse, false);
        sp_text_add(at->out, ")");
        break;
    case SP_FACTOR_NUMBER:
        sp_text_add(at->out, f->is.number.text);
        break;
    }
}

enum { standing_of_error_term = 3 };

/* Where a factor stands in a product: as in X^T D1, A1^T D2, D2 W2^T, D1 W1^T. */
static int standing(const sp_showing *s, const sp_factor *f)
{
    static const int tensor[] = {
        [SP_TENSOR_X] = 0, [SP_TENSOR_Y] = 4, [SP_TENSOR_W1] = 8,
        [SP_TENSOR_B1] = 9, [SP_TENSOR_W2] = 6, [SP_TENSOR_B2] = 9};
    static const int symbol[] = {
        [SP_SYMBOL_SIGMA] = 1, [SP_SYMBOL_SIGMA_PRIME] = 7, [SP_SYMBOL_G] = 2,
        [SP_SYMBOL_G_PRIME] = 5, [SP_SYMBOL_LOSS] = 3, [SP_SYMBOL_LOSS_PRIME] = 3};
    if (f->kind == SP_FACTOR_ENTRY)
        return f->is.entry.of >= SP_ENTRY_SLOPE   ? 3
               : f->is.entry.of >= SP_ENTRY_VALUE ? 1
               : is_mlp(s)                        ? tensor[f->is.entry.of]
                                                  : network_of(s)->tensor[f->is.entry.of].param ? 6 : 0;
    if (f->kind != SP_FACTOR_APPLY)
        return f->kind == SP_FACTOR_NUMBER ? 0 : 10;
    return is_mlp(s) && f->is.apply.symbol <= SP_SYMBOL_LOSS_PRIME ? symbol[f->is.apply.symbol] : 7;
}

static bool concerns_summed(const sp_monomial *m, const sp_factor *f)
{
    for (size_t v = 0; v < f->variables; v++)
        if (sp_variable_in(m->summed, m->summations, f->variable[v]))
            return true;
    return false;
}

/* Factors of the monomial that make D2[n,o] together: both are then written by its name. */
static void find_error_term(scope *at, const sp_monomial *m, bool *done)
{
    const sp_expression *rule = at->s->rule && is_mlp(at->s) ? at->s->rule[SP_RESULT_D2] : NULL;
    if (!rule || rule->terms != 1 || rule->term[0].monomial->factors != 2)
        return;
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        sp_variable index[SP_MAX_ORDER];
        if (done[i] || f->kind != SP_FACTOR_APPLY || f->is.apply.symbol != SP_SYMBOL_LOSS_PRIME)
            continue;
        for (choices all = choices_of(at->s, SP_RESULT_D2, f->variable, f->variables); choose(&all, index);) {
            const sp_expression *e = placed(at->s, SP_RESULT_D2, index);
            const sp_power *pair = e ? e->term[0].monomial->factor : NULL;
            for (size_t j = 0; j < m->factors && e; j++) {
                size_t other = pair[0].factor == f ? 1 : 0;
                if (pair[1 - other].factor != f || m->factor[j].factor != pair[other].factor ||
                    m->factor[i].power != 1 || m->factor[j].power != 1)
                    continue;
                sp_text_add(at->out, " ");
                add_value(at, SP_RESULT_D2, index);
                done[i] = done[j] = true;
            }
        }
    }
}

static void add_powers(scope *at, const sp_monomial *m, int sign)
{
    for (sp_sort s = 0; s < SP_SORTS; s++)
        for (int p = 0; p < sign * m->size[s]; p++) {
            sp_text_add(at->out, sign > 0 ? " " : " / ");
            add_size(at, s);
        }
}

/* " 2 size(tp) sum(k: own(k) = r) A1[n,k] W2[k,o] / N", with a space before */
static void add_monomial(scope *at, sp_rational c, const sp_monomial *m)
{
    size_t outer = at->count;
    bool done[SP_MAX_PROOF_FACTORS] = {false}, one = c.n == 1;
    size_t begin = at->out->length;
    if (!one)
        sp_text_format(at->out, " %lld", (long long)c.n);
    add_powers(at, m, 1);
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].factor->kind < SP_FACTOR_ENTRY &&
            !concerns_summed(m, m->factor[i].factor)) {
            sp_text_add(at->out, " [");
            add_factor(at, m->factor[i].factor);
            sp_text_add(at->out, "]");
            done[i] = true;
        }
    for (size_t i = 0; i < m->factors; i++)
        for (size_t v = 0; v < m->factor[i].factor->variables; v++)
            if (!sp_variable_in(m->summed, m->summations, m->factor[i].factor->variable[v]))
                (void)number_of(at, m->factor[i].factor->variable[v]);
    for (size_t i = 0; i < m->summations; i++) {
        sp_text_add(at->out, i ? ", " : " sum(");
        add_variable(at, m->summed[i]);
    }
    bool first = true;
    for (size_t i = 0; i < m->factors && m->summations; i++)
        if (!done[i] && m->factor[i].factor->kind < SP_FACTOR_ENTRY) {
            sp_text_add(at->out, first ? ": " : ", ");
            add_factor(at, m->factor[i].factor);
            done[i] = true;
            first = false;
        }
    if (m->summations)
        sp_text_add(at->out, ")");
    size_t before = at->out->length;
    for (int place = 0; place <= 9; place++) {
        if (place == standing_of_error_term)
            find_error_term(at, m, done);
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (done[i] || f->kind < SP_FACTOR_ENTRY || standing(at->s, f) != place)
                continue;
            sp_text_add(at->out, " ");
            if (f->kind != SP_FACTOR_APPLY ||
                !add_by_name(at, sp_factor_alone(at->s->algebra, f)))
                add_factor(at, f);
            if (m->factor[i].power > 1)
                sp_text_format(at->out, "^%d", m->factor[i].power);
        }
    }
    if (at->out->length == before && (m->summations || before == begin))
        sp_text_add(at->out, " 1");
    for (size_t i = 0; i < m->factors; i++)
        if (!done[i] && m->factor[i].factor->kind == SP_FACTOR_INVERSE) {
            sp_text_add(at->out, " ");
            add_factor(at, m->factor[i].factor);
            if (m->factor[i].power > 1)
                sp_text_format(at->out, "^%d", m->factor[i].power);
        }
    add_powers(at, m, -1);
    if (c.d != 1)
        sp_text_format(at->out, " / %lld", (long long)c.d);
    at->count = outer;
}

static void add_expression(scope *at, const sp_expression *e, bool bracket)
{
    if (e->terms == 0) {
        sp_text_add(at->out, "0");
        return;
    }
    if (add_by_name(at, e) || add_count(at, e))
        return;
    bracket = bracket && e->terms > 1;
    sp_text_add(at->out, bracket ? "(" : "");
    bool first = true;
    for (int negative = 0; negative < 2; negative++)
        for (size_t t = 0; t < e->terms; t++) {
            sp_rational c = e->term[t].coefficient;
            if ((c.n < 0) != negative)
                continue;
            if (!first)
                sp_text_add(at->out, negative ? " -" : " +");
            else if (negative)
                sp_text_add(at->out, "-");
            size_t start = at->out->length;
            c.n = negative ? -c.n : c.n;
            add_monomial(at, c, e->term[t].monomial);
            if (first) { /* no space before the first */
                memmove(at->out->bytes + start, at->out->bytes + start + 1,
                        at->out->length - start);
                at->out->length--;
            }
            first = false;
        }
    sp_text_add(at->out, bracket ? ")" : "");
}

void sp_show_expression(sp_text *out, const sp_showing *showing, const sp_expression *e)
{
    scope at = {.s = showing, .out = out};
    for (size_t v = 0; v < e->variables; v++)
        (void)number_of(&at, e->variable[v]);
    add_expression(&at, e, false);
}

void sp_show_step_before(sp_text *out, const sp_showing *showing, const sp_step *step)
{
    scope at = {.s = showing, .out = out};
    for (size_t v = 0; v < step->after->variables; v++)
        (void)number_of(&at, step->after->variable[v]);
    for (size_t i = 0; i < step->summations; i++) {
        sp_text_add(out, i ? ", " : "sum(");
        add_variable(&at, step->summed[i]);
    }
    for (size_t i = 0; i < step->conditions; i++) {
        sp_text_add(out, i ? ", " : ": ");
        add_coordinate(&at, &step->owner[i]);
        sp_text_add(out, " = ");
        add_coordinate(&at, &step->rank[i]);
    }
    sp_text_add(out, step->summations ? ") " : "");
    bool two = step->operand[1] != NULL;
    if (step->op == SP_OP_APPLY) {
        sp_text_format(out, "%s(", function_name(showing, step->symbol));
        add_expression(&at, step->operand[0], false);
        sp_text_add(out, two ? ", " : "");
        if (two)
            add_expression(&at, step->operand[1], false);
        sp_text_add(out, ")");
        return;
    }
    if (step->operand[0])
        add_expression(&at, step->operand[0], two || step->summations > 0);
    if (two) {
        const char *sign = step->between == SP_OP_ADD ? " + " : step->between == SP_OP_SUB ? " - "
                           : step->between == SP_OP_DIV ? " / " : " ";
        sp_text_add(out, sign);
        add_expression(&at, step->operand[1], true);
    }
}
