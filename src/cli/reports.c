#define _XOPEN_SOURCE 700 /* realpath */
#include "reports.h"

#include "files.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct destination {
    sp_report *report;
    sp_status status;  /* of the first call that failed */
    FILE *to;          /* NULL: standard output */
    const char *path;  /* as given */
    char *place;       /* where path leads to; NULL: path is written directly */
    char *temporary;   /* beside it */
    int reason;        /* errno of a write that fell short */
} destination;

struct reports {
    destination item[REPORTS_MAX];
    size_t count;
};

static bool write_bytes(void *context, const char *bytes, size_t length)
{
    destination *d = context;
    errno = 0;
    if (fwrite(bytes, 1, length, d->to ? d->to : stdout) == length)
        return true;
    d->reason = errno;
    return false;
}

static bool complain(const destination *d, int reason)
{
    if (d->path)
        fprintf(stderr, "shardproof: %s could not be written whole%s%s\n", d->path,
                reason ? ": " : "", reason ? strerror(reason) : "");
    else
        output_failed(reason);
    return false;
}

/* The mode that a new file gets, or that of the file that is replaced. */
static mode_t mode_for(const struct stat *old)
{
    if (old)
        return old->st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A file is written beside its place under another name; what is no regular file (a pipe, a
 * terminal) cannot be replaced and is written directly. */
static bool open_file(destination *d)
{
    struct stat old;
    bool exists = stat(d->path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode)) {
        d->to = S_ISDIR(old.st_mode) ? (errno = EISDIR, NULL) : fopen(d->path, "wb");
        return d->to ? true : complain(d, errno);
    }
    /* a link stays: what it leads to is replaced */
    d->place = exists ? realpath(d->path, NULL) : NULL;
    if (!d->place)
        d->place = or_exit(strdup(d->path));
    size_t bytes = strlen(d->place) + sizeof ".XXXXXX";
    d->temporary = or_exit(malloc(bytes));
    snprintf(d->temporary, bytes, "%s.XXXXXX", d->place);
    int handle = mkstemp(d->temporary);
    d->to = handle < 0 ? NULL : fdopen(handle, "wb");
    if (d->to) {
        fchmod(handle, mode_for(exists ? &old : NULL));
        return true;
    }
    int reason = errno;
    if (handle >= 0) {
        close(handle);
        unlink(d->temporary);
    }
    free(d->temporary);
    d->temporary = NULL;
    return complain(d, reason);
}

static bool open_destination(destination *d, const asked_report *asked,
                             const sp_report_options *shown)
{
    sp_report_options options = *shown;
    d->path = asked->path;
    options.color = shown->color && !d->path;
    if (d->path && !open_file(d))
        return false;
    d->status = sp_report_open(&d->report, asked->format, &options,
                               (sp_sink){write_bytes, d});
    return true;
}

static void release(destination *d)
{
    sp_report_close(d->report);
    if (d->to)
        fclose(d->to);
    if (d->temporary)
        unlink(d->temporary);
    free(d->temporary);
    free(d->place);
    *d = (destination){0};
}

reports *reports_open(const settings *given, const sp_report_options *shown)
{
    static const asked_report default_report = {"text", NULL};
    reports *r = or_exit(calloc(1, sizeof *r));
    r->count = given->reports ? given->reports : 1;
    for (size_t i = 0; i < r->count; i++) {
        const asked_report *asked = given->reports ? &given->report[i] : &default_report;
        if (open_destination(&r->item[i], asked, shown))
            continue;
        for (size_t j = 0; j <= i; j++)
            release(&r->item[j]);
        free(r);
        return NULL;
    }
    return r;
}

#define EACH(r, call)                                 \
    for (size_t i = 0; i < (r)->count; i++) {         \
        destination *d = &(r)->item[i];               \
        if (d->status == SP_OK)                       \
            d->status = call;                         \
    }

void reports_diagnosis(reports *to, const sp_diagnosis *diagnosis)
{
    EACH(to, sp_report_diagnosis(d->report, diagnosis))
}

void reports_bad_file(reports *to, const char *file)
{
    EACH(to, sp_report_bad_file(d->report, file))
}

void reports_outcome(reports *to, const sp_outcome *outcome)
{
    EACH(to, sp_report_outcome(d->report, outcome))
}

void reports_failure(reports *to, const sp_case_info *of, sp_status status)
{
    EACH(to, sp_report_failure(d->report, of, status))
}

void reports_cut(reports *to, const char *why)
{
    EACH(to, sp_report_cut(d->report, why))
}

bool reports_are_lost(const reports *of)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->item[i].status != SP_OK)
            return true;
    return false;
}

/* Flushes and closes the file; some file systems tell of a full disk only here. */
static void close_file(destination *d)
{
    errno = 0;
    bool failed = ferror(d->to) != 0;
    failed |= fclose(d->to) != 0;
    d->to = NULL;
    if (!failed && d->status == SP_OK && d->temporary && rename(d->temporary, d->place) == 0) {
        free(d->temporary);
        d->temporary = NULL;
        return;
    }
    if (d->status == SP_OK && (failed || d->temporary)) {
        d->status = SP_WRITE_FAILED;
        d->reason = errno;
    }
}

int reports_close(reports *of)
{
    int code = EXIT_MET;
    EACH(of, sp_report_finish(d->report))
    for (size_t i = 0; i < of->count; i++) {
        destination *d = &of->item[i];
        if (d->to)
            close_file(d);
        if (d->status == SP_WRITE_FAILED)
            complain(d, d->reason);
        else if (d->status != SP_OK)
            fprintf(stderr, "shardproof: %s\n", sp_status_text(d->status));
        if (d->status != SP_OK)
            code = sp_exit_code_worse(code, sp_status_exit_code(d->status));
        release(d);
    }
    free(of);
    return code;
}
