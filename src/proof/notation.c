/* Which names stand where: the same in every notation. */
#include "proof/notation.h"

#include <ctype.h>
#include <string.h>

/* ---- names ---- */

const sp_signature *sp_showing_network(const sp_showing *showing)
{
    return showing->program ? showing->program->of : &sp_mlp;
}

/* The first letter of a dimension, or its whole name where another one before it has that letter; with a stroke
 * where that is taken too (dimensions s and S). */
static const char *base_name(sp_pool *pool, const sp_signature *of, sp_dim dim)
{
    size_t length = 1;
    bool taken = false;
    for (sp_dim d = 0; d < dim; d++)
        if (tolower((unsigned char)of->dim[d][0]) == tolower((unsigned char)of->dim[dim][0]))
            length = strlen(of->dim[dim]);
    sp_text name = sp_text_in(pool);
    for (size_t i = 0; i < length; i++)
        sp_text_format(&name, "%c", tolower((unsigned char)of->dim[dim][i]));
    for (sp_dim d = 0; d < dim && !taken; d++)
        taken = strcmp(base_name(pool, of, d), sp_text_string(&name)) == 0;
    return taken ? sp_pool_format(pool, "%s_%u", sp_text_string(&name), (unsigned)dim) : sp_text_string(&name);
}

bool sp_index_has_name(sp_pool *pool, const sp_signature *of, const char *name)
{
    for (sp_dim d = 0; d < of->dims; d++)
        if (strcmp(sp_index_name(pool, of, d, 0, 0), name) == 0)
            return true;
    return false;
}

static const char *numbered_name(sp_pool *pool, const sp_signature *of, sp_dim dim, unsigned number)
{
    static const char *const letters[SP_DIM_COUNT][2] = {{"n", "m"}, {"i", "j"}, {"k", "l"}, {"o", "p"}};
    if (sp_is_mlp(of))
        return number < 2 ? letters[dim][number] : sp_pool_format(pool, "%s%u", letters[dim][0], number);
    const char *base = base_name(pool, of, dim);
    if (number == 0)
        return base;
    for (unsigned at = 1;; at++) { /* d1 may be a dimension D1 */
        const char *name = sp_pool_format(pool, "%s%u", base, at);
        if (!sp_index_has_name(pool, of, name) && --number == 0)
            return name;
    }
}

const char *sp_index_name(sp_pool *pool, const sp_signature *of, sp_dim dim, unsigned primes, unsigned number)
{
    sp_text name = sp_text_in(pool);
    sp_text_add(&name, numbered_name(pool, of, dim, number));
    sp_text_add_repeated(&name, "'", primes);
    return sp_text_string(&name);
}

const char *sp_rank_letter(sp_pool *pool, const sp_signature *of, unsigned number)
{
    static const char *const letters[] = {"q", "s", "t", "u", "v"};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if ((sp_is_mlp(of) || !sp_index_has_name(pool, of, letters[i])) && number-- == 0)
            return letters[i];
    return sp_pool_format(pool, "q%u", number + 5);
}

const char *sp_place_name(sp_pool *pool, const sp_signature *of, const sp_layout *layout, unsigned place)
{
    unsigned number = 0;
    for (unsigned i = 0; i < place; i++)
        number += sp_label_equal(&layout->part[i], &layout->part[place]);
    return sp_index_name(pool, of, layout->part[place].dim, layout->part[place].primes, number);
}

/* ---- variables ---- */

/* Names of the variables in scope. */
typedef struct scope {
    const sp_setting *at;
    sp_pool *pool;
    const sp_signature *network;
    sp_variable *variable;
    unsigned *number; /* 0 for the first letter of the sort, and so on */
    size_t count, variable_room, number_room;
    const sp_layout *layout; /* of the value whose indices the places are; NULL: any */
} scope;

static bool is_rank(sp_variable v)
{
    return sp_variable_kind(v) == SP_VARIABLE_RANK;
}

