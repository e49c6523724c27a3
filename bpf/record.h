/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a program makes a record: record_begin, fill the structure, append strings, record_submit. Between begin and
 * submit it owns one of the CPU's buffers; every path from begin must end in submit or drop. What cannot be kept or
 * sent is counted (enum ev_loss).
 *
 * The record is built in a per-CPU buffer and copied to the ring at its true size, since a reservation in the ring must
 * have a size known beforehand. A program that may be preempted (fexit, LSM) can meet another one on its CPU:
 * hence several buffers, each taken with an atomic exchange.
 */
#ifndef EUNOMIA_BPF_RECORD_H
#define EUNOMIA_BPF_RECORD_H

#include "bpf/kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/event.h"

#define BUFFERS_PER_CPU 3

struct buffer {
	u32 busy;
	u32 used;
	u32 path_pos;
	u32 pad;
	char path[EV_PATH_MAX + 256];	 /* paths are built here from their end */
	u8 record[EV_RECORD_MAX + 4096]; /* 32 KiB: offsets are masked with its size */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);     /* a per-CPU map's values end at 32 KiB */
	__uint(max_entries, BUFFERS_PER_CPU); /* the loader multiplies it by the number of CPUs */
	__type(key, u32);
	__type(value, struct buffer);
} buffers __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EVL_COUNT);
	__type(key, u32);
	__type(value, u64);
} losses __weak SEC(".maps");

/* Non-zero while the reader looks by itself every millisecond: then nobody has to wake it. */
__u32 reader_polls __weak;
/* The engine's own process: what it opens and connects is not observed, or its sinks would feed themselves. */
__u32 self_pid __weak;

static __always_inline void count_loss(u32 cause)
{
	u64 *count = bpf_map_lookup_elem(&losses, &cause);

	if (count)
		__sync_fetch_and_add(count, 1);
}

static __always_inline bool is_self(void)
{
	return bpf_get_current_pid_tgid() >> 32 == self_pid;
}

/* A buffer whose record starts with `size` zeroed bytes; NULL: none is free, which is counted. */
static __always_inline struct buffer *record_begin(u32 size)
{
	for (u32 i = 0; i < BUFFERS_PER_CPU; i++) {
		u32 key = bpf_get_smp_processor_id() * BUFFERS_PER_CPU + i;
		struct buffer *b = bpf_map_lookup_elem(&buffers, &key);

		if (b && !__sync_lock_test_and_set(&b->busy, 1)) {
			__builtin_memset(b->record, 0, size);
			b->used = size;
			return b;
		}
	}
	count_loss(EVL_NO_SCRATCH);
	return NULL;
}

static __always_inline void record_drop(struct buffer *b)
{
	__sync_lock_test_and_set(&b->busy, 0);
}

static __always_inline void record_submit(struct buffer *b)
{
	struct ev_header *h = (struct ev_header *)b->record;
	u32 size = b->used & (sizeof(b->record) - 1);

	h->size = size;
	if (bpf_ringbuf_output(&ring, b->record, size, reader_polls ? BPF_RB_NO_WAKEUP : 0))
		count_loss(EVL_RING_FULL);
	record_drop(b);
}

enum memory { KERNEL, USER };

/* Appends `len` bytes, at most EV_PATH_MAX, and makes `str` point to them. False: memory could not be read. */
static __always_inline bool append(struct buffer *b, struct ev_str *str, const void *from, u32 len, enum memory memory)
{
	u32 off = b->used;
	long err;

	if (off > EV_RECORD_MAX - EV_PATH_MAX)
		return false;
	/* Have the bound checked here: the verifier of 6.12 and before forgets one that the compiler moved. */
	asm volatile("" : "+r"(len));
	if (len > EV_PATH_MAX)
		len = EV_PATH_MAX;
	if (memory == USER)
		err = bpf_probe_read_user(b->record + off, len, from);
	else
		err = bpf_probe_read_kernel(b->record + off, len, from);
	if (err)
		return false;
	str->off = off;
	str->len = len;
	b->used = off + len;
	return true;
}

/* The same for a zero-terminated string, without its zero. */
static __always_inline bool append_string(struct buffer *b, struct ev_str *str, const void *from, enum memory memory)
{
	u32 off = b->used;
	long len;

	if (off > EV_RECORD_MAX - EV_PATH_MAX)
		return false;
	if (memory == USER)
		len = bpf_probe_read_user_str(b->record + off, EV_PATH_MAX, from);
	else
		len = bpf_probe_read_kernel_str(b->record + off, EV_PATH_MAX, from);
	if (len < 0)
		return false;
	/* The zero is counted, but not of an empty string of the user's (strncpy_from_user_nofault, mm/maccess.c). */
	if (len > 0)
		len--;
	str->off = off;
	str->len = len;
	b->used = off + len;
	return true;
}

#endif
