#include "shrink.h"

#include <stdlib.h>
#include <string.h>

typedef struct shrinker {
    shrink_keeps *keeps;
    void *context;
    tree_scheme *best;
    char text[TREE_TEXT];
} shrinker;

static tree_scheme trial;

/* Nodes point into their scheme, so a copy is read again from its text. */
static bool start_trial(shrinker *k)
{
    return tree_print(k->best, k->text, sizeof k->text) && tree_parse(&trial, k->text);
}

static bool take_trial(shrinker *k)
{
    if (!tree_retype(&trial) || !tree_print(&trial, k->text, sizeof k->text) ||
        !tree_parse(&trial, k->text) || !k->keeps(k->context, &trial))
        return false;
    return tree_parse(k->best, k->text);
}

static bool is_used(const tree_node *n, int statement)
{
    return n && ((n->op == TREE_USE && n->which == statement) || is_used(n->of[0], statement) ||
                 is_used(n->of[1], statement));
}

static bool drop_results(shrinker *k)
{
    for (int r = 0; r < k->best->results && k->best->results > 1; r++) {
        if (!start_trial(k))
            return false;
        for (int to = r; to + 1 < trial.results; to++)
            trial.result[to] = trial.result[to + 1];
        trial.results--;
        if (take_trial(k))
            return true;
    }
    return false;
}

static bool drop_statements(shrinker *k)
{
    for (int at = k->best->statements; at-- > 0;) {
        if (!start_trial(k))
            return false;
        int id = trial.order[at];
        bool needed = false;
        for (int other = 0; other < trial.statements; other++)
            needed = needed || is_used(trial.statement[other].value, id);
        for (int r = 0; r < trial.results; r++)
            needed = needed || trial.result[r].statement == id;
        if (needed)
            continue;
        trial.statements--;
        memmove(trial.order + at, trial.order + at + 1,
                sizeof *trial.order * (size_t)(trial.statements - at));
        if (take_trial(k))
            return true;
    }
    return false;
}

static bool drop_nodes(shrinker *k)
{
    for (int at = 0; at < k->best->statements; at++)
        for (int n = 0; n < tree_weight(k->best->statement[k->best->order[at]].value); n++)
            for (int way = 0; way < 2; way++) {
                if (!start_trial(k))
                    return false;
                tree_statement *of = &trial.statement[trial.order[at]];
                const tree_node *by = tree_nth(of->value, n)->of[way];
                of->value = by ? tree_replace(&trial, of->value, n, by) : NULL;
                if (of->value && take_trial(k))
                    return true;
            }
    return false;
}

/* A value exchanged for a tensor, as it is or transposed. */
static bool simplify_nodes(shrinker *k)
{
    for (int at = 0; at < k->best->statements; at++)
        for (int n = 0; n < tree_weight(k->best->statement[k->best->order[at]].value); n++)
            for (int way = 0; way < 2 * TREE_TENSORS; way++) {
                if (!start_trial(k))
                    return false;
                tree_statement *of = &trial.statement[trial.order[at]];
                const tree_node *e = tree_nth(of->value, n), *by = tree_load(&trial, way / 2);
                if (by && way % 2)
                    by = tree_unary(&trial, TREE_TRANSPOSE, by);
                if (!by || !tree_same_type(&by->type, &e->type) || tree_weight(e) <= tree_weight(by))
                    continue;
                of->value = tree_replace(&trial, of->value, n, by);
                if (of->value && take_trial(k))
                    return true;
            }
    return false;
}

/* The tree with a statement's value wherever it is used. */
static const tree_node *inlined(tree_scheme *s, const tree_node *n, int statement)
{
    if (!n)
        return NULL;
    if (n->op == TREE_USE && n->which == statement)
        return s->statement[statement].value;
    return tree_again(s, n, inlined(s, n->of[0], statement), inlined(s, n->of[1], statement));
}

static bool inline_statements(shrinker *k)
{
    for (int at = 0; at < k->best->statements; at++) {
        if (!start_trial(k))
            return false;
        int id = trial.order[at];
        bool result = false;
        for (int r = 0; r < trial.results; r++)
            result = result || trial.result[r].statement == id;
        if (result)
            continue;
        for (int other = 0; other < trial.statements; other++)
            if (other != id)
                trial.statement[other].value = inlined(&trial, trial.statement[other].value, id);
        trial.statements--;
        memmove(trial.order + at, trial.order + at + 1,
                sizeof *trial.order * (size_t)(trial.statements - at));
        if (take_trial(k))
            return true;
    }
    return false;
}

/* A tensor held whole by every rank. */
static bool merge_parts(shrinker *k)
{
    for (int t = 0; t < TREE_TENSORS; t++)
        for (int place = 0; place < k->best->tensor[t].order; place++) {
            if (k->best->tensor[t].part[place].axes == 0 || !start_trial(k))
                continue;
            trial.tensor[t].part[place].axes = 0;
            if (take_trial(k))
                return true;
        }
    return false;
}

/* An axis that nothing is split or summed over. */
static bool drop_axes(shrinker *k)
{
    for (int a = 0; a < k->best->axes; a++) {
        if (!start_trial(k))
            return false;
        trial.axis_name[a][0] = 0; /* a text in which it stands is not read again */
        if (!tree_print(&trial, k->text, sizeof k->text))
            continue;
        char *mesh = strstr(k->text, "\nmesh "), *end = mesh ? strchr(mesh + 1, '\n') : NULL;
        if (!end)
            continue;
        char line[TREE_AXES * TREE_NAME + 16] = "", *rest = strdup(end);
        for (int other = 0; other < trial.axes; other++)
            if (other != a) {
                strcat(line, line[0] ? ", " : "\nmesh ");
                strcat(line, trial.axis_name[other]);
            }
        if (rest && mesh) {
            strcpy(mesh, line);
            strcat(mesh, rest);
        }
        free(rest);
        if (tree_parse(&trial, k->text) && k->keeps(k->context, &trial)) {
            (void)tree_print(&trial, k->text, sizeof k->text);
            return tree_parse(k->best, k->text);
        }
    }
    return false;
}

void shrink_scheme(tree_scheme *s, shrink_keeps *keeps, void *context)
{
    static shrinker k;
    k.keeps = keeps;
    k.context = context;
    k.best = s;
    while (drop_results(&k) || drop_statements(&k) || drop_nodes(&k) || simplify_nodes(&k) ||
           merge_parts(&k) || drop_axes(&k) || inline_statements(&k))
        ;
}
