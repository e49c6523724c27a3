// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Calls told by their arguments: memory of others, modules, namespaces, user ids, BPF, files in memory.
 *
 * Hooks: fexit of the system call's entry function, else its exit tracepoint. The header is of after the call: its user
 * ids and namespaces are the new ones.
 */
#include "bpf/call.h"

/* How many arguments, and which of them is a descriptor or a string (1: the first; 0: none). */
struct call_layout {
	u8 count, fd, text;
	u8 ints;       /* INT(place) of each that the kernel takes for 32 bits: what the caller put above is nothing */
	bool makes_fd; /* the result is a descriptor */
};

#define INT(place) (1 << ((place) - 1))

/* X(system call, event type, number, layout), in the order of their types */
#define CALLS(X)                                                                                                       \
	X(ptrace, PTRACE, 101, .count = 4)                                                                             \
	X(process_vm_readv, PROCESS_VM_READV, 310, .count = 6, .ints = INT(1))                                         \
	X(process_vm_writev, PROCESS_VM_WRITEV, 311, .count = 6, .ints = INT(1))                                       \
	X(init_module, INIT_MODULE, 175, .count = 3, .text = 3)                                                        \
	X(finit_module, FINIT_MODULE, 313, .count = 3, .fd = 1, .text = 2, .ints = INT(1) | INT(3))                    \
	X(setns, SETNS, 308, .count = 2, .fd = 1, .ints = INT(1) | INT(2))                                             \
	X(unshare, UNSHARE, 272, .count = 1)                                                                           \
	X(setuid, SETUID, 105, .count = 1, .ints = INT(1))                                                             \
	X(setreuid, SETREUID, 113, .count = 2, .ints = INT(1) | INT(2))                                                \
	X(setresuid, SETRESUID, 117, .count = 3, .ints = INT(1) | INT(2) | INT(3))                                     \
	X(setgid, SETGID, 106, .count = 1, .ints = INT(1))                                                             \
	X(setregid, SETREGID, 114, .count = 2, .ints = INT(1) | INT(2))                                                \
	X(setresgid, SETRESGID, 119, .count = 3, .ints = INT(1) | INT(2) | INT(3))                                     \
	X(bpf, BPF, 321, .count = 3, .ints = INT(1) | INT(3), .makes_fd = true)                                        \
	X(memfd_create, MEMFD_CREATE, 319, .count = 2, .text = 1, .ints = INT(2), .makes_fd = true)                    \
	X(userfaultfd, USERFAULTFD, 323, .count = 1, .ints = INT(1), .makes_fd = true)

static const struct call_layout call_layouts[] = {
#define CALL_LAYOUT(call, type, nr, ...) [EV_##type - EV_PTRACE] = {__VA_ARGS__},
	CALLS(CALL_LAYOUT)
#undef CALL_LAYOUT
};

/* Commands of bpf(2) whose result is a descriptor (include/uapi/linux/bpf.h, enum bpf_cmd): MAP_CREATE, PROG_LOAD,
 * OBJ_GET, {PROG,MAP}_GET_FD_BY_ID, RAW_TRACEPOINT_OPEN, BTF_LOAD, BTF_GET_FD_BY_ID, LINK_CREATE, LINK_GET_FD_BY_ID,
 * ENABLE_STATS, ITER_CREATE, TOKEN_CREATE. */
#define BPF_MAKES_FD                                                                                                   \
	(1ULL << 0 | 1ULL << 5 | 1ULL << 7 | 1ULL << 13 | 1ULL << 14 | 1ULL << 17 | 1ULL << 18 | 1ULL << 19 |          \
	 1ULL << 28 | 1ULL << 30 | 1ULL << 32 | 1ULL << 33 | 1ULL << 36)

static __always_inline s32 descriptor(u32 type, const struct call_layout *l, const struct call_args *args, long ret)
{
	u32 command = args->at[1];

	if (l->fd)
		return arg(args, l->fd, -1);
	if (!l->makes_fd || ret < 0)
		return -1;
	return type != EV_BPF || (command < 64 && BPF_MAKES_FD >> command & 1) ? ret : -1;
}

static __noinline int handle_call(u32 type, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct call_layout *l;
	struct call_args args;
	struct buffer *b;
	struct ev_call *e;
	struct file *file;

	if (is_self() || type - EV_PTRACE > EV_USERFAULTFD - EV_PTRACE)
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	l = &call_layouts[type - EV_PTRACE];
	e = (struct ev_call *)b->record;
	fill_header(&e->h, task, type);
	e->h.result = ret;
	read_args(&args, task);
	for (u32 i = 0; i < l->count && i < 6; i++)
		e->args[i] = l->ints >> i & 1 ? (u32)args.at[i + 1] : args.at[i + 1];
	e->fd = descriptor(type, l, &args, ret);
	file = file_of(task, e->fd);
	if (file) {
		fill_inode(e, file);
		append_file_path(b, &e->path, file, task);
	}
	if (l->text)
		append_user_string(b, &e->text, (const char *)arg(&args, l->text, 0));
	record_submit(b);
	return 0;
}

#define CALL_FEXIT(call, type, nr, ...)                                                                                \
	SEC("fexit/__x64_sys_" #call)                                                                                  \
	int BPF_PROG(call##_fexit, struct pt_regs *regs, long ret)                                                     \
	{                                                                                                              \
		return handle_call(EV_##type, ret);                                                                    \
	}
CALLS(CALL_FEXIT)

/* One program for all: the loader attaches it to the tracepoints that are needed. */
SEC("tp")
int call_tp(struct sys_exit_args *ctx)
{
	u32 type = EV_NONE;

	switch (ctx->id) {
#define CALL_CASE(call, event, nr, ...)                                                                                \
	case nr:                                                                                                       \
		type = EV_##event;                                                                                     \
		break;
		CALLS(CALL_CASE)
#undef CALL_CASE
	}
	return handle_call(type, ctx->ret);
}
