// New connections: `churn` counts whole lives (connect, greeting, close handshake), `accept` only the arrival of
// connections that stay, one wave a window, with the clean-up left out.
#include "load.h"

static struct client *clients;
static uint64_t established = 0, closed = 0;
static int reopening = 0;

static void close_at_once(struct client *client) {
  established++;
  client_close(client);
}

static void reopen(struct client *client) {
  closed++;
  if (reopening) client_open(client);
}

static void run_until(uint64_t until_ns) {
  while (now_ns() < until_ns) net_poll();
}

void churn_prepare(void) {
  callbacks.on_established = close_at_once;
  callbacks.on_closed = reopen;
  clients = clients_create(options.connections, NULL);
}

void churn_window(struct window window) {
  reopening = 1;
  for (int i = 0; i < options.connections; i++) client_open(&clients[i]);
  run_until(now_ns() + window.ramp_ns);
  struct sample from = sample_now();
  uint64_t before = closed;
  run_until(from.at_ns + window.measure_ns);
  struct sample to = sample_now();
  uint64_t after = closed;
  reopening = 0;
  uint64_t expected = after + (uint64_t)options.connections;
  while (closed < expected) net_turn(1000);
  if (closed != established) fail("some connections closed without a greeting");
  result_spans(from, to);
  result_number("connections", (double)(after - before));
}

static void count_established(struct client *client) {
  (void)client;
  established++;
}

static void count_closed(struct client *client) {
  (void)client;
  closed++;
}

void accept_prepare(void) {
  callbacks.on_established = count_established;
  callbacks.on_closed = count_closed;
  clients = clients_create(options.connections, NULL);
}

void accept_window(struct window window) {
  (void)window;
  struct sample from = sample_now();
  clients_open_all(clients, options.connections);
  struct sample to = sample_now();
  for (int i = 0; i < options.connections; i++) {
    client_close(&clients[i]);
    // Few at a time, so that a stampede of closes does not colour the next wave.
    if (i % 64 == 63) net_turn(0);
  }
  while (closed < established) net_turn(1000);
  result_spans(from, to);
  result_number("connections", options.connections);
}
