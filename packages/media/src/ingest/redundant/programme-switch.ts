import type { ProgrammeSwitched } from '../messages.ts';
import { type MediaSink, type PlacedPicture, type PlacedSound, positionOf, timeOf } from '../placed-media.ts';
import { QuickestArrival } from '../quickest-arrival.ts';
import { EncoderHealth } from './encoder-health.ts';
import { type KeptPicture, NO_DIGEST, PictureHistory } from './picture-history.ts';
import { SoundHistory } from './sound-history.ts';
import { SoundSwitch } from './sound-switch.ts';

/** Why the programme goes on with another encoder. */
export type SwitchCause = ProgrammeSwitched['cause'];

/** What comes of one encoder. */
export interface ProgrammeFeed extends MediaSink {
  /** Nothing more comes. */
  leave(): void;
}

export interface ProgrammeSink extends MediaSink {
  /** By how much later than what comes now that arrives which is to take its place; 0: not at all. */
  waitFor(latenessMs: number): void;
}

export interface ProgrammeSwitchParts {
  /** Gets one programme, whoever sends it. */
  readonly sink: ProgrammeSink;
  /** Called when another feed takes over, not with the first one. */
  readonly onSwitch: (feed: ProgrammeFeed, cause: SwitchCause) => void;
  /** The clock of arrivals. */
  readonly now: () => number;
}

/** Between two pictures. */
const MINIMUM_STEP_MS = 1;
/** Timestamps that are further apart than the ways from two encoders can be are not of one clock. */
const MAXIMUM_APART_MS = 1_000;
/** What comes so much later than what it takes the place of is later in the programme, too: those who mix it wait no longer. */
const MAXIMUM_LATE_MS = 250;

interface Feed {
  readonly pictures: PictureHistory;
  readonly sounds: SoundHistory;
  readonly health: EncoderHealth;
  readonly quickest: QuickestArrival;
  readonly quickestSound: QuickestArrival;
  readonly handle: ProgrammeFeed;
}

/** Makes one programme of what several encoders send of it: passes one of them on, and another one when that fails. */
export class ProgrammeSwitch {
  readonly #parts: ProgrammeSwitchParts;
  readonly #feeds = new Set<Feed>();
  readonly #sound: SoundSwitch;
  #live: Feed | undefined;
  /** The live one has not come so far as the one before it, which is what is seen and heard until then. */
  #isBehind = false;
  /** By whose time the programme goes, and by how much its own is later; that of the last one while none is live. */
  #time: { readonly feed: Feed; readonly shiftMs: number } | undefined;
  /** Of the picture that was sent last, the time that it was sent with. */
  #lastPictureMs = -Infinity;
  /** The same before it was made later than that of the one before. */
  #lastPlacedMs = -Infinity;
  #lastDigest = NO_DIGEST;

  constructor(parts: ProgrammeSwitchParts) {
    this.#parts = parts;
    this.#sound = new SoundSwitch((sound) => parts.sink.takeSound(sound));
  }

  join(): ProgrammeFeed {
    const handle: ProgrammeFeed = {
      takePicture: (picture) => this.#takePicture(feed, picture),
      takeSound: (sound) => this.#takeSound(feed, sound),
      leave: () => this.#leave(feed),
    };
    const feed: Feed = {
      pictures: new PictureHistory(),
      sounds: new SoundHistory(),
      health: new EncoderHealth(),
      quickest: new QuickestArrival(),
      quickestSound: new QuickestArrival(),
      handle,
    };
    this.#feeds.add(feed);
    return handle;
  }

