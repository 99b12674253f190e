#include "search/field.h"

#include "lang/lang.h"
#include "lang/mlp.h"
#include "number/field.h"

#include <math.h>
#include <string.h>

/* What is known of a polynomial with integer coefficients times 2^low: its degree, and that the
 * magnitudes of the coefficients, with 2^low, add up to at most 2^high. */
typedef struct polynomial {
    double degree, high, low;
} polynomial;

/* A rational function: numerator and denominator. */
typedef struct growth {
    polynomial above, below;
} growth;

static const growth one = {{0, 0, 0}, {0, 0, 0}};
static const growth variable = {{1, 0, 0}, {0, 0, 0}};

static polynomial times(polynomial a, polynomial b)
{
    return (polynomial){a.degree + b.degree, a.high + b.high, a.low + b.low};
}

static polynomial plus(polynomial a, polynomial b)
{
    const double most = fmax(a.high, b.high);
    return (polynomial){fmax(a.degree, b.degree), most + log2(1 + exp2(fmin(a.high, b.high) - most)),
                        fmin(a.low, b.low)};
}

static polynomial power(polynomial a, double exponent)
{
    return (polynomial){a.degree * exponent, a.high * exponent, a.low * exponent};
}

static growth of_sum(growth a, growth b)
{
    return (growth){plus(times(a.above, b.below), times(b.above, a.below)),
                    times(a.below, b.below)};
}

static growth of_product(growth a, growth b)
{
    return (growth){times(a.above, b.above), times(a.below, b.below)};
}

static growth of_quotient(growth a, growth b)
{
    return of_product(a, (growth){b.below, b.above});
}

/* Of the sum of so many functions of one kind: denominators may all be different. */
static growth of_sums(growth a, double terms)
{
    terms = fmax(terms, 1);
    growth sum = {times(a.above, power(a.below, terms - 1)), power(a.below, terms)};
    sum.above.high += log2(terms);
    return sum;
}

/* A number is an odd integer times a power of two; what is said of it holds for 0 as well. */
static growth of_number(double value)
{
    growth number = one;
    if (value == 0 || !isfinite(value))
        return number;
    int exponent;
    const uint64_t integer = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53);
    number.above.high = log2(fabs(value));
    number.above.low = exponent - 53 + __builtin_ctzll(integer);
    return number;
}

static growth of_formula(sp_pool *pool, const sp_formula *f, const sp_network *network, growth a,
                         growth b)
{
    growth *at = SP_NEW_ARRAY(pool, growth, f->count);
    for (size_t i = 0; i < f->count; i++) {
        const sp_formula_node *n = &f->node[i];
        growth x = n->operand[0] >= 0 ? at[n->operand[0]] : one;
        growth y = n->operand[1] >= 0 ? at[n->operand[1]] : one;
        if (n->kind == SP_FORMULA_VARIABLE)
            at[i] = n->variable ? b : a;
        else if (n->kind == SP_FORMULA_NUMBER)
            at[i] = of_number(n->number);
        else if (n->kind == SP_FORMULA_DIMENSION)
            at[i] = of_number((double)network->dim[n->dimension]);
        else if (n->primitive == SP_PRIMITIVE_NEG)
            at[i] = x;
        else if (n->primitive == SP_PRIMITIVE_MUL)
            at[i] = of_product(x, y);
        else if (n->primitive == SP_PRIMITIVE_DIV)
            at[i] = of_quotient(x, y);
        else
            at[i] = of_sum(x, y);
    }
    return at[f->count - 1];
}

/* What the programs' results and arguments of random functions are made of. */
typedef struct survey {
    growth argument;     /* at least that of every argument of a random function */
    double applications; /* of random functions, on all ranks */
    bool steps;          /* step is used: its values are but 0 and 1, too few for a bound */
} survey;

static polynomial larger(polynomial a, polynomial b)
{
    return (polynomial){fmax(a.degree, b.degree), fmax(a.high, b.high), fmin(a.low, b.low)};
}

static void survey_argument(survey *found, growth a)
{
    found->argument.above = larger(found->argument.above, a.above);
    found->argument.below = larger(found->argument.below, a.below);
}

