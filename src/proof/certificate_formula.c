#include "proof/certificate_formula.h"

#include "algebra/expression.h"
#include "lang/mlp.h"

#include <gmp.h>
#include <string.h>

/* To both. What stands in brackets of its own is no argument any more. */
static void add(sp_formula_writer *w, const char *text, const char *data)
{
    w->is_argument = false;
    sp_text_add(&w->text, text);
    sp_text_add(&w->data, data);
}

/* ---- names ---- */

static const char *name_of(sp_pool *pool, const sp_signature *of, const char *what, const char *name, const char *prime)
{
    return sp_pool_format(pool, "%s%s%s", sp_is_mlp(of) ? "" : what, name, prime);
}

const char *sp_formula_dim(sp_pool *pool, const sp_signature *of, sp_dim dim)
{
    return name_of(pool, of, "size_", of->dim[dim], "");
}

const char *sp_formula_tensor(sp_pool *pool, const sp_signature *of, sp_tensor tensor)
{
    return name_of(pool, of, "tensor_", of->tensor[tensor].name, "");
}

const char *sp_formula_function(sp_pool *pool, const sp_signature *of, sp_function function, bool prime)
{
    if (function >= SP_MAX_OWN_FUNCTIONS)
        return sp_pool_format(pool, "any_%s", sp_function_text(pool, of, function, prime));
    return name_of(pool, of, "function_", of->function[function].name, prime ? "'" : "");
}

unsigned sp_formula_symbol(const sp_signature *of, sp_function function, bool prime)
{
    if (function < SP_MAX_OWN_FUNCTIONS)
        return 2 * function + prime;
    return sp_formula_step(of) + 2 * (function - SP_MAX_OWN_FUNCTIONS) + prime;
}

const char *sp_formula_prefix(const sp_formula_writer *w)
{
    return w->dual ? "dual_" : w->sharded ? "rank_" : sp_is_mlp(w->program->of) ? "" : "rule_";
}

/* The name of an index: in scope so many indices of its dimension, or one that is bound with a number of its own. The
 * number comes before the name of the dimension, which may end in one. */
static const char *index_name(const sp_formula_writer *w, sp_dim dim, unsigned before, unsigned fresh)
{
    static const char *const of_mlp[SP_DIM_COUNT] = {"n", "i", "k", "j"};
    sp_text name = sp_text_in(w->pool);
    sp_text_add(&name, sp_is_mlp(w->program->of) ? of_mlp[dim] : "i");
    if (fresh)
        sp_text_format(&name, "%u", fresh);
    if (!sp_is_mlp(w->program->of))
        sp_text_format(&name, "_%s", w->program->of->dim[dim]);
    if (!fresh)
        sp_text_add_repeated(&name, "'", before);
    return sp_text_string(&name);
}

const char *sp_formula_owner(const sp_formula_writer *w, const sp_part *part)
{
    sp_text name = sp_text_in(w->pool);
    sp_text_format(&name, "own_%s", w->program->of->dim[part->dim]);
    for (size_t a = 0; a < part->axes; a++)
        sp_text_format(&name, "'%s", w->program->axis_name[part->axis[a]]);
    return sp_text_string(&name);
}

static const char *axis_name(const sp_formula_writer *w, const sp_node *n)
{
    return w->program->axis_name[n->axis];
}

unsigned sp_formula_number(const sp_formula_writer *w, const sp_formula_index *index)
{
    return w->depth[index->dim] - 1 - index->level;
}

static unsigned axis_sort(const sp_formula_writer *w, const sp_node *n)
{
    return sp_formula_axis_sort(w->program->of, (unsigned)n->axis);
}

static size_t part_number(const sp_formula_writer *w, const sp_part *part)
{
    for (size_t i = 0; i < w->parts; i++)
        if (sp_part_equal(&w->part[i], part))
            return i;
    sp_pool_fail(w->pool, SP_INTERNAL);
}

/* ---- conditions ---- */

enum { MOST_CONDITIONS = SP_MAX_ORDER * SP_MAX_AXES };

/* One condition: the rank's coordinate on the last of some axes of a part is that of the index's owner. */
typedef struct condition {
    sp_part prefix;
    const sp_formula_index *index;
} condition;

