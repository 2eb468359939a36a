// Everything the generator's files share: the options of one run, the state of one WebSocket client and of one
// HTTP publisher, and the loop that drives them. One thread, one epoll set, no allocation while measuring.
#ifndef VASK_LOAD_H
#define VASK_LOAD_H

#include <stddef.h>
#include <stdint.h>

// An incomplete frame or HTTP answer waits here for its rest; nothing the workloads expect is longer.
#define CARRY_BYTES 4096
#define READ_BYTES (256 * 1024)
#define MOST_SERVERS 16

struct options {
  const char *plan_path;
  const char *websocket_path;
  const char *key;
  const char *secret;
  // The servers, if they are several: clients and publishers are spread over them in turn.
  int ports[MOST_SERVERS];
  int port_count;
  int publish_ports[MOST_SERVERS]; // those of the clients, unless told
  int publish_port_count;
  int server_pids[MOST_SERVERS];
  int server_pid_count;
  int connections;
  int publishers;
  int window;       // publishes (or client events of one connection) under way at most
  int paced_per_second;
};

// One channel of the plan: its name, the ready-made signed HTTP request, and the frame text that must arrive.
struct plan_entry {
  const char *name;
  size_t name_length;
  const char *request;
  size_t request_length;
  const char *frame;
  size_t frame_length;
};

struct plan {
  struct plan_entry *entries;
  size_t count;
};

enum client_state { CLIENT_IDLE, CLIENT_UPGRADING, CLIENT_GREETING, CLIENT_SUBSCRIBING, CLIENT_READY, CLIENT_CLOSING };

enum source_kind { SOURCE_CLIENT, SOURCE_PUBLISHER };

// The first member of everything registered with epoll, so that one pointer tells what woke up.
struct source {
  enum source_kind kind;
  int fd;
};

struct client {
  struct source source;
  enum client_state state;
  uint32_t index;
  int port;
  const struct plan_entry *entry; // NULL: connect only, subscribe to nothing
  char socket_id[48];
  uint64_t deliveries;
  uint32_t under_way;
  size_t carry_length;
  char carry[CARRY_BYTES];
};

struct publisher {
  struct source source;
  int busy;
  int port;
  size_t carry_length;
  char carry[CARRY_BYTES];
};

// What a workload wants to hear about; unused entries stay NULL.
struct callbacks {
  void (*on_established)(struct client *client); // instead of subscribing
  void (*on_ready)(struct client *client);
  void (*on_delivery)(struct client *client, const char *text, size_t length);
  void (*on_closed)(struct client *client);
  void (*on_answer)(struct publisher *publisher);
};

extern struct options options;
extern struct callbacks callbacks;

// net.c
void net_start(void);
int net_connect(uint32_t index, int port);
void net_watch(struct source *source);
void net_send(int fd, const char *bytes, size_t length);
long net_receive(int fd, char *bytes, size_t capacity);
int net_turn(int timeout_ms);
void net_poll(void);
uint64_t net_idle_ns(void);
uint64_t now_ns(void);
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

// websocket.c
struct frame {
  int opcode;
  const char *payload;
  size_t length;
  size_t total; // bytes of header and payload
};
int frame_parse(const char *bytes, size_t available, struct frame *frame);
size_t frame_build(char *target, int opcode, const char *payload, size_t length);
void frame_send(int fd, int opcode, const char *payload, size_t length);

// client.c
void client_open(struct client *client);
void client_close(struct client *client);
void client_drop(struct client *client);
void client_subscribe(struct client *client);
void client_unsubscribe(struct client *client);
void client_readable(struct client *client);
struct client *clients_create(int count, const struct plan *plan);
void clients_open_all(struct client *clients, int count);

// publisher.c
struct publisher *publishers_create(int count);
void publisher_send(struct publisher *publisher, const struct plan_entry *entry);
void publisher_readable(struct publisher *publisher);

// plan.c
struct plan plan_load(const char *path);

// sha256.c
void hmac_sha256_hex(const char *secret, const char *message, char hex[65]);

// process.c
double process_cpu_seconds(void);
double process_resident_bytes(void);

// sample.c: a point in time, and the printing of results as one line of JSON
struct sample {
  uint64_t at_ns;
  double server_cpu_seconds;
  double busy_seconds; // the generator's own, polls that found nothing left out
};
struct sample sample_now(void);
void result_number(const char *name, double value);
void result_spans(struct sample from, struct sample to);
void result_end(void);

// latency.c
void latency_reset(void);
void latency_record(uint64_t nanoseconds);
void latency_report(void);

// A workload is prepared once and then measured in short windows, on command, so that the runner can let two servers
// take turns within a second. Between windows nothing is under way and the generator sleeps.
struct window {
  uint64_t ramp_ns; // under load but not yet measured
  uint64_t measure_ns;
  int warming; // the result is thrown away; paced workloads go flat out instead
};

void fanout_prepare(void);
void fanout_window(struct window window);
void pairs_prepare(void);
void pairs_window(struct window window);
void churn_prepare(void);
void churn_window(struct window window);
void accept_prepare(void);
void accept_window(struct window window);
void idle_prepare(void);
void idle_window(struct window window);
void joins_prepare(void);
void joins_window(struct window window);

#endif
