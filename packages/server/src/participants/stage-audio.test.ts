import assert from 'node:assert/strict';
import { on } from 'node:events';
import { type TestContext, test } from 'node:test';
import { silentLogger } from '../http/api-server.fixture.ts';
import { openSocketPair } from '../signalling/socket-pair.fixture.ts';
import { readClientData } from './client-data.ts';
import { LiveParticipant } from './live-participant.ts';
import { newParticipantRecord } from './participant-record.ts';
import { openStage } from './registry.fixture.ts';
import { StageAudio } from './stage-audio.ts';
import { StageJournal } from './stage-journal.ts';
import { SubscriptionPlaces } from './subscription-places.ts';

/** Alice alone in a stage, and the levels of a stage's media that are told by hand. */
async function openAudio(t: TestContext, { activeSpeakerIntervalMs = 5_000 } = {}) {
  const running = await openStage(t);
  const { store, clock, stage, claimsOf, sfu, eventLog, events, capacity } = running;
  const journal = new StageJournal(stage, { store, clock, logger: silentLogger, events: eventLog });
  const { sessionId } = await journal.openSession();
  const claims = { ...claimsOf('alice'), userId: 'Alice' };
  const places = new SubscriptionPlaces(capacity.ofStage(stage), () => clock.setAlarm(0, () => {}));
  const record = newParticipantRecord(claims, readClientData({}), clock.now());
  const alice = new LiveParticipant(claims, record, places);
  const participants = new Map([[alice.id, alice]]);
  const audio = new StageAudio({ participants, journal, logger: silentLogger }, { clock, activeSpeakerIntervalMs });
  t.after(() => audio.close());
  const { audioLevels: levels } = await sfu.createStage();
  audio.watch(levels);
  const told = async () => {
    await journal.settled();
    return events.map(({ detailType, detail }): Record<string, unknown> => ({ detailType, ...detail }));
  };
  return { audio, levels, alice, clock, sessionId, told };
}

test('who speaks is told to others at most once in the interval, the last one at its end', async (t) => {
  const { levels, clock, sessionId, told } = await openAudio(t);
  levels.emit('levels', [{ participantId: 'alice', levelDbov: -20 }]);
  levels.emit('speaker', 'alice');
  const [first, ...rest] = await told();
  assert.deepEqual(rest, []);
  assert.deepEqual(
    { ...first, event_time: undefined, event_time_precise: undefined },
    {
      detailType: 'Proscenium Stage Activity',
      event_name: 'Active Speaker Changed',
      event_time: undefined,
      event_time_precise: undefined,
      session_id: sessionId,
      participant_id: 'alice',
      user_id: 'Alice',
      audio_levels: [{ participant_id: 'alice', level_dbov: -20 }],
    },
  );

  levels.emit('speaker', 'bob');
  levels.emit('speaker', undefined);
  clock.advance(4_999);
  assert.equal((await told()).length, 1);
  clock.advance(1);
  const [, second] = await told();
  assert.equal(second?.participant_id, null);

  levels.emit('speaker', 'bob');
  levels.emit('speaker', undefined);
  clock.advance(60_000);
  assert.equal((await told()).length, 2, 'it is as it was told last');
});

test('nothing is told to others unless it is asked for, and nothing is left to ring', async (t) => {
  const { audio, levels, clock, told } = await openAudio(t, { activeSpeakerIntervalMs: 0 });
  levels.emit('speaker', 'alice');
  assert.deepEqual(await told(), []);
  audio.close();
  assert.equal(clock.alarms, 0);
});

test('clients are told who speaks and how loud everybody is; whoever comes later who speaks', async (t) => {
  const { audio, levels, alice } = await openAudio(t);
  const { socket, client } = await openSocketPair(t);
  alice.socket = socket;
  const messages = on(client, 'message');
  const next = async (): Promise<unknown> => {
    const { value } = await messages.next();
    return JSON.parse(String(value?.[0]));
  };

  levels.emit('levels', [{ participantId: 'alice', levelDbov: -20 }]);
  const payload = { levels: [{ participantId: 'alice', levelDbov: -20 }] };
  assert.deepEqual(await next(), { type: 'AUDIO_LEVELS', payload });
  levels.emit('levels', []);
  assert.deepEqual(await next(), { type: 'AUDIO_LEVELS', payload: { levels: [] } });
  levels.emit('speaker', 'alice');
  assert.deepEqual(await next(), { type: 'ACTIVE_SPEAKER', payload: { participantId: 'alice' } });
  audio.greet(socket);
  assert.deepEqual(await next(), { type: 'ACTIVE_SPEAKER', payload: { participantId: 'alice' } });
  levels.emit('speaker', undefined);
  assert.deepEqual(await next(), { type: 'ACTIVE_SPEAKER', payload: { participantId: null } });
});

test('levels of media that were followed before are told no more', async (t) => {
  const { audio, levels, told } = await openAudio(t);
  const running = await openStage(t);
  const { audioLevels } = await running.sfu.createStage();
  audio.watch(audioLevels);
  levels.emit('speaker', 'alice');
  assert.deepEqual(await told(), []);
});
