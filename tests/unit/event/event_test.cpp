// SPDX-License-Identifier: Apache-2.0
#include "engine/event/event.h"

#include <sys/socket.h>

#include <random>

#include "tests/unit/event/records.h"

namespace eunomia {
namespace {

using test::Record;
using testing::HasSubstr;
using namespace std::string_view_literals;

Record<ev_exec> exec_record() {
  Record<ev_exec> record(EV_EXECVE, "sh");
  record.body.exe_ino = 77, record.body.exe_flags = EVX_OVERLAY, record.body.tty = 34816;
  record.add(&ev_exec::exe, "/bin/busybox").add(&ev_exec::filename, "/bin/sh").add(&ev_exec::args, "sh\0-c\0id\0"sv);
  record.add(&ev_exec::cwd, "/root").add(&ev_exec::cgroup_path, "/docker/abc").add(&ev_exec::parent_comm, "runc");
  return record;
}

Record<ev_file> open_record() {
  Record<ev_file> record(EV_OPENAT);
  record.body.fd = 3, record.body.mode = 0100640, record.body.ino = 12, record.body.dev = 0x800001;
  record.add(&ev_file::path, "/etc/shadow").add(&ev_file::base, "/etc").add(&ev_file::raw, "shadow");
  return record;
}

Record<ev_socket> connect_record(int family, std::initializer_list<std::uint8_t> remote) {
  Record<ev_socket> record(EV_CONNECT);
  record.body.family = static_cast<__u16>(family), record.body.sock_type = SOCK_STREAM;
  record.body.fd = 5, record.body.local_port = 4000, record.body.remote_port = 443;
  std::copy(remote.begin(), remote.end(), record.body.remote);
  return record;
}

std::string error_of(const std::expected<Event, std::string>& event) { return event ? "decoded" : event.error(); }

TEST(Decode, HeaderOfEveryType) {
  Record<ev_exit> record(EV_EXIT, "nginx");
  ev_header& h = record.body.h;
  h.flags = EVF_COMPAT;
  h.time_ns = 1, h.start_ns = 2, h.result = -3;
  h.pid = 4, h.tid = 5, h.ns_pid = 6, h.ns_tid = 7, h.ppid = 8;
  h.uid = 9, h.gid = 10, h.euid = 11, h.egid = 12, h.loginuid = 13, h.sid = 14, h.ns_sid = 15;
  h.pidns = 16, h.mntns = 17, h.netns = 18, h.userns = 19;
  h.cap_effective = 20, h.cap_permitted = 21, h.cap_inheritable = 22, h.cgroup = 23;
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->type, EventType::exit);
  EXPECT_TRUE(e->has(EVF_COMPAT));
  EXPECT_EQ(std::tie(e->time_ns, e->start_ns, e->result), std::make_tuple(1U, 2U, -3));
  EXPECT_EQ((std::vector{e->pid, e->tid, e->ns_pid, e->ns_tid, e->ppid}), (std::vector{4U, 5U, 6U, 7U, 8U}));
  EXPECT_EQ((std::vector{e->uid, e->gid, e->euid, e->egid, e->loginuid, e->sid, e->ns_sid}),
            (std::vector{9U, 10U, 11U, 12U, 13U, 14U, 15U}));
  EXPECT_EQ((std::vector{e->pidns, e->mntns, e->netns, e->userns}), (std::vector{16U, 17U, 18U, 19U}));
  EXPECT_EQ(std::tie(e->cap_effective, e->cap_permitted, e->cap_inheritable, e->cgroup),
            std::make_tuple(20U, 21U, 22U, 23U));
  EXPECT_EQ(e->comm, "nginx");
}

TEST(Decode, CommWithoutEndIsSixteenBytes) {
  Record<ev_exit> record(EV_EXIT, "0123456789abcdefXX");
  EXPECT_EQ(Event::decode(record.bytes())->comm, "0123456789abcdef");
}

TEST(Decode, Exec) {
  auto record = exec_record();
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_TRUE(e->is_exec());
  EXPECT_EQ(e->exe, "/bin/busybox");
  EXPECT_EQ(e->filename, "/bin/sh");
  EXPECT_EQ(e->args, "sh\0-c\0id\0"sv);
  EXPECT_EQ(e->cwd, "/root");
  EXPECT_EQ(e->cgroup_path, "/docker/abc");
  EXPECT_EQ(e->parent_comm, "runc");
  EXPECT_EQ(std::tie(e->exe_ino, e->exe_flags, e->tty), std::make_tuple(77U, unsigned{EVX_OVERLAY}, 34816U));
}

TEST(Decode, Fork) {
  Record<ev_fork> record(EV_FORK);
  record.body.parent_start_ns = 99;
  record.add(&ev_fork::cgroup_path, "/user.slice");
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->parent_start_ns, 99U);
  EXPECT_EQ(e->cgroup_path, "/user.slice");
}