/* What is known of the values of all nodes. A value of a random function is a variable of its own. */
static const growth *survey_nodes(sp_pool *pool, const sp_program *p, const sp_network *network,
                                  const sp_ownership *ownership, const sp_value *known, survey *found)
{
    growth *at = SP_NEW_ARRAY(pool, growth, p->nodes);
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        growth a = n->operand[0] >= 0 ? at[n->operand[0]] : one;
        growth b = n->operand[1] >= 0 ? at[n->operand[1]] : one;
        const sp_layout *of = n->operand[0] >= 0 ? &p->node[n->operand[0]].layout : NULL;
        double ranks = 1;
        if (ownership && (n->op == SP_OP_RANKS || n->op == SP_OP_ALLREDUCE ||
                          n->op == SP_OP_REDUCESCATTER))
            ranks = (double)sp_ownership_mesh(ownership)->size[n->axis];
        switch (n->op) {
        case SP_OP_LOAD:
            at[i] = variable;
            break;
        case SP_OP_NUMBER:
            at[i] = of_number(n->number);
            break;
        case SP_OP_RANKS:
            at[i] = of_number(ranks);
            break;
        case SP_OP_EXTENT:
            at[i] = of_number((double)network->dim[n->dim]);
            break;
        case SP_OP_OWNED: /* a whole number, at most that */
            at[i] = of_number((double)network->dim[n->part.dim]);
            at[i].above.low = 0;
            break;
        case SP_OP_PRODUCT:
        case SP_OP_DOT:
            at[i] = of_sums(of_product(a, b), sp_node_terms(network->dim, n, of));
            break;
        case SP_OP_ADD:
        case SP_OP_SUB:
            at[i] = of_sum(a, b);
            break;
        case SP_OP_MUL:
            at[i] = of_product(a, b);
            break;
        case SP_OP_DIV:
            at[i] = of_quotient(a, b);
            break;
        case SP_OP_SUM:
            at[i] = of_sums(a, sp_node_terms(network->dim, n, of));
            break;
        case SP_OP_ALLREDUCE:
        case SP_OP_REDUCESCATTER:
            at[i] = of_sums(a, ranks);
            if (n->how == SP_REDUCE_MEAN)
                at[i] = of_quotient(at[i], of_number(ranks));
            break;
        case SP_OP_APPLY: {
            if (sp_applies(n, SP_ELEMENTARY_STEP)) {
                found->steps = found->steps || !(known && known[i].on);
                at[i] = known && known[i].on ? one : variable;
                break;
            }
            const sp_formula *f = sp_network_formula(network, n->function, n->prime);
            if (sp_formula_is_rational(f)) {
                at[i] = of_formula(pool, f, network, a, b);
                break;
            }
            found->applications += (ownership ? (double)sp_ownership_mesh(ownership)->ranks : 1) *
                                   sp_layout_entries(network->dim, &n->layout);
            survey_argument(found, a);
            survey_argument(found, b);
            at[i] = variable;
            break;
        }
        case SP_OP_NEG: /* moved, repeated, negated, one of several */
        case SP_OP_TRANSPOSE:
        case SP_OP_RENAME:
        case SP_OP_ALLGATHER:
        case SP_OP_SLICE:
        case SP_OP_ALLTOALL:
        case SP_OP_BROADCAST:
        case SP_OP_SHIFT:
        case SP_OP_ONLY:
            at[i] = a;
            break;
        case SP_OP_MAX:
        case SP_OP_SOFTMAX: /* sp_field_applies */
        case SP_OP_LOGSUMEXP:
        case SP_OP_COUNT:
            sp_pool_fail(pool, SP_INTERNAL);
        }
    }
    return at;
}

/* At most the probability that a polynomial that is not 0 is 0 at a random point modulo a random
 * prime: one of its coefficients, without its powers of two, is a number of at most high - low bits and
 * not 0 (one more bit makes up for rounding here). */
