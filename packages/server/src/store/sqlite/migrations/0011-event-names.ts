/** Read out of the event when they are asked for: they take no room and need no index. */
export const eventNames = `
alter table participant_events add column name text generated always as (event_json ->> '$.name') virtual;
alter table participant_events add column remote_participant_id text
  generated always as (event_json ->> '$.remoteParticipantId') virtual;
`;
