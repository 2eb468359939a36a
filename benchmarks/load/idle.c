// Memory of idle connections with one subscription each. Besides the plain difference there is the slope between a
// fifth of the connections and all of them, which leaves out what a server allocates once for its first clients.
#include "load.h"

#define SAMPLE_MS 100
#define STEADY_SAMPLES 15
#define LEAST_SAMPLES 20
#define MOST_SAMPLES 80

static void refuse_delivery(struct client *client, const char *text, size_t length) {
  fail("idle client %u was sent %.*s", client->index, (int)length, text);
}

static void wait_ms(uint64_t duration_ms) {
  uint64_t end_ns = now_ns() + duration_ms * 1000000u;
  while (now_ns() < end_ns) net_turn(SAMPLE_MS / 2);
}

// Waits until resident memory has stayed within half a per cent for a while; garbage collectors work in the pauses.
static double settled_resident_bytes(void) {
  double reference = process_resident_bytes();
  int steady = 0;
  for (int i = 0; i < MOST_SAMPLES && (steady < STEADY_SAMPLES || i < LEAST_SAMPLES); i++) {
    wait_ms(SAMPLE_MS);
    double resident = process_resident_bytes();
    double change = resident > reference ? resident - reference : reference - resident;
    if (change > reference * 0.005) {
      reference = resident;
      steady = 0;
    } else {
      steady++;
    }
  }
  return process_resident_bytes();
}

static struct plan plan;

void idle_prepare(void) {
  plan = plan_load(options.plan_path);
  callbacks.on_delivery = refuse_delivery;
}

void idle_window(struct window window) {
  (void)window;
  struct client *clients = clients_create(options.connections, &plan);
  int fifth = options.connections / 5;
  struct sample from = sample_now();
  double before = settled_resident_bytes();
  clients_open_all(clients, fifth);
  double some = settled_resident_bytes();
  clients_open_all(clients + fifth, options.connections - fifth);
  double all = settled_resident_bytes();
  result_spans(from, sample_now());
  result_number("residentBeforeBytes", before);
  result_number("residentAfterBytes", all);
  result_number("bytesPerConnection", (all - before) / options.connections);
  result_number("bytesPerFurtherConnection", (all - some) / (options.connections - fifth));
}