/* Whether two variables would have one name if they had one number. */
static bool share_names(const scope *in, sp_variable a, sp_variable b)
{
    bool both = sp_variable_sort(a) >= SP_MAX_DIMS && sp_variable_sort(b) >= SP_MAX_DIMS;
    if (is_rank(a) != is_rank(b))
        return false;
    return sp_variable_sort(a) == sp_variable_sort(b) || (both && !is_rank(a) && !in->at->notation->axis_apart);
}

static unsigned number_of(scope *in, sp_variable v)
{
    for (size_t i = in->count; i-- > 0;)
        if (in->variable[i] == v)
            return in->number[i];
    unsigned number = 0; /* the first that no variable in scope with such names has */
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < in->count && !again; i++)
            again = share_names(in, in->variable[i], v) && in->number[i] == number;
        number += again;
    }
    in->variable = sp_pool_grow(in->pool, in->variable, &in->variable_room, in->count + 1, sizeof v);
    in->number = sp_pool_grow(in->pool, in->number, &in->number_room, in->count + 1, sizeof number);
    in->variable[in->count] = v;
    in->number[in->count++] = number;
    return number;
}

static sp_written variable(scope *in, sp_variable v)
{
    unsigned number = number_of(in, v);
    sp_sort sort = sp_variable_sort(v);
    const sp_notation *to = in->at->notation;
    if (in->layout && sp_variable_kind(v) == SP_VARIABLE_PLACE && sp_variable_number(v) < in->layout->order)
        return to->index(in->at, sp_place_name(in->pool, in->network, in->layout, sp_variable_number(v)));
    if (sort < SP_MAX_DIMS)
        return to->index(in->at, sp_index_name(in->pool, in->network, (sp_dim)sort, 0, number));
    return to->rank(in->at, sort - SP_MAX_DIMS, !is_rank(v), number);
}

static sp_written coordinate(scope *in, const sp_coordinate *c)
{
    const sp_notation *to = in->at->notation;
    if (c->kind == SP_COORDINATE_CONSTANT)
        return to->constant(in->at, (int)c->offset); /* at most SP_MAX_PROOF_OFFSET, of either sign */
    sp_written base = variable(in, c->variable);
    if (c->kind == SP_COORDINATE_OWNER)
        base = to->owner(in->at, sp_algebra_part_of(in->at->showing->algebra, c->part), c->axis, base);
    return c->offset ? to->moved(in->at, base, (int)c->offset) : base;
}

static sp_written entry(scope *in, const char *name, const sp_variable *index, size_t count)
{
    sp_written item[SP_MAX_ORDER];
    for (size_t i = 0; i < count; i++)
        item[i] = variable(in, index[i]);
    return in->at->notation->entry(in->at, name, item, count);
}

/* ---- the delta rule's values by name ---- */

/* The height of the outermost sum in e, plus 1; 0 if there is none: summed variables of less height cannot be put
 * for its indices. */
static unsigned summing_height(const sp_expression *e)
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
                unsigned inner = summing_height(f->is.apply.argument[k]);
                height = inner > height ? inner : height;
            }
        }
    }
    return height;
}

/* The delta rule's tensor with its places put to these variables; NULL if one of them has a name
 * that is summed inside of it: it cannot occur there then. */
static const sp_expression *placed(const scope *in, sp_result result, const sp_variable *index)
{
    const sp_expression *rule = in->at->showing->rule[result];
    const sp_layout whole = in->network->result[result].whole;
    sp_variable place[SP_MAX_ORDER];
    for (unsigned i = 0; i < whole.order; i++) {
        if (sp_variable_kind(index[i]) == SP_VARIABLE_SUMMED &&
            sp_variable_height(index[i]) < summing_height(rule))
            return NULL;
        place[i] = sp_variable_place(i, whole.part[i].dim);
    }
    sp_algebra_rest(in->at->showing->algebra); /* writing is not proving */
    return sp_substitute_indices(in->at->showing->algebra, rule, place, index, whole.order);
}

