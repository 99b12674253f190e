/* The scheme: what every rank holds, what it computes statement by statement, forward and backward,
 * and which collective merges it and why. */
#include "derive/derivation.h"
#include "derive/entries.h"

#include <string.h>

static const sp_math *sym(sp_derive *d, const char *text)
{
    return sp_math_symbol(d->pool, text);
}

const sp_math *sp_derive_name(sp_derive *d, const char *name)
{
    return sp_name_math(d->pool, d->program->of, name);
}

const sp_math *sp_derive_dim(sp_derive *d, const sp_part *part)
{
    return sp_label_math(d->pool, d->program->of, part);
}

const sp_list *sp_derive_axes(sp_derive *d, unsigned axes)
{
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (unsigned a = 0; a < d->program->axes; a++)
        if (axes >> a & 1U)
            sp_list_add(d->pool, list, sp_argument_code(d->program->axis_name[a]));
    return list;
}

/* On one line, with single spaces and no comments. */
const char *sp_derive_source(sp_derive *d, sp_span span)
{
    sp_text text = sp_text_in(d->pool);
    bool comment = false, space = false;
    for (size_t i = span.begin; span.source && i < span.end; i++) {
        char c = span.source->text[i];
        comment = c == '\n' ? false : comment || c == '#';
        if (comment || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            space = true;
            continue;
        }
        if (space && text.length > 0)
            sp_text_add(&text, " ");
        space = false;
        sp_text_add_bytes(&text, &c, 1);
    }
    return sp_text_string(&text);
}

static unsigned part_axes(const sp_part *part)
{
    unsigned axes = 0;
    for (size_t a = 0; a < part->axes; a++)
        axes |= 1U << part->axis[a];
    return axes;
}

/* ---- the mesh ---- */

static const sp_phrase *mesh_phrase(sp_derive *d)
{
    const sp_mesh *mesh = sp_ownership_mesh(d->drawing.ownership);
    sp_list *list = SP_NEW(d->pool, sp_list);
    for (size_t a = 0; a < d->program->axes; a++) {
        const sp_math *size = sp_math_count(d->pool, mesh->size[a]);
        sp_list_add(d->pool, list,
                    sp_argument_math(sp_math_equals(
                        d->pool, sp_math_word(d->pool, d->program->axis_name[a]), size)));
    }
    return sp_say(d->pool, d->of ? SP_SAY_MESH_CASE : SP_SAY_MESH_EXAMPLE, list);
}

/* A parameter, as an example of what ranks have parts of. */
static const char *example_tensor(const sp_program *p)
{
    for (size_t t = 0; t < p->of->tensors; t++)
        if (p->declared[t] && (p->of->tensor[t].param || t + 1 == p->of->tensors))
            return p->of->tensor[t].name;
    return p->of->tensor[0].name;
}

/* What own(k) and the conditions under sums mean. */
static void write_conditions(sp_derive *d, const sp_part *part)
{
    const sp_program *p = d->program;
    const sp_math *own = sp_math_word(d->pool, "own");
    const sp_math *index = sp_math_index(d->pool, sp_index_name(d->pool, p->of, part->dim, 0, 0));
    if (p->axes > 1)
        own = sp_math_of(d->pool, SP_MATH_SHARD, own, sp_math_index(d->pool, p->axis_name[part->axis[0]]), NULL);
    own = sp_math_of(d->pool, SP_MATH_APPLY, own, index, NULL);
    PARAGRAPH(d, SP_SAY_RANKS_FORMULAS, own,
              sp_math_equals(d->pool, own,
                             sp_math_index(d->pool, sp_coordinate_text(&d->naming, part->axis[0]))));
}

