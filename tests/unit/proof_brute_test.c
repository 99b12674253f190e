/* proof against brute force: random mutations of right schemes, run on every rank at small sizes.
 * What is proved never disagrees with the run, and every normal form has the value of what it
 * stands for. */
#include "lang/builtin.h"
#include "proof/explain.h"
#include "proof_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- normal forms, evaluated ---- */

typedef struct binding {
    const struct binding *outer;
    sp_variable variable;
    size_t value;
} binding;

typedef struct reading {
    world *w;
    const sp_algebra *algebra;
    size_t rank;
} reading;

static size_t variable_value(const reading *r, const binding *b, sp_variable v)
{
    for (; b; b = b->outer)
        if (b->variable == v)
            return b->value;
    if (sp_variable_kind(v) != SP_VARIABLE_RANK)
        abort();
    return coordinate_of(r->w, r->rank, sp_variable_sort(v) - SP_MAX_DIMS);
}

static size_t coordinate_value(const reading *r, const binding *b, const sp_coordinate *c)
{
    long size = (long)r->w->axis[c->axis], at = c->offset;
    if (c->kind == SP_COORDINATE_RANK) {
        at += (long)variable_value(r, b, c->variable);
    } else if (c->kind == SP_COORDINATE_OWNER) {
        const sp_part *part = sp_algebra_part_of(r->algebra, c->part);
        at += owner_of(r->w, part, part->axes, variable_value(r, b, c->variable));
    }
    return (size_t)((at % size + size) % size);
}

static uint64_t expression_value(const reading *r, const binding *b, const sp_expression *e);

static uint64_t factor_value(const reading *r, const binding *b, const sp_factor *f)
{
    switch (f->kind) {
    case SP_FACTOR_SAME_RANK:
        return coordinate_value(r, b, &f->is.rank.left) ==
               coordinate_value(r, b, &f->is.rank.right);
    case SP_FACTOR_SAME_INDEX:
        return variable_value(r, b, f->is.index.left) == variable_value(r, b, f->is.index.right);
    case SP_FACTOR_DIVIDES:
        return (size_t)f->is.divides.divisor % r->w->axis[f->is.divides.axis] == 0;
    case SP_FACTOR_ENTRY: {
        size_t i = f->is.entry.indices == 2 ? variable_value(r, b, f->is.entry.index[0]) : 0;
        size_t j = variable_value(r, b, f->is.entry.index[f->is.entry.indices - 1]);
        return r->w->data[f->is.entry.of][i][j];
    }
    case SP_FACTOR_APPLY:
        return function_mod(r->w, f->is.apply.symbol,
                            expression_value(r, b, f->is.apply.argument[0]),
                            f->is.apply.argument[1]
                                ? expression_value(r, b, f->is.apply.argument[1]) : 0);
    case SP_FACTOR_NUMBER: /* no program here has one */
        break;
    case SP_FACTOR_INVERSE:
        return inverse_mod(r->w, expression_value(r, b, f->is.inverse));
    }
    abort();
}

static size_t size_of_sort(const world *w, sp_sort sort)
{
    return sort < SP_MAX_DIMS ? w->dim[sort] : w->axis[sort - SP_MAX_DIMS];
}

static uint64_t summed_value(const reading *r, const binding *b, const sp_monomial *m, size_t at)
{
    if (at < m->summations) {
        uint64_t sum = 0;
        binding here = {b, m->summed[at], 0};
        for (; here.value < size_of_sort(r->w, sp_variable_sort(m->summed[at])); here.value++)
            sum += summed_value(r, &here, m, at + 1);
        return sum % PRIME;
    }
    uint64_t product = 1;
    for (size_t i = 0; i < m->factors && product; i++)
        product = product * power_mod(factor_value(r, b, m->factor[i].factor),
                                      (uint64_t)m->factor[i].power) % PRIME;
    return product;
}

