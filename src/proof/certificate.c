#include "proof/certificate.h"

#include "lang/lang.h"
#include "proof/certificate_text.h"

#include <math.h>
#include <string.h>

/* Names in the file: the delta rule's tensors and values keep their names, what a rank holds is
 * load_W1, what it computes rank_Z1. Variables: n i k j for N Din Dh Dout, r_tp for the rank's coordinate. */
static const char *const index_name[SP_DIM_COUNT] = {"n", "i", "k", "j"};

typedef struct certificate {
    sp_pool *pool;
    const sp_program *program; /* the one whose values are written */
    bool sharded;              /* not the delta rule */
    bool field;                /* something is divided */
    const int *equal; /* [statement]: the delta rule's statement that it is equal to, or -1 */
    unsigned fresh; /* numbers for bound variables */
    sp_text *out;
} certificate;

/* The place of a value: a term for every coordinate of the rank and every index of the entry. */
typedef struct place {
    const char *rank[SP_MAX_AXES];
    const char *index[2];
} place;

static const char *fresh(certificate *c, const char *stem)
{
    return sp_pool_format(c->pool, "%s%u", stem, ++c->fresh);
}

static const char *axis_type(const certificate *c, size_t axis)
{
    return sp_pool_format(c->pool, "axis_%s", c->program->axis_name[axis]);
}

/* own_Dh_dp_tp: the coordinate on the last axis of a part, as a function of the index. */
static const char *owner_name(const certificate *c, const sp_part *part)
{
    sp_text name = sp_text_in(c->pool);
    sp_text_format(&name, "own_%s", sp_dim_name(part->dim));
    for (size_t a = 0; a < part->axes; a++)
        sp_text_format(&name, "_%s", c->program->axis_name[part->axis[a]]);
    return sp_text_string(&name);
}

/* "(own_Dh_tp k == r_tp)", one for each axis of the part; NULL for a whole dimension. */
static const char *owned(const certificate *c, const sp_part *part, const char *index,
                         const place *at, const char *equals)
{
    sp_text text = sp_text_in(c->pool);
    sp_part prefix = *part;
    for (size_t a = 0; a < part->axes; a++) {
        prefix.axes = (uint8_t)(a + 1);
        if (equals[0] == '=' && equals[1] == '=') {
            sp_text_format(&text, "%s(%s %s == %s)", a ? " && " : "", owner_name(c, &prefix), index,
                           at->rank[part->axis[a]]);
        } else {
            sp_text_format(&text, "%s %s = %s -> ", owner_name(c, &prefix), index,
                           at->rank[part->axis[a]]);
        }
    }
    return part->axes ? sp_text_string(&text) : NULL;
}

static const char *sum_over(certificate *c, const sp_part *part, const char *index,
                            const place *at, const char *body)
{
    const char *condition = owned(c, part, index, at, "==");
    return condition ? sp_pool_format(c->pool, "(\\sum_(%s | %s) %s)", index, condition, body)
                     : sp_pool_format(c->pool, "(\\sum_(%s : %s) %s)", index,
                                      sp_dim_name(part->dim), body);
}

/* A nonnegative double as an exact term: large ones by their binary digits (Horner), not as a numeral of nat. */
static const char *exact_number(certificate *c, double value)
{
    enum { NUMERAL = 1000 };
    int exponent = 0;
    if (value == floor(value) && value <= NUMERAL)
        return sp_pool_format(c->pool, value > 1 ? "%.0f%%:R" : "%.0f", value);
    while (value != floor(value)) {
        value *= 2;
        exponent++;
    }
    const char *term = NULL;
    for (double weight = exp2(floor(log2(value > 0 ? value : 1))); weight >= 1; weight /= 2) {
        bool digit = value >= weight;
        value -= digit ? weight : 0;
        if (!term)
            term = digit ? "1" : "0";
        else
            term = sp_pool_format(c->pool, digit ? "(%s *+ 2 + 1)" : "(%s *+ 2)", term);
    }
    return exponent ? sp_pool_format(c->pool, "(%s / 2%%:R ^+ %d)", term, exponent) : term;
}

static const char *value_of(certificate *c, int node, const place *at, bool look_inside);