/* All choices of variables that have the sorts of a result, one after another. */
typedef struct choices {
    sp_layout whole;
    const sp_variable *list;
    size_t count, at[SP_MAX_ORDER];
    bool started;
} choices;

static choices choices_of(const scope *in, sp_result result, const sp_variable *list, size_t count)
{
    return (choices){.whole = in->network->result[result].whole, .list = list, .count = count};
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

static sp_written result_entry(scope *in, sp_result result, const sp_variable *index)
{
    const sp_result_info *info = &in->network->result[result];
    return entry(in, info->name, index, info->whole.order);
}

/* e by the name of a forward value of the delta rule, or of its gradient; NULL if it is none. */
static sp_written by_name(scope *in, const sp_expression *e)
{
    const sp_signature *of = in->network;
    for (sp_result r = 0; in->at->showing->rule && r < of->results && of->result[r].gradient_of < 0; r++) {
        const sp_expression *rule = in->at->showing->rule[r];
        if (!rule || rule->terms != e->terms || rule->height != e->height || of->result[r].whole.order == 0)
            continue;
        sp_variable index[SP_MAX_ORDER];
        for (choices all = choices_of(in, r, e->variable, e->variables); choose(&all, index);)
            if (placed(in, r, index) == e)
                return result_entry(in, r, index);
    }
    return NULL;
}

/* ---- factors ---- */

static sp_written expression(scope *in, const sp_expression *e);

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

/* count(N/dp at r) for sum(n: own(n) = r) 1; NULL if e is not that. */
static sp_written count(scope *in, const sp_expression *e)
{
    const sp_monomial *m = e->terms == 1 ? e->term[0].monomial : NULL;
    static const int16_t none[SP_SORTS];
    if (!in->at->notation->count || !m || m->summations != 1 || m->factors == 0 ||
        e->term[0].coefficient.n != 1 || e->term[0].coefficient.d != 1 ||
        memcmp(m->size, none, sizeof none) != 0)
        return NULL;
    const sp_part *longest = NULL;
    const sp_coordinate *rank[SP_MAX_AXES + 1] = {NULL};
    for (size_t i = 0; i < m->factors; i++) {
        const sp_coordinate *other, *owner = owner_in(m->factor[i].factor, m->summed[0], &other);
        if (!owner)
            return NULL;
        const sp_part *part = sp_algebra_part_of(in->at->showing->algebra, owner->part);
        longest = longest && longest->axes > part->axes ? longest : part;
        rank[part->axes] = other;
    }
    if (m->factors != longest->axes)
        return NULL;
    sp_written item[SP_MAX_AXES];
    for (unsigned a = 0; a < longest->axes; a++)
        item[a] = coordinate(in, rank[a + 1]);
    return in->at->notation->count(in->at, longest, item);
}

static sp_written same_rank(scope *in, const sp_factor *f)
{
    sp_coordinate left = f->is.rank.left, right = f->is.rank.right;
    left.offset -= right.offset; /* own(k) = r + 1 reads better than r = own(k) - 1 */
    right.offset = 0;
    bool swap = left.kind == SP_COORDINATE_OWNER && right.kind != SP_COORDINATE_OWNER && !left.offset;
    sp_written first = coordinate(in, swap ? &left : &right);
    return in->at->notation->equals(in->at, first, coordinate(in, swap ? &right : &left));
}

/* What a condition says. */
static sp_written condition(scope *in, const sp_factor *f)
{
    if (f->kind == SP_FACTOR_SAME_RANK)
        return same_rank(in, f);
    if (f->kind == SP_FACTOR_DIVIDES)
        return in->at->notation->divides(in->at, f->is.divides.axis, (int)f->is.divides.divisor);
    sp_written right = variable(in, f->is.index.right);
    return in->at->notation->equals(in->at, right, variable(in, f->is.index.left));
}

static bool is_condition(const sp_factor *f)
{
    return f->kind < SP_FACTOR_ENTRY;
}
_Static_assert(SP_FACTOR_SAME_RANK < SP_FACTOR_ENTRY && SP_FACTOR_SAME_INDEX < SP_FACTOR_ENTRY &&
               SP_FACTOR_DIVIDES < SP_FACTOR_ENTRY && SP_FACTOR_APPLY > SP_FACTOR_ENTRY &&
               SP_FACTOR_INVERSE > SP_FACTOR_ENTRY && SP_FACTOR_NUMBER > SP_FACTOR_ENTRY,
               "conditions come first");

static sp_written slope(scope *in, const sp_factor *f)
{
    sp_written item[SP_MAX_ORDER];
    for (size_t i = 0; i < f->is.entry.indices; i++)
        item[i] = variable(in, f->is.entry.index[i]);
    return in->at->notation->slope(in->at, (sp_result)(f->is.entry.of - SP_ENTRY_SLOPE), item, f->is.entry.indices);
}

static sp_written apply(scope *in, const sp_factor *f)
{
    sp_written argument[2] = {NULL, NULL};
    for (size_t i = 0; i < 2 && f->is.apply.argument[i]; i++)
        argument[i] = expression(in, f->is.apply.argument[i]);
    return in->at->notation->apply(in->at, f->is.apply.symbol, argument);
}

/* Of an ENTRY, APPLY or NUMBER. */
static sp_written factor(scope *in, const sp_factor *f)
{
    if (f->kind == SP_FACTOR_NUMBER)
        return in->at->notation->number(in->at, f->is.number.text);
    if (f->kind == SP_FACTOR_APPLY) {
        sp_written named = by_name(in, sp_factor_alone(in->at->showing->algebra, f));
        return named ? named : apply(in, f);
    }
    const unsigned of = f->is.entry.of;
    if (of >= SP_ENTRY_SLOPE)
        return slope(in, f);
    const char *name = of >= SP_ENTRY_VALUE ? in->network->result[of - SP_ENTRY_VALUE].name
                                            : in->network->tensor[of].name;
    return entry(in, name, f->is.entry.index, f->is.entry.indices);
}

/* ---- terms ---- */

enum { PLACES = 10, PLACE_OF_ERROR_TERM = 3, FACTORS = SP_MAX_PROOF_FACTORS };

/* Where a factor stands in a product: as in X^T D1, A1^T D2, D2 W2^T, D1 W1^T. */
static int standing(const sp_signature *of, const sp_factor *f)
{
    static const int tensor[SP_TENSOR_COUNT] = {
        [SP_TENSOR_X] = 0, [SP_TENSOR_Y] = 4, [SP_TENSOR_W1] = 8,
        [SP_TENSOR_B1] = 9, [SP_TENSOR_W2] = 6, [SP_TENSOR_B2] = 9};
    static const int symbol[] = {
        [SP_SYMBOL_SIGMA] = 1, [SP_SYMBOL_SIGMA_PRIME] = 7, [SP_SYMBOL_G] = 2,
        [SP_SYMBOL_G_PRIME] = 5, [SP_SYMBOL_LOSS] = 3, [SP_SYMBOL_LOSS_PRIME] = 3};
    if (f->kind == SP_FACTOR_ENTRY && f->is.entry.of >= SP_ENTRY_SLOPE)
        return 3;
    if (f->kind == SP_FACTOR_ENTRY && !sp_is_mlp(of))
        return f->is.entry.of >= SP_ENTRY_VALUE ? 1 : of->tensor[f->is.entry.of].param ? 6 : 0;
    if (f->kind == SP_FACTOR_ENTRY)
        return f->is.entry.of >= SP_ENTRY_VALUE ? 1 : tensor[f->is.entry.of];
    if (f->kind != SP_FACTOR_APPLY)
        return f->kind == SP_FACTOR_NUMBER ? 0 : PLACES - 1;
    if (!sp_is_mlp(of))
        return 7;
    return f->is.apply.symbol <= SP_SYMBOL_LOSS_PRIME ? symbol[f->is.apply.symbol] : 7; /* step */
}

/* A term that is being written. */
typedef struct term_parts {
    sp_written named[FACTORS];          /* error terms */
    size_t nameds;
    bool done[FACTORS];                 /* factors that are written already */
    bool hidden[SP_MAX_PROOF_SUMMED];   /* summed variables inside of a value that has a name */
} term_parts;

static bool is_summed(const sp_monomial *m, sp_variable v)
{
    return sp_variable_in(m->summed, m->summations, v);
}

static bool concerns_summed(const sp_monomial *m, const sp_factor *f)
{
    for (size_t v = 0; v < f->variables; v++)
        if (is_summed(m, f->variable[v]))
            return true;
    return false;
}

/* A summed variable is free inside of the term: it gets a name of its own there, so that it is not taken for a
 * variable that another sum binds. */
typedef struct opened {
    sp_variable fresh[SP_MAX_PROOF_SUMMED];
} opened;

static sp_variable open_variable(const sp_monomial *m, const opened *o, sp_variable v)
{
    for (size_t i = 0; i < m->summations; i++)
        if (m->summed[i] == v)
            return o->fresh[i];
    return v;
}

static const sp_expression *open_factor(scope *in, const sp_monomial *m, const opened *o,
                                        const sp_factor *f)
{
    const sp_expression *e = sp_factor_alone(in->at->showing->algebra, f);
    for (size_t i = 0; i < m->summations; i++)
        e = sp_substitute_index(in->at->showing->algebra, e, m->summed[i], o->fresh[i]);
    return e;
}

/* Whether the factors over just these indices make the delta rule's value: the sum over `inner`
 * of their product. Their flags are set then. */
static bool names_sum(scope *in, const sp_monomial *m, const opened *o, term_parts *t,
                          sp_result result, const sp_variable index[2], size_t inner)
{
    sp_variable within[3] = {index[0], index[1], m->summed[inner]};
    const sp_expression *product = NULL;
    bool taken[FACTORS] = {false};
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        bool inside = !t->done[i] && f->variables > 0, touches = false;
        for (size_t v = 0; v < f->variables; v++) {
            touches = touches || f->variable[v] == within[2];
            inside = inside && (f->variable[v] == within[0] || f->variable[v] == within[1] ||
                                f->variable[v] == within[2]);
        }
        inside = inside && (f->kind == SP_FACTOR_ENTRY || f->kind == SP_FACTOR_APPLY) &&
                 m->factor[i].power == 1;
        if (touches && !inside)
            return false;
        if (!inside)
            continue;
        taken[i] = true;
        const sp_expression *value = open_factor(in, m, o, f);
        product = product ? sp_multiply(in->at->showing->algebra, product, value) : value;
    }
    const sp_variable place[2] = {open_variable(m, o, index[0]), open_variable(m, o, index[1])};
    if (product)
        product = sp_sum_over(in->at->showing->algebra, product, &o->fresh[inner], 1);
    if (!product || product != placed(in, result, place))
        return false;
    for (size_t i = 0; i < m->factors; i++)
        t->done[i] = t->done[i] || taken[i];
    t->hidden[inner] = true;
    return true;
}

