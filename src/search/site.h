/* Where a counterexample may be: sizes, ranks and ownership, the smallest first.
 *
 * Sites are ordered by the sum of the four dimensions and of the ranks on every axis; those of
 * one sum by how their splits look (SP_SITE_ORDERS). Every ownership function of every part that
 * the program uses is a site, unless there are more than SP_SEARCH_LIMIT_SPLITS of them at one
 * set of sizes: then contiguous and cyclic ones alone, at most that many, and `cut` says so.
 *
 * Eight ranks have thousands of ownership functions even where every dimension is 1, and a scheme
 * may be wrong from two ranks on another axis on: so many of one kind wait for larger sums. Those of
 * one set of sizes that look alike have level 0 up to SP_SEARCH_LIMIT_FIRST runs of a rank, level 1
 * up to four times as many, and so on; the walk is by the sum plus the level. Of so many the order
 * is a stride's, so that every part's owners change early. */
#ifndef SP_SEARCH_SITE_H
#define SP_SEARCH_SITE_H

#include "spmd/mesh.h"

/*  id, how the parts look that are furthest from even */
#define SP_SITE_ORDERS(X)                                              \
    X(EVEN, "parts of equal size, in order")                           \
    X(CHUNK, "torch.chunk's parts")                                    \
    X(FILLED, "parts of different sizes, in order, none empty")        \
    X(ORDERED, "parts in order, some empty")                           \
    X(ANY, "any owners")

typedef enum sp_site_order {
#define X(id, words) SP_SITE_##id,
    SP_SITE_ORDERS(X)
#undef X
    SP_SITE_ORDER_COUNT
} sp_site_order;

/*  id, value, what it limits */
#define SP_SEARCH_LIMITS(X)                                                               \
    X(MORE, 7, "what is added to the least dimensions and ranks, in all")                 \
    X(RANKS, 64, "ranks of a mesh")                                                       \
    X(SPLITS, 4096, "splits tried at one set of sizes")                                   \
    X(FIRST, 512, "runs of a rank for splits of one look, before larger sizes are tried")  \
    X(LEVELS, 6, "levels of splits: the last one has them all")                           \
    X(WORK, 1500000, "operations on ranks, over all that is tried, unless time limits them")\
    X(DRAWS, 24, "data drawn for one network at one set of sizes and splits")

enum {
#define X(id, value, what) SP_SEARCH_LIMIT_##id = value,
    SP_SEARCH_LIMITS(X)
#undef X
};

typedef struct sp_site {
    size_t dim[SP_MAX_DIMS], axis[SP_MAX_AXES];
    size_t sum, ranks;
    sp_site_order order;
    const uint8_t *owner; /* coordinates on the last axis: for part 0, part 1, ... */
} sp_site;

typedef struct sp_sites {
    sp_pool *pool;
    const sp_program *program;
    sp_part *part; /* sp_program_parts */
    size_t parts;
    size_t least[SP_MAX_AXES]; /* ranks on each axis */
    bool possible;             /* the least mesh is within SP_SEARCH_LIMIT_RANKS */
    bool cut;                  /* not every split of every set of sizes so far */
    /* where the walk is */
    size_t total; /* more + level */
    size_t more, level, extra[SP_MAX_AXES + SP_MAX_DIMS];
    sp_site_order order;
    uint64_t split, splits, stride;
    uint64_t met; /* splits of this order, at these sizes */
    bool restricted;
    bool left; /* some splits of this sum wait for the next level */
    /* of every sum that was walked at level 0, which are `reached`: whether splits of it wait */
    size_t reached;
    bool waits[SP_SEARCH_LIMIT_MORE + 1];
    uint8_t *owner;
    size_t owners, owner_room;
    sp_site site;
} sp_sites;

sp_sites sp_sites_of(sp_pool *pool, const sp_program *program);
/* The next site, valid until the one after it; NULL after the last. */
const sp_site *sp_sites_next(sp_sites *sites);
/* How many of the sums, the least one first, are behind the walk with every split. */
size_t sp_sites_whole(const sp_sites *sites);
/* Where the owners of a part begin in site->owner. */
size_t sp_site_start(const sp_sites *sites, const sp_site *site, size_t part);
/* A site as a case without data or functions; in pool. */
sp_case *sp_site_case(sp_pool *pool, const sp_sites *sites, const sp_site *site);
/* "Dh/tp = 2 + 1, N/(dp,tp) = [0,1,0]": parts over axes of more than one rank, as the language
 * writes them. */
const char *sp_site_splits(sp_pool *pool, const sp_sites *sites, const sp_site *site);
/* "N = 1, Din = 1, Dh = 2, Dout = 1"; "tp = 2" */
const char *sp_site_dims(sp_pool *pool, const sp_sites *s, const sp_site *site);
const char *sp_site_mesh(sp_pool *pool, const sp_sites *sites, const sp_site *site);

#endif
