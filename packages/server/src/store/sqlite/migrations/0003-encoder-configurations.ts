export const encoderConfigurations = `
create table encoder_configurations (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  id text not null,
  name text not null,
  tags_json text not null,
  video_json text not null,
  unique (account, region, id)
) strict;
create index encoder_configurations_of_scope on encoder_configurations (account, region, seq);
`;
