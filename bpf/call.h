/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System calls whose arguments are told by a table: each file that has such a table says for every call its name, its
 * event type, its number and which argument is what. Both hooks, fexit of the entry function and the exit tracepoint,
 * come down to the place in the table and the result; the registers still hold the arguments when the call is over.
 */
#ifndef EUNOMIA_BPF_CALL_H
#define EUNOMIA_BPF_CALL_H

#include "bpf/path.h"
#include "bpf/task.h"

/* at[1] is the first argument of the current system call; at[0] stands for one that the call has not, and is 0. */
struct call_args {
	u64 at[8];
};

static __always_inline void read_args(struct call_args *args, struct task_struct *task)
{
	struct pt_regs *regs = task_regs(task);

	args->at[0] = 0;
	args->at[1] = regs->di;
	args->at[2] = regs->si;
	args->at[3] = regs->dx;
	args->at[4] = regs->r10;
	args->at[5] = regs->r8;
	args->at[6] = regs->r9;
	args->at[7] = 0;
}

/* The argument at a place of the table, or `otherwise` where the call has none. */
static __always_inline u64 arg(const struct call_args *args, u32 place, u64 otherwise)
{
	return place ? args->at[place & 7] : otherwise;
}

/* A string of the caller; where it cannot be read, the record says so. */
static __always_inline bool append_user_string(struct buffer *b, struct ev_str *str, const char *from)
{
	struct ev_header *h = (struct ev_header *)b->record;

	if (!from)
		return false;
	if (append_string(b, str, from, USER))
		return true;
	h->flags |= EVF_READ_FAULT;
	count_loss(EVL_READ_FAULT);
	return false;
}

/* What the caller's path `raw` says is all that is known: it becomes `path`, and where it is relative, `base` the
 * directory that it starts from. */
static __always_inline void append_base(struct buffer *b, struct ev_str *base, const struct ev_str *raw, s32 dirfd,
					struct task_struct *task)
{
	struct path dir = {};
	char first = 0;

	if (raw->len)
		bpf_probe_read_kernel(&first, 1, b->record + (raw->off & (sizeof(b->record) - 1)));
	if (first == '/')
		return;
	if (dirfd == AT_FDCWD) {
		struct fs_struct *fs = BPF_CORE_READ(task, fs);

		bpf_core_read(&dir, sizeof(dir), &fs->pwd);
	} else {
		struct file *file = file_of(task, dirfd);

		if (file)
			bpf_core_read(&dir, sizeof(dir), &file->f_path);
	}
	append_path(b, base, dir.dentry, dir.mnt, task);
}

/* Where a file is, in the members of that name of a record. */
#define fill_inode(e, file)                                                                                            \
	({                                                                                                             \
		struct inode *inode = BPF_CORE_READ(file, f_inode);                                                    \
                                                                                                                       \
		(e)->ino = BPF_CORE_READ(inode, i_ino);                                                                \
		(e)->dev = BPF_CORE_READ(inode, i_sb, s_dev);                                                          \
		(e)->mode = BPF_CORE_READ(inode, i_mode);                                                              \
	})

#endif
