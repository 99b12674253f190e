#include "command.h"
#include "files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A case to start from, and the scheme that it names; `check` of the directory passes. */
static const struct {
    const char *name, *text;
} start[] = {
    {"plan.scheme",
     "# What every rank computes: Megatron's tensor parallelism, W1 by columns and W2 by rows.\n"
     "# Change it into your plan. `shardproof schemes` lists others to start from.\n"
     "scheme plan\n"
     "mesh tp # names of the axes of the mesh; how many ranks they have is the case's\n"
     "\n"
     "# What a rank holds. Dh/tp reads \"Dh, split over tp\"; without a slash it is held whole.\n"
     "input X[N, Din], Y[N, Dout]\n"
     "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"
     "\n"
     "forward\n"
     "  Z1 = X @ W1 + b1\n"
     "  A1 = sigma(Z1)\n"
     "  Z2 = allreduce(A1 @ W2, tp) + b2 # A1 @ W2 is a partial sum: Dh is split\n"
     "  A2 = g(Z2)\n"
     "\n"
     "backward\n"
     "  D2  = loss'(A2, Y) * g'(Z2) # the error term delta(2) = dL/dZ2\n"
     "  dW2 = A1^T @ D2\n"
     "  db2 = sum(D2, N)\n"
     "  D1  = (D2 @ W2^T) * sigma'(Z1)\n"
     "  dW1 = X^T @ D1\n"
     "  db1 = sum(D1, N)\n"
     "  dX  = allreduce(D1 @ W1^T, tp) # try what happens without the allreduce\n"
     "\n"
     "# What is compared with the unsharded network, and how the whole is made: parts that are put\n"
     "# together (dW1), or the whole on every rank (dX).\n"
     "result dW1[Din, Dh/tp], db1[Dh/tp], dW2[Dh/tp, Dout], db2[Dout], dX[N, Din]\n"},
    {"plan.case",
     "# Which sizes, network and ranks the plan is checked with: shardproof check plan.case\n"
     "case plan\n"
     "  # pairwise different, so that nothing fits by accident\n"
     "  dims    N = 5, Din = 4, Dh = 6, Dout = 2\n"
     "  network sigma = gelu, g = identity, loss = half-sse\n"
     "  scheme  \"plan.scheme\"\n"
     "  # a set makes a case of each: plan[tp=2], plan[tp=4]\n"
     "  mesh    tp = {2, 4}\n"
     "\n"
     "# Parts of unequal sizes, one of them empty, see what even ones hide.\n"
     "case plan-uneven\n"
     "  dims    N = 5, Din = 4, Dh = 6, Dout = 2\n"
     "  network sigma = tanh, g = identity, loss = mse\n"
     "  scheme  \"plan.scheme\"\n"
     "  mesh    tp = 3\n"
     "  split   Dh/tp = 1 + 5 + 0\n"},
};

enum { FILES = sizeof start / sizeof *start };

static bool complain(const char *path, int reason)
{
    fprintf(stderr, "%s: error: %s\n", path, strerror(reason));
    return false;
}

/* False, with a message, if it is there already or cannot be written whole. */
static bool write_new(const char *path, const char *text, int *code)
{
    FILE *to = fopen(path, "wbx");
    if (!to) {
        *code = EXIT_USAGE;
        return complain(path, errno);
    }
    errno = 0;
    bool written = fputs(text, to) >= 0;
    written = fclose(to) == 0 && written;
    if (written)
        return true;
    *code = EXIT_FAULT;
    complain(path, errno);
    unlink(path);
    return false;
}

int run_init(const settings *given)
{
    if (given->operands > 1) {
        fprintf(stderr, "shardproof init: one directory at most\nsee shardproof init --help\n");
        return EXIT_USAGE;
    }
    const char *directory = given->operands ? given->operand[0] : ".";
    char *path[FILES];
    struct stat status;
    int code = EXIT_MET;
    for (size_t i = 0; i < FILES; i++)
        path[i] = join_path(directory, start[i].name);
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        complain(directory, errno);
        code = EXIT_USAGE;
    }
    for (size_t i = 0; i < FILES && code == EXIT_MET; i++) /* all of them or none */
        if (lstat(path[i], &status) == 0) {
            complain(path[i], EEXIST);
            code = EXIT_USAGE;
        }
    for (size_t i = 0; i < FILES && code == EXIT_MET; i++)
        if (write_new(path[i], start[i].text, &code))
            printf("%s\n", path[i]);
    for (size_t i = 0; i < FILES; i++)
        free(path[i]);
    return code;
}
