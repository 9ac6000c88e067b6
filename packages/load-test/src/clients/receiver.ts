import { EventEmitter } from 'node:events';
import { H264Depacketizer, MalformedMedia, parseRtpPacket } from '@proscenium/media/rtp';
import {
  Arrivals,
  type Identity,
  type MediaConnection,
  NotAuthentic,
  nowMs,
  ReceivedStream,
  type RemoteSection,
  readHeaderExtension,
  type StreamCount,
  TRANSPORT_SEQUENCE_URI,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
  writeTransportFeedback,
} from '@proscenium/participant/connection';
import { findMark } from '../stream/gray-video.ts';

export interface ReceiverOptions {
  readonly identity: Identity;
  /** The first packet of each so-manieth picture is opened, to see that the keys are right and how long it took. */
  readonly openEveryPictures: number;
}

export interface ReceiverEvents {
  /** The connection is gone, and not by us. */
  lost: [error: Error];
}

/** What came over one connection. Times are those of {@link nowMs}. */
export interface Received extends StreamCount {
  /** In packets of media, repetitions included, as they came over the line. */
  readonly bytes: number;
  readonly streams: number;
  /** Packets that were opened, and so are proved to be the server's. */
  readonly opened: number;
  /** Packets, and reports, that could not be opened: 0, or something is wrong. */
  readonly notAuthentic: number;
  /** From the moment at which a publisher made a picture to that at which its first packet was here; a sample. */
  readonly latenciesMs: readonly number[];
  readonly firstPacketMs: number | undefined;
  /** When the last packet of a key frame of which nothing was missing was here. */
  readonly firstKeyFrameMs: number | undefined;
}

/** A stream of the connection. */
interface Stream {
  readonly section: RemoteSection;
  readonly stream: ReceivedStream;
  /** Until the first whole key frame. */
  depacketizer: H264Depacketizer | undefined;
  pictures: number;
  /** The next packet begins a picture. */
  atStart: boolean;
}

const OUR_SSRC = 1;
const TICK_MS = 100;
const TICKS_PER_REPORT = 10;
const KEPT_LATENCIES = 20_000;
const CLOCK_RATE: Readonly<Record<string, number>> = { audio: 48_000, video: 90_000 };

/** Receives over one connection, and tells the server what a browser would tell it. */
export class Receiver extends EventEmitter<ReceiverEvents> {
  readonly #connection: MediaConnection;
  readonly #openEveryPictures: number;
  readonly #streams = new Map<number, Stream>();
  /** By the SSRC of the repetitions. */
  readonly #repaired = new Map<number, Stream>();
  readonly #arrivals = new Arrivals();
  readonly #timer: NodeJS.Timeout;
  #transportSequenceId: number | undefined;
  #past: StreamCount = { received: 0, repaired: 0, lost: 0, asked: 0 };
  #ticks = Math.floor(Math.random() * TICKS_PER_REPORT);
  #bytes = 0;
  #opened = 0;
  #notAuthentic = 0;
  #latenciesMs: number[] = [];
  #firstPacketMs: number | undefined;
  #firstKeyFrameMs: number | undefined;

