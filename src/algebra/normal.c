/* The rules (SP_RULES): one term to normal form. */
#include "algebra/elementary.h"

#include <string.h>

/* The conditions of a term, taken out of its factors: no more than those, and no later rule makes
 * more of them. */
typedef struct condition_list {
    sp_coordinate left[SP_MAX_PROOF_FACTORS], right[SP_MAX_PROOF_FACTORS];
    size_t ranks;
    sp_variable index_left[SP_MAX_PROOF_FACTORS], index_right[SP_MAX_PROOF_FACTORS];
    size_t indices;
} condition_list;

void sp_work_drop_summed(sp_work *w, sp_variable v)
{
    for (size_t i = 0; i < w->summations; i++)
        if (w->summed[i] == v) {
            w->summed[i] = w->summed[--w->summations];
            return;
        }
}

static bool is_summed(const sp_work *w, sp_variable v)
{
    return sp_variable_in(w->summed, w->summations, v);
}

/* Of differences of offsets: their magnitudes are far from what int64_t holds. */
static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

static void take_conditions(sp_work *w, condition_list *c, sp_substitution *with)
{
    size_t kept = 0;
    c->ranks = c->indices = 0;
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        if (f->kind == SP_FACTOR_SAME_RANK) {
            c->left[c->ranks] = f->is.rank.left;
            c->right[c->ranks++] = f->is.rank.right;
        } else if (f->kind == SP_FACTOR_SAME_INDEX) {
            c->index_left[c->indices] = f->is.index.left;
            c->index_right[c->indices++] = f->is.index.right;
        } else if (f->kind == SP_FACTOR_DIVIDES) {
            int64_t *modulus = &with->modulus[f->is.divides.axis];
            *modulus = common_divisor(*modulus, f->is.divides.divisor);
        } else {
            w->factor[kept++] = w->factor[i];
        }
    }
    w->factors = kept;
}

/* Index equalities: a summed index is replaced; of two free ones the smaller stands for both, and
 * the condition stays. */
static void use_equal_indices(sp_algebra *in, sp_work *w, condition_list *c, sp_substitution *with)
{
    for (size_t i = 0; i < c->indices; i++) {
        sp_variable a = sp_substitution_index(with, c->index_left[i]);
        sp_variable b = sp_substitution_index(with, c->index_right[i]);
        if (a == b)
            continue;
        sp_variable from = is_summed(w, b) ? b : is_summed(w, a) ? a : a > b ? a : b;
        sp_variable to = from == a ? b : a;
        for (size_t j = 0; j < with->indices; j++)
            if (with->index_to[j] == from)
                with->index_to[j] = to;
        sp_substitute_variable(in, with, from, to);
        if (is_summed(w, from)) {
            sp_work_drop_summed(w, from);
            sp_rule_applied(in, SP_RULE_INDEX);
        }
    }
    c->indices = 0;
    for (size_t j = 0; j < with->indices; j++) { /* the caller knows which of them were summed */
        c->index_left[c->indices] = with->index_to[j];
        c->index_right[c->indices++] = with->index_from[j];
    }
}

/* d = 0 holds, or says that the number of ranks divides d; false if it cannot hold. */
static bool learn_difference(sp_algebra *in, sp_substitution *with, unsigned axis, int64_t d)
{
    if (d == 0)
        return true;
    with->modulus[axis] = common_divisor(with->modulus[axis], d);
    if (with->modulus[axis] >= in->least_ranks[axis])
        return true;
    sp_rule_applied(in, SP_RULE_APART);
    return false;
}

/* sum_q [q = t] F(q) = F(t) for every summed coordinate that a condition gives. False: the term is
 * 0. */
static bool use_summed_ranks(sp_algebra *in, sp_work *w, condition_list *c, sp_substitution *with)
{
    for (bool again = true; again;) {
        again = false;
        size_t kept = 0;
        for (size_t i = 0; i < c->ranks; i++) {
            sp_coordinate a = sp_substitution_coordinate(in, with, c->left[i]);
            sp_coordinate b = sp_substitution_coordinate(in, with, c->right[i]);
            if (sp_coordinate_same_base(&a, &b)) {
                if (!learn_difference(in, with, a.axis, (int64_t)a.offset - b.offset))
                    return false;
                continue;
            }
            if (!(a.kind == SP_COORDINATE_RANK && is_summed(w, a.variable))) {
                sp_coordinate swap = a;
                a = b;
                b = swap;
            }
            if (!(a.kind == SP_COORDINATE_RANK && is_summed(w, a.variable))) {
                c->left[kept] = a;
                c->right[kept++] = b;
                continue;
            }
            sp_coordinate to = sp_coordinate_moved(in, b, -(int64_t)a.offset);
            for (size_t j = 0; j < with->ranks; j++)
                if (with->rank_to[j].kind == SP_COORDINATE_RANK &&
                    with->rank_to[j].variable == a.variable)
                    with->rank_to[j] = sp_coordinate_moved(in, to, with->rank_to[j].offset);
            sp_substitute_rank_for(in, with, a.variable, to);
            sp_work_drop_summed(w, a.variable);
            sp_rule_applied(in, to.kind != SP_COORDINATE_OWNER ? SP_RULE_PICK
                                : is_summed(w, to.variable)    ? SP_RULE_PARTS
                                                               : SP_RULE_OWNER);
            again = true;
        }
        c->ranks = kept;
    }
    return true;
}

