import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServiceUnavailable } from '@proscenium/model';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { type ClientData, readClientData } from '../participants/client-data.ts';
import type { StageRegistry } from '../participants/registry.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { type JoinTracing, noJoinTracing } from '../tracing/join-tracing.ts';
import { closeForRefusal, type SocketClose, StageErrorCode } from './close-codes.ts';
import { EventsSocket } from './events-socket.ts';
import { MAXIMUM_MESSAGE_BYTES } from './messages.ts';
import type { ParticipantAdmission } from './participant-admission.ts';

export interface SocketRoutesOptions {
  readonly registry: StageRegistry;
  readonly admission: ParticipantAdmission;
  readonly acceptsHost: (host: string | undefined) => boolean;
  readonly logger: Logger;
  /** In which a proxy tells where a request comes from; undefined: none does. */
  readonly countryHeader?: string | undefined;
  readonly tracing?: JoinTracing;
}

const CLIENT_ID = /^client=([\w-]{1,64})$/;
const EVENTS_PATH = /^\/events\/([a-zA-Z0-9-]{1,64})$/;

/** Whether a request is for `socketRoutes`, be it a good one or not. */
export function isEventsUpgrade({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && url?.startsWith('/events/') === true;
}

/**
 * Takes WebSocket upgrades of `/events/<stage id>`. The token stands in `Sec-WebSocket-Protocol`, since browsers can set no
 * other header; a refused one is told by the close code, since browsers cannot read a refused upgrade.
 *
 * @returns ends all sockets at once, without a goodbye
 */
export function socketRoutes(server: Server, options: SocketRoutesOptions): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAXIMUM_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: ([first = '']) => first,
  });

  server.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const [path = '', query] = request.url?.split('?', 2) ?? [];
    const topic = EVENTS_PATH.exec(path)?.[1];
    const clientId = CLIENT_ID.exec(query ?? '')?.[1];
    const token = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim();
    if (!options.acceptsHost(request.headers.host)) return refuseUpgrade(duplex, '421 Misdirected Request');
    if (!topic) return refuseUpgrade(duplex, '404 Not Found');
    if (!token) return refuseUpgrade(duplex, '401 Unauthorized');
    sockets.handleUpgrade(request, duplex, head, (webSocket) => {
      const socket = new EventsSocket(webSocket, clientId);
      const client = readClientData(request.headers, options.countryHeader);
      void joinStage(socket, topic, token, client, request.headers, options);
    });
  });

  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

async function joinStage(
  socket: EventsSocket,
  topic: string,
  token: string,
  client: ClientData,
  headers: IncomingHttpHeaders,
  { registry, admission, logger, tracing = noJoinTracing }: SocketRoutesOptions,
): Promise<void> {
  try {
    await tracing.joinBySocket(headers, async () => {
      const claims = await admission.verify(token);
      if (claims.stage.stageId !== topic) throw new TokenRefusal(StageErrorCode.TOKEN_MALFORMED);
      tracing.identify(claims);
      await admission.admit(claims);
      await registry.stage(claims.stage).connect(claims, client, socket);
    });
  } catch (error) {
    const close = closeFor(error);
    if (close.code === 1011) logger.error({ err: error }, 'an events socket could not be opened');
    socket.close(close);
  }
}

function closeFor(error: unknown): SocketClose {
  if (error instanceof TokenRefusal) return closeForRefusal(error.code);
  if (error instanceof ServiceUnavailable) return { code: 1001, reason: 'the server is overloaded' };
  if (error instanceof StageRefusal) {
    return error.status === 503 ? { code: 1001, reason: error.message } : closeForRefusal(error.code);
  }
  return { code: 1011, reason: 'internal error' };
}

function refuseUpgrade(duplex: Duplex, status: string): void {
  duplex.on('error', () => duplex.destroy());
  duplex.once('finish', () => duplex.destroy()); // whether the peer closes its side or not
  duplex.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
