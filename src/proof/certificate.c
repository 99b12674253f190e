#include "proof/certificate.h"

#include "lang/lang.h"
#include "lang/mlp.h"
#include "lang/names.h"
#include "network/network.h"
#include "proof/certificate_formula.h"
#include "proof/certificate_gradient.h"
#include "proof/certificate_text.h"
#include "proof/certificate_world.h"

#include <string.h>

/* A proof of which some results get theorems, as a `theory` of rules.v. */
typedef struct theory {
    const sp_proof *proof;
    const char *prefix; /* of the names of its definitions and lemmas */
    bool claims[SP_MAX_RESULTS]; /* [result of the program] */
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
        add_definition(c, w, sp_pool_format(c->pool, "%s%s", sp_formula_prefix(w), statement->name), layout, &at);
    }
}

static void add_loads(certificate *c)
{
    sp_formula_writer *w = &c->rank;
    for (unsigned t = 0; t < c->program->of->tensors; t++) {
        const sp_layout *layout = &c->program->tensor_layout[t];
        if (!c->program->declared[t])
            continue;
        const sp_formula_place at = sp_formula_begin(w, layout);
        const char *name = c->program->of->tensor[t].name;
        if (sp_formula_is_split(layout)) {
            sp_text_format(c->out, "Variable elsewhere_%s : ", name);
            sp_text_add_repeated(c->out, "nat -> ", c->program->axes + layout->order);
            sp_text_add(c->out, "R.\n");
        }
        sp_formula_load(w, (sp_tensor)t, &at);
        add_definition(c, w, sp_pool_format(c->pool, "load_%s", name), layout, &at);
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
    return !sp_is_number(divisor);
}

/* The same of the delta rule, of which no expressions are kept: a product of sizes and numbers is seen not to be 0. */
static bool is_assumed_by_rule(const sp_program *rule, int divisor)
{
    const sp_node *n = &rule->node[divisor];
    switch (n->op) {
    case SP_OP_NUMBER: return n->number == 0;
    case SP_OP_EXTENT: return false;
    case SP_OP_MUL:
    case SP_OP_DIV: return is_assumed_by_rule(rule, n->operand[0]) || is_assumed_by_rule(rule, n->operand[1]);
    default: return true;
    }
}

/* "forall r_dp r_tp : nat, " */
static void add_for_all_ranks(const certificate *c, const sp_formula_place *at)
{
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(c->out, "%s %s", a ? "" : "forall", at->rank[a]);
    sp_text_add(c->out, c->program->axes ? " : nat, " : "");
}

/* The hypothesis on what this node divides by; a formula that was met before has one already. */
static size_t add_divisor(certificate *c, sp_formula_writer *w, const sp_node *n)
{
    const sp_formula_place at = sp_formula_begin(w, &w->program->node[n->operand[1]].layout);
    size_t number = c->divisor_number.count;
    sp_formula_value(w, n->operand[1], w->program->statements, &at);
    const char *data = sp_text_string(&w->data);
    if (!sp_names_add(&c->divisor_number, data, &number))
        return number;
    c->divisor_data[number] = data;
    c->divisor_of_rank[number] = w->sharded;
    sp_text_format(c->out, "Hypothesis divisor_%zu : ", number + 1);
    if (w->sharded)
        add_for_all_ranks(c, &at);
    sp_text_format(c->out, "%s <> 0 :> R.\n", sp_text_string(&w->text));
    return number;
}

static void use_divisor(certificate *c, theory *t, sp_formula_writer *w, const sp_node *n)
{
    const size_t number = add_divisor(c, w, n);
    for (size_t i = 0; i < t->divisors; i++)
        if (t->divisor[i] == number)
            return;
    t->divisor[t->divisors++] = number;
}

/* Coq leaves out what it cannot translate, so a divisor counts only where a claim is made with it: on the side of the
 * ranks, and on that of the delta rule. */
static void find_divisors(certificate *c, theory *t)
{
    const sp_program *p = c->program, *rule = c->delta_rule;
    bool *of_rule = SP_NEW_ARRAY(c->pool, bool, rule->results);
    const bool *used = sp_nodes_used(c->pool, p, t->claims);
    t->divisor = SP_NEW_ARRAY(c->pool, size_t, p->nodes + rule->nodes + 1);
    for (size_t i = 0; i < p->nodes; i++)
        if (used[i] && p->node[i].op == SP_OP_DIV && is_assumed(t->proof->value[p->node[i].operand[1]]))
            use_divisor(c, t, &c->rank, &p->node[i]);
    for (size_t k = 0; k < p->results; k++)
        for (size_t i = 0; i < rule->results; i++)
            of_rule[i] = of_rule[i] || (t->claims[k] && rule->result[i].result == p->result[k].result);
    used = sp_nodes_used(c->pool, rule, of_rule);
    for (size_t i = 0; i < rule->nodes; i++)
        if (used[i] && rule->node[i].op == SP_OP_DIV && is_assumed_by_rule(rule, rule->node[i].operand[1]))
            use_divisor(c, t, &c->rule, &rule->node[i]);
}

/* "sigma'_is", the hypothesis on what f or f' is; for another network "law_f'". */
static const char *law_name(const certificate *c, sp_function f, bool prime)
{
    const sp_signature *of = c->program->of;
    return sp_pool_format(c->pool, sp_is_mlp(of) ? "%s%s_is" : "law_%s%s", of->function[f].name,
                          prime ? "'" : "");
}

/* The same of a function that is an earlier one: "g'_is_sigma'", "same_g'". */
static const char *same_name(const certificate *c, sp_function f, sp_function first, bool prime)
{
    const sp_signature *of = c->program->of;
    const char *mark = prime ? "'" : "";
    if (!sp_is_mlp(of))
        return sp_pool_format(c->pool, "same_%s%s", of->function[f].name, mark);
    return sp_pool_format(c->pool, "%s%s_is_%s%s", of->function[f].name, mark, of->function[first].name, mark);
}

/* "; Sigmoid 0" to the list and the proof of its meaning to the other; hypotheses to the file. */
static void add_law(const certificate *c, const sp_identity_law *law, sp_function f, sp_text *known, sp_text *proof)
{
    const char *of[2] = {law->value, law->slope};
    sp_text_format(known, "; %s %u", law->constructor, 2 * f);
    for (int prime = 0; prime < 2; prime++) {
        const char *name = sp_formula_function(c->pool, c->program->of, f, prime);
        const char *plain = sp_formula_function(c->pool, c->program->of, f, false);
        if (!of[prime])
            continue;
        sp_text_format(c->out, "Hypothesis %s : forall x, %s x = ", law_name(c, f, prime), name);
        sp_text_format(c->out, of[prime], plain, plain);
        sp_text_add(c->out, ".\n");
    }
    if (law->value)
        sp_text_format(proof, "(conj (conj (fun x _ => %s x) (fun x _ => %s x)) ", law_name(c, f, false),
                       law_name(c, f, true));
    else
        sp_text_format(proof, "(conj (fun x _ => %s x) ", law_name(c, f, true));
}

/* One function, two names. */
static void add_same(const certificate *c, sp_function f, sp_function first, sp_text *known, sp_text *proof)
{
    const sp_signature *of = c->program->of;
    for (int prime = 0; prime < 2; prime++)
        sp_text_format(c->out, "Hypothesis %s : forall x, %s x = %s x.\n", same_name(c, f, first, prime),
                       sp_formula_function(c->pool, of, f, prime), sp_formula_function(c->pool, of, first, prime));
    sp_text_format(known, "; Same %u %u", 2 * f, 2 * first);
    sp_text_format(proof, "(conj (conj (fun x _ => %s x) (fun x _ => %s x)) ", same_name(c, f, first, false),
                   same_name(c, f, first, true));
}

/* What a loss is a mean over, where rules.v has it: two dimensions. NULL elsewhere. */
static const sp_layout *mean_of(const sp_signature *of, sp_function f)
{
    const sp_layout *site = sp_network_site(of, f);
    return site && site->order == 2 ? site : NULL;
}

static void add_loss_law(const certificate *c, const sp_identity_law *law, sp_function f, sp_text *known,
                         sp_text *proof)
{
    const sp_signature *of = c->program->of;
    sp_text_format(c->out, "Hypothesis %s : forall x y, %s x y = %s", law_name(c, f, true),
                   sp_formula_function(c->pool, of, f, true), law->slope);
    sp_text_format(known, "; %s %u", law->constructor, 2 * f + 1);
    if (law->mean) {
        const sp_part *part = mean_of(of, f)->part;
        sp_text_format(c->out, " / (%s%%:R * %s%%:R)", sp_formula_dim(c->pool, of, part[0].dim),
                       sp_formula_dim(c->pool, of, part[1].dim));
        sp_text_format(known, " %u %u", (unsigned)part[0].dim, (unsigned)part[1].dim);
    }
    sp_text_add(c->out, ".\n");
    sp_text_format(proof, "(conj %s ", law_name(c, f, true));
}

static const sp_identity_law *law_of(const sp_identities *given, sp_function f)
{
    return given->of->function[f].arguments == 2 ? sp_identity_law_of_loss(given->name[f])
                                                 : sp_identity_law_of_activation(given->name[f]);
}

/* Whether rules.v has words for what a proof knows of functions. */
static bool has_laws(const sp_identities *given)
{
    for (sp_function f = 0; given && f < given->of->functions; f++) {
        const sp_identity_law *law = law_of(given, f);
        if (law && law->mean && !mean_of(given->of, f))
            return false;
    }
    return true;
}

/* The identities that a theory uses: step is defined, so what it means always is. */
static void find_known(const certificate *c, const sp_identities *given, sp_text *known, sp_text *proof)
{
    size_t laws = 1;
    sp_text_format(known, "Step %u", sp_formula_step(c->program->of));
    sp_text_add(proof, "(conj (fun _ _ => erefl _) ");
    for (sp_function f = 0; given && f < given->of->functions; f++) {
        const sp_identity_law *law = law_of(given, f);
        sp_function first = 0;
        if (!law)
            continue;
        while (law_of(given, first) != law)
            first++;
        if (given->of->function[f].arguments == 2)
            add_loss_law(c, law, f, known, proof);
        else if (first < f)
            add_same(c, f, first, known, proof);
        else
            add_law(c, law, f, known, proof);
        laws++;
    }
    sp_text_add(proof, "I");
    sp_text_add_repeated(proof, ")", laws);
}

/* ---- theorems ---- */

static const sp_result_decl *result_of_rule(const certificate *c, sp_result result)
{
    const size_t k = sp_program_result(c->delta_rule, result);
    if (k == c->delta_rule->results)
        sp_pool_fail(c->pool, SP_INTERNAL);
    return &c->delta_rule->result[k];
}

/* Both sides of a result's equation, to be read or as data: left is what the ranks hold, right the delta rule. */
static void write_sides(certificate *c, const sp_result_decl *result, const sp_formula_place *at, const char **left,
                        const char **right, bool data)
{
    c->rank.text.length = c->rank.data.length = 0;
    if (result->sum_axis >= 0)
        sp_formula_result_sum(&c->rank, result, (unsigned)result->sum_axis, at); /* not negative */
    else
        sp_formula_result(&c->rank, result, at);
    const sp_formula_place whole = sp_formula_begin(&c->rule, &result->declared);
    sp_formula_result(&c->rule, result_of_rule(c, result->result), &whole);
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
    const char *left, *right, *name = c->program->of->result[result->result].name;
    const sp_layout *layout = &result->declared;
    const sp_formula_place at = sp_formula_begin(&c->rank, layout);
    const char *conditions = sp_formula_conditions(&c->rank, layout, &at);
    sp_text places = sp_text_in(c->pool);
    for (unsigned a = 0; a < c->program->axes; a++)
        if ((int)a != result->sum_axis)
            sp_text_format(&places, "%s((%u, 0), %s)", places.length ? "; " : " ",
                           sp_formula_axis_sort(c->program->of, a), at.rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&places, "%s((%u, %u), %s)", places.length ? "; " : " ", (unsigned)layout->part[d].dim,
                       sp_formula_number(&c->rank, &at.index[d]), at.index[d].name);
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
                   "Definition %sdata : theory := Theory listed_parts least_sizes %zu steps\n  [::",
                   prefix, c->program->of->dims);
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
        for (unsigned a = 0; a < c->program->axes && c->divisor_of_rank[t->divisor[i]]; a++)
            sp_text_format(c->out, " (e %u 0)%%N", sp_formula_axis_sort(c->program->of, a));
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
    sp_certificate_open_part(c, name, ring);
    sp_text_add(c->out, "\n(* The delta rule. *)\n");
    add_program(c, &c->rule);
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
    sp_certificate_close_part(c, "Scheme");
}

