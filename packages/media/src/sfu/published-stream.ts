import type { types } from 'mediasoup';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { StreamReading } from './bitrate-meter.ts';
import { type LayerLabel, layerLabels } from './layers/layer-labels.ts';
import type { PublishedVideo } from './published-video.ts';

/** A stream, or one layer of it, as it comes in. What was not looked at yet is undefined. */
export interface PublishedStream {
  readonly kind: MediaKind;
  /** Undefined without simulcast. */
  readonly layer: LayerLabel | undefined;
  readonly bitrateBps: number | undefined;
  /** In pixels. */
  readonly shorterSide: number | undefined;
  readonly framesPerSecond: number | undefined;
}

/** @param readings of all streams of the publisher */
export function describeStreams(
  producer: types.Producer,
  readings: readonly StreamReading[],
  video: Pick<PublishedVideo, 'facts' | 'framesPerSecond'> | undefined,
): PublishedStream[] {
  const own = readings.filter(({ producerId }) => producerId === producer.id);
  const encodings = producer.rtpParameters.encodings ?? [];
  const labels = encodings.length > 1 ? layerLabels(encodings.length) : [];
  return encodings.map((encoding, layer) => {
    const reading = own.find(({ ssrc, rid }) => (encoding.ssrc ? encoding.ssrc === ssrc : encoding.rid === rid));
    const facts = producer.kind === 'video' ? video?.facts.get(layer) : undefined;
    return {
      kind: producer.kind,
      layer: labels[layer],
      bitrateBps: reading?.bitrateBps,
      shorterSide: facts && Math.min(facts.width, facts.height),
      framesPerSecond: producer.kind === 'video' ? video?.framesPerSecond.get(layer) : undefined,
    };
  });
}
