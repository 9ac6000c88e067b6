/** An event on its way to one target: pending until it is delivered, unless it is given up and becomes a dead letter. */
export const eventDeliveries = `
create table event_deliveries (
  seq integer primary key autoincrement,
  event_seq integer not null references events (seq),
  target text not null,
  account text not null,
  region text not null,
  resource_arn text not null,
  queued_time_ms integer not null,
  dead_time_ms integer,
  dead_reason text,
  unique (event_seq, target)
) strict;
create index event_deliveries_pending on event_deliveries (target, seq) where dead_time_ms is null;
create index event_deliveries_dead on event_deliveries (target, seq) where dead_time_ms is not null;
create index event_deliveries_dead_of_scope on event_deliveries (account, region, seq) where dead_time_ms is not null;
`;
