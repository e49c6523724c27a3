// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sockets used by ways that the system call hooks do not see: io_uring, and 32-bit calls (socketcall). The LSM hook
 * sees what the kernel is about to do; the result comes later and is not known (EVF_RESULT_UNKNOWN, result 0).
 * For all other callers these programs return at once. They observe: the verdict of the earlier modules stands.
 */
#include "bpf/socket.h"

/*
 * The flags of a record that is to be told here; 0: the system call `nr`, or `nr2`, was made, whose own hook tells it.
 * io_uring takes requests up again at the end of whatever call the thread is in: one that waited for another request,
 * for a time, for the peer.
 */
static __always_inline u16 other_way(u32 nr, u32 nr2)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 current_nr = syscall_nr(task);

	if (is_compat(task) && !in_io_uring(task))
		return EVF_RESULT_UNKNOWN;
	if (!is_io_worker(task) && (current_nr == nr || current_nr == nr2))
		return 0;
	return EVF_IO_URING | EVF_RESULT_UNKNOWN;
}

SEC("lsm/socket_connect")
int BPF_PROG(connect_lsm, struct socket *sock, void *address, int addrlen, int ret)
{
	struct socket_call call = {
		.type = EV_CONNECT,
		.flags = other_way(NR_CONNECT, NR_CONNECT),
		.fd = -1,
		.address = address,
		.memory = KERNEL,
		.address_len = addrlen,
	};

	if (!ret && call.flags)
		handle_socket(&call, sock);
	return ret;
}

SEC("lsm/socket_bind")
int BPF_PROG(bind_lsm, struct socket *sock, void *address, int addrlen, int ret)
{
	struct socket_call call = {
		.type = EV_BIND,
		.flags = other_way(NR_BIND, NR_BIND),
		.fd = -1,
		.address = address,
		.memory = KERNEL,
		.address_len = addrlen,
	};

	if (!ret && call.flags)
		handle_socket(&call, sock);
	return ret;
}

SEC("lsm/socket_listen")
int BPF_PROG(listen_lsm, struct socket *sock, int backlog, int ret)
{
	struct socket_call call = {
		.type = EV_LISTEN, .flags = other_way(NR_LISTEN, NR_LISTEN), .fd = -1, .args = {backlog}};

	if (!ret && call.flags)
		handle_socket(&call, sock);
	return ret;
}

/* Before a connection is there: the local end is known, the peer is not yet. */
SEC("lsm/socket_accept")
int BPF_PROG(accept_lsm, struct socket *sock, struct socket *newsock, int ret)
{
	struct socket_call call = {.type = EV_ACCEPT4, .flags = other_way(NR_ACCEPT, NR_ACCEPT4), .fd = -1};

	if (!ret && call.flags)
		handle_socket(&call, sock);
	return ret;
}
