import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { readClientData } from '../participants/client-data.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { StageErrorCode } from './close-codes.ts';
import { EventsSocket } from './events-socket.ts';
import { joinBySocket, type SocketJoiningOptions } from './join-by-socket.ts';
import { MAXIMUM_MESSAGE_BYTES } from './messages.ts';
import type { RealTimeConnections } from './real-time-connections.ts';
import { SocketWire } from './socket-wire.ts';

export interface SocketRoutesOptions extends SocketJoiningOptions {
  readonly connections: RealTimeConnections;
  readonly acceptsHost: (host: string | undefined) => boolean;
  /** In which a proxy tells where a request comes from; undefined: none does. */
  readonly countryHeader?: string | undefined;
}

const CLIENT_ID = /^client=([\w-]{1,64})$/;
/** With the id of a stage; without one it is for several. */
const EVENTS_PATH = /^\/events(?:\/([a-zA-Z0-9-]{1,64}))?$/;

/** Whether a request is for `socketRoutes`, be it a good one or not. */
export function isEventsUpgrade({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && /^\/events(?:[/?]|$)/.test(url ?? '');
}

/**
 * Takes WebSocket upgrades of `/events/<stage id>`, which a participant token opens, and of `/events`, for a connection token. It
 * stands in `Sec-WebSocket-Protocol`, since browsers can set no other header; a refused one is told by the close code, since
 * browsers cannot read a refused upgrade.
 *
 * @returns ends all sockets at once, those of stages without a goodbye
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
    const address = EVENTS_PATH.exec(path);
    const clientId = CLIENT_ID.exec(query ?? '')?.[1];
    const token = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim();
    if (!options.acceptsHost(request.headers.host)) return refuseUpgrade(duplex, '421 Misdirected Request');
    if (!address) return refuseUpgrade(duplex, '404 Not Found');
    if (!token) return refuseUpgrade(duplex, '401 Unauthorized');
    sockets.handleUpgrade(request, duplex, head, (webSocket) => {
      const wire = new SocketWire(webSocket);
      const { headers } = request;
      const client = readClientData(headers, options.countryHeader);
      const [, topic] = address;
      if (topic === undefined) void options.connections.accept(wire, token, client);
      else {
        const caller = { client, request: { route: '/events/:stageId', headers } };
        void joinBySocket(new EventsSocket(wire, { clientId }), token, caller, checkOf(topic), options);
      }
    });
  });

  return () => {
    options.connections.close();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

/** A token is for the stage at whose address it is shown. */
function checkOf(topic: string): (claims: ParticipantClaims) => void {
  return ({ stage }) => {
    if (stage.stageId !== topic) throw new TokenRefusal(StageErrorCode.TOKEN_MALFORMED);
  };
}

function refuseUpgrade(duplex: Duplex, status: string): void {
  duplex.on('error', () => duplex.destroy());
  duplex.once('finish', () => duplex.destroy()); // whether the peer closes its side or not
  duplex.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
