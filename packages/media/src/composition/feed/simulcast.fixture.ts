import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { packetizeH264 } from '../../rtp/h264-packetizer.ts';
import { writeRtpPacket } from '../../rtp/packet.ts';
import { writeSenderReport } from '../../rtp/rtcp.ts';
import type { PlacedRouter } from '../../sfu/delivery-router.ts';
import { PublishedLayers } from '../../sfu/layers/published-layers.ts';
import type { Publication, PublicationEvents } from '../../sfu/publication.ts';
import { routerCodec } from '../../webrtc/codecs.ts';
import type { MediaKind } from '../../webrtc/remote-description.ts';
import { flashingPictures } from '../sender.fixture.ts';

const FRAME_MS = 1_000 / 30;
const REPORT_EACH_FRAMES = 10;
const SIZES = [
  { width: 160, height: 90 },
  { width: 320, height: 180 },
  { width: 640, height: 360 },
];

/** Of each layer, RTP time begins elsewhere. */
const rtpTimeOf = (layer: number, frame: number) => (1_000_000_000 * layer + 3_000 * frame) >>> 0;

/** A video in three layers that is sent to a real router in real time; the publisher sends only those that are needed. */
export class SimulcastPublication extends EventEmitter<PublicationEvents> implements Publication {
  readonly participantId = 'alice';
  readonly publishId = '1';
  readonly origin: PlacedRouter;
  readonly producers: ReadonlyMap<MediaKind, types.Producer>;
  readonly layers: PublishedLayers;
  readonly kinds: MediaKind[] = ['video'];
  readonly codecs = new Map([['video', 'h264']] as const);
  readonly audioBitrateBps = 0;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  ended = false;

  private constructor(origin: PlacedRouter, producer: types.Producer, port: number) {
    super();
    this.origin = origin;
    this.producers = new Map([['video', producer]]);
    this.layers = new PublishedLayers(producer, ['low', 'mid', 'hi']);
    this.#socket = createSocket('udp4');
    const pictures = SIZES.map(({ width, height }) => flashingPictures('navy', `${width}x${height}`));
    const sequence = [0, 0, 0];
    const beginMs = performance.now();
    let frame = 0;
    const send = (data: Buffer) => this.#socket.send(data, port, '127.0.0.1');
    this.#timer = setInterval(() => {
      for (; beginMs + frame * FRAME_MS < performance.now(); frame += 1) {
        for (let layer = 0; layer <= this.layers.demand.highest; layer += 1) {
          const [ssrc, rtpTime] = [layer + 1, rtpTimeOf(layer, frame)];
          const payloads = packetizeH264(pictures[layer]?.[frame % 30] ?? [], 1_100);
          for (const [index, payload] of payloads.entries()) {
            const marker = index === payloads.length - 1;
            const sequenceNumber = sequence[layer] ?? 0;
            sequence[layer] = (sequenceNumber + 1) & 0xffff;
            send(writeRtpPacket({ payloadType: 108, marker, sequenceNumber, rtpTime, ssrc, payload }));
          }
          if (frame % REPORT_EACH_FRAMES > 0) continue;
          const wallClockMs = 1e12 + frame * FRAME_MS;
          send(writeSenderReport({ ssrc, wallClockMs, rtpTime, packetCount: 1, octetCount: 1 }));
        }
      }
    }, 5);
    producer.observer.once('close', () => this.close());
  }

  static async open(origin: PlacedRouter): Promise<SimulcastPublication> {
    const { router } = origin;
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
      rtcpMux: true,
    });
    const { mimeType, clockRate, parameters, rtcpFeedback } = routerCodec('h264');
    const producer = await transport.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [{ mimeType, clockRate, parameters, rtcpFeedback, payloadType: 108 }] as types.RtpCodecParameters[],
        encodings: [{ ssrc: 1 }, { ssrc: 2 }, { ssrc: 3 }],
      },
    });
    return new SimulcastPublication(origin, producer, transport.tuple.localPort);
  }

  get sources(): ReadonlyMap<MediaKind, types.Producer> {
    return this.producers;
  }

  get video(): types.Producer {
    const producer = this.producers.get('video');
    if (!producer) throw new Error('there is no video');
    return producer;
  }

  /** The sizes of its layers become known, as they do by looking at them. */
  measure(): void {
    for (const [layer, size] of SIZES.entries()) this.layers.measured(layer, size);
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.#timer);
    this.#socket.close();
    this.video.close();
    this.emit('ended', 'closed');
  }
}