/* The operand of an elementwise operation at the entry of the result: a vector is repeated over rows. */
static const char *elementwise(certificate *c, const sp_node *n, int which, const place *at)
{
    const sp_node *operand = &c->program->node[n->operand[which]];
    place there = *at;
    if (n->layout.order == 2 && operand->layout.order == 1)
        there.index[0] = at->index[1];
    return value_of(c, n->operand[which], &there, false);
}

static const char *sum_over_ranks(certificate *c, const sp_node *n, const place *at)
{
    place there = *at;
    const char *q = fresh(c, "q");
    there.rank[n->axis] = q;
    return sp_pool_format(c->pool, "(\\sum_(%s : %s) %s)", q, axis_type(c, (size_t)n->axis),
                          value_of(c, n->operand[0], &there, false));
}

/* A constant coordinate is any rank, c_tp_3; where ranks have numbers, the one of that number. */
static const char *constant_rank(const certificate *c, const sp_node *n)
{
    return sp_pool_format(c->pool, "c_%s_%ld", c->program->axis_name[n->axis], n->constant);
}

static const char *at_rank(certificate *c, const sp_node *n, const place *at, const char *rank)
{
    place there = *at;
    there.rank[n->axis] = rank;
    return value_of(c, n->operand[0], &there, false);
}

static const char *call(certificate *c, const char *prefix, const char *name,
                        const sp_layout *layout, const place *at)
{
    sp_text text = sp_text_in(c->pool);
    sp_text_format(&text, "(%s%s", prefix, name);
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(&text, " %s", at->rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&text, " %s", at->index[d]);
    sp_text_add(&text, ")");
    return sp_text_string(&text);
}

static const char *product(certificate *c, const sp_node *n, const place *at)
{
    const sp_part *inner = &c->program->node[n->operand[0]].layout.part[1];
    const char *index = fresh(c, index_name[inner->dim]);
    place left = *at, right = *at;
    left.index[1] = right.index[0] = index;
    const char *a = value_of(c, n->operand[0], &left, false);
    const char *b = value_of(c, n->operand[1], &right, false);
    return sum_over(c, inner, index, at, sp_pool_format(c->pool, "(%s * %s)", a, b));
}

static const char *local_sum(certificate *c, const sp_node *n, const place *at)
{
    const sp_layout *layout = &c->program->node[n->operand[0]].layout;
    const char *index = fresh(c, index_name[layout->part[n->place].dim]);
    place there = *at;
    if (layout->order == 2)
        there.index[!n->place] = at->index[0];
    there.index[n->place] = index;
    return sum_over(c, &layout->part[n->place], index, at,
                    value_of(c, n->operand[0], &there, false));
}

/* The value of a gathered dimension is that of the rank that owns the index. */
static const char *gathered(certificate *c, const sp_node *n, int place_of_dim, const place *at)
{
    const sp_part *part = &c->program->node[n->operand[0]].layout.part[place_of_dim];
    const char *owner =
        sp_pool_format(c->pool, "(%s %s)", owner_name(c, part), at->index[place_of_dim]);
    return at_rank(c, n, at, owner);
}

static const char *shifted(certificate *c, const sp_node *n, const place *at)
{
    long k = n->constant;
    const char *rank = sp_pool_format(c->pool, "(%s %s inZp %ld)", at->rank[n->axis],
                                      k < 0 ? "-" : "+", k < 0 ? -k : k);
    return at_rank(c, n, at, rank);
}

