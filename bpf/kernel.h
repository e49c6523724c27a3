/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel structures that are read, with only the members used. CO-RE moves every access to where the running
 * kernel keeps the member, so neither order nor gaps matter here; a member that changed its name or shape stands in
 * a flavour (`___name`), which names the kernel version that changed it.
 */
#ifndef EUNOMIA_BPF_KERNEL_H
#define EUNOMIA_BPF_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
enum { false = 0, true = 1 };
#define NULL ((void *)0)

/* include/uapi/linux/bpf.h: only what is used. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long r10, r9, r8, ax, cx, dx, si, di, bx, orig_ax;
};

typedef struct {
	int counter;
} atomic_t;

struct qstr {
	union {
		struct {
			u32 hash, len;
		};
		u64 hash_len;
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
};

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

typedef struct {
	u32 val;
} kuid_t;
typedef struct {
	u32 val;
} kgid_t;

struct inode {
	u16 i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	unsigned int i_flags;
	struct super_block *i_sb;
	unsigned long i_ino;
};
/* to 6.6 */
struct inode___v6_1 {
	struct timespec64 i_mtime, i_ctime;
};
/* 6.6 to 6.10 */
struct inode___v6_6 {
	struct timespec64 __i_mtime, __i_ctime;
};
/* since 6.11 */
struct inode___v6_11 {
	s64 i_mtime_sec, i_ctime_sec;
	u32 i_mtime_nsec, i_ctime_nsec;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

struct ns_common {
	unsigned int inum;
};
struct pid_namespace {
	struct ns_common ns;
};
struct mnt_namespace {
	struct ns_common ns;
};
struct net {
	struct ns_common ns;
};
struct user_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

/* include/linux/pid_types.h */
enum { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };

struct tty_driver {
	int major, minor_start;
};

struct tty_struct {
	struct tty_driver *driver;
	int index;
};

struct signal_struct {
	atomic_t live;
	struct pid *pids[4];
	struct tty_struct *tty;
};

/* kernel_cap_t was two u32 before 6.3 and is one u64 since: 8 bytes either way, read as such. */
typedef struct {
	u64 val;
} kernel_cap_t;

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	kuid_t fsuid;
	kgid_t fsgid;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective;
	struct user_namespace *user_ns;
};

struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};

struct kernfs_node {
	const char *name;
	u64 id;
};
/* `parent` became the RCU pointer `__parent` in 6.15. */
struct kernfs_node___v6_1 {
	struct kernfs_node *parent;
};
struct kernfs_node___v6_15 {
	struct kernfs_node *__parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

/* The numbers differ from kernel to kernel; only the names count (CO-RE). */
enum cgroup_subsys_id {
	cpuset_cgrp_id,
	cpu_cgrp_id,
	memory_cgrp_id,
	devices_cgrp_id,
	freezer_cgrp_id,
	io_cgrp_id,
	pids_cgrp_id,
};

struct css_set {
	struct cgroup_subsys_state *subsys[14];
	struct cgroup *dfl_cgrp;
};

struct thread_info {
	u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid, tgid;
	int exit_code;
	struct task_struct *real_parent, *group_leader;
	u64 start_boottime;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct mm_struct *mm;
	struct pid *thread_pid;
	struct css_set *cgroups;
	kuid_t loginuid;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
	char *fdpath;
};

struct open_how {
	u64 flags, mode;
};

struct in6_addr {
	u8 bytes[16];
};

struct sock_common {
	__be32 skc_daddr;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	u8 sk_userlocks : 4;
	u16 sk_type, sk_protocol;
};

struct socket {
	struct sock *sk;
	struct file *file;
	short type;
};

struct sockaddr_un {
	u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};

struct io_cqe {
	s32 res;
};
struct io_kiocb {
	struct io_cqe cqe;
	u8 opcode;
};

#pragma clang attribute pop

/* What programs pass to sendmsg and recvmsg: include/uapi/linux/uio.h, and the start of struct user_msghdr. */
struct iovec {
	void *iov_base;
	u64 iov_len;
};
struct user_msghdr {
	void *msg_name;
	int msg_namelen;
	struct iovec *msg_iov;
	u64 msg_iovlen;
};

/* Argument of a syscall exit tracepoint: its format in tracefs, which no kernel changes. */
struct sys_exit_args {
	u64 common;
	int id;
	int pad; /* not cleared by the kernel */
	long ret;
};

#define AF_UNIX		 1
#define AF_INET		 2
#define AF_INET6	 10
#define SOCK_STREAM	 1
#define SOCK_TYPE_MASK	 0xf /* include/linux/net.h */
#define SOCK_BINDPORT	 8   /* SOCK_BINDPORT_LOCK, include/net/sock.h */
#define TCP_ESTABLISHED	 1   /* include/net/tcp_states.h; other protocols use it too */
#define S_IFMT		 0170000
#define S_IFSOCK	 0140000
#define S_IMMUTABLE	 (1 << 3)   /* include/linux/fs.h */
#define PF_IO_WORKER	 0x00000010 /* include/linux/sched.h: also set on an SQPOLL thread */
#define TS_COMPAT	 0x0002	    /* arch/x86/include/asm/thread_info.h */
#define OVERLAYFS_MAGIC	 0x794c7630 /* include/uapi/linux/magic.h */
#define CAP_DAC_OVERRIDE 1
#define EINPROGRESS	 115
#define AT_FDCWD	 -100
#define X32_SYSCALL_BIT	 0x40000000 /* arch/x86/include/uapi/asm/unistd.h */

/* arch/x86/entry/syscalls/syscall_64.tbl, and _32.tbl for the compat numbers */
#define NR_OPEN		  2
#define NR_DUP		  32
#define NR_DUP2		  33
#define NR_SOCKET	  41
#define NR_CONNECT	  42
#define NR_ACCEPT	  43
#define NR_SENDTO	  44
#define NR_RECVFROM	  45
#define NR_SENDMSG	  46
#define NR_RECVMSG	  47
#define NR_BIND		  49
#define NR_LISTEN	  50
#define NR_CREAT	  85
#define NR_OPENAT	  257
#define NR_ACCEPT4	  288
#define NR_DUP3		  292
#define NR_IO_URING_ENTER 426
#define NR_OPENAT2	  437
#define NR32_OPEN	  5
#define NR32_CREAT	  8

#endif
