/** A key is there once in each account and region. */
export const publicKeys = `
create table public_keys (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null,
  name text not null,
  tags_json text not null,
  material text not null,
  spki text not null,
  unique (account, region, id),
  unique (account, region, spki)
) strict;
create index public_keys_of_scope on public_keys (account, region, seq);
`;
