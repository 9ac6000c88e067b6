import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingPrefix, recordingStartTime } from './recording-prefix.ts';

const folder = 'Fr1dayShow01/st-9z8y7x6w5v4u3/pHostAAAA001';
const at = (time: string) => new Date(`2026-11-21T${time}Z`);

test('a prefix ends with the second in which the recording begins', () => {
  const startTime = recordingStartTime(at('20:01:04.987'), folder, '');
  assert.deepEqual(startTime, at('20:01:04'));
  assert.equal(recordingPrefix(folder, startTime), `${folder}/2026-11-21T20-01-04Z`);
});

test('a second recording of the same second begins in the next one, and those of other sessions are not looked at', () => {
  const last = `${folder}/2026-11-21T20-01-05Z`;
  assert.deepEqual(recordingStartTime(at('20:01:04.987'), folder, last), at('20:01:06'));
  assert.deepEqual(recordingStartTime(at('20:01:05.000'), folder, last), at('20:01:06'));
  assert.deepEqual(recordingStartTime(at('20:01:06.000'), folder, last), at('20:01:06'));
  assert.deepEqual(recordingStartTime(at('20:01:04.000'), 'Fr1dayShow01/st-0/pHostAAAA001', last), at('20:01:04'));
});
