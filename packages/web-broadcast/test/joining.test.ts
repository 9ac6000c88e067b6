import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StageParticipantInfo } from '../src/index.ts';
import { useClient } from './client.ts';

describe('Joining and leaving a stage', () => {
  const client = useClient();

  it('throws for a token that is malformed or expired', async () => {
    const errors = await client.page.evaluate(
      (tokens) =>
        tokens.map((token) => {
          try {
            return new t.Stage(token, t.strategy);
          } catch (error) {
            return error instanceof t.StageError ? `${error.name} ${error.category} ${error.code}` : error;
          }
        }),
      ['rubbish', client.server.token('ann', { expiresInSeconds: -1 })],
    );
    assert.deepEqual(errors, ['StageError JOIN_ERROR 1', 'StageError JOIN_ERROR 2']);
  });

  it('connects, tells who is there, and leaves', async () => {
    client.server.setMember('bob', { isPublishing: true, attributes: { name: 'Bob' } });
    client.server.setMember('eve');
    await client.join();
    await client.until('joined eve');
    await client.page.evaluate(() => stage.leave());
    assert.deepEqual(await client.lines(), [
      'connection connecting',
      'connection connected',
      'joined bob',
      'publish bob published',
      'joined eve',
      'subscribe bob attempting_subscribe',
      'subscribe bob not_subscribed',
      'publish bob not_published',
      'left bob',
      'left eve',
      'connection disconnected',
      'left stage user-initiated',
    ]);
    await client.server.message('LEAVE');
    assert.equal(
      (await client.server.message('CLIENT_INFO')).payload.sdkVersion,
      await client.page.evaluate(() => t.__version),
    );
  });

  it('tells of participants what their tokens and the server say', async () => {
    await client.join(client.server.token('ann', { attributes: { name: 'Ann' }, publish: false }));
    client.server.setMember('bob', { userId: 'b-1', attributes: { name: 'Bob' }, capabilities: ['subscribe'] });
    await client.until('joined bob');
    const people = await client.page.evaluate(() => {
      const seen: object[] = [];
      const write = ({ capabilities, ...info }: StageParticipantInfo) => ({
        ...info,
        capabilities: [...capabilities],
      });
      stage.replaceStrategy({
        ...t.strategy,
        shouldSubscribeToParticipant(participant) {
          seen.push({ ...write(participant), sameInfo: participant.userInfo === participant.attributes });
          return t.SubscribeType.NONE;
        },
      });
      const { userId, attributes, isLocal } = stage.localParticipant;
      return [...seen, { userId, attributes, isLocal }];
    });
    assert.deepEqual(people, [
      {
        id: 'bob',
        isLocal: false,
        userId: 'b-1',
        attributes: { name: 'Bob' },
        isPublishing: false,
        audioMuted: false,
        videoStopped: false,
        publishId: undefined,
        tracks: undefined,
        capabilities: ['subscribe'],
        sameInfo: true,
      },
      { userId: 'ann', attributes: { name: 'Ann' }, isLocal: true },
    ]);
  });

  it('tells who comes, changes and goes', async () => {
    await client.join();
    client.server.setMember('bob');
    await client.until('joined bob');
    client.server.setMember('bob', { attributes: { mood: 'merry' } });
    await client.until('metadata bob');
    client.server.removeMember('bob');
    await client.until('left bob');
  });

  it('gives the same promise to overlapping joins, and joins once', async () => {
    await client.createStage();
    const same = await client.page.evaluate(async () => {
      const [first, second] = [stage.join(), stage.join()];
      await first;
      return first === second && (await stage.join()) === undefined;
    });
    assert.equal(same, true);
    assert.deepEqual(await client.lines(), ['connection connecting', 'connection connected']);
  });

  it('cancels a join under way when it is told to leave, and can join again', async () => {
    await client.createStage();
    const code = await client.page.evaluate(async () => {
      const joining = stage.join().catch((error) => error.code);
      stage.leave();
      const again = stage.join();
      await again;
      return await joining;
    });
    assert.equal(code, 5);
    assert.deepEqual(await client.lines(), [
      'connection connecting',
      'connection disconnected',
      'left stage user-initiated',
      'connection connecting',
      'connection connected',
    ]);
  });

  it('can be joined again after leaving, and told to leave twice', async () => {
    await client.join();
    await client.page.evaluate(async () => {
      stage.leave();
      stage.leave();
      await stage.join();
    });
    assert.equal((await client.lines()).filter((line) => line.startsWith('left stage')).length, 1);
    assert.equal((await client.lines()).at(-1), 'connection connected');
  });

  it('works through functions that were taken off the stage, and in a subclass', async () => {
    const asked = await client.page.evaluate(async (token) => {
      let count = 0;
      class Mine extends t.Stage {
        override async join(): Promise<void> {
          await super.join();
          count += 10;
        }
      }
      const mine = new Mine(token, {
        ...t.strategy,
        shouldPublishParticipant() {
          count += 1;
          return false;
        },
      });
      await mine.join();
      const { leave, refreshStrategy } = mine;
      refreshStrategy();
      leave();
      refreshStrategy(); // asks nothing any more
      return count;
    }, client.server.token('ann'));
    assert.equal(asked, 12);
  });

  for (const [closeCode, errorCode] of [
    [4001, 1],
    [4002, 2],
    [4006, 6],
    [4009, 9],
    [4010, 10],
  ] as const) {
    it(`rejects a join that the server refuses with ${closeCode}`, async () => {
      client.server.refuseWith = closeCode;
      await client.createStage();
      const error = await client.page.evaluate(() => stage.join().catch(({ category, code }) => `${category} ${code}`));
      assert.equal(error, `JOIN_ERROR ${errorCode}`);
      assert.deepEqual(await client.lines(), [
        'connection connecting',
        'connection errored',
        `error JOIN_ERROR ${errorCode}`,
      ]);
    });
  }

  it('leaves no rejection unhandled when nobody waits for a join that fails', async () => {
    client.server.refuseWith = 4009;
    await client.createStage();
    await client.page.evaluate(() => {
      stage.join();
    });
    await client.until('error JOIN_ERROR 9');
  });

  for (const [closeCode, reason] of [
    [4100, 'participant-disconnected'],
    [4101, 'stage-deleted'],
    [4102, 'token-reused'],
  ] as const) {
    it(`is out of the stage when the server closes with ${closeCode}`, async () => {
      client.server.setMember('bob');
      await client.join();
      await client.until('joined bob');
      await client.clear();
      client.server.closeSocket('ann', closeCode, reason);
      await client.until(`left stage ${reason}`);
      assert.deepEqual(await client.lines(), ['left bob', 'connection disconnected', `left stage ${reason}`]);
      client.server.refuseWith = undefined;
      await client.page.evaluate(() => stage.join());
    });
  }

  it('comes back after a lost connection without telling that anybody left', async () => {
    client.server.setMember('bob');
    await client.join();
    await client.until('joined bob');
    await client.clear();
    client.server.breakSocket('ann');
    client.server.setMember('eve');
    await client.until('joined eve');
    assert.deepEqual(await client.lines(), [
      'connection errored',
      'connection connecting',
      'connection connected',
      'joined eve',
    ]);
  });

  it('learns on coming back that it was thrown out meanwhile', async () => {
    await client.join();
    await client.clear();
    client.server.refuseWith = 4010;
    client.server.breakSocket('ann');
    await client.until('left stage participant-disconnected');
    assert.equal((await client.lines()).at(-2), 'connection disconnected');
  });

  it('gives up with an error when the server stays away', async () => {
    await client.page.clock.install();
    await client.join();
    client.server.refuseWith = 1001;
    client.server.breakSocket('ann');
    await client.runClockUntil('error JOIN_ERROR 4');
    const all = await client.lines();
    assert.deepEqual(all.slice(-3), ['connection errored', 'left stage unknown', 'error JOIN_ERROR 4']);
    client.server.refuseWith = undefined;
    await client.page.evaluate(() => stage.join());
  });

  it('says goodbye when the page goes away', async () => {
    await client.join();
    await client.page.goto(`${client.server.origin}/client?again`).catch(() => undefined);
    await client.server.message('LEAVE');
    await client.addScript();
  });

  it('goes on when a listener or the strategy throws', async () => {
    await client.createStage();
    const uncaught = await client.page.evaluate(async () => {
      stage.on(t.StageEvents.STAGE_CONNECTION_STATE_CHANGED, () => {
        throw new Error('listener');
      });
      stage.replaceStrategy({
        ...t.strategy,
        shouldPublishParticipant() {
          throw new Error('strategy');
        },
      });
      await stage.join();
      return t.uncaught.splice(0);
    });
    assert.deepEqual(uncaught, ['Uncaught Error: listener', 'Uncaught Error: listener', 'Uncaught Error: strategy']);
    assert.equal((await client.lines()).at(-1), 'connection connected');
  });

  it('can be left from within the listener that hears that it connects', async () => {
    await client.createStage();
    const code = await client.page.evaluate(async (tokenOfBob) => {
      stage.on(t.StageEvents.STAGE_CONNECTION_STATE_CHANGED, (state) => {
        if (state === t.StageConnectionState.CONNECTING) stage.leave();
      });
      const joining = await stage.join().catch((error) => error.code);
      await new t.Stage(tokenOfBob, t.strategy).join(); // whoever comes later finds what came before
      return joining;
    }, client.server.token('bob'));
    assert.equal(code, 5);
    assert.deepEqual(await client.lines(), [
      'connection connecting',
      'connection disconnected',
      'left stage user-initiated',
    ]);
    assert.deepEqual([...client.server.members.keys()], ['bob']);
  });

  it('can be left from within a listener', async () => {
    client.server.setMember('bob');
    client.server.setMember('eve');
    await client.createStage();
    await client.page.evaluate(async () => {
      stage.on(t.StageEvents.STAGE_PARTICIPANT_JOINED, () => stage.leave());
      await stage.join();
    });
    await client.until('left stage user-initiated');
    assert.deepEqual((await client.lines()).slice(2), [
      'joined bob',
      'left bob',
      'connection disconnected',
      'left stage user-initiated',
    ]);
  });
});
