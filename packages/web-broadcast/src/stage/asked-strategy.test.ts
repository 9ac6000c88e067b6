import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LocalStageStream } from '../streams/local-stage-stream.ts';
import { StageParticipant } from './stage-participant.ts';
import { type StageStrategy, SubscribeType, streamsToPublish } from './stage-strategy.ts';

const local = new StageParticipant('ann');
const track = (kind: string) => Object.assign(new EventTarget(), { kind, id: kind, getSettings: () => ({}) });
const stream = (kind: string) => new LocalStageStream(track(kind) as unknown as MediaStreamTrack);

function strategy(publish: boolean, streams: (LocalStageStream | undefined | null)[]): StageStrategy {
  return {
    shouldPublishParticipant: () => publish,
    stageStreamsToPublish: () => streams,
    shouldSubscribeToParticipant: () => SubscribeType.NONE,
  };
}

describe('streamsToPublish', () => {
  it('takes one stream of each kind and passes over what is not there yet', () => {
    const [audio, video] = [stream('audio'), stream('video')];
    assert.deepEqual(streamsToPublish(strategy(true, [undefined, video, null, audio]), local), { audio, video });
  });

  it('takes the first of two cameras', () => {
    const [first, second] = [stream('video'), stream('video')];
    assert.equal(streamsToPublish(strategy(true, [first, second]), local)?.video, first);
  });

  it('wishes nothing while there is no stream', () => {
    assert.equal(streamsToPublish(strategy(true, [undefined]), local), undefined);
  });

  it('does not ask for streams when it should not publish', () => {
    const silent = strategy(false, []);
    silent.stageStreamsToPublish = () => assert.fail('asked');
    assert.equal(streamsToPublish(silent, local), undefined);
  });

  it('calls the functions as methods of the strategy', () => {
    class Mine implements StageStrategy {
      publishing = true;
      streams = [stream('audio')];
      shouldPublishParticipant(): boolean {
        return this.publishing;
      }
      stageStreamsToPublish(): LocalStageStream[] {
        return this.streams;
      }
      shouldSubscribeToParticipant(): SubscribeType {
        return SubscribeType.NONE;
      }
    }
    const mine = new Mine();
    assert.equal(streamsToPublish(mine, local)?.audio, mine.streams[0]);
  });
});
