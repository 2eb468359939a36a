-- How much flows through an app, beside what it has used. What was counted before this is not known.
alter table usage add column messages_in bigint not null default 0;
alter table usage add column messages_out bigint not null default 0;
alter table usage add column bytes_in bigint not null default 0;
alter table usage add column bytes_out bigint not null default 0;
alter table usage add column errors bigint not null default 0;
