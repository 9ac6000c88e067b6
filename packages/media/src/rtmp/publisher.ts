import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { AmfObject, AmfValue } from './amf0.ts';
import { writeAmf0 } from './amf0.ts';
import { type AacConfiguration, type AacFrame, writeAudioTag } from './audio-tag.ts';
import { type Command, isAmfObject, readCommand, textOf, writeCommand } from './command.ts';
import { RtmpConnection, type RtmpEnd } from './connection.ts';
import { LIMITS, type RtmpLimits } from './limits.ts';
import { CHUNK_STREAM, MESSAGE_TYPE, type RtmpMessage } from './message.ts';
import { type AvcConfiguration, type AvcPicture, writeVideoTag } from './video-tag.ts';

/** Where to publish to, in the server's terms. */
export interface PublishDestination {
  readonly app: string;
  /** A secret. */
  readonly streamKey: string;
  /** As `rtmp://host:port/app`, without the key. */
  readonly tcUrl: string;
}

export interface RtmpPublisherEvents {
  /** The peer takes more again, after something was sent that returned false. */
  drain: [];
  /** Once, whatever ended it; nothing comes after it. */
  ended: [end: RtmpEnd];
}

/** The publish came to nothing. */
export class PublishFailure extends Error {
  readonly end: RtmpEnd;
  /** The server's status, as `NetStream.Publish.BadName`. */
  readonly code: string | undefined;

  constructor(end: RtmpEnd, code: string | undefined) {
    super(end.description);
    this.name = 'PublishFailure';
    this.end = end;
    this.code = code;
  }
}

const PUBLISHER_LIMITS: RtmpLimits = {
  ...LIMITS,
  // A server has nothing to say while it takes what it is sent.
  idleTimeoutMs: 24 * 60 * 60 * 1_000,
  maximumUnsentBytes: 16 * 1024 * 1024,
};
/** The transactions of a publish, in their order. */
const TRANSACTION = {
  connect: 1,
  releaseStream: 2,
  fcPublish: 3,
  createStream: 4,
  publish: 5,
  fcUnpublish: 6,
} as const;

/** The encoder's side of a connection: publishes one stream of H.264 and AAC. */
export class RtmpPublisher extends EventEmitter<RtmpPublisherEvents> {
  readonly #connection: RtmpConnection;
  readonly #destination: PublishDestination;
  readonly #started = Promise.withResolvers<void>();
  #publishTimer: NodeJS.Timeout | undefined;
  #streamId = 0;
  #publishing = false;
  #refusalCode: string | undefined;