static void add_header(const certificate *c)
{
    const char *lacks = sp_certificate_lacks(c->pool, c->program);
    if (sp_is_mlp(c->program->of))
        sp_text_format(c->out,
                       "(* What is proved of the scheme %s, and that the delta rule is the gradient of the loss.\n",
                       c->program->name);
    else
        sp_text_format(c->out,
                       "(* What is proved of the scheme %s of the network %s:\n"
                       "   that it computes the delta rule. %s.\n",
                       c->program->name, c->program->of->name,
                       lacks ? lacks : "And that the delta rule is the gradient of the loss");
    sp_text_format(
        c->out,
        "   To check: coqc FILE, with math-comp's ssreflect and algebra. It computes; it looks for no proof.\n"
        "   To read: the module Scheme. It says what the delta rule is, what a rank holds and what it computes.\n"
        "   Its theorems NAME_proved say that NAME is the delta rule's: over every ordered field (the real\n"
        "   numbers are one), for all sizes, numbers of ranks, owners, data and functions that the hypotheses\n"
        "   allow. %s"
        "Before it stands what is the same for every scheme: what formulas as data mean, how they are\n"
        "   brought to a normal form, and the proof that formulas with equal normal forms are equal. *)\n",
        c->others == 0 ? "" : "Nothing is used of any_NAME, any function in the place of NAME.\n   ");
}

