import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import { ingestedRtpParameters } from '../webrtc/ingested-streams.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { CounterAverage } from './counter-average.ts';
import type { PlacedRouter } from './delivery-router.ts';
import { type IngestSource, MAXIMUM_VIDEO_TRACKS, type RtpTarget } from './ingest-source.ts';
import { IngestTransport } from './ingest-transport.ts';
import type { PublishedVideo } from './published-video.ts';
import { Publisher, type PublisherParts, type PublishIdentity, produce } from './publisher.ts';
import { TrackReadings } from './track-readings.ts';

const MAXIMUM_SSRC = 2 ** 32 - 1;
const AUDIO_LEVEL_ID = 10;
const BITRATE_WINDOW_MS = 10_000;

interface IngestParts {
  readonly source: IngestSource;
  readonly target: RtpTarget;
  readonly readings: TrackReadings;
}

/**
 * A publisher whose streams an encoder sends by another protocol: one H.264 video, whose tracks are its layers, and one audio,
 * which comes as Opus.
 */
export class IngestPublisher extends Publisher {
  readonly source: IngestSource;
  readonly #target: RtpTarget;
  readonly #readings: TrackReadings;

  private constructor(parts: PublisherParts, { source, target, readings }: IngestParts) {
    super(parts);
    this.source = source;
    this.#target = target;
    this.#readings = readings;
    source.on('violation', (violation) => this.emit('violation', violation));
    // What is passed over on the way here counts as well.
    const average = new CounterAverage(BITRATE_WINDOW_MS);
    source.on('received', (bytes, atMs) => {
      const bytesPerSecond = average.add(bytes, atMs);
      if (bytesPerSecond !== undefined) this.emit('bitrate', 8 * bytesPerSecond);
    });
    source.sendTo(target, (tracks) => this.#arrange(tracks));
  }

  /** @param source belongs to the publisher from now on, also when this throws */
  static async create(identity: PublishIdentity, source: IngestSource, origin: PlacedRouter): Promise<IngestPublisher> {
    let transport: IngestTransport | undefined;
    try {
      transport = await IngestTransport.open(origin.router, source);
      const cname = identity.publishId; // common to both, so that they are shown in step
      const [audioSsrc, ...videoSsrcs] = newSsrcs(1 + MAXIMUM_VIDEO_TRACKS);
      const audio = await produce(transport, {
        kind: 'audio',
        rtpParameters: ingestedRtpParameters('opus', { ssrc: audioSsrc, cname, levelExtensionId: AUDIO_LEVEL_ID }),
      });
      const [videoSsrc = 0] = videoSsrcs;
      const video = await produce(transport, {
        kind: 'video',
        rtpParameters: ingestedRtpParameters('h264', { ssrc: videoSsrc, cname }),
      });
      const producers = new Map<MediaKind, types.Producer>([
        ['audio', audio],
        ['video', video],
      ]);
      const target: RtpTarget = {
        port: transport.port,
        audio: { payloadType: payloadTypeOf(audio), ssrc: audioSsrc, levelExtensionId: AUDIO_LEVEL_ID },
        video: { payloadType: payloadTypeOf(video), ssrcs: videoSsrcs },
      };
      const readings = new TrackReadings(source, videoSsrcs);
      const parts = { ...identity, transport, origin, producers, video: readings.publish(video) };
      return new IngestPublisher(parts, { source, target, readings });
    } catch (error) {
      transport?.close();
      source.close();
      throw error;
    }
  }

  protected override async look(producer: types.Producer): Promise<PublishedVideo> {
    return this.#readings.publish(producer);
  }

  /** @param tracks the smallest picture first */
  async #arrange(tracks: readonly number[]): Promise<void> {
    const { ssrcs } = this.#target.video;
    const wanted = tracks.flatMap((track) => ssrcs[track] ?? []);
    if (wanted.length > 0) await this.takeLayers(wanted);
  }
}

/** So many that differ. */
function newSsrcs(count: number): [number, ...number[]] {
  const first = randomInt(1, MAXIMUM_SSRC - count);
  return [first, ...Array.from({ length: count - 1 }, (_, index) => first + 1 + index)];
}

function payloadTypeOf({ rtpParameters }: types.Producer): number {
  const [codec] = rtpParameters.codecs;
  if (!codec) throw new Error('a stream was taken without a codec');
  return codec.payloadType;
}
