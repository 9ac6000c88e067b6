import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readServerMessage } from './messages.ts';

describe('readServerMessage', () => {
  it('reads a state that tells no more than public clients know', () => {
    const payload = {
      stageId: 's',
      participants: [{ id: 'bob', userId: 'Bob', attributes: { a: 'b' }, isPublishing: true }],
    };
    assert.deepEqual(readServerMessage(JSON.stringify({ type: 'STAGE_STATE', payload })), {
      type: 'STAGE_STATE',
      participants: [
        {
          id: 'bob',
          userId: 'Bob',
          attributes: { a: 'b' },
          capabilities: undefined,
          isPublishing: true,
          publishId: undefined,
          audioMuted: false,
          videoStopped: false,
          tracks: undefined,
        },
      ],
    });
  });

  it('leaves out participants and tracks that make no sense', () => {
    const state = readServerMessage('{"type":"STAGE_STATE","payload":{"participants":[null,{"id":7},{"id":"ok"}]}}');
    assert.ok(state?.type === 'STAGE_STATE');
    assert.deepEqual(
      state.participants.map(({ id }) => id),
      ['ok'],
    );
    const tracks = [
      { mid: '0', participantId: 'bob', kind: 'smell' },
      3,
      { mid: '1', participantId: 'bob', kind: 'audio' },
    ];
    const payload = { transportId: 't', offerId: 1, sdp: 'v=0', tracks };
    const offer = readServerMessage(JSON.stringify({ type: 'SUBSCRIBER_OFFER', payload }));
    assert.ok(offer?.type === 'SUBSCRIBER_OFFER');
    assert.deepEqual(offer.tracks, [{ mid: '1', participantId: 'bob', kind: 'audio' }]);
  });

  it('reads layers, and leaves out those that make no sense', () => {
    const layer = { label: 'hi', width: 1280, height: 720, framesPerSecond: 30, bitrateBps: 1_700_000 };
    const payload = { participantId: 'bob', publishId: 'p', layers: [layer, null, { label: 'low' }], isAdapting: true };
    assert.deepEqual(readServerMessage(JSON.stringify({ type: 'LAYERS', payload })), {
      type: 'LAYERS',
      ...payload,
      layers: [layer],
      selected: undefined,
      reason: undefined,
    });
    const layers = [{ rid: 'low', active: true }, { rid: 'hi', active: false }, { rid: 7 }];
    const text = JSON.stringify({ type: 'PUBLISH_LAYERS', payload: { publishId: 'p', layers } });
    const read = { type: 'PUBLISH_LAYERS', publishId: 'p', layers: layers.slice(0, 2) };
    assert.deepEqual(readServerMessage(text), read);
  });

  it('reads relays, without those that it cannot use', () => {
    const relay = { urls: ['turn:192.0.2.1'], username: '1:bob', credential: 'c' };
    const payload = { iceServers: [relay, { urls: 'turn:192.0.2.2' }, null], expiresAt: '2026-11-21T12:00:00.000Z' };
    assert.deepEqual(readServerMessage(JSON.stringify({ type: 'ICE_SERVERS', payload })), {
      type: 'ICE_SERVERS',
      iceServers: [relay],
    });
  });

  it('reads why a publish was cut', () => {
    const message = { type: 'PUBLISH_ERROR', payload: { errorCode: 'B_FRAME_PRESENT' } };
    assert.deepEqual(readServerMessage(JSON.stringify(message)), {
      type: 'PUBLISH_ERROR',
      errorCode: 'B_FRAME_PRESENT',
    });
  });

  it('passes over what it does not understand', () => {
    for (const text of ['', 'x', 'null', '[]', '{}', '{"type":"NEWS"}', '{"type":"STAGE_STATE"}', new ArrayBuffer(4)]) {
      assert.equal(readServerMessage(text), undefined);
    }
  });
});
