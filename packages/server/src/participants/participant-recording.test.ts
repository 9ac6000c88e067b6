import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishOffer } from '../signalling/offer.fixture.ts';
import { readClientData } from './client-data.ts';
import type { RecordingMembers } from './participant-recording.ts';
import { findParticipant } from './participant-table.ts';
import { openStage, type RunningStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

const client = readClientData({});
const active: RecordingMembers = {
  recordingState: 'ACTIVE',
  recordingS3BucketName: 'show-archive',
  recordingS3Prefix: 'Fr1dayShow01/st-9z8y7x6w5v4u3/p-1/2026-11-21T20-01-04Z',
};

async function openPublish(running: RunningStage) {
  const { registry, stage, claimsOf, store } = running;
  const publish = async () => {
    const { resourceId } = await registry.stage(stage).publish(claimsOf('p-1'), client, publishOffer);
    return () => registry.findResource(stage, 'p-1', resourceId)?.media.close();
  };
  const end = await publish();
  const { sessionId = '' } = (await findRunningSession(store.db, stage)) ?? {};
  const who = { sessionId, participantId: 'p-1' };
  return {
    publish,
    end,
    show: (members: Partial<RecordingMembers>) =>
      registry.writeRecording(
        stage,
        who,
        (present) => ({ ...present, ...members }),
        async () => {},
      ),
    async shown() {
      await registry.write(stage, async () => {}); // comes after whatever the stage had to write
      const record = await findParticipant(store.db, stage, sessionId, 'p-1');
      return [record?.state, record?.recordingState, record?.recordingS3BucketName, record?.recordingS3Prefix];
    },
  };
}

const { recordingS3BucketName, recordingS3Prefix } = active;

test('how a participant is recorded stays in its record, whatever else changes in that', async (t) => {
  const { show, shown, end } = await openPublish(await openStage(t));
  await show(active);
  end();
  assert.deepEqual(await shown(), ['DISCONNECTED', 'ACTIVE', recordingS3BucketName, recordingS3Prefix]);
});

test('a participant that has left is still written about, and knows of it when it is back', async (t) => {
  const { show, shown, end, publish } = await openPublish(await openStage(t));
  await show(active);
  end();
  await show({ recordingState: 'STOPPED' });
  assert.deepEqual(await shown(), ['DISCONNECTED', 'STOPPED', recordingS3BucketName, recordingS3Prefix]);
  await publish();
  assert.deepEqual(await shown(), ['CONNECTED', 'STOPPED', recordingS3BucketName, recordingS3Prefix]);
});

test('what is written of the last visit while a participant joins again is not lost, whenever it comes', async (t) => {
  const { show, shown, end, publish } = await openPublish(await openStage(t));
  end();
  for (let delay = 0; delay < 40; delay += 1) {
    await show(active);
    const back = publish();
    for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
    await show({ recordingState: 'STOPPED' });
    const endAgain = await back;
    assert.deepEqual(await shown(), ['CONNECTED', 'STOPPED', recordingS3BucketName, recordingS3Prefix]);
    endAgain();
  }
});

test('of a participant without a record nothing is written but what goes with it', async (t) => {
  const { registry, stage, store } = await openStage(t);
  let written = false;
  await registry.writeRecording(
    stage,
    { sessionId: 'st-9z8y7x6w5v4u3', participantId: 'p-1' },
    () => active,
    async () => {
      written = true;
    },
  );
  assert.ok(written);
  assert.equal(await findRunningSession(store.db, stage), undefined);
});
