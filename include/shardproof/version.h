/* Versions of shardproof and of the libraries that compute for it. */
#ifndef SHARDPROOF_VERSION_H
#define SHARDPROOF_VERSION_H

#include <stddef.h>

const char *sp_version(void); /* "0.1.0" */

/* The libraries in use at run time, not those of the build: index from 0; NULL after the last. */
const char *sp_library_name(size_t index);
const char *sp_library_version(size_t index);

#endif
