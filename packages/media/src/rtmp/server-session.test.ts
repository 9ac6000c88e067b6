import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AmfValue, writeAmf0 } from './amf0.ts';
import { writeChunks } from './chunk-writer.ts';
import { Encoder } from './encoder.fixture.ts';
import { HELLO } from './handshake.ts';
import type { RtmpLimits } from './limits.ts';
import { MESSAGE_TYPE } from './message.ts';
import { type HeardSession, Listener } from './session.fixture.ts';

const APP = { app: 'app', tcUrl: 'rtmp://127.0.0.1/app', flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)' };
const CONFIGURATION = Buffer.from('17000000000142c01effe100046742c01e01000268ce', 'hex');
const PICTURE = Buffer.from('17010000000000000265aa', 'hex');
const FRAME = Buffer.from('af012100', 'hex');

async function connect(listener: Listener): Promise<{ encoder: Encoder; heard: HeardSession }> {
  const encoder = new Encoder(listener.connect()).shakeHands();
  return { encoder, heard: await listener.session() };
}

/** As far as to the media. */
async function publish(listener: Listener): Promise<{ encoder: Encoder; heard: HeardSession }> {
  const { encoder, heard } = await connect(listener);
  heard.session.once('publish', () => heard.session.accept());
  encoder.say(0, 'connect', 1, APP).say(0, 'createStream', 2, null).say(1, 'publish', 3, null, 'key', 'live');
  for (;;) if ((await encoder.status()) === 'onStatus NetStream.Publish.Start') return { encoder, heard };
}

/** How a session ends for which this was too much, and that it leaves no connection. */
async function endOf(heard: HeardSession): Promise<string> {
  const [{ reason, description }] = await Promise.all([heard.ended, heard.closed]);
  return `${reason}: ${description}`;
}

