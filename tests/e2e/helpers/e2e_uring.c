// SPDX-License-Identifier: Apache-2.0
//
// e2e_uring PATH: opens PATH through io_uring, so that no open system call is made.
// e2e_uring unlink PATH: removes it likewise.
// e2e_uring hidden PORT: connects a datagram socket to PORT of the loopback likewise, with bits in the upper half of
// the system call's number, which the kernel ignores. e2e_uring later PORT: the same, but in a tenth of a second, while
// the thread sleeps in another system call. Exits with 0, or the error's number.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
  int fd;
  struct io_uring_params params;
  char *submit, *done;
  struct io_uring_sqe* entries;
};

static void* map(int ring, size_t size, off_t where) {
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, where);
}

static int set_up(struct ring* r) {
  r->fd = (int)syscall(SYS_io_uring_setup, 4, &r->params);
  if (r->fd < 0) return errno;
  const struct io_uring_params* p = &r->params;
  r->submit = map(r->fd, p->sq_off.array + p->sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
  r->done = map(r->fd, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
  r->entries = map(r->fd, p->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
  return r->submit == MAP_FAILED || r->done == MAP_FAILED || r->entries == MAP_FAILED ? errno : 0;
}

// Submits the first `count` entries and waits for `wanted` of them.
static int submit(struct ring* r, unsigned count, unsigned wanted, long number) {
  for (unsigned i = 0; i < count; i++) ((uint32_t*)(r->submit + r->params.sq_off.array))[i] = i;
  __atomic_store_n((uint32_t*)(r->submit + r->params.sq_off.tail), count, __ATOMIC_RELEASE);
  return syscall(number, r->fd, count, wanted, IORING_ENTER_GETEVENTS, NULL, 0) == count ? 0 : errno;
}

static int answer(const struct ring* r, unsigned which) {
  const int result = ((struct io_uring_cqe*)(r->done + r->params.cq_off.cqes))[which].res;
  return result < 0 ? -result : 0;
}

static int on_path(struct ring* r, const char* path, int removes) {
  r->entries[0].opcode = removes ? IORING_OP_UNLINKAT : IORING_OP_OPENAT;
  r->entries[0].fd = AT_FDCWD;
  r->entries[0].addr = (uint64_t)(uintptr_t)path;
  r->entries[0].open_flags = removes ? 0 : O_RDONLY;
  const int error = submit(r, 1, 1, SYS_io_uring_enter);
  return error != 0 ? error : answer(r, 0);
}

static void fill_connect(struct io_uring_sqe* entry, const struct sockaddr_in* to) {
  entry->opcode = IORING_OP_CONNECT;
  entry->fd = socket(AF_INET, SOCK_DGRAM, 0);
  entry->addr = (uint64_t)(uintptr_t)to;
  entry->off = sizeof *to;
}

static int connect_hidden(struct ring* r, const struct sockaddr_in* to) {
  fill_connect(&r->entries[0], to);
  const int error = submit(r, 1, 1, SYS_io_uring_enter | 1L << 32);
  return error != 0 ? error : answer(r, 0);
}

static int connect_later(struct ring* r, const struct sockaddr_in* to) {
  static const struct __kernel_timespec tenth = {0, 100000000};
  r->entries[0].opcode = IORING_OP_TIMEOUT;
  r->entries[0].flags = IOSQE_IO_HARDLINK;  // goes on though the time "fails" when it is over
  r->entries[0].addr = (uint64_t)(uintptr_t)&tenth;
  r->entries[0].len = 1;
  fill_connect(&r->entries[1], to);
  const int error = submit(r, 2, 0, SYS_io_uring_enter);
  if (error != 0) return error;
  const uint32_t* tail = (uint32_t*)(r->done + r->params.cq_off.tail);
  for (int i = 0; i < 50 && __atomic_load_n(tail, __ATOMIC_ACQUIRE) < 2; i++) usleep(100000);
  return __atomic_load_n(tail, __ATOMIC_ACQUIRE) < 2 ? ETIME : answer(r, 1);
}

int main(int argc, char** argv) {
  struct ring r = {0};
  if (argc < 2 || argc > 3) return 255;
  const char *what = argc == 3 ? argv[1] : "open", *on = argv[argc - 1];
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(on)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int error = set_up(&r);
  if (error == 0)
    error = strcmp(what, "hidden") == 0  ? connect_hidden(&r, &to)
            : strcmp(what, "later") == 0 ? connect_later(&r, &to)
                                         : on_path(&r, on, argc == 3);
  if (error != 0) fprintf(stderr, "%s %s: %s\n", what, on, strerror(error));
  return error;
}
