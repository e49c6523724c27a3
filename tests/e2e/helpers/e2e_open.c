// SPDX-License-Identifier: Apache-2.0
//
// e2e_open CALL PATH [DIRECTORY]: opens PATH by exactly that system call (open, openat, openat2, creat). With
// DIRECTORY, PATH is relative to a descriptor of it. Exits with 0, or with the error's number.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long open_by(const char* call, int dir, const char* path) {
  if (strcmp(call, "open") == 0) return syscall(SYS_open, path, O_RDONLY);
  if (strcmp(call, "openat") == 0) return syscall(SYS_openat, dir, path, O_RDONLY, 0);
  if (strcmp(call, "creat") == 0) return syscall(SYS_creat, path, 0640);
  if (strcmp(call, "openat2") == 0) {
    struct open_how how = {.flags = O_RDONLY};
    return syscall(SYS_openat2, dir, path, &how, sizeof how);
  }
  errno = ENOSYS;
  return -1;
}

int main(int argc, char** argv) {
  if (argc < 3) return 255;
  int dir = argc > 3 ? open(argv[3], O_PATH | O_DIRECTORY) : AT_FDCWD;
  if (open_by(argv[1], dir, argv[2]) >= 0) return 0;
  int error = errno;
  perror(argv[2]);
  return error;
}
