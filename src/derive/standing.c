/* How the value of every statement is related to the delta rule, by the prover's normal forms, and where
 * a scheme leaves it. */
#include "derive/derivation.h"

#include <string.h>

typedef struct search {
    const sp_derive *d;
    size_t statement;
    sp_statement_standing found;
} search;

/* Where a value has a dimension, under its label or any; its order if nowhere. */
static unsigned place_of(const sp_part *part, const sp_layout *value, bool by_label)
{
    for (unsigned k = 0; k < value->order; k++)
        if (value->part[k].dim == part->dim && (!by_label || value->part[k].primes == part->primes))
            return k;
    return value->order;
}

/* Where the dimensions of the delta rule's tensor stand in a value: in the same order; or, but for mlp, whose
 * transposes are other matrices, where the labels are, or the dimensions under other labels. */
static bool same_dimensions(const sp_signature *of, const sp_layout *whole, const sp_layout *value,
                            unsigned at[SP_MAX_ORDER])
{
    if (whole->order != value->order)
        return false;
    bool same = true, found = true, by_label = true;
    for (unsigned i = 0; i < whole->order; i++)
        same = same && whole->part[i].dim == value->part[i].dim;
    for (unsigned i = 0; i < whole->order; i++)
        by_label = by_label && place_of(&whole->part[i], value, true) < value->order;
    for (unsigned i = 0; i < whole->order; i++) {
        at[i] = same ? i : place_of(&whole->part[i], value, by_label);
        found = found && at[i] < value->order;
        for (unsigned k = 0; k < i && found; k++)
            found = at[k] != at[i];
    }
    return found && (same || !sp_is_mlp(of));
}

/* The value with its dimensions in that order. */
static const sp_expression *reordered(const search *s, const sp_layout *value, const unsigned at[SP_MAX_ORDER],
                                      const sp_expression *e, sp_layout *layout)
{
    sp_variable from[SP_MAX_ORDER], to[SP_MAX_ORDER];
    bool moved = false;
    *layout = *value;
    for (unsigned i = 0; i < value->order; i++) {
        layout->part[i] = value->part[at[i]];
        from[i] = sp_variable_place(at[i], value->part[at[i]].dim);
        to[i] = sp_variable_place(i, value->part[at[i]].dim);
        moved = moved || at[i] != i;
    }
    return moved ? sp_substitute_indices(s->d->proof->algebra, e, from, to, value->order) : e;
}

static unsigned axes_of(const sp_layout *layout)
{
    unsigned axes = 0;
    for (size_t p = 0; p < layout->order; p++)
        for (size_t a = 0; a < layout->part[p].axes; a++)
            axes |= 1U << layout->part[p].axis[a];
    return axes;
}

/* Compares with one of the delta rule's tensors: whole, in parts, or as summands. */
static bool stands_for(search *s, sp_result r)
{
    const sp_proof *proof = s->d->proof;
    const sp_node *n = &proof->program->node[proof->program->statement[s->statement].node];
    sp_layout whole = proof->program->of->result[r].whole;
    unsigned order[SP_MAX_ORDER];
    if (!proof->rule[r] || !proof->value[n - proof->program->node] ||
        !same_dimensions(proof->program->of, &whole, &n->layout, order))
        return false;
    sp_layout layout;
    const sp_expression *value = reordered(s, &n->layout, order, proof->value[n - proof->program->node], &layout);
    for (int axis = -1; axis < (int)proof->program->axes; axis++) {
        if (!sp_symbolic_covers(&layout, axis))
            continue;
        if (axis >= 0 && !sp_has_variable(value, sp_variable_rank((unsigned)axis)))
            continue;
        if (sp_symbolic_whole(proof->algebra, &layout, axis, value) != proof->rule[r])
            continue;
        s->found.result = r;
        s->found.axis = axis;
        s->found.standing = axis >= 0              ? SP_STANDING_PARTIAL
                            : axes_of(&n->layout) ? SP_STANDING_PART
                                                  : SP_STANDING_WHOLE;
        return true;
    }
    return false;
}

static void stand(void *argument)
{
    search *s = argument;
    const char *name = s->d->program->statement[s->statement].name;
    const sp_signature *of = s->d->program->of;
    for (sp_result r = 0; r < of->results; r++)
        if (strcmp(of->result[r].name, name) == 0 && stands_for(s, r))
            return;
    for (sp_result r = 0; r < of->results; r++)
        if (stands_for(s, r))
            return;
}

/* The first place in the order of the text: a statement, else a declaration. */
static sp_parting parting_of(const sp_derive *d)
{
    sp_parting parting = {.statement = -1};
    for (size_t i = 0; i < d->proof->results; i++) {
        const sp_proof_result *r = &d->proof->result[i];
        if (r->status == SP_PROVE_PROVED || (r->status != SP_PROVE_REFUTED && !d->failing[i]))
            continue;
        bool earlier = !parting.parts || (r->cause.statement >= 0 &&
                                          (parting.statement < 0 ||
                                           r->cause.statement < parting.statement));
        if (!earlier)
            continue;
        parting = (sp_parting){true, r->cause.statement, r};
    }
    return parting;
}

void sp_derive_standings(sp_derive *d)
{
    d->standing = SP_NEW_ARRAY(d->pool, sp_statement_standing, d->program->statements);
    d->parting = parting_of(d);
    for (size_t s = 0; s < d->program->statements; s++) {
        search look = {d, s, {SP_STANDING_NONE, 0, -1}};
        if (!d->proof->value ||
            sp_algebra_run(d->proof->algebra, stand, &look) != SP_PROOF_NO_LIMIT)
            look.found.standing = SP_STANDING_OPEN;
        d->standing[s] = look.found;
    }
}
