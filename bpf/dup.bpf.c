// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dup, dup2, dup3: what a descriptor stands for from now on. Hooks: fexit of the system call's entry function, else its
 * exit tracepoint.
 */
#include "bpf/call.h"
#include "bpf/socket.h"

static __noinline int handle_dup(u32 type, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = task_regs(task);
	struct buffer *b;
	struct ev_dup *e;
	struct file *file;

	if (is_self())
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	e = (struct ev_dup *)b->record;
	fill_header(&e->s.h, task, type);
	e->s.h.result = ret;
	e->s.fd = ret >= 0 ? ret : -1;
	e->oldfd = regs->di;
	e->newfd = type == EV_DUP ? -1 : (s32)regs->si;
	e->flags = type == EV_DUP3 ? regs->dx : 0;
	file = file_of(task, ret >= 0 ? ret : e->oldfd);
	if (file) {
		e->s.ino = BPF_CORE_READ(file, f_inode, i_ino);
		e->dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
		e->mode = BPF_CORE_READ(file, f_inode, i_mode);
		if ((e->mode & S_IFMT) == S_IFSOCK) {
			struct socket *sock = BPF_CORE_READ(file, private_data);

			fill_socket(b, &e->s, sock);
			fill_server(&e->s, sock);
		} else {
			append_file_path(b, &e->s.path, file, task);
		}
	}
	record_submit(b);
	return 0;
}

#define DUP_FEXIT(syscall, type)                                                                                       \
	SEC("fexit/__x64_sys_" #syscall)                                                                               \
	int BPF_PROG(syscall##_fexit, struct pt_regs *regs, long ret)                                                  \
	{                                                                                                              \
		return handle_dup(type, ret);                                                                          \
	}

DUP_FEXIT(dup, EV_DUP)
DUP_FEXIT(dup2, EV_DUP2)
DUP_FEXIT(dup3, EV_DUP3)

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int dup_tp(struct sys_exit_args *ctx)
{
	u32 type = ctx->id == NR_DUP ? EV_DUP : ctx->id == NR_DUP2 ? EV_DUP2 : EV_DUP3;

	return handle_dup(type, ctx->ret);
}