  /** To be called every `TICK_MS`. */
  tick(): void {
    for (const { health } of this.#feeds) health.tick();
    this.#choose('silent');
    this.#parts.sink.waitFor(this.#standbyLatenessMs());
  }

  #takePicture(feed: Feed, picture: PlacedPicture): void {
    if (!this.#feeds.has(feed)) return;
    const kept = feed.pictures.add(picture);
    const nowMs = this.#parts.now();
    feed.quickest.add(nowMs - picture.mediaMs, nowMs);
    feed.health.heard('video');
    if (!this.#live) this.#choose('ended');
    else if (feed !== this.#live) return;
    else if (this.#isBehind) this.#catchUp(feed);
    else this.#send(kept);
  }

  #takeSound(feed: Feed, sound: PlacedSound): void {
    if (!this.#feeds.has(feed)) return;
    feed.sounds.add(sound);
    const nowMs = this.#parts.now();
    feed.quickestSound.add(nowMs - timeOf(sound.position), nowMs);
    feed.health.heard('audio');
    if (!this.#live) this.#choose('ended');
    else if (feed === this.#live && !this.#isBehind) this.#sound.take();
  }

  #leave(feed: Feed): void {
    this.#feeds.delete(feed);
    if (feed !== this.#live) return;
    this.#live = undefined;
    this.#choose('ended');
    if (!this.#live) this.#sound.end();
  }

  #choose(cause: SwitchCause): void {
    const live = this.#live;
    if (live && !live.health.isSilent) return;
    const whole = [...this.#feeds].filter(
      (feed) => feed !== live && !feed.health.isSilent && feed.pictures.hasKeyFrame,
    );
    const isUrgent = !live || live.health.isLost;
    const next = whole.find(({ health }) => health.isProven) ?? (isUrgent ? whole[0] : undefined);
    if (next) this.#switchTo(next, cause);
  }

  #switchTo(feed: Feed, cause: SwitchCause): void {
    if (this.#time) this.#parts.onSwitch(feed.handle, cause);
    this.#live = feed;
    this.#isBehind = this.#time !== undefined;
    if (this.#isBehind) this.#catchUp(feed);
    else this.#goOn(feed, 0, feed.pictures.fromKeyFrame(-Infinity));
  }

  /** Goes on where the one before has ended; a copy of that one is waited for while it has not come so far. */
  #catchUp(feed: Feed): void {
    const earlier = this.#time;
    if (!earlier) return;
    const { pictures } = feed;
    const apartMs = apart(feed, earlier.feed);
    const isOneClock = Math.abs(apartMs) <= MAXIMUM_APART_MS;
    const shiftMs = isOneClock ? earlier.shiftMs : earlier.shiftMs + apartMs;
    const same = pictures.find(this.#lastDigest, this.#lastPlacedMs - shiftMs);
    if (same) {
      const { picture, following } = same;
      this.#goOn(feed, isOneClock ? shiftMs : this.#lastPlacedMs - picture.mediaMs, following);
    } else if (!earlier.feed.pictures.has(pictures.lastDigest)) {
      this.#goOn(feed, shiftMs, pictures.fromKeyFrame(this.#lastPictureMs - shiftMs));
    }
  }

  #goOn(feed: Feed, alignedMs: number, following: readonly KeptPicture[]): void {
    const earlier = this.#time;
    const laterMs = earlier ? apart(feed, earlier.feed) - (alignedMs - earlier.shiftMs) : 0;
    const shiftMs = laterMs > MAXIMUM_LATE_MS ? alignedMs + laterMs : alignedMs;
    this.#isBehind = false;
    this.#time = { feed, shiftMs };
    for (const picture of following) this.#send(picture);
    this.#sound.switchTo(feed.sounds, positionOf(shiftMs));
  }

  /** Of those that are aligned by their time: others are by arrival. */
  #standbyLatenessMs(): number {
    const live = this.#live;
    if (!live || this.#isBehind) return 0;
    const standby = [...this.#feeds].filter(
      (feed) => feed !== live && feed.health.isProven && Math.abs(apart(feed, live)) <= MAXIMUM_APART_MS,
    );
    const sounds = standby.map(({ quickestSound }) => quickestSound.offsetMs - live.quickestSound.offsetMs);
    return Math.max(0, ...standby.map((feed) => apart(feed, live)), ...sounds);
  }

  #send(picture: KeptPicture): void {
    const placedMs = picture.mediaMs + (this.#time?.shiftMs ?? 0);
    const mediaMs = Math.max(placedMs, this.#lastPictureMs + MINIMUM_STEP_MS);
    this.#lastPlacedMs = placedMs;
    this.#lastPictureMs = mediaMs;
    this.#lastDigest = picture.digest;
    this.#parts.sink.takePicture({ ...picture, mediaMs });
  }
}

/** By how much later than another one its pictures of one time arrive. */
function apart(feed: Feed, other: Feed): number {
  return feed.quickest.offsetMs - other.quickest.offsetMs;
}
