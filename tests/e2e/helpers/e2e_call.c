// SPDX-License-Identifier: Apache-2.0
//
// e2e_call CALL ARGUMENT...: makes exactly that system call; "hidden:CALL" with bits in the upper half of its number,
// which the kernel ignores. An argument is a number (0x for hexadecimal, 0 for octal;
// -1), "dir:PATH" or "file:PATH" (a descriptor of it), "sock:udp" (of a new socket), "null", or else a string. Exits
// with 0, or the error's number.
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static const struct {
  const char* name;
  long number;
} calls[] = {
#define CALL(name) {#name, SYS_##name}
    CALL(unlink),       CALL(unlinkat),
    CALL(rmdir),        CALL(mkdir),
    CALL(mkdirat),      CALL(mknod),
    CALL(mknodat),      CALL(rename),
    CALL(renameat),     CALL(renameat2),
    CALL(link),         CALL(linkat),
    CALL(symlink),      CALL(symlinkat),
    CALL(chmod),        CALL(fchmod),
    CALL(fchmodat),     CALL(fchmodat2),
    CALL(chown),        CALL(lchown),
    CALL(fchown),       CALL(fchownat),
    CALL(mount),        CALL(umount2),
    CALL(dup),          CALL(dup2),
    CALL(dup3),         CALL(socket),
    CALL(ptrace),       CALL(process_vm_readv),
    CALL(init_module),  CALL(process_vm_writev),
    CALL(finit_module), CALL(setns),
    CALL(unshare),      CALL(setuid),
    CALL(setreuid),     CALL(setresuid),
    CALL(setgid),       CALL(setregid),
    CALL(setresgid),    CALL(bpf),
    CALL(memfd_create), CALL(userfaultfd),
};

static long argument(const char* text) {
  const char* colon = strchr(text, ':');
  if (strncmp(text, "dir:", 4) == 0) return open(colon + 1, O_PATH | O_DIRECTORY);
  if (strncmp(text, "file:", 5) == 0) return open(colon + 1, O_RDONLY);
  if (strcmp(text, "sock:udp") == 0) return socket(AF_INET, SOCK_DGRAM, 0);
  if (strcmp(text, "null") == 0) return 0;
  if (isdigit((unsigned char)text[text[0] == '-'])) return strtol(text, NULL, 0);
  return (long)text;
}

int main(int argc, char** argv) {
  long arguments[6] = {0};
  if (argc < 2 || argc > 8) return 255;
  const int hidden = strncmp(argv[1], "hidden:", 7) == 0;
  const char* name = argv[1] + (hidden ? 7 : 0);
  for (int i = 2; i < argc; i++) arguments[i - 2] = argument(argv[i]);
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (strcmp(calls[i].name, name) != 0) continue;
    if (syscall(calls[i].number | (hidden ? 1L << 32 : 0), arguments[0], arguments[1], arguments[2], arguments[3],
                arguments[4], arguments[5]) >= 0)
      return 0;
    int error = errno;
    perror(argv[1]);
    return error;
  }
  return 255;
}
