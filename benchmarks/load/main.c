// The load generator of the benchmarks: load WORKLOAD name=value …, as benchmarks/generator.ts calls it. It connects
// its clients, prints a line, and then answers each command on standard input with one line of JSON:
//   warm SECONDS            a window whose figures mean nothing
//   measure RAMP SECONDS    a window; the ramp before it is not counted
// It ends with the input, or with 1 and a sentence on standard error when anything is not as it should be.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// Whatever happens, no generator outlives this.
#define LIFETIME_SECONDS 120

struct options options = {.websocket_path = "/", .key = "", .secret = "", .publishers = 1, .window = 1};
struct callbacks callbacks = {0};

static const struct workload {
  const char *name;
  void (*prepare)(void);
  void (*window)(struct window window);
} workloads[] = {
    {"fanout", fanout_prepare, fanout_window}, {"pairs", pairs_prepare, pairs_window},
    {"churn", churn_prepare, churn_window},    {"accept", accept_prepare, accept_window},
    {"idle", idle_prepare, idle_window},       {"joins", joins_prepare, joins_window},
};

// Separated by commas. Returns how many there are.
static int read_numbers(const char *text, int numbers[MOST_SERVERS]) {
  int count = 0;
  for (const char *at = text; at; at = strchr(at, ',')) {
    if (*at == ',') at++;
    if (count == MOST_SERVERS) fail("more than %d servers", MOST_SERVERS);
    numbers[count++] = atoi(at);
  }
  return count;
}

static void read_option(const char *argument) {
  const char *equals = strchr(argument, '=');
  if (!equals) fail("expected name=value, got %s", argument);
  size_t length = (size_t)(equals - argument);
  const char *value = equals + 1;
#define IS(name) (length == sizeof(name) - 1 && memcmp(argument, name, length) == 0)
  if (IS("ports")) options.port_count = read_numbers(value, options.ports);
  else if (IS("publish-ports")) options.publish_port_count = read_numbers(value, options.publish_ports);
  else if (IS("pids")) options.server_pid_count = read_numbers(value, options.server_pids);
  else if (IS("plan")) options.plan_path = value;
  else if (IS("path")) options.websocket_path = value;
  else if (IS("key")) options.key = value;
  else if (IS("secret")) options.secret = value;
  else if (IS("connections")) options.connections = atoi(value);
  else if (IS("publishers")) options.publishers = atoi(value);
  else if (IS("window")) options.window = atoi(value);
  else if (IS("paced")) options.paced_per_second = atoi(value);
  else fail("unknown option %s", argument);
#undef IS
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < (rlim_t)(options.connections + options.publishers + 32)) {
    fail("%d connections need a higher descriptor limit than %lu", options.connections, (unsigned long)limit.rlim_cur);
  }
}

static const struct workload *find_workload(const char *name) {
  for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
    if (strcmp(workloads[i].name, name) == 0) return &workloads[i];
  }
  fail("unknown workload %s", name);
}

static struct window read_command(const char *line) {
  double ramp_seconds = 0, seconds = 0;
  int warming = sscanf(line, "warm %lf", &seconds) == 1;
  if (!warming && sscanf(line, "measure %lf %lf", &ramp_seconds, &seconds) != 2) fail("unknown command %s", line);
  struct window window = {(uint64_t)(ramp_seconds * 1e9), (uint64_t)(seconds * 1e9), warming};
  return window;
}

int main(int argc, char **argv) {
  if (argc < 2) fail("no workload named");
  const struct workload *workload = find_workload(argv[1]);
  for (int i = 2; i < argc; i++) read_option(argv[i]);
  if (options.port_count == 0) fail("no port named");
  if (options.publish_port_count == 0) {
    memcpy(options.publish_ports, options.ports, sizeof options.ports);
    options.publish_port_count = options.port_count;
  }
  alarm(LIFETIME_SECONDS);
  raise_descriptor_limit();
  net_start();
  workload->prepare();
  result_end();
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    workload->window(read_command(line));
    result_end();
  }
  return 0;
}