/* Coordinates known to be equal, as classes: member = member 0 of its class + shift. */
typedef struct classes {
    sp_coordinate member[2 * SP_MAX_PROOF_FACTORS]; /* offsets 0 */
    size_t root[2 * SP_MAX_PROOF_FACTORS];
    int64_t shift[2 * SP_MAX_PROOF_FACTORS]; /* a sum of one difference for each condition at most */
    size_t count;
} classes;

static size_t class_member(classes *k, sp_coordinate c)
{
    c.offset = 0;
    for (size_t i = 0; i < k->count; i++)
        if (sp_coordinate_same_base(&k->member[i], &c))
            return i;
    k->member[k->count] = c;
    k->root[k->count] = k->count;
    k->shift[k->count] = 0;
    return k->count++;
}

/* False: the term is 0. */
static bool make_classes(sp_algebra *in, const condition_list *c, sp_substitution *with, classes *k)
{
    k->count = 0;
    for (size_t i = 0; i < c->ranks; i++) {
        size_t a = class_member(k, c->left[i]), b = class_member(k, c->right[i]);
        /* a + left = b + right */
        int64_t d = (int64_t)c->right[i].offset - c->left[i].offset + k->shift[b] - k->shift[a];
        size_t from = k->root[a], to = k->root[b];
        if (from == to) {
            if (!learn_difference(in, with, c->left[i].axis, d))
                return false;
            continue;
        }
        for (size_t m = 0; m < k->count; m++)
            if (k->root[m] == from) { /* root of a = root of b + d */
                k->root[m] = to;
                k->shift[m] += d;
            }
    }
    return true;
}

static bool is_free(const sp_work *w, const sp_coordinate *c)
{
    return c->kind == SP_COORDINATE_CONSTANT || !is_summed(w, c->variable);
}

static void put_known(sp_algebra *in, sp_substitution *with, sp_coordinate from, sp_coordinate to)
{
    if (from.kind == SP_COORDINATE_RANK) {
        sp_substitute_rank_for(in, with, from.variable, to);
        return;
    }
    if (with->owners == SP_MAX_PROOF_PUTTINGS)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_PUTTINGS);
    with->owner_from[with->owners] = from;
    with->owner_to[with->owners++] = to;
}

/* In each class the smallest free member stands for the others; a class of summed ones only gets a
 * summed coordinate that stands for all: then no choice depends on their names. The conditions left
 * are [member = what stands for it]: in a class of summed ones one more than there were. */
static void use_classes(sp_algebra *in, sp_work *w, condition_list *c, sp_substitution *with,
                        const classes *k)
{
    c->ranks = 0;
    for (size_t root = 0; root < k->count; root++) {
        size_t members = 0, chosen = k->count;
        int64_t least = 0;
        for (size_t m = 0; m < k->count; m++)
            if (k->root[m] == root) {
                if (members++ == 0 || k->shift[m] < least)
                    least = k->shift[m];
                if (is_free(w, &k->member[m]) &&
                    (chosen == k->count ||
                     sp_coordinate_compare(&k->member[m], &k->member[chosen]) < 0))
                    chosen = m;
            }
        if (members == 0)
            continue;
        sp_coordinate star;
        if (chosen == k->count) {
            sp_variable q = sp_fresh(in, sp_sort_of_axis(k->member[root].axis));
            sp_work_sum(in, w, q);
            star = sp_coordinate_of(q);
        } else {
            star = k->member[chosen];
            least = k->shift[chosen];
        }
        for (size_t m = 0; m < k->count; m++)
            if (k->root[m] == root && m != chosen) {
                sp_coordinate to = sp_coordinate_moved(in, star, k->shift[m] - least);
                put_known(in, with, k->member[m], to);
                if (c->ranks == SP_MAX_PROOF_FACTORS)
                    sp_algebra_give_up(in, SP_PROOF_LIMIT_FACTORS);
                c->left[c->ranks] = k->member[m];
                c->right[c->ranks++] = to;
            }
    }
}

