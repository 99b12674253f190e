#include "search/trial.h"

#include "number/field.h"
#include "proof/symbolic.h"
#include "search/field.h"

#include <math.h>

/* Both programs in one number system. */
typedef struct computed {
    sp_arithmetic in;
    sp_value *scheme;
    const sp_matrix **rule; /* [result] */
} computed;

typedef enum entry_class { SAME, DIFFERENT, ONE_SIDED, UNCLEAR } entry_class;

/* One entry of a result: on a rank at (i, j), in the whole at (row, column). */
typedef struct entry {
    const computed *of, *bound; /* bound: NULL for exact systems */
    const sp_matrix *got, *want, *got_bound, *want_bound;
    size_t i, j, row, column;
} entry;

typedef entry_class (*classify)(const entry *e);

/* ---- running ---- */

size_t sp_trial_entries(const sp_signature *of, const size_t dim[SP_MAX_DIMS])
{
    size_t entries = 0;
    for (sp_tensor t = 0; t < of->tensors; t++) {
        size_t rows, columns;
        sp_layout_shape(dim, &of->tensor[t].whole, &rows, &columns);
        entries += rows * columns;
    }
    return entries;
}

const long *sp_trial_tensor(sp_pool *pool, const sp_signature *of, const size_t dim[SP_MAX_DIMS],
                            const sp_trial_data *data, sp_tensor tensor, size_t first)
{
    const sp_tensor_info *info = &of->tensor[tensor];
    const long *value = data->value + first;
    if (info->distribution < 0)
        return value;
    const sp_lines lines = sp_layout_lines(dim, &info->whole, (unsigned)info->distribution);
    long *hot = SP_NEW_ARRAY(pool, long, lines.count * lines.length);
    for (size_t l = 0; l < lines.count; l++) {
        const size_t start = sp_line_first(&lines, l);
        const long drawn = value[start];
        hot[start + (size_t)(drawn < 0 ? -drawn : drawn) % lines.length * lines.step] = 1;
    }
    return hot;
}

static sp_inputs whole_inputs(const sp_arithmetic *in, const sp_network *network, const sp_trial_data *data)
{
    sp_inputs inputs = {{NULL}};
    size_t at = 0;
    if (!data) {
        sp_field_data(in, network, &inputs);
        return inputs;
    }
    for (sp_tensor t = 0; t < network->of->tensors; t++) {
        size_t rows, columns;
        sp_layout_shape(network->dim, &network->of->tensor[t].whole, &rows, &columns);
        const long *value = sp_trial_tensor(in->pool, network->of, network->dim, data, t, at);
        sp_matrix *m = sp_matrix_create(in, rows, columns);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                in->system->set(in, m, i, j, (double)value[i * columns + j]);
        at += rows * columns;
        inputs.tensor[t] = m;
    }
    return inputs;
}

static computed compute(const sp_trial_setup *setup, sp_arithmetic in, const sp_trial_data *data)
{
    computed c = {.in = in};
    if (!in.system)
        sp_pool_fail(in.pool, SP_INTERNAL);
    sp_inputs inputs = whole_inputs(&in, setup->network, data);
    c.rule = SP_NEW_ARRAY(in.pool, const sp_matrix *, setup->network->of->results);
    c.scheme = sp_interpret(&in, setup->program, setup->ownership, setup->network, &inputs);
    const sp_value *rule = sp_interpret_whole(&in, setup->rule, setup->network, &inputs);
    for (size_t k = 0; k < setup->rule->results; k++)
        c.rule[setup->rule->result[k].result] = rule[k].on[0];
    return c;
}

/* ---- comparing ---- */

/* What a rank holds of a result; the sum over `axis` if that is not negative. */
static const sp_matrix *held(const computed *c, const sp_mesh *mesh, size_t result, int axis,
                             size_t rank)
{
    const sp_value *value = &c->scheme[result];
    if (axis < 0)
        return value->on[rank];
    const size_t count = mesh->size[axis];
    const sp_matrix **part = SP_NEW_ARRAY(c->in.pool, const sp_matrix *, count);
    for (size_t k = 0; k < count; k++)
        part[k] = value->on[sp_mesh_neighbour(mesh, rank, (size_t)axis, k)];
    sp_matrix *sum = sp_matrix_create(&c->in, part[0]->rows, part[0]->cols);
    c->in.system->total(&c->in, sum, part, count);
    return sum;
}

