#include "proof/certificate_world.h"

#include "lang/mlp.h"

bool sp_certificate_has_function(const sp_signature *of, sp_function function, bool prime)
{
    return prime || of->function[function].arguments == 1 || !sp_is_mlp(of);
}

const char *sp_certificate_positive(const sp_certificate_writer *c, sp_dim dim)
{
    const sp_signature *of = c->program->of;
    return sp_pool_format(c->pool, sp_is_mlp(of) ? "%s_positive" : "%s'positive",
                          sp_formula_dim(c->pool, of, dim));
}

/* ---- functions ---- */

bool sp_certificate_is_other(const sp_node *n)
{
    return n->op == SP_OP_APPLY && n->function >= SP_MAX_OWN_FUNCTIONS &&
           !sp_applies(n, SP_ELEMENTARY_STEP);
}

void sp_certificate_add_other(sp_certificate_writer *c, sp_function function, bool prime)
{
    size_t k = 0;
    while (k < c->others && (c->other[k].function < function ||
                             (c->other[k].function == function && c->other[k].prime < prime)))
        k++;
    if (k < c->others && c->other[k].function == function && c->other[k].prime == prime)
        return;
    for (size_t m = c->others++; m > k; m--)
        c->other[m] = c->other[m - 1];
    c->other[k] = (sp_certificate_function){function, prime};
}

void sp_certificate_find_others(sp_certificate_writer *c, const sp_program *const *program, size_t programs)
{
    c->other = SP_NEW_ARRAY(c->pool, sp_certificate_function,
                            2 * (SP_ELEMENTARY_END - SP_MAX_OWN_FUNCTIONS + c->program->of->activations) + 1);
    for (size_t p = 0; p < programs; p++)
        for (size_t i = 0; i < program[p]->nodes; i++) {
            const sp_node *n = &program[p]->node[i];
            if (sp_certificate_is_other(n))
                sp_certificate_add_other(c, n->function, n->prime);
            if (n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP)
                sp_certificate_add_other(c, (sp_function)SP_ELEMENTARY_EXP, false);
            if (n->op == SP_OP_LOGSUMEXP)
                sp_certificate_add_other(c, (sp_function)SP_ELEMENTARY_LOG, false);
        }
}

/* ---- a part of the file ---- */

static void add_tensors(const sp_certificate_writer *c)
{
    const sp_signature *of = c->program->of;
    for (unsigned t = 0; t < of->tensors; t++) {
        sp_text_format(c->out, "Variable %s : ", sp_formula_tensor(c->pool, of, t));
        sp_text_add_repeated(c->out, "nat -> ", of->tensor[t].whole.order);
        sp_text_add(c->out, "R.\n");
    }
}

void sp_certificate_open_part(const sp_certificate_writer *c, const char *name, const char *ring)
{
    const sp_signature *of = c->program->of;
    sp_text_format(c->out, "\nModule %s.\nSection %s.\nVariable R : %s.\nVariables", name, name, ring);
    for (sp_dim d = 0; d < of->dims; d++)
        sp_text_format(c->out, " %s", sp_formula_dim(c->pool, of, d));
    sp_text_add(c->out, " : nat.\n");
    for (sp_dim d = 0; d < of->dims; d++)
        sp_text_format(c->out, "Hypothesis %s : (0 < %s)%%N.\n", sp_certificate_positive(c, d),
                       sp_formula_dim(c->pool, of, d));
    if (sp_is_mlp(of))
        sp_text_add(c->out, "Variables sigma sigma' g g' : R -> R.\nVariable loss' : R -> R -> R.\n");
    else
        for (sp_function f = 0; f < of->functions; f++)
            sp_text_format(c->out, "Variables %s %s : R -> %sR.\n", sp_formula_function(c->pool, of, f, false),
                           sp_formula_function(c->pool, of, f, true), of->function[f].arguments == 2 ? "R -> " : "");
    for (size_t k = 0; k < c->others; k++)
        sp_text_format(c->out, "Variable %s : R -> R.\n",
                       sp_formula_function(c->pool, of, c->other[k].function, c->other[k].prime));
    add_tensors(c);
}

void sp_certificate_close_part(const sp_certificate_writer *c, const char *name)
{
    sp_text_format(c->out, "End %s.\nEnd %s.\n", name, name);
}

/* ---- the world that the data are about ---- */