/* The same of a value that is a product, without a sum. */
static bool names_product(const scope *in, const sp_monomial *m, term_parts *t, sp_result result,
                          const sp_variable *index)
{
    const sp_expression *e = placed(in, result, index);
    bool taken[FACTORS] = {false};
    if (!e || e->terms != 1)
        return false;
    for (size_t k = 0; k < e->term[0].monomial->factors; k++) {
        const sp_power *wanted = &e->term[0].monomial->factor[k];
        size_t i = 0;
        while (i < m->factors && (t->done[i] || m->factor[i].factor != wanted->factor ||
                                  m->factor[i].power != wanted->power))
            i++;
        if (i == m->factors)
            return false;
        taken[i] = true;
    }
    for (size_t i = 0; i < m->factors; i++)
        t->done[i] = t->done[i] || taken[i];
    return true;
}

/* Factors that make D1[n,k] or D2[n,o] together are written by that name. */
static void find_error_terms(scope *in, const sp_monomial *m, term_parts *t)
{
    static const sp_result names[] = {SP_RESULT_D1, SP_RESULT_D2};
    const bool sums = in->at->notation->inner_sums;
    opened o;
    if (!in->at->showing->rule || !sp_is_mlp(in->network))
        return;
    for (size_t i = 0; i < m->summations && sums; i++) {
        if (sp_variable_sort(m->summed[i]) >= SP_MAX_DIMS)
            return; /* ranks are summed over: nothing has a name yet */
        o.fresh[i] = sp_fresh(in->at->showing->algebra, sp_variable_sort(m->summed[i]));
    }
    sp_variable *all = SP_NEW_ARRAY(in->pool, sp_variable, m->variables + m->summations + 1), index[SP_MAX_ORDER];
    size_t count_of_all = 0;
    for (size_t i = 0; i < m->variables; i++)
        all[count_of_all++] = m->variable[i];
    for (size_t i = 0; i < m->summations; i++)
        all[count_of_all++] = m->summed[i];
    for (size_t r = sums ? 0 : 1; r < 2; r++) {
        const sp_expression *rule = in->at->showing->rule[names[r]];
        if (!rule || rule->terms != 1 || rule->term[0].monomial->summations > 1)
            continue;
        bool sum = rule->term[0].monomial->summations == 1;
        for (choices c = choices_of(in, names[r], all, count_of_all); choose(&c, index);) {
            bool found = !sum && names_product(in, m, t, names[r], index);
            for (size_t inner = 0; sum && inner < m->summations; inner++)
                found = found || (!t->hidden[inner] && names_sum(in, m, &o, t, names[r], index, inner));
            if (found)
                t->named[t->nameds++] = result_entry(in, names[r], index);
        }
    }
}

