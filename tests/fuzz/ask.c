#include "ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const sp_limits limits = {.seconds = 2};

static void copy(char *to, const char *from)
{
    snprintf(to, ASK_WHY, "%s", from ? from : "");
}

/* ---- questions ---- */

static sp_status load(sp_cases **cases, const char *text, char *refused)
{
    sp_status status = sp_cases_load_text(cases, "random", text, strlen(text), NULL);
    if (status == SP_BAD_INPUT) {
        copy(refused, sp_cases_diagnosis(*cases, 0)->text);
        sp_cases_close(*cases);
    }
    return status;
}

void ask_proof(proof_answer *answer, const char *scheme, const world *w)
{
    sp_cases *cases;
    sp_proving *proving;
    const sp_proving_options options = {.sigma = masked_function_name[w->sigma],
                                        .g = masked_function_name[w->g],
                                        .loss = masked_loss_name[w->loss], .limits = &limits};
    memset(answer, 0, sizeof *answer);
    answer->status = load(&cases, scheme, answer->refused);
    if (answer->status != SP_OK)
        return;
    answer->status = sp_proving_run(&proving, cases, 0, &options);
    if (answer->status == SP_OK) {
        const sp_scheme_outcome *outcome = sp_proving_outcome(proving);
        for (size_t r = 0; r < outcome->results && r < TREE_RESULTS; r++) {
            answer->outcome[r] = outcome->result[r].outcome;
            copy(answer->why[r], outcome->result[r].statement);
        }
        sp_proving_close(proving);
    }
    sp_cases_close(cases);
}

void ask_check(check_answer *answer, const char *text)
{
    sp_cases *cases;
    sp_check *check;
    const sp_check_options options = {.limits = &limits};
    memset(answer, 0, sizeof *answer);
    answer->status = load(&cases, text, answer->refused);
    if (answer->status != SP_OK)
        return;
    answer->status = sp_check_run(&check, cases, 0, &options);
    if (answer->status == SP_OK) {
        const sp_outcome *outcome = sp_check_outcome(check);
        for (size_t r = 0; r < outcome->results && r < TREE_RESULTS; r++) {
            answer->verdict[r] = outcome->result[r].verdict;
            copy(answer->why[r], outcome->result[r].reason);
        }
        copy(answer->fault, outcome->fault);
        sp_check_close(check);
    }
    sp_cases_close(cases);
}

/* ---- cases ---- */

typedef struct writer {
    char *text;
    size_t size, length;
    bool full;
} writer;

static void put(writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(w->text + w->length, w->size - w->length, format, arguments);
    va_end(arguments);
    if (added < 0 || (size_t)added >= w->size - w->length)
        w->full = true;
    else
        w->length += (size_t)added;
}

static void put_function(writer *out, const char *name, const char *variables, const char *given,
                         const char *formula)
{
    if (given)
        put(out, "%s = %s", name, given);
    else
        put(out, "%s(%s) = %s", name, variables, formula);
}

static void put_data(writer *out, const tree_scheme *s, const world *w)
{
    for (int t = 0; t < TREE_TENSORS; t++) {
        bool vector = tree_tensor_dims[t][1] < 0;
        int rows = vector ? 1 : w->extent[tree_tensor_dims[t][0]];
        int columns = w->extent[tree_tensor_dims[t][vector ? 0 : 1]];
        if (!s->declared[t])
            continue;
        put(out, "  %s = [", tree_tensor_names[t]);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                put(out, "%s%lld", j ? ", " : i ? "; " : "", w->data[t][i][j]);
        put(out, "]\n");
    }
}

static void put_network(writer *out, const world *w)
{
    put_function(out, "sigma", "z", masked_function_name[w->sigma], masked_function_text[w->sigma]);
    put(out, ", ");
    put_function(out, "g", "z", masked_function_name[w->g], masked_function_text[w->g]);
    put(out, ", ");
    put_function(out, "loss", "a, y", masked_loss_name[w->loss], masked_loss_text[w->loss]);
}

static void put_mesh(writer *out, const tree_scheme *s, const world *w)
{
    for (int a = 0; a < s->axes; a++)
        put(out, "%s%s = %d%s", a ? ", " : "  mesh ", s->axis_name[a], w->size[a],
            a + 1 == s->axes ? "\n" : "");
    for (int k = 0; k < w->parts; k++) {
        char part[TREE_NAME * TREE_AXES];
        tree_print_part(s, &w->part[k].part, part, sizeof part);
        put(out, "  split %s = [", part);
        for (int i = 0; i < w->extent[w->part[k].part.dim]; i++)
            put(out, "%s%d", i ? "," : "", w->part[k].owner[i]);
        put(out, "]\n");
    }
}

bool ask_write_case(char *text, size_t size, const tree_scheme *s, const world *w,
                    const ask_case *with)
{
    if (!tree_print(s, text, size))
        return false;
    writer out = {.text = text, .size = size, .length = strlen(text)};
    put(&out, "\ncase sample\n  dims ");
    for (int d = 0; d < TREE_DIMS; d++)
        put(&out, "%s%s = %d", d ? ", " : "", tree_dim_names[d], w->extent[d]);
    put(&out, "\n  network ");
    if (with->network)
        put(&out, "%s", with->network);
    else
        put_network(&out, w);
    put(&out, "\n  scheme %s\n", s->name);
    put_mesh(&out, s, w);
    if (with->data)
        put(&out, "%s", with->data);
    else
        put_data(&out, s, w);
    put(&out, "%s", with->extras);
    return !out.full;
}
