#include <shardproof/status.h>

static const struct {
    int exit_code;
    const char *text;
} statuses[] = {
#define X(name, exit_code, text) {exit_code, text},
    SP_STATUSES(X)
#undef X
};

const char *sp_status_text(sp_status status)
{
    return statuses[status].text;
}

int sp_status_exit_code(sp_status status)
{
    return statuses[status].exit_code;
}
