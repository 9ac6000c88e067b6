import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createParticipantId, createResourceId, createSessionId, createStreamKeySecret } from './ids.ts';

const kinds = [
  { create: createResourceId, form: /^[a-zA-Z0-9]{12}$/ },
  { create: createParticipantId, form: /^[a-zA-Z0-9]{12}$/ },
  { create: createSessionId, form: /^st-[a-z0-9]{13}$/ },
  { create: createStreamKeySecret, form: /^[a-zA-Z0-9]{32}$/ },
];

test('ids have their form, whatever the random bytes', () => {
  for (const { create, form } of kinds) {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(255)), (bytes) => {
        assert.match(
          create((size) => Uint8Array.from(bytes.take(size))),
          form,
        );
      }),
    );
  }
});

test('ids are random by default', () => {
  for (const { create } of kinds) {
    assert.equal(new Set(Array.from({ length: 1000 }, () => create())).size, 1000);
  }
});

test('every byte value that is used stands for each letter equally often', () => {
  // One id for each byte value: the byte fills the whole id, unless it is drawn again, then zeros do.
  for (const { create } of kinds) {
    const drawnAgain = new Set<number>();
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      let draws = 0;
      const id = create((size) => {
        draws += 1;
        return new Uint8Array(size).fill(draws === 1 ? byte : 0);
      });
      const letter = id.at(-1) ?? '';
      if (draws > 1) drawnAgain.add(byte);
      else counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    assert.equal(new Set(counts.values()).size, 1, 'one letter is likelier than another');
    assert.ok(drawnAgain.size < counts.size, 'more bytes than necessary are drawn again');
  }
});
