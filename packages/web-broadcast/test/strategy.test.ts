import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { useClient } from './client.ts';

describe('The strategy', () => {
  const client = useClient({ withMedia: true });

  /** Joins with a strategy that writes down what it is asked. */
  const joinAsked = () =>
    client.page.evaluate(async (token) => {
      const [audio] = await t.capture();
      class Mine {
        calls: string[] = [];
        #sawItself = true;
        wish: string = t.SubscribeType.AUDIO_VIDEO;
        ask(name: string, id = ''): void {
          this.calls.push(id ? `${name} ${id}` : name);
        }
        shouldPublishParticipant({ id }: { id: string }): boolean {
          this.ask('publish?', id);
          return this.#sawItself;
        }
        stageStreamsToPublish() {
          this.ask('streams?');
          return [audio];
        }
        shouldSubscribeToParticipant({ id }: { id: string }) {
          this.ask('subscribe?', id);
          return this.wish as 'audio_video';
        }
        subscribeConfiguration({ id }: { id: string }) {
          this.ask('configuration?', id);
          return undefined;
        }
        preferredLayerForStream({ id }: { id: string }, { streamType }: { streamType: string }) {
          this.ask(`layer of ${streamType}?`, id);
          return undefined;
        }
      }
      const strategy = new Mine();
      Object.assign(globalThis, { mine: strategy });
      globalThis.stage = t.createStage(token);
      stage.replaceStrategy(strategy);
      await stage.join();
    }, client.server.token('ann'));
  const calls = () => client.page.evaluate<string[]>('mine.calls.splice(0)');

  it('is asked when somebody joins or publishes and on refresh, and of the wish for nothing no more', async () => {
    client.server.setMember('bob');
    await joinAsked();
    await client.until('joined bob');
    assert.deepEqual(await calls(), ['publish? ann', 'streams?', 'subscribe? bob', 'configuration? bob']);
    await client.media.publishPicture('bob');
    await client.until('subscribe bob subscribed');
    assert.deepEqual(await calls(), ['subscribe? bob', 'configuration? bob']);
    const { publishId } = client.server.members.get('bob') ?? {};
    const layers = ['low', 'hi'].map((label, place) => ({
      label,
      width: 320 * (place + 1),
      height: 180 * (place + 1),
    }));
    client.server.send('ann', 'LAYERS', { participantId: 'bob', publishId, layers, isAdapting: true });
    await client.until('layers bob low:320 hi:640');
    assert.deepEqual(await calls(), ['layer of video? bob']);
    await client.page.evaluate(() => stage.refreshStrategy());
    const again = ['publish? ann', 'streams?', 'subscribe? bob', 'configuration? bob', 'layer of video? bob'];
    assert.deepEqual(await calls(), again);
    await client.page.evaluate('mine.wish = "none"; stage.refreshStrategy()');
    await client.page.evaluate(() => stage.refreshStrategy());
    assert.deepEqual((await calls()).slice(-3), ['publish? ann', 'streams?', 'subscribe? bob']);
    await client.page.evaluate(() => stage.leave());
    await client.page.evaluate(() => stage.refreshStrategy());
    assert.deepEqual(await calls(), []);
  });

  it('may not refresh from within: that is cancelled, and the answer counts', async () => {
    await client.createStage();
    await client.page.evaluate(async () => {
      t.wishes.publish = true;
      t.wishes.streams = await t.capture();
      const asked: typeof t.strategy = {
        ...t.strategy,
        shouldPublishParticipant() {
          stage.refreshStrategy();
          stage.replaceStrategy(t.strategy);
          return true;
        },
      };
      stage.replaceStrategy(asked);
      await stage.join();
    });
    await client.until('publish ann published');
    const errors = (await client.lines()).filter((line) => line.startsWith('error '));
    assert.deepEqual(errors, ['error JOIN_ERROR 5', 'error JOIN_ERROR 5']);
  });

  it('may leave from within: nothing is published any more', async () => {
    await client.createStage();
    await client.page.evaluate(async () => {
      t.wishes.streams = await t.capture();
      stage.replaceStrategy({
        ...t.strategy,
        shouldPublishParticipant() {
          stage.leave();
          return true;
        },
      });
      await stage.join();
    });
    await client.until('left stage user-initiated');
    assert.ok(!(await client.lines()).some((line) => line.startsWith('publish')));
    assert.deepEqual(await client.media.postedResources(), []);
  });

  it('may be replaced by a listener while it is applied', async () => {
    await client.media.publishPicture('bob');
    await client.createStage();
    await client.page.evaluate(async () => {
      const { SubscribeType, StageEvents } = t;
      stage.on(StageEvents.STAGE_PARTICIPANT_STREAMS_ADDED, () => {
        stage.replaceStrategy({ ...t.strategy, shouldSubscribeToParticipant: () => SubscribeType.AUDIO_ONLY });
      });
      await stage.join();
    });
    await client.until('removed bob video');
    await client.until('subscribe bob subscribed');
    const told = (await client.lines()).filter((line) => /^(added|removed) bob/.test(line));
    // The line of the first listener is written before the second one is heard.
    assert.deepEqual(told, ['added bob audio video', 'removed bob video']);
  });

  it('is told of as an error of the page when it answers nonsense, and nothing else breaks', async () => {
    await client.media.publishPicture('bob');
    await client.createStage();
    await client.page.evaluate(async () => {
      stage.replaceStrategy({
        ...t.strategy,
        shouldPublishParticipant: () => true,
        stageStreamsToPublish: () => 'camera' as never,
      });
      await stage.join();
    });
    await client.until('subscribe bob subscribed');
    const uncaught = await client.page.evaluate(() => t.uncaught.splice(0));
    assert.equal(uncaught.length, 1);
    assert.match(uncaught[0] ?? '', /stageStreamsToPublish\(\) of the strategy has to give an array, and gave camera/);
  });

  it('may give its streams later, one after the other', async () => {
    await client.createStage();
    await client.page.evaluate(async () => {
      const slots: (typeof t.wishes.streams)[number][] = [undefined, undefined];
      stage.replaceStrategy({
        ...t.strategy,
        shouldPublishParticipant: () => true,
        stageStreamsToPublish: () => slots,
      });
      await stage.join();
      const [audio, video] = await t.capture();
      window.addEventListener('devicechange', stage.refreshStrategy);
      slots[1] = video;
      window.dispatchEvent(new Event('devicechange'));
      await t.until('publish ann published');
      slots[0] = audio;
      window.dispatchEvent(new Event('devicechange'));
    });
    assert.deepEqual((await client.lines()).slice(2), [
      'publish ann attempting_publish',
      'added ann video',
      'publish ann published',
      'added ann audio',
    ]);
  });

  it('can be used by methods that were taken off the stage', async () => {
    const left = await client.page.evaluate(async (token) => {
      const { join, leave, replaceStrategy, refreshStrategy } = t.createStage(token);
      await join();
      refreshStrategy();
      replaceStrategy(t.strategy);
      leave();
      return t.lines.at(-1);
    }, client.server.token('ann'));
    assert.equal(left, 'left stage user-initiated');
  });
});