TEST(Decode, File) {
  auto record = open_record();
  record.body.flags = 02, record.body.open_mode = 0644, record.body.dirfd = -100;
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_TRUE(e->is_open());
  EXPECT_EQ(std::tie(e->path, e->base, e->raw), std::make_tuple("/etc/shadow"sv, "/etc"sv, "shadow"sv));
  EXPECT_EQ(std::tie(e->ino, e->dev, e->mode), std::make_tuple(12U, 0x800001U, 0100640U));
  EXPECT_EQ(std::tie(e->open_flags, e->open_mode, e->fd, e->dirfd), std::make_tuple(02U, 0644U, 3, -100));
}

TEST(Decode, SocketsOfBothFamilies) {
  auto four = connect_record(AF_INET, {10, 0, 0, 1});
  auto e = Event::decode(four.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(to_string(e->remote), "10.0.0.1");
  EXPECT_EQ(to_string(e->local), "0.0.0.0");
  EXPECT_EQ(std::tie(e->local_port, e->remote_port, e->fd), std::make_tuple(4000, 443, 5));

  auto six = connect_record(AF_INET6, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  e = Event::decode(six.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(to_string(e->remote), "2001:db8::1");
}

// Else a program would pass rules about IPv4 networks by connecting through an IPv6 socket.
TEST(Decode, MappedAddressIsIpv4) {
  auto record = connect_record(AF_INET6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1});
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->remote.family, 4);
  EXPECT_EQ(to_string(e->remote), "10.0.0.1");
}

TEST(Decode, ListeningSocketHasNoOtherEnd) {
  Record<ev_socket> record(EV_LISTEN);
  record.body.family = AF_INET;
  record.body.local_port = 80;
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->remote.family, 0);
  EXPECT_EQ(e->local.family, 4);
}

TEST(Decode, SocketJustMadeHasNoEnds) {
  Record<ev_socket> record(EV_SOCKET);
  record.body.family = AF_INET;
  record.body.local_port = 1;  // of a raw socket the kernel keeps the protocol here
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->local.family, 0);
  EXPECT_EQ(e->local_port, 0);
  EXPECT_EQ(e->remote.family, 0);
}

TEST(Decode, UnixSocketKeepsAbstractName) {
  Record<ev_socket> record(EV_CONNECT);
  record.body.family = AF_UNIX;
  record.add(&ev_socket::path, "\0bus"sv);
  const auto e = Event::decode(record.bytes());
  ASSERT_TRUE(e) << e.error();
  EXPECT_EQ(e->path, "\0bus"sv);
  EXPECT_EQ(e->remote.family, 0);
}

TEST(Decode, EveryPrefixIsRefused) {
  auto exec = exec_record();
  auto file = open_record();
  auto connect = connect_record(AF_INET, {10, 0, 0, 1});
  for (const auto whole : {exec.bytes(), file.bytes(), connect.bytes()}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // A copy of that size, so that a sanitizer sees any read past it.
      const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(Event::decode(part)) << size << " of " << whole.size();
    }
  }
}

TEST(Decode, BytesAfterTheRecordAreNotPartOfIt) {
  auto record = open_record();
  record.bytes();
  const auto true_size = record.body.h.size;
  record.strings += "XXXX";
  record.body.h.size = true_size;
  EXPECT_TRUE(Event::decode(record.bytes_as_they_are()));
  record.body.path.len += 10;
  record.body.path.off = static_cast<__u16>(true_size - record.body.path.len + 1);
  EXPECT_THAT(error_of(Event::decode(record.bytes_as_they_are())), HasSubstr("string outside"));
}

