import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Stage } from './stage.ts';
import { StageErrorCategory, StageErrorCode } from './stage-error.ts';
import { type StageStrategy, SubscribeType } from './stage-strategy.ts';

const strategy: StageStrategy = {
  shouldPublishParticipant: () => true,
  stageStreamsToPublish: () => [],
  shouldSubscribeToParticipant: () => SubscribeType.AUDIO_VIDEO,
};

function token(): string {
  const claims = {
    exp: Math.floor(Date.now() / 1000) + 3600,
    jti: 'ann',
    topic: 'stage',
    events_url: 'ws://127.0.0.1:9/events',
    whip_url: 'http://127.0.0.1:9/whip',
    capabilities: { allow_publish: true },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES384' })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe('Stage where there is no browser', () => {
  it('can be made, listened to, asked for its participant and told to leave', () => {
    const stage = new Stage(token(), strategy);
    stage.on('error', () => assert.fail('an error'));
    stage.refreshStrategy();
    stage.replaceStrategy(strategy);
    stage.leave();
    assert.equal(stage.localParticipant.id, 'ann');
    assert.deepEqual([...stage.localParticipant.capabilities], ['publish']);
    assert.equal(stage.hasListenersFor('error'), true);
  });

  it('says that it cannot be joined without WebRTC', async () => {
    const stage = new Stage(token(), strategy);
    const told: unknown[] = [];
    stage.on('error', (error) => told.push(error));
    const { code, category, message } = await stage.join().then(
      () => assert.fail('joined'),
      (error) => error,
    );
    assert.deepEqual({ code, category }, { code: StageErrorCode.FAILED, category: StageErrorCategory.JOIN_ERROR });
    assert.match(message, /no WebRTC/);
    assert.equal(told.length, 1);
  });

  it('wants a strategy', () => {
    assert.throws(() => new Stage(token(), undefined as never), TypeError);
  });
});
