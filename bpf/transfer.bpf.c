// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sendto, sendmsg, recvfrom, recvmsg: who spoke to whom over a socket, not what.
 *
 * Hooks as for the other calls on sockets (bpf/socket.bpf.c). The peer is the address that a datagram was sent to,
 * else the kernel's where the socket is connected, else the address that the call was passed, or that it returned.
 */
#define TYPED_LOADS
#include "bpf/socket.h"

/* The peer of the last call on a socket that has none of its own, or that named another. */
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

static __always_inline void fill_plain(struct socket_call *call, struct pt_regs *regs)
{
	call->args[0] = regs->r10;
	call->size = regs->dx;
	if (call->type == EV_SENDTO) {
		call->address = (void *)regs->r8;
		call->address_len = regs->r9;
	} else if (call->result >= 0) {
		call->address = (void *)regs->r8;
		bpf_probe_read_user(&call->address_len, sizeof(call->address_len), (void *)regs->r9);
	}
}

static __always_inline void fill_message(struct socket_call *call, struct pt_regs *regs)
{
	struct user_msghdr message = {};
	struct iovec part = {};

	call->args[0] = regs->dx;
	bpf_probe_read_user(&message, sizeof(message), (void *)regs->si);
	if (message.msg_iovlen == 1 && !bpf_probe_read_user(&part, sizeof(part), message.msg_iov))
		call->size = part.iov_len;
	if (call->type == EV_SENDMSG || call->result >= 0) {
		call->address = message.msg_name;
		call->address_len = message.msg_namelen;
	}
}

static __always_inline int handle_transfer(u16 type, long ret)
{
	struct pt_regs *regs = task_regs(bpf_get_current_task_btf());
	struct socket_call call = {.type = type, .fd = regs->di, .result = ret, .memory = USER};
	struct socket *sock = socket_of(call.fd);
	struct buffer *b;
	struct ev_socket *e;

	if (type == EV_SENDTO || type == EV_RECVFROM)
		fill_plain(&call, regs);
	else
		fill_message(&call, regs);
	b = begin_socket(&call, sock);
	if (!b)
		return 0;
	e = (struct ev_socket *)b->record;
	fill_server(e, sock);
	if (e->remote_port && (!(e->flags & EVS_CONNECTED) || e->h.flags & EVF_USER_PATH))
		note_peer(e, sock);
	record_submit(b);
	return 0;
}

#define TRANSFER_FEXIT(syscall, type)                                                                                  \
	SEC("fexit/__x64_sys_" #syscall)                                                                               \
	int BPF_PROG(syscall##_fexit, struct pt_regs *regs, long ret)                                                  \
	{                                                                                                              \
		return handle_transfer(type, ret);                                                                     \
	}

TRANSFER_FEXIT(sendto, EV_SENDTO)
TRANSFER_FEXIT(recvfrom, EV_RECVFROM)
TRANSFER_FEXIT(sendmsg, EV_SENDMSG)
TRANSFER_FEXIT(recvmsg, EV_RECVMSG)

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int transfer_tp(struct sys_exit_args *ctx)
{
	u16 type = ctx->id == NR_SENDTO	    ? EV_SENDTO
		   : ctx->id == NR_SENDMSG  ? EV_SENDMSG
		   : ctx->id == NR_RECVFROM ? EV_RECVFROM
					    : EV_RECVMSG;

	return handle_transfer(type, ctx->ret);
}
