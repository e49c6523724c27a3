// SPDX-License-Identifier: Apache-2.0
//
// Inside of the field table: the way to a container's metadata, which may still be on its way.
#pragma once

#include <string_view>

#include "engine/event/field.h"

namespace eunomia {

// The event's container if its metadata is known; null for the host, and while or where nothing is known. Marks the
// context where the metadata is pending: the answer may change.
inline const Container* metadata(const Context& context) {
  if (context.container == nullptr) return nullptr;
  if (context.container->metadata == Metadata::pending) context.touched_pending = true;
  return context.container->metadata == Metadata::complete ? context.container : nullptr;
}

// A label of the container; missing where there is none of that name.
Value container_label(const Context& context, std::string_view name);
// All of them, "key:value, key:value"; missing where there are none.
Value container_labels(const Context& context);

}  // namespace eunomia
