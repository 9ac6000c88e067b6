/** A stream goes with its channel, and so do stream keys: who writes sees to it. */
export const channels = `
create table channels (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null,
  name text not null,
  tags_json text not null,
  settings_json text not null,
  unique (account, region, id)
) strict;
create index channels_of_scope on channels (account, region, seq);
create index channels_by_name on channels (account, region, name, seq);

create table stream_keys (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null,
  name text not null,
  tags_json text not null,
  channel_id text not null,
  secret text not null,
  unique (account, region, id)
) strict;
create index stream_keys_of_channel on stream_keys (channel_id, region, account, seq);

create table streams (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  channel_id text not null,
  stream_id text not null unique,
  sender text not null,
  is_live integer not null,
  health text not null,
  start_time_ms integer not null,
  unique (account, region, channel_id)
) strict;
create index streams_of_scope on streams (account, region, is_live, seq);
create index streams_by_health on streams (account, region, is_live, health, seq);
`;