const char *sp_certificate_lacks(sp_pool *pool, const sp_program *program)
{
    const char *why = sp_certificate_no_gradient(program->of);
    return why ? sp_pool_format(pool, "That its delta rule is the gradient is not part of this certificate: %s", why)
               : NULL;
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

/* What a node has that rules.v and the definitions above it have no words for; NULL: nothing. */
static const char *unknown_of(const sp_program *program, const sp_node *n)
{
    if (n->op == SP_OP_MAX)
        return sp_op_name(n->op);
    if (n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX)
        return "maxima over ranks";
    if (n->op == SP_OP_APPLY && n->function < SP_MAX_OWN_FUNCTIONS &&
        !sp_certificate_has_function(program->of, n->function, n->prime))
        return program->of->function[n->function].name;
    return NULL;
}

/* Whether more is known of what a node does than a certificate says: of exp that it is positive. */
static bool is_forgotten(const sp_node *n)
{
    return sp_certificate_is_other(n) || n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP;
}

/* A certificate assumes that a divisor is not 0, unless the prover sees that it never is. If the divisor is made of
 * functions of which a certificate knows nothing, it would have to assume what the printed theorem does not: then
 * there is no certificate. Returns the reason in words, or NULL. */
static const char *unknown_in(sp_pool *pool, const sp_program *program)
{
    bool *forgotten = SP_NEW_ARRAY(pool, bool, program->nodes + 1);
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        const char *unknown = unknown_of(program, n);
        if (unknown)
            return unknown;
        forgotten[i] = is_forgotten(n);
        for (int k = 0; k < 2; k++)
            forgotten[i] = forgotten[i] || (n->operand[k] >= 0 && forgotten[n->operand[k]]);
        if (n->op == SP_OP_DIV && program->node[n->operand[1]].layout.order == 0 && forgotten[n->operand[1]])
            return "a scalar divisor made of exp, log, roots or other functions of the vocabulary";
    }
    return NULL;
}

