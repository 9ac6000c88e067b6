import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import type { types } from 'mediasoup';
import { type AccessUnit, parseRtcp, parseRtpPacket, type StreamCodec, StreamReceiver } from '../rtp/index.ts';
import { isRtcp } from '../rtp/packet.ts';
import type { Publisher } from '../sfu/publisher.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';

const HOST = '127.0.0.1';
const CLOCK_RATES = { audio: 48_000, video: 90_000 };

/** Takes a publisher's streams from the SFU, as a receiver of them would, without a browser. */
export class Viewer extends EventEmitter<{ unit: [kind: MediaKind]; report: [kind: MediaKind] }> {
  readonly units: Record<MediaKind, AccessUnit[]> = { audio: [], video: [] };
  /** By which of the SFU's reports a receiver would show what: wall clock minus media time, in milliseconds. */
  readonly offsetsMs: Partial<Record<MediaKind, number>> = {};

  #video: types.Consumer | undefined;
  readonly #kinds = new Map<number, MediaKind>();
  readonly #receivers: Record<MediaKind, StreamReceiver> = { audio: receiver('opus'), video: receiver('h264') };

  /** Until the publisher's stage is closed. */
  static async watch({ origin: { router }, producers }: Publisher): Promise<Viewer> {
    const viewer = new Viewer();
    const socket = createSocket('udp4', (data) => viewer.#take(data));
    await once(socket.bind(0, HOST), 'listening');
    const listenInfo = { protocol: 'udp', ip: HOST } as const;
    const transport = await router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: false });
    transport.observer.once('close', () => socket.close());
    await transport.connect({ ip: HOST, port: socket.address().port });
    for (const [kind, { id: producerId }] of producers) {
      // Without extensions: it reports no arrival times, so that no bandwidth is to be estimated.
      const rtpCapabilities = { codecs: router.rtpCapabilities.codecs ?? [], headerExtensions: [] };
      const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true });
      if (kind === 'video') viewer.#video = consumer;
      viewer.#kinds.set(consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0, kind);
      await consumer.resume();
    }
    return viewer;
  }

  /** Resolves when it has so many of both. */
  async has(count: number): Promise<void> {
    while (this.units.audio.length < count || this.units.video.length < count) {
      await new Promise((resolve) => this.once('unit', resolve));
    }
  }

  /** Of a video of several layers, wants none above this one. */
  async prefer(spatialLayer: number): Promise<void> {
    await this.#video?.setPreferredLayers({ spatialLayer });
  }

  /** By how much sound and picture would be out of step. */
  get skewMs(): number | undefined {
    const { audio, video } = this.offsetsMs;
    return audio === undefined || video === undefined ? undefined : Math.abs(audio - video);
  }

  #take(data: Buffer): void {
    if (isRtcp(data)) {
      this.#takeReports(data);
      return;
    }
    const packet = parseRtpPacket(data);
    const kind = this.#kinds.get(packet.ssrc);
    if (!kind) return;
    this.units[kind].push(...this.#receivers[kind].push(packet, performance.now()));
    this.emit('unit', kind);
  }

  #takeReports(data: Buffer): void {
    for (const report of parseRtcp(data)) {
      if (report.type !== 'senderReport' || report.wallClockMs === undefined) continue;
      const kind = this.#kinds.get(report.ssrc);
      if (!kind) continue;
      this.offsetsMs[kind] = report.wallClockMs - (1_000 * report.rtpTime) / CLOCK_RATES[kind];
      this.emit('report', kind);
    }
  }
}

function receiver(codec: StreamCodec): StreamReceiver {
  return new StreamReceiver(codec, {
    onMalformed: (fault) => {
      throw fault;
    },
  });
}