/* What a rank computes, written as the definition of the language says: one line for each operation. */
static const char *value_of(certificate *c, int node, const place *at, bool look_inside)
{
    const sp_program *p = c->program;
    const sp_node *n = &p->node[node];
    sp_pool *pool = c->pool;
    for (size_t s = 0; s < p->statements && !look_inside; s++)
        if (p->statement[s].node == node)
            return call(c, c->sharded ? "rank_" : "", p->statement[s].name, &n->layout, at);
    switch (n->op) {
    case SP_OP_LOAD:
        return call(c, c->sharded ? "load_" : "", sp_tensor_name(n->tensor), &n->layout, at);
    case SP_OP_NUMBER:
        return exact_number(c, n->number);
    case SP_OP_RANKS:
        return sp_pool_format(pool, "#|%s|%%:R", axis_type(c, (size_t)n->axis));
    case SP_OP_EXTENT:
        return sp_pool_format(pool, "#|%s|%%:R", sp_dim_name(n->dim));
    case SP_OP_OWNED:
        return sum_over(c, &n->part, fresh(c, index_name[n->part.dim]), at, "1");
    case SP_OP_PRODUCT:
        return product(c, n, at);
    case SP_OP_ADD:
    case SP_OP_SUB:
    case SP_OP_MUL:
    case SP_OP_DIV:
        return sp_pool_format(pool, "(%s %s %s)", elementwise(c, n, 0, at), sp_op_name(n->op),
                              elementwise(c, n, 1, at));
    case SP_OP_NEG:
        return sp_pool_format(pool, "(- %s)", elementwise(c, n, 0, at));
    case SP_OP_TRANSPOSE: {
        place swapped = *at;
        swapped.index[0] = at->index[1];
        swapped.index[1] = at->index[0];
        return value_of(c, n->operand[0], &swapped, false);
    }
    case SP_OP_SIGMA:
    case SP_OP_SIGMA_PRIME:
    case SP_OP_G:
    case SP_OP_G_PRIME:
    case SP_OP_STEP:
        return sp_pool_format(pool, "(%s %s)", sp_op_name(n->op), elementwise(c, n, 0, at));
    case SP_OP_LOSS_PRIME:
        return sp_pool_format(pool, "(loss' %s %s)", elementwise(c, n, 0, at),
                              elementwise(c, n, 1, at));
    case SP_OP_SUM:
        return local_sum(c, n, at);
    case SP_OP_ALLREDUCE:
        return n->mean ? sp_pool_format(pool, "(%s / #|%s|%%:R)", sum_over_ranks(c, n, at),
                                        axis_type(c, (size_t)n->axis))
                       : sum_over_ranks(c, n, at);
    case SP_OP_REDUCESCATTER:
        return sum_over_ranks(c, n, at);
    case SP_OP_ALLGATHER:
        return gathered(c, n, n->place, at);
    case SP_OP_ALLTOALL:
        return gathered(c, n, n->place2, at);
    case SP_OP_SLICE:
        return value_of(c, n->operand[0], at, false);
    case SP_OP_BROADCAST:
        return at_rank(c, n, at, constant_rank(c, n));
    case SP_OP_SHIFT:
        return shifted(c, n, at);
    case SP_OP_ONLY:
        return sp_pool_format(pool, "(if %s == %s then %s else 0)", at->rank[n->axis],
                              constant_rank(c, n), value_of(c, n->operand[0], at, false));
    case SP_OP_COUNT:
        break;
    }
    sp_pool_fail(pool, SP_INTERNAL);
}

static place generic_place(const certificate *c, const sp_layout *layout)
{
    place at;
    memset(&at, 0, sizeof at);
    for (size_t a = 0; a < c->program->axes; a++)
        at.rank[a] = sp_pool_format(c->pool, "r_%s", c->program->axis_name[a]);
    for (size_t d = 0; d < layout->order; d++) {
        bool twice = d == 1 && layout->part[0].dim == layout->part[1].dim;
        at.index[d] = sp_pool_format(c->pool, "%s%s", index_name[layout->part[d].dim],
                                     twice ? "'" : "");
    }
    return at;
}

/* " (r_tp : axis_tp) (n : N) (k : Dh)" */
static void add_binders(const certificate *c, const sp_layout *layout, const place *at)
{
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(c->out, " (%s : %s)", at->rank[a], axis_type(c, a));
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(c->out, " (%s : %s)", at->index[d], sp_dim_name(layout->part[d].dim));
}

static void add_conditions(const certificate *c, const sp_layout *layout, const place *at)
{
    for (size_t d = 0; d < layout->order; d++) {
        const char *condition = owned(c, &layout->part[d], at->index[d], at, "=");
        if (condition)
            sp_text_add(c->out, condition);
    }
}