  constructor(connection: MediaConnection, sections: readonly RemoteSection[], { openEveryPictures }: ReceiverOptions) {
    super();
    this.#connection = connection;
    this.#openEveryPictures = openEveryPictures;
    this.setSections(sections);
    connection.on('rtp', (packet) => this.#receive(packet));
    connection.on('rtcp', (packet) => this.#hear(packet));
    connection.once('lost', (error) => {
      clearInterval(this.#timer);
      this.emit('lost', error);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** What the server sends from now on: streams that are no longer among it are counted no further. */
  setSections(sections: readonly RemoteSection[]): void {
    const live = sections.filter((section) => section.live && section.ssrc !== undefined);
    const ssrcs = new Set(live.map(({ ssrc }) => ssrc));
    for (const [ssrc, { stream }] of this.#streams) {
      if (ssrcs.has(ssrc)) continue;
      this.#past = add(this.#past, stream.count);
      this.#streams.delete(ssrc);
    }
    this.#repaired.clear();
    for (const section of live) {
      const { ssrc = 0, rtxSsrc, kind } = section;
      const stream = this.#streams.get(ssrc) ?? {
        section,
        stream: new ReceivedStream(ssrc, CLOCK_RATE[kind] ?? 90_000),
        depacketizer: kind === 'video' && this.#firstKeyFrameMs === undefined ? new H264Depacketizer() : undefined,
        pictures: 0,
        atStart: true,
      };
      this.#streams.set(ssrc, stream);
      if (rtxSsrc !== undefined) this.#repaired.set(rtxSsrc, stream);
    }
    const told = live.find(
      ({ transportFeedback, extensions }) => transportFeedback && extensions.has(TRANSPORT_SEQUENCE_URI),
    );
    this.#transportSequenceId = told?.extensions.get(TRANSPORT_SEQUENCE_URI);
  }

  get received(): Received {
    const counts = [...this.#streams.values()].map(({ stream }) => stream.count);
    return {
      ...counts.reduce(add, this.#past),
      bytes: this.#bytes,
      streams: counts.filter(({ received }) => received > 0).length,
      opened: this.#opened,
      notAuthentic: this.#notAuthentic + this.#connection.notAuthentic,
      latenciesMs: this.#latenciesMs,
      firstPacketMs: this.#firstPacketMs,
      firstKeyFrameMs: this.#firstKeyFrameMs,
    };
  }

  /** Begins to measure latency anew. */
  forgetLatencies(): void {
    this.#latenciesMs = [];
  }

  /** Throws a part of the packets away, 0 to 1, as a bad line does. */
  set lossRatio(ratio: number) {
    this.#connection.lossRatio = ratio;
  }

  /** Asks for a key frame of everything that is received. */
  askForKeyFrames(): void {
    for (const { section, stream } of this.#streams.values()) {
      if (section.kind === 'video') this.#connection.sendRtcp(writePictureLoss(OUR_SSRC, stream.ssrc));
    }
  }

  /** Ends without a word to the server. */
  close(): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  #receive(packet: Buffer): void {
    if (packet.length < 12) return;
    this.#bytes += packet.length;
    const now = nowMs();
    const ssrc = packet.readUInt32BE(8);
    const sequenceNumber = packet.readUInt16BE(2);
    const rolloverCount = this.#connection.arrived(ssrc, sequenceNumber);
    if (this.#transportSequenceId !== undefined) this.#countArrival(packet, this.#transportSequenceId, now);
    const stream = this.#streams.get(ssrc);
    if (stream) this.#receiveMedia(packet, sequenceNumber, rolloverCount, stream, now);
    else this.#receiveRepetition(packet, rolloverCount, this.#repaired.get(ssrc));
  }

  #receiveMedia(packet: Buffer, sequenceNumber: number, rolloverCount: number, stream: Stream, now: number): void {
    stream.stream.receive(sequenceNumber, packet.readUInt32BE(4), now);
    this.#firstPacketMs ??= now;
    const begins = stream.atStart;
    stream.atStart = stream.section.kind === 'audio' || packet.readUInt8(1) >= 0x80;
    if (begins) stream.pictures += 1;
    const chosen = begins && stream.pictures % this.#openEveryPictures === 0;
    if (!chosen && !stream.depacketizer) return;
    const plain = this.#open(packet, rolloverCount);
    if (!plain) return;
    if (chosen) this.#measureLatency(plain, now);
    if (stream.depacketizer) this.#lookForKeyFrame(plain, stream, now);
  }

  #measureLatency(plain: Buffer, now: number): void {
    const mark = findMark(plain);
    if (mark && this.#latenciesMs.length < KEPT_LATENCIES) this.#latenciesMs.push(now - mark.timeMs);
  }

  #lookForKeyFrame(plain: Buffer, stream: Stream, now: number): void {
    try {
      const units = stream.depacketizer?.push(parseRtpPacket(plain), now) ?? [];
      if (!units.some(({ keyFrame, complete }) => keyFrame && complete)) return;
      this.#firstKeyFrameMs ??= now;
      stream.depacketizer = undefined;
    } catch (error) {
      // Not our kind of stream: there is nothing to find in it.
      if (!(error instanceof MalformedMedia)) throw error;
      stream.depacketizer = undefined;
    }
  }

  /** RFC 4588 §4: the number that the packet had at first stands before its payload. */
  #receiveRepetition(packet: Buffer, rolloverCount: number, stream: Stream | undefined): void {
    const plain = stream && this.#open(packet, rolloverCount);
    if (!plain) return;
    const { payload } = parseRtpPacket(plain);
    // Packets of padding alone are probes.
    if (payload.length >= 2) stream.stream.repair(payload.readUInt16BE(0));
  }

  #open(packet: Buffer, rolloverCount: number): Buffer | undefined {
    try {
      const plain = this.#connection.unprotect(packet, rolloverCount);
      this.#opened += 1;
      return plain;
    } catch (error) {
      if (!(error instanceof NotAuthentic)) throw error;
      this.#notAuthentic += 1;
      return undefined;
    }
  }

  #countArrival(packet: Buffer, id: number, now: number): void {
    const value = readHeaderExtension(packet, id);
    if (value !== undefined) this.#arrivals.add(value, now);
  }

  #hear(packet: Buffer): void {
    const isSenderReport = packet.length >= 28 && packet.readUInt8(1) === 200;
    if (!isSenderReport) return;
    this.#streams.get(packet.readUInt32BE(4))?.stream.hearSenderReport(packet.readUInt32BE(10), nowMs());
  }

  #tick(): void {
    const now = nowMs();
    for (const { stream } of this.#streams.values()) {
      const missing = stream.dueForNack(now);
      if (missing.length > 0) this.#connection.sendRtcp(writeNack(OUR_SSRC, stream.ssrc, missing));
    }
    const feedback = this.#arrivals.take();
    const [ssrc = 0] = this.#streams.keys();
    if (feedback) this.#connection.sendRtcp(writeTransportFeedback(OUR_SSRC, ssrc, feedback));
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_REPORT === 0) this.#report(now);
  }

  #report(now: number): void {
    const blocks = [...this.#streams.values()].flatMap(({ stream }) => stream.report(now) ?? []);
    // A packet holds 31 of them.
    for (let index = 0; index < blocks.length; index += 31) {
      this.#connection.sendRtcp(writeReceiverReport(OUR_SSRC, blocks.slice(index, index + 31)));
    }
  }
}

function add(one: StreamCount, two: StreamCount): StreamCount {
  return {
    received: one.received + two.received,
    repaired: one.repaired + two.repaired,
    lost: one.lost + two.lost,
    asked: one.asked + two.asked,
  };
}
