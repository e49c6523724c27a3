// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The life of processes: fork, exec, exit. Always attached: user space follows these to know whose every other event
 * is. BTF tracepoints, which all supported kernels have.
 */
#include "bpf/path.h"
#include "bpf/task.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct buffer *b;
	struct ev_fork *e;
	struct cgroup *cgroup;

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid))
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	e = (struct ev_fork *)b->record;
	cgroup = fill_header(&e->h, child, EV_FORK);
	e->parent_start_ns = BPF_CORE_READ(child, real_parent, group_leader, start_boottime);
	append_cgroup_path(b, &e->cgroup_path, cgroup);
	record_submit(b);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct buffer *b;
	struct ev_exit *e;

	/* The last thread has already been counted out (kernel/exit.c, do_exit). */
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return 0;
	b = record_begin(sizeof(*e));
	if (!b)
		return 0;
	e = (struct ev_exit *)b->record;
	fill_header(&e->h, task, EV_EXIT);
	e->h.result = BPF_CORE_READ(task, exit_code);
	record_submit(b);
	return 0;
}

static __always_inline void fill_exe_times(struct ev_exec *e, struct inode *inode)
{
	struct inode___v6_11 *v6_11 = (void *)inode;
	struct inode___v6_6 *v6_6 = (void *)inode;
	struct inode___v6_1 *v6_1 = (void *)inode;

	if (bpf_core_field_exists(v6_11->i_ctime_sec)) {
		e->exe_ctime_ns = BPF_CORE_READ(v6_11, i_ctime_sec) * 1000000000 + BPF_CORE_READ(v6_11, i_ctime_nsec);
		e->exe_mtime_ns = BPF_CORE_READ(v6_11, i_mtime_sec) * 1000000000 + BPF_CORE_READ(v6_11, i_mtime_nsec);
	} else if (bpf_core_field_exists(v6_6->__i_ctime)) {
		struct timespec64 c = BPF_CORE_READ(v6_6, __i_ctime), m = BPF_CORE_READ(v6_6, __i_mtime);

		e->exe_ctime_ns = c.tv_sec * 1000000000 + c.tv_nsec;
		e->exe_mtime_ns = m.tv_sec * 1000000000 + m.tv_nsec;
	} else {
		struct timespec64 c = BPF_CORE_READ(v6_1, i_ctime), m = BPF_CORE_READ(v6_1, i_mtime);

		e->exe_ctime_ns = c.tv_sec * 1000000000 + c.tv_nsec;
		e->exe_mtime_ns = m.tv_sec * 1000000000 + m.tv_nsec;
	}
}

/* Whether the process may write its own executable: by mode and owner, or by capability. */
static __always_inline bool may_write(struct ev_header *h, struct inode *inode)
{
	u16 mode = BPF_CORE_READ(inode, i_mode);

	if (BPF_CORE_READ(inode, i_flags) & S_IMMUTABLE)
		return false;
	if (h->cap_effective & (1ULL << CAP_DAC_OVERRIDE))
		return true;
	if (BPF_CORE_READ(inode, i_uid.val) == h->euid)
		return mode & 0200;
	if (BPF_CORE_READ(inode, i_gid.val) == h->egid)
		return mode & 0020;
	return mode & 0002;
}

/* In an overlay the inode is embedded in struct ovl_inode, directly before its `__upperdentry` (fs/overlayfs). */
static __always_inline bool on_upper_layer(struct inode *inode)
{
	void *upper = NULL;

	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
	return upper != NULL;
}

static __always_inline bool is_memfd(struct file *file)
{
	static const char prefix[] = "memfd:";
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	char name[sizeof(prefix)] = {};

	if (BPF_CORE_READ(dentry, d_parent) != dentry)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	for (u32 i = 0; i < sizeof(prefix) - 1; i++)
		if (name[i] != prefix[i])
			return false;
	return true;
}

