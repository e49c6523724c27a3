// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "engine/lang/text.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t max_yaml_depth = 64;  // rule files need six

struct Refused {
  std::string what;
  std::size_t offset;
  std::string_view code = "E0106";
};

std::size_t count_nodes(const YamlNode& node) {
  std::size_t count = 1;
  for (const auto& item : node.items) count += count_nodes(item);
  for (const auto& [key, value] : node.entries) count += count_nodes(key) + count_nodes(value);
  return count;
}

// The parser marks a scalar at its anchor or tag, if it has one: "&name !!str text". Comments may follow these.
std::size_t behind_properties(std::string_view text, std::size_t at) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto start = at;
  while (at < text.size() && (text[at] == '&' || text[at] == '!' || (text[at] == '#' && at > start))) {
    at = std::min(text.find_first_of(text[at] == '#' ? "\n" : blanks, at), text.size());
    at = std::min(text.find_first_not_of(blanks, at), text.size());
  }
  return at;
}

// A plain scalar cannot begin with what begins the others.
ScalarStyle style_of(const SourceFile& file, std::size_t offset) {
  switch (offset < file.text().size() ? file.text()[offset] : ' ') {
    case '\'': return ScalarStyle::single_quoted;
    case '"': return ScalarStyle::double_quoted;
    case '|':
    case '>': return ScalarStyle::block;
    default: return ScalarStyle::plain;
  }
}

// Builds the tree of one document from the parser's events. Throws Refused past a limit; `parse_yaml` catches it.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(const SourceFile& file, std::size_t shift) : file_(file), shift_(shift) {}
  YamlNode take() { return std::move(root_); }
  // Where the document starts.
  [[nodiscard]] std::size_t start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = offset(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(make(mark, YamlNode::Kind::null), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) throw Refused{"an alias inside the value that it names", offset(mark)};
    charge(count_nodes(known->second), offset(mark));
    attach(known->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(mark, YamlNode::Kind::scalar);
    node.quoted = tag == "!";
    if (!value.empty()) node.where.offset = behind_properties(file_.text(), node.where.offset);
    node.text = map_scalar(file_, node.where.offset, style_of(file_, node.where.offset), value);
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(mark, YamlNode::Kind::sequence), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(mark, YamlNode::Kind::map), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    std::optional<YamlNode> key;
  };

  [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const {
    return std::min(file_.text().size(), static_cast<std::size_t>(std::max(mark.pos, 0)) + shift_);
  }
  YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind) {
    charge(1, offset(mark));
    YamlNode node;
    node.kind = kind;
    node.where = {&file_, offset(mark)};
    return node;
  }
  void charge(std::size_t nodes, std::size_t at) {
    nodes_ += nodes;
    if (nodes_ > max_yaml_nodes) throw Refused{"the file has too many values once its aliases are expanded", at};
  }
  void open(YamlNode node, YAML::anchor_t anchor) {
    if (stack_.size() >= max_yaml_depth) throw Refused{"values are nested too deeply", node.where.offset};
    stack_.push_back({std::move(node), anchor, std::nullopt});
  }
  void close() {
    auto top = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(top.node), top.anchor);
  }
  void add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      charge(count_nodes(node), node.where.offset);  // anchors within anchors are copies of copies
      anchors_[anchor] = node;
    }
    attach(std::move(node));
  }
  void attach(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& top = stack_.back();
    if (top.node.is_sequence()) {
      top.node.items.push_back(std::move(node));
    } else if (!top.key) {
      top.key = std::move(node);
    } else {
      if (node.is_null()) node.where = top.key->where;  // the parser marks what comes next, lines further down
      top.node.entries.emplace_back(std::move(*top.key), std::move(node));
      top.key.reset();
    }
  }

  const SourceFile& file_;
  std::size_t shift_, nodes_ = 0, start_ = 0;
  YamlNode root_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
};

// What yaml-cpp would silently misread: bytes that are not UTF-8, control characters (it takes 0x04 for the end).
std::optional<Finding> check_bytes(const SourceFile& file) {
  const auto text = file.text();
  if (text.size() > max_file_bytes)
    return Finding{"E0102", {&file, 0}, "the file is larger than 16 MiB", "split it", 1};
  if (const auto bad = find_invalid_utf8(text); bad != std::string_view::npos)
    return Finding{"E0103", {&file, bad}, "the file is not UTF-8", "save it as UTF-8", 1};
  const auto control = std::ranges::find_if(
      text, [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F; });
  if (control == text.end()) return std::nullopt;
  return Finding{"E0103",
                 {&file, static_cast<std::size_t>(control - text.begin())},
                 "the file has a control character that YAML does not allow",
                 "remove it",
                 1};
}

std::vector<YamlNode> parse_documents(const SourceFile& file, std::string_view text, std::size_t shift) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  std::vector<YamlNode> documents;
  std::size_t last_start = 0;
  while (parser) {
    Builder builder(file, shift);
    if (!parser.HandleNextDocument(builder)) break;
    // yaml-cpp gives empty documents for ever where a document cannot start (", a").
    if (!documents.empty() && builder.start() <= last_start)
      throw Refused{"this is not valid YAML: unexpected character", builder.start(), "E0104"};
    last_start = builder.start();
    documents.push_back(builder.take());
  }
  return documents;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto entry = std::ranges::find_if(entries, [&](const auto& e) { return e.first.text.text() == key; });
  return entry == entries.end() ? nullptr : &entry->second;
}

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a single value";
    case YamlNode::Kind::sequence: return "a list";
    case YamlNode::Kind::map: return "a mapping";
  }
  return "";
}

std::expected<std::vector<YamlNode>, Finding> parse_yaml(const SourceFile& file) {
  if (auto bad = check_bytes(file)) return std::unexpected(std::move(*bad));
  auto text = file.text();
  const std::size_t shift = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  try {
    return parse_documents(file, text.substr(shift), shift);
  } catch (const Refused& e) {
    return std::unexpected(Finding{e.code, {&file, e.offset}, e.what, "", 1});
  } catch (const YAML::Exception& e) {
    const auto at = e.mark.is_null() ? 0 : std::min(text.size(), static_cast<std::size_t>(e.mark.pos)) + shift;
    return std::unexpected(Finding{"E0104", {&file, at}, "this is not valid YAML: " + e.msg, "", 1});
  } catch (const std::exception& e) {
    return std::unexpected(Finding{"E0104", {&file, 0}, std::string("this is not valid YAML: ") + e.what(), "", 1});
  }
}

}  // namespace eunomia::lang
