import { EventEmitter } from 'node:events';
import { MalformedMedia, parseRtcp, parseRtpPacket, type RtpPacket, SenderClock } from '@proscenium/media/rtp';
import type { MediaConnection } from '../connection/media-connection.ts';
import { writeNack, writePictureLoss, writeReceiverReport, writeTransportFeedback } from '../rtcp/write-packets.ts';
import { type RemoteSection, TRANSPORT_SEQUENCE_URI } from '../sdp/read-description.ts';
import { NotAuthentic } from '../srtp/packet-protection.ts';
import { Arrivals } from '../stream/arrivals.ts';
import { nowMs } from '../stream/clock.ts';
import { readHeaderExtension } from '../stream/header-extension.ts';
import { type Frame, IncomingStream, isReadable } from './incoming-stream.ts';

interface MediaReceiverEvents {
  frame: [mid: string, frame: Frame];
  /** The connection is gone, and not by us. */
  lost: [error: Error];
}

const OUR_SSRC = 1;
const TICK_MS = 20;
const TICKS_PER_FEEDBACK = 5;
const TICKS_PER_REPORT = 50;
/** A packet holds no more of them (RFC 3550 §6.4.1). */
const BLOCKS_PER_REPORT = 31;
const NTP_EPOCH_SECONDS = 2_208_988_800;

/** Receives over one connection, and tells the server what a browser would tell it. */
export class MediaReceiver extends EventEmitter<MediaReceiverEvents> {
  readonly #connection: MediaConnection;
  /** By SSRC. */
  readonly #streams = new Map<number, IncomingStream>();
  /** By the SSRC of the repetitions. */
  readonly #repaired = new Map<number, IncomingStream>();
  readonly #arrivals = new Arrivals();
  /** Everything on a connection is sent by one server. */
  readonly #sender = new SenderClock();
  readonly #timer: NodeJS.Timeout;
  #transportSequenceId: number | undefined;
  #ticks = 0;

  constructor(connection: MediaConnection) {
    super();
    this.#connection = connection;
    connection.on('rtp', (packet) => this.#receive(packet));
    connection.on('rtcp', (packet) => this.#hear(packet));
    connection.once('lost', (error) => {
      clearInterval(this.#timer);
      this.emit('lost', error);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** What the server sends from now on. */
  setSections(sections: readonly RemoteSection[]): void {
    const live = sections.filter((section) => section.live && section.ssrc !== undefined && isReadable(section));
    const ssrcs = new Set(live.map(({ ssrc }) => ssrc));
    for (const ssrc of [...this.#streams.keys()]) if (!ssrcs.has(ssrc)) this.#streams.delete(ssrc);
    this.#repaired.clear();
    for (const section of live) {
      const { ssrc = 0, rtxSsrc, mid } = section;
      const known = this.#streams.get(ssrc);
      const deliver = (frame: Frame) => void this.emit('frame', mid, frame);
      const stream = known?.section.mid === mid ? known : new IncomingStream(section, ssrc, this.#sender, deliver);
      this.#streams.set(ssrc, stream);
      if (rtxSsrc !== undefined) this.#repaired.set(rtxSsrc, stream);
    }
    const told = live.find(
      ({ transportFeedback, extensions }) => transportFeedback && extensions.has(TRANSPORT_SEQUENCE_URI),
    );
    this.#transportSequenceId = told?.extensions.get(TRANSPORT_SEQUENCE_URI);
  }

  requestKeyFrame(mid: string): void {
    for (const { section, ssrc } of this.#streams.values()) {
      if (section.mid === mid) this.#connection.sendRtcp(writePictureLoss(OUR_SSRC, ssrc));
    }
  }

  /** Ends without a word to the server. */
  close(): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  #receive(data: Buffer): void {
    const packet = this.#open(data);
    if (!packet) return;
    const now = nowMs();
    if (this.#transportSequenceId !== undefined) {
      const number = readHeaderExtension(data, this.#transportSequenceId);
      if (number !== undefined) this.#arrivals.add(number, now);
    }
    const stream = this.#streams.get(packet.ssrc);
    if (stream) stream.receive(packet, now);
    else this.#repaired.get(packet.ssrc)?.repair(packet, now);
  }

  /** Undefined for what is not the server's, or cannot be read: as if it had been lost. */
  #open(data: Buffer): RtpPacket | undefined {
    try {
      return parseRtpPacket(this.#connection.openRtp(data));
    } catch (error) {
      if (!(error instanceof NotAuthentic || error instanceof MalformedMedia)) throw error;
      return undefined;
    }
  }

  #hear(data: Buffer): void {
    const now = nowMs();
    for (const report of readReports(data)) {
      if (report.type !== 'senderReport') continue;
      const seconds = (report.wallClockMs ?? 0) / 1_000 + NTP_EPOCH_SECONDS;
      this.#streams.get(report.ssrc)?.hearSenderReport(report, Math.round(seconds * 65_536) % 2 ** 32, now);
    }
  }

  #tick(): void {
    const now = nowMs();
    for (const stream of this.#streams.values()) {
      const missing = stream.tick(now);
      if (missing.length > 0) this.#connection.sendRtcp(writeNack(OUR_SSRC, stream.ssrc, missing));
    }
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_FEEDBACK === 0) this.#tellArrivals();
    if (this.#ticks % TICKS_PER_REPORT === 0) this.#report(now);
  }

  #tellArrivals(): void {
    const feedback = this.#arrivals.take();
    const [ssrc = 0] = this.#streams.keys();
    if (feedback) this.#connection.sendRtcp(writeTransportFeedback(OUR_SSRC, ssrc, feedback));
  }

  #report(now: number): void {
    const blocks = [...this.#streams.values()].flatMap((stream) => stream.report(now) ?? []);
    for (let index = 0; index < blocks.length; index += BLOCKS_PER_REPORT) {
      this.#connection.sendRtcp(writeReceiverReport(OUR_SSRC, blocks.slice(index, index + BLOCKS_PER_REPORT)));
    }
  }
}

function readReports(data: Buffer): ReturnType<typeof parseRtcp> {
  try {
    return parseRtcp(data);
  } catch (error) {
    if (!(error instanceof MalformedMedia)) throw error;
    return [];
  }
}
