// SPDX-License-Identifier: Apache-2.0
//
// Loading: paths → Items → resolved conditions → Engine, every stage reporting all it finds.
#include <algorithm>
#include <set>

#include "engine/lang/compiler.h"
#include "engine/lang/engine_impl.h"
#include "engine/lang/loader.h"
#include "engine/lang/match.h"
#include "engine/lang/resolver.h"

namespace eunomia::lang {
namespace {

void collect_fields(const ir::Term& term, std::set<const Field*>& out) {
  if (term.kind == ir::Term::Kind::field) out.insert(term.use.field);
  for (const auto& arg : term.args) collect_fields(arg, out);
}

void collect_fields(const ir::Node& node, std::set<const ir::Node*>& seen, std::set<const Field*>& out) {
  if (!seen.insert(&node).second) return;
  if (node.kind == ir::Node::Kind::check) collect_fields(node.check.left, out);
  if (node.check.right) collect_fields(*node.check.right, out);
  for (const auto& child : node.children) collect_fields(*child, seen, out);
}

class Builder {
 public:
  Builder(const Items& items, Report& report, const LoadOptions& options)
      : items_(items), report_(report), options_(options), resolver_(items, report) {}

  std::unique_ptr<const Engine::Impl> build() {
    for (const auto& rule : items_.rules.all())
      if (!rule.unknown_source) add(rule);
    resolver_.finish();
    warn_of_choices();
    if (options_.matching == Matching::first) warn_of_shadows();
    impl_->program = compiler_.finish();
    warn_of_costs();
    return std::move(impl_);
  }

 private:
  void add(const RuleItem& item) {
    const auto name = "rule '" + item.name + "'";
    auto resolved = resolver_.resolve(item);
    const auto text = without_container_info(item, name);
    auto output = parse_output(text.text());
    if (!output) return report_output(item, text, name, output.error());
    if (!resolved) return;
    auto& condition = resolved->condition;
    auto& correlation = resolved->correlation;
    Rule rule;
    rule.index = impl_->rules.size();
    rule.name = item.name;
    rule.description = item.description;
    rule.output = text.text();
    rule.priority = item.priority;
    rule.tags = item.tags;
    rule.source = item.source;
    rule.enabled = is_chosen(item);
    rule.where = item.where.file ? item.where.file->locate(item.where.offset) : Location{};
    const auto index = static_cast<std::uint32_t>(rule.index);
    rule.events = correlation ? compiler_.add(index, *condition, rule.enabled, *correlation)
                              : compiler_.add(index, *condition, rule.enabled);
    if (rule.enabled) impl_->events |= rule.events;
    warn(item, name, *condition, rule.events);
    if (correlation) warn_of_correlation(item, name, *correlation, rule.events);
    rule.correlation = std::move(correlation);
    impl_->rules.push_back(std::move(rule));
    impl_->outputs.push_back(std::move(*output));
    impl_->conditions.push_back(std::move(condition));
  }

  // "%container.info" is an old name of what each alert carries anyway.
  MappedText without_container_info(const RuleItem& item, const std::string& name) {
    constexpr std::string_view old = "%container.info";
    MappedText out;
    std::size_t at = 0;
    for (auto found = item.output.text().find(old); found != std::string::npos;
         found = item.output.text().find(old, at)) {
      report_.warning(name, {"W0503", item.output.origin(found), "'%container.info' is an old form, ignored",
                             "name the fields: %container.id %container.name", old.size()});
      out.append(item.output, at, found - at);
      at = found + old.size();
    }
    out.append(item.output, at, item.output.size() - at);
    return out;
  }

  void report_output(const RuleItem& item, const MappedText& text, const std::string& name,
                     const std::vector<OutputError>& errors) {
    const bool skip =
        item.skip_if_unknown && std::ranges::all_of(errors, [](const auto& e) { return e.code == "E0401"; });
    for (const auto& e : errors) {
      const Finding finding{e.code, text.origin(e.begin), e.message, e.hint, std::max<std::size_t>(e.end - e.begin, 1)};
      skip ? report_.warning(name, finding) : report_.error(name, finding);
    }
  }

  void warn(const RuleItem& item, const std::string& name, const ir::Node& condition, EventSet events) {
    const auto types = ir::event_types(condition);
    EventSet every;
    every.set();
    every.reset(EV_NONE);
    const auto length = item.name.size();
    if (item.warn_event_types && types.others && types.types == every)
      report_.warning(name, {"W0504", item.where, "the condition names no event type, so every event is tried",
                             "add 'evt.type in (...)'", length});
    std::set<const ir::Node*> seen;
    std::set<const Field*> fields;
    collect_fields(condition, seen, fields);
    for (const auto* field : fields) {
      if (field->name == "evt.dir")
        report_.warning(
            name, {"W0503", item.where, "'evt.dir' is an old form: it is always '<'", "remove the check", length});
      if (field->events.none())
        report_.warning(
            name,
            {"W0509", item.where,
             "no event fills the field '" + std::string(field->name) + "' yet: checks of it are false", "", length});
    }
    if (events.none())
      report_.warning(
          name, {"W0505", item.where, "can never match: no event that is seen makes its condition true", "", length});
  }

