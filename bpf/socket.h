/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a socket's record says, read from the kernel's socket; the address a caller passed only where the
 * kernel's has none (a failed or unfinished call).
 */
#ifndef EUNOMIA_BPF_SOCKET_H
#define EUNOMIA_BPF_SOCKET_H

#include "bpf/task.h"

struct socket_call {
	u16 type;
	u16 flags; /* EVF_* */
	s32 fd;
	s64 result;
	u32 args[3];
	u64 size;
	const void *address; /* as the caller passed it, or got it from a receive; NULL: none */
	enum memory memory;  /* where `address` points */
	u32 address_len;
};

/* struct sockaddr_in, sockaddr_in6, sockaddr_un: the bytes of each that matter */
union address {
	struct {
		u16 family;
		u16 port;
		u8 ip4[4];
	} in;
	struct {
		u16 family;
		u16 port;
		u32 flowinfo;
		u8 ip6[16];
	} in6;
	struct {
		u16 family;
		char path[108];
	} un;
};

static __always_inline u16 from_net(u16 port)
{
	return __builtin_bswap16(port);
}

/* The start of struct sock_common: neighbours in this order in all kernels supported (include/net/sock.h). One read in
 * place of seven, on events that come by the hundred thousand. */
struct socket_start {
	u32 daddr, rcv_saddr, hash;
	u16 dport, num, family;
	u8 state, pad;
};

static __always_inline void fill_inet(struct ev_socket *e, struct sock *sk, const struct socket_start *start)
{
	struct sock_common *c = &sk->__sk_common;

	e->local_port = start->num;
	e->remote_port = from_net(start->dport);
	if (e->family == AF_INET) {
		__builtin_memcpy(e->local, &start->rcv_saddr, 4);
		__builtin_memcpy(e->remote, &start->daddr, 4);
	} else if (bpf_core_field_exists(c->skc_v6_daddr)) {
		bpf_core_read(e->local, 16, &c->skc_v6_rcv_saddr);
		bpf_core_read(e->remote, 16, &c->skc_v6_daddr);
	}
}

static __always_inline bool is_transfer(u16 type)
{
	return type >= EV_SENDTO && type <= EV_RECVMSG;
}

static __always_inline bool is_send(u16 type)
{
	return type == EV_SENDTO || type == EV_SENDMSG;
}

static __always_inline bool append_unix(struct buffer *b, struct ev_socket *e, struct unix_sock *u)
{
	struct unix_address *address = BPF_CORE_READ(u, addr);
	s32 len = BPF_CORE_READ(address, len) - 2; /* without sun_family */

	if (!address || len <= 0 || len > 108)
		return false;
	return append(b, &e->path, (void *)address + bpf_core_field_offset(struct unix_address, name) + 2, len, KERNEL);
}

/* The name the serving end is bound to: our own, or the peer's. */
static __always_inline void fill_unix(struct buffer *b, struct ev_socket *e, struct sock *sk)
{
	struct unix_sock *u = (struct unix_sock *)sk, *peer = (struct unix_sock *)BPF_CORE_READ(u, peer);

	if (e->h.type != EV_CONNECT && append_unix(b, e, u))
		return;
	if (e->h.type == EV_CONNECT || is_transfer(e->h.type))
		append_unix(b, e, peer);
}

/* Everything that the kernel's socket says of itself. */
static __always_inline void fill_socket(struct buffer *b, struct ev_socket *e, struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct socket_start start = {};

	if (!sk)
		return;
	bpf_core_read(&start, sizeof(start), &sk->__sk_common.skc_daddr);
	e->family = start.family;
	e->sock_type = BPF_CORE_READ(sk, sk_type);
	e->protocol = BPF_CORE_READ(sk, sk_protocol);
	e->ino = BPF_CORE_READ(sock, file, f_inode, i_ino);
	if (start.state == TCP_ESTABLISHED)
		e->flags |= EVS_CONNECTED;
	if (e->family == AF_INET || e->family == AF_INET6)
		fill_inet(e, sk, &start);
	else if (e->family == AF_UNIX)
		fill_unix(b, e, sk);
}

/*
 * Marks the socket whose local end serves. A datagram socket does that was bound to a port by its program. Of a
 * connection the kernel does not keep who began it: the lower port is taken to be the server's.
 */