static double vanishing(polynomial a)
{
    const double bits = a.high - a.low + 1 + 0x1p-40 * (fabs(a.high) + fabs(a.low));
    return a.degree / (double)SP_FIELD_LEAST + floor(bits / 61) * exp2(-SP_FIELD_LOG2_PRIMES);
}

bool sp_field_test_has_step(const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++)
        if (sp_applies(&program->node[i], SP_ELEMENTARY_STEP))
            return true;
    return false;
}

/* What a field has no values for: exponentials, logarithms and roots keep no laws there, and there is no order. */
static bool is_exponential(const sp_node *n)
{
    return n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP || n->op == SP_OP_MAX ||
           (n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX) ||
           sp_applies(n, SP_ELEMENTARY_EXP) || sp_applies(n, SP_ELEMENTARY_LOG) ||
           sp_applies(n, SP_ELEMENTARY_SQRT) || sp_applies(n, SP_ELEMENTARY_RSQRT);
}

static bool is_algebraic(const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++)
        if (is_exponential(&program->node[i]))
            return false;
    return true;
}

bool sp_field_applies(const sp_program *program)
{
    return is_algebraic(program) && is_algebraic(program->of->rule);
}

/* The steps of what depends on sizes alone, on every rank: exact, as sizes are. NULL if there are none. */
static const sp_value *exact_steps(sp_pool *pool, const sp_program *p, const sp_ownership *ownership,
                                   const sp_network *network)
{
    const sp_arithmetic in = {.system = sp_number_system_find("rational"), .pool = pool};
    const sp_inputs none = {{NULL}};
    bool *free = SP_NEW_ARRAY(pool, bool, p->nodes); /* of data and of functions */
    int *step = SP_NEW_ARRAY(pool, int, p->nodes);
    size_t steps = 0;
    for (size_t i = 0; i < p->nodes; i++) {
        const sp_node *n = &p->node[i];
        free[i] = n->op != SP_OP_LOAD && (n->op != SP_OP_APPLY || sp_applies(n, SP_ELEMENTARY_STEP)) &&
                  (n->operand[0] < 0 || free[n->operand[0]]) &&
                  (n->operand[1] < 0 || free[n->operand[1]]);
        if (sp_applies(n, SP_ELEMENTARY_STEP) && free[i])
            step[steps++] = (int)i;
    }
    if (steps == 0)
        return NULL;
    sp_value *known = SP_NEW_ARRAY(pool, sp_value, p->nodes);
    const sp_value *value = sp_interpret_nodes(&in, p, ownership, network, &none, step, steps);
    for (size_t k = 0; k < steps; k++)
        known[step[k]] = value[k];
    return known;
}

/* The same in the field; what has no exact value is left out. */
static const sp_value *steps_in(const sp_arithmetic *in, const sp_program *p,
                                const sp_ownership *ownership, const sp_value *exact)
{
    const size_t ranks = sp_ownership_mesh(ownership)->ranks;
    if (!exact)
        return NULL;
    sp_value *known = SP_NEW_ARRAY(in->pool, sp_value, p->nodes);
    for (size_t i = 0; i < p->nodes; i++) {
        if (!exact[i].on)
            continue;
        known[i] = (sp_value){exact[i].layout, SP_NEW_ARRAY(in->pool, sp_matrix *, ranks)};
        for (size_t rank = 0; rank < ranks && known[i].on; rank++) {
            mpq_srcptr value = sp_rational_entry(exact[i].on[rank], 0, 0);
            sp_matrix *m = known[i].on[rank] = sp_matrix_create(in, 1, 1);
            if (value)
                in->system->set(in, m, 0, 0, mpq_sgn(value));
            else
                known[i].on = NULL;
        }
    }
    return known;
}

/* Of a loss no value is used in mlp: its derivative alone is named there. */
static const char *random_functions(sp_pool *pool, const sp_network *network, bool steps)
{
    sp_text text = sp_text_in(pool);
    const sp_signature *of = network->of;
    for (sp_function f = 0; f < of->functions; f++)
        for (int prime = of->function[f].arguments == 2 && sp_is_mlp(of); prime < 2; prime++)
            if (!sp_formula_is_rational(sp_network_formula(network, f, prime)))
                sp_text_format(&text, "%s%s", text.length ? ", " : "", sp_function_text(pool, of, f, prime));
    if (steps)
        sp_text_format(&text, "%sstep", text.length ? ", " : "");
    return sp_text_string(&text);
}

