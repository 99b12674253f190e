#include <shardproof/check.h>

#include <flint/flint.h>
#include <mpfr.h>

void sp_caches_free(void)
{
    flint_cleanup();
    mpfr_free_cache();
}
