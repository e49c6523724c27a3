// SPDX-License-Identifier: Apache-2.0
#include "engine/state/metadata.h"

#include <algorithm>
#include <chrono>

#include "engine/state/cgroup_path.h"
#include "engine/state/files.h"
#include "engine/state/json.h"

namespace eunomia {

namespace {

constexpr std::size_t most_labels = 128, most_mounts = 128, longest_label = 1024;

void set_image(Container& container, std::string image) {
  if (image.empty()) return;
  ImageName parts = split_image(image);
  container.image = std::move(image);
  container.image_repository = std::move(parts.repository);
  container.image_tag = std::move(parts.tag);
  if (!parts.digest.empty()) container.image_digest = std::move(parts.digest);
}

void add_label(Container& container, const std::string& key, const std::string& value) {
  if (container.labels.size() >= most_labels || key.size() > longest_label) return;
  container.labels.insert_or_assign(key, value.substr(0, longest_label));
}

void add_labels(Container& container, const Json& labels) {
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    if (value.is_string()) add_label(container, key, value.get_ref<const std::string&>());
  }
}

void add_mount(Container& container, std::string_view source, std::string_view destination, std::string_view mode,
               bool writable, std::string_view propagation) {
  if (container.mounts.size() >= most_mounts) return;
  std::string mount(source);
  for (std::string_view part : {destination, mode, std::string_view(writable ? "true" : "false"), propagation}) {
    mount.append(":").append(part);
  }
  container.mounts.push_back(std::move(mount));
}

// Docker writes names as "/name".
std::string bare_name(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

void set_engine_facts(Container& container, const Json& json) {
  container.name = bare_name(text_at(json, {"Name"}));
  container.image_id = text_at(json, {"Image"});
  set_image(container, text_at(json, {"Config", "Image"}));
  container.start_ns = parse_time(text_at(json, {"State", "StartedAt"}));
  container.init_pid = number_at(json, {"State", "Pid"});
  container.labels.clear();
  add_labels(container, at(json, {"Config", "Labels"}));
}

// The address is at the top for the default bridge, else under the network it belongs to.
std::string find_ip(const Json& json) {
  if (std::string ip = text_at(json, {"NetworkSettings", "IPAddress"}); !ip.empty()) return ip;
  const Json& networks = at(json, {"NetworkSettings", "Networks"});
  if (!networks.is_object()) return {};
  for (const Json& network : networks) {
    if (std::string ip = text_at(network, {"IPAddress"}); !ip.empty()) return ip;
  }
  return {};
}

}  // namespace

ImageName split_image(std::string_view image) {
  ImageName parts;
  if (image.starts_with("sha256:") || is_long_id(image) || image.empty()) return parts;
  std::size_t digest = image.find('@');
  if (digest != std::string_view::npos) {
    parts.digest = image.substr(digest + 1);
    image = image.substr(0, digest);
  }
  std::size_t colon = image.rfind(':');
  bool is_tag = colon != std::string_view::npos && image.find('/', colon) == std::string_view::npos;
  parts.repository = image.substr(0, is_tag ? colon : std::string_view::npos);
  parts.tag = is_tag ? image.substr(colon + 1) : parts.digest.empty() ? "latest" : "";
  return parts;
}

std::uint64_t parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (text.size() <= shape.size()) return 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return 0;
  }
  auto part = [&](std::size_t from, std::size_t size) {
    return leading_number<int>(text.substr(from, size)).value_or(0);
  };
  year_month_day date{year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))),
                      day(static_cast<unsigned>(part(8, 2)))};
  if (!date.ok() || date.year() < year(1970)) return 0;
  auto moment = sys_days(date) + hours(part(11, 2)) + minutes(part(14, 2)) + seconds(part(17, 2));
  text.remove_prefix(shape.size());
  nanoseconds fraction{0};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    for (std::int64_t unit = 100'000'000; !text.empty() && text[0] >= '0' && text[0] <= '9'; unit /= 10) {
      fraction += nanoseconds(unit * (text[0] - '0'));
      text.remove_prefix(1);
    }
  }
  if (text.size() == 6 && (text[0] == '+' || text[0] == '-')) {
    auto offset = hours(leading_number<int>(text.substr(1, 2)).value_or(0)) +
                  minutes(leading_number<int>(text.substr(4, 2)).value_or(0));
    moment -= text[0] == '+' ? offset : -offset;
  }
  auto ns = duration_cast<nanoseconds>(moment.time_since_epoch()) + fraction;
  return ns.count() < 0 ? 0 : static_cast<std::uint64_t>(ns.count());
}

std::expected<Container, std::string> from_inspect(std::string_view text, Container known) {
  std::optional<Json> json = parse_json(text);
  if (!json) return std::unexpected("the answer is not JSON");
  if (text_at(*json, {"Id"}) != known.full_id) return std::unexpected("the answer is about another container");
  set_engine_facts(known, *json);
  if (known.name.empty()) return std::unexpected("the answer names no container");
  known.privileged = true_at(*json, {"HostConfig", "Privileged"});
  known.ip = find_ip(*json);
  known.mounts.clear();
  const Json& mounts = at(*json, {"Mounts"});
  for (const Json& mount : mounts.is_array() ? mounts : Json::array()) {
    add_mount(known, text_at(mount, {"Source"}), text_at(mount, {"Destination"}), text_at(mount, {"Mode"}),
              true_at(mount, {"RW"}), text_at(mount, {"Propagation"}));
  }
  return known;
}

std::expected<Container, std::string> from_docker_config(std::string_view config, std::string_view host_config,
                                                         Container known) {
  std::optional<Json> json = parse_json(config);
  if (!json) return std::unexpected("config.v2.json is not JSON");
  set_engine_facts(known, *json);
  if (known.name.empty()) return std::unexpected("config.v2.json names no container");
  known.ip = find_ip(*json);
  if (std::optional<Json> host = parse_json(host_config)) known.privileged = true_at(*host, {"Privileged"});
  known.mounts.clear();
  const Json& mounts = at(*json, {"MountPoints"});
  for (const Json& mount : mounts.is_object() ? mounts : Json::object()) {
    add_mount(known, text_at(mount, {"Source"}), text_at(mount, {"Destination"}), text_at(mount, {"Mode"}),
              true_at(mount, {"RW"}), text_at(mount, {"Propagation"}));
  }
  return known;
}

std::expected<Container, std::string> from_storage(std::string_view text, Container known) {
  std::optional<Json> json = parse_json(text);
  if (!json || !json->is_array()) return std::unexpected("containers.json is no list");
  auto found = std::ranges::find_if(*json, [&](const Json& one) { return text_at(one, {"id"}) == known.full_id; });
  if (found == json->end()) return std::unexpected("containers.json does not have it");
  const Json& names = at(*found, {"names"});
  if (names.is_array() && !names.empty() && names[0].is_string() && known.name.empty()) known.name = names[0];
  known.image_id = text_at(*found, {"image"});
  // A document in a string, written by libpod and CRI-O.
  if (std::optional<Json> details = parse_json(text_at(*found, {"metadata"}))) {
    if (known.image.empty()) set_image(known, text_at(*details, {"image-name"}));
    if (known.name.empty()) known.name = text_at(*details, {"name"});
  }
  return known;
}

}  // namespace eunomia
