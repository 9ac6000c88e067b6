/** Events that are to go out, and publishers of whom others have been told while they publish. */
export const events = `
create table events (
  seq integer primary key autoincrement,
  id text not null unique,
  account text not null,
  region text not null,
  envelope_json text not null
) strict;
create index events_of_scope on events (account, region, seq);

create table announced_publishers (
  account text not null,
  region text not null,
  stage_id text not null,
  session_id text not null,
  participant_id text not null,
  detail_json text not null,
  primary key (stage_id, session_id, participant_id)
) strict, without rowid;
`;
