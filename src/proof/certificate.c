#include "proof/certificate.h"

#include "lang/lang.h"
#include "lang/names.h"
#include "proof/certificate_formula.h"
#include "proof/certificate_text.h"

#include <string.h>

/* A proof of which some results get theorems, as a `theory` of rules.v. */
typedef struct theory {
    const sp_proof *proof;
    const char *prefix; /* of the names of its definitions and lemmas */
    bool claims[SP_RESULT_COUNT]; /* [result of the program] */
    size_t *divisor;    /* numbers of the hypotheses on divisors that it needs */
    size_t divisors;
} theory;

/* A value that has its definition in the file. */
typedef struct written {
    const char *name, *data; /* data: its statement */
    unsigned order;
    bool of_rank;            /* it has the coordinates of a rank */
} written;

typedef struct certificate {
    sp_pool *pool;
    const sp_program *program, *delta_rule;
    sp_formula_writer rule, rank; /* of the delta rule; of what a rank computes */
    const sp_algebra *algebra;    /* of a proof of the program */
    sp_text *out;                 /* the file */
    written *value;               /* in the order of their numbers */
    size_t values;
    sp_names divisor_number;      /* from data to the number of the hypothesis */
    const char **divisor_data;    /* [number] */
} certificate;

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
    c->value[c->values++] = (written){
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
        const char *name = sp_tensor_name((sp_tensor)t);
        if (*sp_formula_conditions(w, layout, &at)) {
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
        sp_text_format(c->out, "Variable %s : ", sp_tensor_name((sp_tensor)t));
        sp_text_add_repeated(c->out, "nat -> ", sp_tensor_whole((sp_tensor)t).order);
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

/* ---- the world that the data are about ---- */

/* "[:: x; y]" for two, "[:: x]" for one, "[::]" for none. */
static const char *index_pattern(unsigned order)
{
    static const char *const pattern[] = {"[::]", "[:: x]", "[:: x; y]"};
    return pattern[order];
}

static const char *index_names(unsigned order)
{
    static const char *const names[] = {"", " x", " x y"};
    return names[order];
}

/* "r1; r2" or " r1 r2": the coordinates of a rank. */
static const char *rank_names(const certificate *c, const char *between)
{
    sp_text text = sp_text_in(c->pool);
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(&text, "%s r%zu", a ? between : "", a + 1);
    return sp_text_string(&text);
}

static void add_sizes_and_owners(const certificate *c)
{
    const sp_program *p = c->program;
    sp_text axes = sp_text_in(c->pool), owners = sp_text_in(c->pool);
    sp_text_add(c->out, "Definition here : world R := World\n  (fun s => match s with");
    for (unsigned d = 0; d < SP_DIM_COUNT; d++)
        sp_text_format(c->out, " %s%u => %s", d ? "| " : "", d, sp_dim_name((sp_dim)d));
    for (unsigned a = 0; a < p->axes; a++) {
        sp_text_format(c->out, " | %u => ranks_%s", sp_sort_of_axis(a), p->axis_name[a]);
        sp_text_format(&axes, "%s%u", a ? "; " : " ", sp_sort_of_axis(a));
    }
    for (size_t i = 0; i < c->rank.parts; i++)
        sp_text_format(&owners, "%zu => %s | ", i, sp_formula_owner(&c->rank, &c->rank.part[i]));
    sp_text_format(c->out,
                   " | _ => 1%%N end)\n"
                   "  listed_parts\n"
                   "  (fun p => match p with %s_ => fun=> 0%%N end)\n"
                   "  [::%s]%%N\n",
                   sp_text_string(&owners), sp_text_string(&axes));
}

static void add_tensors_and_functions(certificate *c)
{
    sp_text inputs = sp_text_in(c->pool), elsewhere = sp_text_in(c->pool);
    for (unsigned t = 0; t < SP_TENSOR_COUNT; t++) {
        const sp_layout *layout = &c->program->tensor_layout[t];
        unsigned order = sp_tensor_whole((sp_tensor)t).order;
        const char *name = sp_tensor_name((sp_tensor)t);
        sp_text_format(&inputs, "%u, %s => %s%s | ", t, index_pattern(order), name, index_names(order));
        if (!c->program->declared[t])
            continue;
        const sp_formula_place at = sp_formula_begin(&c->rank, layout);
        if (*sp_formula_conditions(&c->rank, layout, &at))
            sp_text_format(&elsewhere, "%u, [::%s], %s => elsewhere_%s%s%s | ", t, rank_names(c, ";"),
                           index_pattern(order), name, rank_names(c, ""), index_names(order));
    }
    sp_text_format(c->out,
                   "  (fun t v => match t, v with %s_, _ => 0 end)\n"
                   "  (fun t r v => match t, r, v with %s_, _, _ => 0 end)\n"
                   "  (fun f x y => match f with 0 => sigma x | 1 => sigma' x | 2 => g x | 3 => g' x | 5 => loss' x y"
                   " | 6 => step x | _ => 0 end)\n"
                   "  (fun s => nth (fun _ _ => 0) all_values s).\n",
                   sp_text_string(&inputs), sp_text_string(&elsewhere));
}

/* A row for each value: what its number means. */
static void add_values(const certificate *c)
{
    const char *list = rank_names(c, ";"), *names = rank_names(c, "");
    for (size_t i = 0; i < c->values; i++) {
        const written *v = &c->value[i];
        sp_text_format(c->out, "Definition %s'value (r v : seq nat) : R :=\n  match r, v with ", v->name);
        if (v->of_rank)
            sp_text_format(c->out, "[::%s]", list);
        else
            sp_text_add(c->out, "_");
        sp_text_format(c->out, ", %s => %s%s%s | _, _ => 0 end.\n", index_pattern(v->order), v->name,
                       v->of_rank ? names : "", index_names(v->order));
    }
    sp_text_add(c->out, "Definition all_values : seq (seq nat -> seq nat -> R) := [::");
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out, "%s%s'value", i ? "; " : " ", c->value[i].name);
    sp_text_add(c->out, "].\n");
}

/* ---- what is known: sizes, divisors, functions ---- */

static void add_data(const certificate *c)
{
    const sp_program *p = c->program;
    sp_text_add(c->out, "\nLocal Open Scope nat_scope.\nDefinition listed_parts : seq (nat * nat) := [::");
    for (size_t i = 0; i < c->rank.parts; i++) {
        const sp_part *part = &c->rank.part[i];
        sp_text_format(c->out, "%s(%u, %u)", i ? "; " : " ", (unsigned)part->dim,
                       sp_sort_of_axis(part->axis[part->axes - 1]));
    }
    sp_text_add(c->out, "].\nDefinition least_sizes : seq nat := [:: 1; 1; 1; 1");
    for (unsigned a = 0; a < p->axes; a++)
        sp_text_format(c->out, "; %ld", sp_algebra_least_ranks(c->algebra, a));
    sp_text_add(c->out, "].\n");
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out, "Definition %s'data : statement := %s.\n", c->value[i].name, c->value[i].data);
    sp_text_format(c->out, "Definition from'%zu : seq statement := [::].\n", c->values);
    for (size_t i = c->values; i-- > 0;)
        sp_text_format(c->out, "Definition from'%zu := %s'data :: from'%zu.\n", i, c->value[i].name, i + 1);
    sp_text_add(c->out, "Definition steps := from'0.\nLocal Open Scope ring_scope.\n");
}