/* One for every axis of every part of the layout; how many. */
static size_t list_conditions(const sp_layout *layout, const sp_formula_index *index,
                              condition list[MOST_CONDITIONS])
{
    size_t count = 0;
    for (size_t d = 0; d < layout->order; d++)
        for (size_t a = 0; a < layout->part[d].axes; a++) {
            sp_part prefix;
            memset(&prefix, 0, sizeof prefix);
            prefix.dim = layout->part[d].dim;
            prefix.axes = (uint8_t)(a + 1);
            memcpy(prefix.axis, layout->part[d].axis, a + 1);
            list[count++] = (condition){prefix, &index[d]};
        }
    return count;
}

/* "a && (b && c)", as all_hold of rules.v has them. */
static const char *all_of(const sp_formula_writer *w, const condition *list, size_t count,
                          const sp_formula_place *at)
{
    sp_text text = sp_text_in(w->pool);
    for (size_t i = 0; i < count; i++) {
        const sp_part *part = &list[i].prefix;
        unsigned axis = part->axis[part->axes - 1];
        sp_text_format(&text, "%s%ssame_rank ranks_%s (%s %s) %s", i ? " && " : "",
                       i > 0 && i + 1 < count ? "(" : "", w->program->axis_name[axis],
                       sp_formula_owner(w, part), list[i].index->name, at->rank[axis]);
    }
    if (count > 2)
        sp_text_add_repeated(&text, ")", count - 2);
    return sp_text_string(&text);
}

bool sp_formula_is_split(const sp_layout *layout)
{
    for (unsigned d = 0; d < layout->order; d++)
        if (layout->part[d].axes > 0)
            return true;
    return false;
}

const char *sp_formula_conditions(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at)
{
    condition list[MOST_CONDITIONS];
    return all_of(w, list, list_conditions(layout, at->index, list), at);
}

const char *sp_formula_owned(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at)
{
    condition list[MOST_CONDITIONS];
    size_t count = list_conditions(layout, at->index, list);
    sp_text data = sp_text_in(w->pool);
    for (size_t i = 0; i < count; i++)
        sp_text_format(&data, "%s(%zu, (%u, %u))", i ? "; " : " ", part_number(w, &list[i].prefix),
                       (unsigned)list[i].prefix.dim, sp_formula_number(w, list[i].index));
    return sp_pool_format(w->pool, "[::%s]", sp_text_string(&data));
}

const char *sp_formula_indices(const sp_formula_writer *w, const sp_layout *layout, const sp_formula_place *at)
{
    sp_text data = sp_text_in(w->pool);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&data, "%s(%u, %u)", d ? "; " : " ", (unsigned)at->index[d].dim,
                       sp_formula_number(w, &at->index[d]));
    return sp_pool_format(w->pool, "[::%s]", sp_text_string(&data));
}

/* ---- values by name ---- */

/* "rank_Z1 r_tp n k" for a value of a rank; without the rank's coordinates for an entry or a value of the delta rule.
 * In brackets where it is the argument of a function. */
static void add_applied(sp_formula_writer *w, const char *prefix, const char *name, bool of_rank,
                        const sp_layout *layout, const sp_formula_place *at)
{
    sp_text_format(&w->text, "%s%s%s", w->is_argument ? "(" : "", prefix, name);
    for (size_t a = 0; of_rank && a < w->program->axes; a++)
        sp_text_format(&w->text, " %s", at->rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&w->text, " %s", at->index[d].name);
    sp_text_add(&w->text, w->is_argument ? ")" : "");
    w->is_argument = false;
}

/* The same, and "(Value 18 [:: (0, 0); (2, 0)])" */
static void add_named(sp_formula_writer *w, const char *prefix, const char *name, size_t value,
                      const sp_layout *layout, const sp_formula_place *at)
{
    add_applied(w, prefix, name, w->sharded, layout, at);
    sp_text_format(&w->data, "(Value %zu %s)", value, sp_formula_indices(w, layout, at));
}