static uint64_t expression_value(const reading *r, const binding *b, const sp_expression *e)
{
    uint64_t sum = 0;
    for (size_t t = 0; t < e->terms; t++) {
        const sp_monomial *m = e->term[t].monomial;
        uint64_t value = integer_mod(e->term[t].coefficient.n) *
                         inverse_mod(r->w, integer_mod(e->term[t].coefficient.d)) % PRIME;
        for (sp_sort s = 0; s < SP_SORTS; s++)
            if (m->size[s])
                value = value * power_mod(m->size[s] > 0 ? size_of_sort(r->w, s)
                                              : inverse_mod(r->w, size_of_sort(r->w, s)),
                                          (uint64_t)abs(m->size[s])) % PRIME;
        sum += value ? value * summed_value(r, b, m, 0) % PRIME : 0;
    }
    return sum % PRIME;
}

/* cmocka cuts long messages. */
static void print_program(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
        print_message("%.*s\n", (int)strcspn(line, "\n"), line);
}

/* Every node's normal form has the value that the rank computes, wherever the rank holds an entry.
 */
static void check_normal_forms(world *w, const whole *value, const sp_proof *proof)
{
    for (size_t v = 0; v < w->program->nodes; v++) {
        const sp_layout *layout = &w->program->node[v].layout;
        for (size_t rank = 0; rank < w->ranks; rank++)
            for (size_t i = 0; i < extent(w, layout, 0); i++)
                for (size_t j = 0; j < extent(w, layout, 1); j++) {
                    if (!has_entry(w, layout, i, j, rank))
                        continue;
                    reading r = {w, proof->algebra, rank};
                    sp_variable first = sp_variable_place(0, layout->part[0].dim);
                    sp_variable second = sp_variable_place(1, layout->part[1].dim);
                    binding row = {NULL, first, layout->order == 2 ? i : j};
                    binding column = {&row, second, j};
                    uint64_t got = expression_value(&r, layout->order == 2 ? &column : &row,
                                                    proof->value[v]);
                    if (!w->divided_by_zero && got != value[v * RANKS + rank].at[i][j]) {
                        sp_text t = sp_text_in(proof->pool);
                        sp_showing s = sp_proof_showing(proof);
                        sp_show_expression(&t, &s, proof->value[v]);
                        print_error("node %zu: %s\n", v, sp_text_string(&t));
                        print_program(w->program->source->text);
                        fail_msg("a normal form is not what the rank computes");
                    }
                }
    }
}

/* ---- results, by brute force ---- */

static bool result_is_right(const world *w, const whole *value, const sp_result_decl *d,
                            const whole *rule)
{
    for (size_t rank = 0; rank < w->ranks; rank++)
        for (size_t i = 0; i < extent(w, &d->declared, 0); i++)
            for (size_t j = 0; j < extent(w, &d->declared, 1); j++) {
                if (!has_entry(w, &d->declared, i, j, rank))
                    continue;
                uint64_t got = 0;
                size_t terms = d->sum_axis < 0 ? 1 : w->axis[d->sum_axis];
                for (size_t c = 0; c < terms; c++) {
                    size_t from = d->sum_axis < 0 ? rank
                                                  : moved_to(w, rank, (size_t)d->sum_axis, c);
                    got += value[(size_t)d->node * RANKS + from].at[i][j];
                }
                if (got % PRIME != rule->at[i][j])
                    return false;
            }
    return true;
}

/* ---- mutations of texts ---- */

typedef struct mutant {
    char text[8192];
    const char *axis[SP_MAX_AXES];
    size_t axes;
} mutant;

