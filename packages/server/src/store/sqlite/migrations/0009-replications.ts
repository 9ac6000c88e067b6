/** `session_seq` is the session in the source stage: what happened there goes with it. */
export const replications = `
create table replications (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  source_stage_id text not null,
  session_seq integer not null references stage_sessions (seq) on delete cascade,
  destination_stage_id text not null,
  destination_session_id text not null,
  participant_id text not null,
  reconnect_window_seconds integer not null,
  attributes_json text not null,
  start_time_ms integer not null,
  end_time_ms integer
) strict;
create index replications_of_publisher on replications (account, region, source_stage_id, participant_id, seq);
create index replications_of_session on replications (session_seq, participant_id);
create unique index replications_active on replications (destination_stage_id, participant_id)
  where end_time_ms is null;
`;