static void add_definitions(certificate *c)
{
    const sp_program *p = c->program;
    for (size_t s = 0; s < p->statements; s++) {
        const sp_statement *statement = &p->statement[s];
        const sp_layout *layout = &p->node[statement->node].layout;
        place at = generic_place(c, layout);
        sp_text_format(c->out, "Definition %s%s", c->sharded ? "rank_" : "", statement->name);
        add_binders(c, layout, &at);
        /* a second name for a value refers to the first */
        bool alias = false;
        for (size_t t = 0; t < s; t++)
            alias = alias || p->statement[t].node == statement->node;
        c->fresh = 0;
        sp_text_format(c->out, " : R :=\n  %s.\n", value_of(c, statement->node, &at, !alias));
    }
}

static void add_tensor_variable(const certificate *c, sp_tensor tensor)
{
    sp_layout layout = sp_tensor_whole(tensor);
    sp_text_format(c->out, "Variable %s :", sp_tensor_name(tensor));
    for (size_t d = 0; d < layout.order; d++)
        sp_text_format(c->out, " %s ->", sp_dim_name(layout.part[d].dim));
    sp_text_add(c->out, " R.\n");
}

/* Hints apply where the left side is the value; what the lemma asks is known, or holds by itself. */
static void add_hint_end(const certificate *c, const sp_layout *layout, const char *prefix,
                         const char *name, const char *suffix)
{
    sp_text_add_repeated(c->out, " _", c->program->axes + layout->order);
    sp_text_format(c->out, " = _) => (apply %s%s%s; solve [assumption | reflexivity]) : shards.\n",
                   prefix, name, suffix);
}

/* What a rank reads of a tensor: the entry if it owns it, else anything at all. */
static void add_load(certificate *c, sp_tensor tensor)
{
    const sp_layout *layout = &c->program->tensor_layout[tensor];
    const char *name = sp_tensor_name(tensor);
    place at = generic_place(c, layout);
    sp_text condition = sp_text_in(c->pool);
    for (size_t d = 0; d < layout->order; d++) {
        const char *part = owned(c, &layout->part[d], at.index[d], &at, "==");
        if (part)
            sp_text_format(&condition, "%s%s", condition.length ? " && " : "", part);
    }
    sp_text whole = sp_text_in(c->pool);
    sp_text_add(&whole, name);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&whole, " %s", at.index[d]);
    if (condition.length) {
        sp_text_format(c->out, "Variable elsewhere_%s :", name);
        for (size_t a = 0; a < c->program->axes; a++)
            sp_text_format(c->out, " %s ->", axis_type(c, a));
        for (size_t d = 0; d < layout->order; d++)
            sp_text_format(c->out, " %s ->", sp_dim_name(layout->part[d].dim));
        sp_text_add(c->out, " R.\n");
    }
    sp_text_format(c->out, "Definition load_%s", name);
    add_binders(c, layout, &at);
    if (condition.length)
        sp_text_format(c->out, " : R :=\n  if %s then %s else %s.\n", sp_text_string(&condition),
                       sp_text_string(&whole),
                       call(c, "elsewhere_", name, layout, &at));
    else
        sp_text_format(c->out, " : R := %s.\n", sp_text_string(&whole));
    sp_text_format(c->out, "Lemma load_%s_held", name);
    add_binders(c, layout, &at);
    sp_text_add(c->out, " :\n  ");
    add_conditions(c, layout, &at);
    sp_text_format(c->out, "%s = %s.\n", call(c, "load_", name, layout, &at),
                   sp_text_string(&whole));
    sp_text_format(c->out,
                   "Proof. by move=> *; rewrite /load_%s; do ?apply: held; subst; rewrite ?eqxx. Qed.\n"
                   "#[local] Hint Extern 0 (load_%s",
                   name, name);
    add_hint_end(c, layout, "load_", name, "_held");
}

/* Values that are not the delta rule's have no lemma: where they are used they are unfolded. */
static const char *unfold_list(certificate *c, size_t upto)
{
    sp_text list = sp_text_in(c->pool);
    for (size_t s = upto; s-- > 0;)
        if (c->equal[s] < 0)
            sp_text_format(&list, " /rank_%s", c->program->statement[s].name);
    return sp_text_string(&list);
}

