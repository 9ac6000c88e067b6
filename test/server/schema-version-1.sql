-- A database as the first version of the schema kept it: what the server of that time wrote, without its signing key.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_versions (version integer primary key, applied_time_ms integer not null) strict;
INSERT INTO schema_versions VALUES(1,1795245843724);
CREATE TABLE storage_configurations (
  seq integer primary key autoincrement,
  account text not null,
  region text not null,
  storage_configuration_id text not null,
  name text not null,
  bucket_name text not null,
  tags_json text not null,
  unique (account, region, storage_configuration_id)
) strict;
INSERT INTO storage_configurations VALUES(1,'123456789012','us-west-2','5LJPaRvy9LLp','archive','show-archive','{"team":"red"}');
INSERT INTO storage_configurations VALUES(2,'123456789012','us-west-2','kLdeMKlMefVi','unused','spare','{}');
CREATE TABLE stages (
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
INSERT INTO stages VALUES(1,'123456789012','us-west-2','sBbxiHOxhWFh','oldest','{}','{"storageConfigurationArn":"","mediaTypes":["AUDIO_VIDEO"],"thumbnailConfiguration":{"targetIntervalSeconds":60,"storage":["SEQUENTIAL"],"recordingMode":"DISABLED"},"recordingReconnectWindowSeconds":0,"hlsConfiguration":{"targetSegmentDurationSeconds":6},"recordParticipantReplicas":true}',NULL,NULL);
INSERT INTO stages VALUES(2,'123456789012','us-west-2','WDTlWkdPzD7m','recorded','{"team":"red","cost center":"ü/€"}','{"storageConfigurationArn":"arn:aws:ivs:us-west-2:123456789012:storage-configuration/5LJPaRvy9LLp","mediaTypes":["AUDIO_ONLY"],"thumbnailConfiguration":{"targetIntervalSeconds":60,"storage":["SEQUENTIAL"],"recordingMode":"DISABLED"},"recordingReconnectWindowSeconds":0,"hlsConfiguration":{"targetSegmentDurationSeconds":6},"recordParticipantReplicas":true}','5LJPaRvy9LLp',NULL);
INSERT INTO stages VALUES(3,'123456789012','us-west-2','5rTeIZ0k0NLy','end-to-end','{}','{"storageConfigurationArn":"","mediaTypes":["AUDIO_VIDEO"],"thumbnailConfiguration":{"targetIntervalSeconds":60,"storage":["SEQUENTIAL"],"recordingMode":"DISABLED"},"recordingReconnectWindowSeconds":0,"hlsConfiguration":{"targetSegmentDurationSeconds":6},"recordParticipantReplicas":true}',NULL,NULL);
INSERT INTO stages VALUES(4,'123456789012','eu-west-1','kKxsfq6tfHYG','abroad','{}','{"storageConfigurationArn":"","mediaTypes":["AUDIO_VIDEO"],"thumbnailConfiguration":{"targetIntervalSeconds":60,"storage":["SEQUENTIAL"],"recordingMode":"DISABLED"},"recordingReconnectWindowSeconds":0,"hlsConfiguration":{"targetSegmentDurationSeconds":6},"recordParticipantReplicas":true}',NULL,NULL);
CREATE TABLE stage_sessions (
  seq integer primary key autoincrement,
  stage_seq integer references stages (seq) on delete set null,
  session_id text not null,
  start_time_ms integer not null,
  end_time_ms integer,
  unique (stage_seq, session_id)
) strict;
INSERT INTO stage_sessions VALUES(1,3,'st-arid4yb1tpcmk',1795245844464,1795245845458);
CREATE TABLE participants (
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
INSERT INTO participants VALUES(1,1,'G4bc7j29fd78','alice','DISCONNECTED',0,'DISABLED','{"participantId":"G4bc7j29fd78","userId":"alice","attributes":{"seat":"0"},"state":"DISCONNECTED","firstJoinTime":"2026-11-21T07:24:04.463Z","published":false,"protocol":"UNKNOWN","browserName":"","browserVersion":"","osName":"","osVersion":"","sdkVersion":"","ispName":"","recordingState":"DISABLED","recordingS3BucketName":"","recordingS3Prefix":"","replicationType":"NONE","redundantIngest":false}');
INSERT INTO participants VALUES(2,1,'DeJlZKxutW49','bob','DISCONNECTED',0,'DISABLED','{"participantId":"DeJlZKxutW49","userId":"bob","attributes":{"seat":"1"},"state":"DISCONNECTED","firstJoinTime":"2026-11-21T07:24:04.479Z","published":false,"protocol":"UNKNOWN","browserName":"","browserVersion":"","osName":"","osVersion":"","sdkVersion":"","ispName":"","recordingState":"DISABLED","recordingS3BucketName":"","recordingS3Prefix":"","replicationType":"NONE","redundantIngest":false}');
CREATE TABLE participant_events (
  seq integer primary key autoincrement,
  session_seq integer not null references stage_sessions (seq) on delete cascade,
  participant_id text not null,
  event_json text not null
) strict;
INSERT INTO participant_events VALUES(1,1,'G4bc7j29fd78','{"name":"JOINED","participantId":"G4bc7j29fd78","eventTime":"2026-11-21T07:24:04.467Z","replica":false}');
INSERT INTO participant_events VALUES(2,1,'DeJlZKxutW49','{"name":"JOINED","participantId":"DeJlZKxutW49","eventTime":"2026-11-21T07:24:04.479Z","replica":false}');
INSERT INTO participant_events VALUES(3,1,'G4bc7j29fd78','{"name":"LEFT","participantId":"G4bc7j29fd78","eventTime":"2026-11-21T07:24:04.494Z","replica":false}');
INSERT INTO participant_events VALUES(4,1,'DeJlZKxutW49','{"name":"LEFT","participantId":"DeJlZKxutW49","eventTime":"2026-11-21T07:24:04.509Z","replica":false}');
CREATE TABLE disconnected_participants (
  stage_seq integer not null references stages (seq) on delete cascade,
  participant_id text not null,
  reason text not null,
  disconnected_time_ms integer not null,
  primary key (stage_seq, participant_id)
) strict, without rowid;
INSERT INTO disconnected_participants VALUES(3,'G4bc7j29fd78','over',1795245844491);
CREATE TABLE secrets (
  name text primary key,
  value text not null
) strict, without rowid;
INSERT INTO secrets VALUES('page-token-key','IWuncpyqx6Eriq16dPmdRSM7R/JAhuKyV+BmM2bUP0k=');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('storage_configurations',2);
INSERT INTO sqlite_sequence VALUES('stages',4);
INSERT INTO sqlite_sequence VALUES('stage_sessions',1);
INSERT INTO sqlite_sequence VALUES('participants',4);
INSERT INTO sqlite_sequence VALUES('participant_events',4);
CREATE INDEX stages_of_scope on stages (account, region, seq);
CREATE INDEX stages_by_storage_configuration on stages (account, region, storage_configuration_id)
  where storage_configuration_id is not null;
CREATE INDEX stage_sessions_of_stage on stage_sessions (stage_seq, seq);
CREATE INDEX stage_sessions_by_end on stage_sessions (end_time_ms);
CREATE UNIQUE INDEX stage_sessions_running on stage_sessions (stage_seq) where end_time_ms is null;
CREATE INDEX participants_of_session on participants (session_seq, seq);
CREATE INDEX participants_by_user on participants (session_seq, user_id, seq);
CREATE INDEX participants_by_state on participants (session_seq, state, seq);
CREATE INDEX participants_by_published on participants (session_seq, published, seq);
CREATE INDEX participants_by_recording_state on participants (session_seq, recording_state, seq);
CREATE INDEX participant_events_of_participant on participant_events (session_seq, participant_id, seq);
COMMIT;
