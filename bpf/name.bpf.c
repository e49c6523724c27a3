// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Calls on names: files and directories made, removed, renamed, linked, their modes and owners, mounts.
 *
 * Hooks in order of preference: fexit of the system call's entry function, else its exit tracepoint. When the call is
 * over, the object may be gone or have another name. With fexit the paths are those that bpf/resolve.bpf.c saw before;
 * else, and where a call failed earlier, what is told is the caller's string and the directory that it starts from.
 */
#include "bpf/name.h"
#include "bpf/resolved.h"

static const struct name_layout name_layouts[] = {
#define NAME_LAYOUT(call, type, nr, ...) [EV_##type - EV_UNLINK] = {__VA_ARGS__},
	NAME_CALLS(NAME_LAYOUT)
#undef NAME_LAYOUT
};

/* Copies the paths that the current call was seen to act on into its record. False: not all of those it takes. */
static __noinline int take_resolved(struct buffer *b, s64 nr, bool name, bool name2)
{
	struct ev_path *e = (struct ev_path *)b->record;
	u64 key = bpf_get_current_pid_tgid();
	struct resolved *r = bpf_map_lookup_elem(&resolved, &key);
	bool all = false;

	if (!r)
		return false;
	if (r->e.h.result == nr && (!name || r->e.name.path.len) && (!name2 || r->e.name2.path.len)) {
		all = true;
		e->h.flags |= r->e.h.flags;
		if (name)
			all = append(b, &e->name.path, (void *)r + r->e.name.path.off, r->e.name.path.len, KERNEL);
		if (name2 && all)
			all = append(b, &e->name2.path, (void *)r + r->e.name2.path.off, r->e.name2.path.len, KERNEL);
	}
	bpf_map_delete_elem(&resolved, &key);
	return all;
}

/* The end of a call that cannot be told: its paths shall not be taken for those of the next. */
static __always_inline void forget_resolved(void)
{
	u64 key = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&resolved, &key);
}

/* Not static: then it is verified once, by itself, and not again with each state of its callers. */
__noinline int append_name(struct buffer *b, struct ev_name *name, u64 from, bool known)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct ev_header *h;

	if (!b || !name)
		return 0;
	h = (struct ev_header *)b->record;
	append_user_string(b, &name->raw, (const char *)from);
	if (known)
		return 0;
	name->path = name->raw;
	h->flags |= EVF_USER_PATH;
	if (from)
		append_base(b, &name->base, &name->raw, name->dirfd, task);
	return 0;
}

/* The file behind a descriptor: known to the kernel, whatever happened to its name. */
static __always_inline void fill_file(struct buffer *b, struct ev_path *e, struct task_struct *task)
{
	struct file *file = file_of(task, e->fd);

	if (!file)
		return;
	fill_inode(e, file);
	append_file_path(b, &e->name.path, file, task);
}

static __always_inline void fill_numbers(struct ev_path *e, const struct name_layout *l, const struct call_args *args)
{
	e->name.dirfd = arg(args, l->dirfd, AT_FDCWD);
	e->name2.dirfd = arg(args, l->dirfd2, AT_FDCWD);
	e->fd = arg(args, l->fd, -1);
	e->flags = arg(args, l->flags, 0);
	e->arg_mode = arg(args, l->mode, 0);
	e->uid = arg(args, l->uid, -1);
	e->gid = arg(args, l->gid, -1);
	e->rdev = arg(args, l->rdev, 0);
}

/* A function of its own, so that what it needs of the stack is not there beside what a path needs. */
static __noinline int fill_name_header(struct buffer *b, u32 type, long ret)
{
	struct ev_header *h = (struct ev_header *)b->record;

	fill_header(h, bpf_get_current_task_btf(), type);
	h->result = ret;
	return 0;
}

/* `hooked`: the security hooks are there too. */
static __always_inline int handle_name(u32 type, long ret, bool hooked)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct name_layout *l;
	struct call_args args;
	struct buffer *b;
	struct ev_path *e;
	bool known;

	if (is_self() || type - EV_UNLINK > EV_UMOUNT2 - EV_UNLINK)
		return 0;
	b = record_begin(sizeof(*e));
	if (!b) {
		if (hooked)
			forget_resolved();
		return 0;
	}
	l = &name_layouts[type - EV_UNLINK];
	e = (struct ev_path *)b->record;
	fill_name_header(b, type, ret);
	read_args(&args, task);
	fill_numbers(e, l, &args);
	known = hooked && take_resolved(b, syscall_nr(task), l->name, l->name2);
	if (l->fd)
		fill_file(b, e, task);
	if (l->name)
		append_name(b, &e->name, arg(&args, l->name, 0), known);
	if (l->text && append_user_string(b, &e->name.raw, (const char *)arg(&args, l->text, 0)))
		e->name.path = e->name.raw;
	if (l->name2)
		append_name(b, &e->name2, arg(&args, l->name2, 0), known);
	if (l->fstype)
		append_user_string(b, &e->fstype, (const char *)arg(&args, l->fstype, 0));
	record_submit(b);
	return 0;
}

static __noinline int handle_hooked(u32 type, long ret)
{
	return handle_name(type, ret, true);
}

#define NAME_FEXIT(call, type, nr, ...)                                                                                \
	SEC("fexit/__x64_sys_" #call)                                                                                  \
	int BPF_PROG(call##_fexit, struct pt_regs *regs, long ret)                                                     \
	{                                                                                                              \
		return handle_hooked(EV_##type, ret);                                                                  \
	}
NAME_CALLS(NAME_FEXIT)

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int name_tp(struct sys_exit_args *ctx)
{
	u32 type = EV_NONE;

	switch (ctx->id) {
#define NAME_CASE(call, event, nr, ...)                                                                                \
	case nr:                                                                                                       \
		type = EV_##event;                                                                                     \
		break;
		NAME_CALLS(NAME_CASE)
#undef NAME_CASE
	}
	return handle_name(type, ctx->ret, false);
}
