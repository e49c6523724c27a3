// SPDX-License-Identifier: Apache-2.0
//
// e2e_chain N DIRECTORY FILE: a line of processes. Starts DIRECTORY/levelN (a link to this program) with N-1, waits for
// it, and so on; the last one opens FILE.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 4) return 255;
  int left = atoi(argv[1]);
  if (left == 0) return open(argv[3], O_RDONLY) < 0;
  pid_t child = fork();
  if (child == 0) {
    char path[256], count[16];
    snprintf(path, sizeof path, "%s/level%d", argv[2], left);
    snprintf(count, sizeof count, "%d", left - 1);
    execl(path, path, count, argv[2], argv[3], (char*)NULL);
    _exit(254);
  }
  int status = 255;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
