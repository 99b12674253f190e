/* Right schemes that use what the built-in ones do not. */
#include "soundness.h"

#define MEGATRON "mesh tp\ninput X[N, Din], Y[N, Dout]\n" \
    "param W1[Din, Dh/tp], b1[Dh/tp], W2[Dh/tp, Dout], b2[Dout]\n"

const char *const soundness_schemes[] = {
    /* the bias on one rank; a factor in and out; declared sums */
    "scheme bias-once\n" MEGATRON
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(A1 @ W2 + only(b2, tp, 0), tp)\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  D2all = allreduce(D2 / size(tp), tp)\n"
    "  dW2 = A1^T @ D2all\n  db2 = only(sum(D2, N), tp, 0)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
    "  dW1 = X^T @ D1\n  db1 = sum(D1, N)\n  dX = D1 @ W1^T\n"
    "result Z1[N, Dh/tp], A1[N, Dh/tp], Z2[N, Dout], A2[N, Dout], D2[N, Dout], D1[N, Dh/tp],\n"
    "       dW1[Din, Dh/tp], db1[Dh/tp], dW2[Dh/tp, Dout], db2[Dout] sum tp, dX[N, Din] sum tp\n",
    /* every rank a mean over its rows, put right by its share of the rows */
    "scheme weighted-means\nmesh dp\ninput X[N/dp, Din], Y[N/dp, Dout]\n"
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n"
    "  dW2 = allreduce((A1^T @ D2 * N / count(N/dp)) * (count(N/dp) / N), dp)\n"
    "  db2 = allreduce(sum(D2, N), dp, mean) * size(dp)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
    "  dW1 = X^T @ D1\n  db1 = allreduce(sum(D1, N), dp)\n  dX = D1 @ W1^T\n"
    "result Z1[N/dp, Dh], A1[N/dp, Dh], Z2[N/dp, Dout], A2[N/dp, Dout], D2[N/dp, Dout],\n"
    "       D1[N/dp, Dh], dW1[Din, Dh] sum dp, db1[Dh], dW2[Dh, Dout], db2[Dout], dX[N/dp, Din]\n",
    /* rows become columns and back */
    "scheme all-to-all\nmesh tp\ninput X[N/tp, Din], Y[N/tp, Dout]\n"
    "param W1[Din, Dh], b1[Dh], W2[Dh/tp, Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  A1c = alltoall(A1, Dh, N, tp)\n"
    "  Z2 = reducescatter(A1c @ W2, N, tp) + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  D2all = allgather(D2, N, tp)\n"
    "  dW2 = A1c^T @ D2all\n  db2 = sum(D2all, N)\n"
    "  D1 = alltoall(D2all @ W2^T, N, Dh, tp) * sigma'(Z1)\n"
    "  dW1 = allreduce(X^T @ D1, tp)\n  db1 = allreduce(sum(D1, N), tp)\n  dX = D1 @ W1^T\n"
    "result Z1[N/tp, Dh], A1[N/tp, Dh], Z2[N/tp, Dout], A2[N/tp, Dout], D2[N/tp, Dout],\n"
    "       D1[N/tp, Dh], dW1[Din, Dh], db1[Dh], dW2[Dh/tp, Dout], db2[Dout], dX[N/tp, Din]\n",
    /* two axes, the inputs split over one of them */
    "scheme rows-and-inputs\nmesh dp, tp\ninput X[N/dp, Din/tp], Y[N/dp, Dout]\n"
    "param W1[Din/tp, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\n"
    "forward\n  Z1 = allreduce(X @ W1, tp) + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n"
    "  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  dW2 = allreduce(A1^T @ D2, dp)\n"
    "  db2 = allreduce(sum(D2, N), dp)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n"
    "  dW1 = allreduce(X^T @ D1, dp)\n  db1 = sum(D1, N)\n  dX = D1 @ W1^T\n"
    "result Z1[N/dp, Dh], A1[N/dp, Dh], Z2[N/dp, Dout], A2[N/dp, Dout], D2[N/dp, Dout],\n"
    "       D1[N/dp, Dh], dW1[Din/tp, Dh], db1[Dh] sum dp, dW2[Dh, Dout], db2[Dout],\n"
    "       dX[N/dp, Din/tp]\n",
    /* the hidden layer over two axes, one inside the other */
    "scheme nested\nmesh tp1, tp2\ninput X[N, Din], Y[N, Dout]\n"
    "param W1[Din, Dh/(tp1,tp2)], b1[Dh/(tp1,tp2)], W2[Dh/(tp1,tp2), Dout], b2[Dout]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(allgather(A1, Dh, tp2) @ allgather(W2, Dh, tp2), tp1) + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  dW2 = A1^T @ D2\n  db2 = sum(D2, N)\n"
    "  D1 = (D2 @ W2^T) * sigma'(Z1)\n  dW1 = X^T @ D1\n  db1 = sum(D1, N)\n"
    "  dX = allreduce(allreduce(D1 @ W1^T, tp1), tp2)\n"
    "result Z1[N, Dh/(tp1,tp2)], A1[N, Dh/(tp1,tp2)], Z2[N, Dout], A2[N, Dout], D2[N, Dout],\n"
    "       D1[N, Dh/(tp1,tp2)], dW1[Din, Dh/(tp1,tp2)], db1[Dh/(tp1,tp2)],\n"
    "       dW2[Dh/(tp1,tp2), Dout], db2[Dout], dX[N, Din]\n",
    /* the outputs split; the output layer's error gathered */
    "scheme outputs\nmesh tp\ninput X[N, Din], Y[N, Dout/tp]\n"
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout/tp], b2[Dout/tp]\n"
    "forward\n  Z1 = X @ W1 + b1\n  A1 = sigma(Z1)\n  Z2 = A1 @ W2 + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = loss'(A2, Y) * g'(Z2)\n  dW2 = A1^T @ D2\n  db2 = sum(D2, N)\n"
    "  D1 = (allgather(D2, Dout, tp) @ allgather(W2, Dout, tp)^T) * sigma'(Z1)\n"
    "  dW1 = broadcast(X^T @ D1, tp, 0)\n  db1 = slice(sum(D1, N), Dh, tp)\n"
    "  dX = allreduce((D2 @ W2^T) * sigma'(Z1), tp) @ W1^T\n"
    "result Z1[N, Dh], A1[N, Dh], Z2[N, Dout/tp], A2[N, Dout/tp], D2[N, Dout/tp], D1[N, Dh],\n"
    "       dW1[Din, Dh], db1[Dh/tp], dW2[Dh, Dout/tp], db2[Dout/tp], dX[N, Din]\n",
    /* one rank works, the others are told */
    "scheme one-rank\nmesh dp\ninput X[N, Din], Y[N, Dout]\n"
    "param W1[Din, Dh], b1[Dh], W2[Dh, Dout], b2[Dout]\n"
    "forward\n  Z1 = broadcast(X @ W1 + only(b1, dp, 0), dp, 0)\n  A1 = sigma(Z1)\n"
    "  Z2 = allreduce(only(A1 @ W2, dp, 1), dp) + b2\n  A2 = g(Z2)\n"
    "backward\n  D2 = shift(loss'(A2, Y) * g'(Z2), dp, 1)\n  dW2 = A1^T @ only(D2, dp, 1)\n"
    "  db2 = sum(D2, N)\n  D1 = (D2 @ W2^T) * sigma'(Z1)\n  dW1 = X^T @ D1\n"
    "  db1 = allreduce(sum(D1, N), dp, mean)\n  dX = -(0 - D1 @ W1^T)\n"
    "result Z1[N, Dh], A1[N, Dh], Z2[N, Dout], A2[N, Dout], D2[N, Dout], D1[N, Dh],\n"
    "       dW1[Din, Dh], db1[Dh], dW2[Dh, Dout] sum dp, db2[Dout], dX[N, Din]\n",
    NULL,
};