void sp_formula_call(sp_formula_writer *w, size_t statement, const sp_formula_place *at)
{
    const sp_statement *s = &w->program->statement[statement];
    add_named(w, sp_formula_prefix(w), s->name, w->first_statement + statement,
              &w->program->node[s->node].layout, at);
}

/* The entry itself, in the data under these conditions. */
static void add_entry(sp_formula_writer *w, sp_tensor tensor, const char *conditions, const sp_layout *layout,
                      const sp_formula_place *at)
{
    if (w->dual)
        add_applied(w, "dual_", w->program->of->tensor[tensor].name, false, layout, at);
    else
        add_applied(w, "", sp_formula_tensor(w->pool, w->program->of, tensor), false, layout, at);
    sp_text_format(&w->data, "(Input %u %s %s)", (unsigned)tensor, conditions, sp_formula_indices(w, layout, at));
}

static void add_load(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    if (w->sharded)
        add_named(w, "load_", w->program->of->tensor[n->tensor].name, w->load[n->tensor], &n->layout, at);
    else
        add_entry(w, n->tensor, "[::]", &n->layout, at);
}

void sp_formula_load(sp_formula_writer *w, sp_tensor tensor, const sp_formula_place *at)
{
    const sp_layout *layout = &w->program->tensor_layout[tensor];
    const char *conditions = sp_formula_conditions(w, layout, at);
    bool partly = *conditions != '\0';
    if (partly)
        sp_text_format(&w->text, "if %s then ", conditions);
    add_entry(w, tensor, sp_formula_owned(w, layout, at), layout, at);
    if (!partly)
        return;
    sp_text_add(&w->text, " else ");
    add_applied(w, "elsewhere_", w->program->of->tensor[tensor].name, true, layout, at);
}

/* ---- operations ---- */

static void add_value(sp_formula_writer *w, int node, size_t before, const sp_formula_place *at);

/* Where a value of another operation is meant: statements are written by their names. */
static void add_operand(sp_formula_writer *w, const sp_node *n, int which, const sp_formula_place *at)
{
    add_value(w, n->operand[which], w->program->statements, at);
}

/* An operand at the entry of the value, whose parts say where they are in it, and at the indices that are summed. */
static void add_placed(sp_formula_writer *w, const sp_node *n, int which, const sp_formula_place *at,
                       const sp_formula_index *summed)
{
    sp_formula_place there = *at;
    for (unsigned p = 0; p < w->program->node[n->operand[which]].layout.order; p++) {
        const unsigned to = n->to[which][p];
        there.index[p] = to < SP_MAX_ORDER ? at->index[to] : summed[to - SP_MAX_ORDER];
    }
    add_operand(w, n, which, &there);
}

static void add_elementwise(sp_formula_writer *w, const sp_node *n, int which, const sp_formula_place *at)
{
    add_placed(w, n, which, at, NULL);
}

static void add_binary(sp_formula_writer *w, const sp_node *n, const char *constructor, const sp_formula_place *at)
{
    add(w, "(", "(");
    sp_text_add(&w->data, constructor);
    sp_text_add(&w->data, " ");
    add_elementwise(w, n, 0, at);
    sp_text_format(&w->text, " %s ", sp_op_name(n->op));
    sp_text_add(&w->data, " ");
    add_elementwise(w, n, 1, at);
    add(w, ")", ")");
}

const char *sp_formula_slope(sp_pool *pool, const sp_signature *of, sp_function function)
{
    if (function < SP_MAX_OWN_FUNCTIONS || function >= (sp_function)SP_ELEMENTARY_ERF)
        return sp_formula_function(pool, of, function, true);
    return sp_pool_format(pool, "derivative_%s", sp_function_text(pool, of, function, false));
}

/* "any_exp"; over dual numbers "through any_exp derivative_exp". */
static const char *function_text(const sp_formula_writer *w, sp_function function, bool prime, size_t arguments)
{
    const sp_signature *of = w->program->of;
    /* step is defined for every field, the others in this one */
    const char *name = function == (sp_function)SP_ELEMENTARY_STEP ? w->dual ? "(@step R)" : "@step R"
                                                                   : sp_formula_function(w->pool, of, function, prime);
    return w->dual ? sp_pool_format(w->pool, "through%s %s %s", arguments == 2 ? "2" : "", name,
                                    sp_formula_slope(w->pool, of, function)) : name;
}

