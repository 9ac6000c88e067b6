import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';

/** A participant as the server tells it. */
export interface Member {
  id: string;
  userId: string;
  attributes: Record<string, string>;
  capabilities: string[];
  isPublishing: boolean;
  publishId?: string;
  audioMuted: boolean;
  videoStopped: boolean;
  tracks?: { kind: string }[];
}

export interface ReceivedMessage {
  readonly participantId: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of each payload
  readonly payload: any;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly participantId: string | undefined;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** The connection breaks before all of the body has come. */
  readonly breaksOff?: boolean;
}

/** What a participant is reached by: its own socket, or a channel. */
interface Line {
  send(text: string): void;
  close(code: number, reason?: string): void;
  terminate(): void;
}

interface StageServerEvents {
  message: [message: ReceivedMessage];
  request: [request: ReceivedRequest];
  connected: [participantId: string];
  disconnected: [participantId: string, closeCode: number];
}

export interface TokenOptions {
  readonly userId?: string;
  readonly attributes?: Record<string, string>;
  readonly publish?: boolean;
  readonly subscribe?: boolean;
  readonly expiresInSeconds?: number;
  readonly whipUrl?: string;
  /** By the customer, so that it can be exchanged. */
  readonly selfSigned?: boolean;
}

/** How long a test waits for what does not come. */
const PATIENCE_MS = 60_000;

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'OPTIONS, POST, PATCH, DELETE',
  'access-control-allow-headers': 'authorization, content-type, if-match',
  'access-control-expose-headers': 'location, etag, link, retry-after',
};

/** One stage that speaks docs/signalling.md on 127.0.0.1. What its media does, and what goes wrong, the test decides. */
export class StageServer extends EventEmitter<StageServerEvents> {
  readonly messages: ReceivedMessage[] = [];
  readonly requests: ReceivedRequest[] = [];
  /** Where sockets were opened, in their order. */
  readonly socketUrls: string[] = [];
  readonly members = new Map<string, Member>();
  readonly stageId = 'Fr1dayShow01';
  /** Close code for whoever connects, while set. */
  refuseWith: number | undefined;
  /** While set, nothing that clients say is answered. */
  deaf = false;
  /** What the answers to preflights wait for. */
  preflights: Promise<void> = Promise.resolve();
  /** Answers POST and DELETE below /whip. */
  onWhip: (request: ReceivedRequest) => Reply | Promise<Reply> = () => ({ status: 503 });
  /** Answers everything else. */
  onPage: (path: string, request: ReceivedRequest) => Reply | Promise<Reply | undefined> | undefined = () => undefined;
  readonly #http: Server;
  readonly #sockets = new Map<string, Line>();
  /** Real-time connections, in their order. */
  readonly carriers: WebSocket[] = [];

