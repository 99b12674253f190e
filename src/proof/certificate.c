#include "proof/certificate.h"

#include "lang/lang.h"
#include "lang/names.h"
#include "proof/certificate_formula.h"
#include "proof/certificate_text.h"
#include "proof/certificate_world.h"

#include <string.h>

/* A proof of which some results get theorems, as a `theory` of rules.v. */
typedef struct theory {
    const sp_proof *proof;
    const char *prefix; /* of the names of its definitions and lemmas */
    bool claims[SP_RESULT_COUNT]; /* [result of the program] */
    size_t *divisor;    /* numbers of the hypotheses on divisors that it needs */
    size_t divisors;
} theory;

typedef sp_certificate_writer certificate;

/* " (r_tp n k : nat)"; "" for nothing. A coordinate that is summed over is left out. */
static const char *binders(const certificate *c, const sp_formula_writer *w, const sp_layout *layout,
                           const sp_formula_place *at, int left_out)
{
    sp_text names = sp_text_in(c->pool);
    for (size_t a = 0; w->sharded && a < w->program->axes; a++)
        if ((int)a != left_out)
            sp_text_format(&names, "%s ", at->rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&names, "%s ", at->index[d].name);
    return names.length ? sp_pool_format(c->pool, " (%s: nat)", sp_text_string(&names)) : "";
}

/* ---- definitions, and the same as data ---- */

static void add_definition(certificate *c, const sp_formula_writer *w, const char *name, const sp_layout *layout,
                           const sp_formula_place *at)
{
    sp_text_format(c->out, "Definition %s%s : R :=\n  %s.\n", name, binders(c, w, layout, at, -1),
                   sp_text_string(&w->text));
    c->value[c->values++] = (sp_certificate_value){
        .name = name, .order = layout->order, .of_rank = w->sharded,
        .data = sp_pool_format(c->pool, "Statement %s %s\n  %s", sp_formula_indices(w, layout, at),
                               w->sharded ? sp_formula_owned(w, layout, at) : "[::]", sp_text_string(&w->data))};
}

static void add_program(certificate *c, sp_formula_writer *w)
{
    const sp_program *p = w->program;
    for (size_t s = 0; s < p->statements; s++) {
        const sp_statement *statement = &p->statement[s];
        const sp_layout *layout = &p->node[statement->node].layout;
        const sp_formula_place at = sp_formula_begin(w, layout);
        sp_formula_value(w, statement->node, s, &at);
        add_definition(c, w, sp_pool_format(c->pool, "%s%s", w->sharded ? "rank_" : "", statement->name), layout,
                       &at);
    }
}

static void add_loads(certificate *c)
{
    sp_formula_writer *w = &c->rank;
    for (unsigned t = 0; t < SP_TENSOR_COUNT; t++) {
        const sp_layout *layout = &c->program->tensor_layout[t];
        if (!c->program->declared[t])
            continue;
        const sp_formula_place at = sp_formula_begin(w, layout);
        const char *name = sp_mlp.tensor[t].name;
        if (sp_formula_is_split(layout)) {
            sp_text_format(c->out, "Variable elsewhere_%s : ", name);
            sp_text_add_repeated(c->out, "nat -> ", c->program->axes + layout->order);
            sp_text_add(c->out, "R.\n");
        }
        sp_formula_load(w, (sp_tensor)t, &at);
        add_definition(c, w, sp_pool_format(c->pool, "load_%s", name), layout, &at);
    }
}

static void add_tensors(const certificate *c)
{
    for (unsigned t = 0; t < SP_TENSOR_COUNT; t++) {
        sp_text_format(c->out, "Variable %s : ", sp_mlp.tensor[t].name);
        sp_text_add_repeated(c->out, "nat -> ", sp_mlp.tensor[t].whole.order);
        sp_text_add(c->out, "R.\n");
    }
}

static void add_mesh(const certificate *c)
{
    const sp_program *p = c->program;
    for (unsigned a = 0; a < p->axes; a++)
        sp_text_format(c->out, "Variable ranks_%s : nat.\nHypothesis ranks_%s'enough : (%ld <= ranks_%s)%%N.\n",
                       p->axis_name[a], p->axis_name[a], sp_algebra_least_ranks(c->algebra, a), p->axis_name[a]);
    for (size_t i = 0; i < c->rank.parts; i++)
        sp_text_format(c->out, "Variable %s : nat -> nat.\n", sp_formula_owner(&c->rank, &c->rank.part[i]));
}

/* ---- what is known: divisors and functions ---- */

