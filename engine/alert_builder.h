// SPDX-License-Identifier: Apache-2.0
//
// From a rule that matched to the alert that is sent. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "alerts/alert.h"
#include "engine/event/field.h"
#include "engine/lang/engine.h"

namespace eunomia {

alerts::Alert build_alert(const lang::Rule& rule, lang::Rendered rendered, const Context& context,
                          std::string_view hostname);

}  // namespace eunomia
