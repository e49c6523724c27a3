// SPDX-License-Identifier: Apache-2.0
//
// A program under the name of the link it is called by, for rules about who does something:
//   NAME spawn PROGRAM ARGUMENT...   starts PROGRAM as its child and waits for it
//   NAME open PATH [SECONDS]         opens PATH, when it has been running for SECONDS
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(char** argv) {
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[0], argv);
    _exit(254);
  }
  int status = 255;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int main(int argc, char** argv) {
  if (argc > 2 && strcmp(argv[1], "spawn") == 0) return spawn(argv + 2);
  if (argc < 3 || strcmp(argv[1], "open") != 0) return 255;
  if (argc > 3) sleep((unsigned)atoi(argv[3]));
  return open(argv[2], O_RDONLY) < 0;
}
