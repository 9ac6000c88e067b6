import { EventEmitter } from 'node:events';
import type { ChannelNews, ChannelOptions } from '../channel/channel-options.ts';
import type { EndReason } from '../sfu/client-transport.ts';
import type { ArrangeTracks, IngestSource, IngestSourceEvents, RtpTarget } from '../sfu/ingest-source.ts';
import type { IngestProgramme } from './ingest-programme.ts';
import type {
  FromIngestProgram,
  IngestProtocol,
  IngestRefusal,
  IngestReport,
  IngestRequest,
  ProgrammeFailed,
  ProgrammeSwitched,
} from './messages.ts';

/** An encoder whose connection is lost takes longer to be closed than anybody waits. */
const LAST_FILES_MS = 3_000;

/** The program that holds a connection. */
export interface IngestHolder {
  /** @param refusal what the encoder is told, if anything */
  close(refusal: IngestRefusal | undefined): void;
  /** @throws when the program is gone */
  openProgramme(): Promise<IngestProgramme>;
}

export interface IngestConnectionEvents extends IngestSourceEvents {
  /** Of a stream to a channel: a file is there, as it is told. */
  file: [path: string, final: boolean];
  /** The playlist does not name it any more. */
  gone: [path: string];
  /** Nothing is written any more. */
  failed: [code: 'DISK_FULL' | 'INTERNAL', message: string];
}

/**
 * An encoder's connection, from its wish to publish to its end, as the server knows it. Whoever authorizes it hands it to
 * `StageMedia.ingest()`, or has it written to a channel.
 */
export class IngestConnection extends EventEmitter<IngestConnectionEvents> implements IngestSource {
  readonly id: string;
  readonly protocol: IngestProtocol;
  readonly app: string;
  readonly remoteAddress: string;
  readonly encoder: string | undefined;
  readonly rtpPort: number;
  /** Not enumerable: no log shows it. */
  readonly #streamKey: string;
  readonly #holder: IngestHolder;
  #target: RtpTarget | undefined;
  #channel: ChannelOptions | undefined;
  #arrange: ArrangeTracks | undefined;
  #programme: Pick<IngestProgramme, 'id'> | undefined;
  #lastHeardMs = performance.now();
  #ended = false;
  /** Of one that is being closed, and whose end the program has not told yet. */
  #givingUp: NodeJS.Timeout | undefined;

  constructor(request: IngestRequest, holder: IngestHolder) {
    super();
    this.id = request.connectionId;
    this.protocol = request.protocol;
    this.app = request.app;
    this.remoteAddress = request.remoteAddress;
    this.encoder = request.encoder;
    this.rtpPort = request.rtpPort;
    this.#streamKey = request.streamKey;
    this.#holder = holder;
  }

  /** A secret. */
  get streamKey(): string {
    return this.#streamKey;
  }

  /** For how long nothing has come from the encoder; to a second or so. */
  get silentMs(): number {
    return performance.now() - this.#lastHeardMs;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Undefined unless it was handed to a stage. */
  get target(): RtpTarget | undefined {
    return this.#target;
  }

  /** Undefined unless it goes to a channel. */
  get channel(): ChannelOptions | undefined {
    return this.#channel;
  }

  sendTo(target: RtpTarget, arrange: ArrangeTracks): void {
    this.#target = target;
    this.#arrange = arrange;
  }

  /** Has tracks of its video taken, as the program that holds it asks. @throws when that cannot be */
  async arrange(tracks: readonly number[]): Promise<void> {
    if (this.#ended || !this.#arrange) throw new Error('The connection publishes no video');
    await this.#arrange(tracks);
  }

  /** What it is a part of beside being sent to its own target; undefined: of nothing. */
  get programme(): Pick<IngestProgramme, 'id'> | undefined {
    return this.#programme;
  }

  /** A new programme, of which this connection and others can be made parts. @throws when the program is gone */
  openProgramme(): Promise<IngestProgramme> {
    return this.#holder.openProgramme();
  }

  /** Makes it a part of a programme: to be called before it is authorized. */
  join(programme: Pick<IngestProgramme, 'id'>): void {
    this.#programme = programme;
  }

  /** Has it made into HLS, in place of a stage. */
  writeTo(channel: ChannelOptions): void {
    this.#channel = channel;
  }

  close(reason?: string): void {
    if (this.#ended || this.#givingUp) return;
    this.#holder.close(reason === undefined ? undefined : { code: 'NetStream.Publish.Rejected', description: reason });
    // What of a channel's stream is not written yet comes before its end.
    if (this.#channel) this.#givingUp = setTimeout(() => this.end('closed'), LAST_FILES_MS);
    else this.end('closed');
  }

  /** Takes what the program that holds the connection says of it. */
  receive(
    message: Exclude<FromIngestProgram, { type: 'publish' | 'tracks' } | ProgrammeSwitched | ProgrammeFailed>,
  ): void {
    if (this.#ended) return;
    switch (message.type) {
      case 'facts':
        this.emit('facts', message.track, message.facts);
        break;
      case 'report':
        this.#lastHeardMs = performance.now() - message.silentMs;
        this.emit('received', message.receivedBytes, message.atMs);
        this.#tellFrameRates(message);
        break;
      case 'violation':
        this.emit('violation', message.violation);
        break;
      case 'channel':
        this.#tell(message.news);
        break;
      case 'ended':
        this.end(message.reason);
    }
  }

  #tellFrameRates({ framesPerSecond }: IngestReport): void {
    const known = framesPerSecond.flatMap((rate, track): [number, number][] =>
      rate === undefined ? [] : [[track, rate]],
    );
    if (known.length > 0) this.emit('sampled', new Map(known));
  }

  #tell(news: ChannelNews): void {
    if (news.type === 'file') this.emit('file', news.path, news.final);
    else if (news.type === 'gone') this.emit('gone', news.path);
    else this.emit('failed', news.code, news.message);
  }

  /** The connection is gone. */
  end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#givingUp);
    this.emit('ended', reason);
  }
}