describe('a session takes a publish', () => {
  it('in the order of OBS and of others that use librtmp', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, { ...APP, app: 'app/', type: 'nonprivate' });
    assert.equal(await encoder.status(), '_result NetConnection.Connect.Success');
    encoder.send({ type: MESSAGE_TYPE.windowAcknowledgementSize, data: Buffer.of(0, 0x26, 0x25, 0xa0) }, 2);
    encoder.say(0, 'releaseStream', 2, null, 'key').say(0, 'FCPublish', 3, null, 'key').say(0, 'createStream', 4, null);
    assert.deepEqual(await encoder.answer(), ['_result', 2, undefined]);
    assert.deepEqual(await encoder.answer(), ['_result', 3, undefined]);
    assert.deepEqual(await encoder.answer(), ['_result', 4, 1]);
    encoder.say(1, 'publish', 5, null, 'key', 'live');
    const { app, streamKey, encoder: name } = await heard.published;
    assert.deepEqual([app, streamKey, name], ['app', 'key', APP.flashVer]);
    heard.session.accept();
    assert.equal(await encoder.status(), 'onFCPublish NetStream.Publish.Start');
    assert.equal(await encoder.status(), 'onStatus NetStream.Publish.Start');
    encoder.send({ type: MESSAGE_TYPE.video, streamId: 1, data: CONFIGURATION }, 4);
    encoder.send({ type: MESSAGE_TYPE.video, streamId: 1, timestamp: 40, data: PICTURE }, 4);
    encoder.say(0, 'FCUnpublish', 6, null, 'key').say(0, 'deleteStream', 7, null, 1);
    assert.equal(await encoder.status(), 'onFCUnpublish NetStream.Unpublish.Success');
    assert.equal(await encoder.status(), 'onStatus NetStream.Unpublish.Success');
    assert.equal(await endOf(heard), 'unpublished: The encoder stopped');
    assert.deepEqual(
      heard.video.map(({ kind, timestampMs }) => [kind, timestampMs]),
      [
        ['config', 0],
        ['picture', 40],
      ],
    );
  });

  it('all at once, media too, from an encoder that waits for no answer', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, APP).say(0, 'createStream', 2, null).say(0, 'FCPublish', 3, null, 'key');
    encoder.say(1, 'publish', 0, null, 'key?bandwidthtest=true').send({ type: MESSAGE_TYPE.audio, data: FRAME }, 4);
    encoder.send({ type: MESSAGE_TYPE.amf0Data, data: writeAmf0('onMetaData', { fps: 30 }) }, 4);
    assert.equal((await heard.published).streamKey, 'key');
    assert.deepEqual(heard.audio, []);
    heard.session.accept();
    encoder.say(1, 'closeStream', 0, null);
    assert.equal(await endOf(heard), 'unpublished: The encoder stopped');
    assert.equal(heard.audio.length, 1);
    assert.equal(heard.metadata[0]?.fps, 30);
  });

  it('of an encoder with a long name, which is shortened', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, { ...APP, flashVer: 'x'.repeat(2_000) }).say(1, 'publish', 0, null, 'key');
    assert.equal((await heard.published).encoder, 'x'.repeat(128));
  });

  it('with commands as AMF 3 writes them, and some that nobody knows', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    const command = (...values: AmfValue[]) => Buffer.concat([Buffer.of(0), writeAmf0(...values)]);
    encoder.send({ type: MESSAGE_TYPE.amf3Command, data: command('connect', 1, { ...APP, objectEncoding: 3 }) });
    const [, , information] = await encoder.answer();
    assert.equal((information as { objectEncoding?: number }).objectEncoding, 0);
    encoder.say(0, '_checkbw', 2, null).say(0, 'getStreamLength', 3, null, 'key').say(0, 'createStream', 4, null);
    assert.deepEqual(await encoder.answer(), ['_result', 2, undefined]);
    assert.deepEqual(await encoder.answer(), ['_result', 4, 1]);
    encoder.send({ type: MESSAGE_TYPE.amf3Command, streamId: 1, data: command('publish', 5, null, 'key', 'live') });
    await heard.published;
    heard.session.close();
    assert.equal(await endOf(heard), 'closed: Closed by the server');
  });

  it('of an aggregate, each part of it at its own time', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    const tag = (timestamp: number) =>
      Buffer.concat([Buffer.from('080000040000', 'hex'), Buffer.of(timestamp, 0, 0, 0, 0), FRAME, Buffer.alloc(4)]);
    const data = Buffer.concat([tag(10), tag(31), tag(52)]);
    encoder.send({ type: MESSAGE_TYPE.aggregate, timestamp: 1_000, streamId: 1, data });
    encoder.send({ type: MESSAGE_TYPE.aggregate, timestamp: 1_000, streamId: 1, data: data.subarray(0, 13) });
    encoder.say(1, 'deleteStream', 0, null, 1);
    await heard.ended;
    assert.deepEqual(
      heard.audio.map(({ timestampMs }) => timestampMs),
      [1_000, 1_021, 1_042],
    );
    assert.equal(heard.session.unreadableMessages, 1);
  });

  it('and passes over what it cannot read of the media', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    encoder.send({ type: MESSAGE_TYPE.video, data: CONFIGURATION.subarray(0, 12) }, 4);
    encoder.send({ type: MESSAGE_TYPE.video, data: CONFIGURATION }, 4);
    encoder.send({ type: MESSAGE_TYPE.video, data: PICTURE.subarray(0, 9) }, 4);
    encoder.send({ type: MESSAGE_TYPE.video, data: Buffer.alloc(0) }, 4);
    encoder.send({ type: MESSAGE_TYPE.amf0Data, data: Buffer.of(2, 0) }, 4);
    encoder.send({ type: MESSAGE_TYPE.video, data: PICTURE }, 4);
    encoder.socket.end();
    assert.equal(await endOf(heard), 'hangup: The peer closed the connection');
    assert.equal(heard.session.unreadableMessages, 3);
    assert.equal(heard.video.length, 2);
  });
});

