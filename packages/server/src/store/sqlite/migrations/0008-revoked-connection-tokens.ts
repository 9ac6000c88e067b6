export const revokedConnectionTokens = `
create table revoked_connection_tokens (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  token_id text not null,
  revoked_time_ms integer not null,
  unique (account, region, token_id)
) strict;
create index revoked_connection_tokens_by_time on revoked_connection_tokens (revoked_time_ms);
`;
