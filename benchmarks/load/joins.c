// Clients that come into a channel of their own and leave it again: each join is the first one of its channel on the
// server. The unsubscription travels right behind it with the next subscription, since it has no answer.
#include "load.h"

static struct client *clients;
static uint64_t joined = 0, waiting = 0;
static int going_on = 0;

static void refuse_delivery(struct client *client, const char *text, size_t length) {
  fail("client %u was sent %.*s", client->index, (int)length, text);
}

static void join_again(struct client *client) {
  joined++;
  client_unsubscribe(client);
  if (going_on) client_subscribe(client);
  else waiting++;
}

static void run_until(uint64_t until_ns) {
  while (now_ns() < until_ns) net_poll();
}

void joins_prepare(void) {
  static struct plan plan;
  plan = plan_load(options.plan_path);
  callbacks.on_delivery = refuse_delivery;
  if ((size_t)options.connections != plan.count) fail("there must be a channel for each connection");
  clients = clients_create(options.connections, &plan);
  // All of them have their own channel, so the servers take turns here.
  for (int i = 0; i < options.connections; i++) clients[i].port = options.ports[i % options.port_count];
  clients_open_all(clients, options.connections);
  callbacks.on_ready = join_again;
  for (int i = 0; i < options.connections; i++) client_unsubscribe(&clients[i]);
}

void joins_window(struct window window) {
  going_on = 1;
  waiting = 0;
  for (int i = 0; i < options.connections; i++) client_subscribe(&clients[i]);
  run_until(now_ns() + window.ramp_ns);
  struct sample from = sample_now();
  uint64_t before = joined;
  run_until(from.at_ns + window.measure_ns);
  struct sample to = sample_now();
  uint64_t after = joined;
  going_on = 0;
  while (waiting < (uint64_t)options.connections) net_turn(1000);
  result_spans(from, to);
  result_number("joins", (double)(after - before));
}
