// SPDX-License-Identifier: Apache-2.0
//
// e2e_datagram PORT: over UDP on the loopback, without connecting. Sends two datagrams to PORT by sendto and one to
// PORT+1 by sendmsg; the server at PORT receives one by recvfrom and one by recvmsg and answers, by sendto, the first.
// e2e_datagram PORT connected: the client connects first and sends by send, which is sendto without an address.
// e2e_datagram PORT astray: a client connected to PORT sends to PORT+1; one on an IPv6 socket to PORT+2 by an address
// of IPv4; one to PORT+3 by an address without a family. e2e_datagram PORT closed: receives on a socket without
// waiting, when nothing is there. Exits with 0 if all was so.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int bound(int port) {
  struct sockaddr_in address = loopback(port);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  return bind(fd, (struct sockaddr*)&address, sizeof address) == 0 ? fd : -1;
}

static long send_message(int fd, struct sockaddr_in to) {
  struct iovec part = {"message", 7};
  struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
  return sendmsg(fd, &message, 0);
}

static long receive_message(int fd) {
  char room[64];
  struct sockaddr_in from;
  struct iovec part = {room, sizeof room};
  struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
  return recvmsg(fd, &message, 0);
}

static int converse(int port) {
  int server = bound(port), other = bound(port + 1), client = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = loopback(port), from;
  socklen_t size = sizeof from;
  char room[64];
  for (int i = 0; i < 2; i++)
    if (sendto(client, "hello", 5, MSG_NOSIGNAL, (struct sockaddr*)&to, sizeof to) != 5) return 1;
  if (send_message(client, loopback(port + 1)) != 7) return 2;
  if (recvfrom(server, room, sizeof room, 0, (struct sockaddr*)&from, &size) != 5) return 3;
  if (receive_message(server) != 5) return 4;
  if (sendto(server, "answer", 6, 0, (struct sockaddr*)&from, size) != 6) return 5;
  return other < 0;
}

static int converse_connected(int port) {
  int server = bound(port), client = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in to = loopback(port);
  if (connect(client, (struct sockaddr*)&to, sizeof to) != 0) return 1;
  return server < 0 || send(client, "hello", 5, 0) != 5;
}

static int send_astray(int port) {
  int client = socket(AF_INET, SOCK_DGRAM, 0), client6 = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in own = loopback(port), connected = loopback(port + 1), mapped = loopback(port + 2);
  struct sockaddr_in unnamed = loopback(port + 3);
  unnamed.sin_family = AF_UNSPEC;
  if (connect(client, (struct sockaddr*)&own, sizeof own) != 0) return 1;
  if (sendto(client, "1", 1, 0, (struct sockaddr*)&connected, sizeof connected) != 1) return 2;
  if (sendto(client6, "2", 1, 0, (struct sockaddr*)&mapped, sizeof mapped) != 1) return 3;
  return sendto(socket(AF_INET, SOCK_DGRAM, 0), "3", 1, 0, (struct sockaddr*)&unnamed, sizeof unnamed) != 1;
}

int main(int argc, char** argv) {
  char room[8];
  if (argc < 2) return 255;
  int port = atoi(argv[1]);
  if (argc < 3) return converse(port);
  if (strcmp(argv[2], "connected") == 0) return converse_connected(port);
  if (strcmp(argv[2], "astray") == 0) return send_astray(port);
  return recvfrom(bound(port), room, sizeof room, MSG_DONTWAIT, NULL, NULL) == -1 && errno == EAGAIN ? 0 : 1;
}
