// Sockets, the epoll loop and the clock. Each wake-up reads once into a large shared buffer: with level-triggered
// epoll what is left wakes us again, and one big read is what keeps the generator cheaper than the server.
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

// The clients come from many loopback addresses, so that ports still in TIME_WAIT never run out.
#define SOURCE_ADDRESSES 100
#define EVENTS_PER_TURN 1024

static int epoll_fd = -1;

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "load: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

void net_start(void) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) fail("epoll: %s", strerror(errno));
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// A connect over loopback that the listener's queue has room for ends at once, so the socket becomes
// non-blocking only afterwards and no state for "still connecting" is needed.
int net_connect(uint32_t index, int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index % SOURCE_ADDRESSES);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind: %s", strerror(errno));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((uint16_t)port);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect: %s", strerror(errno));
  return fd;
}

void net_watch(struct source *source) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

// What the generator writes is far smaller than a socket buffer; a short write means the server stopped reading.
void net_send(int fd, const char *bytes, size_t length) {
  ssize_t written = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (written != (ssize_t)length) fail("short write of %zd of %zu bytes: %s", written, length, strerror(errno));
}

// Returns 0 at the end of the stream, -1 when there is nothing to read.
long net_receive(int fd, char *bytes, size_t capacity) {
  ssize_t received = recv(fd, bytes, capacity, MSG_DONTWAIT);
  if (received >= 0) return received;
  if (errno == EAGAIN || errno == EINTR) return -1;
  if (errno == ECONNRESET) return 0;
  fail("recv: %s", strerror(errno));
}

// Polling without waiting keeps the generator awake, so that the server never pays for waking it up: the cost of that
// varies with the machine's mood. The time of polls that found nothing is idle time all the same, and counted as such.
static uint64_t idle_ns_total = 0;

uint64_t net_idle_ns(void) { return idle_ns_total; }

void net_poll(void) {
  uint64_t before_ns = now_ns();
  if (net_turn(0) == 0) idle_ns_total += now_ns() - before_ns;
}

int net_turn(int timeout_ms) {
  struct epoll_event events[EVENTS_PER_TURN];
  int count = epoll_wait(epoll_fd, events, EVENTS_PER_TURN, timeout_ms);
  if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
  for (int i = 0; i < count; i++) {
    struct source *source = events[i].data.ptr;
    if (source->kind == SOURCE_CLIENT) client_readable((struct client *)source);
    else publisher_readable((struct publisher *)source);
  }
  return count;
}
