/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only description of what crosses from the kernel to user space.
 *
 * A record on the ring is: struct ev_header, the rest of the structure of its type (ev_exec, ev_file, ...),
 * then the bytes its ev_str members point to, packed, in any order. `size` counts all of it. An ev_str is an offset
 * from the start of the record and a length in bytes; no string is zero-terminated, none is checked for its encoding.
 * Integers are in host order, times in ns of CLOCK_BOOTTIME, addresses in network order.
 *
 * Included by BPF C and by C++: plain C types only. A new type of event is a row in EV_TYPES, at its end.
 */
#ifndef EUNOMIA_BPF_EVENT_H
#define EUNOMIA_BPF_EVENT_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define EV_PATH_MAX   4096
#define EV_ARGS_MAX   4096
#define EV_ENV_MAX    4096
#define EV_COMM_LEN   16
#define EV_RECORD_MAX 28672

/* X(symbol, name of the event type in rules). The name is the syscall's. */
#define EV_TYPES(X)                                                                                                    \
	X(FORK, "fork")                                                                                                \
	X(EXIT, "procexit")                                                                                            \
	X(EXECVE, "execve")                                                                                            \
	X(EXECVEAT, "execveat")                                                                                        \
	X(OPEN, "open")                                                                                                \
	X(OPENAT, "openat")                                                                                            \
	X(OPENAT2, "openat2")                                                                                          \
	X(CREAT, "creat")                                                                                              \
	X(CONNECT, "connect")                                                                                          \
	X(ACCEPT, "accept")                                                                                            \
	X(ACCEPT4, "accept4")                                                                                          \
	X(BIND, "bind")                                                                                                \
	X(LISTEN, "listen")                                                                                            \
	X(SOCKET, "socket")                                                                                            \
	X(SENDTO, "sendto")                                                                                            \
	X(SENDMSG, "sendmsg")                                                                                          \
	X(RECVFROM, "recvfrom")                                                                                        \
	X(RECVMSG, "recvmsg")                                                                                          \
	X(DUP, "dup")                                                                                                  \
	X(DUP2, "dup2")                                                                                                \
	X(DUP3, "dup3")                                                                                                \
	X(UNLINK, "unlink")                                                                                            \
	X(UNLINKAT, "unlinkat")                                                                                        \
	X(RMDIR, "rmdir")                                                                                              \
	X(MKDIR, "mkdir")                                                                                              \
	X(MKDIRAT, "mkdirat")                                                                                          \
	X(MKNOD, "mknod")                                                                                              \
	X(MKNODAT, "mknodat")                                                                                          \
	X(RENAME, "rename")                                                                                            \
	X(RENAMEAT, "renameat")                                                                                        \
	X(RENAMEAT2, "renameat2")                                                                                      \
	X(LINK, "link")                                                                                                \
	X(LINKAT, "linkat")                                                                                            \
	X(SYMLINK, "symlink")                                                                                          \
	X(SYMLINKAT, "symlinkat")                                                                                      \
	X(CHMOD, "chmod")                                                                                              \
	X(FCHMOD, "fchmod")                                                                                            \
	X(FCHMODAT, "fchmodat")                                                                                        \
	X(FCHMODAT2, "fchmodat2")                                                                                      \
	X(CHOWN, "chown")                                                                                              \
	X(LCHOWN, "lchown")                                                                                            \
	X(FCHOWN, "fchown")                                                                                            \
	X(FCHOWNAT, "fchownat")                                                                                        \
	X(MOUNT, "mount")                                                                                              \
	X(UMOUNT2, "umount2")                                                                                          \
	X(PTRACE, "ptrace")                                                                                            \
	X(PROCESS_VM_READV, "process_vm_readv")                                                                        \
	X(PROCESS_VM_WRITEV, "process_vm_writev")                                                                      \
	X(INIT_MODULE, "init_module")                                                                                  \
	X(FINIT_MODULE, "finit_module")                                                                                \
	X(SETNS, "setns")                                                                                              \
	X(UNSHARE, "unshare")                                                                                          \
	X(SETUID, "setuid")                                                                                            \
	X(SETREUID, "setreuid")                                                                                        \
	X(SETRESUID, "setresuid")                                                                                      \
	X(SETGID, "setgid")                                                                                            \
	X(SETREGID, "setregid")                                                                                        \
	X(SETRESGID, "setresgid")                                                                                      \
	X(BPF, "bpf")                                                                                                  \
	X(MEMFD_CREATE, "memfd_create")                                                                                \
	X(USERFAULTFD, "userfaultfd")

enum ev_type {
	EV_NONE = 0,
#define EV_ENUM(symbol, name) EV_##symbol,
	EV_TYPES(EV_ENUM)
#undef EV_ENUM
		EV_TYPE_COUNT
};

