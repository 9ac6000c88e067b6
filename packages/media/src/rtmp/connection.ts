import type { Duplex } from 'node:stream';
import { MalformedMedia } from '../rtp/index.ts';
import { ChunkReader } from './chunk-reader.ts';
import { writeChunks } from './chunk-writer.ts';
import { Handshake, HELLO } from './handshake.ts';
import type { RtmpLimits } from './limits.ts';
import { CHUNK_STREAM, MESSAGE_TYPE, type RtmpMessage } from './message.ts';

/**
 * Why a session ended.
 *
 * - `closed`: by us, on demand
 * - `refused`: one side did not want it; the status says why
 * - `unpublished`: the publisher said that it stops
 * - `hangup`: the peer closed the connection
 * - `timeout`: the peer took too long for a step, or fell silent
 * - `malformed`: the peer sent what is no RTMP, or more than is taken
 * - `failed`: the connection broke
 */
export type RtmpEndReason = 'closed' | 'refused' | 'unpublished' | 'hangup' | 'timeout' | 'malformed' | 'failed';

export interface RtmpEnd {
  readonly reason: RtmpEndReason;
  /** For a log: without names and keys, whatever the peer sent. */
  readonly description: string;
}

export interface ConnectionOwner {
  /** The handshake is done. */
  ready(): void;
  message(message: RtmpMessage): void;
  /** Once; nothing comes after it. */
  ended(end: RtmpEnd): void;
}

/** What we write in a chunk, and say so. As most encoders do, so that sound need not wait long behind a picture. */
const CHUNK_BYTES = 4_096;
/** After how many bytes either side tells the other that they came. */
export const WINDOW_BYTES = 2_500_000;
const MINIMUM_WINDOW_BYTES = 16 * 1024;
/** User control messages (RTMP 1.0 §7.1.7). */
const PING_REQUEST = 6;
const PING_RESPONSE = 7;

/** One side of an RTMP connection below its commands: handshake, chunks, acknowledgements, pings, and all that ends it. */
export class RtmpConnection {
  readonly #role: 'client' | 'server';
  readonly #socket: Duplex;
  readonly #limits: RtmpLimits;
  readonly #owner: ConnectionOwner;
  readonly #handshake = new Handshake();
  readonly #reader: ChunkReader;
  #chunkBytes = 128;
  /** Messages that came and were not handed on yet. */
  #unread: Iterator<RtmpMessage, void> | undefined;
  #ready = false;
  #held = false;
  #ended = false;
  /** One at a time: for the handshake, then for silence, at last for the peer's hanging up. */
  #timer: NodeJS.Timeout;
  #windowBytes = WINDOW_BYTES;
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  #lastHeardMs = performance.now();

