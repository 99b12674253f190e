/* Terms taken apart. */
#include "algebra/algebra.h"

#include <string.h>

void sp_algebra_rest(sp_algebra *in)
{
    in->work = 0;
}

static const sp_monomial *without_sizes(sp_algebra *in, const sp_monomial *m)
{
    sp_monomial bare = *m;
    memset(bare.size, 0, sizeof bare.size);
    return sp_monomial_intern(in, &bare);
}

const sp_expression *sp_term_ratio(sp_algebra *in, const sp_term *a, const sp_term *b)
{
    if (without_sizes(in, a->monomial) != without_sizes(in, b->monomial))
        return NULL;
    sp_work w;
    sp_work_start(&w);
    sp_rational c;
    if (!sp_rational_invert(&c, b->coefficient))
        return NULL;
    sp_work_coefficient(in, &w, a->coefficient);
    sp_work_coefficient(in, &w, c);
    for (sp_sort s = 0; s < SP_SORTS; s++)
        sp_work_size(in, &w, s, a->monomial->size[s] - b->monomial->size[s]);
    sp_terms out = {0};
    sp_work_normalise(in, &w, &out);
    return sp_terms_finish(in, &out);
}

const sp_expression *sp_terms_with(sp_algebra *in, const sp_expression *a, sp_variable v, const sp_expression **rest)
{
    sp_terms with = {0}, without = {0};
    for (size_t t = 0; t < a->terms; t++) {
        const sp_monomial *m = a->term[t].monomial;
        sp_terms_add(in, sp_variable_in(m->variable, m->variables, v) ? &with : &without, a->term[t].coefficient, m);
    }
    *rest = sp_terms_finish(in, &without);
    return sp_terms_finish(in, &with);
}

void sp_term_open(sp_algebra *in, const sp_term *term, sp_open_term *open)
{
    sp_work w;
    sp_work_start(&w);
    open->summations = 0;
    sp_work_open_term(in, &w, term, open->summed, &open->summations);
    open->factors = w.factors;
    memcpy(open->factor, w.factor, w.factors * sizeof *w.factor);
    w.factors = 0;
    sp_terms out = {0};
    sp_work_normalise(in, &w, &out);
    open->head = sp_terms_finish(in, &out);
}
