/** Names of users and policies differ by more than case, as IAM has it. */
export const users = `
create table users (
  seq integer primary key autoincrement,
  account text not null,
  name text not null collate nocase,
  is_configured integer not null,
  configured_keys integer not null,
  created_time_ms integer not null,
  unique (account, name)
) strict;
create table access_keys (
  seq integer primary key autoincrement,
  access_key_id text not null unique,
  secret_access_key text not null,
  user_seq integer not null references users (seq) on delete cascade,
  is_active integer not null,
  created_time_ms integer not null
) strict;
create index access_keys_of_user on access_keys (user_seq);
create table policies (
  seq integer primary key autoincrement,
  account text not null,
  name text not null collate nocase,
  document_json text not null,
  is_configured integer not null,
  created_time_ms integer not null,
  changed_time_ms integer not null,
  unique (account, name)
) strict;
create table user_policies (
  seq integer primary key autoincrement,
  user_seq integer not null references users (seq) on delete cascade,
  policy_name text not null collate nocase,
  unique (user_seq, policy_name)
) strict;
create index user_policies_by_name on user_policies (policy_name);
create table access_changes (
  seq integer primary key autoincrement,
  id text not null,
  account text not null,
  name text not null,
  actor text not null,
  time_ms integer not null,
  parameters_json text not null,
  is_audited integer not null
) strict;
create index access_changes_to_audit on access_changes (seq) where is_audited = 0;
`;
