import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { ChannelWriter } from '../channel/channel-writer.ts';
import type { Parent } from '../child-program/run-child-program.ts';
import { type PublishRequest, type RtmpEnd, RtmpServerSession } from '../rtmp/index.ts';
import { MalformedMedia } from '../rtp/index.ts';
import type { EndReason } from '../sfu/client-transport.ts';
import type { IngestViolation } from '../sfu/ingest-source.ts';
import type { EncoderSocket } from './ingest-listeners.ts';
import { IngestStream } from './ingest-stream.ts';
import type { FromIngestProgram, IngestAnswer, IngestProtocol, IngestRefusal } from './messages.ts';
import type { ProgrammeFeed } from './redundant/programme-switch.ts';
import type { Programmes } from './redundant/programmes.ts';
import { connectRtpSocket, openRtpSocket } from './rtp-socket.ts';

const AUTHORIZE_TIMEOUT_MS = 15_000;
const REPORT_MS = 1_000;

const END_REASONS: Readonly<Record<RtmpEnd['reason'], EndReason>> = {
  closed: 'closed',
  refused: 'closed',
  unpublished: 'hangup',
  hangup: 'hangup',
  timeout: 'timeout',
  malformed: 'failed',
  failed: 'lost',
};

export interface IngestSessionParts {
  readonly parent: Parent<FromIngestProgram>;
  readonly programmes: Programmes;
  readonly onEnded: () => void;
  /** It could not go on, or not end as it should. It is closed. */
  readonly onFailure: (error: unknown) => void;
}

/** One encoder's connection in the ingest program. */
export class IngestSession {
  readonly #id: string;
  readonly #protocol: IngestProtocol;
  readonly #socket: Socket;
  readonly #parent: Parent<FromIngestProgram>;
  readonly #letIn: () => void;
  readonly #programmes: Programmes;
  readonly #onEnded: () => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #ended = Promise.withResolvers<void>();
  readonly #rtmp: RtmpServerSession;
  readonly #remoteAddress: string;
  #udp: UdpSocket | undefined;
  #stream: IngestStream | ChannelWriter | undefined;
  #feed: ProgrammeFeed | undefined;
  #reporter: NodeJS.Timeout | undefined;
  /** How many of the tracks were asked for and are not there yet. */
  #arrangements = 0;
  /** Whether the server knows of it. */
  #told = false;

  constructor(id: string, encoder: EncoderSocket, { parent, programmes, onEnded, onFailure }: IngestSessionParts) {
    this.#id = id;
    this.#protocol = encoder.protocol;
    this.#socket = encoder.socket;
    this.#parent = parent;
    this.#programmes = programmes;
    this.#letIn = () => encoder.letIn();
    this.#onEnded = onEnded;
    this.#onFailure = onFailure;
    this.#remoteAddress = encoder.socket.remoteAddress ?? '';
    this.#socket.setNoDelay();
    this.#rtmp = new RtmpServerSession(encoder.socket);
    this.#rtmp.once('publish', (request) => {
      this.#publish(request).catch(() => this.#refuse('The server cannot take it now'));
    });
    this.#rtmp.on('video', (tag) => this.#orFail(() => this.#stream?.takeVideo(tag)));
    this.#rtmp.on('audio', (tag) => this.#orFail(() => this.#stream?.takeAudio(tag)));
    this.#rtmp.once('ended', (end) => void this.#end(end));
  }

  /** Resolves when the connection is gone, and what came by it is told of. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** @param refusal what the encoder is told, if anything */
  close(refusal?: IngestRefusal): void {
    if (refusal) this.#rtmp.refuse(refusal.code, refusal.description);
    else this.#rtmp.close();
  }

  async #publish({ app, streamKey, encoder }: PublishRequest): Promise<void> {
    const udp = await openRtpSocket();
    if (this.#rtmp.ended) return void udp.close();
    this.#udp = udp;
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
    if ('channel' in answer) return this.#beginChannel(new ChannelWriter(answer.channel));
    await connectRtpSocket(udp, answer.target);
    const { target, programmeId } = answer;
    const feed = programmeId === undefined ? undefined : await this.#programmes.join(programmeId, this.#id);
    if (this.#rtmp.ended) return feed?.leave();
    this.#feed = feed;
    this.#beginStage(new IngestStream(udp, target, feed ? [feed] : []));
  }

  #beginStage(stream: IngestStream): void {
    const connectionId = this.#id;
    stream.on('tracks', (tracks) => void this.#arrange(stream, tracks));
    stream.on('facts', (track, facts) => this.#parent.send({ type: 'facts', connectionId, track, facts }));
    stream.once('violation', (violation, description) => {
      this.#feed?.leave();
      this.#violated(violation, description);
    });
    // The encoder waits, or leaves out pictures itself.
    stream.on('full', () => this.#socket.pause());
    stream.on('room', () => this.#socket.resume());
    this.#begin(stream);
  }

  #beginChannel(writer: ChannelWriter): void {
    const connectionId = this.#id;
    writer.on('facts', (facts) => this.#parent.send({ type: 'facts', connectionId, track: 0, facts }));
    writer.on('news', (news) => this.#parent.send({ type: 'channel', connectionId, news }));
    writer.once('violation', (violation, description) => this.#violated(violation, description));
    this.#begin(writer);
  }

  #begin(stream: IngestStream | ChannelWriter): void {
    this.#stream = stream;
    this.#letIn();
    this.#reporter = setInterval(() => this.#report(stream), REPORT_MS);
    this.#rtmp.accept();
  }

  /** Has the tracks taken as layers: what comes of them until then is kept back. */
  async #arrange(stream: IngestStream, tracks: readonly number[]): Promise<void> {
    const question = { type: 'tracks', connectionId: this.#id, tracks } as const;
    this.#arrangements += 1;
    stream.holdPictures();
    await this.#parent
      .ask<void>(question, AUTHORIZE_TIMEOUT_MS)
      .catch(() => this.#refuse('The server cannot take the tracks of the video'));
    this.#arrangements -= 1;
    if (this.#arrangements === 0) stream.letPicturesGo();
  }

  #report({ framesPerSecond }: IngestStream | ChannelWriter): void {
    const { silentForMs: silentMs, receivedBytes } = this.#rtmp;
    const atMs = performance.now();
    this.#parent.send({ type: 'report', connectionId: this.#id, silentMs, receivedBytes, atMs, framesPerSecond });
  }

  /** What one encoder brings ends nobody else's stream, whatever it does to its own. @throws {MalformedMedia} */
  #orFail(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof MalformedMedia) throw error;
      this.#onFailure(error);
      this.#refuse('The stream cannot be taken any more');
    }
  }

  #violated(violation: IngestViolation, description: string): void {
    this.#parent.send({ type: 'violation', connectionId: this.#id, violation });
    this.#refuse(description);
  }

  #refuse(description: string): void {
    this.close({ code: 'NetStream.Publish.Rejected', description });
  }

  async #end({ reason }: RtmpEnd): Promise<void> {
    clearInterval(this.#reporter);
    try {
      const closed = this.#stream?.close();
      this.#feed?.leave();
      // What came is told of before its end.
      await closed;
    } catch (error) {
      this.#onFailure(error);
    } finally {
      this.#udp?.close();
      if (this.#told) this.#parent.send({ type: 'ended', connectionId: this.#id, reason: END_REASONS[reason] });
      this.#onEnded();
      this.#ended.resolve();
    }
  }
}
