// SPDX-License-Identifier: Apache-2.0
//
// Ways to start a program that a shell does not know:
//   e2e_exec memfd PROGRAM ARG...     from a file that exists in memory only
//   e2e_exec at PROGRAM ARG...        by execveat, from an open descriptor
//   e2e_exec long BYTES PROGRAM       with BYTES bytes of arguments, the last of which is "the-end"
//   e2e_exec raw PROGRAM              with a newline, an escape sequence and bytes that are no UTF-8 in its arguments
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char** environ;

static int from_descriptor(int fd, char** argv) {
  return (int)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static int from_memory(char** argv) {
  int source = open(argv[0], O_RDONLY);
  int target = memfd_create("e2e", MFD_CLOEXEC);
  struct stat info;
  if (source < 0 || target < 0 || fstat(source, &info) != 0) return -1;
  for (off_t left = info.st_size; left > 0;) {
    ssize_t sent = sendfile(target, source, NULL, (size_t)left);
    if (sent <= 0) return -1;
    left -= sent;
  }
  return from_descriptor(target, argv);
}

static int with_long_arguments(size_t bytes, char* program) {
  enum { each = 100 };
  size_t count = bytes / each;
  char** argv = calloc(count + 3, sizeof *argv);
  char* word = malloc(each);
  if (argv == NULL || word == NULL) return -1;
  memset(word, 'x', each - 1);
  word[each - 1] = '\0';
  argv[0] = program;
  for (size_t i = 1; i <= count; i++) argv[i] = word;
  argv[count + 1] = "the-end";
  return execv(program, argv);
}

int main(int argc, char** argv) {
  if (argc < 3) return 255;
  if (strcmp(argv[1], "memfd") == 0) from_memory(argv + 2);
  if (strcmp(argv[1], "at") == 0) from_descriptor(open(argv[2], O_PATH | O_CLOEXEC), argv + 2);
  if (strcmp(argv[1], "long") == 0 && argc > 3) with_long_arguments(strtoul(argv[2], NULL, 10), argv[3]);
  if (strcmp(argv[1], "raw") == 0) {
    char* hostile[] = {argv[2], "line\nbreak", "\x1b[31mred\x1b[0m",
                       "bad\xff\xfe"
                       "bytes",
                       NULL};
    execv(argv[2], hostile);
  }
  int error = errno;
  perror(argv[1]);
  return error;
}
