// SPDX-License-Identifier: Apache-2.0
//
// e2e_storm COUNT FILE [JOBS]: COUNT processes, each of which starts this program anew and opens FILE, then ends; JOBS
// at a time. Exits with 0 only if every one of them ran and opened the file, so COUNT execs and COUNT opens are
// certain.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int start_one(const char* self, const char* file) {
  pid_t child = vfork();
  if (child == 0) {
    execl(self, self, "--open", file, (char*)NULL);
    _exit(254);
  }
  return child < 0;
}

static int end_one(void) {
  int status = 0;
  return wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

int main(int argc, char** argv) {
  if (argc < 3) return 255;
  if (strcmp(argv[1], "--open") == 0) return open(argv[2], O_RDONLY) < 0;
  long count = atol(argv[1]), jobs = argc > 3 ? atol(argv[3]) : 1, started = 0, ended = 0, failed = 0;
  while (ended < count) {
    for (; started < count && started - ended < jobs; started++) failed += start_one("/proc/self/exe", argv[2]);
    failed += end_one();
    ended++;
  }
  printf("%ld started, %ld failed\n", count, failed);
  return failed != 0;
}
