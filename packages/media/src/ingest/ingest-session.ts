import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Parent } from '../child-program/run-child-program.ts';
import { type PublishRequest, type RtmpEnd, RtmpServerSession } from '../rtmp/index.ts';
import type { EndReason } from '../sfu/client-transport.ts';
import type { IngestViolation } from '../sfu/ingest-source.ts';
import type { EncoderSocket } from './ingest-listeners.ts';
import { IngestStream } from './ingest-stream.ts';
import type { FromIngestProgram, IngestAnswer, IngestProtocol, IngestRefusal } from './messages.ts';

const LOOPBACK = '127.0.0.1';
const AUTHORIZE_TIMEOUT_MS = 15_000;
const REPORT_MS = 1_000;
/** Of what the system keeps of a burst on the way to the SFU; it may give less. */
const SEND_BUFFER_BYTES = 4 * 1_024 * 1_024;

const END_REASONS: Readonly<Record<RtmpEnd['reason'], EndReason>> = {
  closed: 'closed',
  refused: 'closed',
  unpublished: 'hangup',
  hangup: 'hangup',
  timeout: 'timeout',
  malformed: 'failed',
  failed: 'lost',
};

/** One encoder's connection in the ingest program. */
export class IngestSession {
  readonly #id: string;
  readonly #protocol: IngestProtocol;
  readonly #socket: Socket;
  readonly #parent: Parent<FromIngestProgram>;
  readonly #letIn: () => void;
  readonly #onEnded: () => void;
  readonly #rtmp: RtmpServerSession;
  readonly #remoteAddress: string;
  #udp: UdpSocket | undefined;
  #stream: IngestStream | undefined;
  #reporter: NodeJS.Timeout | undefined;
  /** Whether the server knows of it. */
  #told = false;

  constructor(id: string, encoder: EncoderSocket, parent: Parent<FromIngestProgram>, onEnded: () => void) {
    this.#id = id;
    this.#protocol = encoder.protocol;
    this.#socket = encoder.socket;
    this.#parent = parent;
    this.#letIn = () => encoder.letIn();
    this.#onEnded = onEnded;
    this.#remoteAddress = encoder.socket.remoteAddress ?? '';
    this.#socket.setNoDelay();
    this.#rtmp = new RtmpServerSession(encoder.socket);
    this.#rtmp.once('publish', (request) => {
      this.#publish(request).catch(() => this.#refuse('The server cannot take it now'));
    });
    this.#rtmp.on('video', (tag) => this.#stream?.takeVideo(tag));
    this.#rtmp.on('audio', (tag) => this.#stream?.takeAudio(tag));
    this.#rtmp.once('ended', (end) => this.#end(end));
  }

  /** @param refusal what the encoder is told, if anything */
  close(refusal?: IngestRefusal): void {
    if (refusal) this.#rtmp.refuse(refusal.code, refusal.description);
    else this.#rtmp.close();
  }

  async #publish({ app, streamKey, encoder }: PublishRequest): Promise<void> {
    const udp = createSocket({ type: 'udp4', sendBufferSize: SEND_BUFFER_BYTES });
    this.#udp = udp;
    // The SFU that does not take packets any more has told the server so.
    udp.on('error', () => undefined);
    udp.bind(0, LOOPBACK);
    await once(udp, 'listening');
    if (this.#rtmp.ended) return;
    const request = {
      connectionId: this.#id,
      protocol: this.#protocol,
      app,
      streamKey,
      encoder,
      remoteAddress: this.#remoteAddress,
      rtpPort: udp.address().port,
    };
    this.#told = true;
    const answer = await this.#parent.ask<IngestAnswer>({ type: 'publish', request }, AUTHORIZE_TIMEOUT_MS);
    if (this.#rtmp.ended) return;
    if ('refusal' in answer) return this.close(answer.refusal);
    udp.connect(answer.target.port, LOOPBACK);
    await once(udp, 'connect');
    if (this.#rtmp.ended) return;
    this.#begin(new IngestStream(udp, answer.target));
  }

  #begin(stream: IngestStream): void {
    this.#stream = stream;
    this.#letIn();
    const connectionId = this.#id;
    stream.on('facts', (facts) => this.#parent.send({ type: 'facts', connectionId, facts }));
    stream.once('violation', (violation, description) => this.#violated(violation, description));
    // The encoder waits, or leaves out pictures itself.
    stream.on('full', () => this.#socket.pause());
    stream.on('room', () => this.#socket.resume());
    this.#reporter = setInterval(() => this.#report(stream), REPORT_MS);
    this.#rtmp.accept();
  }

  #report({ framesPerSecond }: IngestStream): void {
    const { silentForMs: silentMs, receivedBytes } = this.#rtmp;
    const atMs = performance.now();
    this.#parent.send({ type: 'report', connectionId: this.#id, silentMs, receivedBytes, atMs, framesPerSecond });
  }

  #violated(violation: IngestViolation, description: string): void {
    this.#parent.send({ type: 'violation', connectionId: this.#id, violation });
    this.#refuse(description);
  }

  #refuse(description: string): void {
    this.close({ code: 'NetStream.Publish.Rejected', description });
  }

  #end({ reason }: RtmpEnd): void {
    clearInterval(this.#reporter);
    this.#stream?.close();
    this.#udp?.close();
    if (this.#told) this.#parent.send({ type: 'ended', connectionId: this.#id, reason: END_REASONS[reason] });
    this.#onEnded();
  }
}
