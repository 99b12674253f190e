/* Block pictures: matrices as boxes, the split drawn to scale, each block with its owners.
 *
 * A picture is made once and knows no characters and no pixels; sp_picture_place gives every box
 * its place for given metrics, and text, SVG and TeX only draw lines and words there. */
#ifndef SP_TYPESET_PICTURE_H
#define SP_TYPESET_PICTURE_H

#include "spmd/mesh.h"
#include "typeset/math.h"

/* Neighbouring indices that one rank, or all ranks of one coordinate, own. */
typedef struct sp_stripe {
    size_t count;  /* of indices */
    size_t hidden; /* 0; or this stands for so many stripes that are not drawn */
    uint16_t coordinate[SP_MAX_AXES]; /* of the owner, in the order of the part's axes */
} sp_stripe;

typedef struct sp_stripes {
    const sp_part *part;
    sp_stripe *item;
    size_t count;
} sp_stripes;

typedef struct sp_box {
    const sp_math *name;
    const sp_math *size; /* 4 x 6, or Din x Dh */
    sp_stripes row, column;
    int fixed_axis;      /* -1, or the box is the part at this coordinate of an axis */
    size_t fixed;
    int summed_axis;     /* -1, or the ranks along this axis hold summands of the box */
    size_t hidden;       /* 0; or this stands for so many boxes that are not drawn */
} sp_box;

typedef enum sp_box_sign {
    SP_SIGN_NONE, SP_SIGN_TIMES, SP_SIGN_EQUALS, SP_SIGN_PLUS, SP_SIGN_BESIDE, SP_SIGN_GIVES
} sp_box_sign;

enum { SP_PICTURE_BOXES = 8 };

typedef struct sp_picture {
    sp_pool *pool;
    const sp_mesh *mesh;
    sp_box box[SP_PICTURE_BOXES];
    sp_box_sign sign[SP_PICTURE_BOXES]; /* after the box */
    size_t boxes;
} sp_picture;

void sp_picture_sign(sp_picture *p, sp_box_sign sign);
/* The same with at most `most` >= 3 stripes: the first ones, one for those left out, the last. */
sp_stripes sp_stripes_elided(sp_pool *pool, const sp_stripes *all, size_t most);
/* Who holds a block: "r0", "r0..r3", "r0,r2", "r0+r1" for summands; how many parts a hidden one stands
 * for: "..57..". */
const char *sp_picture_label(sp_pool *pool, const sp_picture *p, const sp_box *box, const sp_stripe *row,
                             const sp_stripe *column);

/* ---- places ---- */

typedef struct sp_picture_metrics {
    int letter, pad;      /* width of a letter of a label, room beside it */
    int line;             /* height of a line of a label, room included */
    int border;           /* what a line between blocks takes */
    int width;            /* of all */
    int gap;              /* what a sign between boxes takes */
    int title;            /* height above each box */
    int column_unit, row_unit; /* of one index, where there is room */
    int widest, highest;  /* box, if its labels fit */
    int tallest;          /* box: parts that do not fit are left out */
} sp_picture_metrics;

typedef struct sp_placed_box {
    const sp_box *box;
    sp_stripes row, column;  /* as drawn: some may stand for hidden ones */
    int *row_edge, *column_edge; /* [count + 1], from the box's corner */
    int x, y;                /* of the corner below the title */
    int slot_x, slot;        /* place and width with the title */
    int middle;              /* of its line of boxes: where the signs stand */
    const char *title, *size; /* text */
} sp_placed_box;

typedef struct sp_placed {
    sp_placed_box box[SP_PICTURE_BOXES];
    size_t boxes;
    int width, height;
    bool broken;    /* over several lines of boxes */
    bool elided;    /* some parts are not drawn */
    bool distorted; /* some parts are drawn larger than they are, so that their labels fit */
} sp_placed;

sp_placed sp_picture_place(sp_pool *pool, const sp_picture *p, const sp_picture_metrics *m,
                           bool ascii);

/* ---- formats ---- */

/* Lines of text, none wider than width. */
void sp_picture_write_text(sp_text *out, sp_pool *pool, const sp_picture *p, size_t width,
                           bool ascii, bool *elided, bool *distorted);
/* An <svg> element. */
void sp_picture_write_svg(sp_text *out, sp_pool *pool, const sp_picture *p, bool *elided,
                          bool *distorted);
/* A picture environment. */
void sp_picture_write_latex(sp_text *out, sp_pool *pool, const sp_picture *p, bool *elided,
                            bool *distorted);

#endif
