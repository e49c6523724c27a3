// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * open, openat, openat2, creat, with their result and the path the kernel arrived at.
 *
 * Hooks in order of preference: fexit of do_sys_openat2, through which all four pass and which costs other system calls
 * nothing, with fexit of io_openat2 for what io_uring opens; else the exit tracepoint of each system call.
 */
#define TYPED_LOADS
#include "bpf/call.h"

struct open_call {
	u16 type;
	u16 flags; /* EVF_* */
	s32 dirfd;
	const char *name; /* user memory; NULL: not known any more */
	u32 open_flags, mode;
	s64 result;
};

/* A failed open has no file. What is left is the caller's string and the directory it starts from. */
static __always_inline void fill_failed(struct buffer *b, struct ev_file *e, struct open_call *call,
					struct task_struct *task)
{
	e->path = e->raw;
	e->h.flags |= EVF_USER_PATH;
	if (call->name)
		append_base(b, &e->base, &e->raw, call->dirfd, task);
}

static __always_inline int handle_open(struct open_call *call)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct buffer *b;
	struct ev_file *e;
	struct file *file = NULL;

	if (is_self())
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	e = (struct ev_file *)b->record;
	fill_header(&e->h, task, call->type);
	e->h.flags |= call->flags;
	e->h.result = call->result;
	e->flags = call->open_flags;
	e->open_mode = call->mode;
	e->dirfd = call->dirfd;
	e->fd = call->result >= 0 ? call->result : -1;
	append_user_string(b, &e->raw, call->name);
	if (call->result >= 0)
		file = file_of(task, call->result);
	if (file) {
		fill_inode(e, file);
		append_file_path(b, &e->path, file, task);
	} else {
		fill_failed(b, e, call, task);
	}
	record_submit(b);
	return 0;
}

static __always_inline u16 open_type(struct task_struct *task)
{
	u32 nr = syscall_nr(task);

	if (is_compat(task))
		return nr == NR32_OPEN	  ? EV_OPEN
		       : nr == NR32_CREAT ? EV_CREAT
		       : nr == NR_OPENAT2 ? EV_OPENAT2
					  : EV_OPENAT;
	return nr == NR_OPEN ? EV_OPEN : nr == NR_CREAT ? EV_CREAT : nr == NR_OPENAT2 ? EV_OPENAT2 : EV_OPENAT;
}

SEC("fexit/do_sys_openat2")
int BPF_PROG(open_fexit, int dfd, const char *filename, struct open_how *how, long ret)
{
	struct open_call call = {
		.type = open_type(bpf_get_current_task_btf()),
		.dirfd = dfd,
		.name = filename,
		.open_flags = how->flags,
		.mode = how->mode,
		.result = ret,
	};

	return handle_open(&call);
}

/* fs/open.c names the descriptor in req->cqe.res. A retry from a worker (-EAGAIN) is seen when it is done. */
SEC("fexit/io_openat2")
int BPF_PROG(open_io_uring_fexit, struct io_kiocb *req, unsigned int issue_flags, int ret)
{
	struct open_call call = {
		.type = EV_OPENAT2,
		.flags = EVF_IO_URING,
		.dirfd = AT_FDCWD,
		.result = req->cqe.res,
	};

	return ret ? 0 : handle_open(&call);
}

#define O_CREAT_WRONLY_TRUNC 01101

static __always_inline void fill_how(struct open_call *call, const void *how)
{
	u64 flags_mode[2] = {}; /* struct open_how: u64 flags, mode, resolve */

	bpf_probe_read_user(flags_mode, sizeof(flags_mode), how);
	call->open_flags = flags_mode[0];
	call->mode = flags_mode[1];
}

/* One program for all four: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int open_tp(struct sys_exit_args *ctx)
{
	struct pt_regs *regs = task_regs(bpf_get_current_task_btf());
	struct open_call call = {.dirfd = AT_FDCWD, .result = ctx->ret};

	switch (ctx->id) {
	case NR_OPEN:
		call.type = EV_OPEN;
		call.name = (const char *)regs->di;
		call.open_flags = regs->si;
		call.mode = regs->dx;
		break;
	case NR_CREAT:
		call.type = EV_CREAT;
		call.name = (const char *)regs->di;
		call.open_flags = O_CREAT_WRONLY_TRUNC;
		call.mode = regs->si;
		break;
	case NR_OPENAT:
		call.type = EV_OPENAT;
		call.dirfd = regs->di;
		call.name = (const char *)regs->si;
		call.open_flags = regs->dx;
		call.mode = regs->r10;
		break;
	case NR_OPENAT2:
		call.type = EV_OPENAT2;
		call.dirfd = regs->di;
		call.name = (const char *)regs->si;
		fill_how(&call, (void *)regs->dx);
		break;
	default:
		return 0;
	}
	return handle_open(&call);
}