/* Whether Coq has to be told that a divisor is not 0: it is more than a number times powers of sizes. These are the
 * divisors that the printed theorem lists. */
static bool is_assumed(const sp_expression *divisor)
{
    const sp_monomial *m = divisor->terms == 1 ? divisor->term[0].monomial : NULL;
    return !m || m->factors > 0 || m->summations > 0;
}

/* "forall r_dp r_tp : nat, " */
static void add_for_all_ranks(const certificate *c, const sp_formula_place *at)
{
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(c->out, "%s %s", a ? "" : "forall", at->rank[a]);
    sp_text_add(c->out, c->program->axes ? " : nat, " : "");
}

/* The hypothesis on what this node divides by; a formula that was met before has one already. */
static size_t add_divisor(certificate *c, const sp_node *n)
{
    sp_formula_writer *w = &c->rank;
    const sp_formula_place at = sp_formula_begin(w, &w->program->node[n->operand[1]].layout);
    size_t number = c->divisor_number.count;
    sp_formula_value(w, n->operand[1], w->program->statements, &at);
    const char *data = sp_text_string(&w->data);
    if (!sp_names_add(&c->divisor_number, data, &number))
        return number;
    c->divisor_data[number] = data;
    sp_text_format(c->out, "Hypothesis divisor_%zu : ", number + 1);
    add_for_all_ranks(c, &at);
    sp_text_format(c->out, "%s <> 0 :> R.\n", sp_text_string(&w->text));
    return number;
}

static void find_divisors(certificate *c, theory *t)
{
    const sp_program *p = c->program;
    bool *listed = SP_NEW_ARRAY(c->pool, bool, p->nodes + 1);
    const bool *used = sp_nodes_used(c->pool, p, t->claims); /* Coq leaves out what it cannot translate */
    t->divisor = SP_NEW_ARRAY(c->pool, size_t, p->nodes + 1);
    for (size_t i = 0; i < p->nodes; i++) {
        if (!used[i] || p->node[i].op != SP_OP_DIV || !is_assumed(t->proof->value[p->node[i].operand[1]]))
            continue;
        size_t number = add_divisor(c, &p->node[i]);
        if (!listed[number])
            t->divisor[t->divisors++] = number;
        listed[number] = true;
    }
}

/* "; Sigmoid 0" to the list and the proof of its meaning to the other; hypotheses to the file. */
static void add_law(const certificate *c, const sp_identity_law *law, const char *f, unsigned number, sp_text *known,
                    sp_text *proof)
{
    const char *of[2] = {law->value, law->slope};
    sp_text_format(known, "; %s %u", law->constructor, number);
    for (int prime = 0; prime < 2; prime++) {
        if (!of[prime])
            continue;
        sp_text_format(c->out, "Hypothesis %s%s_is : forall x, %s%s x = ", f, prime ? "'" : "", f, prime ? "'" : "");
        sp_text_format(c->out, of[prime], f, f);
        sp_text_add(c->out, ".\n");
    }
    if (law->value)
        sp_text_format(proof, "(conj (conj (fun x _ => %s_is x) (fun x _ => %s'_is x)) ", f, f);
    else
        sp_text_format(proof, "(conj (fun x _ => %s'_is x) ", f);
}

/* The identities that a theory uses: step is defined, so what it means always is. */
static void find_known(const certificate *c, const sp_identities *given, sp_text *known, sp_text *proof)
{
    const sp_identity_law *sigma = given ? sp_identity_law_of_activation(given->name[SP_MLP_SIGMA]) : NULL;
    const sp_identity_law *g = given ? sp_identity_law_of_activation(given->name[SP_MLP_G]) : NULL;
    const sp_identity_law *loss = given ? sp_identity_law_of_loss(given->name[SP_MLP_LOSS]) : NULL;
    size_t laws = 1;
    sp_text_add(known, "Step 6");
    sp_text_add(proof, "(conj (fun _ _ => erefl _) ");
    if (sigma) {
        add_law(c, sigma, "sigma", SP_SYMBOL_SIGMA, known, proof);
        laws++;
    }
    if (g && g == sigma) { /* one function, two names */
        sp_text_add(c->out, "Hypothesis g_is_sigma : forall x, g x = sigma x.\n"
                            "Hypothesis g'_is_sigma' : forall x, g' x = sigma' x.\n");
        sp_text_format(known, "; Same %u %u", (unsigned)SP_SYMBOL_G, (unsigned)SP_SYMBOL_SIGMA);
        sp_text_add(proof, "(conj (conj (fun x _ => g_is_sigma x) (fun x _ => g'_is_sigma' x)) ");
        laws++;
    } else if (g) {
        add_law(c, g, "g", SP_SYMBOL_G, known, proof);
        laws++;
    }
    if (loss) {
        sp_text_format(c->out, "Hypothesis loss'_is : forall x y, loss' x y = %s.\n", loss->slope);
        sp_text_format(known, "; %s", loss->constructor);
        sp_text_add(proof, "(conj loss'_is ");
        laws++;
    }
    sp_text_add(proof, "I");
    sp_text_add_repeated(proof, ")", laws);
}

