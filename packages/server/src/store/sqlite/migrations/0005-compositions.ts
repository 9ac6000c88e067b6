/**
 * A composition has one destination of each kind at most, so what its destinations refer to has a column for each kind.
 * Nothing is kept from being deleted by what has ended, so these are no foreign keys.
 */
export const compositions = `
create table compositions (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null unique,
  name text not null,
  tags_json text not null,
  stage_id text not null,
  state text not null,
  layout_json text not null,
  destinations_json text not null,
  channel_encoder_configuration_id text,
  s3_encoder_configuration_id text,
  storage_configuration_id text,
  start_time_ms integer not null,
  end_time_ms integer,
  idempotency_token text,
  parameters_hash text
) strict;
create index compositions_of_scope on compositions (account, region, seq);
create index compositions_running on compositions (account, region, stage_id) where end_time_ms is null;
create index compositions_by_end on compositions (end_time_ms) where end_time_ms is not null;
create index compositions_by_token on compositions (account, region, idempotency_token)
  where idempotency_token is not null;
`;
