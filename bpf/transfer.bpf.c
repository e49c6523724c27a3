// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sendto, sendmsg, recvfrom, recvmsg: who spoke to whom over a socket, not what.
 *
 * Hooks as for the other calls on sockets (bpf/socket.bpf.c). The peer is the kernel's where the socket is connected,
 * else the address that the call was passed, or that it returned.
 */
#define TYPED_LOADS
#include "bpf/socket.h"

/* The peer of the last call on a socket that has none of its own. */
struct socket_key {
	u64 sock, ino;
};
struct peer {
	u8 address[16];
	u64 port;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct socket_key);
	__type(value, struct peer);
} peers SEC(".maps");

static __always_inline void note_peer(struct ev_socket *e, struct socket *sock)
{
	struct socket_key key = {.sock = (u64)sock, .ino = e->ino};
	struct peer peer = {.port = e->remote_port}, *before;

	__builtin_memcpy(peer.address, e->remote, sizeof(peer.address));
	before = bpf_map_lookup_elem(&peers, &key);
	if (before && !__builtin_memcmp(before, &peer, sizeof(peer)))
		return;
	e->flags |= EVS_NAME_CHANGED;
	bpf_map_update_elem(&peers, &key, &peer, 0);
}

static __always_inline int handle_transfer(struct socket_call *call)
{
	struct socket *sock = socket_of(call->fd);
	struct buffer *b = begin_socket(call, sock);
	struct ev_socket *e;

	if (!b)
		return 0;
	e = (struct ev_socket *)b->record;
	fill_server(e, sock);
	if (!(e->flags & EVS_CONNECTED) && e->remote_port)
		note_peer(e, sock);
	record_submit(b);
	return 0;
}

static __always_inline int on_plain(u16 type, struct pt_regs *regs, long ret)
{
	struct socket_call call = {
		.type = type,
		.fd = regs->di,
		.result = ret,
		.args = {regs->r10},
		.size = regs->dx,
		.memory = USER,
	};

	if (type == EV_SENDTO) {
		call.address = (void *)regs->r8;
		call.address_len = regs->r9;
	} else if (ret >= 0) {
		call.address = (void *)regs->r8;
		bpf_probe_read_user(&call.address_len, sizeof(call.address_len), (void *)regs->r9);
	}
	return handle_transfer(&call);
}

static __always_inline int on_message(u16 type, struct pt_regs *regs, long ret)
{
	struct socket_call call = {
		.type = type,
		.fd = regs->di,
		.result = ret,
		.args = {regs->dx},
		.memory = USER,
	};
	struct user_msghdr message = {};
	struct iovec part = {};

	bpf_probe_read_user(&message, sizeof(message), (void *)regs->si);
	if (message.msg_iovlen == 1 && !bpf_probe_read_user(&part, sizeof(part), message.msg_iov))
		call.size = part.iov_len;
	if (type == EV_SENDMSG || ret >= 0) {
		call.address = message.msg_name;
		call.address_len = message.msg_namelen;
	}
	return handle_transfer(&call);
}

#define TRANSFER_FEXIT(syscall, handler)                                                                               \
	SEC("fexit/__x64_sys_" #syscall)                                                                               \
	int BPF_PROG(syscall##_fexit, struct pt_regs *regs, long ret)                                                  \
	{                                                                                                              \
		return handler;                                                                                        \
	}

TRANSFER_FEXIT(sendto, on_plain(EV_SENDTO, regs, ret))
TRANSFER_FEXIT(recvfrom, on_plain(EV_RECVFROM, regs, ret))
TRANSFER_FEXIT(sendmsg, on_message(EV_SENDMSG, regs, ret))
TRANSFER_FEXIT(recvmsg, on_message(EV_RECVMSG, regs, ret))

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int transfer_tp(struct sys_exit_args *ctx)
{
	struct pt_regs *regs = task_regs(bpf_get_current_task_btf());

	switch (ctx->id) {
	case NR_SENDTO:
		return on_plain(EV_SENDTO, regs, ctx->ret);
	case NR_RECVFROM:
		return on_plain(EV_RECVFROM, regs, ctx->ret);
	case NR_SENDMSG:
		return on_message(EV_SENDMSG, regs, ctx->ret);
	case NR_RECVMSG:
		return on_message(EV_RECVMSG, regs, ctx->ret);
	}
	return 0;
}
