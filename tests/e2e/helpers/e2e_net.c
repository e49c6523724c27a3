// SPDX-License-Identifier: Apache-2.0
//
// One whole conversation on the loopback: bind, listen, connect by a child, accept.
//   e2e_net inet4|inet6 PORT [accept4]     e2e_net unix PATH [accept4]     e2e_net abstract NAME
//   e2e_net inet4 ADDRESS:PORT             over an address that some interface has
//   e2e_net refused4 PORT                  connects where nobody listens; succeeds if that is refused
//   e2e_net late4 PORT                     connects without waiting, as most real clients do (EINPROGRESS)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct endpoint {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
  };
  socklen_t size;
};

static struct endpoint parse(const char* kind, const char* text) {
  struct endpoint end;
  memset(&end, 0, sizeof end);
  unsigned short port = htons((unsigned short)atoi(text));
  if (strcmp(kind, "unix") == 0 || strcmp(kind, "abstract") == 0) {
    size_t skip = kind[0] == 'a';
    end.local.sun_family = AF_UNIX;
    strncpy(end.local.sun_path + skip, text, sizeof end.local.sun_path - 2);
    end.size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + skip + strlen(text) + !skip);
  } else if (strcmp(kind, "inet6") == 0) {
    end.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    end.size = sizeof end.v6;
  } else {
    const char* colon = strchr(text, ':');
    char address[INET_ADDRSTRLEN] = "127.0.0.1";
    if (colon != NULL && (size_t)(colon - text) < sizeof address) {
      memset(address, 0, sizeof address);
      memcpy(address, text, (size_t)(colon - text));
      port = htons((unsigned short)atoi(colon + 1));
    }
    end.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port, .sin_addr = {inet_addr(address)}};
    end.size = sizeof end.v4;
  }
  return end;
}

static int connect_to(struct endpoint end, int flags) {
  int fd = socket(end.any.sa_family, SOCK_STREAM | flags, 0);
  return connect(fd, &end.any, end.size) == 0 ? 0 : errno;
}

static int converse(struct endpoint end, long accept_call) {
  int server = socket(end.any.sa_family, SOCK_STREAM, 0);
  if (bind(server, &end.any, end.size) != 0 || listen(server, 7) != 0) return errno;
  pid_t client = fork();
  if (client == 0) _exit(connect_to(end, 0));
  if (syscall(accept_call, server, NULL, NULL, 0) < 0) return errno;
  int status = 0;
  waitpid(client, &status, 0);
  return WEXITSTATUS(status);
}

int main(int argc, char** argv) {
  if (argc < 3) return 255;
  struct endpoint end = parse(argv[1], argv[2]);
  int status;
  if (strcmp(argv[1], "refused4") == 0)
    status = connect_to(end, 0) == ECONNREFUSED ? 0 : 1;
  else if (strcmp(argv[1], "late4") == 0)
    status = connect_to(end, SOCK_NONBLOCK) == EINPROGRESS ? 0 : 1;
  else
    status = converse(end, argc > 3 ? SYS_accept4 : SYS_accept);
  if (status != 0) fprintf(stderr, "%s %s: %d\n", argv[1], argv[2], status);
  return status;
}
