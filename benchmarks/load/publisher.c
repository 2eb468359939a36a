// A keep-alive HTTP connection of a publishing backend: one ready-made request at a time, the answer must be 200.
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void open_connection(struct publisher *publisher, uint32_t index) {
  publisher->source.kind = SOURCE_PUBLISHER;
  publisher->source.fd = net_connect(index, publisher->port);
  net_watch(&publisher->source);
}

struct publisher *publishers_create(int count) {
  struct publisher *publishers = calloc((size_t)count, sizeof *publishers);
  if (!publishers) fail("out of memory");
  for (int i = 0; i < count; i++) {
    publishers[i].port = options.publish_ports[i % options.publish_port_count];
    open_connection(&publishers[i], (uint32_t)i);
  }
  return publishers;
}

void publisher_send(struct publisher *publisher, const struct plan_entry *entry) {
  if (publisher->source.fd < 0) open_connection(publisher, 0);
  publisher->busy = 1;
  net_send(publisher->source.fd, entry->request, entry->request_length);
}

// Returns the length of the whole answer, or 0 while it is incomplete.
static size_t answer_length(const char *bytes, size_t available) {
  const char *end = memmem(bytes, available, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t head = (size_t)(end - bytes) + 4;
  if (memcmp(bytes + 9, "200", 3) != 0) fail("publish refused: %.*s", (int)available, bytes);
  for (const char *line = bytes; line < end;) {
    if (strncasecmp(line, "content-length:", 15) == 0) {
      size_t length = head + (size_t)strtoul(line + 15, NULL, 10);
      return available < length ? 0 : length;
    }
    const char *next = memmem(line, head - (size_t)(line - bytes), "\r\n", 2);
    line = next + 2;
  }
  fail("an answer without content-length: %.*s", (int)head, bytes);
}

void publisher_readable(struct publisher *publisher) {
  char *carry = publisher->carry;
  long received =
      net_receive(publisher->source.fd, carry + publisher->carry_length, CARRY_BYTES - publisher->carry_length);
  if (received < 0) return;
  if (received == 0) {
    // A server may close a kept connection that is idle, for one between two windows; it is opened again on demand.
    if (publisher->busy) fail("a publish was not answered");
    close(publisher->source.fd);
    publisher->source.fd = -1;
    return;
  }
  publisher->carry_length += (size_t)received;
  size_t length = answer_length(carry, publisher->carry_length);
  if (length == 0) return;
  if (length != publisher->carry_length) fail("more than one answer to one request");
  publisher->carry_length = 0;
  publisher->busy = 0;
  callbacks.on_answer(publisher);
}