/* The second argument over dual numbers: a number, for it does not move. */
static void add_number_argument(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    add(w, " (", " ");
    w->dual = false;
    add_elementwise(w, n, 1, at);
    w->dual = true;
    add(w, ")%R", "");
}

static void add_function(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    const bool brackets = w->is_argument;
    sp_text_format(&w->text, "%s%s ", brackets ? "(" : "",
                   function_text(w, n->function, n->prime, n->operand[1] >= 0 ? 2 : 1));
    sp_text_format(&w->data, "(Apply %u ", sp_formula_symbol(w->program->of, n->function, n->prime));
    w->is_argument = true;
    add_elementwise(w, n, 0, at);
    if (n->operand[1] >= 0 && w->dual) {
        add_number_argument(w, n, at);
    } else if (n->operand[1] >= 0) {
        add(w, " ", " ");
        w->is_argument = true;
        add_elementwise(w, n, 1, at);
    } else {
        sp_text_add(&w->data, " (Number 0 1)");
    }
    add(w, brackets ? ")" : "", ")");
}

/* a / b; where b has indices, as data a times the reciprocal of b, of which nothing is known. */
static void add_quotient(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    if (w->fractions || w->program->node[n->operand[1]].layout.order == 0) {
        add_binary(w, n, "Divide", at);
        return;
    }
    add(w, "(", "(Multiply ");
    add_elementwise(w, n, 0, at);
    sp_text_add(&w->text, " / ");
    sp_text_format(&w->data, " (Apply %u ", sp_formula_reciprocal(w->program->of));
    add_elementwise(w, n, 1, at);
    add(w, ")", " (Number 0 1)))");
}

/* The numeral is exact. */
static void add_number(sp_formula_writer *w, double number)
{
    enum { DIGITS = 400 }; /* a double's fraction has at most 324 in its denominator, 2^1074 */
    char above[DIGITS], below[DIGITS];
    mpq_t value;
    mpq_init(value);
    mpq_set_d(value, number);
    mpz_get_str(above, 10, mpq_numref(value));
    mpz_get_str(below, 10, mpq_denref(value));
    mpq_clear(value);
    w->is_argument = false;
    sp_text_format(&w->text, w->dual ? "(steady (number R %s %s))" : "(number R %s %s)", above, below);
    sp_text_format(&w->data, "(Number %s %s)", above, below);
}

static void add_size(sp_formula_writer *w, const char *prefix, const char *name, sp_sort sort)
{
    w->is_argument = false;
    sp_text_format(&w->text, w->dual ? "(steady %s%s%%:R)" : "%s%s%%:R", prefix, name);
    sp_text_format(&w->data, "(Size %u)", sort);
}

/* ---- sums ---- */

/* "(\sum_(k1 < Dh | same_rank ranks_tp (own_Dh'tp k1) r_tp) ", to be closed: the indices that the rank owns. */
static sp_formula_index open_sum(sp_formula_writer *w, const sp_part *part, const sp_formula_place *at)
{
    const sp_layout layout = {.order = 1, .part = {*part}};
    condition list[MOST_CONDITIONS];
    const sp_formula_index index = {index_name(w, part->dim, 0, ++w->fresh), part->dim, w->depth[part->dim]++};
    size_t count = list_conditions(&layout, &index, list);
    w->is_argument = false;
    sp_text_format(&w->text, "(\\sum_(%s < %s%s%s) ", index.name,
                   sp_formula_dim(w->pool, w->program->of, part->dim), count ? " | " : "", all_of(w, list, count, at));
    sp_text_format(&w->data, "(Sum %u [::", (unsigned)part->dim);
    for (size_t i = 0; i < count; i++)
        sp_text_format(&w->data, "%s%zu", i ? "; " : " ", part_number(w, &list[i].prefix));
    sp_text_add(&w->data, "] ");
    return index;
}

static void close_sum(sp_formula_writer *w, const sp_formula_index *index)
{
    w->depth[index->dim]--;
    add(w, ")", ")");
}

