import type { IngestConfigurationState, IngestProtocol, StreamHealth } from '@proscenium/model';
import type { Generated, GeneratedAlways } from 'kysely';
import type { ResourceColumns } from './resource-table.ts';

/**
 * Every table has `seq`, a number that only grows: it orders listings and is what other tables refer to. Columns that
 * end in `_ms` are milliseconds since 1970; columns that end in `_json` hold JSON text that nobody searches.
 */
export interface Tables {
  stages: StageTable;
  stage_sessions: StageSessionTable;
  participants: ParticipantTable;
  participant_events: ParticipantEventTable;
  disconnected_participants: DisconnectedParticipantTable;
  replications: ReplicationTable;
  storage_configurations: StorageConfigurationTable;
  encoder_configurations: EncoderConfigurationTable;
  events: EventTable;
  event_deliveries: EventDeliveryTable;
  announced_publishers: AnnouncedPublisherTable;
  compositions: CompositionTable;
  recordings: RecordingTable;
  ingest_configurations: IngestConfigurationTable;
  channels: ChannelTable;
  stream_keys: StreamKeyTable;
  streams: StreamTable;
  public_keys: PublicKeyTable;
  revoked_connection_tokens: RevokedConnectionTokenTable;
  users: UserTable;
  access_keys: AccessKeyTable;
  policies: PolicyTable;
  user_policies: UserPolicyTable;
  access_changes: AccessChangeTable;
  secrets: SecretTable;
}

interface StageTable extends ResourceColumns {
  recording_json: string;
  /** The storage configuration that `recording_json` names; null while recording is off. */
  storage_configuration_id: string | null;
  active_session_id: string | null;
}

interface StageSessionTable {
  seq: Generated<number>;
  /** Null once the stage is deleted: nobody can reach the session any more, and the next clean-up removes it. */
  stage_seq: number | null;
  session_id: string;
  start_time_ms: number;
  end_time_ms: number | null;
}

interface ParticipantTable {
  seq: Generated<number>;
  session_seq: number;
  participant_id: string;
  user_id: string;
  state: string;
  /** 0 or 1 */
  published: number;
  recording_state: string;
  record_json: string;
}

interface ParticipantEventTable {
  seq: Generated<number>;
  session_seq: number;
  participant_id: string;
  event_json: string;
  /** Of the event, like the next one. */
  name: GeneratedAlways<string>;
  remote_participant_id: GeneratedAlways<string | null>;
}

/** Participants that must never come back to a stage. */
interface DisconnectedParticipantTable {
  stage_seq: number;
  participant_id: string;
  reason: string;
  disconnected_time_ms: number;
}

/** Publishers that are, or were, copied into another stage. */
interface ReplicationTable {
  seq: Generated<number>;
  account: string;
  region: string;
  source_stage_id: string;
  /** The session in the source. */
  session_seq: number;
  destination_stage_id: string;
  destination_session_id: string;
  participant_id: string;
  reconnect_window_seconds: number;
  attributes_json: string;
  start_time_ms: number;
  /** Null while it is active. */
  end_time_ms: number | null;
}

interface StorageConfigurationTable extends ResourceColumns {
  bucket_name: string;
}

interface EncoderConfigurationTable extends ResourceColumns {
  video_json: string;
}

/** What happened, for others to know. */
interface EventTable {
  seq: Generated<number>;
  /** A UUID, by which others know the event. */
  id: string;
  account: string;
  region: string;
  envelope_json: string;
}

/** An event on its way to one target, or given up. */
interface EventDeliveryTable {
  seq: Generated<number>;
  event_seq: number;
  /** The target's name. */
  target: string;
  account: string;
  region: string;
  resource_arn: string;
  /** When it was recorded, or set on its way again. */
  queued_time_ms: number;
  /** When it was given up; null while it is pending. */
  dead_time_ms: number | null;
  dead_reason: string | null;
}

/** Publishers of whose beginning others have been told, and not yet of their end. */
interface AnnouncedPublisherTable {
  account: string;
  region: string;
  stage_id: string;
  session_id: string;
  participant_id: string;
  /** What both events have in common. */
  detail_json: string;
}

