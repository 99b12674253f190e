#include "output.h"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool write_bytes(void *context, const char *bytes, size_t length)
{
    errno = 0;
    if (fwrite(bytes, 1, length, stdout) == length)
        return true;
    *(int *)context = errno;
    return false;
}

sp_sink standard_output(int *reason)
{
    return (sp_sink){write_bytes, reason};
}

int output_failed(int reason)
{
    fprintf(stderr, "shardproof: the output could not be written whole%s%s\n",
            reason ? ": " : "", reason ? strerror(reason) : "");
    return EXIT_FAULT;
}

bool write_text(const char *path, const char *text)
{
    errno = 0;
    FILE *file = fopen(path, "w");
    bool good = file && fputs(text, file) != EOF;
    if (file)
        good = fclose(file) == 0 && good;
    if (!good)
        fprintf(stderr, "%s: error: %s\n", path, errno ? strerror(errno) : sp_status_text(SP_WRITE_FAILED));
    return good;
}

int finish_output(int code)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    failed |= fflush(stdout) != 0;
    int reason = errno;
    failed |= fclose(stdout) != 0; /* some file systems tell of a full disk only here */
    if (!failed || code == EXIT_FAULT)
        return code;
    return output_failed(reason ? reason : errno);
}
