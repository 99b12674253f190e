/* Status of every call of the library that can fail, and the exit codes of the command.
 *
 * Four kinds are kept apart: bad usage, bad input (with diagnostics), a verdict (which is never
 * a status: a mismatch is a successful answer), and a fault of the machine or of shardproof. */
#ifndef SHARDPROOF_STATUS_H
#define SHARDPROOF_STATUS_H

#if defined(__GNUC__)
#define SP_MUST_USE __attribute__((warn_unused_result))
#define SP_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define SP_MUST_USE
#define SP_PRINTF(at, first)
#endif

/*  name, exit code of a run that ends with it, what it means */
#define SP_STATUSES(X) \
    X(SP_OK,           0,  "no error")                                              \
    X(SP_BAD_USAGE,    2,  "the call or the command line is wrong")                 \
    X(SP_BAD_INPUT,    2,  "a file cannot be read or has errors; see diagnostics")  \
    X(SP_NO_MEMORY,    70, "out of memory")                                         \
    X(SP_MEMORY_LIMIT, 3,  "the memory limit was reached")                          \
    X(SP_TIME_LIMIT,   3,  "the time limit was reached")                            \
    X(SP_INTERRUPTED,  130, "interrupted")                                          \
    X(SP_WRITE_FAILED, 70, "the output could not be written whole")                 \
    X(SP_INTERNAL,     70, "internal error")

typedef enum sp_status {
#define X(name, exit_code, text) name,
    SP_STATUSES(X)
#undef X
} sp_status;

/* One line of English for a status; never NULL. */
const char *sp_status_text(sp_status status);
/* The exit code of a run that ends with this status. */
int sp_status_exit_code(sp_status status);

#endif
