// What the kernel knows of the server processes, all together: CPU time of all their threads, and resident memory.
#include "load.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

// The same time as utime + stime in /proc/PID/stat, but in nanoseconds rather than in ticks of 10 ms.
static double cpu_seconds(int pid) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    fail("the server process %d is gone", pid);
  }
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double resident_bytes(int pid) {
  char path[64];
  unsigned long size = 0, resident = 0;
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2) fail("the server process %d is gone", pid);
  fclose(file);
  return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

double process_cpu_seconds(void) {
  double sum = 0;
  for (int i = 0; i < options.server_pid_count; i++) sum += cpu_seconds(options.server_pids[i]);
  return sum;
}

double process_resident_bytes(void) {
  double sum = 0;
  for (int i = 0; i < options.server_pid_count; i++) sum += resident_bytes(options.server_pids[i]);
  return sum;
}