/* The last entry along a distribution's dimension is 1 less the others. */
static void make_distribution(const sp_arithmetic *in, const sp_network *network, const sp_tensor_info *tensor,
                              sp_matrix *m)
{
    const sp_lines lines = sp_layout_lines(network->dim, &tensor->whole, (unsigned)tensor->distribution);
    sp_matrix *rest = sp_matrix_create(in, 1, 1), *less = sp_matrix_create(in, 1, 1);
    for (size_t l = 0; l < lines.count; l++) {
        const size_t first = sp_line_first(&lines, l);
        in->system->set(in, rest, 0, 0, 1);
        for (size_t k = 0; k + 1 < lines.length; k++) {
            const sp_matrix entry = sp_matrix_run(in, m, first + k * lines.step, 1);
            in->system->binary(in, SP_PRIMITIVE_SUB, less, rest, &entry);
            in->system->copy(in, rest, NULL, NULL, less, NULL, NULL, 1, 1);
        }
        sp_matrix last = sp_matrix_run(in, m, first + (lines.length - 1) * lines.step, 1);
        in->system->copy(in, &last, NULL, NULL, rest, NULL, NULL, 1, 1);
    }
    sp_matrix_free(in, less);
    sp_matrix_free(in, rest);
}

void sp_field_data(const sp_arithmetic *in, const sp_network *network, sp_inputs *inputs)
{
    for (sp_tensor t = 0; t < network->of->tensors; t++) {
        const sp_tensor_info *tensor = &network->of->tensor[t];
        size_t rows, cols;
        sp_layout_shape(network->dim, &tensor->whole, &rows, &cols);
        sp_matrix *m = sp_matrix_create(in, rows, cols);
        sp_field_fill(in, m, t);
        if (tensor->distribution >= 0)
            make_distribution(in, network, tensor, m);
        inputs->tensor[t] = m;
    }
}

/* One entry on one rank; silent if neither side has a value, which a NaN says. */
static void compare_entry(sp_field_result *r, uint64_t prime, mpfr_srcptr got, mpfr_srcptr want,
                          size_t rank, size_t row, size_t column)
{
    r->entries++;
    if (mpfr_nan_p(got) || mpfr_nan_p(want)) {
        if (r->finding == SP_FIELD_EQUAL)
            r->finding = SP_FIELD_SILENT;
    } else if (!mpfr_equal_p(got, want) && r->finding != SP_FIELD_DIFFERS) {
        *r = (sp_field_result){.finding = SP_FIELD_DIFFERS, .entries = r->entries, .rank = rank,
                               .row = row, .column = column, .prime = prime, .got = mpfr_get_sj(got, MPFR_RNDN),
                               .want = mpfr_get_sj(want, MPFR_RNDN)};
    }
}

/* The sum over an axis of what the ranks hold, on the rank with coordinate 0. */
static const sp_matrix *summed(const sp_arithmetic *in, const sp_mesh *mesh, const sp_value *value,
                               int axis, size_t rank)
{
    if (axis < 0)
        return value->on[rank];
    const size_t count = mesh->size[axis];
    const sp_matrix **part = SP_NEW_ARRAY(in->pool, const sp_matrix *, count);
    for (size_t c = 0; c < count; c++)
        part[c] = value->on[sp_mesh_neighbour(mesh, rank, (size_t)axis, c)];
    sp_matrix *sum = sp_matrix_create(in, part[0]->rows, part[0]->cols);
    in->system->total(in, sum, part, count);
    return sum;
}