  constructor(role: 'client' | 'server', socket: Duplex, limits: RtmpLimits, owner: ConnectionOwner) {
    this.#role = role;
    this.#socket = socket;
    this.#limits = limits;
    this.#owner = owner;
    // Of one who is not known yet: nothing but commands is needed, and large messages are memory.
    this.#reader = new ChunkReader({ ...limits, maximumMessageBytes: limits.maximumCommandBytes });
    this.#timer = setTimeout(() => this.#timeOut('The handshake took too long'), limits.handshakeTimeoutMs);
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('end', () => this.#hangUp());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#break(error.code ?? error.name));
    socket.on('close', () => {
      this.#hangUp();
      clearTimeout(this.#timer);
    });
    if (role === 'client') socket.write(HELLO);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** So far, handshake and headers included. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** How long nothing has come. */
  get silentForMs(): number {
    return performance.now() - this.#lastHeardMs;
  }

  /** What was sent and has not left this process. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** @returns false when more is sent than the peer takes at the moment */
  send(chunkStreamId: number, message: RtmpMessage): boolean {
    if (this.#ended) return false;
    if (this.#socket.writableLength > this.#limits.maximumUnsentBytes) {
      this.abort({ reason: 'failed', description: 'The peer does not read what it is sent' });
      return false;
    }
    return this.#socket.write(writeChunks(chunkStreamId, message, this.#chunkBytes));
  }

  sendControl(type: number, data: Buffer): void {
    this.send(CHUNK_STREAM.control, { type, timestamp: 0, streamId: 0, data });
  }

  /** Once, before anything that is longer than a chunk of 128 bytes. */
  announceChunkSize(): void {
    this.sendControl(MESSAGE_TYPE.setChunkSize, uint32(CHUNK_BYTES));
    this.#chunkBytes = CHUNK_BYTES;
  }

  /** Hands on no messages, and takes none from the peer, until {@link release}. */
  hold(): void {
    this.#held = true;
    this.#socket.pause();
    clearTimeout(this.#timer);
  }

  /** From now on the peer may send media. */
  release(): void {
    if (!this.#held || this.#ended) return;
    this.#held = false;
    this.#reader.limits = this.#limits;
    this.#watchSilence();
    this.#guard(() => this.#handOn());
    if (!this.#held) this.#socket.resume();
  }

  /** Sends what is to be sent, and waits a while for the peer to hang up: a reset would overtake the last word. */
  finish(end: RtmpEnd): void {
    if (this.#ended) return;
    this.#end(end);
    this.#socket.end();
    this.#socket.resume();
    this.#timer = setTimeout(() => this.#socket.destroy(), this.#limits.closeTimeoutMs);
  }

  /** Ends at once. */
  abort(end: RtmpEnd): void {
    if (this.#ended) return;
    this.#end(end);
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#ended) return;
    this.#receivedBytes += bytes.length;
    this.#lastHeardMs = performance.now();
    this.#guard(() => {
      const rest = this.#ready ? bytes : this.#shakeHands(bytes);
      if (!rest) return;
      this.#timer.refresh();
      this.#unread = this.#reader.read(rest);
      this.#handOn();
      this.#acknowledge();
    });
  }

  /** @returns what came after the handshake */
  #shakeHands(bytes: Buffer): Buffer | undefined {
    const { answer, rest } = this.#handshake.read(bytes);
    if (answer) this.#socket.write(this.#role === 'server' ? Buffer.concat([HELLO, answer]) : answer);
    if (!rest) return undefined;
    this.#ready = true;
    this.#watchSilence();
    this.#owner.ready();
    return rest;
  }

  #handOn(): void {
    while (!this.#held && !this.#ended) {
      const next = this.#unread?.next();
      if (!next || next.done) return;
      this.#take(next.value);
    }
  }

  #take(message: RtmpMessage): void {
    const { type, data } = message;
    if (type === MESSAGE_TYPE.windowAcknowledgementSize) {
      if (data.length >= 4) this.#windowBytes = Math.max(MINIMUM_WINDOW_BYTES, data.readUInt32BE());
    } else if (type === MESSAGE_TYPE.userControl) {
      if (data.length >= 6 && data.readUInt16BE() === PING_REQUEST) {
        this.sendControl(MESSAGE_TYPE.userControl, Buffer.concat([uint16(PING_RESPONSE), data.subarray(2, 6)]));
      }
    } else {
      this.#owner.message(message);
    }
  }

  /** Early, as the peer may wait when a whole window is not acknowledged (§5.4.3). */
  #acknowledge(): void {
    if (this.#receivedBytes - this.#acknowledgedBytes < this.#windowBytes / 2) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    this.sendControl(MESSAGE_TYPE.acknowledgement, uint32(this.#receivedBytes % 2 ** 32));
  }

  /** What is answered meanwhile leaves together. */
  #guard(read: () => void): void {
    this.#socket.cork();
    try {
      read();
    } catch (error) {
      if (!(error instanceof MalformedMedia)) throw error;
      this.abort({ reason: 'malformed', description: error.message });
    } finally {
      this.#socket.uncork();
    }
  }

  #watchSilence(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#timeOut('The peer fell silent'), this.#limits.idleTimeoutMs);
  }

  #timeOut(description: string): void {
    this.abort({ reason: 'timeout', description });
  }

  #hangUp(): void {
    this.abort({ reason: 'hangup', description: 'The peer closed the connection' });
  }

  #break(code: string): void {
    this.abort({ reason: 'failed', description: `The connection broke (${code})` });
  }

  #end(end: RtmpEnd): void {
    this.#ended = true;
    this.#unread = undefined;
    clearTimeout(this.#timer);
    this.#owner.ended(end);
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