describe('a session says no', () => {
  it('by a status, and then waits for the encoder to go', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, APP).say(1, 'publish', 2, null, 'key', 'live');
    await heard.published;
    heard.session.refuse('NetStream.Publish.BadName', 'No such stream key');
    assert.equal(await encoder.status(), '_result NetConnection.Connect.Success');
    assert.equal(await encoder.status(), 'onStatus NetStream.Publish.BadName');
    assert.equal(await endOf(heard), 'refused: No such stream key');
    heard.session.accept();
    heard.session.close();
  });

  it('to whoever comes to play', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, APP).say(1, 'play', 2, null, 'key');
    assert.equal(await encoder.status(), '_result NetConnection.Connect.Success');
    assert.equal(await encoder.status(), 'onStatus NetStream.Play.StreamNotFound');
    assert.equal(await endOf(heard), 'refused: Streams are only taken here');
  });

  it('and closes the connection of one that does not go', async () => {
    await using listener = await Listener.open({ closeTimeoutMs: 20 });
    const { encoder, heard } = await publish(listener);
    encoder.socket.allowHalfOpen = true;
    heard.session.refuse('NetStream.Publish.Denied', 'Enough');
    assert.equal(await endOf(heard), 'refused: Enough');
  });

  for (const [what, say, description] of [
    ['another protocol', (to: Encoder) => to.socket.write('GET / HTTP/1.1\r\n\r\n'), /another version of RTMP/],
    ['a command before connect', (to: Encoder) => to.shakeHands().say(0, 'createStream', 1, null), /before connect/],
    ['connect again', (to: Encoder) => to.shakeHands().say(0, 'connect', 1, APP).say(0, 'connect', 2, APP), /twice/],
    [
      'a command without a name',
      (to: Encoder) =>
        to
          .shakeHands()
          .say(0, 'connect', 1)
          .send({ type: 20, data: Buffer.of(5) }),
      /name/,
    ],
    ['a broken command', (to: Encoder) => to.shakeHands().send({ type: 20, data: Buffer.of(2, 0, 9) }), /ends within/],
    [
      'a name beyond measure',
      (to: Encoder) => to.shakeHands().say(0, 'connect', 1, { app: 'x'.repeat(2_049) }),
      /too long/,
    ],
    [
      'streams without end',
      (to: Encoder) => {
        to.shakeHands().say(0, 'connect', 1, APP);
        for (let count = 0; count < 17; count += 1) to.say(0, 'createStream', 2, null);
      },
      /too many streams/,
    ],
    [
      'chunks that are none',
      (to: Encoder) => to.shakeHands().socket.write(Buffer.alloc(100, 0xff)),
      /without a header/,
    ],
  ] as const) {
    it(`at once to ${what}`, async () => {
      await using listener = await Listener.open();
      say(new Encoder(listener.connect()));
      const end = await endOf(await listener.session());
      assert.match(end, /^malformed: /);
      assert.match(end, description);
    });
  }

  it('to one that sends large pictures before it may, which are taken afterwards', async () => {
    await using listener = await Listener.open();
    const picture = { type: MESSAGE_TYPE.video, data: Buffer.concat([PICTURE, Buffer.alloc(300_000)]) };
    const { encoder: early, heard: unknown } = await connect(listener);
    early.say(0, 'connect', 1, APP).send(picture, 4);
    assert.equal(await endOf(unknown), 'malformed: An RTMP message of type 9 has 300011 bytes');
    const { encoder, heard } = await publish(listener);
    encoder.send(picture, 4).say(1, 'closeStream', 0, null);
    assert.equal(await endOf(heard), 'unpublished: The encoder stopped');
  });

  it('to one that publishes again', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    encoder.say(1, 'publish', 9, null, 'key');
    assert.match(await endOf(heard), /^malformed: .* twice/);
  });
});