/* "x; y" or " x y": the indices of an entry; from three on they are numbered. */
static const char *index_names(const sp_certificate_writer *c, const char *between, unsigned order)
{
    sp_text text = sp_text_in(c->pool);
    for (unsigned i = 0; i < order; i++)
        if (order <= 2)
            sp_text_format(&text, "%s %s", i ? between : "", i ? "y" : "x");
        else
            sp_text_format(&text, "%s x%u", i ? between : "", i + 1);
    return sp_text_string(&text);
}

/* "r1; r2" or " r1 r2": the coordinates of a rank. */
static const char *rank_names(const sp_certificate_writer *c, const char *between)
{
    sp_text text = sp_text_in(c->pool);
    for (size_t a = 0; a < c->program->axes; a++)
        sp_text_format(&text, "%s r%zu", a ? between : "", a + 1);
    return sp_text_string(&text);
}

static void add_sizes_and_owners(const sp_certificate_writer *c)
{
    const sp_program *p = c->program;
    sp_text axes = sp_text_in(c->pool), owners = sp_text_in(c->pool);
    sp_text_add(c->out, "Definition here : world R := World\n  (fun s => match s with");
    for (unsigned d = 0; d < p->of->dims; d++)
        sp_text_format(c->out, " %s%u => %s", d ? "| " : "", d, sp_formula_dim(c->pool, p->of, (sp_dim)d));
    for (unsigned a = 0; a < p->axes; a++) {
        sp_text_format(c->out, " | %u => ranks_%s", sp_formula_axis_sort(p->of, a), p->axis_name[a]);
        sp_text_format(&axes, "%s%u", a ? "; " : " ", sp_formula_axis_sort(p->of, a));
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

static void add_tensors_and_functions(const sp_certificate_writer *c)
{
    const sp_signature *of = c->program->of;
    sp_text inputs = sp_text_in(c->pool), elsewhere = sp_text_in(c->pool);
    for (unsigned t = 0; t < of->tensors; t++) {
        const unsigned order = of->tensor[t].whole.order;
        const char *pattern = index_names(c, ";", order), *names = index_names(c, "", order);
        sp_text_format(&inputs, "%u, [::%s] => %s%s | ", t, pattern, sp_formula_tensor(c->pool, of, t), names);
        if (c->program->declared[t] && sp_formula_is_split(&c->program->tensor_layout[t]))
            sp_text_format(&elsewhere, "%u, [::%s], [::%s] => elsewhere_%s%s%s | ", t, rank_names(c, ";"), pattern,
                           of->tensor[t].name, rank_names(c, ""), names);
    }
    sp_text_format(c->out,
                   "  (fun t v => match t, v with %s_, _ => 0 end)\n"
                   "  (fun t r v => match t, r, v with %s_, _, _ => 0 end)\n"
                   "  (fun f x y => match f with ",
                   sp_text_string(&inputs), sp_text_string(&elsewhere));
    for (sp_function f = 0; f < of->functions; f++)
        for (unsigned prime = 0; prime < 2; prime++)
            if (sp_certificate_has_function(of, f, prime))
                sp_text_format(c->out, "%u => %s x%s | ", 2 * f + prime, sp_formula_function(c->pool, of, f, prime),
                               of->function[f].arguments == 2 ? " y" : "");
    sp_text_format(c->out, "%u => step x", sp_formula_step(of));
    if (c->forgets)
        sp_text_format(c->out, " | %u => x^-1", sp_formula_reciprocal(of));
    for (unsigned k = 0; k < c->others; k++)
        sp_text_format(c->out, " | %u => %s x", sp_formula_symbol(of, c->other[k].function, c->other[k].prime),
                       sp_formula_function(c->pool, of, c->other[k].function, c->other[k].prime));
    sp_text_format(c->out,
                   " | _ => 0 end)\n"
                   "  (fun s => nth (fun _ _ => 0) all_values s).\n");
}

/* A row for each value: what its number means. */
static void add_values(const sp_certificate_writer *c)
{
    const char *list = rank_names(c, ";"), *names = rank_names(c, "");
    for (size_t i = 0; i < c->values; i++) {
        const sp_certificate_value *v = &c->value[i];
        sp_text_format(c->out, "Definition %s'value (r v : seq nat) : R :=\n  match r, v with ", v->name);
        if (v->of_rank)
            sp_text_format(c->out, "[::%s]", list);
        else
            sp_text_add(c->out, "_");
        sp_text_format(c->out, ", [::%s] => %s%s%s | _, _ => 0 end.\n", index_names(c, ";", v->order), v->name,
                       v->of_rank ? names : "", index_names(c, "", v->order));
    }
    sp_text_add(c->out, "Definition all_values : seq (seq nat -> seq nat -> R) := [::");
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out, "%s%s'value", i ? "; " : " ", c->value[i].name);
    sp_text_add(c->out, "].\n");
}

/* ---- data, and what is known of them ---- */

static void add_data(const sp_certificate_writer *c)
{
    const sp_program *p = c->program;
    sp_text_add(c->out, "\nLocal Open Scope nat_scope.\nDefinition listed_parts : seq (nat * nat) := [::");
    for (size_t i = 0; i < c->rank.parts; i++) {
        const sp_part *part = &c->rank.part[i];
        sp_text_format(c->out, "%s(%u, %u)", i ? "; " : " ", (unsigned)part->dim,
                       sp_formula_axis_sort(p->of, part->axis[part->axes - 1]));
    }
    sp_text_add(c->out, "].\nDefinition least_sizes : seq nat := [::");
    for (size_t d = 0; d < p->of->dims; d++)
        sp_text_add(c->out, d ? "; 1" : " 1");
    for (unsigned a = 0; a < p->axes; a++)
        sp_text_format(c->out, "%s%ld", p->of->dims + a ? "; " : " ", sp_algebra_least_ranks(c->algebra, a));
    sp_text_add(c->out, "].\n");
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out, "Definition %s'data : statement := %s.\n", c->value[i].name, c->value[i].data);
    sp_text_format(c->out, "Definition from'%zu : seq statement := [::].\n", c->values);
    for (size_t i = c->values; i-- > 0;)
        sp_text_format(c->out, "Definition from'%zu := %s'data :: from'%zu.\n", i, c->value[i].name, i + 1);
    sp_text_add(c->out, "Definition steps := from'0.\nLocal Open Scope ring_scope.\n");
}