static void compare_result(const sp_arithmetic *in, const sp_ownership *ownership,
                           const sp_result_decl *decl, const sp_value *got, const sp_matrix *want,
                           sp_field_result *r)
{
    const sp_mesh *mesh = sp_ownership_mesh(ownership);
    mpfr_t a, b;
    mpfr_inits2(64, a, b, (mpfr_ptr)NULL);
    r->entries = 0;
    for (size_t rank = 0; rank < mesh->ranks; rank++) {
        if (decl->sum_axis >= 0 && sp_mesh_coordinate(mesh, rank, (size_t)decl->sum_axis) != 0)
            continue;
        const sp_matrix *m = summed(in, mesh, got, decl->sum_axis, rank);
        const sp_entry_places at = sp_ownership_entries(in->pool, ownership, &decl->declared, rank);
        for (size_t i = 0; i < at.rows; i++)
            for (size_t j = 0; j < at.columns; j++) {
                const size_t row = at.row[i], column = at.column[j];
                in->system->get(in, m, i, j, a);
                in->system->get(in, want, row, column, b);
                compare_entry(r, in->order, a, b, rank, row, column);
            }
    }
    mpfr_clears(a, b, (mpfr_ptr)NULL);
}

const sp_field_test *sp_field_test_run(sp_pool *pool, const sp_program *program,
                                       const sp_ownership *ownership, const sp_network *network,
                                       uint64_t seed, unsigned trials)
{
    const sp_program *delta = program->of->rule;
    const sp_value *exact = exact_steps(pool, program, ownership, network), *known = NULL;
    sp_field_test *test = SP_NEW(pool, sp_field_test);
    *test = (sp_field_test){.seed = seed, .trials = trials,
                            .result = SP_NEW_ARRAY(pool, sp_field_result, program->results)};
    for (size_t k = 0; k < program->results; k++) {
        const sp_result_decl *decl = &program->result[k];
        bool fits = sp_layout_equal(&decl->declared, &program->node[decl->node].layout);
        test->result[k].finding = fits ? SP_FIELD_EQUAL : SP_FIELD_SILENT;
    }
    for (unsigned trial = 0; trial < trials; trial++) {
        const uint64_t drawn = sp_field_random(seed, trial, 0, 0);
        sp_arithmetic in = {.system = sp_number_system_find("field"), .pool = pool, .bits = 62,
                            .seed = drawn, .order = sp_field_prime(drawn)};
        sp_inputs inputs = {{NULL}};
        sp_field_data(&in, network, &inputs);
        known = steps_in(&in, program, ownership, exact);
        sp_value *got = sp_interpret_known(&in, program, ownership, network, &inputs, known);
        sp_value *want = sp_interpret_whole(&in, delta, network, &inputs);
        for (size_t k = 0; k < program->results; k++) {
            const sp_result_decl *decl = &program->result[k];
            if (!sp_layout_equal(&decl->declared, &program->node[decl->node].layout))
                continue;
            const size_t d = sp_program_result(delta, decl->result);
            if (d < delta->results)
                compare_result(&in, ownership, decl, &got[k], want[d].on[0], &test->result[k]);
        }
    }
    survey found = {one, 0, false};
    const growth *scheme = survey_nodes(pool, program, network, ownership, known, &found);
    const growth *rule = survey_nodes(pool, delta, network, NULL, NULL, &found);
    test->random_step = found.steps;
    test->random_functions = random_functions(pool, network, found.steps);
    /* two arguments that differ and come out the same; of functions of two, both do */
    const double pairs = found.applications * (found.applications - 1) / 2;
    const double collisions = pairs * vanishing(of_sum(found.argument, found.argument).above);
    for (size_t k = 0; k < program->results; k++) {
        sp_field_result *r = &test->result[k];
        const sp_result_decl *decl = &program->result[k];
        growth a = scheme[decl->node], b = one;
        if (decl->sum_axis >= 0)
            a = of_sums(a, (double)sp_ownership_mesh(ownership)->size[decl->sum_axis]);
        const size_t d = sp_program_result(delta, decl->result);
        if (d < delta->results)
            b = rule[delta->result[d].node];
        const double q = vanishing(of_sum(a, b).above) + collisions;
        r->log2_error = fmin(0, log2(fmax(1, (double)r->entries)) + trials * log2(fmin(1, q)));
        if (found.steps || isnan(q))
            r->log2_error = 0;
    }
    return test;
}