typedef struct search_for {
    classify class;
    void (*show)(const entry *e, sp_trial_place *place);
    size_t result;
    sp_trial_place *place; /* NULL: not asked for */
} search_for;

static void compare_result(const sp_trial_setup *setup, const computed *of, const computed *bound,
                           size_t result, const search_for *wanted, sp_trial *found)
{
    const sp_mesh *mesh = sp_ownership_mesh(setup->ownership);
    const sp_result_decl *d = &setup->program->result[result];
    entry e = {.of = of, .bound = bound, .want = of->rule[d->result]};
    if (bound)
        e.want_bound = bound->rule[d->result];
    for (size_t rank = 0; rank < mesh->ranks; rank++) {
        if (d->sum_axis >= 0 && sp_mesh_coordinate(mesh, rank, (size_t)d->sum_axis) != 0)
            continue;
        const sp_entry_places at = sp_ownership_entries(of->in.pool, setup->ownership, &d->declared, rank);
        if (at.rows == 0 || at.columns == 0)
            continue;
        e.got = held(of, mesh, result, d->sum_axis, rank);
        if (bound)
            e.got_bound = held(bound, mesh, result, d->sum_axis, rank);
        for (e.i = 0; e.i < at.rows; e.i++)
            for (e.j = 0; e.j < at.columns; e.j++) {
                e.row = at.row[e.i];
                e.column = at.column[e.j];
                entry_class class = wanted->class(&e);
                if (class == DIFFERENT && wanted->place && wanted->result == result &&
                    !wanted->place->got) {
                    *wanted->place = (sp_trial_place){rank, e.row, e.column, NULL, NULL};
                    wanted->show(&e, wanted->place);
                }
                found->differs |= (sp_result_set)(class == DIFFERENT) << result;
                found->one_sided |= (sp_result_set)(class == ONE_SIDED) << result;
                found->unclear |= (sp_result_set)(class == UNCLEAR) << result;
            }
    }
}

/* Results whose layout does not fit have no values to compare. */
static sp_trial compare(const sp_trial_setup *setup, const computed *of, const computed *bound,
                        const search_for *wanted)
{
    sp_trial found = {0};
    const sp_program *p = setup->program;
    if (wanted->place)
        *wanted->place = (sp_trial_place){0};
    for (size_t k = 0; k < p->results; k++) {
        const sp_result_decl *d = &p->result[k];
        if (sp_layout_equal(&d->declared, &p->node[d->node].layout) &&
            sp_symbolic_covers(&d->declared, d->sum_axis))
            compare_result(setup, of, bound, k, wanted, &found);
    }
    return found;
}

/* ---- number systems ---- */

static entry_class in_field(const entry *e)
{
    const uint64_t *got = e->got->data, *want = e->want->data;
    uint64_t a = got[e->i * e->got->cols + e->j], b = want[e->row * e->want->cols + e->column];
    if (a == SP_FIELD_NONE || b == SP_FIELD_NONE)
        return a == b ? UNCLEAR : ONE_SIDED;
    return a == b ? SAME : DIFFERENT;
}

sp_trial sp_trial_field(sp_pool *pool, const sp_trial_setup *setup, uint64_t seed)
{
    computed c = compute(setup, (sp_arithmetic){.system = sp_number_system_find("field"),
                                                .pool = pool, .bits = 62, .seed = seed,
                                                .order = sp_field_prime(seed)}, NULL);
    return compare(setup, &c, NULL, &(search_for){.class = in_field});
}

