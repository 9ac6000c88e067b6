import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type InBandMessage, MESSAGE_UUID } from './in-band-message.ts';
import { PendingMessages } from './pending-messages.ts';

const [LOW, HI] = [1, 2];

function message(text: string): InBandMessage {
  return { uuid: MESSAGE_UUID, payload: new TextEncoder().encode(text) };
}

function read(messages: readonly InBandMessage[]): string {
  return messages.map(({ payload }) => new TextDecoder().decode(payload)).join(' ');
}

describe('messages that wait for pictures', () => {
  it('go with the next picture of every layer, once', () => {
    const pending = new PendingMessages();
    assert.equal(read(pending.take(LOW, 0)), '');
    pending.add(message('one'), 1, 0);
    pending.add(message('two'), 1, 0);
    assert.equal(read(pending.take(LOW, 10)), 'one two');
    assert.equal(read(pending.take(HI, 10)), 'one two');
    assert.equal(read(pending.take(LOW, 20)), '');
    assert.equal(read(pending.take(HI, 20)), '');
  });

  it('go with as many pictures as they are to be repeated, counted for each layer', () => {
    const pending = new PendingMessages();
    pending.add(message('again'), 3, 0);
    const carried = [LOW, LOW, HI, LOW, LOW, HI, HI, HI].map((layer) => read(pending.take(layer, 10)));
    assert.deepEqual(carried, ['again', 'again', 'again', 'again', '', 'again', 'again', '']);
  });

  it('lapse a second after the fastest layer has carried them', () => {
    const pending = new PendingMessages();
    pending.add(message('late'), 2, 0);
    pending.take(LOW, 100);
    pending.take(LOW, 200);
    assert.equal(read(pending.take(HI, 1_199)), 'late');
    assert.equal(read(pending.take(HI, 1_200)), '');
  });

  it('wait for as many pictures as a video of one picture a second has', () => {
    const pending = new PendingMessages();
    pending.add(message('slow'), 3, 0);
    assert.deepEqual(
      [1_000, 2_000, 3_000, 4_000].map((nowMs) => read(pending.take(LOW, nowMs))),
      ['slow', 'slow', 'slow', ''],
    );
    pending.add(message('nothing is sent'), 1, 10_000);
    assert.equal(read(pending.take(LOW, 12_000)), '');
  });

  it('are spread over pictures when they are too many for one, and the oldest are lost in the end', () => {
    const pending = new PendingMessages();
    for (let number = 0; number < 1_010; number += 1) pending.add(message(String(number)), 1, 0);
    const [first, second] = [pending.take(LOW, 0), pending.take(LOW, 0)];
    assert.deepEqual([first.length, second.length], [64, 64]);
    assert.match(read(first), /^10 11 /);
    assert.match(read(second), /^74 /);
  });
});
