// SPDX-License-Identifier: Apache-2.0
//
// e2e_bomb ROUNDS FILE: multiplies until the container's limit on processes refuses more, every process opening FILE
// ROUNDS times. Bounded in number by that limit and in time by ROUNDS; ends when all its offspring have.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

// Past this depth (2^12 processes) it stops by itself, should there be no limit.
enum { deepest = 12 };

int main(int argc, char** argv) {
  if (argc != 3) return 255;
  long rounds = atol(argv[1]);
  int refused = 0;
  for (int depth = 0; depth < deepest && !refused; depth++) {
    if (fork() < 0) refused = errno == EAGAIN;
  }
  for (long i = 0; i < rounds; i++) {
    int fd = open(argv[2], O_RDONLY);
    if (fd < 0) return 1;
    close(fd);
  }
  while (wait(NULL) > 0) {
  }
  return 0;
}