/* Flags of a record. */
enum ev_flags {
	EVF_PATH_CUT = 1 << 0,	 /* a path was longer than could be kept: its first components are missing */
	EVF_ARGS_CUT = 1 << 1,	 /* argv was longer than EV_ARGS_MAX */
	EVF_USER_PATH = 1 << 2,	 /* the path is the caller's own string, read from its memory: it may have changed */
	EVF_IO_URING = 1 << 3,	 /* done by io_uring on behalf of the process, not by a system call */
	EVF_READ_FAULT = 1 << 4, /* some user memory could not be read: argv or a user path is incomplete */
	EVF_PATH_DELETED = 1 << 5,
	EVF_RESULT_UNKNOWN = 1 << 6,
	EVF_COMPAT = 1 << 7,  /* a 32-bit system call */
	EVF_ENV_CUT = 1 << 8, /* the environment was longer than EV_ENV_MAX */
};

struct ev_str {
	__u16 off;
	__u16 len;
};

struct ev_header {
	__u32 size; /* of the whole record, bytes */
	__u16 type; /* enum ev_type */
	__u16 flags;
	__u64 time_ns;
	__u64 start_ns; /* when the thread group leader started: with pid, an identity that is never reused */
	__s64 result;	/* what the system call returned: >= 0, or -errno */
	__u32 pid, tid; /* process (thread group) and thread, root pid namespace */
	__u32 ns_pid, ns_tid;
	__u32 ppid; /* process id of the parent, root pid namespace */
	__u32 uid, gid, euid, egid;
	__u32 loginuid;
	__u32 sid; /* session leader, root pid namespace */
	__u32 ns_sid;
	__u32 pidns, mntns, netns, userns; /* inode numbers of the namespaces */
	__u64 cap_effective, cap_permitted, cap_inheritable;
	/* The cgroup most telling of a container: the one of the unified hierarchy where the process is below
	 * its root, else of the first v1 hierarchy where it is. (hierarchy << 56) | kernfs id; 0: all at root. */
	__u64 cgroup;
	char comm[EV_COMM_LEN];
};

/* EV_FORK: `h` is of the child; only new processes, no threads. */
struct ev_fork {
	struct ev_header h;
	__u64 parent_start_ns;
	struct ev_str cgroup_path;
};

/* EV_EXIT: the last thread of the process went. result: exit code as wait(2) gives it. */
struct ev_exit {
	struct ev_header h;
};

enum ev_exe_flags {
	EVX_UPPER_LAYER = 1 << 0, /* on the upper layer of an overlay: not from the image */
	EVX_MEMFD = 1 << 1,
	EVX_WRITABLE = 1 << 2, /* the process itself may write the file */
	EVX_OVERLAY = 1 << 3,
};

/* What a standard stream is when a program starts. */
struct ev_stream {
	__u16 mode;   /* type of the file, as in st_mode; 0: closed */
	__u16 family; /* of a socket: AF_* */
};

/* EV_EXECVE, EV_EXECVEAT: after the point of no return; `h` is the new image's. */
struct ev_exec {
	struct ev_header h;
	__u64 exe_ino;
	__u64 exe_ctime_ns, exe_mtime_ns; /* CLOCK_REALTIME */
	__u64 parent_start_ns;
	__u32 exe_dev;
	__u32 exe_uid;
	__u32 exe_flags; /* enum ev_exe_flags */
	__u32 tty;	 /* (major << 20 | minor) of the controlling terminal, 0: none */
	__u32 pgid, ns_pgid;
	struct ev_stream streams[3]; /* standard input, output, error */
	struct ev_str env;	     /* as args, where a rule needs it; else empty */
	__u32 pad;
	struct ev_str exe;	/* resolved path of the executable, as the process sees it */
	struct ev_str filename; /* what was passed to execve, kernel's copy */
	struct ev_str args;	/* argv, each zero-terminated */
	struct ev_str cwd;
	struct ev_str cgroup_path; /* path of `h.cgroup` within its hierarchy */
	struct ev_str parent_comm;
};

/* EV_OPEN, EV_OPENAT, EV_OPENAT2, EV_CREAT. */
struct ev_file {
	struct ev_header h;
	__u64 ino;
	__u32 dev;
	__u32 mode;		/* st_mode of the file: type and permissions; 0 where the open failed */
	__u32 flags, open_mode; /* as passed by the caller: O_*, permission bits of a new file */
	__s32 fd;		/* -1: failed */
	__s32 dirfd;
	struct ev_str path; /* resolved; where the open failed the caller's string, with EVF_USER_PATH */
	struct ev_str base; /* directory a relative user path starts from; empty otherwise */
	struct ev_str raw;  /* path as the caller gave it */
};

enum ev_socket_flags {
	EVS_CONNECTED = 1 << 0,	   /* the socket has a peer of its own: TCP_ESTABLISHED, or datagrams after connect */
	EVS_NAME_CHANGED = 1 << 1, /* sends, receives with a peer that is not the socket's own: not the one of before */
	EVS_SERVER = 1 << 2,	   /* sends, receives, duplicates: the local end serves; else the remote one does */
};

/*
 * EV_CONNECT to EV_RECVMSG. For connect, `remote` is the server; for accept, `local`; EVS_SERVER tells of sends and
 * receives. A socket that has just been made has no addresses.
 */