static void replace(mutant *m, size_t begin, size_t end, const char *by)
{
    size_t length = strlen(m->text), more = strlen(by);
    if (length - (end - begin) + more >= sizeof m->text)
        return;
    memmove(m->text + begin + more, m->text + end, length - end + 1);
    memcpy(m->text + begin, by, more);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A random word of the statements. */
static bool pick_word(const mutant *m, uint64_t *random, size_t *begin, size_t *end)
{
    const char *first = strstr(m->text, "\nforward\n"), *last = strstr(m->text, "\nresult");
    size_t low = (size_t)(first - m->text) + strlen("\nforward\n"), high = (size_t)(last - m->text);
    for (int tries = 0; tries < 100; tries++) {
        size_t at = low + draw_below(random, high - low);
        if (!is_letter(m->text[at]))
            continue;
        *begin = *end = at;
        while (is_letter(m->text[*begin - 1]))
            --*begin;
        while (is_letter(m->text[*end]) || m->text[*end] == '\'')
            ++*end;
        return true;
    }
    return false;
}

/* The right-hand side of a random statement. */
static bool pick_side(const mutant *m, uint64_t *random, size_t *begin, size_t *end)
{
    size_t word, after;
    if (!pick_word(m, random, &word, &after))
        return false;
    size_t line = word;
    while (m->text[line] != '\n')
        line--;
    const char *equals = strchr(m->text + line, '=');
    const char *stop = strchr(m->text + line + 1, '\n');
    if (!equals || equals > stop)
        return false;
    *begin = (size_t)(equals - m->text) + 2;
    *end = (size_t)(stop - m->text);
    return true;
}

static const char *any_axis(const mutant *m, uint64_t *random)
{
    return m->axes ? m->axis[draw_below(random, m->axes)] : "tp";
}

/* Puts something around a piece of text; %s is the piece, %a an axis, %d a dimension. */
static void wrap(mutant *m, uint64_t *random, size_t begin, size_t end, const char *form)
{
    static const char *const dims[] = {"N", "Din", "Dh", "Dout"};
    const char *axis = any_axis(m, random), *dim = dims[draw_below(random, 4)];
    char piece[2048], made[4096];
    size_t length = 0;
    if (end - begin >= sizeof piece)
        return;
    memcpy(piece, m->text + begin, end - begin);
    piece[end - begin] = 0;
    for (; *form && length < sizeof made - sizeof piece; form++) {
        const char *put = form[0] != '%' ? NULL : form[1] == 's' ? piece
                          : form[1] == 'a' ? axis : dim;
        if (put) {
            strcpy(made + length, put);
            length += strlen(put);
            form++;
        } else {
            made[length++] = *form;
        }
    }
    made[length] = 0;
    replace(m, begin, end, made);
}

static const char *const wrappings[] = {
    "allreduce(%s, %a)", "allreduce(%s, %a, mean)", "(%s) * size(%a)", "(%s) / size(%a)",
    "only(%s, %a, 0)", "only(%s, %a, 1)", "broadcast(%s, %a, 0)", "shift(%s, %a, 1)", "-(%s)",
    "(%s) / count(%d/%a)", "(%s) * count(%d/%a)", "slice(%s, %d, %a)", "allgather(%s, %d, %a)",
    "reducescatter(%s, %d, %a)", "step(%s - N)", "(%s) * N / (N + size(%a))",
    "(%s) / (sum(b2, Dout) + 1)", "step(size(%a) - 3) * (%s)", "2 * (%s)", "(%s) * N",
    "sigma(%s)", "step(%s)", "(%s)^T",
    "(%s) * (%s)", "(%s) + (%s)", "alltoall(%s, %d, N, %a)", "alltoall(%s, N, %d, %a)",
};

/* These change nothing: what was right stays right, and should stay proved. */
static const char *const neutral[] = {
    "allreduce(only(%s, %a, 0), %a)", "allreduce(%s, %a) / size(%a)", "(%s) + (%s) - (%s)",
    "shift(shift(%s, %a, 1), %a, -1)", "allgather(slice(%s, %d, %a), %d, %a)", "-(-(%s))",
    "((%s)^T)^T", "(%s) * N / N", "broadcast(%s, %a, 0)", "allreduce(shift(%s, %a, 2), %a, mean)",
    "allreduce((%s) / size(%a), %a)", "(%s) * count(%d/%a) / count(%d/%a)", "shift(%s, %a, 1)",
    "step(%s)", "step(sigma(%s))", "sigma(%s) * (1 - sigma(%s))", "1 - sigma(%s) * sigma(%s)",
    "A2 - Y", "2 * (A2 - Y) / N / Dout", "sigma'(sigma(%s))", "A1 - A1 * A1", "sigma'(A1)",
    "allreduce(%s, %a, mean)", "(%s) * allreduce(count(%d/%a), %a) / %d",
    "(%s) * step(size(%a) + N / 2)", "(%s) + step(-size(%a)) * (%s)",
    "(%s) * (N + size(%a)) / (N + size(%a))", "(%s) * N / (N + 1) + (%s) / (N + 1)",
    "(%s) * (sum(b2, Dout) + 1) / (sum(b2, Dout) + 1)",
    "(%s) / (sum(b2, Dout) + N * size(%a)) * (sum(b2, Dout) + N * size(%a))",
    "(%s) * sum(b2, Dout) / (sum(b2, Dout) + N) + (%s) * N / (sum(b2, Dout) + N)",
};

/* Entries of tensors: these only are known not to be a sum. */
static bool is_tensor(const char *word, size_t length)
{
    static const char *const names[] = {"X", "W1", "b1", "W2", "b2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncmp(names[i], word, length) == 0)
            return true;
    return false;
}

static void mutate(mutant *m, uint64_t *random)
{
    static const char *const words[] = {
        "X", "Y", "W1", "W2", "b1", "b2", "Z1", "A1", "Z2", "A2", "D1", "D2", "sigma", "sigma'",
        "g", "g'", "loss'", "allreduce", "allgather", "reducescatter", "slice", "N", "Dh", "Din",
        "Dout"};
    size_t begin, end;
    switch (draw_below(random, 9)) {
    case 8: /* x step(x x), and what it is not */
        if (pick_word(m, random, &begin, &end) && is_tensor(m->text + begin, end - begin))
            wrap(m, random, begin, end,
                 draw_below(random, 2) ? "(%s * step(3 * %s * %s / N))" : "(%s * step(%s))");
        break;
    case 0: /* a word becomes another, or an axis */
        if (pick_word(m, random, &begin, &end))
            replace(m, begin, end, draw_below(random, 4)
                        ? words[draw_below(random, sizeof words / sizeof *words)]
                        : any_axis(m, random));
        break;
    case 1:
    case 2: /* something around a right-hand side or a word */
        if (draw_below(random, 2) ? pick_side(m, random, &begin, &end)
                                  : pick_word(m, random, &begin, &end))
            wrap(m, random, begin, end,
                 wrappings[draw_below(random, sizeof wrappings / sizeof *wrappings)]);
        break;
    case 3: /* a collective dropped: its name and what follows the first comma */
        if (pick_word(m, random, &begin, &end) && m->text[end] == '(') {
            int depth = 0;
            size_t comma = 0, at = end;
            for (; m->text[at] && (depth += (m->text[at] == '(') - (m->text[at] == ')')) > 0; at++)
                if (m->text[at] == ',' && depth == 1 && !comma)
                    comma = at;
            if (comma && m->text[at] == ')') {
                replace(m, comma, at, "");
                replace(m, begin, end, "");
            }
        }
        break;
    case 4: { /* an operator or a transpose */
        static const char *const signs[] = {" + ", " - ", " * ", " @ "};
        char *at = NULL, *from = strstr(m->text, "\nforward\n");
        size_t skip = draw_below(random, 12);
        for (char *c = from; c && *c && strncmp(c, "\nresult", 7) != 0; c++)
            if ((c[0] == ' ' && strchr("+-*@", c[1]) && c[1] && c[2] == ' ') || *c == '^') {
                at = c;
                if (skip-- == 0)
                    break;
            }
        if (at && *at == '^')
            replace(m, (size_t)(at - m->text), (size_t)(at - m->text) + 2, "");
        else if (at)
            replace(m, (size_t)(at - m->text), (size_t)(at - m->text) + 3,
                    signs[draw_below(random, 4)]);
        break;
    }
    case 5: { /* the layout of a declaration or result */
        char *at = strchr(m->text, '/'), *last = NULL;
        for (size_t skip = draw_below(random, 20); at; at = strchr(at + 1, '/')) {
            last = at;
            if (skip-- == 0)
                break;
        }
        if (last && is_letter(last[1])) {
            end = (size_t)(last - m->text) + 1;
            while (is_letter(m->text[end]))
                end++;
            replace(m, (size_t)(last - m->text), end, "");
        }
        break;
    }
    default: /* what should change nothing */
        if (draw_below(random, 3) ? pick_side(m, random, &begin, &end)
                                  : pick_word(m, random, &begin, &end))
            wrap(m, random, begin, end,
                 neutral[draw_below(random, sizeof neutral / sizeof *neutral)]);
        break;
    }
}

/* ---- the campaign ---- */

typedef struct tally {
    size_t texts, programs, results, proved, differs, open, layouts, right, right_not_proved;
    size_t runs, forms, undefined, by_names;
    bool shown;
} tally;

typedef struct trial {
    sp_pool *pool;
    const mutant *m;
    uint64_t *random;
    tally *count;
    whole *value, *rule_value;
    size_t runs;
    const sp_identities *known;
} trial;

/* Right so far, but not proved: worth more runs. */
static bool suspicious(const sp_proof *proof, const bool *wrong)
{
    for (size_t i = 0; i < proof->results; i++)
        if (!wrong[i] && proof->result[i].difference)
            return true;
    return false;
}

/* Every result of the delta rule that the program has, whatever it declares, at random sizes. */
static void try_program(void *argument)
{
    trial *t = argument;
    sp_pool *pool = t->pool;
    sp_diagnostics found = {.pool = pool};
    sp_vocabulary none = {0};
    const sp_source *source =
        sp_source_from(pool, "mutant", t->m->text, strlen(t->m->text), &found);
    const sp_unit *unit = source ? sp_unit_load(pool, source, &none, &found) : NULL;
    t->count->texts++;
    if (!unit || found.errors || unit->programs != 1 || unit->program[0]->nodes > 200 ||
        !world_can_run(unit->program[0]))
        return;
    const sp_program *program = unit->program[0];
    const sp_program *rule = sp_scheme_builtin(pool, "delta-rule");
    sp_proof_options options = {.identities = t->known, .steps = true};
    const sp_proof *proof = sp_prove(pool, program, &options);
    const sp_proof *by_names = sp_prove(pool, program, &(sp_proof_options){.identities = t->known,
                                                                           .names_alone = true});
    long least[SP_MAX_AXES];
    for (unsigned a = 0; a < program->axes; a++)
        least[a] = sp_algebra_least_ranks(proof->algebra, a);
    sp_text shown = sp_text_in(pool); /* whatever comes out can be explained */
    sp_proof_show(&shown, proof);
    assert_true(shown.length > 0);
    bool wrong[SP_RESULT_COUNT] = {false};
    size_t valid = 0, forms = 0;
    for (size_t k = 0; k < 10 * t->runs && (k < t->runs || suspicious(proof, wrong)); k++) {
        world w;
        make_world(&w, pool, program, t->random, least);
        if (w.ranks > RANKS)
            continue;
        if (t->known) {
            w.sigma = t->known->name[SP_MLP_SIGMA];
            w.g = t->known->name[SP_MLP_G];
            w.loss = t->known->name[SP_MLP_LOSS];
        }
        run_program(&w, t->value);
        if (w.divided_by_zero) {
            t->count->undefined++;
            continue;
        }
        valid++;
        world alone = world_of_rule(&w, rule);
        run_program(&alone, t->rule_value);
        if (forms == 0 && proof->value && w.dim[0] * w.dim[1] * w.dim[2] * w.dim[3] <= 40) {
            forms = program->nodes;
            check_normal_forms(&w, t->value, proof);
            t->count->forms += forms;
        }
        for (size_t i = 0; i < program->results; i++)
            for (size_t j = 0; j < rule->results; j++)
                if (rule->result[j].result == program->result[i].result &&
                    proof->result[i].cause.kind != SP_CAUSE_LAYOUT &&
                    proof->result[i].cause.kind != SP_CAUSE_COVER)
                    wrong[i] = wrong[i] ||
                               !result_is_right(&w, t->value, &program->result[i],
                                                &t->rule_value[(size_t)rule->result[j].node *
                                                               RANKS]);
    }
    t->count->programs++;
    t->count->runs += valid;
    for (size_t i = 0; i < program->results; i++) {
        const sp_proof_result *r = &proof->result[i];
        t->count->results++;
        t->count->proved += r->status == SP_PROVE_PROVED;
        t->count->differs += r->status == SP_PROVE_DIFFERS;
        t->count->open += r->status == SP_PROVE_OPEN;
        t->count->layouts += r->status == SP_PROVE_REFUTED;
        if (r->status == SP_PROVE_PROVED && wrong[i]) {
            print_error("%s proved but wrong in\n", sp_mlp.result[r->result].name);
            print_program(t->m->text);
            fail_msg("a proof disagrees with brute force");
        }
        t->count->by_names += by_names->result[i].status == SP_PROVE_PROVED;
        if (by_names->result[i].status == SP_PROVE_PROVED && wrong[i]) {
            print_error("%s proved by names but wrong in\n", sp_mlp.result[r->result].name);
            print_program(t->m->text);
            fail_msg("a proof by names disagrees with brute force");
        }
        if (wrong[i] || valid < 4 || r->status == SP_PROVE_REFUTED)
            continue;
        t->count->right++;
        if (r->status == SP_PROVE_PROVED)
            continue;
        t->count->right_not_proved++;
        if (t->count->shown) {
            print_message("%s %s, but right in %zu runs: %s\n", sp_mlp.result[r->result].name,
                          sp_prove_status_name(r->status), valid, sp_proof_difference(proof, r));
            print_program(t->m->text);
        }
    }
}

/* proof_brute_test [SEED [PROGRAMS [show]]] */
typedef struct wish {
    uint64_t seed;
    size_t programs;
    bool show; /* print what looks right but is not proved */
} wish;
static wish wanted = {20240607, 3000, false};

/* Broken by: any rule that is not an equality, a capture of names, a lost condition. */
static void proofs_agree_with_brute_force(void **state)
{
    (void)state;
    uint64_t random = wanted.seed;
    print_message("seed %llu\n", (unsigned long long)random);
    tally count = {.shown = wanted.show};
    whole *value = malloc(sizeof *value * 201 * RANKS), *rule = malloc(sizeof *rule * 201 * RANKS);
    assert_true(value && rule);
    while (count.programs < wanted.programs) {
        const sp_embedded *base =
            &sp_builtin_scheme_table[draw_below(&random, sp_builtin_scheme_count())];
        mutant m = {.axes = 0};
        char mesh[64] = "";
        strcpy(m.text, base->text);
        const char *at = strstr(m.text, "\nmesh ");
        if (at) {
            size_t length = strcspn(at + 6, "\n");
            memcpy(mesh, at + 6, length);
            mesh[length] = 0;
            for (char *name = strtok(mesh, ", "); name; name = strtok(NULL, ", "))
                m.axis[m.axes++] = name;
        }
        for (size_t n = 1 + draw_below(&random, 2); n > 0; n--)
            mutate(&m, &random);
        sp_pool *pool;
        assert_int_equal(sp_pool_open(&pool, NULL, NULL), SP_OK);
        const sp_signature *mlp = sp_signature_of_mlp(pool, NULL);
        const sp_identities given[] = {
            {mlp, {"relu", "identity", "half-sse"}}, {mlp, {"tanh", "sigmoid", "mse"}},
            {mlp, {"tanh", "tanh", NULL}},           {mlp, {"relu", "relu", "half-sse"}},
            {mlp, {"sigmoid", NULL, "half-sse"}},    {mlp, {"gelu", "gelu", "bce"}}};
        size_t which = draw_below(&random, 18);
        trial t = {pool, &m, &random, &count, value, rule, 12, which < 6 ? &given[which] : NULL};
        sp_status status = sp_pool_run(pool, try_program, &t);
        if (status != SP_OK)
            print_program(m.text);
        assert_int_equal(status, SP_OK);
        sp_pool_close(pool);
    }
    free(value);
    free(rule);
    print_message("%zu texts, %zu programs, %zu results: %zu proved, %zu differ, %zu open, "
                  "%zu layouts; %zu runs, %zu normal forms evaluated, %zu undefined (0 divides)\n"
                  "right in every run: %zu, of them not proved: %zu; by names alone: %zu proved\n",
                  count.texts, count.programs, count.results, count.proved, count.differs,
                  count.open, count.layouts, count.runs, count.forms, count.undefined,
                  count.right, count.right_not_proved, count.by_names);
    assert_true(count.proved > count.differs && count.differs > 0);
    assert_true(2 * count.by_names > count.proved);
    assert_int_equal(count.right_not_proved, 0);
}

int main(int count, char **argument)
{
    if (count > 1)
        wanted.seed = strtoull(argument[1], NULL, 10);
    if (count > 2)
        wanted.programs = strtoul(argument[2], NULL, 10);
    wanted.show = count > 3;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs_agree_with_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
