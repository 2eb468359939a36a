// Signed HTTP publishes to subscribed clients. Covers the broadcast, the many small channels, the bare publish rate
// (one subscriber) and, when paced, the latency of a delivery: they differ only in numbers.
//
// At most `window` publishes are under way, and a publish counts as under way until all its deliveries have come.
// So the server is always busy, yet what it holds for slow readers stays bounded and equal for every server.
#include "load.h"

#include <string.h>

#define DRAIN_NS 5000000000ull
#define DUE_TIMES 65536

static struct plan plan;
static struct client *clients;
static struct publisher *publishers;
static uint64_t fan;
static uint64_t sent = 0, answered = 0, delivered = 0;

// Paced runs only: when each publish was due. Due, not sent: a server that stalls must not make its own load lighter.
static uint64_t due_ns[DUE_TIMES];
static int timing = 0;

static void on_delivery(struct client *client, const char *text, size_t length) {
  const struct plan_entry *entry = client->entry;
  if (length != entry->frame_length || memcmp(text, entry->frame, length) != 0) {
    fail("an unexpected delivery: %.*s", (int)length, text);
  }
  if (timing) {
    uint64_t turn = client->deliveries * plan.count + (uint64_t)(entry - plan.entries);
    latency_record(now_ns() - due_ns[turn % DUE_TIMES]);
  }
  client->deliveries++;
  delivered++;
}

static void on_answer(struct publisher *publisher) {
  (void)publisher;
  answered++;
}

static int may_send(void) { return (sent + 1) * fan - delivered <= (uint64_t)options.window * fan; }

static void publish_where_idle(void) {
  static int next = 0;
  for (int tried = 0; tried < options.publishers && may_send(); tried++) {
    struct publisher *publisher = &publishers[next];
    next = (next + 1) % options.publishers;
    if (!publisher->busy) publisher_send(publisher, &plan.entries[sent++ % plan.count]);
  }
}

static void run_flat_out(uint64_t until_ns) {
  while (now_ns() < until_ns) {
    publish_where_idle();
    net_poll();
  }
}

// Each channel has a connection of its own, so that its k-th delivery belongs to its k-th publish. The last lap is
// completed at the same pace.
static void run_paced(uint64_t from_ns, uint64_t until_ns) {
  uint64_t gap_ns = 1000000000ull / (uint64_t)options.paced_per_second;
  for (uint64_t due = from_ns; due < until_ns || sent % plan.count != 0;) {
    size_t turn = sent % plan.count;
    if (now_ns() >= due && !publishers[turn].busy) {
      due_ns[sent % DUE_TIMES] = due;
      due += gap_ns;
      sent++;
      publisher_send(&publishers[turn], &plan.entries[turn]);
    }
    net_poll();
  }
}

// The last lap over the channels is completed, so that every client must have got the same number.
static void finish_lap(uint64_t until_ns) {
  while (sent % plan.count != 0 && now_ns() < until_ns) {
    publish_where_idle();
    net_poll();
  }
}

static void drain(uint64_t until_ns) {
  while ((delivered < sent * fan || answered < sent) && now_ns() < until_ns) net_turn(10);
  // A little longer, because a delivery too many would come after the last expected one.
  for (uint64_t end_ns = now_ns() + 20000000ull; now_ns() < end_ns;) net_turn(10);
}

static void check_all_came(void) {
  if (delivered != sent * fan || answered != sent) {
    fail("%llu of %llu deliveries came, %llu of %llu publishes were answered", (unsigned long long)delivered,
         (unsigned long long)(sent * fan), (unsigned long long)answered, (unsigned long long)sent);
  }
  uint64_t each = sent / plan.count;
  for (int i = 0; i < options.connections; i++) {
    if (clients[i].deliveries == each) continue;
    fail("client %d got %llu of %llu", i, (unsigned long long)clients[i].deliveries, (unsigned long long)each);
  }
}

void fanout_prepare(void) {
  plan = plan_load(options.plan_path);
  callbacks.on_delivery = on_delivery;
  callbacks.on_answer = on_answer;
  if ((size_t)options.connections % plan.count != 0) fail("channels must divide connections");
  fan = (uint64_t)options.connections / plan.count;
  clients = clients_create(options.connections, &plan);
  clients_open_all(clients, options.connections);
  if (options.paced_per_second > 0 && (size_t)options.publishers != plan.count) fail("one publisher a channel, if paced");
  publishers = publishers_create(options.publishers);
}

void fanout_window(struct window window) {
  int paced = options.paced_per_second > 0 && !window.warming;
  if (!paced) run_flat_out(now_ns() + window.ramp_ns);
  latency_reset();
  timing = paced;
  struct sample from = sample_now();
  uint64_t delivered_before = delivered, answered_before = answered;
  if (paced) run_paced(from.at_ns, from.at_ns + window.measure_ns);
  else run_flat_out(from.at_ns + window.measure_ns);
  struct sample to = sample_now();
  uint64_t delivered_after = delivered, answered_after = answered;
  finish_lap(to.at_ns + DRAIN_NS);
  drain(to.at_ns + 2 * DRAIN_NS);
  timing = 0;
  check_all_came();
  result_spans(from, to);
  result_number("deliveries", (double)(delivered_after - delivered_before));
  result_number("publishes", (double)(answered_after - answered_before));
  if (paced) latency_report();
}
