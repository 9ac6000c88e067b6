import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscriber } from '@proscenium/media';
import { openSocketPair } from '../signalling/socket-pair.fixture.ts';
import { ClientSocket } from '../signalling/stage-client.fixture.ts';
import { until } from '../until.fixture.ts';
import { readClientData } from './client-data.ts';
import { listEvents } from './participant-event-table.ts';
import { openStage } from './registry.fixture.ts';
import { findRunningSession } from './stage-session-table.ts';

test('a stream that the server cannot make is told to whoever wishes for it, and written down once', async (t) => {
  const { sfu, registry, stage, claimsOf, store } = await openStage(t);
  const subscribers: Subscriber[] = [];
  const createStage = sfu.createStage.bind(sfu);
  t.mock.method(sfu, 'createStage', async () => {
    const media = await createStage();
    const createSubscriber = media.createSubscriber.bind(media);
    t.mock.method(media, 'createSubscriber', (...admit: Parameters<typeof createSubscriber>) => {
      const subscriber = createSubscriber(...admit);
      subscribers.push(subscriber);
      return subscriber;
    });
    return media;
  });
  const { socket, client: webSocket } = await openSocketPair(t);
  const viewer = new ClientSocket(webSocket);
  await registry.stage(stage).connect(claimsOf('viewer'), readClientData({}), socket);
  const participants = [{ id: 'host', subscribeType: 'AUDIO_VIDEO' }];
  await viewer.send('SUBSCRIBE', { codecs: ['video/H264'], participants });
  const [subscriber] = await until(
    () => subscribers,
    ({ length }) => length === 1,
  );

  for (const kind of ['audio', 'video']) subscriber?.emit('unserved', 'host', new Error(`no ports for ${kind}`));
  const told = { participantId: 'host', errorCode: 'INTERNAL_SERVER_EXCEPTION' };
  assert.deepEqual([await viewer.next('SUBSCRIBE_ERROR'), await viewer.next('SUBSCRIBE_ERROR')], [told, told]);
  await registry.write(stage, async () => {}); // comes after whatever the stage had to write
  const session = await findRunningSession(store.db, stage);
  const newest = { before: Number.MAX_SAFE_INTEGER, limit: 10 };
  const events = await listEvents(store.db, stage, session?.sessionId ?? '', 'viewer', newest);
  assert.deepEqual(
    events.map(({ event: { name, errorCode, remoteParticipantId } }) => [name, errorCode, remoteParticipantId]),
    [
      ['SUBSCRIBE_ERROR', 'INTERNAL_SERVER_EXCEPTION', 'host'],
      ['JOINED', undefined, undefined],
    ],
  );
});