/* Opens the sums over what has no place in the value, of what the rank owns; how many. */
static size_t open_sums(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at,
                        sp_formula_index summed[SP_MAX_ORDER])
{
    const sp_layout *of = &w->program->node[n->operand[0]].layout;
    size_t count = 0;
    for (unsigned k = 0; k < SP_MAX_ORDER; k++)
        for (unsigned p = 0; p < of->order; p++)
            if (n->to[0][p] == SP_MAX_ORDER + k) {
                summed[k] = open_sum(w, &of->part[p], at);
                count++;
            }
    return count;
}

static void close_sums(sp_formula_writer *w, const sp_formula_index *summed, size_t count)
{
    while (count-- > 0)
        close_sum(w, &summed[count]);
}

static void add_product(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    sp_formula_index summed[SP_MAX_ORDER];
    const size_t count = open_sums(w, n, at, summed);
    add(w, "(", "(Multiply ");
    add_placed(w, n, 0, at, summed);
    add(w, " * ", " ");
    add_placed(w, n, 1, at, summed);
    add(w, ")", ")");
    close_sums(w, summed, count);
}

static void add_local_sum(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    sp_formula_index summed[SP_MAX_ORDER];
    const size_t count = open_sums(w, n, at, summed);
    add_placed(w, n, 0, at, summed);
    close_sums(w, summed, count);
}

/* "any_exp (..)" of the operand. */
static void add_power(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at,
                      const sp_formula_index *summed)
{
    sp_text_format(&w->text, "%s ", function_text(w, (sp_function)SP_ELEMENTARY_EXP, false, 1));
    sp_text_format(&w->data, "(Apply %u ", sp_formula_symbol(w->program->of, (sp_function)SP_ELEMENTARY_EXP, false));
    w->is_argument = true;
    add_placed(w, n, 0, at, summed);
    add(w, "", " (Number 0 1))");
}

static void add_softmax(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    add(w, "(", w->fractions ? "(Divide " : "(Multiply ");
    add_power(w, n, at, NULL);
    sp_text_add(&w->text, " / ");
    if (w->fractions)
        sp_text_add(&w->data, " ");
    else
        sp_text_format(&w->data, " (Apply %u ", sp_formula_reciprocal(w->program->of));
    sp_formula_place there = *at;
    const sp_formula_index index = open_sum(w, &n->layout.part[n->place], at);
    there.index[n->place] = index;
    add_power(w, n, &there, NULL);
    close_sum(w, &index);
    add(w, ")", w->fractions ? ")" : " (Number 0 1)))");
}

static void add_logsumexp(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    const bool brackets = w->is_argument;
    sp_formula_index summed[SP_MAX_ORDER];
    sp_text_format(&w->text, "%s%s ", brackets ? "(" : "",
                   function_text(w, (sp_function)SP_ELEMENTARY_LOG, false, 1));
    sp_text_format(&w->data, "(Apply %u ", sp_formula_symbol(w->program->of, (sp_function)SP_ELEMENTARY_LOG, false));
    const size_t count = open_sums(w, n, at, summed);
    add_power(w, n, at, summed);
    close_sums(w, summed, count);
    add(w, brackets ? ")" : "", " (Number 0 1))");
}

static void add_count(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    const sp_formula_index index = open_sum(w, &n->part, at);
    add(w, "1", "(Number 1 1)");
    close_sum(w, &index);
}

/* The place with a rank q1 put on the axis, and "(\sum_(q1 < ranks_tp) ", to be closed. */
static sp_formula_place open_rank_sum(sp_formula_writer *w, unsigned axis, const sp_formula_place *at)
{
    sp_formula_place there = *at;
    there.rank[axis] = sp_pool_format(w->pool, "q%u", ++w->fresh);
    w->is_argument = false;
    sp_text_format(&w->text, "(\\sum_(%s < ranks_%s) ", there.rank[axis], w->program->axis_name[axis]);
    sp_text_format(&w->data, "(Sum %u [::] ", sp_formula_axis_sort(w->program->of, axis));
    return there;
}

static void add_rank_sum(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    const sp_formula_place there = open_rank_sum(w, (unsigned)n->axis, at);
    add_operand(w, n, 0, &there);
    add(w, ")", ")");
}