  private constructor(http: Server) {
    super();
    this.#http = http;
    http.on('request', (request, response) => void this.#serve(request, response));
    const sockets = new WebSocketServer({ server: http, maxPayload: 65_536 });
    sockets.on('connection', (socket, request) => this.#connect(socket, request));
  }

  static async start(): Promise<StageServer> {
    const http = createServer();
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new StageServer(http);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  token(participantId: string, options: TokenOptions = {}): string {
    const { userId = participantId, attributes = {}, publish = true, subscribe = true } = options;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = {
      exp: nowSeconds + (options.expiresInSeconds ?? 3600),
      iat: nowSeconds,
      jti: participantId,
      resource: `arn:aws:ivs:eu-west-1:111122223333:stage/${this.stageId}`,
      topic: this.stageId,
      events_url: `${this.origin.replace('http', 'ws')}/events`,
      whip_url: options.whipUrl ?? `${this.origin}/whip/${this.stageId}`,
      user_id: userId,
      attributes,
      capabilities: { allow_publish: publish, allow_subscribe: subscribe },
      version: '0.3',
    };
    return tokenOf(claims, options.selfSigned ? { alg: 'ES384', typ: 'JWT', kid: 'key-1' } : undefined);
  }

  connectionToken(): string {
    const nowSeconds = Math.floor(Date.now() / 1000);
    return tokenOf({
      exp: nowSeconds + 3600,
      iat: nowSeconds,
      jti: 'a-phone',
      account_id: '111122223333',
      region: 'eu-west-1',
      events_url: `${this.origin.replace('http', 'ws')}/events`,
      version: '1.0',
    });
  }

  /** Puts a participant into the stage, or changes it, and tells everybody. */
  setMember(id: string, changes: Partial<Member> = {}): void {
    const fresh: Member = {
      id,
      userId: id,
      attributes: {},
      capabilities: ['publish', 'subscribe'],
      isPublishing: false,
      audioMuted: false,
      videoStopped: false,
    };
    this.members.set(id, { ...(this.members.get(id) ?? fresh), ...changes });
    this.pushState();
  }

  removeMember(id: string): void {
    this.members.delete(id);
    this.pushState();
  }

  pushState(): void {
    const payload = { stageId: this.stageId, participants: [...this.members.values()] };
    for (const id of this.#sockets.keys()) this.send(id, 'STAGE_STATE', payload);
  }

  send(participantId: string, type: string, payload: object): void {
    this.#sockets.get(participantId)?.send(JSON.stringify({ type, payload }));
  }

  closeSocket(participantId: string, code: number, reason = ''): void {
    this.#sockets.get(participantId)?.close(code, reason);
  }

  /** Breaks the connection without a goodbye. */
  breakSocket(participantId: string): void {
    this.#sockets.get(participantId)?.terminate();
  }

  /** The first message that fits, come or to come. */
  async message(type: string, fits: (message: ReceivedMessage) => boolean = () => true): Promise<ReceivedMessage> {
    return this.#first('message', this.messages, (message) => message.type === type && fits(message));
  }

  /** The first request that fits, come or to come. */
  async request(method: string, fits: (request: ReceivedRequest) => boolean = () => true): Promise<ReceivedRequest> {
    return this.#first('request', this.requests, (request) => request.method === method && fits(request));
  }

  async stop(): Promise<void> {
    for (const socket of [...this.carriers, ...this.#sockets.values()]) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #first<Item>(event: 'message' | 'request', log: readonly Item[], fits: (item: Item) => boolean): Promise<Item> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (let read = 0; ; await once(this, event, { signal })) {
      for (; read < log.length; read += 1) {
        const item = log[read];
        if (item && fits(item)) return item;
      }
    }
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const url = request.url ?? '';
    this.socketUrls.push(url);
    if (url === '/events') {
      this.#carry(socket);
      return;
    }
    const participantId = participantOf(socket.protocol) ?? '';
    socket.on('close', (code) => this.#disconnected(participantId, socket, code));
    if (this.refuseWith !== undefined || url.split('?')[0] !== `/events/${this.stageId}`) {
      socket.close(this.refuseWith ?? 4001);
      return;
    }
    socket.on('message', (data) => this.#receive(participantId, JSON.parse(String(data))));
    this.#joined(participantId, socket.protocol, socket);
  }

  /** Speaks the channel protocol, by which participants join and leave over one socket. */
  #carry(socket: WebSocket): void {
    this.carriers.push(socket);
    const channels = new Map<number, { participantId: string; line: Line }>();
    socket.on('close', (code) => {
      for (const { participantId, line } of channels.values()) this.#disconnected(participantId, line, code);
    });
    if (this.refuseWith !== undefined) {
      socket.close(this.refuseWith);
      return;
    }
    socket.on('message', (data) => {
      const { channel, ...message } = JSON.parse(String(data));
      if (this.deaf) return;
      if (channel === undefined) return socket.send('{"type":"PONG"}');
      if (message.type === 'JOIN') {
        const close = (code: number) => {
          channels.delete(channel);
          socket.send(JSON.stringify({ type: 'CLOSE', channel, payload: { code } }));
          this.#disconnected(participantId, line, code);
        };
        const send = (text: string) => socket.send(JSON.stringify({ ...JSON.parse(text), channel }));
        const line: Line = { send, close, terminate: () => close(1006) };
        const participantId = participantOf(message.payload.token) ?? '';
        channels.set(channel, { participantId, line });
        this.#joined(participantId, message.payload.token, line);
      } else {
        const { participantId = '', line } = channels.get(channel) ?? {};
        if (message.type !== 'CLOSE') return this.#receive(participantId, message);
        channels.delete(channel);
        if (line) this.#disconnected(participantId, line, 1005);
      }
    });
    socket.send('{"type":"CONNECTED"}');
  }

  #joined(participantId: string, token: string, line: Line): void {
    this.#sockets.set(participantId, line);
    const claims = readClaims(token);
    this.setMember(participantId, { userId: String(claims.user_id), attributes: claims.attributes ?? {} });
    this.emit('connected', participantId);
  }

  #disconnected(participantId: string, line: Line, code: number): void {
    if (this.#sockets.get(participantId) === line) this.#sockets.delete(participantId);
    this.emit('disconnected', participantId, code);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the tests assert the shape of each payload
  #receive(participantId: string, { type, payload }: { type: string; payload?: any }): void {
    if (this.deaf) return;
    const message = { participantId, type, payload };
    this.messages.push(message);
    if (type === 'PING') this.#sockets.get(participantId)?.send('{"type":"PONG"}');
    if (type === 'MUTE') this.setMember(participantId, payload);
    if (type === 'LEAVE') {
      this.#sockets.get(participantId)?.close(1000, 'user-initiated');
      this.removeMember(participantId);
    }
    this.emit('message', message);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const { authorization } = headers;
    const participantId = participantOf(authorization?.replace('Bearer ', ''));
    const request = { method, path, authorization, participantId, body: await text(incoming) };
    this.requests.push(request);
    this.emit('request', request);
    const reply = await this.#reply(request);
    const { location } = reply.headers ?? {};
    // What is made of an offer ends when its client has hung up before the answer.
    if (response.destroyed && location) await this.#reply({ ...request, method: 'DELETE', path: location });
    response.writeHead(reply.status, { ...CORS, ...reply.headers });
    if (reply.breaksOff) response.write(reply.body, () => response.destroy());
    else response.end(reply.body);
  }

  async #reply(request: ReceivedRequest): Promise<Reply> {
    if (request.method === 'OPTIONS') {
      await this.preflights;
      return { status: 204 };
    }
    if (!request.path.startsWith('/whip')) return (await this.onPage(request.path, request)) ?? { status: 404 };
    if (!request.authorization) return { status: 401, body: '{"code":1,"message":"no token"}' };
    return await this.onWhip(request);
  }
}

function tokenOf(claims: object, header: object = { alg: 'KMS', typ: 'JWT' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;
}

function participantOf(token: string | undefined): string | undefined {
  return token ? readClaims(token).jti : undefined;
}

function readClaims(token: string): { jti?: string; user_id?: string; attributes?: Record<string, string> } {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
