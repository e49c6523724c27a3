// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/source.h"

#include <algorithm>

namespace eunomia::lang {
namespace {

constexpr std::string_view blanks = " \t\r\n";
bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

// Bytes that an escape of a double-quoted scalar takes in the file, its backslash included.
std::size_t escape_length(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return 1;
  switch (text[at + 1]) {
    case 'x': return 4;
    case 'u': return 6;
    case 'U': return 10;
    default: return 2;
  }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Walks the file beside the decoded bytes. Only blanks, escapes and doubled quotes can differ.
class Aligner {
 public:
  Aligner(std::string_view source, std::size_t at, ScalarStyle style) : source_(source), at_(at), style_(style) {}

  // The offset of decoded byte `c`, given all before it were asked for in order.
  std::size_t next(char c) {
    if (pending_escape_ && is_continuation(c)) return last_;
    pending_escape_ = false;
    if (style_ == ScalarStyle::double_quoted) skip_line_joins();
    if (is_blank(c)) return blank(c);
    while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
    return other(c);
  }

 private:
  std::size_t take(std::size_t length) {
    last_ = std::min(at_, source_.size());
    at_ += length;
    return last_;
  }
  [[nodiscard]] bool at(char c) const { return at_ < source_.size() && source_[at_] == c; }
  // A backslash before a line end joins the lines and yields nothing.
  void skip_line_joins() {
    while (at('\\') && at_ + 1 < source_.size() && (source_[at_ + 1] == '\n' || source_[at_ + 1] == '\r')) {
      at_ += 2;
      while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
    }
  }
  std::size_t escape() {
    pending_escape_ = true;
    return take(escape_length(source_, at_));
  }
  std::size_t blank(char c) {
    if (at_ < source_.size() && (source_[at_] == c || is_blank(source_[at_]))) return take(1);
    if (style_ == ScalarStyle::double_quoted && at('\\')) return escape();
    last_ = std::min(at_, source_.size());
    return last_;
  }
  std::size_t other(char c) {
    if (style_ == ScalarStyle::double_quoted && at('\\')) return escape();
    return take(style_ == ScalarStyle::single_quoted && c == '\'' ? 2 : 1);
  }

  std::string_view source_;
  std::size_t at_, last_ = 0;
  ScalarStyle style_;
  bool pending_escape_ = false;
};

}  // namespace

SourceFile::SourceFile(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
}

std::size_t SourceFile::line_index(std::size_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

Location SourceFile::locate(std::size_t offset) const {
  const auto line = line_index(offset);
  return {name_, static_cast<int>(line + 1), static_cast<int>(offset - starts_[line] + 1)};
}

std::string_view SourceFile::line_at(std::size_t offset) const {
  const auto line = line_index(offset);
  const auto start = starts_[line];
  const auto end = line + 1 < starts_.size() ? starts_[line + 1] : text_.size();
  auto text = std::string_view(text_).substr(start, end - start);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

Origin MappedText::origin(std::size_t at) const {
  if (runs_.empty()) return {};
  at = std::min(at, text_.size());
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), at, [](auto a, const Run& r) { return a < r.start; });
  const auto& run = after == runs_.begin() ? runs_.front() : *(after - 1);
  return {run.origin.file, run.origin.offset + (at - std::min(at, run.start))};
}

void MappedText::append(std::string_view text, Origin origin) {
  if (text.empty()) return;
  const auto here = this->origin(text_.size());
  if (runs_.empty() || here.file != origin.file || here.offset != origin.offset)
    runs_.push_back({text_.size(), origin});
  text_ += text;
}

void MappedText::append(std::string_view text) {
  for (const char c : text) append(std::string_view(&c, 1), origin(text_.empty() ? 0 : text_.size() - 1));
}

void MappedText::append(const MappedText& other, std::size_t from, std::size_t count) {
  const auto end = std::min(other.size(), from + count);
  if (from >= end) return;
  auto run = std::upper_bound(other.runs_.begin(), other.runs_.end(), from,
                              [](auto at, const Run& r) { return at < r.start; });
  while (from < end) {
    const auto stop = run == other.runs_.end() ? end : std::min(end, run->start);
    append(std::string_view(other.text_).substr(from, stop - from), other.origin(from));
    from = stop;
    if (run != other.runs_.end()) ++run;
  }
}

MappedText MappedText::trimmed() const {
  const auto first = text_.find_first_not_of(blanks);
  MappedText out;
  if (first == std::string::npos) return out;
  out.append(*this, first, text_.find_last_not_of(blanks) - first + 1);
  return out;
}

MappedText map_scalar(const SourceFile& file, std::size_t offset, ScalarStyle style, std::string_view decoded) {
  const auto source = file.text();
  auto start = offset;
  if (style == ScalarStyle::block) {
    const auto line_end = source.find('\n', offset);
    start = line_end == std::string_view::npos ? source.size() : line_end + 1;
  } else if (style != ScalarStyle::plain) {
    ++start;
  }
  MappedText out;
  // In a block the first line's indentation is not content, unless the content starts with blanks itself.
  Aligner aligner(source, start, style);
  for (std::size_t i = 0; i < decoded.size(); ++i) out.append(decoded.substr(i, 1), {&file, aligner.next(decoded[i])});
  return out;
}

}  // namespace eunomia::lang