TEST(Decode, SizesThatLie) {
  auto record = open_record();
  record.bytes();
  const auto true_size = record.body.h.size;
  for (const __u32 size : {true_size + 1, 0U, UINT32_MAX, static_cast<__u32>(sizeof(ev_header)),
                           static_cast<__u32>(sizeof(ev_file)) - 1}) {
    record.body.h.size = size;
    EXPECT_FALSE(Event::decode(record.bytes_as_they_are())) << size;
  }
}

TEST(Decode, RecordPastTheLimit) {
  Record<ev_file> record(EV_OPEN);
  record.strings.assign(EV_RECORD_MAX, 'x');
  EXPECT_THAT(error_of(Event::decode(record.bytes())), HasSubstr("is the most"));
}

TEST(Decode, StringsThatLie) {
  for (const ev_str lie : {ev_str{0, 4}, ev_str{sizeof(ev_file) - 1, 2}, ev_str{sizeof(ev_file), 0xffff},
                           ev_str{0xffff, 1}, ev_str{0xffff, 0xffff}}) {
    for (ev_str ev_file::* member : {&ev_file::path, &ev_file::base, &ev_file::raw}) {
      auto record = open_record();
      record.body.*member = lie;
      EXPECT_THAT(error_of(Event::decode(record.bytes())), HasSubstr("openat record has a string outside"))
          << lie.off << "+" << lie.len;
    }
  }
}

TEST(Decode, EmptyStringMayPointAnywhere) {
  auto record = open_record();
  record.body.base = {0xffff, 0};
  EXPECT_EQ(Event::decode(record.bytes())->base, "");
}

TEST(Decode, UnknownTypes) {
  auto record = open_record();
  for (const int type : {0, static_cast<int>(EV_TYPE_COUNT), 0xffff}) {
    record.body.h.type = static_cast<__u16>(type);
    EXPECT_THAT(error_of(Event::decode(record.bytes())), HasSubstr("unknown type")) << type;
  }
}

TEST(Decode, RecordNeedNotBeAligned) {
  auto record = open_record();
  const auto bytes = record.bytes();
  std::vector<std::byte> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  EXPECT_EQ(Event::decode(std::span{shifted}.subspan(1))->path, "/etc/shadow");
}

// Whatever the bytes say, all views lie within them.
TEST(Decode, RandomBytes) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same every time, so that a failure can be repeated
  auto record = exec_record();
  const auto whole = record.bytes();
  std::size_t decoded = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(whole.begin(), whole.end());
    for (int flips = 0; flips < 3; ++flips) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto e = Event::decode(bytes);
    if (!e) continue;
    ++decoded;
    const auto* const first = reinterpret_cast<const char*>(bytes.data());
    for (const auto text : {e->exe, e->filename, e->args, e->cwd, e->cgroup_path, e->parent_comm, e->path, e->comm}) {
      if (text.empty()) continue;
      ASSERT_GE(text.data(), first);
      ASSERT_LE(text.data() + text.size(), first + bytes.size());
    }
  }
  EXPECT_GT(decoded, 1000U);
}

TEST(EventNames, EveryTypeHasOneAndIsFoundByIt) {
  for (std::size_t i = 1; i < EV_TYPE_COUNT; ++i) {
    const auto type = static_cast<EventType>(i);
    ASSERT_NE(event_name(type), "");
    EXPECT_EQ(event_by_name(event_name(type)), type);
  }
}

TEST(EventNames, WhatIsNoEvent) {
  EXPECT_EQ(event_name(EventType::none), "");
  EXPECT_EQ(event_name(static_cast<EventType>(EV_TYPE_COUNT)), "");
  EXPECT_EQ(event_name(static_cast<EventType>(0xffff)), "");
  EXPECT_EQ(event_by_name(""), std::nullopt);
  EXPECT_EQ(event_by_name("opena"), std::nullopt);
}

TEST(EventSets, HoldWhatTheyWereMadeOf) {
  const EventSet set = event_set({EventType::open, EventType::listen});
  EXPECT_EQ(set.count(), 2U);
  EXPECT_TRUE(set.test(EV_OPEN) && set.test(EV_LISTEN));
}

}  // namespace
}  // namespace eunomia
