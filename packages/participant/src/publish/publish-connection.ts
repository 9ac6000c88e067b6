import { EventEmitter } from 'node:events';
import { isKeyFrame, packetizeH264, readFeedback, writeHeaderExtensions } from '@proscenium/media/rtp';
import {
  createWhipResource,
  deleteWhipResource,
  type ParticipantToken,
  type WhipResource,
} from '@proscenium/web-broadcast/signalling';
import { createIceCredentials, type Identity } from '../connection/identity.ts';
import { MediaConnection } from '../connection/media-connection.ts';
import { readDescription } from '../sdp/read-description.ts';
import { AUDIO_LEVEL_ID, PAYLOAD_TYPE, writePublishOffer } from '../sdp/write-description.ts';
import { nowMs } from '../stream/clock.ts';
import { SentStream } from '../stream/sent-stream.ts';
import { PacketQueue } from './packet-queue.ts';
import { PictureGate } from './picture-gate.ts';
import { Repetitions } from './repetitions.ts';

interface PublishConnectionEvents {
  keyFrameRequested: [];
  /** At most once, and not by us; nothing follows. */
  lost: [error: Error];
}

const REPORT_INTERVAL_MS = 1_000;
const MAXIMUM_PAYLOAD_BYTES = 1_150;
const AUDIO_TICKS_PER_MS = 48;
const VIDEO_TICKS_PER_MS = 90;
/** RFC 6464 §3: this packet holds a voice. */
const VOICE = 0x80;
const VOICE_DBOV = -50;

/** One publish: an offer that was posted, and the connection by which one sound and one video go. */
export class PublishConnection extends EventEmitter<PublishConnectionEvents> {
  readonly #token: ParticipantToken;
  readonly #resource: WhipResource;
  readonly #connection: MediaConnection;
  readonly #audio: SentStream;
  readonly #video: SentStream;
  readonly #queue: PacketQueue;
  readonly #gate = new PictureGate();
  readonly #repetitions = new Repetitions();
  readonly #timer: NodeJS.Timeout;
  /** RTP times count from here, so that those of sound and video go together. */
  readonly #startMs = nowMs();

  private constructor(
    token: ParticipantToken,
    resource: WhipResource,
    connection: MediaConnection,
    streams: { audio: SentStream; video: SentStream },
  ) {
    super();
    this.#token = token;
    this.#resource = resource;
    this.#connection = connection;
    this.#audio = streams.audio;
    this.#video = streams.video;
    this.#queue = new PacketQueue((packet) => connection.sendRtp(packet));
    connection.on('rtcp', (packet) => this.#hear(packet));
    connection.once('lost', (error) => {
      this.close();
      this.emit('lost', error);
    });
    this.#timer = setInterval(() => this.#report(), REPORT_INTERVAL_MS);
  }

  /**
   * @param ended aborted when nobody wants it any more
   * @throws {WhipRefusal} or an error of the connection; nothing is left open then, on either side
   */
  static async open(token: ParticipantToken, identity: Identity, ended: AbortSignal): Promise<PublishConnection> {
    const credentials = createIceCredentials();
    const streams = {
      audio: new SentStream(PAYLOAD_TYPE.opus),
      video: new SentStream(PAYLOAD_TYPE.h264, PAYLOAD_TYPE.rtx),
    };
    // Both kinds are always offered, so that sources may come later without negotiating again.
    const sources = { layers: [{ video: streams.video.ssrc, rtx: streams.video.rtxSsrc }], audio: streams.audio.ssrc };
    const offer = writePublishOffer({ credentials, fingerprint: identity.fingerprint }, sources);
    const resource = await createWhipResource(token.whipUrl, token.text, offer, ended);
    try {
      const { transport } = readDescription(resource.answer);
      const connection = await MediaConnection.open(identity, { credentials, role: 'controlling' }, transport, ended);
      return new PublishConnection(token, resource, connection, streams);
    } catch (error) {
      if (resource.url) deleteWhipResource(resource.url, token.text);
      throw error;
    }
  }

  /** @param dueMs by {@link nowMs} */
  sendAudio(payload: Uint8Array, dueMs: number, levelDbov: number | undefined): void {
    const packet = this.#audio.packet(
      this.#rtpTime(dueMs, AUDIO_TICKS_PER_MS),
      false,
      Buffer.from(payload),
      levelDbov === undefined ? undefined : audioLevel(levelDbov),
    );
    this.#connection.sendRtp(packet);
  }

  /** @param nalUnits of one picture, which is left out when too many wait, with those after it up to a key frame */
  sendVideo(nalUnits: readonly Buffer[], dueMs: number): void {
    const next = this.#gate.next({ keyFrame: isKeyFrame(nalUnits), room: !this.#queue.full });
    if (next === 'ask') this.emit('keyFrameRequested');
    if (next !== 'go') return;
    const payloads = packetizeH264(nalUnits, MAXIMUM_PAYLOAD_BYTES);
    const rtpTime = this.#rtpTime(dueMs, VIDEO_TICKS_PER_MS);
    this.#queue.push(
      payloads.map((payload, index) => this.#video.packet(rtpTime, index === payloads.length - 1, payload)),
    );
  }

  /** Ends it, and tells the server. */
  close(): void {
    clearInterval(this.#timer);
    this.#queue.close();
    this.#connection.close();
    if (this.#resource.url) deleteWhipResource(this.#resource.url, this.#token.text);
  }

  #rtpTime(timeMs: number, ticksPerMs: number): number {
    return Math.round((timeMs - this.#startMs) * ticksPerMs) >>> 0;
  }

  #report(): void {
    const now = nowMs();
    this.#connection.sendRtcp(this.#audio.senderReport(now, this.#rtpTime(now, AUDIO_TICKS_PER_MS)));
    this.#connection.sendRtcp(this.#video.senderReport(now, this.#rtpTime(now, VIDEO_TICKS_PER_MS)));
  }

  #hear(packet: Buffer): void {
    const { missing, keyFrames } = readFeedback(packet);
    if (keyFrames.includes(this.#video.ssrc)) this.emit('keyFrameRequested');
    for (const { ssrc, sequenceNumbers } of missing) {
      if (ssrc !== this.#video.ssrc) continue;
      for (const sequenceNumber of sequenceNumbers) {
        if (!this.#repetitions.take(sequenceNumber, performance.now())) continue;
        const repetition = this.#video.repetition(sequenceNumber);
        if (repetition) this.#connection.sendRtp(repetition);
      }
    }
  }
}

function audioLevel(levelDbov: number) {
  const voice = levelDbov > VOICE_DBOV ? VOICE : 0;
  return writeHeaderExtensions(new Map([[AUDIO_LEVEL_ID, Buffer.of(voice | Math.min(127, Math.round(-levelDbov)))]]));
}