static void write_mesh(sp_derive *d)
{
    const sp_program *p = d->program;
    sp_part *part;
    size_t parts = sp_program_parts(p, d->pool, &part);
    sp_document_section(d->doc, 2, sp_say(d->pool, SP_SAY_HEADING_RANKS));
    SAY(d, sp_is_mlp(p->of) ? SP_SAY_RANKS_INTRO : SP_SAY_RANKS_INTRO_ANY);
    if (p->axes == 0) {
        PARAGRAPH(d, SP_SAY_RANKS_NONE);
        return;
    }
    if (p->axes == 1)
        SAY(d, SP_SAY_RANKS_ONE_AXIS, p->axis_name[0], sp_math_index(d->pool, sp_coordinate_text(&d->naming, 0)),
            sym(d, "P"), sp_derive_name(d, example_tensor(p)));
    else
        SAY(d, SP_SAY_RANKS_AXES, sp_derive_axes(d, (1U << p->axes) - 1), p->axis_name[0],
            sp_ranks_math(d->pool, p, 0));
    if (parts > 0)
        PARAGRAPH(d, SP_SAY_RANKS_SPLIT, sp_part_text(d->pool, p, &part[0]),
                  sp_derive_name(d, p->of->dim[part[0].dim]), p->axis_name[part[0].axis[0]]);
    sp_document_say(d->doc, mesh_phrase(d));
    bool matrices = sp_is_mlp(p->of);
    for (size_t s = 0; s < p->statements; s++)
        matrices = matrices && sp_statement_is_of_matrices(&d->naming, s);
    if (parts > 0 && !matrices)
        write_conditions(d, &part[0]);
}

/* ---- what a rank holds ---- */

static const sp_phrase *how_split(sp_derive *d, const sp_layout *layout)
{
    const sp_part *row = &layout->part[0], *column = &layout->part[1];
    sp_list *split = SP_NEW(d->pool, sp_list);
    for (unsigned i = 0; i < layout->order; i++)
        if (layout->part[i].axes)
            sp_list_add(d->pool, split,
                        sp_argument_phrase(sp_say(d->pool, SP_SAY_OVER, sp_derive_dim(d, &layout->part[i]),
                                                  sp_derive_axes(d, part_axes(&layout->part[i])))));
    if (layout->order > 2 && split->count > 0)
        return sp_say(d->pool, SP_SAY_SPLIT_ANY, split);
    bool rows = layout->order > 0 && row->axes > 0;
    bool columns = layout->order == 2 && column->axes > 0;
    if (rows && columns)
        return sp_say(d->pool, SP_SAY_SPLIT_BLOCK, sp_derive_axes(d, part_axes(row)),
                      sp_derive_axes(d, part_axes(column)));
    if (rows)
        return sp_say(d->pool, layout->order < 2 ? SP_SAY_SPLIT_ENTRIES : SP_SAY_SPLIT_ROWS,
                      sp_derive_axes(d, part_axes(row)));
    if (columns)
        return sp_say(d->pool, SP_SAY_SPLIT_COLUMNS, sp_derive_axes(d, part_axes(column)));
    return sp_say(d->pool, SP_SAY_SPLIT_WHOLE);
}

enum { RANKS_LISTED = 4 };

/* The sizes of what each rank holds, such as "4×3, 4×3, 2×3". Of many ranks only the first ones and the last one. */
static const char *local_sizes(sp_derive *d, const sp_layout *layout)
{
    size_t ranks = sp_ownership_mesh(d->drawing.ownership)->ranks;
    sp_text text = sp_text_in(d->pool);
    for (size_t r = 0; r < ranks; r++) {
        size_t held[SP_MAX_ORDER];
        if (ranks > RANKS_LISTED && r == RANKS_LISTED - 1) {
            sp_text_format(&text, ", .. (%zu)", ranks - RANKS_LISTED);
            r = ranks - 1;
        }
        sp_ownership_held(d->drawing.ownership, layout, r, held);
        sp_text_add(&text, r ? ", " : "");
        sp_text_add(&text, layout->order == 0 ? "1" : "");
        for (unsigned i = 0; i < layout->order; i++)
            sp_text_format(&text, "%s%zu", i ? "×" : "", held[i]);
    }
    return sp_text_string(&text);
}

