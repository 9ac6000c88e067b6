import fc from 'fast-check';
import { writeChunks } from '../../../packages/media/src/rtmp/chunk-writer.ts';
import { HELLO } from '../../../packages/media/src/rtmp/handshake.ts';
import { MESSAGE_TYPE } from '../../../packages/media/src/rtmp/message.ts';
import type { Sent } from './sessions.ts';

/** A change of what one side says. Places count round: a change fits any session. */
type Edit =
  | { readonly what: 'remove' | 'repeat'; readonly place: number }
  | { readonly what: 'move'; readonly place: number; readonly to: number }
  | { readonly what: 'field'; readonly place: number; readonly fields: Partial<Sent> }
  | {
      readonly what: 'body';
      readonly place: number;
      readonly at: number;
      readonly value: number;
      readonly cut: boolean;
    }
  | { readonly what: 'header' | 'bytes'; readonly place: number; readonly at: number; readonly value: number }
  | { readonly what: 'insert'; readonly place: number; readonly message: Sent }
  | { readonly what: 'noise'; readonly place: number; readonly bytes: Uint8Array }
  | { readonly what: 'hello'; readonly at: number; readonly value: number }
  | { readonly what: 'end'; readonly at: number };

const place = fc.nat(40);
const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
const uint32 = fc.oneof(
  fc.constantFrom(0, 1, 127, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.nat(70_000),
);
const type = fc.oneof(fc.constantFrom(...Object.values(MESSAGE_TYPE)), fc.nat(255));
const chunkStreamId = fc.integer({ min: 2, max: 63 });

const inserted: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({
    chunkStreamId,
    type,
    timestamp: uint32,
    streamId: uint32,
    data: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  }),
  // Sizes, windows, aborts, pings.
  fc.record({
    chunkStreamId,
    type: fc.integer({ min: 1, max: 6 }),
    timestamp: fc.constant(0),
    streamId: fc.constant(0),
    data: fc.tuple(uint32, uint32).map(([first, second]) => words(first, second)),
  }),
);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ what: fc.constantFrom('remove' as const, 'repeat' as const), place }),
  fc.record({ what: fc.constant('move' as const), place, to: place }),
  fc.record({
    what: fc.constant('field' as const),
    place,
    fields: fc.record({ chunkStreamId, type, timestamp: uint32, streamId: uint32 }, { requiredKeys: [] }),
  }),
  fc.record({ what: fc.constant('body' as const), place, at: fc.nat(400), value, cut: fc.boolean() }),
  fc.record({ what: fc.constantFrom('header' as const, 'bytes' as const), place, at: fc.nat(700), value }),
  fc.record({ what: fc.constant('insert' as const), place, message: inserted }),
  fc.record({ what: fc.constant('noise' as const), place, bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  { weight: 1, arbitrary: fc.record({ what: fc.constant('hello' as const), at: fc.nat(2 * HELLO.length), value }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('end' as const), at: fc.nat(8_000) }) },
);

/** What one side says, and how it comes: in pieces of these lengths, by turns. */
export interface Speech {
  readonly pieces: readonly Buffer[];
  /** Nothing was changed. */
  readonly whole: boolean;
}

/** All that one side says, from its handshake on, with a few changes or none. */
export function speeches(sessions: readonly (readonly Sent[])[]): fc.Arbitrary<Speech> {
  const lengths = fc.oneof(
    { weight: 6, arbitrary: fc.constant([65_536]) },
    { weight: 3, arbitrary: fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant([61]) },
  );
  return fc
    .record({
      session: fc.constantFrom(...sessions),
      edits: fc.array(edit, { maxLength: 4 }),
      lengths,
    })
    .map((chosen) => {
      const stream = write(chosen.session, chosen.edits);
      return { pieces: cutUp(stream, chosen.lengths), whole: chosen.edits.length === 0 };
    });
}

/** Chunks are of the size that the session told before. */
function write(session: readonly Sent[], edits: readonly Edit[]): Buffer {
  const messages = [...session];
  for (const each of edits) editMessages(messages, each);
  const parts: Buffer[] = [Buffer.concat([HELLO, HELLO.subarray(1)])];
  let chunkBytes = 128;
  for (const { chunkStreamId: id, ...message } of messages) {
    parts.push(writeChunks(id, message, chunkBytes));
    const told =
      message.type === MESSAGE_TYPE.setChunkSize && message.data.length >= 4 ? message.data.readUInt32BE() : 0;
    if (told > 0) chunkBytes = told;
  }
  for (const each of edits) editParts(parts, each);
  const stream = Buffer.concat(parts);
  const end = edits.find(({ what }) => what === 'end') as { at: number } | undefined;
  return end ? stream.subarray(0, end.at) : stream;
}

function editMessages(messages: Sent[], one: Edit): void {
  if (!('place' in one)) return;
  const index = one.place % Math.max(1, messages.length);
  const message = messages[index];
  if (!message) return;
  if (one.what === 'remove') messages.splice(index, 1);
  else if (one.what === 'repeat') messages.splice(index, 0, message);
  else if (one.what === 'move') messages.splice(one.to, 0, ...messages.splice(index, 1));
  else if (one.what === 'field') messages[index] = { ...message, ...one.fields };
  else if (one.what === 'insert') messages.splice(index, 0, one.message);
  else if (one.what === 'body') {
    const at = one.at % (message.data.length + 1);
    const data = one.cut ? message.data.subarray(0, at) : changed(message.data, at, one.value);
    messages[index] = { ...message, data };
  }
}

function editParts(parts: Buffer[], one: Edit): void {
  if (one.what === 'hello') parts[0] = changed(parts[0] as Buffer, one.at, one.value);
  if (one.what !== 'header' && one.what !== 'bytes' && one.what !== 'noise') return;
  const index = 1 + (one.place % Math.max(1, parts.length - 1));
  const part = parts[index];
  if (!part) return;
  if (one.what === 'noise') parts.splice(index, 0, Buffer.from(one.bytes));
  else parts[index] = changed(part, one.at % (one.what === 'header' ? 12 : part.length), one.value);
}

function changed(data: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(data);
  if (at < copy.length) copy[at] = byte;
  return copy;
}

function words(...numbers: number[]): Buffer {
  const data = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) data.writeUInt32BE(number, 4 * index);
  return data;
}

function cutUp(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let offset = 0;
  while (offset < stream.length) {
    const length = lengths[pieces.length % lengths.length] ?? stream.length;
    pieces.push(stream.subarray(offset, offset + length));
    offset += length;
  }
  return pieces;
}