static bool single_plain_term(const sp_expression *e)
{
    if (e->terms != 1 || e->term[0].monomial->summations > 0)
        return false;
    const sp_monomial *m = e->term[0].monomial;
    for (size_t i = 0; i < m->factors; i++)
        if (m->factor[i].factor->kind < SP_FACTOR_ENTRY)
            return false;
    return true;
}

/* The work times a product of other expressions, in which its summed variables are free: a term for
 * each of theirs, every one normalised again. */
static void spread(sp_algebra *in, sp_work *w, const sp_expression *product, sp_terms *out)
{
    sp_substitution with; /* names of summed variables may be bound again inside: fresh ones are not */
    sp_substitution_start(&with);
    for (size_t v = 0; v < w->summations; v++) {
        sp_variable fresh = sp_fresh(in, sp_variable_sort(w->summed[v]));
        sp_substitute_variable(in, &with, w->summed[v], fresh);
        w->summed[v] = fresh;
    }
    product = sp_substitute(in, &with, product);
    sp_power kept[SP_MAX_PROOF_FACTORS];
    size_t factors = 0;
    for (size_t i = 0; i < w->factors; i++) {
        const sp_expression *changed = sp_substitute_factor(in, &with, w->factor[i].factor);
        const sp_factor *f = sp_lone_factor(changed);
        if (f)
            kept[factors++] = (sp_power){f, w->factor[i].power};
        else if (!in->elementary) /* a change of names only */
            sp_algebra_fault(in);
        else /* exp(2 log(x)), not in normal form yet */
            for (int p = 0; p < w->factor[i].power; p++)
                product = sp_multiply(in, product, changed);
    }
    for (size_t t = 0; t < product->terms; t++) {
        sp_work next = *w;
        next.factors = 0;
        for (size_t i = 0; i < factors; i++)
            sp_work_factor(in, &next, kept[i].factor, kept[i].power);
        sp_work_term(in, &next, &product->term[t]);
        sp_work_normalise(in, &next, out);
    }
}

/* The factors after the substitution, and the conditions that stay. False: that is the end of the term; it
 * is 0, or what came of it is in `out`.
 *
 * A factor mostly stays a factor, or becomes a product of reciprocals: functions are applied to
 * nothing that branches on a condition outside of sums (sp_apply). But a reciprocal of a sum may
 * become one of a condition, which is that condition. */
static bool put_in_factors(sp_algebra *in, sp_work *w, const sp_substitution *with,
                           const sp_factor *const *condition, size_t conditions, sp_terms *out)
{
    sp_power old[SP_MAX_PROOF_FACTORS];
    size_t factors = w->factors;
    bool any = false;
    const sp_expression *others = in->one;
    memcpy(old, w->factor, factors * sizeof *old);
    w->factors = 0;
    for (size_t i = 0; i < factors; i++) {
        const sp_factor *f = old[i].factor;
        if (!sp_substitution_concerns(with, f->variable, f->variables)) {
            sp_work_factor(in, w, f, old[i].power);
            continue;
        }
        const sp_expression *changed = sp_substitute_factor(in, with, f);
        if (changed->terms == 0)
            return false;
        const sp_factor *lone = sp_lone_factor(changed);
        any = any || lone != f;
        if (lone && (lone->kind < SP_FACTOR_ENTRY) == (f->kind < SP_FACTOR_ENTRY)) {
            sp_work_factor(in, w, lone, old[i].power);
            continue;
        }
        for (int p = 0; p < old[i].power; p++)
            if (single_plain_term(changed))
                sp_work_term(in, w, &changed->term[0]);
            else
                others = sp_multiply(in, others, changed);
    }
    if (any && with->owners)
        sp_rule_applied(in, SP_RULE_KNOWN);
    for (size_t i = 0; i < conditions; i++)
        sp_work_factor(in, w, condition[i], 1);
    if (others == in->one)
        return true;
    spread(in, w, others, out);
    return false;
}

/* ---- rules about what is left ---- */

static bool occurs(const sp_work *w, sp_variable v)
{
    for (size_t i = 0; i < w->factors; i++)
        if (sp_variable_in(w->factor[i].factor->variable, w->factor[i].factor->variables, v))
            return true;
    return false;
}

