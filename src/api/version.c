#include <cblas.h>
#include <gmp.h>
#include <gsl/gsl_version.h>
#include <mpfr.h>
#include <shardproof/version.h>

static const char *gsl(void)
{
    return gsl_version;
}

static const char *openblas(void)
{
    const char *text = openblas_get_config(); /* "OpenBLAS 0.3.21 DYNAMIC_ARCH ..." */
    const char *name = "OpenBLAS ";
    while (*name && *text == *name) {
        text++;
        name++;
    }
    return text;
}

static const char *mpfr(void)
{
    return mpfr_get_version();
}

static const char *gmp(void)
{
    return gmp_version;
}

static const struct {
    const char *name;
    const char *(*version)(void);
} library[] = {{"GSL", gsl}, {"OpenBLAS", openblas}, {"MPFR", mpfr}, {"GMP", gmp}};

enum { LIBRARIES = sizeof library / sizeof *library };

const char *sp_version(void)
{
    return SHARDPROOF_VERSION;
}

const char *sp_library_name(size_t index)
{
    return index < LIBRARIES ? library[index].name : NULL;
}

const char *sp_library_version(size_t index)
{
    return index < LIBRARIES ? library[index].version() : NULL;
}
