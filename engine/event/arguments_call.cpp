// SPDX-License-Identifier: Apache-2.0
#include "engine/event/argument_groups.h"

namespace eunomia::arguments {
namespace {

using groups::print;
using groups::text;

Value request(const Context& c) { return ptrace_request_name(c.scratch, c.event.passed[0]); }
template <std::size_t Index>
Value pointer(const Context& c) {
  return print(c.scratch, 24, "{:#x}", c.event.passed[Index]);
}
template <std::size_t Index>
constexpr Argument pointer_row(std::string_view name) {
  return {name, pointer<Index>, passed_number<Index>};
}
constexpr std::array ptrace_args{arg_res, pointer_row<2>("addr"), pointer_row<3>("data"),
                                 Argument{"request", request, passed_number<0>},
                                 Argument{"pid", passed_int<1>, nullptr}};
constexpr std::array process_vm_args{arg_res, Argument{"pid", passed_int<0>, nullptr}, not_carried("data")};

Value given_text(const Context& c) { return text(c.event.text); }
constexpr Argument arg_uargs{"uargs", given_text, nullptr};
constexpr std::array init_module_args{arg_res, not_carried("img"), Argument{"length", passed_number<1>, nullptr},
                                      arg_uargs};
constexpr std::array finit_module_args{arg_res, arg_fd, arg_uargs, flags_row<2, FlagSet::module>("flags")};
constexpr std::array setns_args{arg_res, arg_fd, flags_row<1, FlagSet::clone>("nstype")};
constexpr std::array unshare_args{arg_res, flags_row<0, FlagSet::clone>("flags")};

template <std::size_t Index>
Value user(const Context& c) {
  return user_text(c, static_cast<std::uint32_t>(c.event.passed[Index]));
}
template <std::size_t Index>
Value group(const Context& c) {
  return group_text(c, static_cast<std::uint32_t>(c.event.passed[Index]));
}
template <std::size_t Index>
constexpr Argument user_row(std::string_view name) {
  return {name, user<Index>, passed_int<Index>};
}
template <std::size_t Index>
constexpr Argument group_row(std::string_view name) {
  return {name, group<Index>, passed_int<Index>};
}
constexpr std::array setuid_args{arg_res, user_row<0>("uid")};
constexpr std::array setreuid_args{arg_res, user_row<0>("ruid"), user_row<1>("euid")};
constexpr std::array setresuid_args{arg_res, user_row<0>("ruid"), user_row<1>("euid"), user_row<2>("suid")};
constexpr std::array setgid_args{arg_res, group_row<0>("gid")};
constexpr std::array setregid_args{arg_res, group_row<0>("rgid"), group_row<1>("egid")};
constexpr std::array setresgid_args{arg_res, group_row<0>("rgid"), group_row<1>("egid"), group_row<2>("sgid")};

Value command(const Context& c) { return bpf_command_name(c.scratch, c.event.passed[0]); }
constexpr std::array bpf_args{arg_fd, Argument{"cmd", command, passed_number<0>}};
constexpr std::array memfd_args{arg_fd, Argument{"name", given_text, nullptr}, flags_row<1, FlagSet::memfd>("flags")};
constexpr std::array userfaultfd_args{arg_res, flags_row<0, FlagSet::open_only>("flags")};

}  // namespace

std::span<const Argument> of_call(EventType type) {
  switch (type) {
    case EventType::ptrace: return ptrace_args;
    case EventType::process_vm_readv:
    case EventType::process_vm_writev: return process_vm_args;
    case EventType::init_module: return init_module_args;
    case EventType::finit_module: return finit_module_args;
    case EventType::setns: return setns_args;
    case EventType::unshare: return unshare_args;
    case EventType::setuid: return setuid_args;
    case EventType::setreuid: return setreuid_args;
    case EventType::setresuid: return setresuid_args;
    case EventType::setgid: return setgid_args;
    case EventType::setregid: return setregid_args;
    case EventType::setresgid: return setresgid_args;
    case EventType::bpf: return bpf_args;
    case EventType::memfd_create: return memfd_args;
    case EventType::userfaultfd: return userfaultfd_args;
    default: return {};
  }
}

}  // namespace eunomia::arguments