static void add_power(sp_written_power *list, size_t *count_of, sp_written base, int power)
{
    list[(*count_of)++] = (sp_written_power){base, power};
}

static void add_factors(scope *in, const sp_monomial *m, term_parts *t, sp_written_term *to)
{
    for (int place = 0; place < PLACES; place++) {
        for (size_t i = 0; place == PLACE_OF_ERROR_TERM && i < t->nameds; i++)
            add_power(to->factor, &to->factors, t->named[i], 1);
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (!t->done[i] && !is_condition(f) && f->kind != SP_FACTOR_INVERSE && standing(in->network, f) == place)
                add_power(to->factor, &to->factors, factor(in, f), m->factor[i].power);
        }
    }
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        if (f->kind != SP_FACTOR_INVERSE)
            continue;
        sp_written counted = count(in, f->is.inverse);
        sp_written by = counted ? counted : expression(in, f->is.inverse);
        add_power(to->divisor, &to->divisors, in->at->notation->divisor(in->at, by, counted != NULL),
                  m->factor[i].power);
    }
}

/* c >= 0. Conditions about summed variables stand with the sum, others before it. */
static sp_written term(scope *in, sp_rational c, const sp_monomial *m)
{
    size_t outer = in->count;
    term_parts *t = SP_NEW(in->pool, term_parts);
    sp_written *room = SP_NEW_ARRAY(in->pool, sp_written, 2 * m->factors + m->summations + 1);
    sp_written_power *powers = SP_NEW_ARRAY(in->pool, sp_written_power, 2 * m->factors + 1);
    sp_written_term to = {.coefficient = c, .size = m->size, .condition = room, .under = room + m->factors,
                          .summed = room + 2 * m->factors, .factor = powers, .divisor = powers + m->factors};
    for (size_t i = 0; i < m->factors; i++) {
        const sp_factor *f = m->factor[i].factor;
        if (!is_condition(f) || concerns_summed(m, f))
            continue;
        to.condition[to.conditions++] = condition(in, f);
        t->done[i] = true;
    }
    for (size_t i = 0; i < m->factors; i++) /* free variables have the first letters */
        for (size_t v = 0; v < m->factor[i].factor->variables; v++)
            if (!is_summed(m, m->factor[i].factor->variable[v]))
                (void)number_of(in, m->factor[i].factor->variable[v]);
    for (size_t i = 0; i < m->summations && !in->at->notation->inner_sums; i++)
        (void)number_of(in, m->summed[i]); /* none will be hidden: letters in the order of the sum */
    find_error_terms(in, m, t);
    for (size_t i = 0; i < m->summations; i++)
        if (!t->hidden[i])
            to.summed[to.summations++] = variable(in, m->summed[i]);
    for (size_t i = 0; i < m->factors; i++) {
        if (t->done[i] || !is_condition(m->factor[i].factor))
            continue;
        to.under[to.unders++] = condition(in, m->factor[i].factor);
        t->done[i] = true;
    }
    add_factors(in, m, t, &to);
    in->count = outer;
    return in->at->notation->term(in->at, &to);
}

