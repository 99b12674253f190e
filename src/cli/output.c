#include "output.h"

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool write_bytes(void *context, const char *bytes, size_t length)
{
    (void)context;
    return fwrite(bytes, 1, length, stdout) == length;
}

sp_sink standard_output(void)
{
    return (sp_sink){write_bytes, NULL};
}

int finish_output(int code)
{
    errno = 0;
    bool failed = ferror(stdout) != 0;
    failed |= fflush(stdout) != 0;
    int reason = errno;
    failed |= fclose(stdout) != 0; /* some file systems tell of a full disk only here */
    if (!failed)
        return code;
    fprintf(stderr, "shardproof: the output could not be written whole: %s\n",
            strerror(reason ? reason : errno));
    return EXIT_FAULT;
}
