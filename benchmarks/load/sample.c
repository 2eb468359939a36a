// Points in time between which a workload is measured, and the result as one line of JSON on standard output.
#include "load.h"

#include <stdio.h>

static int printed = 0;

struct sample sample_now(void) {
  uint64_t at_ns = now_ns();
  struct sample sample = {at_ns, process_cpu_seconds(), (double)(at_ns - net_idle_ns()) / 1e9};
  return sample;
}

void result_number(const char *name, double value) {
  printf("%s\"%s\":%.6f", printed++ ? "," : "{", name, value);
}

void result_spans(struct sample from, struct sample to) {
  result_number("seconds", (double)(to.at_ns - from.at_ns) / 1e9);
  result_number("serverCpuSeconds", to.server_cpu_seconds - from.server_cpu_seconds);
  result_number("generatorBusySeconds", to.busy_seconds - from.busy_seconds);
}

// Without a number before it, this prints an empty object: the workload is prepared.
void result_end(void) {
  printf(printed ? "}\n" : "{}\n");
  printed = 0;
  fflush(stdout);
}
