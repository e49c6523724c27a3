// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * socket, connect, accept, accept4, bind, listen.
 *
 * Hooks in order of preference: fexit of the system call's entry function, which cannot be inlined away and costs other
 * system calls nothing; else the exit tracepoint of the system call. Both see the same registers. What comes
 * through io_uring or as a 32-bit call is seen by lsm/socket.bpf.c.
 */
#include "bpf/socket.h"

/* The arguments stand in where the call failed and there is no socket. */
static __always_inline int on_socket(struct pt_regs *regs, long ret)
{
	struct socket_call call = {
		.type = EV_SOCKET,
		.fd = ret >= 0 ? ret : -1,
		.result = ret,
		.args = {regs->di, regs->si, regs->dx},
	};
	struct buffer *b = begin_socket(&call, socket_of(call.fd));
	struct ev_socket *e;

	if (!b)
		return 0;
	e = (struct ev_socket *)b->record;
	if (!e->ino) {
		e->family = regs->di;
		e->sock_type = regs->si & SOCK_TYPE_MASK;
		e->protocol = regs->dx;
	}
	record_submit(b);
	return 0;
}

static __always_inline int on_connect(struct pt_regs *regs, long ret)
{
	struct socket_call call = {
		.type = EV_CONNECT,
		.fd = regs->di,
		.result = ret,
		.address = (void *)regs->si,
		.memory = USER,
		.address_len = regs->dx,
	};

	return handle_socket(&call, socket_of(regs->di));
}

static __always_inline int on_accept(u16 type, struct pt_regs *regs, long ret)
{
	struct socket_call call = {.type = type, .fd = ret >= 0 ? ret : (int)regs->di, .result = ret};

	return handle_socket(&call, socket_of(call.fd));
}

static __always_inline int on_bind(struct pt_regs *regs, long ret)
{
	struct socket_call call = {
		.type = EV_BIND,
		.fd = regs->di,
		.result = ret,
		.address = (void *)regs->si,
		.memory = USER,
		.address_len = regs->dx,
	};

	return handle_socket(&call, socket_of(regs->di));
}

static __always_inline int on_listen(struct pt_regs *regs, long ret)
{
	struct socket_call call = {.type = EV_LISTEN, .fd = regs->di, .result = ret, .args = {regs->si}};

	return handle_socket(&call, socket_of(regs->di));
}

#define SOCKET_FEXIT(syscall, handler)                                                                                 \
	SEC("fexit/__x64_sys_" #syscall)                                                                               \
	int BPF_PROG(syscall##_fexit, struct pt_regs *regs, long ret)                                                  \
	{                                                                                                              \
		return handler;                                                                                        \
	}

SOCKET_FEXIT(socket, on_socket(regs, ret))
SOCKET_FEXIT(connect, on_connect(regs, ret))
SOCKET_FEXIT(accept, on_accept(EV_ACCEPT, regs, ret))
SOCKET_FEXIT(accept4, on_accept(EV_ACCEPT4, regs, ret))
SOCKET_FEXIT(bind, on_bind(regs, ret))
SOCKET_FEXIT(listen, on_listen(regs, ret))

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int socket_tp(struct sys_exit_args *ctx)
{
	struct pt_regs *regs = task_regs(bpf_get_current_task_btf());

	switch (ctx->id) {
	case NR_SOCKET:
		return on_socket(regs, ctx->ret);
	case NR_CONNECT:
		return on_connect(regs, ctx->ret);
	case NR_ACCEPT:
		return on_accept(EV_ACCEPT, regs, ctx->ret);
	case NR_ACCEPT4:
		return on_accept(EV_ACCEPT4, regs, ctx->ret);
	case NR_BIND:
		return on_bind(regs, ctx->ret);
	case NR_LISTEN:
		return on_listen(regs, ctx->ret);
	}
	return 0;
}
