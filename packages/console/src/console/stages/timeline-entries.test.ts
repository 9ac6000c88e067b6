import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceEvent } from '../events/service-event.ts';
import { entriesOf, mergeEntries } from './timeline-entries.ts';

const at = (second: number) => `2026-11-22T12:00:0${second}.000Z`;

function serviceEvent(detailType: string, eventName: string, second: number): ServiceEvent {
  return {
    id: `${detailType} ${second}`,
    'detail-type': detailType,
    source: 'aws.ivs',
    time: at(second),
    resources: [],
    detail: { event_name: eventName, participant_id: 'p1' },
  };
}

test('events of participants are told in words', () => {
  const [failed, subscribed, unknown] = entriesOf(
    [
      { name: 'PUBLISH_ERROR', eventTime: at(1), errorCode: 'B_FRAME_PRESENT' },
      { name: 'SUBSCRIBE_STARTED', eventTime: at(2), remoteParticipantId: 'bob' },
      { name: 'DANCED' as 'JOINED', eventTime: at(3) },
    ],
    'alice',
  );
  assert.equal(failed?.words, 'could not publish: B_FRAME_PRESENT');
  assert.equal(failed.tone, 'bad');
  assert.equal(failed.who, 'alice');
  assert.equal(subscribed?.words, 'subscribed to bob');
  assert.equal(unknown?.words, 'DANCED');
});

test('recordings are told among them in the order of time, the newest first, and what participants do once', () => {
  const entries = entriesOf(
    [
      { name: 'JOINED', eventTime: at(1) },
      { name: 'LEFT', eventTime: at(5) },
    ],
    'alice',
  );
  const merged = mergeEntries(
    entries,
    [
      serviceEvent('IVS Stage Update', 'Participant Published', 2),
      serviceEvent('IVS Participant Recording State Change', 'Recording Start Failure', 3),
    ],
    (id) => `name of ${id}`,
  );
  assert.deepEqual(
    merged.map(({ words }) => words),
    ['left', 'Participant Recording: Recording Start Failure', 'came'],
  );
  assert.equal(merged[1]?.tone, 'bad');
  assert.equal(merged[1].who, 'name of p1');
});