/* ---- theorems ---- */

static size_t statement_named(const certificate *c, const sp_program *p, const char *name)
{
    for (size_t s = 0; s < p->statements; s++)
        if (strcmp(p->statement[s].name, name) == 0)
            return s;
    sp_pool_fail(c->pool, SP_INTERNAL);
}

/* Both sides of a result's equation, to be read or as data: left is what the ranks hold, right the delta rule. */
static void write_sides(certificate *c, const sp_result_decl *result, const sp_formula_place *at, const char **left,
                        const char **right, bool data)
{
    const char *name = sp_mlp.result[result->result].name;
    size_t statement = statement_named(c, c->program, name);
    c->rank.text.length = c->rank.data.length = 0;
    if (result->sum_axis >= 0)
        sp_formula_sum_call(&c->rank, statement, (unsigned)result->sum_axis, at); /* not negative */
    else
        sp_formula_call(&c->rank, statement, at);
    const sp_formula_place whole = sp_formula_begin(&c->rule, &result->declared);
    sp_formula_call(&c->rule, statement_named(c, c->delta_rule, name), &whole);
    *left = sp_pool_format(c->pool, "%s", sp_text_string(data ? &c->rank.data : &c->rank.text));
    *right = sp_text_string(data ? &c->rule.data : &c->rule.text);
}

static void add_claim(certificate *c, const sp_result_decl *result, bool first)
{
    const char *left, *right;
    const sp_formula_place at = sp_formula_begin(&c->rank, &result->declared);
    write_sides(c, result, &at, &left, &right, true);
    sp_text_format(c->out, "%s\n  Claim %s %s %s", first ? "" : ";",
                   sp_formula_owned(&c->rank, &result->declared, &at), left, right);
}

/* The theorem is one instance of what a theory's acceptance proves: its claim in this environment. */
static void add_theorem(certificate *c, const theory *t, const sp_result_decl *result, size_t claim)
{
    const char *left, *right, *name = sp_mlp.result[result->result].name;
    const sp_layout *layout = &result->declared;
    const sp_formula_place at = sp_formula_begin(&c->rank, layout);
    const char *conditions = sp_formula_conditions(&c->rank, layout, &at);
    sp_text places = sp_text_in(c->pool);
    for (unsigned a = 0; a < c->program->axes; a++)
        if ((int)a != result->sum_axis)
            sp_text_format(&places, "%s((%u, 0), %s)", places.length ? "; " : " ", sp_certificate_sort(a), at.rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&places, "%s((%u, 0), %s)", places.length ? "; " : " ", (unsigned)layout->part[d].dim,
                       at.index[d].name);
    write_sides(c, result, &at, &left, &right, false);
    sp_text_format(c->out,
                   "Theorem %s_proved%s :\n  %s%s%s = %s.\n"
                   "Proof.\nexact (%s\n"
                   "  certified %schecked (erefl (parts here)) populates computed %snot_zero %slaws isT (k := %zu)\n"
                   "    (e := places [::%s]%%N) %s).\nQed.\n",
                   name, binders(c, &c->rank, layout, &at, result->sum_axis), conditions,
                   *conditions ? " ->\n  " : "", left, right, *conditions ? "fun held =>" : "", t->prefix, t->prefix,
                   t->prefix, claim, sp_text_string(&places), *conditions ? "held" : "isT");
}