static void write_held(sp_derive *d)
{
    const sp_program *p = d->program;
    PARAGRAPH(d, SP_SAY_HELD_INTRO);
    sp_grid *grid = sp_document_table(
        d->doc, NULL, d->of ? 4 : 3, sp_say(d->pool, sp_is_mlp(p->of) ? SP_SAY_COLUMN_TENSOR : SP_SAY_COLUMN_VALUE),
        sp_say(d->pool, SP_SAY_COLUMN_ON_RANK),
        sp_say(d->pool, d->of ? SP_SAY_COLUMN_RANK_SIZES : SP_SAY_COLUMN_PART),
        sp_say(d->pool, SP_SAY_COLUMN_PART));
    sp_picture *picture = sp_picture_open(&d->drawing);
    bool large = false;
    for (size_t t = 0; t < p->of->tensors; t++) {
        const sp_layout *layout = &p->tensor_layout[t];
        if (!p->declared[t])
            continue;
        unsigned axes = 0;
        for (unsigned i = 0; i < layout->order; i++)
            axes |= part_axes(&layout->part[i]);
        const char *name = p->of->tensor[t].name;
        sp_grid_add(d->pool, grid, sp_argument_math(sp_value_math(&d->naming, name, axes)));
        sp_grid_add(d->pool, grid, sp_argument_code(sp_layout_text(d->pool, p, layout)));
        if (d->of)
            sp_grid_add(d->pool, grid, sp_argument_text(local_sizes(d, layout)));
        sp_grid_add(d->pool, grid, sp_argument_phrase(how_split(d, layout)));
        if (layout->order == 2 && axes && picture->boxes < SP_PICTURE_BOXES)
            sp_picture_add(picture, &d->drawing, sp_derive_name(d, name), layout, -1, 0);
    }
    for (size_t i = 0; i < p->nodes; i++)
        large = large || p->node[i].layout.order > 2;
    if (large)
        PARAGRAPH(d, SP_SAY_DRAWN_SMALL);
    if (picture->boxes > 0) {
        PARAGRAPH(d, SP_SAY_PICTURE_FIRST, "r0");
        sp_derive_picture(d, picture);
    }
}

/* ---- pictures ---- */

void sp_derive_picture(sp_derive *d, sp_picture *picture)
{
    sp_document_picture(d->doc, picture);
}

/* A statement that is written as one about matrices. */
static bool is_mlp_of_matrices(const sp_derive *d, size_t statement)
{
    return sp_is_mlp(d->program->of) && sp_statement_is_of_matrices(&d->naming, statement);
}

/* Sharded names without their ranks, gathered ones without the gathering: the whole matrix. */
static const sp_math *whole_name(sp_derive *d, int node, size_t statement)
{
    const sp_node *n = &d->program->node[node];
    int known = d->naming.statement_of[node];
    if (known >= 0 && (size_t)known <= statement)
        return sp_derive_name(d, d->program->statement[known].name);
    switch (n->op) {
    case SP_OP_LOAD:
        return sp_derive_name(d, d->program->of->tensor[n->tensor].name);
    case SP_OP_TRANSPOSE:
        return sp_math_of(d->pool, SP_MATH_TRANSPOSE, whole_name(d, n->operand[0], statement),
                          NULL, NULL);
    case SP_OP_ALLGATHER:
    case SP_OP_SLICE:
    case SP_OP_ALLTOALL:
        return whole_name(d, n->operand[0], statement);
    case SP_OP_PRODUCT:
        return sp_math_of(d->pool, SP_MATH_PRODUCT, whole_name(d, n->operand[0], statement),
                          whole_name(d, n->operand[1], statement), NULL);
    default:
        break;
    }
    sp_naming whole = d->naming;
    if (!is_mlp_of_matrices(d, statement)) /* no name has ranks below it */
        whole.varies = SP_NEW_ARRAY(d->pool, unsigned, d->program->nodes);
    return sp_node_math(&whole, node, statement);
}

/* ---- block identities ---- */

/* f(0), f(1), ..., f(P-1) for blocks at the coordinates of an axis */
typedef struct block_run {
    sp_derive *d;
    size_t statement;
    unsigned axis;
    int node, other; /* other: -1, or the right factor of a product with it */
    sp_math_kind kind;
} block_run;

static const sp_math *factor_at(const block_run *b, int node, const char *coordinate)
{
    if (!(b->d->naming.varies[node] >> b->axis & 1U))
        return whole_name(b->d, node, b->statement);
    return sp_node_math_at(&b->d->naming, node, b->statement, b->axis, coordinate);
}

static const sp_math *block_at(const block_run *b, const char *coordinate)
{
    const sp_math *a = factor_at(b, b->node, coordinate);
    if (b->other < 0)
        return a;
    return sp_math_of(b->d->pool, SP_MATH_PRODUCT, a, factor_at(b, b->other, coordinate), NULL);
}

