// The plan is made by the runner (benchmarks/plan.ts): per channel three texts, each a little-endian u32 length and
// its bytes — name, signed HTTP request, expected frame. Signing there keeps every byte of a run the same for all servers.
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("cannot open %s", path);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *bytes = malloc((size_t)size);
  if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) fail("cannot read %s", path);
  fclose(file);
  *length = (size_t)size;
  return bytes;
}

static const char *take_text(const char **at, const char *end, size_t *length) {
  uint32_t size;
  if (end - *at < 4) fail("the plan is cut short");
  memcpy(&size, *at, 4);
  const char *text = *at + 4;
  if ((size_t)(end - text) < size) fail("the plan is cut short");
  *at = text + size;
  *length = size;
  return text;
}

struct plan plan_load(const char *path) {
  size_t length;
  const char *at = read_file(path, &length);
  const char *end = at + length;
  struct plan plan = {0};
  while (at < end) {
    plan.entries = realloc(plan.entries, (plan.count + 1) * sizeof *plan.entries);
    if (!plan.entries) fail("out of memory");
    struct plan_entry *entry = &plan.entries[plan.count++];
    entry->name = take_text(&at, end, &entry->name_length);
    entry->request = take_text(&at, end, &entry->request_length);
    entry->frame = take_text(&at, end, &entry->frame_length);
  }
  if (plan.count == 0) fail("the plan names no channel");
  return plan;
}
