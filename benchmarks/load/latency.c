// Latencies in buckets 1/32 of their power of two wide, so that a quantile is within about three per cent
// and recording one costs a few instructions.
#include "load.h"

#include <string.h>

#define STEPS 32

static uint64_t buckets[64 * STEPS];
static uint64_t recorded = 0;

static int bucket_of(uint64_t value) {
  if (value < STEPS) return (int)value;
  int power = 63 - __builtin_clzll(value);
  return (power - 4) * STEPS + (int)(value >> (power - 5) & (STEPS - 1));
}

static double middle_of(int bucket) {
  if (bucket < STEPS) return bucket;
  int power = bucket / STEPS + 4;
  return ((double)(1ull << power)) * (1.0 + (bucket % STEPS + 0.5) / STEPS);
}

void latency_reset(void) {
  memset(buckets, 0, sizeof buckets);
  recorded = 0;
}

void latency_record(uint64_t nanoseconds) {
  buckets[bucket_of(nanoseconds)]++;
  recorded++;
}

static double quantile_ms(double share) {
  uint64_t rank = (uint64_t)(share * (double)recorded), seen = 0;
  for (int i = 0; i < 64 * STEPS; i++) {
    seen += buckets[i];
    if (seen > rank) return middle_of(i) / 1e6;
  }
  return 0;
}

void latency_report(void) {
  result_number("p50Ms", quantile_ms(0.5));
  result_number("p99Ms", quantile_ms(0.99));
}