static void add_lemma(certificate *c, const sp_program *delta, size_t s)
{
    const sp_statement *statement = &c->program->statement[s];
    const sp_layout *layout = &c->program->node[statement->node].layout;
    const char *name = statement->name, *of = delta->statement[c->equal[s]].name;
    place at = generic_place(c, layout);
    sp_text_format(c->out, "Lemma rank_%s_is_%s", name, of);
    add_binders(c, layout, &at);
    sp_text_add(c->out, " :\n  ");
    add_conditions(c, layout, &at);
    sp_text_format(c->out, "%s = %s", call(c, "rank_", name, layout, &at), of);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(c->out, " %s", at.index[d]);
    sp_text_format(c->out,
                   ".\nProof. move=> *; rewrite /rank_%s%s; by first [equal_values | rewrite /%s; equal_values]. Qed.\n"
                   "#[local] Hint Extern 0 (rank_%s",
                   name, unfold_list(c, s), of, name);
    add_hint_end(c, layout, "rank_", name, sp_pool_format(c->pool, "_is_%s", of));
}

static void add_theorem(certificate *c, const sp_result_decl *result)
{
    const char *name = sp_result_name(result->result);
    const sp_layout *layout = &result->declared;
    place at = generic_place(c, layout), inner = at;
    sp_text_format(c->out, "Theorem %s_proved", name);
    add_binders(c, layout, &at);
    sp_text_add(c->out, " :\n  ");
    add_conditions(c, layout, &at);
    if (result->sum_axis >= 0) {
        inner.rank[result->sum_axis] = "q";
        sp_text_format(c->out, "\\sum_(q : %s) ", axis_type(c, (size_t)result->sum_axis));
    }
    size_t s = 0;
    while (strcmp(c->program->statement[s].name, name) != 0)
        s++;
    sp_text_format(c->out, "%s = %s", call(c, "rank_", name, layout, &inner), name);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(c->out, " %s", at.index[d]);
    sp_text_format(c->out, ".\nProof. move=> *;%s%s%s%s; by equal_values. Qed.\n",
                   c->equal[s] < 0 ? " rewrite" : "", c->equal[s] < 0 ? unfold_list(c, s + 1) : " idtac",
                   c->equal[s] < 0 ? " /" : "", c->equal[s] < 0 ? name : "");
}

/* Which axes have ranks further along: those are 0, 1, ..., n, the others any finite type. */
static bool is_shifted(const sp_program *p, size_t axis)
{
    for (size_t i = 0; i < p->nodes; i++)
        if (p->node[i].op == SP_OP_SHIFT && p->node[i].axis == (int)axis)
            return true;
    return false;
}

static bool names_constant(const sp_node *n, size_t axis)
{
    return (n->op == SP_OP_BROADCAST || n->op == SP_OP_ONLY) && n->axis == (int)axis;
}

/* The different coordinates of an axis that broadcast and only name, ascending; how many. */
static size_t constants_of(const certificate *c, size_t axis, long **list)
{
    const sp_program *p = c->program;
    size_t count = 0;
    *list = SP_NEW_ARRAY(c->pool, long, p->nodes + 1);
    for (size_t i = 0; i < p->nodes; i++) {
        size_t at = 0;
        if (!names_constant(&p->node[i], axis))
            continue;
        while (at < count && (*list)[at] < p->node[i].constant)
            at++;
        if (at < count && (*list)[at] == p->node[i].constant)
            continue;
        memmove(*list + at + 1, *list + at, (count - at) * sizeof **list);
        (*list)[at] = p->node[i].constant;
        count++;
    }
    return count;
}