static const sp_math *blocks(const block_run *b)
{
    sp_pool *pool = b->d->pool;
    size_t ranks = sp_ownership_mesh(b->d->drawing.ownership)->size[b->axis];
    const sp_math *item[4];
    size_t items = 0;
    bool all = b->d->of && ranks <= 3;
    for (size_t c = 0; c < (all ? ranks : 2) && c < (b->d->of ? ranks : 2); c++)
        item[items++] = block_at(b, sp_pool_format(pool, "%zu", c));
    if (!all)
        item[items++] = sp_math_leaf(pool, SP_MATH_DOTS, b->kind == SP_MATH_STACKED ? "⋮" : "⋯");
    return sp_math_list(pool, b->kind, NULL, item, items);
}

/* Shows how a product is made of the products of the ranks. B split by columns:
 * A [B_0 | B_1 | ..] = [A B_0 | A B_1 | ..], and A split by rows likewise. The inner dimension split:
 * [A_0 | A_1 | ..] [B_0; B_1; ..] = A_0 B_0 + A_1 B_1 + .. */
static void block_identity(sp_derive *d, const sp_node *n, size_t statement)
{
    const sp_node *a = &d->program->node[n->operand[0]], *b = &d->program->node[n->operand[1]];
    const sp_part *inner = &a->layout.part[1], *row = &a->layout.part[0],
                  *column = &b->layout.part[1];
    if (inner->axes + row->axes + column->axes != 1)
        return; /* with several axes the blocks would need several indices */
    unsigned axis = inner->axes ? inner->axis[0] : row->axes ? row->axis[0] : column->axis[0];
    block_run left = {d, statement, axis, n->operand[0], -1,
                      inner->axes ? SP_MATH_SIDE_BY_SIDE : SP_MATH_STACKED};
    block_run right = {d, statement, axis, n->operand[1], -1,
                       inner->axes ? SP_MATH_STACKED : SP_MATH_SIDE_BY_SIDE};
    block_run product = {d, statement, axis, n->operand[0], n->operand[1],
                         inner->axes ? SP_MATH_SUM : row->axes ? SP_MATH_STACKED
                                                               : SP_MATH_SIDE_BY_SIDE};
    const sp_math *factor[2] = {
        inner->axes || row->axes ? blocks(&left)
                                 : whole_name(d, n->operand[0], statement),
        inner->axes || column->axes ? blocks(&right)
                                    : whole_name(d, n->operand[1], statement)};
    sp_document_formula(d->doc,
                        sp_math_equals(d->pool,
                                       sp_math_list(d->pool, SP_MATH_PRODUCT, NULL, factor, 2),
                                       blocks(&product)));
}

static void explain_product(sp_derive *d, const sp_node *n, size_t statement)
{
    const sp_node *a = &d->program->node[n->operand[0]], *b = &d->program->node[n->operand[1]];
    const sp_part *inner = &a->layout.part[1];
    bool rows = a->layout.part[0].axes > 0, columns = b->layout.part[1].axes > 0;
    if (inner->axes > 0)
        PARAGRAPH(d, SP_SAY_PRODUCT_PARTIAL, sp_derive_dim(d, inner),
                  sp_derive_axes(d, part_axes(inner)));
    else
        PARAGRAPH(d, rows && columns ? SP_SAY_PRODUCT_BLOCK
                     : rows          ? SP_SAY_PRODUCT_ROWS
                     : columns       ? SP_SAY_PRODUCT_COLUMNS
                                     : SP_SAY_PRODUCT_WHOLE);
    block_identity(d, n, statement);
}

static void draw_product(sp_derive *d, const sp_node *n, size_t statement)
{
    const sp_drawing *drawing = &d->drawing;
    const sp_node *a = &d->program->node[n->operand[0]], *b = &d->program->node[n->operand[1]];
    sp_picture *picture = sp_picture_open(drawing);
    sp_picture_add(picture, drawing, whole_name(d, n->operand[0], statement), &a->layout, -1, 0);
    sp_picture_sign(picture, SP_SIGN_TIMES);
    sp_picture_add(picture, drawing, whole_name(d, n->operand[1], statement), &b->layout, -1, 0);
    sp_picture_sign(picture, SP_SIGN_EQUALS);
    sp_box *box = sp_picture_add(picture, drawing,
                                 whole_name(d, (int)(n - d->program->node), statement),
                                 &n->layout, -1, 0);
    const sp_part *inner = &a->layout.part[1];
    if (inner->axes > 0)
        box->summed_axis = inner->axis[0];
    sp_derive_picture(d, picture);
    explain_product(d, n, statement);
}

