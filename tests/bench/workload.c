/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loads that the cost of the engine is measured with.
 *
 *   workload open N    N times open, read 64 bytes, close
 *   workload exec N    N times fork, exec of this program doing nothing, wait
 *
 * Prints the wall time in seconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int open_cycles(long count, const char* path) {
  char bytes[64];

  for (long i = 0; i < count; i++) {
    int fd = open(path, O_RDONLY);

    if (fd < 0 || read(fd, bytes, sizeof(bytes)) < 0) return 1;
    close(fd);
  }
  return 0;
}

static int exec_cycles(long count, char* self) {
  for (long i = 0; i < count; i++) {
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
      execl(self, self, "nothing", (char*)NULL);
      _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  double start = now();
  int failed;

  if (argc == 2 && strcmp(argv[1], "nothing") == 0) return 0;
  if (argc != 3) return 2;
  failed = strcmp(argv[1], "open") == 0 ? open_cycles(atol(argv[2]), argv[0]) : exec_cycles(atol(argv[2]), argv[0]);
  if (failed) perror("workload");
  printf("%.6f\n", now() - start);
  return failed;
}