static void add_theory(certificate *c, theory *t)
{
    const char *prefix = t->prefix;
    sp_text known = sp_text_in(c->pool), meaning = sp_text_in(c->pool);
    sp_text_add(c->out, "\n");
    find_divisors(c, t);
    find_known(c, t->proof->identities, &known, &meaning);
    sp_text_format(c->out,
                   "Local Open Scope nat_scope.\n"
                   "Definition %sdata : theory := Theory listed_parts least_sizes %d steps\n  [::",
                   prefix, SP_DIM_COUNT);
    for (size_t i = 0; i < t->divisors; i++)
        sp_text_format(c->out, "%s\n  %s", i ? ";" : "", c->divisor_data[t->divisor[i]]);
    sp_text_format(c->out, "]\n  [:: %s]\n  [::", sp_text_string(&known));
    size_t claims = 0;
    for (size_t k = 0; k < c->program->results; k++)
        if (t->claims[k])
            add_claim(c, &c->program->result[k], claims++ == 0);
    sp_text_format(c->out,
                   "].\nLocal Open Scope ring_scope.\n"
                   "Lemma %schecked : accepted %sdata.\nProof. by vm_compute. Qed.\n"
                   "Lemma %snot_zero : nonzero here (divisors %sdata).\nProof. exact (",
                   prefix, prefix, prefix, prefix);
    for (size_t i = 0; i < t->divisors; i++) {
        sp_text_format(c->out, "conj (fun e => @divisor_%zu", t->divisor[i] + 1);
        for (unsigned a = 0; a < c->program->axes; a++)
            sp_text_format(c->out, " (e %u 0)%%N", sp_certificate_sort(a));
        sp_text_add(c->out, ") (");
    }
    sp_text_add(c->out, "I");
    sp_text_add_repeated(c->out, ")", t->divisors + 1);
    sp_text_format(c->out,
                   ". Qed.\n"
                   "Lemma %slaws : all_known here (known %sdata).\nProof. exact %s. Qed.\n",
                   prefix, prefix, sp_text_string(&meaning));
    claims = 0;
    for (size_t k = 0; k < c->program->results; k++)
        if (t->claims[k])
            add_theorem(c, t, &c->program->result[k], claims++);
}

/* ---- the file ---- */

/* A section with the delta rule, in which the rest of a part is written. */
static void open_part(certificate *c, const char *name, const char *ring)
{
    sp_text_format(c->out,
                   "\nModule %s.\nSection %s.\nVariable R : %s.\nVariables N Din Dh Dout : nat.\n", name, name, ring);
    for (unsigned d = 0; d < SP_DIM_COUNT; d++)
        sp_text_format(c->out, "Hypothesis %s_positive : (0 < %s)%%N.\n", sp_mlp.dim[d],
                       sp_mlp.dim[d]);
    sp_text_add(c->out, "Variables sigma sigma' g g' : R -> R.\nVariable loss' : R -> R -> R.\n");
    add_tensors(c);
    sp_text_add(c->out, "\n(* The delta rule. *)\n");
    add_program(c, &c->rule);
}

static void close_part(certificate *c, const char *name)
{
    sp_text_format(c->out, "End %s.\nEnd %s.\n", name, name);
}

static void add_scheme(certificate *c, theory *theories, size_t count)
{
    open_part(c, "Scheme", "realFieldType");
    sp_text_add(c->out, "\n(* The mesh, and who owns what. *)\n");
    add_mesh(c);
    sp_text_add(c->out, "\n(* What a rank holds: its own part; elsewhere anything. *)\n");
    add_loads(c);
    sp_text_add(c->out, "\n(* What every rank computes. *)\n");
    add_program(c, &c->rank);
    sp_text_add(c->out, "\n(* The same as data, and what the data are about. *)");
    sp_certificate_add_world(c);
    for (size_t i = 0; i < count; i++)
        add_theory(c, &theories[i]);
    close_part(c, "Scheme");
}

static void add_header(const certificate *c)
{
    sp_text_format(
        c->out,
        "(* What is proved of the scheme %s, and that the delta rule is the gradient of the loss.\n"
        "   To check: coqc FILE, with math-comp's ssreflect and algebra. It computes; it looks for no proof.\n"
        "   To read: the module Scheme. It says what the delta rule is, what a rank holds and what it computes.\n"
        "   Its theorems NAME_proved say that NAME is the delta rule's: over every ordered field (the real\n"
        "   numbers are one), for all sizes, numbers of ranks, owners, data and functions that the hypotheses\n"
        "   allow. Before it stands what is the same for every scheme: what formulas as data mean, how they are\n"
        "   brought to a normal form, and the proof that formulas with equal normal forms are equal. *)\n",
        c->program->name);
}

/* The results that a proof proves and no earlier theory claims. */
static bool claims_anything(theory *t, const theory *before)
{
    bool any = false;
    for (size_t k = 0; k < t->proof->results; k++) {
        t->claims[k] = t->proof->result[k].status == SP_PROVE_PROVED && !(before && before->claims[k]);
        any = any || t->claims[k];
    }
    return any;
}

/* What a node has that rules.v and the definitions above it have no words for; NULL: nothing. They know the operations
 * of the first language, on matrices. */
