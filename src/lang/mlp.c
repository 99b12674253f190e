#include "lang/mlp.h"

#include "lang/case.h"

#include <string.h>

#define WHOLE(first, second) \
    {.order = SP_DIM_##second == SP_DIM_COUNT ? 1 : 2, \
     .part = {{.dim = SP_DIM_##first}, {.dim = SP_DIM_##second == SP_DIM_COUNT ? 0 : SP_DIM_##second}}}

static const sp_tensor_info tensors[] = {
#define X(id, name, first, second, param) {name, param, WHOLE(first, second), -1},
    SP_TENSORS(X)
#undef X
};

static const sp_function_spec relu = {.name = "relu"}, identity = {.name = "identity"}, half_sse = {.name = "half-sse"};
static const sp_function_name functions[] = {{"sigma", 1, &relu}, {"g", 1, &identity}, {"loss", 2, &half_sse}};

static const sp_result_info results[] = {
#define X(id, name, first, second, meaning, of) {name, meaning, WHOLE(first, second), of},
    SP_RESULTS(X)
#undef X
};

const sp_signature sp_mlp = {
    .name = "mlp",
    .dims = SP_DIM_COUNT,
    .dim = {
#define X(id, name, meaning) name,
        SP_DIMS(X)
#undef X
    },
    .tensors = SP_TENSOR_COUNT,
    .tensor = tensors,
    .functions = SP_MLP_FUNCTIONS,
    .function = functions,
    .results = SP_RESULT_COUNT,
    .result = results,
};

bool sp_is_mlp(const sp_signature *of)
{
    return strcmp(of->name, sp_mlp.name) == 0;
}
