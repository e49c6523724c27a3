/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who did it: everything the header of a record says of a task.
 */
#ifndef EUNOMIA_BPF_TASK_H
#define EUNOMIA_BPF_TASK_H

#include "bpf/record.h"

/*
 * Reads a member of a task, cred, ... A load through a typed pointer is several times cheaper at run time than a helper
 * call, but costs 2 to 3 ms each when the program is loaded (the verifier looks names up in the BTF of vmlinux, one
 * by one). So only files with events that come by the hundred thousand define TYPED_LOADS.
 */
#ifdef TYPED_LOADS
#define GET(pointer, member) ((pointer)->member)
#else
#define GET(pointer, member) BPF_CORE_READ(pointer, member)
#endif

static __always_inline bool is_compat(struct task_struct *task)
{
	return GET(task, thread_info.status) & TS_COMPAT;
}

static __always_inline struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)bpf_task_pt_regs(task);
}

/*
 * The number of the current system call as the kernel takes it: the lower half of the register (do_syscall_64),
 * whatever the caller put into the upper one, and without the mark of an x32 call.
 */
static __always_inline u32 syscall_nr(struct task_struct *task)
{
	return (u32)task_regs(task)->orig_ax & ~X32_SYSCALL_BIT;
}

/* A worker has no system call of its own: its registers say 0. */
static __always_inline bool is_io_worker(struct task_struct *task)
{
	return GET(task, flags) & PF_IO_WORKER;
}

/* Whether the current task acts for io_uring: as one of its workers, or inside io_uring_enter. */
static __always_inline bool in_io_uring(struct task_struct *task)
{
	return is_io_worker(task) || syscall_nr(task) == NR_IO_URING_ENTER;
}

/* The process id in the namespace at `level`. */
static __always_inline u32 pid_number(struct pid *pid, u32 level)
{
	int nr = 0;

	bpf_core_read(&nr, sizeof(nr), &pid->numbers[level & 31].nr);
	return nr;
}

/* A v1 hierarchy's state of the root cgroup, by subsystem: the same for the life of the kernel, learnt when first seen.
 */
#define SUBSYS_MAX 16
void *root_states[SUBSYS_MAX] __weak;

/* The cgroup that tells most of a container (see ev_header.cgroup) and its hierarchy; NULL: at the root of all. */
struct telling {
	struct cgroup *cgroup;
	u32 hierarchy;
};

/* Whether a subsystem's cgroup is one of a v1 hierarchy and not its root; if so, it is stored. */
static __always_inline bool v1_cgroup(struct telling *t, struct cgroup_subsys_state **states, u32 subsys)
{
	struct cgroup_subsys_state *state;
	struct cgroup *cgroup;

	if (subsys >= SUBSYS_MAX)
		return false;
	state = states[subsys];
	if (!state || state == root_states[subsys])
		return false;
	cgroup = BPF_CORE_READ(state, cgroup);
	if (BPF_CORE_READ(cgroup, level) == 0) {
		root_states[subsys] = state;
		return false;
	}
	t->cgroup = cgroup;
	t->hierarchy = BPF_CORE_READ(cgroup, root, hierarchy_id);
	return t->hierarchy != 0;
}

#define TRY_V1(name)                                                                                                   \
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, name##_cgrp_id) &&                                       \
	    v1_cgroup(&t, states, bpf_core_enum_value(enum cgroup_subsys_id, name##_cgrp_id)))                         \
		return t;

static __always_inline struct telling telling_cgroup(struct task_struct *task)
{
	struct css_set *set = GET(task, cgroups);
	struct cgroup *unified = GET(set, dfl_cgrp);
	struct cgroup_subsys_state *states[SUBSYS_MAX] = {};
	struct telling t = {.cgroup = unified};
	u32 size = bpf_core_field_size(set->subsys);

	if (GET(unified, level) > 0)
		return t;
	if (size > sizeof(states))
		size = sizeof(states);
	bpf_core_read(states, size, &set->subsys);
	TRY_V1(pids)
	TRY_V1(devices)
	TRY_V1(freezer)
	TRY_V1(memory)
	TRY_V1(cpu)
	TRY_V1(cpuset)
	TRY_V1(io)
	t.cgroup = NULL;
	return t;
}

static __always_inline void fill_ids(struct ev_header *h, struct task_struct *task)
{
	struct task_struct *leader = GET(task, group_leader), *parent = GET(task, real_parent);
	struct signal_struct *signal = GET(task, signal);
	struct pid *pid = GET(leader, thread_pid), *sid = GET(signal, pids[PIDTYPE_SID]);
	u32 level = GET(pid, level);
	struct upid own = {};

	h->pid = GET(task, tgid);
	h->tid = GET(task, pid);
	h->ppid = GET(parent, tgid);
	h->start_ns = GET(leader, start_boottime);
	bpf_core_read(&own, sizeof(own), &pid->numbers[level & 31]);
	h->pidns = BPF_CORE_READ(own.ns, ns.inum);
	h->ns_pid = own.nr;
	h->ns_tid = task == leader ? h->ns_pid : pid_number(GET(task, thread_pid), level);
	h->sid = pid_number(sid, 0);
	h->ns_sid = level == 0 ? h->sid : GET(sid, level) >= level ? pid_number(sid, level) : 0;
}

static __always_inline void fill_creds(struct ev_header *h, struct task_struct *task)
{
	const struct cred *cred = GET(task, cred);
	struct user_namespace *user_ns = GET(cred, user_ns);
	u64 caps[3] = {};

	h->uid = GET(cred, uid.val);
	h->gid = GET(cred, gid.val);
	h->euid = GET(cred, euid.val);
	h->egid = GET(cred, egid.val);
	h->userns = GET(user_ns, ns.inum);
	/* inheritable, permitted, effective: neighbours in this order in all kernels supported */
	bpf_core_read(caps, sizeof(caps), &cred->cap_inheritable);
	h->cap_inheritable = caps[0];
	h->cap_permitted = caps[1];
	h->cap_effective = caps[2];
	h->loginuid = bpf_core_field_exists(task->loginuid) ? GET(task, loginuid.val) : (u32)-1;
}

/* Fills the header of a record of `type` about `task`. Returns the task's telling cgroup, for its path. */
static __always_inline struct cgroup *fill_header(struct ev_header *h, struct task_struct *task, u16 type)
{
	struct telling telling = telling_cgroup(task);
	struct cgroup *cgroup = telling.cgroup;
	struct nsproxy *namespaces = GET(task, nsproxy);
	struct mnt_namespace *mnt_ns = GET(namespaces, mnt_ns);
	struct net *net_ns = GET(namespaces, net_ns);

	h->type = type;
	h->time_ns = bpf_ktime_get_boot_ns();
	if (is_compat(task))
		h->flags |= EVF_COMPAT;
	fill_ids(h, task);
	fill_creds(h, task);
	h->mntns = GET(mnt_ns, ns.inum);
	h->netns = GET(net_ns, ns.inum);
	if (cgroup)
		h->cgroup = (u64)telling.hierarchy << 56 | BPF_CORE_READ(cgroup, kn, id);
	bpf_core_read(h->comm, sizeof(h->comm), &task->comm);
	return cgroup;
}

/* An open file of the current process; NULL if the descriptor is not open. */
static __always_inline struct file *file_of(struct task_struct *task, s32 fd)
{
	struct files_struct *files = GET(task, files);
	struct fdtable *fdt = BPF_CORE_READ(files, fdt);
	struct file **table = BPF_CORE_READ(fdt, fd), *file = NULL;

	if (fd < 0 || (u32)fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &table[fd]);
	return file;
}

#endif