static void sum_of_constants(sp_algebra *in, sp_work *w, const sp_substitution *with)
{
    for (size_t i = 0; i < w->summations;)
        if (!occurs(w, w->summed[i])) {
            sp_sort sort = sp_variable_sort(w->summed[i]);
            sp_work_size(in, w, sort, 1);
            sp_rule_applied(in, sort < SP_MAX_DIMS ? SP_RULE_SIZE : SP_RULE_RANKS);
            sp_work_drop_summed(w, w->summed[i]);
        } else {
            i++;
        }
    for (size_t a = 0; a < SP_MAX_AXES; a++)
        if (with->modulus[a] == 1) /* one rank on the axis */
            w->size[SP_MAX_DIMS + a] = 0;
}

static void least_offset(const sp_expression *e, sp_variable q, int64_t *least, bool *found);

static void least_in_coordinate(const sp_coordinate *c, int64_t more, sp_variable q,
                                int64_t *least, bool *found)
{
    if (c->kind != SP_COORDINATE_RANK || c->variable != q)
        return;
    if (!*found || c->offset + more < *least)
        *least = c->offset + more;
    *found = true;
}

static void least_in_factor(const sp_factor *f, sp_variable q, int64_t *least, bool *found)
{
    if (!sp_variable_in(f->variable, f->variables, q))
        return;
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK: /* [q = t + d] says where t is: q - d */
        least_in_coordinate(&f->is.rank.left, -(int64_t)f->is.rank.right.offset, q, least, found);
        least_in_coordinate(&f->is.rank.right, -(int64_t)f->is.rank.left.offset, q, least, found);
        break;
    case SP_FACTOR_APPLY:
        least_offset(f->is.apply.argument[0], q, least, found);
        if (f->is.apply.argument[1])
            least_offset(f->is.apply.argument[1], q, least, found);
        break;
    case SP_FACTOR_INVERSE:
        least_offset(f->is.inverse, q, least, found);
        break;
    default:
        break;
    }
}

static void least_offset(const sp_expression *e, sp_variable q, int64_t *least, bool *found)
{
    for (size_t t = 0; t < e->terms; t++)
        for (size_t i = 0; i < e->term[t].monomial->factors; i++)
            least_in_factor(e->term[t].monomial->factor[i].factor, q, least, found);
}

/* A sum over all ranks of an axis does not change if every rank is moved on by d: sum_q F(q + d) = sum_q F(q). So the
 * summed coordinate is moved until its least offset is 0. False: the term is 0. */
static bool start_at_zero(sp_algebra *in, sp_work *w, sp_terms *out)
{
    sp_substitution with;
    sp_substitution_start(&with);
    for (size_t i = 0; i < w->summations; i++) {
        sp_variable q = w->summed[i];
        if (sp_variable_sort(q) < SP_MAX_DIMS)
            continue;
        int64_t least = 0;
        bool found = false;
        for (size_t f = 0; f < w->factors; f++)
            least_in_factor(w->factor[f].factor, q, &least, &found);
        if (!found || least == 0)
            continue;
        sp_substitute_rank_for(in, &with, q, sp_coordinate_moved(in, sp_coordinate_of(q), -least));
    }
    if (with.ranks == 0)
        return true;
    sp_rule_applied(in, SP_RULE_AROUND);
    return put_in_factors(in, w, &with, NULL, 0, out);
}

/* step(e) is 0 or 1: its powers are itself. */
static void cut_powers(sp_work *w)
{
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        if (f->kind < SP_FACTOR_ENTRY ||
            (f->kind == SP_FACTOR_APPLY && f->is.apply.symbol == SP_SYMBOL_STEP))
            w->factor[i].power = 1;
    }
}

/* With one rank on an axis every coordinate there is 0. */
static void use_single_ranks(sp_algebra *in, sp_work *w, sp_substitution *with)
{
    for (unsigned a = 0; a < SP_MAX_AXES; a++)
        for (size_t i = 0; with->modulus[a] == 1 && i < w->summations;)
            if (sp_variable_sort(w->summed[i]) == sp_sort_of_axis(a)) {
                put_known(in, with, sp_coordinate_of(w->summed[i]), sp_coordinate_constant(in, a, 0));
                sp_work_drop_summed(w, w->summed[i]);
            } else {
                i++;
            }
}