/* Every size is at least what is listed, and 1 where nothing is. */
static void add_populated(const sp_certificate_writer *c)
{
    const sp_program *p = c->program;
    sp_text_add(c->out, "Lemma populates : populated here least_sizes.\nProof.\n"
                        "exact (fun s => match s return (maxn 1 (nth 1 least_sizes s) <= sizes here s)%N with\n ");
    for (unsigned d = 0; d < p->of->dims; d++)
        sp_text_format(c->out, " %s%u => %s", d ? "| " : "", d, sp_certificate_positive(c, (sp_dim)d));
    for (unsigned a = 0; a < p->axes; a++)
        sp_text_format(c->out, " | %u => ranks_%s'enough", sp_formula_axis_sort(p->of, a), p->axis_name[a]);
    sp_text_add(c->out, "\n  | s");
    sp_text_add_repeated(c->out, ".+1", p->of->dims + p->axes);
    sp_text_add(c->out, " =>\n"
                        "    @eq_ind_r nat 1%N (fun least => is_true (maxn 1 least <= 1)%N) isT _ "
                        "(nth_nil 1%N s) end).\n"
                        "Qed.\n");
}

/* The values are what the statements compute: each by computing what its data mean. One lemma for each, and the
 * list put together from its end, so that no type is as long as the program. */
static void add_computed(const sp_certificate_writer *c)
{
    for (size_t i = 0; i < c->values; i++)
        sp_text_format(c->out,
                       "Lemma %s'means : follows here %zu [:: %s'data].\n"
                       "Proof. exact (conj (fun e => erefl _) I). Qed.\n",
                       c->value[i].name, i, c->value[i].name);
    sp_text_format(c->out, "Lemma follows'%zu : follows here %zu from'%zu. Proof. exact I. Qed.\n", c->values,
                   c->values, c->values);
    for (size_t i = c->values; i-- > 0;)
        sp_text_format(c->out,
                       "Lemma follows'%zu : follows here %zu from'%zu.\n"
                       "Proof. exact (conj (proj1 %s'means) follows'%zu). Qed.\n",
                       i, i, i, c->value[i].name, i + 1);
    sp_text_add(c->out, "Lemma computed : follows here 0 steps. Proof. exact follows'0. Qed.\n");
}

void sp_certificate_add_world(const sp_certificate_writer *c)
{
    add_data(c);
    add_values(c);
    add_sizes_and_owners(c);
    add_tensors_and_functions(c);
    add_populated(c);
    add_computed(c);
}