static __always_inline void fill_server(struct ev_socket *e, struct socket *sock)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	if (e->family != AF_INET && e->family != AF_INET6)
		return;
	if (e->sock_type == SOCK_STREAM ? e->local_port < e->remote_port
					: BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT)
		e->flags |= EVS_SERVER;
}

/* An address of IPv4, as the record has it for a socket of the family. */
static __always_inline void put_ip4(u16 family, u8 *to, const u8 *ip4)
{
	__builtin_memset(to, 0, 16);
	if (family == AF_INET6) {
		to[10] = to[11] = 0xff;
		to += 12;
	}
	__builtin_memcpy(to, ip4, 4);
}

/*
 * As what family the kernel takes an address that it is passed. An IPv6 socket takes one of IPv4, not the other way
 * round; a send on an IPv4 socket takes one without a family for its own (udp_sendmsg, raw_sendmsg).
 */
static __always_inline u16 family_passed(struct ev_socket *e, struct socket_call *call, u16 family)
{
	if (e->family == AF_INET && family == AF_INET6)
		return 0;
	return e->family == AF_INET && !family && is_send(call->type) ? AF_INET : family;
}

static __always_inline void fill_passed(struct buffer *b, struct ev_socket *e, struct socket_call *call)
{
	union address a = {};
	u32 len = call->address_len;
	bool remote = call->type == EV_CONNECT || is_transfer(call->type);
	u16 family;

	if (!call->address || len < 2)
		return;
	if (len > sizeof(a))
		len = sizeof(a);
	if (call->memory == USER ? bpf_probe_read_user(&a, len, call->address)
				 : bpf_probe_read_kernel(&a, len, call->address))
		return;
	if (call->memory == USER)
		e->h.flags |= EVF_USER_PATH;
	family = family_passed(e, call, a.in.family);
	if (family == AF_UNIX && (!e->path.len || is_send(call->type))) {
		append(b, &e->path, (const char *)call->address + 2, len - 2, call->memory);
	} else if (family == AF_INET) {
		put_ip4(e->family, remote ? e->remote : e->local, a.in.ip4);
		*(remote ? &e->remote_port : &e->local_port) = from_net(a.in.port);
	} else if (family == AF_INET6) {
		__builtin_memcpy(remote ? e->remote : e->local, a.in6.ip6, 16);
		*(remote ? &e->remote_port : &e->local_port) = from_net(a.in.port);
	}
	if (!e->family)
		e->family = a.in.family;
}

/* Whether the address that went with the call says more than the socket. A datagram goes where the call says, also from
 * a socket that has a peer; of a stream the kernel ignores what it says. */
static __always_inline bool needs_passed(struct ev_socket *e, struct socket_call *call)
{
	if (call->type == EV_CONNECT)
		return !e->remote_port && !e->path.len;
	if (is_send(call->type) && e->sock_type != SOCK_STREAM)
		return true;
	if (is_transfer(call->type))
		return !(e->flags & EVS_CONNECTED) && !e->remote_port;
	return call->result < 0 || call->flags;
}

/* A record of the call, all but submitted; NULL: nothing is to be told, or no buffer is free. */
static __always_inline struct buffer *begin_socket(struct socket_call *call, struct socket *sock)
{
	struct buffer *b;
	struct ev_socket *e;

	if (is_self())
		return NULL;
	b = record_begin(sizeof(*e));
	if (!b)
		return NULL;
	e = (struct ev_socket *)b->record;
	fill_header(&e->h, bpf_get_current_task_btf(), call->type);
	e->h.flags |= call->flags;
	e->h.result = call->result;
	e->fd = call->fd;
	__builtin_memcpy(e->args, call->args, sizeof(e->args));
	e->size = call->size;
	fill_socket(b, e, sock);
	if (needs_passed(e, call))
		fill_passed(b, e, call);
	return b;
}

static __always_inline int handle_socket(struct socket_call *call, struct socket *sock)
{
	struct buffer *b = begin_socket(call, sock);

	if (b)
		record_submit(b);
	return 0;
}

/* The socket behind a descriptor of the current process; NULL: none, or something else. */
static __always_inline struct socket *socket_of(s32 fd)
{
	struct file *file = file_of(bpf_get_current_task_btf(), fd);

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	return BPF_CORE_READ(file, private_data);
}

#endif
