// SPDX-License-Identifier: Apache-2.0
//
// e2e_compat NUMBER PATH: makes a 32-bit system call (int 0x80, numbers of i386) with one argument. Exits with 0, or
// the error's number; 77 where the kernel takes none.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void no_such_call(int signal) {
  (void)signal;
  _exit(77);
}

int main(int argc, char** argv) {
  if (argc != 3) return 255;
  signal(SIGSEGV, no_such_call);
  // A 32-bit call takes 32-bit pointers.
  char* path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (path == MAP_FAILED || strlen(argv[2]) >= 4096) return 255;
  strcpy(path, argv[2]);
  long result = atol(argv[1]);
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(path), "c"(0L), "d"(0L) : "memory", "r8", "r9", "r10", "r11");
  return result < 0 ? (int)-result : 0;
}
