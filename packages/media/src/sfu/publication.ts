import type { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';
import { type CodecName, codecOf } from '../webrtc/codecs.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { EndReason } from './client-transport.ts';
import type { PlacedRouter } from './delivery-router.ts';
import type { PublishedLayers } from './layers/published-layers.ts';

export interface PublicationEvents {
  /** The first packet of this kind arrived. A section that was negotiated but never carries a packet is no media. */
  media: [kind: MediaKind];
  /** The video is received under another producer: {@link Publication.publishId} and {@link Publication.layers} are new. */
  remade: [];
  ended: [reason: EndReason];
}

/** What can be received of one participant of a stage: what it publishes there, or a copy of what it publishes elsewhere. */
export interface Publication extends Pick<EventEmitter<PublicationEvents>, 'on' | 'once' | 'off'> {
  readonly participantId: string;
  /** Changes with each publish, and when its video is received anew, so that subscribers see that they must do so too. */
  readonly publishId: string;
  /** Where it is received. */
  readonly origin: PlacedRouter;
  /** In the stage's origin router. */
  readonly producers: ReadonlyMap<MediaKind, types.Producer>;
  /** What the participant itself sends: a copy's are in the stage where it publishes. */
  readonly sources: ReadonlyMap<MediaKind, types.Producer>;
  /** The kinds that carry packets. */
  readonly kinds: readonly MediaKind[];
  /** The codec of each stream. */
  readonly codecs: ReadonlyMap<MediaKind, CodecName>;
  /** Undefined unless the video comes in several layers. */
  readonly layers: PublishedLayers | undefined;
  /** What comes in of its audio; 0 before it was read. */
  readonly audioBitrateBps: number;
  readonly ended: boolean;
  /** Closing twice does nothing. */
  close(): void;
}

export function codecsOf(producers: ReadonlyMap<MediaKind, types.Producer>): Map<MediaKind, CodecName> {
  return new Map([...producers].map(([kind, producer]) => [kind, codecOf(producer.rtpParameters)]));
}
