import type { types } from 'mediasoup';
import type { PublishOffer } from '../webrtc/publish.ts';
import type { MediaKind } from '../webrtc/remote-description.ts';
import type { ClientTransport } from './client-transport.ts';
import type { PlacedRouter } from './delivery-router.ts';
import { IceSession } from './ice-session.ts';
import { PublishedVideo } from './published-video.ts';
import { Publisher, type PublisherParts, type PublishIdentity, produce } from './publisher.ts';

/** A publisher whose client offered its streams. */
export class WhipPublisher extends Publisher {
  /** The SDP answer for the client. */
  readonly answer: string;
  readonly ice: IceSession;

  private constructor(parts: PublisherParts, answer: string, ice: IceSession) {
    super(parts);
    this.answer = answer;
    this.ice = ice;
  }

  /** @param transport belongs to the publisher from now on, also when this throws */
  static async create(
    identity: PublishIdentity,
    offer: PublishOffer,
    transport: ClientTransport,
    origin: PlacedRouter,
    maximumBitrateBps: number,
  ): Promise<WhipPublisher> {
    try {
      if (maximumBitrateBps < Infinity) await transport.transport.setMaxIncomingBitrate(maximumBitrateBps);
      const producers = new Map<MediaKind, types.Producer>();
      let video: PublishedVideo | undefined;
      for (const { kind, rtpParameters } of offer.streams) {
        const producer = await produce(transport, { kind, rtpParameters });
        producers.set(kind, producer);
        const rids = (rtpParameters.encodings ?? []).map(({ rid }) => rid);
        if (kind === 'video') video = await PublishedVideo.create(origin.router, producer, rids);
      }
      await transport.connect(offer.dtlsParameters);
      if (transport.ended) throw new Error('the connection ended while it was published over');
      const answer = offer.answer(transport.local, identity.publishId.replace(/\D/g, '').slice(0, 15) || '1');
      const ice = new IceSession(transport, offer.ice);
      return new WhipPublisher({ ...identity, transport, origin, producers, video }, answer, ice);
    } catch (error) {
      transport.close();
      throw error;
    }
  }
}