/* All rules about conditions. False: the term is 0. */
static bool use_conditions(sp_algebra *in, sp_work *w, sp_substitution *with, sp_terms *out)
{
    condition_list c;
    classes k;
    sp_variable was[SP_MAX_PROOF_SUMMED];
    size_t were = w->summations;
    memcpy(was, w->summed, were * sizeof *was);
    take_conditions(w, &c, with);
    use_equal_indices(in, w, &c, with);
    /* what is learnt about the number of ranks changes offsets everywhere: until it is stable */
    for (bool again = true; again;) {
        int64_t known[SP_MAX_AXES];
        memcpy(known, with->modulus, sizeof known);
        for (unsigned a = 0; a < SP_MAX_AXES; a++)
            if (with->modulus[a] && with->modulus[a] < in->least_ranks[a])
                return false;
        use_single_ranks(in, w, with);
        if (!use_summed_ranks(in, w, &c, with) || !make_classes(in, &c, with, &k))
            return false;
        again = memcmp(known, with->modulus, sizeof known) != 0;
    }
    use_classes(in, w, &c, with, &k);

    const sp_factor *condition[2 * SP_MAX_PROOF_FACTORS + SP_MAX_AXES]; /* two lists, and moduli */
    size_t conditions = 0;
    for (size_t i = 0; i < c.ranks; i++)
        condition[conditions++] = sp_lone_factor(sp_same_rank(in, c.left[i], c.right[i]));
    for (size_t i = 0; i < c.indices; i++)
        if (!sp_variable_in(was, were, c.index_right[i]))
            condition[conditions++] =
                sp_lone_factor(sp_same_index(in, c.index_left[i], c.index_right[i]));
    for (unsigned a = 0; a < SP_MAX_AXES; a++)
        if (with->modulus[a])
            condition[conditions++] = sp_lone_factor(sp_divides(in, a, with->modulus[a]));
    for (size_t i = 0; i < conditions; i++)
        if (!condition[i])
            sp_algebra_fault(in);
    return put_in_factors(in, w, with, condition, conditions, out);
}

/* relu(z) step(z) = z step(z): where the step is not 0, relu(z) is z. */
static bool use_relu(sp_algebra *in, const sp_work *w, sp_terms *out)
{
    for (size_t i = 0; i < w->factors; i++) {
        const sp_factor *f = w->factor[i].factor;
        bool stepped = false;
        if (f->kind != SP_FACTOR_APPLY || !sp_identity_is_relu(in->identities, f->is.apply.symbol))
            continue;
        const sp_expression *z = f->is.apply.argument[0];
        for (size_t k = 0; k < w->factors && !stepped; k++) {
            const sp_factor *other = w->factor[k].factor;
            stepped = other->kind == SP_FACTOR_APPLY && other->is.apply.symbol == SP_SYMBOL_STEP &&
                      other->is.apply.argument[0] == z;
        }
        if (!stepped)
            continue;
        sp_rule_applied(in, SP_RULE_GIVEN);
        sp_work rest = *w;
        if (--rest.factor[i].power == 0)
            rest.factor[i] = rest.factor[--rest.factors];
        for (size_t t = 0; t < z->terms; t++) {
            sp_work part = rest;
            sp_work_term(in, &part, &z->term[t]);
            sp_work_normalise(in, &part, out);
        }
        return true;
    }
    return false;
}

static void normalise(sp_algebra *in, sp_work *w, sp_terms *out)
{
    sp_substitution with;
    sp_substitution_start(&with);
    bool conditional = false;
    for (size_t i = 0; i < w->factors && !conditional; i++)
        conditional = w->factor[i].factor->kind < SP_FACTOR_ENTRY;
    if (conditional && !use_conditions(in, w, &with, out))
        return;
    cut_powers(w);
    if (in->shifted && !start_at_zero(in, w, out))
        return;
    const sp_expression *taken = in->elementary ? sp_work_take_root(in, w) : NULL;
    if (taken) {
        spread(in, w, taken, out);
        return;
    }
    sp_work_square_steps(in, w);
    do
        sp_work_cancel(in, w);
    while (in->distributions > 0 && sp_work_distribution(in, w));
    sum_of_constants(in, w, &with);
    if (in->identities && use_relu(in, w, out))
        return;
    if (sp_work_share(in, w, out))
        return;
    sp_terms_add(in, out, w->coefficient, sp_work_name(in, w));
}

void sp_work_normalise(sp_algebra *in, sp_work *w, sp_terms *out)
{
    if (w->coefficient.n == 0)
        return;
    if (++in->work > in->work_limit)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_WORK);
    if (in->work % 1024 == 0)
        sp_pool_poll(in->pool);
    if (++in->nested > SP_MAX_PROOF_NESTED)
        sp_algebra_give_up(in, SP_PROOF_LIMIT_NESTED);
    normalise(in, w, out);
    in->nested--;
}
