export const ingestConfigurations = `
create table ingest_configurations (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null,
  name text not null,
  tags_json text not null,
  stage_id text references stages (id),
  ingest_protocol text not null,
  insecure_ingest integer not null,
  participant_id text not null,
  user_id text not null,
  attributes_json text not null,
  state text not null,
  credentials_json text not null,
  unique (account, region, id)
) strict;
create index ingest_configurations_of_scope on ingest_configurations (account, region, seq);
create index ingest_configurations_by_stage on ingest_configurations (stage_id, account, region, seq);
create index ingest_configurations_by_state on ingest_configurations (account, region, state, seq);
`;
