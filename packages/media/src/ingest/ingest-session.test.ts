import assert from 'node:assert/strict';
import type { Socket as UdpSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { CodecFailure } from '../codec/codec-failure.ts';
import { OpusEncoder } from '../codec/opus-encoder.ts';
import { RtmpPublisher } from '../rtmp/index.ts';
import { encodeAac } from './aac.fixture.ts';
import { IngestSession } from './ingest-session.ts';
import { IngestStream } from './ingest-stream.ts';
import type { FromIngestProgram, IngestAnswer } from './messages.ts';
import { Programmes } from './redundant/programmes.ts';
import { openRtpSocket } from './rtp-socket.ts';
import { sounds } from './sent-media.fixture.ts';

const HOST = '127.0.0.1';

/** As the ingest program, in this process: lets everybody in. */
class Program {
  sfu!: UdpSocket;
  readonly logged: string[] = [];
  readonly #told = new EventEmitter<{ ended: [connectionId: string] }>();
  readonly #ended = new Set<string>();
  readonly #programmes = new Programmes({ onSwitch: () => undefined, onFailure: (_, error) => assert.ifError(error) });
  readonly #listener: Server = createServer((socket) => this.#take(socket));
  #count = 0;

  async open(): Promise<void> {
    this.sfu = await openRtpSocket();
    this.#listener.listen(0, HOST);
    await once(this.#listener, 'listening');
  }

  close(): void {
    this.#listener.close();
    this.sfu.close();
  }

  /** One after the other. */
  async publish(): Promise<{ rtmp: RtmpPublisher; connectionId: string; ssrc: number }> {
    const { port } = this.#listener.address() as { port: number };
    const tcUrl = `rtmp://${HOST}:${port}/app`;
    const rtmp = await RtmpPublisher.publish(connect(port, HOST), { app: 'app', streamKey: 'key', tcUrl });
    return { rtmp, connectionId: String(this.#count), ssrc: ssrcOf(this.#count) };
  }

  /** Resolves when the server knows that it has ended. */
  async endOf(connectionId: string): Promise<void> {
    while (!this.#ended.has(connectionId)) await once(this.#told, 'ended');
  }

  #take(socket: Socket): void {
    this.#count += 1;
    const number = this.#count;
    const ssrc = ssrcOf(number);
    const target = {
      port: this.sfu.address().port,
      video: { payloadType: 108, ssrcs: [ssrc + 1] },
      audio: { payloadType: 111, ssrc, levelExtensionId: 10 },
    };
    const answer: IngestAnswer = { target, programmeId: undefined };
    new IngestSession(
      String(number),
      { socket, protocol: 'RTMP', letIn: () => undefined },
      {
        parent: { send: (message) => this.#hear(message), ask: async <Answer>() => answer as Answer },
        programmes: this.#programmes,
        onEnded: () => undefined,
        onFailure: (error) => this.logged.push((error as Error).message),
      },
    );
  }

  #hear(message: FromIngestProgram): void {
    if (message.type !== 'ended') return;
    this.#ended.add(message.connectionId);
    this.#told.emit('ended', message.connectionId);
  }
}

function ssrcOf(number: number): number {
  return 10 * number;
}

async function packetOf(socket: UdpSocket, ssrc: number): Promise<void> {
  for (;;) {
    const [packet] = (await once(socket, 'message')) as [Buffer];
    if (packet.readUInt32BE(8) === ssrc) return;
  }
}

describe('an encoder’s connection whose stream fails ends alone', { timeout: 60_000 }, () => {
  const audio = encodeAac('0.5*sin(1000*2*PI*t)', { sampleRateHz: 48_000, channels: 1, seconds: 1 });
  const program = new Program();
  before(() => program.open());
  after(() => program.close());

  const failures: [what: string, fail: (t: TestContext) => { restore(): void }, told: string, logged: string[]][] = [
    [
      'a codec',
      (t) => {
        const failure = new CodecFailure('INTERNAL', 'there is no memory');
        return t.mock.method(OpusEncoder.prototype, 'encode', () => assert.fail(failure)).mock;
      },
      'The audio cannot be read',
      [],
    ],
    [
      'anything else',
      (t) => t.mock.method(IngestStream.prototype, 'takeAudio', () => assert.fail('a fault of ours')).mock,
      'The stream cannot be taken any more',
      ['a fault of ours'],
    ],
  ];
  for (const [what, fail, told, logged] of failures) {
    it(`when it is ${what} that fails, and the encoder is told`, async (t) => {
      const [one, other] = [await program.publish(), await program.publish()];
      const sent = sounds(audio, (mediaMs) => mediaMs);
      const ended = once(one.rtmp, 'ended');
      const known = program.endOf(one.connectionId);
      const mock = fail(t);
      for (const { send } of sent) send(one.rtmp);
      const [{ reason, description }] = await ended;
      assert.deepEqual([reason, description], ['refused', told]);
      await known;
      mock.restore();
      const heard = packetOf(program.sfu, other.ssrc);
      for (const { send } of sent) send(other.rtmp);
      await heard;
      assert.equal(other.rtmp.ended, false);
      assert.deepEqual(program.logged.splice(0), logged);
      other.rtmp.close();
      await program.endOf(other.connectionId);
    });
  }
});
