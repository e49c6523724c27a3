/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths that a security hook saw in the middle of a system call, kept until its end, when the result is known. One set
 * for each thread; what is left by a call whose end nobody looked at is told by its number, and overwritten.
 */
#ifndef EUNOMIA_BPF_RESOLVED_H
#define EUNOMIA_BPF_RESOLVED_H

#include "bpf/record.h"

/* Longer paths are not kept: then the caller's string is told. */
struct resolved {
	struct ev_path e; /* only the paths of its names; `result`: number of the system call */
	u8 text[2048];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries,
	       128);	  /* the loader multiplies it by the number of CPUs: an LRU's free entries are per CPU */
	__type(key, u64); /* bpf_get_current_pid_tgid */
	__type(value, struct resolved);
} resolved __weak SEC(".maps");

#endif
