/** `autoincrement` because a row number must never be given out twice: page tokens point at row numbers. */
export const initial = `
create table storage_configurations (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  storage_configuration_id text not null,
  name text not null,
  bucket_name text not null,
  tags_json text not null,
  unique (account, region, storage_configuration_id)
) strict;

create table stages (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  stage_id text not null unique,
  name text not null,
  tags_json text not null,
  recording_json text not null,
  storage_configuration_id text,
  active_session_id text,
  foreign key (account, region, storage_configuration_id)
    references storage_configurations (account, region, storage_configuration_id)
) strict;
create index stages_of_scope on stages (account, region, seq);
create index stages_by_storage_configuration on stages (account, region, storage_configuration_id)
  where storage_configuration_id is not null;

create table stage_sessions (
  seq integer primary key autoincrement,
  stage_seq integer references stages (seq) on delete set null,
  session_id text not null,
  start_time_ms integer not null,
  end_time_ms integer,
  unique (stage_seq, session_id)
) strict;
create index stage_sessions_of_stage on stage_sessions (stage_seq, seq);
create index stage_sessions_by_end on stage_sessions (end_time_ms);
create unique index stage_sessions_running on stage_sessions (stage_seq) where end_time_ms is null;

create table participants (
  seq integer primary key autoincrement,
  session_seq integer not null references stage_sessions (seq) on delete cascade,
  participant_id text not null,
  user_id text not null,
  state text not null,
  published integer not null,
  recording_state text not null,
  record_json text not null,
  unique (session_seq, participant_id)
) strict;
create index participants_of_session on participants (session_seq, seq);
create index participants_by_user on participants (session_seq, user_id, seq);
create index participants_by_state on participants (session_seq, state, seq);
create index participants_by_published on participants (session_seq, published, seq);
create index participants_by_recording_state on participants (session_seq, recording_state, seq);

create table participant_events (
  seq integer primary key autoincrement,
  session_seq integer not null references stage_sessions (seq) on delete cascade,
  participant_id text not null,
  event_json text not null
) strict;
create index participant_events_of_participant on participant_events (session_seq, participant_id, seq);

create table disconnected_participants (
  stage_seq integer not null references stages (seq) on delete cascade,
  participant_id text not null,
  reason text not null,
  disconnected_time_ms integer not null,
  primary key (stage_seq, participant_id)
) strict, without rowid;

create table secrets (
  name text primary key,
  value text not null
) strict, without rowid;
`;
