// Client events in pairs: two connections on one private channel each send to the other. Every event is a write of
// its own, as from a real client, and each connection has at most `window` of them under way.
#include "load.h"

#include <string.h>

#define DRAIN_NS 5000000000ull

static struct client *clients;
static uint64_t sent = 0, delivered = 0;
static int sending = 0;

static struct client *partner_of(struct client *client) {
  uint32_t half = (uint32_t)options.connections / 2;
  return &clients[client->index < half ? client->index + half : client->index - half];
}

static void send_event(struct client *client) {
  client->under_way++;
  sent++;
  frame_send(client->source.fd, 1, client->entry->frame, client->entry->frame_length);
}

static void on_delivery(struct client *client, const char *text, size_t length) {
  const struct plan_entry *entry = client->entry;
  if (length != entry->frame_length || memcmp(text, entry->frame, length) != 0) {
    fail("an unexpected delivery: %.*s", (int)length, text);
  }
  struct client *sender = partner_of(client);
  if (sender->under_way == 0) fail("client %u got an event that nobody sent", client->index);
  sender->under_way--;
  delivered++;
  if (sending) send_event(sender);
}

static void run_until(uint64_t until_ns) {
  while (now_ns() < until_ns) net_poll();
}

static void drain(void) {
  uint64_t deadline_ns = now_ns() + DRAIN_NS;
  while (delivered < sent && now_ns() < deadline_ns) net_turn(10);
  for (uint64_t end_ns = now_ns() + 20000000ull; now_ns() < end_ns;) net_turn(10);
  if (delivered != sent) fail("%llu of %llu events came", (unsigned long long)delivered, (unsigned long long)sent);
}

void pairs_prepare(void) {
  static struct plan plan;
  plan = plan_load(options.plan_path);
  callbacks.on_delivery = on_delivery;
  if ((size_t)options.connections != plan.count * 2) fail("there must be two connections for each channel");
  clients = clients_create(options.connections, &plan);
  clients_open_all(clients, options.connections);
}

void pairs_window(struct window window) {
  sending = 1;
  for (int i = 0; i < options.connections; i++) {
    for (int k = 0; k < options.window; k++) send_event(&clients[i]);
  }
  run_until(now_ns() + window.ramp_ns);
  struct sample from = sample_now();
  uint64_t before = delivered;
  run_until(from.at_ns + window.measure_ns);
  struct sample to = sample_now();
  uint64_t after = delivered;
  sending = 0;
  drain();
  result_spans(from, to);
  result_number("deliveries", (double)(after - before));
}
