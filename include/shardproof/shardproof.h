/* shardproof: is the gradient that a sharded MLP computes the gradient of the unsharded network? */
#ifndef SHARDPROOF_H
#define SHARDPROOF_H

#include <shardproof/cases.h>
#include <shardproof/check.h>
#include <shardproof/derive.h>
#include <shardproof/memory.h>
#include <shardproof/networks.h>
#include <shardproof/outcome.h>
#include <shardproof/prove.h>
#include <shardproof/report.h>
#include <shardproof/schemes.h>
#include <shardproof/status.h>
#include <shardproof/version.h>

#endif
