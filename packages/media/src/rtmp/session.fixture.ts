import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import {
  type AmfObject,
  type AudioTag,
  type PublishRequest,
  type RtmpEnd,
  type RtmpLimits,
  RtmpServerSession,
  type VideoTag,
} from './index.ts';

/** A certificate for 127.0.0.1 that signs itself. */
export function createCertificate(folder: string): { cert: Buffer; key: Buffer } {
  const [certFile, keyFile] = [path.join(folder, 'listener.crt'), path.join(folder, 'listener.key')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  const certificate = ['-x509', '-days', '2', '-subj', '/CN=listener', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...key, ...certificate, '-out', certFile], { stdio: 'pipe' });
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** Of tests that are about something else: a busy machine is no slow peer. */
const PATIENT: Partial<RtmpLimits> = { handshakeTimeoutMs: 60_000, publishTimeoutMs: 60_000, idleTimeoutMs: 60_000 };

/** What a session told. */
export class HeardSession {
  readonly session: RtmpServerSession;
  readonly socket: Socket;
  readonly video: VideoTag[] = [];
  readonly audio: AudioTag[] = [];
  readonly metadata: AmfObject[] = [];
  readonly published: Promise<PublishRequest>;
  readonly ended: Promise<RtmpEnd>;
  readonly closed: Promise<unknown>;

  constructor(socket: Socket, limits: Partial<RtmpLimits>) {
    this.socket = socket;
    this.session = new RtmpServerSession(socket, limits);
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    this.published = new Promise((resolve) => this.session.once('publish', resolve));
    this.ended = new Promise((resolve) => this.session.once('ended', resolve));
    this.session.on('video', (tag) => this.video.push(tag));
    this.session.on('audio', (tag) => this.audio.push(tag));
    this.session.on('metadata', (metadata) => this.metadata.push(metadata));
  }
}

/** A listener of one test, whose sessions say what they hear. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: HeardSession[] = [];
  #next: ((heard: HeardSession) => void) | undefined;

  private constructor(server: Server, limits: Partial<RtmpLimits>, event: 'connection' | 'secureConnection') {
    this.#server = server;
    server.on(event, (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      const heard = new HeardSession(socket, limits);
      if (this.#next) this.#next(heard);
      else this.#waiting.push(heard);
      this.#next = undefined;
    });
  }

  static async open(limits: Partial<RtmpLimits> = {}, tls?: TlsOptions): Promise<Listener> {
    const server = tls ? createTlsServer(tls) : createServer();
    const listener = new Listener(server, { ...PATIENT, ...limits }, tls ? 'secureConnection' : 'connection');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The next session that comes, or that came and was not asked for. */
  async session(): Promise<HeardSession> {
    const { promise, resolve } = Promise.withResolvers<HeardSession>();
    const first = this.#waiting.shift();
    if (first) resolve(first);
    else this.#next = resolve;
    return promise;
  }

  connect(): Socket {
    return connect(this.port, '127.0.0.1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