static void add_mean(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    add(w, "(", "(Divide ");
    add_rank_sum(w, n, at);
    add(w, " / ", " ");
    add_size(w, "ranks_", axis_name(w, n), axis_sort(w, n));
    add(w, ")", ")");
}

/* ---- values of other ranks ---- */

/* The operand at another rank of the axis, to be read and as data. */
static void add_at(sp_formula_writer *w, const sp_node *n, const char *rank, const char *position,
                   const sp_formula_place *at)
{
    sp_formula_place there = *at;
    there.rank[n->axis] = rank;
    sp_text_format(&w->data, "(At %u (%s) ", axis_sort(w, n), position);
    add_operand(w, n, 0, &there);
    sp_text_add(&w->data, ")");
}

/* The value of a gathered dimension is that of the rank that owns the index. */
static void add_gathered(sp_formula_writer *w, const sp_node *n, int place_of_dim, const sp_formula_place *at)
{
    const sp_part *part = &w->program->node[n->operand[0]].layout.part[place_of_dim];
    const sp_formula_index *index = &at->index[place_of_dim];
    add_at(w, n, sp_pool_format(w->pool, "(%s %s)", sp_formula_owner(w, part), index->name),
           sp_pool_format(w->pool, "Owner %zu (%u, %u)", part_number(w, part), (unsigned)index->dim,
                          sp_formula_number(w, index)), at);
}

static void add_shifted(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    add_at(w, n, sp_pool_format(w->pool, "(further ranks_%s %s (%ld))", axis_name(w, n), at->rank[n->axis],
                                n->constant),
           sp_pool_format(w->pool, "Further (%ld)", n->constant), at);
}

static void add_broadcast(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    add_at(w, n, sp_pool_format(w->pool, "%ld%%N", n->constant), sp_pool_format(w->pool, "Constant %ld", n->constant),
           at);
}

static void add_only(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    w->is_argument = false;
    sp_text_format(&w->text, "(if same_rank ranks_%s %s %ld%%N then ", axis_name(w, n), at->rank[n->axis],
                   n->constant);
    sp_text_format(&w->data, "(Only %u %ld ", axis_sort(w, n), n->constant);
    add_operand(w, n, 0, at);
    add(w, " else 0)", ")");
}

/* ---- the walk ---- */

/* Each operation as the definition of the language says. */
static void add_operation(sp_formula_writer *w, const sp_node *n, const sp_formula_place *at)
{
    switch (n->op) {
    case SP_OP_LOAD: add_load(w, n, at); return;
    case SP_OP_NUMBER: add_number(w, n->number); return;
    case SP_OP_RANKS: add_size(w, "ranks_", axis_name(w, n), axis_sort(w, n)); return;
    case SP_OP_EXTENT: add_size(w, "", sp_formula_dim(w->pool, w->program->of, n->dim), n->dim); return;
    case SP_OP_OWNED: add_count(w, n, at); return;
    case SP_OP_PRODUCT:
    case SP_OP_DOT: add_product(w, n, at); return;
    case SP_OP_ADD: add_binary(w, n, "Add", at); return;
    case SP_OP_SUB: add_binary(w, n, "Subtract", at); return;
    case SP_OP_MUL: add_binary(w, n, "Multiply", at); return;
    case SP_OP_DIV: add_quotient(w, n, at); return;
    case SP_OP_NEG:
        add(w, "(- ", "(Opposite ");
        add_elementwise(w, n, 0, at);
        add(w, ")", ")");
        return;
    case SP_OP_TRANSPOSE:
    case SP_OP_RENAME: add_elementwise(w, n, 0, at); return;
    case SP_OP_APPLY: add_function(w, n, at); return;
    case SP_OP_SUM: add_local_sum(w, n, at); return;
    case SP_OP_ALLREDUCE:
        if (n->how == SP_REDUCE_MEAN)
            add_mean(w, n, at);
        else
            add_rank_sum(w, n, at);
        return;
    case SP_OP_REDUCESCATTER: add_rank_sum(w, n, at); return;
    case SP_OP_ALLGATHER: add_gathered(w, n, n->place, at); return;
    case SP_OP_ALLTOALL: add_gathered(w, n, n->place2, at); return;
    case SP_OP_SLICE: add_operand(w, n, 0, at); return;
    case SP_OP_BROADCAST: add_broadcast(w, n, at); return;
    case SP_OP_SHIFT: add_shifted(w, n, at); return;
    case SP_OP_ONLY: add_only(w, n, at); return;
    case SP_OP_SOFTMAX: add_softmax(w, n, at); return;
    case SP_OP_LOGSUMEXP: add_logsumexp(w, n, at); return;
    case SP_OP_MAX: /* sp_certificate_missing */
    case SP_OP_COUNT: break;
    }
    sp_pool_fail(w->pool, SP_INTERNAL);
}

