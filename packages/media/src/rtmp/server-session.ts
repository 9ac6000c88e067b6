import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { MalformedMedia, RtpTimeline } from '../rtp/index.ts';
import { readAggregate } from './aggregate.ts';
import { type AmfObject, type AmfValue, readAmf0 } from './amf0.ts';
import { type AudioTag, readAudioTag } from './audio-tag.ts';
import { type Command, isAmfObject, readCommand, textOf, writeCommand } from './command.ts';
import { RtmpConnection, type RtmpEnd, uint32, WINDOW_BYTES } from './connection.ts';
import { LIMITS, type RtmpLimits } from './limits.ts';
import { CHUNK_STREAM, MESSAGE_TYPE, type RtmpMessage } from './message.ts';
import { type VideoTag, VideoTagReader } from './video-tag.ts';

/** What an encoder asks for. */
export interface PublishRequest {
  /** The application, without slashes at its ends and without a query. */
  readonly app: string;
  /** The name of the stream: a secret. Without a query, which some encoders add. */
  readonly streamKey: string;
  /** The address that the encoder was given, as far as it tells; may hold the key. */
  readonly tcUrl: string | undefined;
  /** What the encoder calls itself, shortened to 128 characters: anybody can fill a log with it. */
  readonly encoder: string | undefined;
}

/** Status codes by which a publisher is refused or cut off. */
export type RefusalCode = 'NetStream.Publish.BadName' | 'NetStream.Publish.Denied' | 'NetStream.Publish.Rejected';

export interface RtmpServerSessionEvents {
  /** Once. Nothing more is read until {@link RtmpServerSession.accept} or {@link RtmpServerSession.refuse}. */
  publish: [request: PublishRequest];
  video: [tag: VideoTag];
  audio: [tag: AudioTag];
  /** Of `onMetaData`, as the encoder tells it: nothing in it is checked. */
  metadata: [metadata: AmfObject];
  /** Once, whatever ended it; nothing comes after it. The connection itself closes within `closeTimeoutMs`. */
  ended: [end: RtmpEnd];
}

const SERVER_LIMITS: RtmpLimits = { ...LIMITS, maximumUnsentBytes: 256 * 1024 };
const MAXIMUM_STREAMS = 16;
const MAXIMUM_NAME_LENGTH = 128;
/** User control (RTMP 1.0 §7.1.7). */
const STREAM_BEGIN = Buffer.of(0, 0);
/** "Dynamic" (§5.4.5): of no consequence for one who only sends to us. */
const LIMIT_DYNAMIC = 2;
/** By these, old encoders know a server. */
const SERVER_PROPERTIES: AmfObject = { fmsVer: 'FMS/3,0,1,123', capabilities: 31 };

type State = 'new' | 'connected' | 'asking' | 'publishing';

/**
 * The server's side of one encoder's connection: takes one publish. What the connection is made of (TCP, TLS) is not its
 * matter. Video and audio that cannot be read are passed over and counted.
 */
export class RtmpServerSession extends EventEmitter<RtmpServerSessionEvents> {
  readonly #connection: RtmpConnection;
  readonly #videoReader = new VideoTagReader();
  readonly #timeline = new RtpTimeline();
  #publishTimer: NodeJS.Timeout | undefined;
  #state: State = 'new';
  #connect: Pick<PublishRequest, 'app' | 'tcUrl' | 'encoder'> = { app: '', tcUrl: undefined, encoder: undefined };
  #streams = 0;
  #publishedStreamId = 0;
  /** Those who say it may wait for an answer of its own. */
  #saidFCPublish = false;
  #unreadableMessages = 0;