  void warn_of_correlation(const RuleItem& item, const std::string& name, const Correlation& correlation,
                           EventSet events) {
    if (correlation.window) warn_of_fields(item.window->by, name, correlation.window->by, events);
    if (correlation.throttle) warn_of_fields(item.throttle->by, name, correlation.throttle->by, events);
    if (!correlation.sequence) return;
    for (std::size_t i = 0; i < correlation.sequence->steps.size(); ++i) {
      const auto& step = correlation.sequence->steps[i];
      const auto& written = item.sequence->steps[i];
      if (step.events.none() && events.any())
        report_.warning(name, {"W0505", written.where,
                               "can never report: no event that is seen makes this step's condition true", "", 1});
      else
        warn_of_fields(written.by, name, step.by, step.events);
    }
  }

  // A field that the events never have a value for tells nothing apart, and joins nothing.
  void warn_of_fields(const std::vector<MappedText>& written, const std::string& name,
                      const std::vector<ir::FieldUse>& by, EventSet events) {
    for (std::size_t i = 0; i < by.size(); ++i)
      if (events.any() && (by[i].field->events & events).none())
        report_.warning(name, {"W0520", written[i].origin(),
                               "the field '" + *by[i].text + "' has no value in the events that this looks at", "",
                               written[i].size()});
  }

  static bool covers(const Choice& choice, const RuleItem& item) {
    if (!choice.tag.empty()) return std::ranges::find(item.tags, choice.tag) != item.tags.end();
    return glob_match(choice.rule, item.name);
  }

  [[nodiscard]] bool is_chosen(const RuleItem& item) const {
    bool enabled = item.enabled;
    for (const auto& choice : options_.choices)
      if (covers(choice, item)) enabled = choice.enable;
    return enabled && item.priority <= options_.least;
  }

  void warn_of_choices() {
    for (const auto& choice : options_.choices) {
      const auto covered = [&](const auto& item) { return covers(choice, item); };
      if (std::ranges::any_of(items_.rules.all(), covered)) continue;
      report_.warning("",
                      {"W0513",
                       {},
                       choice.tag.empty() ? "no rule is named '" + choice.rule + "', which is to be " + verb(choice)
                                          : "no rule has the tag '" + choice.tag + "', which is to be " + verb(choice),
                       "",
                       1});
    }
  }
  static std::string verb(const Choice& choice) { return choice.enable ? "enabled" : "disabled"; }

  void warn_of_shadows() {
    for (const auto& shadow : compiler_.shadows()) {
      const auto& name = impl_->rules[shadow.rule].name;
      report_.warning(
          "rule '" + name + "'",
          {"W0511", items_.rules.find(name)->where,
           "never reports: the earlier rule '" + impl_->rules[shadow.by].name + "' is true whenever this one is",
           "make the earlier rule narrower, or move this one before it", name.size()});
    }
  }

  // Whether the first thing done for an event is a regular expression: then every event of the type pays for it.
  [[nodiscard]] bool begins_costly(NodeId id) const {
    const auto& program = impl_->program;
    while (program.nodes[id].kind != CompiledNode::Kind::check) {
      if (program.nodes[id].count == 0) return false;
      id = program.children[program.nodes[id].first];
    }
    return program.checks[program.nodes[id].first].uses_regex();
  }

  void warn_of_costs() {
    for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type) {
      const auto event = static_cast<EventType>(type);
      if (event == EventType::execve || event == EventType::execveat) continue;  // too rare to matter
      for (const auto& candidate : impl_->program.dispatch[type]) {
        if (!begins_costly(candidate.root)) continue;
        const auto& name = impl_->rules[candidate.rule].name;
        report_.warning("rule '" + name + "'",
                        {"W0512", items_.rules.find(name)->where,
                         "needs a regular expression for every event of type " + std::string(event_name(event)),
                         "add a cheaper condition: startswith, contains, in", name.size()});
      }
    }
  }

  const Items& items_;
  Report& report_;
  const LoadOptions& options_;
  Resolver resolver_;
  Compiler compiler_;
  std::unique_ptr<Engine::Impl> impl_ = std::make_unique<Engine::Impl>();
};

LoadResult finish(Loader& loader, Report& report, const LoadOptions& options) {
  const auto items = loader.take();
  auto impl = Builder(items, report, options).build();
  LoadResult out;
  if (!report.failed()) out.engine = std::make_shared<const Engine>(std::move(impl));
  out.diagnostics = report.take();
  out.requirements = items.requirements;
  return out;
}

}  // namespace

LoadResult load(std::span<const std::filesystem::path> paths, const LoadOptions& options) {
  Report report;
  Loader loader(report);
  for (const auto& path : paths) loader.add_path(path);
  return finish(loader, report, options);
}

LoadResult load_text(std::string_view name, std::string_view text, const LoadOptions& options) {
  Report report;
  Loader loader(report);
  loader.add_text(std::string(name), std::string(text));
  return finish(loader, report, options);
}

}  // namespace eunomia::lang