/* Coordinates c + k by a shift of k, where that is a coordinate for every number of ranks. */
static void add_shifts(const certificate *c, size_t axis, const long *constant, size_t constants,
                       sp_text *facts)
{
    const sp_program *p = c->program;
    const char *name = p->axis_name[axis];
    bool *told = SP_NEW_ARRAY(c->pool, bool, p->nodes + 1);
    for (size_t i = 0; i < p->nodes; i++) {
        long k = p->node[i].constant;
        bool first = p->node[i].op == SP_OP_SHIFT && p->node[i].axis == (int)axis;
        for (size_t j = 0; j < i && first; j++)
            first = !(told[j] && p->node[j].constant == k);
        told[i] = first;
        for (size_t m = 0; first && m < constants; m++) {
            long to = constant[m] + k;
            if (to < 0 || to > constant[constants - 1])
                continue;
            const char *fact = sp_pool_format(c->pool, "%s_%ld_%s_%ld", name, constant[m],
                                              k < 0 ? "before" : "after", k < 0 ? -k : k);
            sp_text_format(c->out, "Lemma %s : (@inZp last_%s %ld %s inZp %ld) = inZp %ld.\n"
                                   "Proof. exact: rank_%s. Qed.\n",
                           fact, name, constant[m], k < 0 ? "-" : "+", k < 0 ? -k : k, to,
                           k < 0 ? "before" : "after");
            sp_text_format(facts, " ?%s", fact);
        }
    }
}

/* Different coordinates are different ranks. */
static void add_differing(const certificate *c, size_t axis, const long *constant, size_t constants,
                          sp_text *facts)
{
    const char *name = c->program->axis_name[axis];
    bool shifted = is_shifted(c->program, axis);
    for (size_t i = 0; i < constants; i++)
        for (size_t j = 0; j < constants; j++) {
            if (i == j)
                continue;
            const char *fact =
                sp_pool_format(c->pool, "%s_%ld_not_%ld", name, constant[i], constant[j]);
            const char *equal = sp_pool_format(c->pool, "(c_%s_%ld == c_%s_%ld) = false", name,
                                               constant[i], name, constant[j]);
            if (shifted)
                sp_text_format(c->out, "Lemma %s : %s. Proof. exact: rank_differs. Qed.\n", fact,
                               equal);
            else if (i < j)
                sp_text_format(c->out, "Hypothesis %s : %s.\n", fact, equal);
            else
                sp_text_format(c->out, "Lemma %s : %s. Proof. by rewrite eq_sym. Qed.\n", fact,
                               equal);
            sp_text_format(facts, " ?%s", fact);
        }
}

/* An axis, its coordinates that have names, and what is known of them. */
static void add_axis(const certificate *c, size_t axis, sp_text *facts)
{
    const char *name = c->program->axis_name[axis];
    long *constant;
    size_t constants = constants_of(c, axis, &constant);
    if (is_shifted(c->program, axis)) {
        sp_text_format(c->out, "Variable more_%s : nat.\nNotation last_%s := more_%s", name, name, name);
        for (long k = 0; constants > 0 && k < constant[constants - 1]; k++)
            sp_text_add(c->out, ".+1");
        sp_text_format(c->out, ".\nNotation axis_%s := 'I_last_%s.+1.\n", name, name);
        for (size_t i = 0; i < constants; i++)
            sp_text_format(c->out, "Notation c_%s_%ld := (@inZp last_%s %ld).\n", name, constant[i],
                           name, constant[i]);
        add_shifts(c, axis, constant, constants, facts);
    } else {
        sp_text_format(c->out, "Variable axis_%s : finType.\n", name);
        for (size_t i = 0; i < constants; i++)
            sp_text_format(c->out, "Variable c_%s_%ld : axis_%s.\n", name, constant[i], name);
    }
    add_differing(c, axis, constant, constants, facts);
    if (c->field)
        sp_text_format(c->out,
                       "Hypothesis ranks_%s : #|axis_%s|%%:R != 0 :> R.\n"
                       "#[local] Hint Extern 0 => (exact: ranks_%s) : sizes.\n",
                       name, name, name);
}