static const sp_math *operand_at(void *context, size_t coordinate)
{
    const block_run *b = context;
    return block_at(b, sp_pool_format(b->d->pool, "%zu", coordinate));
}

static void draw_collective(sp_derive *d, const sp_node *n, size_t statement)
{
    const sp_drawing *drawing = &d->drawing;
    const sp_layout *before = &d->program->node[n->operand[0]].layout;
    const sp_math *name = whole_name(d, n->operand[0], statement);
    block_run operand = {d, statement, (unsigned)n->axis, n->operand[0], -1, SP_MATH_SUM};
    sp_part_naming parts = {operand_at, &operand};
    sp_picture *picture = sp_picture_open(drawing);
    if (before->order > 2 || n->layout.order > 2)
        return;
    switch (n->op) {
    case SP_OP_ALLREDUCE:
    case SP_OP_REDUCESCATTER:
        if (n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX)
            return; /* the sign would be that of a sum */
        sp_picture_parts(picture, drawing, parts, before, n->axis, SP_SIGN_PLUS);
        break;
    case SP_OP_ALLGATHER:
        sp_picture_parts(picture, drawing, parts, before, n->axis, SP_SIGN_BESIDE);
        break;
    case SP_OP_ALLTOALL:
        sp_picture_add(picture, drawing, name, before, -1, 0);
        break;
    default:
        return;
    }
    sp_picture_sign(picture, SP_SIGN_GIVES);
    const sp_math *after = name;
    int known = d->naming.statement_of[n - d->program->node];
    if (known >= 0 && (size_t)known <= statement)
        after = sp_derive_name(d, d->program->statement[known].name);
    sp_picture_add(picture, drawing, after, &n->layout, -1, 0);
    sp_derive_picture(d, picture);
}

/* ---- collectives ---- */

typedef struct teller {
    sp_derive *d;
    bool explained[SP_OP_COUNT]; /* the operation was said to be what it is */
    bool max_explained, mean_explained;
} teller;

/* The dimensions whose sum stops at the rank's own indices in the operand of a reduction. */
static const sp_list *partial_dims(sp_derive *d, int node, unsigned axis)
{
    sp_list *list = SP_NEW(d->pool, sp_list);
    bool said[SP_MAX_DIMS] = {false};
    const sp_expression *e = d->proof->value ? d->proof->value[node] : NULL;
    sp_variable r = sp_variable_rank(axis);
    for (size_t t = 0; e && t < e->terms; t++) {
        const sp_monomial *m = e->term[t].monomial;
        for (size_t i = 0; i < m->factors; i++) {
            const sp_factor *f = m->factor[i].factor;
            if (f->kind != SP_FACTOR_SAME_RANK)
                continue;
            const sp_coordinate *a = &f->is.rank.left, *b = &f->is.rank.right;
            const sp_coordinate *owner = a->kind == SP_COORDINATE_OWNER ? a : b;
            const sp_coordinate *rank = owner == a ? b : a;
            if (owner->kind != SP_COORDINATE_OWNER || rank->kind != SP_COORDINATE_RANK ||
                rank->variable != r)
                continue;
            sp_dim dim = (sp_dim)sp_variable_sort(owner->variable);
            if (!said[dim])
                sp_list_add(d->pool, list, sp_argument_math(sp_derive_name(d, d->program->of->dim[dim])));
            said[dim] = true;
        }
    }
    return list;
}