static const char *unknown_of(sp_pool *pool, const sp_program *program, const sp_node *n)
{
    const sp_layout *of[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++)
        if (n->operand[i] >= 0)
            of[i] = &program->node[n->operand[i]].layout;
    if (n->layout.order > 2)
        return "values of more than two dimensions";
    for (unsigned i = 0; i < n->layout.order; i++)
        if (n->layout.part[i].primes)
            return "renamed dimensions";
    switch (n->op) {
    case SP_OP_DOT:
    case SP_OP_MAX:
    case SP_OP_RENAME:
    case SP_OP_SOFTMAX:
    case SP_OP_LOGSUMEXP:
        return sp_op_name(n->op);
    case SP_OP_SUM:
        return of[0]->order == n->layout.order + 1 ? NULL : "sums over several dimensions";
    case SP_OP_ALLREDUCE:
        return n->how == SP_REDUCE_MAX ? "maxima over ranks" : NULL;
    case SP_OP_APPLY:
        if (n->function >= SP_MAX_OWN_FUNCTIONS && n->function != (sp_function)SP_ELEMENTARY_STEP)
            return sp_function_text(pool, program->of, n->function, n->prime);
        return !of[1] || sp_layout_equal(of[0], of[1]) ? NULL : "functions of values that are broadcast";
    case SP_OP_DIV:
        return of[1]->order == 0 ? NULL : "divisors with indices";
    case SP_OP_MUL:
        return of[0]->order == 0 || of[1]->order == 0 || sp_layout_equal(of[0], of[1]) ? NULL : "broadcast factors";
    case SP_OP_ADD:
    case SP_OP_SUB: /* equal ones, a scalar, or a vector to every row */
        for (int i = 0; i < 2; i++)
            if (of[i]->order > 0 && !sp_layout_equal(of[i], &n->layout) &&
                !(of[i]->order == 1 && sp_label_equal(&of[i]->part[0], &n->layout.part[1])))
                return "broadcast terms";
        return NULL;
    default:
        return NULL;
    }
}

const char *sp_certificate_missing(sp_pool *pool, const sp_program *program)
{
    if (strcmp(program->of->name, sp_mlp.name) != 0)
        return sp_pool_format(pool, "certificates of schemes of the network %s cannot be written yet",
                              program->of->name);
    for (size_t i = 0; i < program->nodes; i++) {
        const char *unknown = unknown_of(pool, program, &program->node[i]);
        if (unknown)
            return sp_pool_format(pool, "certificates of schemes that use %s cannot be written yet", unknown);
    }
    return NULL;
}

const char *sp_certificate(sp_pool *pool, const sp_proof *any, const sp_proof *given)
{
    const sp_program *program = any->program;
    theory theories[2] = {{.proof = any, .prefix = ""}, {.proof = given, .prefix = "given_"}};
    theory *first = &theories[0];
    size_t count = 0;
    bool is_first = claims_anything(first, NULL), is_second = given && claims_anything(&theories[1], first);
    if (!is_first)
        first++;
    count = (size_t)is_first + is_second;
    sp_text out = sp_text_in(pool);
    certificate c = {.pool = pool, .program = program, .delta_rule = program->of->rule,
                     .algebra = first->proof->algebra, .out = &out,
                     .divisor_number = sp_names_in(pool),
                     .divisor_data = SP_NEW_ARRAY(pool, const char *, program->nodes + 1)};
    c.value = SP_NEW_ARRAY(pool, sp_certificate_value,
                           c.delta_rule->statements + SP_TENSOR_COUNT + program->statements);
    c.rule = sp_formula_writer_open(pool, c.delta_rule, false, 0);
    c.rank = sp_formula_writer_open(pool, program, true, c.delta_rule->statements);
    add_header(&c);
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "rules"));
    add_scheme(&c, first, count);
    c.values = 0; /* the delta rule's definitions come again */
    open_part(&c, "Gradient", "comRingType");
    sp_text_add(&out, "\n");
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "gradient"));
    close_part(&c, "Gradient");
    sp_text_add(&out, "\nDefinition theorems := (");
    for (size_t k = 0; k < program->results; k++)
        if (first[0].claims[k] || (count > 1 && first[1].claims[k]))
            sp_text_format(&out, "@Scheme.%s_proved, ", sp_mlp.result[program->result[k].result].name);
    sp_text_add(&out, "@Gradient.delta_rule_is_the_gradient).\nPrint Assumptions theorems.\n");
    return sp_text_string(&out);
}