/* What divides is not zero: sizes, how many indices a rank owns, numbers. */
static void add_divisors(certificate *c)
{
    enum { NUMERALS = 8 };
    const sp_program *p = c->program;
    bool size[SP_DIM_COUNT] = {false};
    double largest = 1;
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        bool counted = n->op == SP_OP_OWNED;
        for (size_t j = 0; j < i && counted; j++)
            counted = p->node[j].op != SP_OP_OWNED || !sp_part_equal(&p->node[j].part, &n->part);
        if (n->op == SP_OP_EXTENT && !size[n->dim])
            sp_text_format(c->out,
                           "Hypothesis size_%s : #|%s|%%:R != 0 :> R.\n"
                           "#[local] Hint Extern 0 => (exact: size_%s) : sizes.\n",
                           sp_dim_name(n->dim), sp_dim_name(n->dim), sp_dim_name(n->dim));
        if (n->op == SP_OP_EXTENT)
            size[n->dim] = true;
        if (n->op == SP_OP_NUMBER && n->number > largest)
            largest = n->number;
        if (!counted)
            continue;
        const sp_layout scalar = {0};
        place at = generic_place(c, &scalar);
        const char *name = owner_name(c, &n->part);
        sp_text_format(c->out, "Hypothesis count_%s : forall", name);
        add_binders(c, &scalar, &at);
        sp_text_format(c->out,
                       ", %s != 0 :> R.\n"
                       "#[local] Hint Extern 0 => (exact: count_%s) : sizes.\n",
                       sum_over(c, &n->part, index_name[n->part.dim], &at, "1"), name);
    }
    if (largest > 1)
        sp_text_add(c->out, "Hypothesis characteristic : forall n, n.+1%:R != 0 :> R.\n"
                            "#[local] Hint Extern 0 => (exact: characteristic) : sizes.\n");
    for (int k = 1; k < largest && k < NUMERALS; k++) /* as the tactic field writes them */
        sp_text_format(c->out, "#[local] Hint Extern 1 => (exact: (characteristic %d)) : sizes.\n", k);
}

static void add_mesh(certificate *c)
{
    const sp_program *p = c->program;
    sp_text facts = sp_text_in(c->pool);
    for (size_t a = 0; a < p->axes; a++)
        add_axis(c, a, &facts);
    sp_part *part;
    size_t parts = sp_program_parts(p, c->pool, &part);
    for (size_t i = 0; i < parts; i++)
        sp_text_format(c->out, "Variable %s : %s -> %s.\n", owner_name(c, &part[i]),
                       sp_dim_name(part[i].dim),
                       axis_type(c, part[i].axis[part[i].axes - 1]));
    if (c->field)
        add_divisors(c);
    if (facts.length)
        sp_text_format(c->out, "Ltac known_ranks ::= rewrite%s.\n", sp_text_string(&facts));
}

/* Algebra in R; and how the delta rule's values are made. */
static void add_tactics(const certificate *c, const sp_program *delta)
{
    const char *ring = c->field ? "(GRing.Field.comRingType R)" : "R", *field = c->field ? "R" : "tt";
    sp_text_format(c->out, "\nAdd Ring R_ring : (plain_ring %s).\n", ring);
    if (c->field)
        sp_text_add(c->out, "Add Field R_field : (plain_field R).\n");
    sp_text_format(c->out,
                   "Ltac by_algebra ::= name_sums; match goal with |- ?a = ?b =>\n"
                   "  let a := plain %s %s a in let b := plain %s %s b in change (a = b);\n"
                   "  %s end.\n",
                   ring, field, ring, field, c->field ? "first [ring | field; nonzero]" : "ring");
    sp_text_add(c->out, "Ltac unfold_rule ::= rewrite");
    for (size_t t = delta->statements; t-- > 0;)
        sp_text_format(c->out, " /%s", delta->statement[t].name);
    sp_text_add(c->out, ".\n");
}

/* Is anything divided? Then the ring has to be a field in which sizes are not zero. */
static bool divides(const sp_program *p)
{
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        if (n->op == SP_OP_DIV || (n->op == SP_OP_ALLREDUCE && n->mean) ||
            (n->op == SP_OP_NUMBER && n->number != floor(n->number)))
            return true;
    }
    return false;
}

/* A section with the delta rule, in which the rest of a part is written. */
static void open_part(certificate *delta, const char *name, const char *ring)
{
    sp_text_format(delta->out, "\nModule %s.\nSection %s.\nVariable R : %s.\n", name, name, ring);
    sp_text_add(delta->out, "Variables N Din Dh Dout : finType.\n"
                            "Variables sigma sigma' g g' step : R -> R.\n"
                            "Variable loss' : R -> R -> R.\n");
    for (size_t t = 0; t < SP_TENSOR_COUNT; t++)
        add_tensor_variable(delta, (sp_tensor)t);
    sp_text_add(delta->out, "\n(* The delta rule. *)\n");
    add_definitions(delta);
}

