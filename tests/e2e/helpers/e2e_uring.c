// SPDX-License-Identifier: Apache-2.0
//
// e2e_uring PATH: opens PATH through io_uring, so that no open system call is made.
// e2e_uring unlink PATH: removes it likewise.
// e2e_uring hidden PATH: the same, with bits in the upper half of the system call's number, which the kernel ignores.
// Exits with 0, or the error's number.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void* map(int ring, size_t size, off_t where) {
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, where);
}

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) return 255;
  const char* path = argv[argc - 1];
  struct io_uring_params params;
  memset(&params, 0, sizeof params);
  int ring = (int)syscall(SYS_io_uring_setup, 4, &params);
  if (ring < 0) return errno;
  char* submit = map(ring, params.sq_off.array + params.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
  char* done = map(ring, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  struct io_uring_sqe* entries = map(ring, params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
  if (submit == MAP_FAILED || done == MAP_FAILED || entries == MAP_FAILED) return errno;

  memset(entries, 0, sizeof *entries);
  entries[0].opcode = argc == 3 ? IORING_OP_UNLINKAT : IORING_OP_OPENAT;
  entries[0].fd = AT_FDCWD;
  entries[0].addr = (uint64_t)(uintptr_t)path;
  entries[0].open_flags = argc == 3 ? 0 : O_RDONLY;
  ((uint32_t*)(submit + params.sq_off.array))[0] = 0;
  __atomic_store_n((uint32_t*)(submit + params.sq_off.tail), 1, __ATOMIC_RELEASE);
  long hidden = argc == 3 && strcmp(argv[1], "hidden") == 0 ? 1L << 32 : 0;
  if (syscall(SYS_io_uring_enter | hidden, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1) return errno;

  struct io_uring_cqe* answer = (struct io_uring_cqe*)(done + params.cq_off.cqes);
  if (answer->res < 0) fprintf(stderr, "%s: %s\n", path, strerror(-answer->res));
  return answer->res < 0 ? -answer->res : 0;
}
