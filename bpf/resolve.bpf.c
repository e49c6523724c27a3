// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The paths that calls on names act on, from the kernel's own objects, at the security hook just before the deed.
 *
 * For the system calls of bpf/name.bpf.c they are kept until the call returns. What comes through io_uring or as a
 * 32-bit call has no such end: it is told here, its result not known (EVF_RESULT_UNKNOWN, result 0), as the newest of
 * the calls that do the same.
 */
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
	u64 key = bpf_get_current_pid_tgid(), nr = task_regs(task)->orig_ax;
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

#define AT_REMOVEDIR 0x200

SEC("fexit/security_path_unlink")
int BPF_PROG(unlink_resolve, struct path *dir, struct dentry *dentry)
{
	struct deed deed = {.nr = {87, 263}, .type = EV_UNLINKAT, .mnt = dir->mnt, .dentry = dentry};

	return handle_deed(&deed);
}

SEC("fexit/security_path_rmdir")
int BPF_PROG(rmdir_resolve, struct path *dir, struct dentry *dentry)
{
	struct deed deed = {
		.nr = {84, 263}, .type = EV_UNLINKAT, .flags = AT_REMOVEDIR, .mnt = dir->mnt, .dentry = dentry};

	return handle_deed(&deed);
}

SEC("fexit/security_path_mkdir")
int BPF_PROG(mkdir_resolve, struct path *dir, struct dentry *dentry, u16 mode)
{
	struct deed deed = {
		.nr = {83, 258}, .type = EV_MKDIRAT, .mode = mode & 07777, .mnt = dir->mnt, .dentry = dentry};

	return handle_deed(&deed);
}

/* Files that open creates and Unix sockets that bind makes come by here too. */
SEC("fexit/security_path_mknod")
int BPF_PROG(mknod_resolve, struct path *dir, struct dentry *dentry)
{
	struct deed deed = {.nr = {133, 259}, .mnt = dir->mnt, .dentry = dentry};

	return handle_deed(&deed);
}

SEC("fexit/security_path_rename")
int BPF_PROG(rename_resolve, struct path *old_dir, struct dentry *old, struct path *new_dir, struct dentry *new,
	     unsigned int flags)
{
	struct deed deed = {
		.nr = {82, 264, 316},
		.type = EV_RENAMEAT2,
		.flags = flags,
		.mnt = old_dir->mnt,
		.dentry = old,
		.dentry2 = new,
	};

	return handle_deed(&deed);
}

/* Both names are on one mount: the kernel has refused all else by now. */
SEC("fexit/security_path_link")
int BPF_PROG(link_resolve, struct dentry *old, struct path *new_dir, struct dentry *new)
{
	struct deed deed = {.nr = {86, 265}, .type = EV_LINKAT, .mnt = new_dir->mnt, .dentry = old, .dentry2 = new};

	return handle_deed(&deed);
}

SEC("fexit/security_path_symlink")
int BPF_PROG(symlink_resolve, struct path *dir, struct dentry *dentry, const char *old_name)
{
	struct deed deed = {
		.nr = {88, 266},
		.type = EV_SYMLINKAT,
		.second = true,
		.text = old_name,
		.mnt = dir->mnt,
		.dentry = dentry,
	};

	return handle_deed(&deed);
}

SEC("fexit/security_path_chmod")
int BPF_PROG(chmod_resolve, struct path *path, u16 mode)
{
	struct deed deed = {
		.nr = {90, 268, 452}, .type = EV_FCHMODAT, .mode = mode, .mnt = path->mnt, .dentry = path->dentry};

	return handle_deed(&deed);
}

SEC("fexit/security_path_chown")
int BPF_PROG(chown_resolve, struct path *path)
{
	struct deed deed = {.nr = {92, 94, 260}, .type = EV_FCHOWNAT, .mnt = path->mnt, .dentry = path->dentry};

	return handle_deed(&deed);
}

SEC("fexit/security_sb_mount")
int BPF_PROG(mount_resolve, const char *device, struct path *path, const char *type, unsigned long flags)
{
	struct deed deed = {
		.nr = {165},
		.type = EV_MOUNT,
		.second = true,
		.flags = flags,
		.text = device,
		.mnt = path->mnt,
		.dentry = path->dentry,
	};

	return handle_deed(&deed);
}

SEC("fexit/security_sb_umount")
int BPF_PROG(umount_resolve, struct vfsmount *mnt, int flags)
{
	struct deed deed = {.nr = {166}, .type = EV_UMOUNT2, .flags = flags, .mnt = mnt, .dentry = mnt->mnt_root};

	return handle_deed(&deed);
}