describe('a session waits no longer than it must', () => {
  const hello = (part: number) => HELLO.subarray(0, part);
  for (const [what, limits, say] of [
    ['for a first byte', { handshakeTimeoutMs: 20 }, () => {}],
    ['for a handshake', { handshakeTimeoutMs: 20 }, (to: Encoder) => to.socket.write(hello(1_000))],
    ['for the end of a handshake', { handshakeTimeoutMs: 20 }, (to: Encoder) => to.socket.write(hello(1_537))],
    ['for a publish', { publishTimeoutMs: 20 }, (to: Encoder) => to.shakeHands().say(0, 'connect', 1, APP)],
    ['in silence', { idleTimeoutMs: 20 }, (to: Encoder) => to.shakeHands().say(0, 'connect', 1, APP)],
  ] as [string, Partial<RtmpLimits>, (to: Encoder) => unknown][]) {
    it(what, async () => {
      await using listener = await Listener.open(limits);
      const socket = listener.connect();
      say(new Encoder(socket));
      assert.match(await endOf(await listener.session()), /^timeout: /);
    });
  }

  it('for one that goes on byte by byte', async () => {
    await using listener = await Listener.open({ handshakeTimeoutMs: 50 });
    const socket = listener.connect();
    const drip = setInterval(() => socket.write(Buffer.of(3)), 5);
    socket.on('error', () => clearInterval(drip));
    assert.match(await endOf(await listener.session()), /^timeout: The handshake/);
    clearInterval(drip);
    socket.destroy();
  });

  it('in silence while it publishes, but for the answer of its owner it waits', async () => {
    await using listener = await Listener.open({ idleTimeoutMs: 1_000, publishTimeoutMs: 1_000 });
    const { encoder, heard } = await connect(listener);
    encoder.say(0, 'connect', 1, APP).say(1, 'publish', 2, null, 'key', 'live');
    await heard.published;
    const isOver = await Promise.race([heard.ended, new Promise((resolve) => setTimeout(resolve, 1_500))]);
    assert.equal(isOver, undefined);
    heard.session.accept();
    assert.match(await endOf(heard), /^timeout: The peer fell silent/);
    assert.ok(heard.session.silentForMs >= 999);
  });
});

describe('a session', () => {
  it('acknowledges what comes, and answers pings', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    encoder.send({ type: MESSAGE_TYPE.userControl, data: Buffer.from('000600001234', 'hex') }, 2);
    assert.equal((await encoder.heard(MESSAGE_TYPE.userControl)).data.readUInt16BE(), 0); // the stream has begun
    assert.equal((await encoder.heard(MESSAGE_TYPE.userControl)).data.toString('hex'), '000700001234');
    encoder.send({ type: MESSAGE_TYPE.windowAcknowledgementSize, data: Buffer.of(0, 1, 0, 0) }, 2);
    encoder.send({ type: MESSAGE_TYPE.video, data: Buffer.alloc(60_000) }, 4);
    const acknowledged = (await encoder.heard(MESSAGE_TYPE.acknowledgement)).data.readUInt32BE();
    assert.ok(acknowledged > 32_768 && acknowledged <= heard.session.receivedBytes, `${acknowledged}`);
  });

  it('gives up an encoder that has it answer and never reads', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    encoder.socket.pause();
    const ping = writeChunks(2, { type: 4, timestamp: 0, streamId: 0, data: Buffer.from('000600001234', 'hex') }, 128);
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => ping));
    const feed = () => {
      while (!encoder.socket.destroyed && encoder.socket.write(pings));
    };
    encoder.socket.on('drain', feed);
    feed();
    assert.equal(await endOf(heard), 'failed: The peer does not read what it is sent');
    encoder.socket.destroy();
  });

  it('ends once, and says nothing after it', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    let ends = 0;
    heard.session.on('ended', () => {
      ends += 1;
    });
    heard.session.once('audio', () => heard.session.close());
    for (let count = 0; count < 5; count += 1) encoder.send({ type: MESSAGE_TYPE.audio, data: FRAME }, 4);
    assert.equal(await endOf(heard), 'closed: Closed by the server');
    heard.session.refuse('NetStream.Publish.Denied', 'Too late');
    assert.equal(ends, 1);
    assert.equal(heard.audio.length, 1);
  });

  it('ends when its connection breaks', async () => {
    await using listener = await Listener.open();
    const { encoder, heard } = await publish(listener);
    encoder.socket.resetAndDestroy();
    assert.equal(await endOf(heard), 'failed: The connection broke (ECONNRESET)');
  });
});
