import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { createLogger } from '../logging.ts';
import { LocalStageStream } from '../streams/local-stage-stream.ts';
import type { RemoteStageStream } from '../streams/remote-stage-stream.ts';
import { AskedStrategy } from './asked-strategy.ts';
import { StageParticipant } from './stage-participant.ts';
import { InitialLayerPreference, type StageStrategy, SubscribeType } from './stage-strategy.ts';

const local = new StageParticipant('ann');
const remote = new StageParticipant('bob');
const track = (kind: string) => Object.assign(new EventTarget(), { kind, id: kind, getSettings: () => ({}) });
const stream = (kind: string) => new LocalStageStream(track(kind) as unknown as MediaStreamTrack);

/** A strategy that answers as the types do not allow it. */
function asked(answers: { [Name in keyof StageStrategy]?: unknown } = {}): AskedStrategy {
  const answer = (name: keyof StageStrategy) => (name in answers ? { [name]: () => answers[name] } : {});
  const strategy = {
    shouldPublishParticipant: () => true,
    stageStreamsToPublish: () => [],
    shouldSubscribeToParticipant: () => SubscribeType.NONE,
    ...answer('shouldPublishParticipant'),
    ...answer('stageStreamsToPublish'),
    ...answer('shouldSubscribeToParticipant'),
    ...answer('subscribeConfiguration'),
    ...answer('preferredLayerForStream'),
  } as StageStrategy;
  return new AskedStrategy(strategy, createLogger('silent', console));
}

/** The error that is reported while this runs. */
async function reported(work: () => void): Promise<string> {
  // The test runner has its own listeners, which would take the error for a failure of the test.
  const runners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  try {
    const uncaught = once(process, 'uncaughtException');
    work();
    const [error] = await uncaught;
    return error.message;
  } finally {
    for (const runner of runners) process.on('uncaughtException', runner);
  }
}

const defaults = { startsHigh: false, minimumDelayMs: undefined, readsMessages: false };

describe('AskedStrategy', () => {
  it('takes one stream of each kind and passes over what is not there yet', () => {
    const [audio, video] = [stream('audio'), stream('video')];
    const strategy = asked({ stageStreamsToPublish: [undefined, video, null, audio] });
    assert.deepEqual(strategy.streamsToPublish(local), { audio, video });
  });

  it('takes the first of two cameras', () => {
    const [first, second] = [stream('video'), stream('video')];
    assert.equal(asked({ stageStreamsToPublish: [first, second] }).streamsToPublish(local)?.video, first);
  });

  it('wishes nothing while there is no stream', () => {
    assert.equal(asked({ stageStreamsToPublish: [undefined] }).streamsToPublish(local), undefined);
  });

  it('does not ask for streams when it should not publish', () => {
    const strategy = {
      shouldPublishParticipant: () => false,
      stageStreamsToPublish: () => assert.fail('asked'),
      shouldSubscribeToParticipant: () => SubscribeType.NONE,
    };
    assert.equal(new AskedStrategy(strategy, createLogger('silent', console)).streamsToPublish(local), undefined);
  });

  it('calls the functions as methods of the strategy', () => {
    class Mine implements StageStrategy {
      publishing = true;
      streams = [stream('audio')];
      type = SubscribeType.AUDIO_ONLY;
      layer = 'low';
      initial = InitialLayerPreference.HIGHEST_QUALITY;
      shouldPublishParticipant(): boolean {
        return this.publishing;
      }
      stageStreamsToPublish(): LocalStageStream[] {
        return this.streams;
      }
      shouldSubscribeToParticipant(): SubscribeType {
        return this.type;
      }
      subscribeConfiguration() {
        const simulcast = { initialLayerPreference: this.initial };
        return { simulcast, jitterBuffer: { minDelay: 150 }, inBandMessaging: { enabled: true } };
      }
      preferredLayerForStream(): string {
        return this.layer;
      }
    }
    const mine = new Mine();
    const strategy = new AskedStrategy(mine, createLogger('silent', console));
    assert.equal(strategy.streamsToPublish(local)?.audio, mine.streams[0]);
    assert.equal(strategy.subscribeType(remote), 'audio_only');
    const chosen = { startsHigh: true, minimumDelayMs: 150, readsMessages: true };
    assert.deepEqual(strategy.subscribeChoices(remote), chosen);
    assert.equal(strategy.preferredLayer(remote, {} as RemoteStageStream), 'low');
  });

  it('takes nothing for an answer where that is what the application says', () => {
    const strategy = asked({ shouldSubscribeToParticipant: undefined, preferredLayerForStream: null });
    assert.equal(strategy.subscribeType(remote), SubscribeType.NONE);
    assert.deepEqual(strategy.subscribeChoices(remote), defaults);
    assert.equal(strategy.preferredLayer(remote, {} as RemoteStageStream), undefined);
  });

  const video = {} as RemoteStageStream;
  const nothing = {
    streamsToPublish: undefined,
    subscribeType: SubscribeType.NONE,
    subscribeChoices: defaults,
    preferredLayer: undefined,
  };
  for (const [given, answers, question, expected] of [
    [
      'no array',
      { stageStreamsToPublish: undefined },
      'streamsToPublish',
      /^stageStreamsToPublish.* an array, and gave undefined/,
    ],
    ['a track', { stageStreamsToPublish: [track('audio')] }, 'streamsToPublish', /an array of LocalStageStream/],
    [
      'a promise',
      { shouldPublishParticipant: Promise.resolve(false) },
      'streamsToPublish',
      /^shouldPublish.* at once, and gave a promise/,
    ],
    [
      'a promise',
      { shouldSubscribeToParticipant: Promise.resolve('none') },
      'subscribeType',
      /a SubscribeType, and gave a promise/,
    ],
    ['true', { shouldSubscribeToParticipant: true }, 'subscribeType', /a SubscribeType, and gave true/],
    ['a promise', { subscribeConfiguration: Promise.resolve({}) }, 'subscribeChoices', /at once/],
    ['a word', { subscribeConfiguration: { jitterBuffer: { minDelay: 'long' } } }, 'subscribeChoices', /not long/],
    ['a number', { preferredLayerForStream: 2 }, 'preferredLayer', /a layer, and gave 2/],
  ] as const) {
    const [name] = Object.keys(answers);
    it(`reports that ${name} gave ${given}, and does nothing`, async () => {
      const strategy = asked(answers);
      const message = await reported(() => {
        assert.deepEqual(strategy[question](remote, video), nothing[question]);
      });
      assert.match(message, expected);
    });
  }

  it('tells that it is being asked, whatever becomes of it', async () => {
    const seen: boolean[] = [];
    const strategy: AskedStrategy = new AskedStrategy(
      {
        shouldPublishParticipant() {
          seen.push(strategy.asking);
          throw new Error('of the application');
        },
        stageStreamsToPublish: () => [],
        shouldSubscribeToParticipant: () => SubscribeType.NONE,
      },
      createLogger('silent', console),
    );
    assert.equal(await reported(() => strategy.streamsToPublish(local)), 'of the application');
    assert.deepEqual([...seen, strategy.asking], [true, false]);
  });

  it('is an object', () => {
    for (const other of [undefined, null, 'strategy']) {
      assert.throws(() => new AskedStrategy(other as never, createLogger('silent', console)), TypeError);
      assert.throws(() => asked().replace(other as never), TypeError);
    }
  });
});