struct ev_socket {
	struct ev_header h;
	__s32 fd; /* -1: not known (io_uring), or none was made */
	__u16 family;
	__u16 sock_type;	       /* SOCK_STREAM, ... */
	__u16 protocol;		       /* IPPROTO_* */
	__u16 local_port, remote_port; /* host order */
	__u16 flags;		       /* enum ev_socket_flags */
	__u32 args[3];		       /* as passed: backlog; or domain, type, protocol; sends, receives: flags */
	struct ev_str path;	       /* AF_UNIX: where the server listens; a first byte 0 marks an abstract name */
	__u8 local[16], remote[16];    /* IPv4 in the first four bytes */
	__u64 size;		       /* sends, receives: bytes asked for; 0 of a message in several parts */
	__u64 ino;
};

/* EV_DUP, EV_DUP2, EV_DUP3. `s` is of the file or socket that the new descriptor stands for; of a failed call what the
 * old one does. Of a file `s.family` is 0 and `s.path` its path. `s.fd` is the new descriptor. */
struct ev_dup {
	struct ev_socket s;
	__u32 dev, mode; /* as in ev_file */
	__s32 oldfd;
	__s32 newfd; /* as passed to dup2 and dup3, else -1 */
	__u32 flags; /* as passed to dup3 */
	__u32 pad;
};

/* A name as a caller gave it, and what became of it. */
struct ev_name {
	struct ev_str path; /* resolved by the kernel; with EVF_USER_PATH the caller's string */
	struct ev_str base; /* directory that a relative caller's path starts from; empty otherwise */
	struct ev_str raw;  /* as the caller gave it */
	__s32 dirfd;	    /* AT_FDCWD where the call takes none */
};

/*
 * EV_UNLINK to EV_UMOUNT2: calls on names. `name` is what the call is about; where it takes two, `name` is the source
 * (the old path, of symlink the text that the link holds, of mount the device) and `name2` the new path, the
 * link, the mount point.
 */
struct ev_path {
	struct ev_header h;
	struct ev_name name, name2;
	struct ev_str fstype; /* mount */
	__s32 fd;	      /* fchmod, fchown; else -1 */
	__u32 flags;	      /* as passed: AT_*, RENAME_*, MS_*, MNT_* */
	__u32 arg_mode;	      /* as passed: permission bits, of mknod the type too */
	__u32 uid, gid;	      /* chown: as passed, -1 keeps */
	__u32 rdev;	      /* mknod: as passed */
	__u32 dev, mode;      /* fchmod, fchown: of the file, as in ev_file */
	__u32 pad;
	__u64 ino;
};

/*
 * EV_PTRACE to EV_USERFAULTFD: other system calls, with their arguments as passed. `fd` is the descriptor that the call
 * takes (finit_module, setns) or makes (bpf, memfd_create, userfaultfd), with its file; else -1.
 */
struct ev_call {
	struct ev_header h;
	__u64 args[6];
	__u64 ino;
	__u32 dev, mode; /* of the file behind `fd`, as in ev_file */
	__s32 fd;
	__u32 pad;
	struct ev_str path; /* of the file behind `fd` */
	struct ev_str text; /* the name given to memfd_create, the parameters given to init_module, finit_module */
};

/* What can be lost or cut in the kernel; per-CPU counters, summed by the reader. */
#define EV_LOSSES(X)                                                                                                   \
	X(RING_FULL, "ring_full", "the ring buffer was full: the event is lost")                                       \
	X(NO_SCRATCH, "no_scratch", "all buffers of the CPU were in use: the event is lost")                           \
	X(PATH_CUT, "path_cut", "a path had too many components or bytes: its start is missing")                       \
	X(ARGS_CUT, "args_cut", "the arguments of a program were longer than kept")                                    \
	X(ENV_CUT, "env_cut", "the environment of a program was longer than kept")                                     \
	X(READ_FAULT, "read_fault", "user memory could not be read: a name or argv is incomplete")

enum ev_loss {
#define EV_LOSS_ENUM(symbol, name, text) EVL_##symbol,
	EV_LOSSES(EV_LOSS_ENUM)
#undef EV_LOSS_ENUM
		EVL_COUNT
};

#ifdef __cplusplus
#define EV_CHECK(cond, text) static_assert(cond, text)
#else
#define EV_CHECK(cond, text) _Static_assert(cond, text)
#endif
EV_CHECK(sizeof(struct ev_str) == 4, "ev_str is two 16-bit numbers");
EV_CHECK(sizeof(struct ev_header) % 8 == 0, "records are aligned to 8 bytes");
EV_CHECK(sizeof(struct ev_exec) % 8 == 0, "ev_exec has no trailing padding");
EV_CHECK(sizeof(struct ev_socket) % 8 == 0, "ev_socket has no trailing padding");
EV_CHECK(sizeof(struct ev_dup) == sizeof(struct ev_socket) + 24, "ev_dup has no padding");
EV_CHECK(sizeof(struct ev_name) == 16, "ev_name has no padding");
EV_CHECK(sizeof(struct ev_path) == sizeof(struct ev_header) + 80, "ev_path has no padding");
EV_CHECK(sizeof(struct ev_call) == sizeof(struct ev_header) + 80, "ev_call has no padding");

#endif