static bool forgets(const sp_program *program)
{
    for (size_t i = 0; i < program->nodes; i++) {
        const sp_node *n = &program->node[i];
        if (is_forgotten(n) || (n->op == SP_OP_DIV && program->node[n->operand[1]].layout.order > 0))
            return true;
    }
    return false;
}

bool sp_certificate_forgets(const sp_program *program)
{
    const sp_signature *of = program->of;
    for (size_t t = 0; t < of->tensors; t++)
        if (of->tensor[t].distribution >= 0)
            return true;
    return forgets(program) || forgets(of->rule);
}

const char *sp_certificate_missing(sp_pool *pool, const sp_program *program)
{
    const char *unknown = unknown_in(pool, program);
    for (size_t i = 0; i < program->assumptions && !unknown; i++) /* owners are any functions in a certificate */
        if (program->assumption[i].kind == SP_ASSUME_EVEN)
            unknown = "'assume even'";
    if (unknown)
        return sp_pool_format(pool, "certificates of schemes that use %s cannot be written yet", unknown);
    unknown = unknown_in(pool, program->of->rule);
    if (unknown)
        return sp_pool_format(pool, "certificates of schemes of %s cannot be written yet: its delta rule uses %s",
                              program->of->name, unknown);
    return NULL;
}

const char *sp_certificate(sp_pool *pool, const sp_proof *any, const sp_proof *given, size_t *theorems)
{
    const sp_program *program = any->program;
    theory theories[2] = {{.proof = any, .prefix = ""}, {.proof = given, .prefix = "given_"}};
    theory *first = &theories[0];
    size_t count = 0;
    const bool has_gradient = !sp_is_mlp(program->of) && !sp_certificate_no_gradient(program->of);
    bool is_first = claims_anything(first, NULL);
    bool is_second = given && has_laws(given->identities) && claims_anything(&theories[1], first);
    *theorems = 0;
    if (!is_first && !is_second)
        return NULL;
    if (!is_first)
        first++;
    count = (size_t)is_first + is_second;
    sp_text out = sp_text_in(pool);
    certificate c = {.pool = pool, .program = program, .delta_rule = program->of->rule,
                     .algebra = first->proof->algebra, .out = &out,
                     .divisor_number = sp_names_in(pool),
                     .divisor_data = SP_NEW_ARRAY(pool, const char *, program->nodes + program->of->rule->nodes + 1),
                     .divisor_of_rank = SP_NEW_ARRAY(pool, bool, program->nodes + program->of->rule->nodes + 1)};
    c.value = SP_NEW_ARRAY(pool, sp_certificate_value,
                           c.delta_rule->statements + program->of->tensors + program->statements);
    c.rule = sp_formula_writer_open(pool, c.delta_rule, false, 0);
    c.rank = sp_formula_writer_open(pool, program, true, c.delta_rule->statements);
    c.forgets = sp_certificate_forgets(program);
    const sp_program *const both[] = {program, c.delta_rule};
    sp_certificate_find_others(&c, both, 2);
    add_header(&c);
    sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "rules"));
    if (has_gradient)
        sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "adjoint"));
    add_scheme(&c, first, count);
    if (has_gradient) {
        sp_certificate_add_gradient(pool, program->of, &out);
    } else if (sp_is_mlp(program->of)) {
        c.values = c.others = 0; /* the delta rule's definitions come again */
        open_part(&c, "Gradient", "comRingType");
        sp_text_add(&out, "\n");
        sp_text_add(&out, sp_embedded_text(sp_certificate_texts, "gradient"));
        sp_certificate_close_part(&c, "Gradient");
    }
    sp_text_add(&out, "\nDefinition theorems := (");
    for (size_t k = 0; k < program->results; k++)
        if (first[0].claims[k] || (count > 1 && first[1].claims[k]))
            sp_text_format(&out, "%s@Scheme.%s_proved", (*theorems)++ ? ", " : "",
                           program->of->result[program->result[k].result].name);
    if (sp_is_mlp(program->of) || has_gradient)
        sp_text_add(&out, ", @Gradient.delta_rule_is_the_gradient");
    sp_text_add(&out, ").\nPrint Assumptions theorems.\n");
    return sp_text_string(&out);
}
