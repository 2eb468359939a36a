// One WebSocket client from the upgrade to its close, as a machine of six states: what arrives is cut into frames,
// and each frame is either the next step of the handshake or a delivery.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPCODE_TEXT 1
#define OPCODE_CLOSE 8
#define OPCODE_PING 9
#define OPCODE_PONG 10

// More at once would only measure the listener's queue.
#define OPENING_AT_ONCE 128

static char read_buffer[CARRY_BYTES + READ_BYTES];

void client_open(struct client *client) {
  char request[512];
  client->source.fd = net_connect(client->index, client->port);
  client->state = CLIENT_UPGRADING;
  client->carry_length = 0;
  net_watch(&client->source);
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                        options.websocket_path, client->port);
  net_send(client->source.fd, request, (size_t)length);
}

// Closing as a browser does: a close frame with 1000, then the server's answer is awaited.
void client_close(struct client *client) {
  client->state = CLIENT_CLOSING;
  frame_send(client->source.fd, OPCODE_CLOSE, "\x03\xe8", 2);
}

void client_drop(struct client *client) {
  close(client->source.fd);
  client->source.fd = -1;
  client->state = CLIENT_IDLE;
}

static void finish(struct client *client) {
  client_drop(client);
  if (callbacks.on_closed) callbacks.on_closed(client);
}

// Finds `needle` in text that does not end with a zero byte.
static const char *find(const char *text, size_t length, const char *needle) {
  return memmem(text, length, needle, strlen(needle));
}

static void keep_socket_id(struct client *client, const char *greeting, size_t length) {
  const char *mark = "socket_id\\\":\\\"";
  const char *id = find(greeting, length, mark);
  if (!id) fail("no socket_id in %.*s", (int)length, greeting);
  id += strlen(mark);
  snprintf(client->socket_id, sizeof client->socket_id, "%.*s", (int)strspn(id, "0123456789."), id);
}

void client_subscribe(struct client *client) {
  const struct plan_entry *entry = client->entry;
  int is_presence = strncmp(entry->name, "presence-", 9) == 0;
  char message[1024], to_sign[512], hex[65];
  int written;
  if (is_presence || strncmp(entry->name, "private-", 8) == 0) {
    char signed_data[64] = "", sent_data[96] = "";
    if (is_presence) {
      snprintf(signed_data, sizeof signed_data, ":{\"user_id\":\"user-%u\"}", client->index);
      snprintf(sent_data, sizeof sent_data, ",\"channel_data\":\"{\\\"user_id\\\":\\\"user-%u\\\"}\"", client->index);
    }
    snprintf(to_sign, sizeof to_sign, "%s:%.*s%s", client->socket_id, (int)entry->name_length, entry->name, signed_data);
    hmac_sha256_hex(options.secret, to_sign, hex);
    written = snprintf(message, sizeof message,
                       "{\"event\":\"pusher:subscribe\",\"data\":{\"auth\":\"%s:%s\",\"channel\":\"%.*s\"%s}}",
                       options.key, hex, (int)entry->name_length, entry->name, sent_data);
  } else {
    written = snprintf(message, sizeof message, "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%.*s\"}}",
                       (int)entry->name_length, entry->name);
  }
  client->state = CLIENT_SUBSCRIBING;
  frame_send(client->source.fd, OPCODE_TEXT, message, (size_t)written);
}

void client_unsubscribe(struct client *client) {
  const struct plan_entry *entry = client->entry;
  char message[512];
  int written = snprintf(message, sizeof message, "{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"%.*s\"}}",
                         (int)entry->name_length, entry->name);
  frame_send(client->source.fd, OPCODE_TEXT, message, (size_t)written);
}

static void on_text(struct client *client, const char *text, size_t length) {
  switch (client->state) {
    case CLIENT_READY:
      callbacks.on_delivery(client, text, length);
      return;
    case CLIENT_GREETING:
      if (!find(text, length, "pusher:connection_established")) fail("not a greeting: %.*s", (int)length, text);
      if (client->entry) {
        keep_socket_id(client, text, length);
        return client_subscribe(client);
      }
      client->state = CLIENT_READY;
      callbacks.on_established(client);
      return;
    case CLIENT_SUBSCRIBING:
      if (!find(text, length, "subscription_succeeded")) fail("not subscribed: %.*s", (int)length, text);
      client->state = CLIENT_READY;
      if (callbacks.on_ready) callbacks.on_ready(client);
      return;
    default:
      fail("text in state %d: %.*s", (int)client->state, (int)length, text);
  }
}

// Returns the bytes taken, or 0 when the answer to the upgrade is not complete yet.
static size_t take_upgrade(struct client *client, const char *bytes, size_t available) {
  const char *end = find(bytes, available, "\r\n\r\n");
  if (!end) return 0;
  if (available < 12 || memcmp(bytes + 9, "101", 3) != 0) fail("no upgrade: %.*s", (int)(end - bytes), bytes);
  client->state = CLIENT_GREETING;
  return (size_t)(end - bytes) + 4;
}

void client_readable(struct client *client) {
  if (client->state == CLIENT_IDLE) return; // dropped earlier in this turn
  size_t held = client->carry_length;
  if (held) memcpy(read_buffer, client->carry, held);
  long received = net_receive(client->source.fd, read_buffer + held, READ_BYTES);
  if (received < 0) return;
  if (received == 0) {
    if (client->state != CLIENT_CLOSING) fail("connection %u was closed by the server", client->index);
    return finish(client);
  }
  const char *at = read_buffer;
  size_t left = held + (size_t)received;
  if (client->state == CLIENT_UPGRADING) {
    size_t taken = take_upgrade(client, at, left);
    at += taken;
    left -= taken;
  }
  struct frame frame;
  while (client->state > CLIENT_UPGRADING && frame_parse(at, left, &frame)) {
    at += frame.total;
    left -= frame.total;
    if (frame.opcode == OPCODE_TEXT) on_text(client, frame.payload, frame.length);
    else if (frame.opcode == OPCODE_PING) frame_send(client->source.fd, OPCODE_PONG, frame.payload, frame.length);
    else if (frame.opcode == OPCODE_CLOSE && client->state == CLIENT_CLOSING) return finish(client);
    else fail("frame with opcode %d in state %d", frame.opcode, (int)client->state);
  }
  if (client->state == CLIENT_IDLE) return;
  if (left > CARRY_BYTES) fail("a frame longer than %d bytes", CARRY_BYTES);
  memcpy(client->carry, at, left);
  client->carry_length = left;
}

struct client *clients_create(int count, const struct plan *plan) {
  struct client *clients = calloc((size_t)count, sizeof *clients);
  if (!clients) fail("out of memory");
  for (int i = 0; i < count; i++) {
    clients[i].source.fd = -1;
    clients[i].index = (uint32_t)i;
    clients[i].entry = plan ? &plan->entries[(size_t)i % plan->count] : NULL;
    // Those of one channel are on all servers, as evenly as can be.
    size_t turn = (size_t)i / (plan ? plan->count : 1);
    clients[i].port = options.ports[turn % (size_t)options.port_count];
  }
  return clients;
}

void clients_open_all(struct client *clients, int count) {
  int opened = 0, ready = 0;
  while (ready < count) {
    while (opened < count && opened - ready < OPENING_AT_ONCE) client_open(&clients[opened++]);
    net_poll();
    while (ready < opened && clients[ready].state == CLIENT_READY) ready++;
  }
}
