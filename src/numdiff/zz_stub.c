#include "numdiff/numdiff.h"
const sp_numdiff *sp_numdiff_mpfr(sp_pool *pool, const sp_case *of, const sp_network *network,
                                  unsigned bits, double budget)
{ (void)of; (void)network; (void)budget; sp_numdiff *n = SP_NEW(pool, sp_numdiff); n->mpfr = true; n->bits=bits; return n; }
const sp_numdiff *sp_numdiff_binary64(sp_pool *pool, const sp_case *of, const sp_network *network,
                                      double budget)
{ (void)of; (void)network; (void)budget; sp_numdiff *n = SP_NEW(pool, sp_numdiff); n->bits=53; return n; }
