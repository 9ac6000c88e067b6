import { EventEmitter } from 'node:events';
import type { MediaKind, StageError, SubscriberOffer } from '@proscenium/web-broadcast/signalling';
import type { RemotePeer, SubscribeType } from '../stage/remote-participant.ts';
import { OfferedMedia, type OfferedMediaParts, type OfferedTrack } from './offered-media.ts';
import { AudioFeed, type RemoteAudio } from './remote-audio.ts';
import { type RemoteVideo, VideoFeed } from './remote-video.ts';

interface SubscriptionsEvents {
  /** What somebody publishes comes from now on. */
  stream: [stream: RemoteAudio | RemoteVideo, peer: RemotePeer];
  /** It is given up. */
  failed: [error: StageError];
}

/** A stream that somebody receives, and the place in the offer by which it comes. */
interface Received {
  readonly peer: RemotePeer;
  readonly kind: MediaKind;
  readonly feed: AudioFeed | VideoFeed;
  /** Undefined while its place on a new connection is not known. */
  mid: string | undefined;
}

/** What is wished of remote participants, and the streams that come. */
export class Subscriptions extends EventEmitter<SubscriptionsEvents> {
  readonly #offered: OfferedMedia;
  readonly #peers: ReadonlyMap<string, RemotePeer>;
  readonly #wishes = new Map<RemotePeer, SubscribeType>();
  /** By participant and kind. */
  readonly #received = new Map<string, Received>();
  /** Of the offer that was taken last. A `mid` means something within its transport alone. */
  #transportId: string | undefined;
  #tracks: readonly OfferedTrack[] = [];
  /** Places of publishes that are over, although the offer that takes them away is still to come. */
  readonly #overMids = new Set<string>();

  /** @param peers everybody else in the stage, kept current */
  constructor(peers: ReadonlyMap<string, RemotePeer>, parts: OfferedMediaParts) {
    super();
    this.#peers = peers;
    this.#offered = new OfferedMedia(parts);
    this.#offered.on('frame', ({ participantId, kind, mid }, frame) => {
      const received = this.#received.get(`${participantId} ${kind}`);
      if (received?.mid === mid) received.feed.push(frame);
    });
    this.#offered.on('failed', (error) => this.emit('failed', error));
  }

  setWish(peer: RemotePeer, wish: SubscribeType): void {
    this.#wishes.set(peer, wish);
    if (wish === 'NONE') this.#end(peer, 'audio');
    if (wish !== 'AUDIO_VIDEO') this.#end(peer, 'video');
  }

  /** Brings what the server is told in line with the wishes. */
  update(): void {
    const told = [...this.#wishes].flatMap(([{ id, hasPublished }, wish]) =>
      wish === 'NONE' || !hasPublished ? [] : [{ id, subscribeType: wish }],
    );
    this.#offered.wish(told);
    this.#apply();
  }

  /** It publishes no more. */
  release(peer: RemotePeer): void {
    for (const { participantId, mid } of this.#tracks) if (participantId === peer.id) this.#overMids.add(mid);
    this.#end(peer, 'audio');
    this.#end(peer, 'video');
  }

  /** It left. */
  remove(peer: RemotePeer): void {
    this.release(peer);
    this.#wishes.delete(peer);
  }

  /** The server is reached by a new socket. */
  reachedAgain(): void {
    this.#offered.reachedAgain();
  }

  take(offer: SubscriberOffer): void {
    if (offer.transportId !== this.#transportId) {
      this.#transportId = offer.transportId;
      this.#overMids.clear();
      for (const received of this.#received.values()) received.mid = undefined;
    }
    this.#tracks = offer.tracks;
    this.#offered.take(offer);
    this.#apply();
  }

  close(): void {
    this.#offered.close();
    for (const { feed } of this.#received.values()) feed.end();
    this.#received.clear();
  }

  /** Begins and ends streams by what was offered last. */
  #apply(): void {
    const wanted = this.#tracks.filter((track) => this.#wants(track));
    const offered = new Map(wanted.map((track) => [`${track.participantId} ${track.kind}`, track]));
    for (const [key, { peer, kind, mid }] of [...this.#received]) {
      const track = offered.get(key);
      // Another place on the same connection is another publish.
      if (!track || (mid !== undefined && track.mid !== mid)) this.#end(peer, kind);
    }
    for (const [key, track] of offered) this.#begin(key, track);
  }

  #wants({ participantId, kind, mid }: OfferedTrack): boolean {
    if (this.#overMids.has(mid)) return false;
    const peer = this.#peers.get(participantId);
    const wish = (peer && this.#wishes.get(peer)) ?? 'NONE';
    return peer?.isPublishing === true && (wish === 'AUDIO_VIDEO' || (wish === 'AUDIO_ONLY' && kind === 'audio'));
  }

  #begin(key: string, { participantId, kind, mid }: OfferedTrack): void {
    const known = this.#received.get(key);
    const peer = this.#peers.get(participantId);
    if (known) known.mid = mid;
    if (known || !peer) return;
    if (kind === 'audio') {
      const feed = new AudioFeed(participantId);
      this.#received.set(key, { peer, kind, feed, mid });
      peer.audio = feed.stream;
    } else {
      const feed = new VideoFeed(participantId, () => this.#requestKeyFrame(key));
      this.#received.set(key, { peer, kind, feed, mid });
      peer.video = feed.stream;
    }
    const stream = peer[kind];
    if (stream) this.emit('stream', stream, peer);
  }

  #requestKeyFrame(key: string): void {
    const received = this.#received.get(key);
    if (received?.mid !== undefined) this.#offered.requestKeyFrame(received.mid);
  }

  #end(peer: RemotePeer, kind: MediaKind): void {
    const key = `${peer.id} ${kind}`;
    const received = this.#received.get(key);
    if (!received) return;
    this.#received.delete(key);
    peer[kind] = undefined;
    received.feed.end();
  }
}