static void add_value(sp_formula_writer *w, int node, size_t before, const sp_formula_place *at)
{
    const sp_node *n = &w->program->node[node];
    int statement = w->statement_of[node];
    /* what is loaded may be a later statement's value too: it is named by its tensor */
    if (n->op != SP_OP_LOAD && statement >= 0 && (size_t)statement < before)
        sp_formula_call(w, (size_t)statement, at);
    else
        add_operation(w, n, at);
}

void sp_formula_value(sp_formula_writer *w, int node, size_t before, const sp_formula_place *at)
{
    add_value(w, node, before, at);
}

/* The statement that a result names; -1 if the result is that statement's value in another order. */
static int statement_of_result(const sp_formula_writer *w, const sp_result_decl *result)
{
    const char *name = w->program->of->result[result->result].name;
    for (size_t s = 0; s < w->program->statements; s++)
        if (strcmp(w->program->statement[s].name, name) == 0 && w->program->statement[s].node == result->node)
            return (int)s;
    return -1;
}

void sp_formula_result(sp_formula_writer *w, const sp_result_decl *result, const sp_formula_place *at)
{
    const int statement = statement_of_result(w, result);
    if (statement >= 0)
        sp_formula_call(w, (size_t)statement, at);
    else
        add_value(w, result->node, w->program->statements, at);
}

void sp_formula_result_sum(sp_formula_writer *w, const sp_result_decl *result, unsigned axis,
                           const sp_formula_place *at)
{
    const sp_formula_place there = open_rank_sum(w, axis, at);
    sp_formula_result(w, result, &there);
    add(w, ")", ")");
}

/* ---- beginning ---- */

sp_formula_writer sp_formula_writer_open(sp_pool *pool, const sp_program *program, bool sharded, size_t values)
{
    sp_formula_writer w = {.pool = pool, .program = program, .sharded = sharded,
                           .text = sp_text_in(pool), .data = sp_text_in(pool)};
    int *statement_of = SP_NEW_ARRAY(pool, int, program->nodes + 1);
    for (size_t i = 0; i < program->nodes; i++)
        statement_of[i] = -1;
    for (size_t s = program->statements; s-- > 0;)
        statement_of[program->statement[s].node] = (int)s;
    w.statement_of = statement_of;
    for (size_t t = 0; t < program->of->tensors && sharded; t++)
        if (program->declared[t])
            w.load[t] = values++;
    w.first_statement = values;
    sp_part *part = NULL;
    w.parts = sp_program_parts(program, pool, &part);
    w.part = part;
    return w;
}

sp_formula_place sp_formula_begin(sp_formula_writer *w, const sp_layout *layout)
{
    sp_formula_place at;
    memset(&at, 0, sizeof at);
    memset(w->depth, 0, sizeof w->depth);
    w->fresh = 0;
    w->is_argument = false;
    w->text = sp_text_in(w->pool);
    w->data = sp_text_in(w->pool);
    for (size_t a = 0; a < w->program->axes; a++)
        at.rank[a] = sp_pool_format(w->pool, "r_%s", w->program->axis_name[a]);
    for (size_t d = 0; d < layout->order; d++) {
        sp_dim dim = layout->part[d].dim;
        at.index[d] = (sp_formula_index){index_name(w, dim, w->depth[dim], 0), dim, w->depth[dim]};
        w->depth[dim]++;
    }
    return at;
}
