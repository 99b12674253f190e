/* How the value of every statement is related to the delta rule, by the prover's normal forms, and where
 * a scheme leaves it. */
#include "derive/derivation.h"

#include <string.h>

typedef struct search {
    const sp_derive *d;
    size_t statement;
    sp_statement_standing found;
} search;

static bool same_dimensions(const sp_layout *a, const sp_layout *b)
{
    if (a->order != b->order)
        return false;
    for (unsigned i = 0; i < a->order; i++)
        if (a->part[i].dim != b->part[i].dim)
            return false;
    return true;
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
    sp_layout whole = sp_mlp.result[r].whole;
    const sp_expression *value = proof->value[n - proof->program->node];
    if (!proof->rule[r] || !same_dimensions(&whole, &n->layout))
        return false;
    for (int axis = -1; axis < (int)proof->program->axes; axis++) {
        if (!sp_symbolic_covers(&n->layout, axis))
            continue;
        if (axis >= 0 && !sp_has_variable(value, sp_variable_rank((unsigned)axis)))
            continue;
        if (sp_symbolic_whole(proof->algebra, &n->layout, axis, value) != proof->rule[r])
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
    for (sp_result r = SP_RESULT_Z1; r < SP_RESULT_COUNT; r++)
        if (strcmp(sp_mlp.result[r].name, name) == 0 && stands_for(s, r))
            return;
    for (sp_result r = SP_RESULT_Z1; r < SP_RESULT_COUNT; r++)
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
        search look = {d, s, {SP_STANDING_NONE, SP_RESULT_Z1, -1}};
        if (!d->proof->value ||
            sp_algebra_run(d->proof->algebra, stand, &look) != SP_PROOF_NO_LIMIT)
            look.found.standing = SP_STANDING_OPEN;
        d->standing[s] = look.found;
    }
}