static void explain_operation(teller *t, const sp_node *n)
{
    sp_derive *d = t->d;
    const char *axis = d->program->axis_name[n->axis < 0 ? 0 : n->axis];
    static const struct { sp_op op; sp_sentence what; } table[] = {
        {SP_OP_ALLREDUCE, SP_SAY_OP_ALLREDUCE}, {SP_OP_ALLGATHER, SP_SAY_OP_ALLGATHER},
        {SP_OP_REDUCESCATTER, SP_SAY_OP_REDUCESCATTER}, {SP_OP_SLICE, SP_SAY_OP_SLICE},
        {SP_OP_ALLTOALL, SP_SAY_OP_ALLTOALL}, {SP_OP_BROADCAST, SP_SAY_OP_BROADCAST},
        {SP_OP_SHIFT, SP_SAY_OP_SHIFT}, {SP_OP_ONLY, SP_SAY_OP_ONLY}};
    bool max = n->how == SP_REDUCE_MAX, mean = n->how == SP_REDUCE_MEAN && !sp_is_mlp(d->program->of);
    if (n->op == SP_OP_ALLREDUCE && (max || mean)) {
        bool *told = max ? &t->max_explained : &t->mean_explained;
        if (!*told)
            SAY(d, max ? SP_SAY_OP_ALLREDUCE_MAX : SP_SAY_OP_ALLREDUCE_MEAN, axis);
        *told = true;
        return;
    }
    bool told = t->explained[n->op];
    if (!sp_is_mlp(d->program->of) && (n->op == SP_OP_ALLGATHER || n->op == SP_OP_REDUCESCATTER)) {
        if (!told)
            SAY(d, n->op == SP_OP_ALLGATHER ? SP_SAY_OP_ALLGATHER_ANY : SP_SAY_OP_REDUCESCATTER_ANY, axis);
        t->explained[n->op] = true;
        return;
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].op == n->op && !t->explained[n->op])
            SAY(d, table[i].what, axis);
    t->explained[n->op] = true;
}

static void explain_collective(teller *t, const sp_node *n)
{
    sp_derive *d = t->d;
    unsigned axis = (unsigned)n->axis;
    const char *name = d->program->axis_name[axis];
    explain_operation(t, n);
    bool reduces = n->op == SP_OP_ALLREDUCE || n->op == SP_OP_REDUCESCATTER;
    if (n->op == SP_OP_ALLREDUCE && n->how == SP_REDUCE_MAX)
        return;
    if (reduces) {
        const sp_list *dims = partial_dims(d, n->operand[0], axis);
        bool same = d->proof->value && d->proof->value[n->operand[0]] &&
                    !sp_has_variable(d->proof->value[n->operand[0]], sp_variable_rank(axis));
        if (dims->count > 0)
            SAY(d, SP_SAY_WHY_SUM, dims, name);
        else if (same)
            SAY(d, SP_SAY_WHY_SAME, name, sp_ranks_math(d->pool, d->program, axis));
    } else if (n->op == SP_OP_ALLGATHER) {
        SAY(d, SP_SAY_WHY_GATHER, sp_derive_name(d, d->program->of->dim[n->dim]), name);
    }
}

/* The nodes of a statement that are of no earlier one, operands first. */
static void mark_own(const sp_derive *d, size_t statement, int node, bool *own)
{
    int known = d->naming.statement_of[node];
    if (own[node] || (known >= 0 && (size_t)known < statement))
        return;
    own[node] = true;
    for (int k = 0; k < 2; k++)
        if (d->program->node[node].operand[k] >= 0)
            mark_own(d, statement, d->program->node[node].operand[k], own);
}

static bool moves_along_axis(sp_op op)
{
    return op >= SP_OP_ALLREDUCE && op <= SP_OP_ONLY;
}

/* ---- identities ---- */

typedef struct identity {
    sp_derive *d;
    const sp_step *step;
    const sp_math *before, *after;
} identity;

static void write_identity(void *argument)
{
    identity *i = argument;
    const sp_proof *proof = i->d->proof;
    sp_indexing in = {i->d->pool, proof->algebra, proof->program, proof->rule, NULL};
    i->before = sp_step_math(&in, i->step);
    i->after = sp_index_math(&in, i->step->after);
}

static bool tells_something(sp_rule rule)
{
    return rule == SP_RULE_OWNER || rule == SP_RULE_PARTS || rule == SP_RULE_PICK ||
           rule == SP_RULE_RANKS || rule == SP_RULE_AROUND || rule == SP_RULE_GIVEN;
}

/* All values down to the inputs are put into what the prover works with: beyond some length nobody reads it. Nor
 * does anybody know what the members of a maximum are that it has inside. */
