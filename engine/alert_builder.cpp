// SPDX-License-Identifier: Apache-2.0
#include "engine/alert_builder.h"

#include <fmt/format.h>

#include <utility>

#include "engine/event/socket_facts.h"

namespace eunomia {
namespace {

constexpr std::size_t max_ancestors = 16;

alerts::AlertContainer container_of(const Context& context) {
  const Container* container = context.container;
  if (container == nullptr) return {};
  return {.id = container->id,
          .name = container->name,
          .image = container->image,
          .engine = std::string(to_string(container->engine))};
}

alerts::AlertProcess process_of(const Context& context) {
  alerts::AlertProcess result{
      .pid = context.event.pid, .ns_pid = context.event.ns_pid, .name = std::string(context.event.comm)};
  const Process* process = context.process;
  if (process == nullptr) return result;
  result.name = process->name;
  result.exepath = process->exepath;
  result.cmdline = process->cmdline;
  result.cwd = process->cwd;
  const Process* ancestor = process->parent.get();
  for (; ancestor != nullptr && result.ancestors.size() < max_ancestors; ancestor = ancestor->parent.get())
    result.ancestors.push_back(ancestor->name);
  return result;
}

std::string user_of(const Context& context) {
  if (context.names != nullptr) {
    if (const auto name = context.names->user(context.event.uid)) return std::string(*name);
  }
  return fmt::format("{}", context.event.uid);
}

}  // namespace

alerts::Alert build_alert(const lang::Rule& rule, lang::Rendered rendered, const Context& context,
                          std::string_view hostname) {
  alerts::Alert alert;
  alert.time_ns = context.boot_time_ns + context.event.time_ns;
  alert.priority = static_cast<alerts::Priority>(rule.priority);
  alert.rule = rule.name;
  alert.output = std::move(rendered.text);
  alert.source = rule.source;
  alert.hostname = hostname;
  alert.tags = rule.tags;
  alert.fields = std::move(rendered.fields);
  alert.event_type = event_name(context.event.type);
  alert.container = container_of(context);
  alert.process = process_of(context);
  alert.user = user_of(context);
  alert.file = fd_name(context);
  if (context.container != nullptr && context.container->metadata != Metadata::complete) {
    alert.incomplete = true;
    alert.incomplete_why = context.container->metadata == Metadata::pending ? "the container's metadata had not arrived"
                                                                            : context.container->metadata_source;
  }
  return alert;
}

}  // namespace eunomia