static void close_part(certificate *c, const char *name)
{
    sp_text_format(c->out, "End %s.\nEnd %s.\n", name, name);
}

/* The delta rule's statement to which a statement of the scheme is proved equal, or -1. */
static int find_equal(const sp_proof *proof, const sp_program *delta, size_t s)
{
    int node = proof->program->statement[s].node;
    const sp_layout *layout = &proof->program->node[node].layout;
    if (!sp_symbolic_covers(layout, -1))
        return -1;
    const sp_expression *whole =
        sp_symbolic_whole(proof->algebra, layout, -1, proof->value[node]);
    for (size_t k = 0; k < delta->results; k++)
        if (proof->rule[delta->result[k].result] == whole)
            for (size_t t = 0; t < delta->statements; t++)
                if (delta->statement[t].node == delta->result[k].node)
                    return (int)t;
    return -1;
}

typedef struct equals_job {
    const sp_proof *proof;
    const sp_program *delta;
    int *equal;
} equals_job;

static void find_equals(void *argument)
{
    equals_job *job = argument;
    for (size_t s = 0; s < job->proof->program->statements; s++)
        job->equal[s] = find_equal(job->proof, job->delta, s);
}

const char *sp_certificate(sp_pool *pool, const sp_proof *proof)
{
    const sp_program *program = proof->program;
    const sp_program *delta_rule = sp_scheme_builtin(pool, "delta-rule");
    int *equal = SP_NEW_ARRAY(pool, int, program->statements);
    for (size_t s = 0; s < program->statements; s++)
        equal[s] = -1; /* what a limit of the algebra leaves out is unfolded */
    equals_job job = {proof, delta_rule, equal};
    (void)sp_algebra_run(proof->algebra, find_equals, &job);
    bool *proved = SP_NEW_ARRAY(pool, bool, program->results);
    for (size_t k = 0; k < proof->results; k++)
        proved[proof->result[k].declaration] = proof->result[k].status == SP_PROVE_PROVED;
    sp_text out = sp_text_in(pool);
    certificate c = {.pool = pool, .program = program, .sharded = true, .equal = equal, .out = &out};
    certificate d = {.pool = pool, .program = delta_rule, .out = &out};
    c.field = divides(program);
    sp_text_format(&out,
                   "(* That the scheme %s computes the delta rule, and that the delta rule is the gradient:\n"
                   "   for every size, mesh, ownership, datum, activation and loss.\n"
                   "   To check: coqc FILE, with math-comp's ssreflect and algebra. *)\n",
                   program->name);
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "rules"));
    open_part(&d, "Scheme", c.field ? "fieldType" : "comRingType");
    sp_text_add(&out, "\n(* The mesh, and who owns what. *)\n");
    add_mesh(&c);
    add_tactics(&c, delta_rule);
    sp_text_add(&out, "\n(* What a rank holds: its own part; elsewhere anything. *)\n");
    for (size_t t = 0; t < SP_TENSOR_COUNT; t++)
        if (program->declared[t])
            add_load(&c, (sp_tensor)t);
    sp_text_add(&out, "\n(* What every rank computes. *)\n");
    add_definitions(&c);
    sp_text_add(&out, "\n(* The values that are the delta rule's. *)\n");
    for (size_t s = 0; s < program->statements; s++)
        if (equal[s] >= 0)
            add_lemma(&c, delta_rule, s);
    sp_text_add(&out, "\n(* The results. *)\n");
    for (size_t k = 0; k < program->results; k++)
        if (proved[k])
            add_theorem(&c, &program->result[k]);
    close_part(&c, "Scheme");
    open_part(&d, "Gradient", "comRingType");
    sp_text_add(&out, "\n");
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "gradient"));
    close_part(&d, "Gradient");
    sp_text_add(&out, "\n");
    for (size_t k = 0; k < program->results; k++)
        if (proved[k])
            sp_text_format(&out, "Print Assumptions Scheme.%s_proved.\n",
                           sp_result_name(program->result[k].result));
    sp_text_add(&out, "Print Assumptions Gradient.delta_rule_is_the_gradient.\n");
    return sp_text_string(&out);
}
