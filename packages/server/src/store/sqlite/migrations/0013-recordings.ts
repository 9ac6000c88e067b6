/** A recording outlives the stage that it is of, and the session: it refers to them by name. */
export const recordings = `
create table recordings (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null unique,
  stage_id text not null,
  session_id text not null,
  participant_id text not null,
  storage_configuration_id text not null,
  bucket_name text not null,
  prefix text not null,
  state text not null,
  settings_json text not null,
  start_time_ms integer not null,
  wait_end_time_ms integer,
  end_time_ms integer,
  failure_json text
) strict;
create index recordings_of_stage on recordings (account, region, stage_id);
create index recordings_of_storage_configuration on recordings (account, region, storage_configuration_id);
`;