static entry_class exactly(const entry *e)
{
    mpq_srcptr got = sp_rational_entry(e->got, e->i, e->j);
    mpq_srcptr want = sp_rational_entry(e->want, e->row, e->column);
    if (!got || !want)
        return got || want ? ONE_SIDED : UNCLEAR;
    return mpq_equal(got, want) ? SAME : DIFFERENT;
}

static const char *fraction_text(sp_pool *pool, mpq_srcptr a)
{
    size_t room = mpz_sizeinbase(mpq_numref(a), 10) + mpz_sizeinbase(mpq_denref(a), 10) + 3;
    return mpq_get_str(sp_pool_alloc(pool, room, 1), 10, a);
}

static void show_exactly(const entry *e, sp_trial_place *place)
{
    sp_pool *pool = e->of->in.pool;
    place->got = fraction_text(pool, sp_rational_entry(e->got, e->i, e->j));
    place->want = fraction_text(pool, sp_rational_entry(e->want, e->row, e->column));
}

sp_trial sp_trial_exact(sp_pool *pool, const sp_trial_setup *setup, const sp_trial_data *data,
                        size_t result, sp_trial_place *place)
{
    computed c = compute(setup, (sp_arithmetic){.system = sp_number_system_find("rational"),
                                                .pool = pool}, data);
    return compare(setup, &c, NULL, &(search_for){exactly, show_exactly, result, place});
}

static void get(const computed *c, const sp_matrix *m, size_t i, size_t j, mpfr_ptr to)
{
    c->in.system->get(&c->in, m, i, j, to);
}

/* The rule of `check`: an infinite bound explains anything, an infinity on one side included. */
static entry_class beyond_rounding(const entry *e)
{
    const mpfr_prec_t bits = (mpfr_prec_t)e->of->in.bits;
    mpfr_t got, want, difference, limit;
    mpfr_inits2(bits, got, want, difference, limit, (mpfr_ptr)NULL);
    get(e->of, e->got, e->i, e->j, got);
    get(e->of, e->want, e->row, e->column, want);
    const bool got_finite = mpfr_number_p(got), want_finite = mpfr_number_p(want);
    sp_bound_difference(difference, got, want);
    sp_bound_limit(limit, sp_bound_radius_of(&e->bound->in, e->got_bound, e->i, e->j, got),
                   sp_bound_radius_of(&e->bound->in, e->want_bound, e->row, e->column, want),
                   e->of->in.bits);
    entry_class class = SAME;
    if (!mpfr_number_p(limit) || (!got_finite && !want_finite))
        class = UNCLEAR;
    else if (!got_finite || !want_finite)
        class = ONE_SIDED;
    else if (!mpfr_lessequal_p(difference, limit))
        class = DIFFERENT;
    mpfr_clears(got, want, difference, limit, (mpfr_ptr)NULL);
    return class;
}

/* 17 digits of many more that are certain. */
static void show_rounded(const entry *e, sp_trial_place *place)
{
    char got[64], want[64];
    mpfr_t value;
    mpfr_init2(value, (mpfr_prec_t)e->of->in.bits);
    get(e->of, e->got, e->i, e->j, value);
    mpfr_snprintf(got, sizeof got, "%.17Rg", value);
    get(e->of, e->want, e->row, e->column, value);
    mpfr_snprintf(want, sizeof want, "%.17Rg", value);
    mpfr_clear(value);
    place->got = sp_pool_format(e->of->in.pool, "%s", got);
    place->want = sp_pool_format(e->of->in.pool, "%s", want);
}

sp_trial sp_trial_bounded(sp_pool *pool, const sp_trial_setup *setup, const sp_trial_data *data,
                          unsigned bits, size_t result, sp_trial_place *place)
{
    const char *name = bits == 53 ? "binary64" : "mpfr";
    sp_arithmetic rounded = {.system = sp_number_system_find(name), .pool = pool, .bits = bits};
    sp_arithmetic bound = {.system = sp_number_system_find("bound"), .pool = pool, .bits = 53};
    computed c = compute(setup, rounded, data), b = compute(setup, bound, data);
    return compare(setup, &c, &b, &(search_for){beyond_rounding, show_rounded, result, place});
}