static __always_inline void fill_exe(struct buffer *b, struct ev_exec *e, struct task_struct *task)
{
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (!inode)
		return;
	e->exe_ino = BPF_CORE_READ(inode, i_ino);
	e->exe_dev = BPF_CORE_READ(inode, i_sb, s_dev);
	e->exe_uid = BPF_CORE_READ(inode, i_uid.val);
	fill_exe_times(e, inode);
	if (may_write(&e->h, inode))
		e->exe_flags |= EVX_WRITABLE;
	if (BPF_CORE_READ(inode, i_sb, s_magic) == OVERLAYFS_MAGIC) {
		e->exe_flags |= EVX_OVERLAY;
		if (on_upper_layer(inode))
			e->exe_flags |= EVX_UPPER_LAYER;
	}
	if (is_memfd(file))
		e->exe_flags |= EVX_MEMFD;
	append_file_path(b, &e->exe, file, task);
}

static __always_inline void fill_args(struct buffer *b, struct ev_exec *e, struct task_struct *task)
{
	unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
	u64 len = end - start;

	if (len > EV_ARGS_MAX) {
		len = EV_ARGS_MAX;
		e->h.flags |= EVF_ARGS_CUT;
		count_loss(EVL_ARGS_CUT);
	}
	if (!append(b, &e->args, (void *)start, len, USER)) {
		e->h.flags |= EVF_READ_FAULT;
		count_loss(EVL_READ_FAULT);
	}
}

/* Set while a rule reads the environment: it may hold 4 KiB for every program that starts. */
__u32 keep_environment;

static __always_inline void fill_environment(struct buffer *b, struct ev_exec *e, struct task_struct *task)
{
	unsigned long start = BPF_CORE_READ(task, mm, env_start), end = BPF_CORE_READ(task, mm, env_end);
	u64 len = end - start;

	if (len > EV_ENV_MAX) {
		len = EV_ENV_MAX;
		e->h.flags |= EVF_ENV_CUT;
		count_loss(EVL_ENV_CUT);
	}
	if (!append(b, &e->env, (void *)start, len, USER)) {
		e->h.flags |= EVF_READ_FAULT;
		count_loss(EVL_READ_FAULT);
	}
}

static __always_inline void fill_stream(struct ev_stream *stream, struct task_struct *task, s32 fd)
{
	struct file *file = file_of(task, fd);

	if (!file)
		return;
	stream->mode = BPF_CORE_READ(file, f_inode, i_mode);
	if ((stream->mode & S_IFMT) == S_IFSOCK) {
		struct socket *sock = BPF_CORE_READ(file, private_data);

		stream->family = BPF_CORE_READ(sock, sk, __sk_common.skc_family);
	}
}

static __always_inline void fill_session(struct ev_exec *e, struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	struct pid *pgid = BPF_CORE_READ(task, signal, pids[PIDTYPE_PGID]);
	u32 level = BPF_CORE_READ(task, thread_pid, level);

	if (tty)
		e->tty = BPF_CORE_READ(tty, driver, major) << 20 |
			 (BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
	e->pgid = pid_number(pgid, 0);
	e->ns_pgid = BPF_CORE_READ(pgid, level) >= level ? pid_number(pgid, level) : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct buffer *b = record_begin(sizeof(struct ev_exec));
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct ev_exec *e;
	struct cgroup *cgroup;

	if (!b)
		return 0;
	e = (struct ev_exec *)b->record;
	/* The number of the system call says execve by now, whatever it was (set_personality_64bit). Only execveat goes
	 * by a descriptor; without one it is execve under another name. */
	cgroup = fill_header(&e->h, task, BPF_CORE_READ(bprm, fdpath) ? EV_EXECVEAT : EV_EXECVE);
	e->parent_start_ns = BPF_CORE_READ(parent, start_boottime);
	fill_exe(b, e, task);
	fill_args(b, e, task);
	if (keep_environment)
		fill_environment(b, e, task);
	for (s32 fd = 0; fd < 3; fd++)
		fill_stream(&e->streams[fd], task, fd);
	fill_session(e, task);
	append_string(b, &e->filename, BPF_CORE_READ(bprm, filename), KERNEL);
	append_path(b, &e->cwd, BPF_CORE_READ(fs, pwd.dentry), BPF_CORE_READ(fs, pwd.mnt), task);
	append_cgroup_path(b, &e->cgroup_path, cgroup);
	append_string(b, &e->parent_comm, parent->comm, KERNEL);
	record_submit(b);
	return 0;
}
