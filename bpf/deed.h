/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a security hook sees of a call on names: kept for the end of the system call, or told at once where that end is
 * not seen. A hook fills a struct deed and hands it to handle_deed.
 */
#ifndef EUNOMIA_BPF_DEED_H
#define EUNOMIA_BPF_DEED_H

#include "bpf/call.h"
#include "bpf/resolved.h"

struct deed {
	u32 nr[3];   /* system calls whose end takes the paths */
	u16 type;    /* as what it is told where it is none of them; EV_NONE: not told */
	bool second; /* the dentry is of the call's second name */
	u32 flags, mode;
	const char *text; /* in place of the first name; kernel memory */
	struct vfsmount *mnt;
	struct dentry *dentry, *dentry2;
};

static __always_inline u16 other_way(struct task_struct *task)
{
	if (in_io_uring(task))
		return EVF_IO_URING | EVF_RESULT_UNKNOWN;
	return is_compat(task) ? EVF_RESULT_UNKNOWN : 0;
}

static __noinline int append_dentry(struct buffer *b, struct ev_str *str, struct dentry *dentry, struct vfsmount *mnt)
{
	struct ev_header *h = (struct ev_header *)b->record;

	append_path(b, str, dentry, mnt, bpf_get_current_task_btf());
	h->flags &= ~EVF_PATH_DELETED; /* what is to be made is not there yet */
	return 0;
}

static __noinline int tell(struct buffer *b, const struct deed *deed, u16 flags)
{
	struct ev_path *e = (struct ev_path *)b->record;

	fill_header(&e->h, bpf_get_current_task_btf(), deed->type);
	e->h.flags |= flags;
	e->name.dirfd = e->name2.dirfd = AT_FDCWD;
	e->fd = e->uid = e->gid = -1;
	e->flags = deed->flags;
	e->arg_mode = deed->mode;
	if (deed->text)
		append_string(b, &e->name.path, deed->text, KERNEL);
	record_submit(b);
	return 0;
}

static __noinline int handle_deed(const struct deed *deed)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 key = bpf_get_current_pid_tgid(), nr = syscall_nr(task);
	u16 flags = other_way(task);
	struct buffer *b;
	struct ev_path *e;

	if (is_self() || (flags ? !deed->type : nr != deed->nr[0] && nr != deed->nr[1] && nr != deed->nr[2]))
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	e = (struct ev_path *)b->record;
	append_dentry(b, deed->second ? &e->name2.path : &e->name.path, deed->dentry, deed->mnt);
	if (deed->dentry2)
		append_dentry(b, &e->name2.path, deed->dentry2, deed->mnt);
	if (flags)
		return tell(b, deed, flags);
	e->h.result = nr;
	if (b->used <= sizeof(struct resolved))
		bpf_map_update_elem(&resolved, &key, b->record, 0);
	record_drop(b);
	return 0;
}

#endif