interface CompositionTable extends ResourceColumns {
  stage_id: string;
  state: string;
  layout_json: string;
  destinations_json: string;
  channel_encoder_configuration_id: string | null;
  s3_encoder_configuration_id: string | null;
  storage_configuration_id: string | null;
  start_time_ms: number;
  /** Null while it runs. */
  end_time_ms: number | null;
  idempotency_token: string | null;
  parameters_hash: string | null;
}

/** Recordings of participants; a row goes when everything of its recording is where it belongs. */
interface RecordingTable {
  seq: Generated<number>;
  account: string;
  region: string;
  id: string;
  stage_id: string;
  session_id: string;
  participant_id: string;
  storage_configuration_id: string;
  bucket_name: string;
  prefix: string;
  state: string;
  settings_json: string;
  start_time_ms: number;
  /** Until when its publisher is waited for; null while nobody is. */
  wait_end_time_ms: number | null;
  /** When the last publish ended; null while one goes on. */
  end_time_ms: number | null;
  failure_json: string | null;
}

interface IngestConfigurationTable extends ResourceColumns {
  /** Null while it is attached to no stage. */
  stage_id: string | null;
  ingest_protocol: IngestProtocol;
  /** 0 or 1 */
  insecure_ingest: number;
  participant_id: string;
  user_id: string;
  attributes_json: string;
  state: IngestConfigurationState;
  /** With the secrets of the stream keys, readable because the API tells them again and again. */
  credentials_json: string;
}

interface ChannelTable extends ResourceColumns {
  settings_json: string;
}

/** What encoders publish to channels with. */
interface StreamKeyTable extends ResourceColumns {
  channel_id: string;
  /** The last part of the key, readable because the API tells it again and again. */
  secret: string;
}

/** What goes to channels now; a row goes when it has ended. */
interface StreamTable {
  seq: Generated<number>;
  account: string;
  region: string;
  channel_id: string;
  stream_id: string;
  /** ENCODER or COMPOSITION */
  sender: string;
  /** 0 or 1: whether it can be watched. */
  is_live: number;
  health: StreamHealth;
  start_time_ms: number;
}

interface PublicKeyTable extends ResourceColumns {
  material: string;
  spki: string;
}

/** Connection tokens that let nobody in any more. */
interface RevokedConnectionTokenTable {
  seq: Generated<number>;
  account: string;
  region: string;
  token_id: string;
  revoked_time_ms: number;
}

/** Whom access keys belong to. */
interface UserTable {
  seq: Generated<number>;
  account: string;
  name: string;
  /** 0 or 1: whether the configuration says what it may do. */
  is_configured: number;
  /** Access keys that the configuration gives it, at the last start. */
  configured_keys: number;
  created_time_ms: number;
}

/** Those of the configuration are not among them. */
interface AccessKeyTable {
  seq: Generated<number>;
  access_key_id: string;
  /** As it is: signatures are made of it. */
  secret_access_key: string;
  user_seq: number;
  /** 0 or 1 */
  is_active: number;
  created_time_ms: number;
}

/** Policies of an account. Those that every account has are not among them. */
interface PolicyTable {
  seq: Generated<number>;
  account: string;
  name: string;
  document_json: string;
  /** 0 or 1: whether it is of the configuration. */
  is_configured: number;
  created_time_ms: number;
  changed_time_ms: number;
}

/** Which policies say what a user may do: of its account, or those that every account has. */
interface UserPolicyTable {
  seq: Generated<number>;
  user_seq: number;
  policy_name: string;
}

/** What was changed of the tables above while servers ran. */
interface AccessChangeTable {
  seq: Generated<number>;
  /** A UUID. */
  id: string;
  account: string;
  /** As IAM calls it: CreateUser. */
  name: string;
  /** Who did it. */
  actor: string;
  time_ms: number;
  /** Without secrets. */
  parameters_json: string;
  /** 0 or 1 */
  is_audited: number;
}

/** Keys that the server made for itself at its first start. */
interface SecretTable {
  name: string;
  value: string;
}
