import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StageError, StageErrorCategory, StageErrorCode } from '../stage/stage-error.ts';
import { CurrentToken } from './current-token.ts';
import type { ParticipantToken } from './participant-token.ts';

const error = new StageError(StageErrorCode.CANCELED, StageErrorCategory.JOIN_ERROR);

function token(text: string): ParticipantToken {
  return {
    text,
    participantId: 'ann',
    stageId: 'Fr1dayShow01',
    eventsUrl: 'wss://stage.example/events',
    whipUrl: 'https://stage.example/whip',
    expiresAtMs: 0,
    userId: '',
    attributes: {},
    capabilities: new Set(),
    selfSigned: true,
    fixedClaims: { jti: 'ann', resource: '', topic: '', events_url: '', whip_url: '' },
  };
}

describe('CurrentToken', () => {
  it('is the new token at once, and knows which one the server has taken', async () => {
    const current = new CurrentToken(token('a'));
    const done = current.replace(token('b'));
    assert.deepEqual([current.present.text, current.confirmed.text], ['b', 'a']);
    assert.deepEqual([current.exchange?.exchangeId, current.exchange?.token.text], [1, 'b']);
    current.confirm(1);
    await done;
    assert.equal(current.confirmed.text, 'b');
    assert.equal(current.exchange, undefined);
  });

  it('is settled when nothing is left to be confirmed', async () => {
    const current = new CurrentToken(token('a'));
    assert.equal((await current.settled()).text, 'a');
    void current.replace(token('b'));
    const settled = current.settled();
    void current.replace(token('c'));
    current.confirm(1);
    const early = await Promise.race([settled, new Promise((resolve) => setImmediate(() => resolve('open')))]);
    assert.equal(early, 'open');
    current.confirm(2);
    assert.equal((await settled).text, 'c');
  });

  it('takes a confirmation for those before it as well', async () => {
    const current = new CurrentToken(token('a'));
    const both = Promise.all([current.replace(token('b')), current.replace(token('c'))]);
    current.confirm(2);
    await both;
    assert.equal(current.confirmed.text, 'c');
    current.confirm(1); // late
    assert.equal(current.confirmed.text, 'c');
  });

  it('goes back to what was confirmed last when the server refuses', async () => {
    const current = new CurrentToken(token('a'));
    const first = current.replace(token('b'));
    const second = current.replace(token('c'));
    const settled = current.settled();
    current.confirm(1);
    current.refuse(error);
    await first;
    await assert.rejects(second, error);
    await assert.rejects(settled, error);
    assert.deepEqual([current.present.text, current.confirmed.text, current.exchange], ['b', 'b', undefined]);
  });

  it('stays the new one when nobody is there to confirm it', async () => {
    const current = new CurrentToken(token('a'));
    const done = current.replace(token('b'));
    current.keep(error);
    await assert.rejects(done, error);
    assert.deepEqual([current.present.text, current.confirmed.text], ['b', 'b']);
    current.renew(token('c'));
    assert.deepEqual([current.present.text, current.confirmed.text], ['c', 'c']);
  });
});
