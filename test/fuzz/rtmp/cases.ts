import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { readAmf0 } from '../../../packages/media/src/rtmp/amf0.ts';
import { ChunkReader } from '../../../packages/media/src/rtmp/chunk-reader.ts';
import { Handshake } from '../../../packages/media/src/rtmp/handshake.ts';
import { PublishFailure, RtmpPublisher, RtmpServerSession } from '../../../packages/media/src/rtmp/index.ts';
import { LIMITS } from '../../../packages/media/src/rtmp/limits.ts';
import { MESSAGE_TYPE } from '../../../packages/media/src/rtmp/message.ts';
import { type Speech, speeches } from './edits.ts';
import { encoders, hospitable, hostile, PICTURES, STREAM_KEY } from './sessions.ts';

/** Two ends of a connection, ours and that of the one who says anything. */
export type Connect = () => Promise<{ ours: Duplex; theirs: Duplex }>;

export interface RtmpCase {
  /** @returns what came of it; @throws when it did what it must not */
  run(connect: Connect): Promise<string>;
}

/** Failure guard: longer than each time limit of a session. */
const GUARD_MS = 60_000;
/** An answer is of no more bytes than this many for each byte that is asked, but for the greeting. */
const ANSWERED_BYTES_PER_BYTE = 4;
const GREETING_BYTES = 8_192;

/** An encoder that says anything to a session of ours, and then goes. */
export const publishing: fc.Arbitrary<RtmpCase> = rtmpCase(
  fc.record({
    speech: speeches(encoders),
    answer: fc.constantFrom(
      'accept' as const,
      'accept' as const,
      'accept' as const,
      'refuse' as const,
      'close' as const,
    ),
    late: fc.boolean(),
  }),
  async (connect, { speech, answer, late }) => {
    const { ours, theirs } = await connect();
    const said = hear(theirs);
    const session = new RtmpServerSession(ours, { closeTimeoutMs: 1_000 });
    let [pictures, events, ends] = [0, 0, 0];
    session.on('publish', () => {
      const give = () => (answer === 'refuse' ? session.refuse('NetStream.Publish.Denied', 'No') : session[answer]());
      if (late) setImmediate(give);
      else give();
    });
    session.on('video', (tag) => {
      events += 1;
      if (tag.kind === 'picture') pictures += 1;
      if (tag.kind === 'picture') assert.ok(tag.nalUnits.length > 0 && tag.nalUnits.every(({ length }) => length > 0));
    });
    for (const event of ['audio', 'metadata'] as const) session.on(event, () => (events += 1));
    session.on('ended', () => (ends += 1));
    const ended = new Promise<string>((resolve) =>
      session.on('ended', ({ reason, description }) => {
        assert.ok(!description.includes(STREAM_KEY));
        resolve(reason);
      }),
    );
    const closed = close(ours);

    await speak(theirs, speech, closed);
    const reason = await ended;
    const eventsAtEnd = events;
    await closed;
    theirs.destroy();
    assert.deepEqual([ends, events], [1, eventsAtEnd], 'nothing comes after the end');
    assert.ok(Number.isSafeInteger(session.unreadableMessages));
    const bytes = speech.pieces.reduce((sum, { length }) => sum + length, 0);
    assert.ok(said.bytes <= GREETING_BYTES + ANSWERED_BYTES_PER_BYTE * bytes, `${said.bytes} bytes for ${bytes}`);
    said.check();
    if (speech.whole && answer === 'accept') assert.deepEqual([reason, pictures], ['unpublished', PICTURES]);
    return `session ${reason}`;
  },
);

/** A server that says anything to a publisher of ours, and then goes. */
export const serving: fc.Arbitrary<RtmpCase> = rtmpCase(speeches([hospitable, hostile]), async (connect, speech) => {
  const { ours, theirs } = await connect();
  const said = hear(theirs);
  const destination = { app: 'app', streamKey: STREAM_KEY, tcUrl: 'rtmp://127.0.0.1/app' };
  const publishing = RtmpPublisher.publish(ours, destination, { closeTimeoutMs: 1_000 });
  const closed = close(ours);
  const outcome = publishing.then(
    (publisher) => {
      publisher.close();
      return 'published';
    },
    (error) => {
      assert.ok(error instanceof PublishFailure, String(error));
      assert.ok(!`${error.message} ${error.code}`.includes(STREAM_KEY));
      return error.end.reason;
    },
  );
  await speak(theirs, speech, closed);
  const reason = await outcome;
  await closed;
  theirs.destroy();
  said.check();
  if (speech.whole) assert.ok(reason === 'published' || reason === 'refused', reason);
  return `publisher ${reason}`;
});

function rtmpCase<Chosen>(
  chosen: fc.Arbitrary<Chosen>,
  run: (connect: Connect, chosen: Chosen) => Promise<string>,
): fc.Arbitrary<RtmpCase> {
  return chosen.map((one) => ({
    [fc.toStringMethod]: () => fc.stringify(one),
    run: (connect: Connect) => withinGuard(run(connect, one)),
  }));
}

async function withinGuard(running: Promise<string>): Promise<string> {
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const guard = setTimeout(() => reject(new Error('It hangs')), GUARD_MS);
  try {
    return await Promise.race([running, hung]);
  } finally {
    clearTimeout(guard);
  }
}

/** One piece after the other, each when the one before was taken or our side has gone; then nothing more. */
async function speak(theirs: Duplex, { pieces }: Speech, closed: Promise<void>): Promise<void> {
  for (const piece of pieces) {
    if (theirs.destroyed) return;
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    theirs.write(piece, () => resolve());
    await Promise.race([taken, closed]);
  }
  theirs.end();
}

function close(stream: Duplex): Promise<void> {
  return new Promise((resolve) => stream.once('close', resolve));
}

/** Reads what our side says, which must be RTMP whatever it was told. */
function hear(theirs: Duplex): { bytes: number; check(): void } {
  const pieces: Buffer[] = [];
  const heard = {
    bytes: 0,
    check: () => {
      const handshake = new Handshake();
      const { rest } = handshake.read(Buffer.concat(pieces));
      if (!rest) return;
      for (const { type, data } of new ChunkReader(LIMITS).read(rest)) {
        if (type === MESSAGE_TYPE.amf0Command) assert.equal(typeof readAmf0(data)[0], 'string');
      }
    },
  };
  theirs.on('data', (piece: Buffer) => {
    pieces.push(piece);
    heard.bytes += piece.length;
  });
  theirs.on('error', () => {}); // whoever is cut off sees a reset
  return heard;
}