/* Every size is at least what is listed, and 1 where nothing is. */
static void add_populated(const certificate *c)
{
    sp_text_add(c->out, "Lemma populates : populated here least_sizes.\nProof.\nexact (fun s => match s return (maxn 1 (nth 1 least_sizes s) <= sizes here s)%N with\n ");
    for (unsigned d = 0; d < SP_DIM_COUNT; d++)
        sp_text_format(c->out, " %s%u => %s_positive", d ? "| " : "", d, sp_dim_name((sp_dim)d));
    for (unsigned a = 0; a < c->program->axes; a++)
        sp_text_format(c->out, " | %u => ranks_%s'enough", sp_sort_of_axis(a), c->program->axis_name[a]);
    sp_text_add(c->out, "\n  | s");
    sp_text_add_repeated(c->out, ".+1", SP_DIM_COUNT + c->program->axes);
    sp_text_add(c->out, " =>\n    @eq_ind_r nat 1%N (fun least => is_true (maxn 1 least <= 1)%N) isT _ (nth_nil 1%N s) end).\nQed.\n");
}

/* The values are what the statements compute: each by computing what its data mean. One lemma for each, and the
 * list put together from its end, so that no type is as long as the program. */
static void add_computed(const certificate *c)
{
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out,
                       "Lemma %s'means : follows here %zu [:: %s'data]. Proof. exact (conj (fun e => erefl _) I). Qed.\n",
                       c->value[i].name, i, c->value[i].name);
    sp_text_format(c->out, "Lemma follows'%zu : follows here %zu from'%zu. Proof. exact I. Qed.\n", c->values,
                   c->values, c->values);
    for (size_t i = c->values; i-- > 0;)
        sp_text_format(c->out,
                       "Lemma follows'%zu : follows here %zu from'%zu. Proof. exact (conj (proj1 %s'means) follows'%zu). Qed.\n",
                       i, i, i, c->value[i].name, i + 1);
    sp_text_add(c->out, "Lemma computed : follows here 0 steps. Proof. exact follows'0. Qed.\n");
}

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
    t->divisor = SP_NEW_ARRAY(c->pool, size_t, p->nodes + 1);
    for (size_t i = 0; i < p->nodes; i++) {
        if (p->node[i].op != SP_OP_DIV || !is_assumed(t->proof->value[p->node[i].operand[1]]))
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
    const sp_identity_law *sigma = given ? sp_identity_law_of_activation(given->sigma) : NULL;
    const sp_identity_law *g = given ? sp_identity_law_of_activation(given->g) : NULL;
    const sp_identity_law *loss = given ? sp_identity_law_of_loss(given->loss) : NULL;
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
        sp_text_format(known, "; Same %u %u", SP_SYMBOL_G, SP_SYMBOL_SIGMA);
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
    const char *name = sp_result_name(result->result);
    size_t statement = statement_named(c, c->program, name);
    c->rank.text.length = c->rank.data.length = 0;
    if (result->sum_axis >= 0)
        sp_formula_sum_call(&c->rank, statement, (unsigned)result->sum_axis, at);
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
    const char *left, *right, *name = sp_result_name(result->result);
    const sp_layout *layout = &result->declared;
    const sp_formula_place at = sp_formula_begin(&c->rank, layout);
    const char *conditions = sp_formula_conditions(&c->rank, layout, &at);
    sp_text places = sp_text_in(c->pool);
    for (unsigned a = 0; a < c->program->axes; a++)
        if ((int)a != result->sum_axis)
            sp_text_format(&places, "%s((%u, 0), %s)", places.length ? "; " : " ", sp_sort_of_axis(a), at.rank[a]);
    for (size_t d = 0; d < layout->order; d++)
        sp_text_format(&places, "%s((%u, 0), %s)", places.length ? "; " : " ", (unsigned)layout->part[d].dim,
                       at.index[d].name);
    write_sides(c, result, &at, &left, &right, false);
    sp_text_format(c->out,
                   "Theorem %s_proved%s :\n  %s%s%s = %s.\n"
                   "Proof.\nexact (%s\n"
                   "  certified %schecked (erefl (parts here)) populates computed %snot_zero %slaws (k := %zu)\n"
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
            sp_text_format(c->out, " (e %u 0)%%N", sp_sort_of_axis(a));
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
        sp_text_format(c->out, "Hypothesis %s_positive : (0 < %s)%%N.\n", sp_dim_name((sp_dim)d),
                       sp_dim_name((sp_dim)d));
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
    add_data(c);
    add_values(c);
    add_sizes_and_owners(c);
    add_tensors_and_functions(c);
    add_populated(c);
    add_computed(c);
    for (size_t i = 0; i < count; i++)
        add_theory(c, &theories[i]);
    close_part(c, "Scheme");
}

static void add_header(const certificate *c)
{
    sp_text_format(c->out,
                   "(* The scheme %s computes the delta rule, and the delta rule is the gradient of the loss.\n"
                   "   To check: coqc FILE, with math-comp's ssreflect and algebra. It computes; it looks for no proof.\n"
                   "   To read: the module Scheme. It says what the delta rule is, what a rank holds and computes, and, in\n"
                   "   the theorems NAME_proved, that both are equal: over every ordered field (the real numbers are one),\n"
                   "   for all sizes, numbers of ranks, owners, data and functions that its hypotheses allow.\n"
                   "   What comes before it is the same for every scheme: what formulas as data mean, how they are brought\n"
                   "   to a normal form, and the proof that formulas with equal normal forms are equal. *)\n",
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
    certificate c = {.pool = pool, .program = program, .delta_rule = sp_scheme_builtin(pool, "delta-rule"),
                     .algebra = first->proof->algebra, .out = &out,
                     .divisor_number = sp_names_in(pool),
                     .divisor_data = SP_NEW_ARRAY(pool, const char *, program->nodes + 1)};
    c.value = SP_NEW_ARRAY(pool, written, c.delta_rule->statements + SP_TENSOR_COUNT + program->statements);
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
            sp_text_format(&out, "@Scheme.%s_proved, ", sp_result_name(program->result[k].result));
    sp_text_add(&out, "@Gradient.delta_rule_is_the_gradient).\nPrint Assumptions theorems.\n");
    return sp_text_string(&out);
}
