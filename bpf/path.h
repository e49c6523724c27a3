/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths as the kernel knows them: from a dentry and its mount up to the root directory of the process, and of a cgroup
 * up to the root of its hierarchy. bpf_d_path is not to be had at the hooks used, so the walk is our own. Names are put
 * in front of one another from the end of the buffer's path area, then appended to the record.
 */
#ifndef EUNOMIA_BPF_PATH_H
#define EUNOMIA_BPF_PATH_H

#include "bpf/record.h"

#define PATH_DEPTH_MAX	 96
#define CGROUP_DEPTH_MAX 24

struct path_walk {
	struct buffer *b;
	struct dentry *dentry, *root_dentry, *mnt_root;
	struct vfsmount *mnt, *root_mnt;
	struct kernfs_node *node;
	bool complete, failed;
};

/* "/name" in front of what is there. False: no room. */
static __always_inline bool prepend(struct buffer *b, const void *name, u32 len)
{
	u32 pos = b->path_pos;

	len &= 255;
	if (pos < len + 1 || pos > EV_PATH_MAX)
		return false;
	pos -= len;
	if (bpf_probe_read_kernel(&b->path[pos & (EV_PATH_MAX - 1)], len, name))
		return false;
	pos -= 1;
	b->path[pos & (EV_PATH_MAX - 1)] = '/';
	b->path_pos = pos;
	return true;
}

static __always_inline struct mount *real_mount(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

static long path_step(u32 index, void *data)
{
	struct path_walk *w = data;
	struct dentry *dentry = w->dentry;
	/* neighbours in this order in all kernels supported (include/linux/dcache.h) */
	struct {
		struct dentry *parent;
		u64 hash_len;
		const unsigned char *name;
	} d = {};

	if (dentry == w->root_dentry && w->mnt == w->root_mnt) {
		w->complete = true;
		return 1;
	}
	if (dentry == w->mnt_root) {
		struct mount *mount = real_mount(w->mnt), *up = BPF_CORE_READ(mount, mnt_parent);
		struct vfsmount *mnt;

		if (up == mount || !up) {
			w->complete = true;
			return 1;
		}
		w->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		mnt = (void *)up + bpf_core_field_offset(struct mount, mnt);
		w->mnt = mnt;
		w->mnt_root = BPF_CORE_READ(mnt, mnt_root);
		return 0;
	}
	bpf_core_read(&d, sizeof(d), &dentry->d_parent);
	/* A pseudo file (memfd) has no directory: its name is all there is. A root without a mount: likewise. */
	if (!prepend(w->b, d.name, d.hash_len >> 32)) {
		w->failed = true;
		return 1;
	}
	if (d.parent == dentry) {
		w->complete = true;
		return 1;
	}
	w->dentry = d.parent;
	return 0;
}

/* Appends the path that `path` has for the current process. Flags of the record are set where it is cut or deleted. */
static __always_inline void append_path(struct buffer *b, struct ev_str *str, struct dentry *dentry,
					struct vfsmount *mnt, struct task_struct *task)
{
	struct ev_header *h = (struct ev_header *)b->record;
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct path_walk w = {.b = b, .dentry = dentry, .mnt = mnt};
	struct path root = {};
	bool is_mount_root;
	u32 pos;

	if (!dentry || !mnt)
		return;
	bpf_core_read(&root, sizeof(root), &fs->root);
	w.root_dentry = root.dentry;
	w.root_mnt = root.mnt;
	w.mnt_root = BPF_CORE_READ(mnt, mnt_root);
	is_mount_root = dentry == w.mnt_root;
	b->path_pos = EV_PATH_MAX;
	bpf_loop(PATH_DEPTH_MAX, path_step, &w, 0);
	if (!w.complete) {
		h->flags |= EVF_PATH_CUT;
		count_loss(EVL_PATH_CUT);
	}
	if (b->path_pos == EV_PATH_MAX) {
		b->path[EV_PATH_MAX - 1] = '/';
		b->path_pos = EV_PATH_MAX - 1;
	}
	/* d_unhashed() in include/linux/dcache.h */
	if (!is_mount_root && !BPF_CORE_READ(dentry, d_hash.pprev))
		h->flags |= EVF_PATH_DELETED;
	pos = b->path_pos & (EV_PATH_MAX - 1);
	append(b, str, &b->path[pos], EV_PATH_MAX - pos, KERNEL);
}

static __always_inline void append_file_path(struct buffer *b, struct ev_str *str, struct file *file,
					     struct task_struct *task)
{
	struct path path = {};

	bpf_core_read(&path, sizeof(path), &file->f_path);
	append_path(b, str, path.dentry, path.mnt, task);
}

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
	if (bpf_core_field_exists(struct kernfs_node___v6_15, __parent))
		return BPF_CORE_READ((struct kernfs_node___v6_15 *)node, __parent);
	return BPF_CORE_READ((struct kernfs_node___v6_1 *)node, parent);
}

static long cgroup_step(u32 index, void *data)
{
	struct path_walk *w = data;
	struct kernfs_node *node = w->node, *parent = kernfs_parent(node);
	const char *name = BPF_CORE_READ(node, name);
	struct buffer *b = w->b;
	u32 off = b->used;
	long len;

	if (!parent) {
		w->complete = true;
		return 1;
	}
	/* The length of a cgroup's name is not stored: read it to the record's free end first. */
	if (off > EV_RECORD_MAX - EV_PATH_MAX)
		return 1;
	len = bpf_probe_read_kernel_str(b->record + off, 256, name);
	if (len <= 1 || !prepend(b, b->record + off, len - 1)) {
		w->failed = true;
		return 1;
	}
	w->node = parent;
	return 0;
}

/* Appends the path of the cgroup below its hierarchy's root ("/docker/0123..."). */
static __always_inline void append_cgroup_path(struct buffer *b, struct ev_str *str, struct cgroup *cgroup)
{
	struct ev_header *h = (struct ev_header *)b->record;
	struct path_walk w = {.b = b};
	u32 pos;

	if (!cgroup)
		return;
	w.node = BPF_CORE_READ(cgroup, kn);
	b->path_pos = EV_PATH_MAX;
	bpf_loop(CGROUP_DEPTH_MAX, cgroup_step, &w, 0);
	if (!w.complete) {
		h->flags |= EVF_PATH_CUT;
		count_loss(EVL_PATH_CUT);
	}
	pos = b->path_pos;
	if (pos >= EV_PATH_MAX)
		return;
	append(b, str, &b->path[pos], EV_PATH_MAX - pos, KERNEL);
}

#endif