  private constructor(socket: Duplex, destination: PublishDestination, limits: RtmpLimits) {
    super();
    this.#destination = destination;
    socket.on('drain', () => {
      if (!this.ended) this.emit('drain');
    });
    this.#connection = new RtmpConnection('client', socket, limits, {
      ready: () => {
        const end: RtmpEnd = { reason: 'timeout', description: 'The server did not let publish in time' };
        this.#publishTimer = setTimeout(() => this.#connection.abort(end), limits.publishTimeoutMs);
        this.#connect();
      },
      message: (message) => this.#take(message),
      ended: (end) => {
        clearTimeout(this.#publishTimer);
        this.#started.reject(new PublishFailure(end, this.#refusalCode));
        this.emit('ended', end);
      },
    });
  }

  /**
   * Resolves when the server takes the stream.
   *
   * @param socket connected, and with TLS in place where there is to be some; is the publisher's from now on
   * @throws {PublishFailure}
   */
  static async publish(
    socket: Duplex,
    destination: PublishDestination,
    limits: Partial<RtmpLimits> = {},
  ): Promise<RtmpPublisher> {
    const publisher = new RtmpPublisher(socket, destination, { ...PUBLISHER_LIMITS, ...limits });
    await publisher.#started.promise;
    return publisher;
  }

  get ended(): boolean {
    return this.#connection.ended;
  }

  /** What was sent and has not left this process: whoever sends more while it grows makes viewers wait. */
  get unsentBytes(): number {
    return this.#connection.unsentBytes;
  }

  /** @returns false when more is sent than the server takes at the moment; what is sent nevertheless waits */
  sendVideo(tag: AvcConfiguration | AvcPicture): boolean {
    return this.#sendMedia(CHUNK_STREAM.video, MESSAGE_TYPE.video, tag.timestampMs, writeVideoTag(tag));
  }

  /** As {@link sendVideo}. */
  sendAudio(tag: AacConfiguration | AacFrame): boolean {
    return this.#sendMedia(CHUNK_STREAM.audio, MESSAGE_TYPE.audio, tag.timestampMs, writeAudioTag(tag));
  }

  sendMetadata(metadata: AmfObject): boolean {
    const data = writeAmf0('@setDataFrame', 'onMetaData', metadata);
    return this.#sendMedia(CHUNK_STREAM.audio, MESSAGE_TYPE.amf0Data, 0, data);
  }

  /** Says that the stream is over, and ends. */
  close(): void {
    if (this.#publishing) {
      this.#command(0, 'FCUnpublish', TRANSACTION.fcUnpublish, this.#destination.streamKey);
      this.#command(0, 'deleteStream', 0, this.#streamId);
    }
    this.#connection.finish({ reason: 'closed', description: 'Closed by the publisher' });
  }

  #sendMedia(chunkStreamId: number, type: number, timestampMs: number, data: Buffer): boolean {
    const timestamp = Math.round(timestampMs) >>> 0;
    return this.#connection.send(chunkStreamId, { type, timestamp, streamId: this.#streamId, data });
  }

  #connect(): void {
    const { app, tcUrl } = this.#destination;
    this.#connection.announceChunkSize();
    const properties = { app, type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; Proscenium)', tcUrl };
    const message = writeCommand(0, 'connect', TRANSACTION.connect, properties);
    this.#connection.send(CHUNK_STREAM.command, message);
  }

  #take(message: RtmpMessage): void {
    if (message.type !== MESSAGE_TYPE.amf0Command && message.type !== MESSAGE_TYPE.amf3Command) return;
    const command = readCommand(message);
    if (command.name === '_result') this.#goOn(command);
    else if (command.name === '_error') this.#takeError(command);
    else if (command.name === 'onStatus') this.#takeStatus(command);
    else if (command.name === 'close') this.#refused(undefined);
  }

  #goOn({ transactionId, parameters }: Command): void {
    const { streamKey } = this.#destination;
    if (transactionId === TRANSACTION.connect) {
      this.#command(0, 'releaseStream', TRANSACTION.releaseStream, streamKey);
      this.#command(0, 'FCPublish', TRANSACTION.fcPublish, streamKey);
      this.#command(0, 'createStream', TRANSACTION.createStream);
    } else if (transactionId === TRANSACTION.createStream) {
      this.#streamId = typeof parameters[0] === 'number' ? parameters[0] >>> 0 : 1;
      this.#command(this.#streamId, 'publish', TRANSACTION.publish, streamKey, 'live');
    }
  }

  /** Servers that do not know `releaseStream` and `FCPublish` may say so. */
  #takeError({ transactionId, parameters }: Command): void {
    const optional = transactionId === TRANSACTION.releaseStream || transactionId === TRANSACTION.fcPublish;
    if (!optional && transactionId !== TRANSACTION.fcUnpublish) this.#refused(parameters[0]);
  }

  #takeStatus({ parameters: [information] }: Command): void {
    if (!isAmfObject(information)) return;
    if (information.level === 'error') this.#refused(information);
    else if (information.code === 'NetStream.Publish.Start') this.#start();
  }

  #start(): void {
    this.#publishing = true;
    clearTimeout(this.#publishTimer);
    this.#started.resolve();
  }

  #refused(information: AmfValue): void {
    const { code, description } = isAmfObject(information) ? information : {};
    this.#refusalCode = textOf(code);
    const told = textOf(description) ?? 'The server refused the stream';
    this.#connection.finish({ reason: 'refused', description: told.replaceAll(this.#destination.streamKey, '***') });
  }

  #command(streamId: number, name: string, transactionId: number, ...parameters: readonly AmfValue[]): void {
    this.#connection.send(CHUNK_STREAM.command, writeCommand(streamId, name, transactionId, null, ...parameters));
  }
}
