// SPDX-License-Identifier: Apache-2.0
//
// One typed check → the quickest kernel that decides it, with an estimate of cost and of how often it is true, by which
// the children of and/or are ordered. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "engine/lang/program.h"

namespace eunomia::lang {

// The same check in the simplest terms: a glob that is a prefix as one, a list of one as its value.
ir::Check simplified(ir::Check check);
CompiledCheck compile_check(const ir::Check& check);
Estimate estimate_check(const CompiledCheck& compiled, const ir::Check& check);
// Sorts the children so that the least is spent until the node is decided; returns the node's own estimate.
Estimate order_children(CompiledNode::Kind kind, std::vector<NodeId>& children, std::span<const Estimate> estimates);

}  // namespace eunomia::lang
