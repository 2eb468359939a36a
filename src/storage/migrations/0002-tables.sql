-- Times are Unix milliseconds, switches are 0 or 1, and what has members of its own is JSON.
-- SQLite takes plain_text for text, and PostgreSQL knows it from the migration before.

create table counters (
  name plain_text primary key,
  value bigint not null
);
insert into counters (name, value) values ('revision', 0), ('audit', 0);

-- The latest revision that changed something: an app (with its keys and endpoints), by its id, or the quotas, as ''.
create table changes (
  app_id plain_text primary key,
  revision bigint not null
);
create index changes_by_revision on changes (revision);

create table facts (
  name plain_text primary key,
  value plain_text not null
);

create table accounts (
  id plain_text primary key,
  email plain_text not null unique,
  password_hash plain_text not null,
  role plain_text not null,
  enabled integer not null,
  quotas plain_text not null,
  version bigint not null,
  created_at_ms bigint not null
);

create table apps (
  id plain_text primary key,
  owner_id plain_text not null references accounts (id),
  name plain_text not null,
  enabled integer not null,
  settings plain_text not null,
  version bigint not null,
  created_at_ms bigint not null,
  updated_at_ms bigint not null
);
create index apps_by_owner on apps (owner_id);

create table app_keys (
  key plain_text primary key,
  app_id plain_text not null references apps (id) on delete cascade,
  sealed_secret plain_text not null,
  created_at_ms bigint not null,
  retires_at_ms bigint,
  last_used_at_ms bigint
);
create index app_keys_by_app on app_keys (app_id);

create table endpoints (
  app_id plain_text not null references apps (id) on delete cascade,
  id plain_text not null,
  sealed_target plain_text not null,
  enabled integer not null,
  events plain_text not null,
  channel_prefixes plain_text not null,
  version bigint not null,
  created_at_ms bigint not null,
  disabled_reason plain_text,
  primary key (app_id, id)
);

create table members (
  app_id plain_text not null references apps (id) on delete cascade,
  account_id plain_text not null references accounts (id) on delete cascade,
  role plain_text not null,
  primary key (app_id, account_id)
);
create index members_by_account on members (account_id);

create table sessions (
  hash plain_text primary key,
  account_id plain_text not null references accounts (id) on delete cascade,
  csrf plain_text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null
);
create index sessions_by_account on sessions (account_id);

create table tokens (
  id plain_text primary key,
  hash plain_text not null unique,
  account_id plain_text not null references accounts (id) on delete cascade,
  name plain_text not null,
  scopes plain_text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint,
  last_used_at_ms bigint
);
create index tokens_by_account on tokens (account_id);

create table invitations (
  hash plain_text primary key,
  role plain_text not null,
  app_id plain_text references apps (id) on delete cascade,
  app_role plain_text,
  created_by plain_text references accounts (id) on delete cascade,
  created_at_ms bigint not null,
  expires_at_ms bigint not null
);

create table devices (
  id plain_text primary key,
  device_code_hash plain_text not null unique,
  user_code plain_text not null,
  client_id plain_text not null,
  name plain_text not null,
  status plain_text not null,
  account_id plain_text references accounts (id) on delete cascade,
  app_id plain_text references apps (id) on delete set null,
  token_id plain_text,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  polled_at_ms bigint,
  interval_seconds integer not null
);
-- A code may come again once nobody can type it any more.
create unique index devices_by_user_code on devices (user_code) where status in ('pending', 'approved');
create index devices_by_account on devices (account_id);

create table audit (
  id bigint primary key,
  at_ms bigint not null,
  account_id plain_text,
  origin plain_text not null,
  action plain_text not null,
  subject plain_text not null,
  details plain_text not null
);
create index audit_by_subject on audit (subject, id);

-- Without a reference to apps: those of the configuration are counted too.
create table usage (
  app_id plain_text not null,
  span plain_text not null,
  start_ms bigint not null,
  broadcasts bigint not null,
  client_events bigint not null,
  requests bigint not null,
  peak_connections bigint not null,
  primary key (app_id, span, start_ms)
);
create index usage_by_start on usage (span, start_ms);