bool sp_derive_is_long(sp_derive *d, const sp_math *formula)
{
    enum { READABLE = 160 };
    sp_text text = sp_text_in(d->pool);
    sp_math_write_text(&text, formula, true);
    return (!sp_is_mlp(d->program->of) && text.length > READABLE) || strstr(sp_text_string(&text), "member(");
}

void sp_derive_identities(sp_derive *d, int statement, int result)
{
    static const sp_sentence words[SP_RULE_COUNT] = {
#define X(id, text) SP_SAY_RULE_##id,
        SP_RULES(X)
#undef X
    };
    for (size_t i = 0; i < d->proof->steps.count; i++) {
        const sp_step *s = &d->proof->steps.item[i];
        if (s->statement != statement || (result >= 0 && s->result != result))
            continue;
        sp_list *rules = SP_NEW(d->pool, sp_list);
        for (unsigned r = 0; r < SP_RULE_COUNT; r++)
            if (s->rules >> r & 1U && tells_something((sp_rule)r))
                sp_list_add(d->pool, rules, sp_argument_phrase(sp_say(d->pool, words[r])));
        identity show = {d, s, NULL, NULL};
        if (rules->count == 0 ||
            sp_algebra_run(d->proof->algebra, write_identity, &show) != SP_PROOF_NO_LIMIT)
            continue;
        SAY(d, SP_SAY_IDENTITY, rules);
        if (sp_derive_is_long(d, show.before) || sp_derive_is_long(d, show.after))
            continue;
        sp_document_formula(d->doc, sp_math_equals(d->pool, show.before, show.after));
    }
}

/* ---- sums by name ---- */

/* What a sum, maximum or softmax on a rank is over: parts that are split, or whole. */
static void explain_local(sp_derive *d, const sp_node *n)
{
    if (n->op == SP_OP_SOFTMAX || n->op == SP_OP_LOGSUMEXP) {
        const sp_layout *of = &d->program->node[n->operand[0]].layout;
        PARAGRAPH(d, SP_SAY_SOFTMAX_LOCAL, sp_derive_dim(d, &of->part[n->place]));
        return;
    }
    if (n->op != SP_OP_DOT && n->op != SP_OP_MAX && (n->op != SP_OP_SUM || sp_is_mlp(d->program->of)))
        return;
    const sp_layout *of = &d->program->node[n->operand[0]].layout;
    sp_list *whole = SP_NEW(d->pool, sp_list);
    bool split = false;
    for (unsigned i = 0; i < of->order; i++) {
        if (n->to[0][i] < SP_MAX_ORDER)
            continue;
        const sp_part *part = &of->part[i];
        if (part->axes)
            PARAGRAPH(d, n->op == SP_OP_MAX ? SP_SAY_MAX_PARTIAL : SP_SAY_SUM_PARTIAL, sp_derive_dim(d, part),
                      sp_derive_axes(d, part_axes(part)));
        else
            sp_list_add(d->pool, whole, sp_argument_math(sp_derive_dim(d, part)));
        split = split || part->axes;
    }
    if (!split && whole->count > 0 && n->op != SP_OP_MAX && d->program->axes > 0)
        PARAGRAPH(d, SP_SAY_SUM_LOCAL, whole);
}

/* ---- statements ---- */

static void write_standing(sp_derive *d, size_t s)
{
    const sp_statement_standing *is = &d->standing[s];
    const sp_statement *st = &d->program->statement[s];
    const sp_math *local = sp_value_math(&d->naming, st->name, d->naming.varies[st->node]);
    const sp_math *whole = sp_derive_name(d, d->program->of->result[is->result].name);
    const sp_layout *layout = &d->program->node[st->node].layout;
    switch (is->standing) {
    case SP_STANDING_WHOLE:
        PARAGRAPH(d, SP_SAY_STANDING_WHOLE, local, whole);
        break;
    case SP_STANDING_PART: {
        bool rows = layout->order == 2 && layout->part[0].axes > 0;
        bool columns = layout->order == 2 && layout->part[1].axes > 0;
        PARAGRAPH(d, rows && columns   ? SP_SAY_STANDING_BLOCK
                     : rows            ? SP_SAY_STANDING_ROWS
                     : columns         ? SP_SAY_STANDING_COLUMNS
                                       : SP_SAY_STANDING_ENTRIES,
                  local, whole);
        break;
    }
    case SP_STANDING_PARTIAL:
        PARAGRAPH(d, SP_SAY_STANDING_PARTIAL, local, whole, d->program->axis_name[is->axis]);
        break;
    case SP_STANDING_NONE:
        PARAGRAPH(d, sp_is_mlp(d->program->of) ? SP_SAY_STANDING_NONE : SP_SAY_STANDING_NONE_ANY, local);
        break;
    case SP_STANDING_OPEN:
        PARAGRAPH(d, SP_SAY_STANDING_OPEN, local);
        break;
    }
}

