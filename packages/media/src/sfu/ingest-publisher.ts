import { randomInt } from 'node:crypto';
import type { types } from 'mediasoup';
import { ingestedRtpParameters } from '../webrtc/ingested-streams.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import { CounterAverage } from './counter-average.ts';
import type { PlacedRouter } from './delivery-router.ts';
import type { IngestSource, RtpTarget } from './ingest-source.ts';
import { IngestTransport } from './ingest-transport.ts';
import { PublishedVideo } from './published-video.ts';
import { Publisher, type PublisherParts, type PublishIdentity, produce } from './publisher.ts';

const MAXIMUM_SSRC = 2 ** 32 - 1;
const AUDIO_LEVEL_ID = 10;
const BITRATE_WINDOW_MS = 10_000;

/** A publisher whose streams an encoder sends by another protocol: one H.264 video and one audio, which comes as Opus. */
export class IngestPublisher extends Publisher {
  readonly source: IngestSource;

  private constructor(parts: PublisherParts, source: IngestSource) {
    super(parts);
    this.source = source;
    source.on('violation', (violation) => this.emit('violation', violation));
    // What is passed over on the way here counts as well.
    const average = new CounterAverage(BITRATE_WINDOW_MS);
    source.on('received', (bytes, atMs) => {
      const bytesPerSecond = average.add(bytes, atMs);
      if (bytesPerSecond !== undefined) this.emit('bitrate', 8 * bytesPerSecond);
    });
  }

  /** @param source belongs to the publisher from now on, also when this throws */
  static async create(identity: PublishIdentity, source: IngestSource, origin: PlacedRouter): Promise<IngestPublisher> {
    let transport: IngestTransport | undefined;
    try {
      transport = await IngestTransport.open(origin.router, source);
      const cname = identity.publishId; // common to both, so that they are shown in step
      const [audioSsrc, videoSsrc] = newSsrcs();
      const audio = await produce(transport, {
        kind: 'audio',
        rtpParameters: ingestedRtpParameters('opus', { ssrc: audioSsrc, cname, levelExtensionId: AUDIO_LEVEL_ID }),
      });
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
        video: { payloadType: payloadTypeOf(video), ssrc: videoSsrc },
      };
      const published = new PublishedVideo(video, source, [undefined]);
      const publisher = new IngestPublisher({ ...identity, transport, origin, producers, video: published }, source);
      source.sendTo(target);
      return publisher;
    } catch (error) {
      transport?.close();
      source.close();
      throw error;
    }
  }
}

/** Two that differ. */
function newSsrcs(): [number, number] {
  const first = randomInt(1, MAXIMUM_SSRC);
  return [first, first + 1];
}

function payloadTypeOf({ rtpParameters }: types.Producer): number {
  const [codec] = rtpParameters.codecs;
  if (!codec) throw new Error('a stream was taken without a codec');
  return codec.payloadType;
}
