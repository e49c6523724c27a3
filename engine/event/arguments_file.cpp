// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "engine/event/argument_groups.h"
#include "engine/event/path.h"
#include "engine/event/socket_facts.h"

namespace eunomia::arguments {
namespace {

using groups::number;
using groups::print;
using groups::text;

template <std::int32_t Event::* Dirfd>
Value dirfd_text(const Context& c) {
  return c.event.*Dirfd == AT_FDCWD ? Value{std::string_view{"AT_FDCWD"}} : number(c.event.*Dirfd);
}
template <std::int32_t Event::* Dirfd>
Value dirfd_raw(const Context& c) {
  return number(c.event.*Dirfd);
}
template <std::int32_t Event::* Dirfd>
constexpr Argument dirfd(std::string_view name) {
  return {name, dirfd_text<Dirfd>, dirfd_raw<Dirfd>};
}
Value dev_text(const Context& c) { return print(c.scratch, 16, "{:x}", c.event.dev); }
Value dev_raw(const Context& c) { return number(c.event.dev); }
Value ino(const Context& c) { return number(c.event.ino); }
Value octal_mode(const Context& c) { return print(c.scratch, 16, "{:#o}", c.event.open_mode); }
Value mode_raw(const Context& c) { return number(c.event.open_mode); }

Value open_name(const Context& c) { return text(c.event.raw.empty() ? c.event.path : c.event.raw); }
Value open_flags_text(const Context& c) { return open_flag_names(c.scratch, effective_open_flags(c.event)); }
Value open_flags_raw(const Context& c) { return number(effective_open_flags(c.event)); }

constexpr Argument arg_dirfd = dirfd<&Event::dirfd>("dirfd");
constexpr Argument arg_name{"name", open_name, nullptr};
constexpr Argument arg_flags{"flags", open_flags_text, open_flags_raw};
constexpr Argument arg_octal_mode{"mode", octal_mode, mode_raw};
constexpr Argument arg_dev{"dev", dev_text, dev_raw};
constexpr Argument arg_ino{"ino", ino, nullptr};
constexpr std::array open_args{arg_fd, arg_name, arg_flags, arg_octal_mode, arg_dev, arg_ino};
constexpr std::array openat_args{arg_fd, arg_dirfd, arg_name, arg_flags, arg_octal_mode, arg_dev, arg_ino};
constexpr std::array openat2_args{arg_fd,  arg_dirfd, arg_name, arg_flags, arg_octal_mode, not_carried("resolve"),
                                  arg_dev, arg_ino};
constexpr std::array creat_args{arg_fd, arg_name, arg_octal_mode, arg_dev, arg_ino, not_carried("creat_flags")};

// Paths of calls on names: absolute, as the kernel or the caller's directory made them; raw as they were given.
Value first_path(const Context& c) { return text(source_path(c)); }
Value first_raw(const Context& c) { return text(c.event.raw.empty() ? c.event.path : c.event.raw); }
Value second_path(const Context& c) { return text(target_path(c)); }
Value second_raw(const Context& c) { return text(c.event.raw2.empty() ? c.event.path2 : c.event.raw2); }
constexpr Argument first(std::string_view name) { return {name, first_path, first_raw}; }
constexpr Argument second(std::string_view name) { return {name, second_path, second_raw}; }

Value mode_names(const Context& c) { return flag_names(c.scratch, FlagSet::mode, c.event.open_mode); }
Value owner_text(const Context& c) { return user_text(c, c.event.new_uid); }
Value owner_raw(const Context& c) { return number(static_cast<std::int32_t>(c.event.new_uid)); }
Value owning_group_text(const Context& c) { return group_text(c, c.event.new_gid); }
Value owning_group_raw(const Context& c) { return number(static_cast<std::int32_t>(c.event.new_gid)); }
Value rdev(const Context& c) { return number(c.event.rdev); }

constexpr Argument arg_second_dirfd = dirfd<&Event::dirfd2>("newdirfd");
constexpr Argument arg_mode{"mode", mode_names, mode_raw};
constexpr Argument arg_uid{"uid", owner_text, owner_raw};
constexpr Argument arg_gid{"gid", owning_group_text, owning_group_raw};
constexpr Argument arg_rdev{"dev", rdev, nullptr};
constexpr Argument arg_at_flags = flags_row<0, FlagSet::at>("flags");

constexpr std::array unlink_args{arg_res, first("path")};
constexpr std::array unlinkat_args{arg_res, arg_dirfd, first("name"), arg_at_flags};
constexpr std::array mkdir_args{arg_res, first("path"), arg_octal_mode};
constexpr std::array mkdirat_args{arg_res, arg_dirfd, first("path"), arg_octal_mode};
constexpr std::array mknod_args{arg_res, first("path"), arg_octal_mode, arg_rdev};
constexpr std::array mknodat_args{arg_res, arg_dirfd, first("path"), arg_octal_mode, arg_rdev};
constexpr std::array two_paths_args{arg_res, first("oldpath"), second("newpath")};
constexpr std::array renameat_args{arg_res, dirfd<&Event::dirfd>("olddirfd"), first("oldpath"), arg_second_dirfd,
                                   second("newpath")};
constexpr std::array renameat2_args{arg_res,           dirfd<&Event::dirfd>("olddirfd"),
                                    first("oldpath"),  arg_second_dirfd,
                                    second("newpath"), flags_row<0, FlagSet::rename>("flags")};
constexpr std::array linkat_args{arg_res,           dirfd<&Event::dirfd>("olddir"),
                                 first("oldpath"),  dirfd<&Event::dirfd2>("newdir"),
                                 second("newpath"), arg_at_flags};
constexpr std::array symlink_args{arg_res, first("target"), second("linkpath")};
constexpr std::array symlinkat_args{arg_res, first("target"), dirfd<&Event::dirfd2>("linkdirfd"), second("linkpath")};
constexpr std::array chmod_args{arg_res, first("filename"), arg_mode};
constexpr std::array fchmod_args{arg_res, arg_fd, arg_mode};
constexpr std::array fchmodat_args{arg_res, arg_dirfd, first("filename"), arg_mode};
constexpr std::array chown_args{arg_res, first("path"), arg_uid, arg_gid};
constexpr std::array fchown_args{arg_res, arg_fd, arg_uid, arg_gid};
constexpr std::array fchownat_args{arg_res, arg_dirfd, first("pathname"), arg_uid, arg_gid, arg_at_flags};
Value fstype(const Context& c) { return text(c.event.fstype); }
constexpr std::array mount_args{arg_res, first("dev"), second("dir"), Argument{"type", fstype, nullptr},
                                flags_row<0, FlagSet::mount>("flags")};
constexpr std::array umount2_args{arg_res, first("name"), flags_row<0, FlagSet::umount>("flags")};

Value oldfd(const Context& c) { return number(c.event.oldfd); }
Value newfd(const Context& c) { return number(c.event.newfd); }
// A duplicate's result is a descriptor, printed with what it stands for.
Value dup_result(const Context& c) { return c.event.result < 0 ? result_text(c) : fd_text(c); }
constexpr Argument arg_dup_res{"res", dup_result, result_raw};
constexpr Argument arg_oldfd{"oldfd", oldfd, nullptr};
constexpr Argument arg_newfd{"newfd", newfd, nullptr};
constexpr std::array dup_args{arg_dup_res, arg_oldfd};
constexpr std::array dup2_args{arg_dup_res, arg_oldfd, arg_newfd};
constexpr std::array dup3_args{arg_dup_res, arg_oldfd, arg_newfd, flags_row<0, FlagSet::open_only>("flags")};

std::span<const Argument> of_name(EventType type) {
  switch (type) {
    case EventType::unlink:
    case EventType::rmdir: return unlink_args;
    case EventType::unlinkat: return unlinkat_args;
    case EventType::mkdir: return mkdir_args;
    case EventType::mkdirat: return mkdirat_args;
    case EventType::mknod: return mknod_args;
    case EventType::mknodat: return mknodat_args;
    case EventType::rename:
    case EventType::link: return two_paths_args;
    case EventType::renameat: return renameat_args;
    case EventType::renameat2: return renameat2_args;
    case EventType::linkat: return linkat_args;
    case EventType::symlink: return symlink_args;
    case EventType::symlinkat: return symlinkat_args;
    case EventType::chmod: return chmod_args;
    case EventType::fchmod: return fchmod_args;
    case EventType::fchmodat:
    case EventType::fchmodat2: return fchmodat_args;
    case EventType::chown:
    case EventType::lchown: return chown_args;
    case EventType::fchown: return fchown_args;
    case EventType::fchownat: return fchownat_args;
    case EventType::mount: return mount_args;
    case EventType::umount2: return umount2_args;
    default: return {};
  }
}

}  // namespace

std::span<const Argument> of_file(EventType type) {
  switch (type) {
    case EventType::open: return open_args;
    case EventType::openat: return openat_args;
    case EventType::openat2: return openat2_args;
    case EventType::creat: return creat_args;
    case EventType::dup: return dup_args;
    case EventType::dup2: return dup2_args;
    case EventType::dup3: return dup3_args;
    default: return of_name(type);
  }
}

}  // namespace eunomia::arguments
