/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The system calls on names: X(function of the system call, event type, number, which argument is what).
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl. In the order of their types.
 */
#ifndef EUNOMIA_BPF_NAME_H
#define EUNOMIA_BPF_NAME_H

#include "bpf/call.h"

/* Places of arguments, the first is 1; 0: the call has none. */
struct name_layout {
	u8 dirfd, name, dirfd2, name2;
	u8 text; /* in place of `name`: a string that is no path */
	u8 fd;	 /* in place of `name`: an open file */
	u8 flags, mode, uid, gid, rdev, fstype;
};

#define NAME_CALLS(X)                                                                                                  \
	X(unlink, UNLINK, 87, .name = 1)                                                                               \
	X(unlinkat, UNLINKAT, 263, .dirfd = 1, .name = 2, .flags = 3)                                                  \
	X(rmdir, RMDIR, 84, .name = 1)                                                                                 \
	X(mkdir, MKDIR, 83, .name = 1, .mode = 2)                                                                      \
	X(mkdirat, MKDIRAT, 258, .dirfd = 1, .name = 2, .mode = 3)                                                     \
	X(mknod, MKNOD, 133, .name = 1, .mode = 2, .rdev = 3)                                                          \
	X(mknodat, MKNODAT, 259, .dirfd = 1, .name = 2, .mode = 3, .rdev = 4)                                          \
	X(rename, RENAME, 82, .name = 1, .name2 = 2)                                                                   \
	X(renameat, RENAMEAT, 264, .dirfd = 1, .name = 2, .dirfd2 = 3, .name2 = 4)                                     \
	X(renameat2, RENAMEAT2, 316, .dirfd = 1, .name = 2, .dirfd2 = 3, .name2 = 4, .flags = 5)                       \
	X(link, LINK, 86, .name = 1, .name2 = 2)                                                                       \
	X(linkat, LINKAT, 265, .dirfd = 1, .name = 2, .dirfd2 = 3, .name2 = 4, .flags = 5)                             \
	X(symlink, SYMLINK, 88, .text = 1, .name2 = 2)                                                                 \
	X(symlinkat, SYMLINKAT, 266, .text = 1, .dirfd2 = 2, .name2 = 3)                                               \
	X(chmod, CHMOD, 90, .name = 1, .mode = 2)                                                                      \
	X(fchmod, FCHMOD, 91, .fd = 1, .mode = 2)                                                                      \
	X(fchmodat, FCHMODAT, 268, .dirfd = 1, .name = 2, .mode = 3)                                                   \
	X(fchmodat2, FCHMODAT2, 452, .dirfd = 1, .name = 2, .mode = 3, .flags = 4)                                     \
	X(chown, CHOWN, 92, .name = 1, .uid = 2, .gid = 3)                                                             \
	X(lchown, LCHOWN, 94, .name = 1, .uid = 2, .gid = 3)                                                           \
	X(fchown, FCHOWN, 93, .fd = 1, .uid = 2, .gid = 3)                                                             \
	X(fchownat, FCHOWNAT, 260, .dirfd = 1, .name = 2, .uid = 3, .gid = 4, .flags = 5)                              \
	X(mount, MOUNT, 165, .text = 1, .name2 = 2, .fstype = 3, .flags = 4)                                           \
	X(umount, UMOUNT2, 166, .name = 1, .flags = 2)

#endif