/* ---- expressions ---- */

static sp_written expression(scope *in, const sp_expression *e)
{
    sp_written known = e->terms ? by_name(in, e) : NULL;
    if (!known)
        known = count(in, e);
    if (known)
        return known;
    sp_written *item = SP_NEW_ARRAY(in->pool, sp_written, e->terms + 1);
    bool *minus = SP_NEW_ARRAY(in->pool, bool, e->terms + 1);
    size_t items = 0;
    for (int negative = 0; negative < 2; negative++)
        for (size_t i = 0; i < e->terms; i++) {
            sp_rational c = e->term[i].coefficient;
            if ((c.n < 0) != negative)
                continue;
            c.n = negative ? -c.n : c.n;
            minus[items] = negative;
            item[items++] = term(in, c, e->term[i].monomial);
        }
    return in->at->notation->sum(in->at, item, minus, items);
}

static scope scope_of(const sp_setting *at)
{
    return (scope){.at = at, .pool = at->showing->pool, .network = sp_showing_network(at->showing)};
}

static scope scope_with(const sp_setting *at, const sp_expression *e)
{
    scope in = scope_of(at);
    for (size_t v = 0; v < e->variables; v++)
        (void)number_of(&in, e->variable[v]);
    return in;
}

sp_written sp_notation_expression(const sp_setting *at, const sp_expression *e)
{
    scope in = scope_with(at, e);
    return expression(&in, e);
}

sp_written sp_notation_value(const sp_setting *at, const sp_layout *layout, const sp_expression *e)
{
    scope in = scope_of(at);
    for (unsigned i = 0; i < layout->order; i++) /* so that no other index has the name of a place */
        (void)number_of(&in, sp_variable_place(i, layout->part[i].dim));
    in.layout = layout;
    return expression(&in, e);
}

sp_written sp_notation_step(const sp_setting *at, const sp_step *step)
{
    scope in = scope_with(at, step->after);
    sp_written_step to = {.step = step};
    for (size_t i = 0; i < step->summations; i++)
        to.summed[i] = variable(&in, step->summed[i]);
    for (size_t i = 0; i < step->conditions; i++) {
        sp_written owner = coordinate(&in, &step->owner[i]);
        to.condition[i] = at->notation->equals(at, owner, coordinate(&in, &step->rank[i]));
    }
    for (size_t k = 0; k < 2 && step->operand[k]; k++) {
        const sp_expression *e = step->operand[k];
        to.operand[k] = expression(&in, e);
        to.sum[k] = e->terms > 1 && !by_name(&in, e);
    }
    return at->notation->step(at, &to);
}