  /** @param socket is this session's from now on, up to its closing */
  constructor(socket: Duplex, limits: Partial<RtmpLimits> = {}) {
    super();
    const all = { ...SERVER_LIMITS, ...limits };
    this.#connection = new RtmpConnection('server', socket, all, {
      ready: () => {
        const end: RtmpEnd = { reason: 'timeout', description: 'The peer did not publish in time' };
        this.#publishTimer = setTimeout(() => this.#connection.abort(end), all.publishTimeoutMs);
      },
      message: (message) => this.#take(message),
      ended: (end) => {
        clearTimeout(this.#publishTimer);
        this.emit('ended', end);
      },
    });
  }

  get ended(): boolean {
    return this.#connection.ended;
  }

  /** How long nothing at all has come from the encoder. */
  get silentForMs(): number {
    return this.#connection.silentForMs;
  }

  /** All that came, with the protocol's own bytes. */
  get receivedBytes(): number {
    return this.#connection.receivedBytes;
  }

  /** Of video, audio and metadata: were passed over. */
  get unreadableMessages(): number {
    return this.#unreadableMessages;
  }

  /** Lets the encoder publish: its media come from now on. After `publish`; otherwise, or a second time, it does nothing. */
  accept(): void {
    if (this.#state !== 'asking' || this.ended) return;
    this.#state = 'publishing';
    const streamId = this.#publishedStreamId;
    this.#connection.sendControl(MESSAGE_TYPE.userControl, Buffer.concat([STREAM_BEGIN, uint32(streamId)]));
    const started = status('NetStream.Publish.Start', 'Publishing');
    if (this.#saidFCPublish) this.#command(0, 'onFCPublish', started);
    this.#command(streamId, 'onStatus', started);
    this.#connection.release();
  }

  /** Tells the encoder why not, or why no longer, and ends. */
  refuse(code: RefusalCode, description: string): void {
    this.#command(this.#publishedStreamId, 'onStatus', { level: 'error', code, description });
    this.#connection.finish({ reason: 'refused', description });
  }

  /** Ends without a word. */
  close(): void {
    this.#connection.finish({ reason: 'closed', description: 'Closed by the server' });
  }

  #take(message: RtmpMessage): void {
    switch (message.type) {
      case MESSAGE_TYPE.amf0Command:
      case MESSAGE_TYPE.amf3Command:
        this.#obey(readCommand(message), message.streamId);
        return;
      case MESSAGE_TYPE.aggregate:
        for (const part of this.#ifReadable(() => readAggregate(message)) ?? []) this.#takeMedia(part);
        return;
      default:
        this.#takeMedia(message);
    }
  }

  /** Encoders may send before they are let, and after they have stopped. */
  #takeMedia({ type, timestamp, data }: RtmpMessage): void {
    if (this.#state !== 'publishing' || this.ended || data.length === 0) return;
    if (type === MESSAGE_TYPE.amf0Data) {
      const metadata = this.#ifReadable(() => readMetadata(data));
      if (metadata) this.emit('metadata', metadata);
    } else if (type === MESSAGE_TYPE.video) {
      const tags = this.#ifReadable(() => this.#videoReader.read(data, this.#timeline.unwrap(timestamp)));
      for (const tag of tags ?? []) if (!this.ended) this.emit('video', tag);
    } else if (type === MESSAGE_TYPE.audio) {
      const tags = this.#ifReadable(() => readAudioTag(data, this.#timeline.unwrap(timestamp)));
      for (const tag of tags ?? []) if (!this.ended) this.emit('audio', tag);
    }
  }

  /** One broken picture is no reason to cut off an encoder; if no others come, whoever waits for them notices. */
  #ifReadable<Read>(read: () => Read): Read | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.#unreadableMessages += 1;
      return undefined;
    }
  }

  #obey(command: Command, streamId: number): void {
    if (this.#state === 'new' && command.name !== 'connect') {
      throw new MalformedMedia('INVALID', 'An RTMP command came before connect');
    }
    switch (command.name) {
      case 'connect':
        this.#connected(command);
        break;
      case 'FCPublish':
        this.#saidFCPublish = true;
        this.#answer(command, undefined);
        break;
      case 'releaseStream':
      case '_checkbw':
        this.#answer(command, undefined);
        break;
      case 'createStream':
        this.#createStream(command);
        break;
      case 'publish':
        this.#publish(command, streamId);
        break;
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        this.#unpublish();
        break;
      case 'play':
        this.#refusePlaying(streamId);
        break;
      default: // Passed over, as by other servers: encoders may take an error for the end.
    }
  }

  #connected(command: Command): void {
    if (this.#state !== 'new') throw new MalformedMedia('INVALID', 'An RTMP peer connected twice');
    this.#state = 'connected';
    const { app, tcUrl, flashVer } = command.object;
    const encoder = textOf(flashVer)?.slice(0, MAXIMUM_NAME_LENGTH);
    this.#connect = { app: withoutQuery(textOf(app) ?? ''), tcUrl: textOf(tcUrl), encoder };

    this.#connection.sendControl(MESSAGE_TYPE.windowAcknowledgementSize, uint32(WINDOW_BYTES));
    const bandwidth = Buffer.concat([uint32(WINDOW_BYTES), Buffer.of(LIMIT_DYNAMIC)]);
    this.#connection.sendControl(MESSAGE_TYPE.setPeerBandwidth, bandwidth);
    this.#connection.announceChunkSize();
    const message = writeCommand(0, '_result', command.transactionId, SERVER_PROPERTIES, {
      ...status('NetConnection.Connect.Success', 'Connected'),
      objectEncoding: 0,
    });
    this.#connection.send(CHUNK_STREAM.command, message);
  }

  #createStream(command: Command): void {
    this.#streams += 1;
    if (this.#streams > MAXIMUM_STREAMS) throw new MalformedMedia('LIMIT', 'An RTMP peer made too many streams');
    this.#answer(command, this.#streams);
  }

  #publish({ parameters }: Command, streamId: number): void {
    if (this.#state !== 'connected') throw new MalformedMedia('INVALID', 'An RTMP peer published twice');
    this.#state = 'asking';
    clearTimeout(this.#publishTimer);
    this.#publishedStreamId = streamId;
    this.#connection.hold();
    this.emit('publish', { ...this.#connect, streamKey: withoutQuery(textOf(parameters[0]) ?? '') });
  }

  /** Only of the stream that is published: some encoders clean up before they publish. */
  #unpublish(): void {
    if (this.#state !== 'publishing') return;
    const stopped = status('NetStream.Unpublish.Success', 'Stopped');
    if (this.#saidFCPublish) this.#command(0, 'onFCUnpublish', stopped);
    this.#command(this.#publishedStreamId, 'onStatus', stopped);
    this.#connection.finish({ reason: 'unpublished', description: 'The encoder stopped' });
  }

  /** Nothing is to be had here. */
  #refusePlaying(streamId: number): void {
    const description = 'Streams are only taken here';
    this.#command(streamId, 'onStatus', { level: 'error', code: 'NetStream.Play.StreamNotFound', description });
    this.#connection.finish({ reason: 'refused', description });
  }

  #answer({ transactionId }: Command, result: AmfValue): void {
    this.#connection.send(CHUNK_STREAM.command, writeCommand(0, '_result', transactionId, null, result));
  }

  #command(streamId: number, name: 'onStatus' | 'onFCPublish' | 'onFCUnpublish', information: AmfObject): void {
    this.#connection.send(CHUNK_STREAM.command, writeCommand(streamId, name, 0, null, information));
  }
}

function status(code: string, description: string): AmfObject {
  return { level: 'status', code, description };
}

function withoutQuery(name: string): string {
  return (name.split('?', 1)[0] as string).replace(/^\/+|\/+$/g, '');
}

/** `onMetaData` comes as such, or as what a server is to keep: `@setDataFrame`, `onMetaData`, the values. */
function readMetadata(data: Buffer): AmfObject | undefined {
  const values = readAmf0(data);
  const [name, metadata] = values[0] === '@setDataFrame' ? values.slice(1) : values;
  return name === 'onMetaData' && isAmfObject(metadata) ? metadata : undefined;
}
