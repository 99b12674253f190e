#include "search/text.h"

#include <string.h>

const char *sp_search_scheme_text(sp_pool *pool, const sp_program *program)
{
    static const char word[] = "scheme";
    const sp_source *source = program->source;
    if (!source)
        return "";
    size_t begin = program->span.begin, end = program->span.end;
    while (begin > 0 && strncmp(source->text + begin, word, sizeof word - 1) != 0)
        begin--;
    for (size_t k = 0; k < program->results; k++)
        if (program->result[k].span.end > end)
            end = program->result[k].span.end;
    while (end < source->length && source->text[end] != '\n') /* "sum tp" is on the same line */
        end++;
    const char *network = program->of->text; /* a built-in one needs no block */
    return sp_pool_format(pool, "%s%s%.*s\n", network ? network : "", network ? "\n" : "", (int)(end - begin),
                          source->text + begin);
}

static void add_function(sp_text *out, const sp_signature *network, const char *name, const char *arguments,
                         const sp_function_spec *spec, const sp_formula *formula,
                         const char *const *variables)
{
    if (spec->name)
        sp_text_format(out, "%s = %s", name, spec->name);
    else
        sp_text_format(out, "%s(%s) = %s", name, arguments,
                       sp_formula_text(out->pool, network, formula, variables));
}

const char *sp_search_network_text(sp_pool *pool, const sp_search_case *of)
{
    static const char *const one[] = {"z"}, *const two[] = {"a", "y"};
    sp_text out = sp_text_in(pool);
    const sp_signature *network = of->network->of;
    for (sp_function f = 0; f < network->functions; f++) {
        const bool loss = network->function[f].arguments == 2;
        sp_text_add(&out, f ? ", " : "");
        add_function(&out, network, network->function[f].name, loss ? "a, y" : "z", &of->function[f],
                     sp_network_formula(of->network, f, false), loss ? two : one);
    }
    return sp_text_string(&out);
}

static void add_data(sp_text *out, const sp_search_case *of)
{
    size_t at = 0;
    const sp_signature *network = of->network->of;
    for (sp_tensor t = 0; t < network->tensors; t++) {
        size_t rows, columns;
        sp_layout_shape(of->site->dim, &network->tensor[t].whole, &rows, &columns);
        sp_text_format(out, "  %-7s = [", network->tensor[t].name);
        const long *value = sp_trial_tensor(out->pool, network, of->site->dim, of->data, t, at);
        for (size_t i = 0; i < rows * columns; i++)
            sp_text_format(out, "%s%ld", i % columns ? ", " : i ? "; " : "", value[i]);
        at += rows * columns;
        sp_text_add(out, "]\n");
    }
}

const char *sp_search_case_text(sp_pool *pool, const sp_search_case *of)
{
    const sp_program *p = of->sites->program;
    const char *splits = sp_site_splits(pool, of->sites, of->site);
    sp_text out = sp_text_in(pool);
    sp_text_format(&out, "case %s-%s-counterexample\n  dims    %s\n",
                   p->name, p->of->result[p->result[of->result].result].name, sp_site_dims(pool, of->sites, of->site));
    if (p->of->functions)
        sp_text_format(&out, "  network %s\n", sp_search_network_text(pool, of));
    sp_text_format(&out, "  scheme  %s\n", of->reference);
    if (p->axes)
        sp_text_format(&out, "  mesh    %s\n", sp_site_mesh(pool, of->sites, of->site));
    if (*splits)
        sp_text_format(&out, "  split   %s\n", splits);
    add_data(&out, of);
    /* the verdict is about these data: others of the same sizes may show more */
    sp_text_add(&out, "  evidence binary64, mpfr\n  expect  mismatch");
    for (size_t k = 0, count = 0; k < p->results; k++)
        if (of->wrong >> k & 1U)
            sp_text_format(&out, "%s %s", count++ ? "," : "", p->of->result[p->result[k].result].name);
    sp_text_add(&out, "\n");
    return sp_text_string(&out);
}

const char *sp_search_rank_text(sp_pool *pool, const sp_search_case *of, size_t rank)
{
    const sp_program *p = of->sites->program;
    sp_mesh mesh = {.axes = p->axes, .ranks = of->site->ranks};
    memcpy(mesh.size, of->site->axis, sizeof mesh.size);
    sp_text out = sp_text_in(pool);
    for (size_t a = 0; a < p->axes; a++) {
        sp_text_format(&out, "%s%s = ", a ? ", " : "", p->axis_name[a]);
        if ((int)a == p->result[of->result].sum_axis)
            sp_text_add(&out, "*");
        else
            sp_text_format(&out, "%zu", sp_mesh_coordinate(&mesh, rank, a));
    }
    return sp_text_string(&out);
}

const char *sp_search_index_text(sp_pool *pool, const sp_search_case *of, size_t row,
                                 size_t column)
{
    const sp_program *p = of->sites->program;
    return sp_network_entry_text(pool, &p->of->result[p->result[of->result].result].whole, of->site->dim, row, column);
}

const char *sp_search_mesh_text(sp_pool *pool, const sp_search_case *of)
{
    const sp_program *p = of->sites->program;
    sp_text out = sp_text_in(pool);
    for (size_t a = 0; a < p->axes; a++)
        if (of->site->axis[a] > 1)
            sp_text_format(&out, "%s%s = %zu", out.length ? ", " : "", p->axis_name[a],
                           of->site->axis[a]);
    return sp_text_string(&out);
}
