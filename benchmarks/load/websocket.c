// WebSocket frames (RFC 6455): unmasked ones in, masked ones out. Extensions are never offered, fragments never come.
#include "load.h"

#include <string.h>

// A key that is not zero, so that no server can skip the unmasking; the same each time, as randomness buys nothing.
static const unsigned char mask[4] = {0x5a, 0x13, 0xc7, 0x2e};

// Returns 1 and fills `frame` if a whole frame is there, else 0.
int frame_parse(const char *bytes, size_t available, struct frame *frame) {
  if (available < 2) return 0;
  const unsigned char *header = (const unsigned char *)bytes;
  if ((header[0] & 0xf0) != 0x80 || (header[1] & 0x80)) fail("unexpected frame header %02x %02x", header[0], header[1]);
  size_t header_length = 2;
  uint64_t length = header[1];
  if (length == 126) {
    if (available < 4) return 0;
    header_length = 4;
    length = (uint64_t)header[2] << 8 | header[3];
  } else if (length == 127) {
    fail("a frame over 64 kB is never expected");
  }
  if (available < header_length + length) return 0;
  frame->opcode = header[0] & 0x0f;
  frame->payload = bytes + header_length;
  frame->length = length;
  frame->total = header_length + length;
  return 1;
}

size_t frame_build(char *target, int opcode, const char *payload, size_t length) {
  if (length > CARRY_BYTES - 16) fail("payload of %zu bytes is too long", length);
  size_t at = 0;
  target[at++] = (char)(0x80 | opcode);
  if (length < 126) {
    target[at++] = (char)(0x80 | length);
  } else {
    target[at++] = (char)(0x80 | 126);
    target[at++] = (char)(length >> 8);
    target[at++] = (char)(length & 0xff);
  }
  memcpy(target + at, mask, 4);
  at += 4;
  for (size_t i = 0; i < length; i++) target[at + i] = (char)((unsigned char)payload[i] ^ mask[i & 3]);
  return at + length;
}

void frame_send(int fd, int opcode, const char *payload, size_t length) {
  char bytes[CARRY_BYTES];
  net_send(fd, bytes, frame_build(bytes, opcode, payload, length));
}