/* Only functions, Hadamard products, sums and quotients, nothing that mixes entries. */
static bool is_entrywise(const sp_derive *d, int node, const bool *own)
{
    const sp_node *n = &d->program->node[node];
    bool entrywise = (n->op >= SP_OP_ADD && n->op <= SP_OP_NEG) ||
                     n->op == SP_OP_APPLY || n->op == SP_OP_LOAD || n->op == SP_OP_RENAME ||
                     n->layout.order == 0;
    for (int k = 0; k < 2 && entrywise; k++)
        if (n->operand[k] >= 0 && own[n->operand[k]])
            entrywise = is_entrywise(d, n->operand[k], own);
    return entrywise;
}

static unsigned layout_axes(const sp_layout *layout)
{
    unsigned axes = 0;
    for (unsigned i = 0; i < layout->order; i++)
        axes |= part_axes(&layout->part[i]);
    return axes;
}

static void write_statement(teller *t, size_t s)
{
    sp_derive *d = t->d;
    const sp_statement *st = &d->program->statement[s];
    bool wrong = d->parting.parts && d->parting.statement == (int)s;
    bool *own = SP_NEW_ARRAY(d->pool, bool, d->program->nodes);
    sp_document_section(d->doc, 3,
                        sp_say(d->pool, wrong ? SP_SAY_HEADING_WRONG : SP_SAY_HEADING_STATEMENT,
                               sp_derive_source(d, st->span)));
    const sp_math *local = sp_value_math(&d->naming, st->name, d->naming.varies[st->node]);
    const sp_layout *layout = &d->program->node[st->node].layout;
    SAY(d, SP_SAY_STATEMENT, sp_layout_text(d->pool, d->program, layout));
    if (is_mlp_of_matrices(d, s))
        sp_document_formula(d->doc, sp_math_equals(d->pool, local, sp_statement_math(&d->naming, s)));
    else
        sp_document_formula(d->doc, sp_statement_entries(&d->naming, s));
    mark_own(d, s, st->node, own);
    for (int i = 0; i < (int)d->program->nodes; i++) {
        const sp_node *n = &d->program->node[i];
        if (!own[i])
            continue;
        if (n->op == SP_OP_PRODUCT)
            draw_product(d, n, s);
        explain_local(d, n);
        if (moves_along_axis(n->op)) {
            d->doc->last = NULL; /* a paragraph of its own */
            explain_collective(t, n);
            draw_collective(d, n, s);
        }
    }
    sp_derive_identities(d, (int)s, -1);
    if (is_entrywise(d, st->node, own) && layout_axes(layout))
        PARAGRAPH(d, SP_SAY_ENTRYWISE);
    if (!wrong)
        write_standing(d, s);
    sp_derive_rank_numbers(d, s);
}

static bool gone_apart(const sp_derive *d, size_t statement)
{
    return d->parting.parts && d->parting.statement >= 0 &&
           (size_t)d->parting.statement < statement;
}

void sp_derive_ranks(sp_derive *d)
{
    const sp_program *p = d->program;
    write_mesh(d);
    if (p->axes == 0 && strcmp(p->name, d->delta->name) == 0)
        return;
    write_held(d);
    teller t = {.d = d};
    bool backward = false, forward = false;
    for (size_t s = 0; s < p->statements && !gone_apart(d, s); s++) {
        if (p->statement[s].backward ? !backward : !forward)
            sp_document_section(d->doc, 2,
                                sp_say(d->pool, p->statement[s].backward
                                                    ? SP_SAY_HEADING_RANKS_BACKWARD
                                                    : SP_SAY_HEADING_RANKS_FORWARD));
        backward = backward || p->statement[s].backward;
        forward = forward || !p->statement[s].backward;
        write_statement(&t, s);
    }
}
