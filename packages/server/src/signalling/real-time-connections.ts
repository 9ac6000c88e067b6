import type { Scope } from '@proscenium/model';
import type { ClientData } from '../participants/client-data.ts';
import type { StageRegistry } from '../participants/registry.ts';
import { ConnectionRefusal } from '../tokens/connection-refusal.ts';
import type { ConnectionRevocations } from '../tokens/connection-revocations.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import type { ConnectionClaims } from '../tokens/verify-connection-token.ts';
import {
  closeForConnectionRefusal,
  closeForLeft,
  GOING_AWAY,
  type SocketClose,
  StageErrorCode,
} from './close-codes.ts';
import { closeForFailure, joinBySocket, type SocketJoiningOptions } from './join-by-socket.ts';
import { RealTimeConnection } from './real-time-connection.ts';
import type { SocketWire } from './socket-wire.ts';

export interface RealTimeConnectionsOptions extends SocketJoiningOptions {
  readonly registry: Pick<StageRegistry, 'stage' | 'disconnectConnection'>;
  /** Reads and checks a connection token. @throws {ConnectionRefusal} */
  readonly verify: (token: string) => Promise<ConnectionClaims>;
  readonly revocations: Pick<ConnectionRevocations, 'isRevoked' | 'on' | 'off'>;
}

const REVOKED = closeForLeft('real-time-connection-token-revocation');

/** The real-time connections to this server: opened by a connection token, ended with it. */
export class RealTimeConnections {
  readonly #options: RealTimeConnectionsOptions;
  readonly #connections = new Set<RealTimeConnection>();
  #closing = false;

  constructor(options: RealTimeConnectionsOptions) {
    this.#options = options;
    options.revocations.on('revoked', this.#revoked);
  }

  /** Takes in the bearer of a connection token, or closes its socket for the reason why not. */
  async accept(wire: SocketWire, token: string, client: ClientData): Promise<void> {
    try {
      const { scope, tokenId } = await this.#options.verify(token);
      if (this.#closing) return wire.close(GOING_AWAY);
      if (wire.closed) return;
      const connection = this.#add(wire, { scope, tokenId }, client);
      // A revocation between the check of the token and now was not heard. Nobody has joined by this connection yet.
      if (await this.#options.revocations.isRevoked(scope, tokenId)) connection.close(REVOKED);
      else connection.open();
    } catch (error) {
      const close = closeFor(error);
      if (close.code === 1011) this.#options.logger.error({ err: error }, 'a real-time connection could not be opened');
      wire.close(close);
    }
  }

  /** Ends all, and takes in nobody any more. */
  close(): void {
    this.#closing = true;
    this.#options.revocations.off('revoked', this.#revoked);
    for (const connection of this.#connections) connection.close(GOING_AWAY);
  }

  #add(
    wire: SocketWire,
    { scope, tokenId }: Pick<ConnectionClaims, 'scope' | 'tokenId'>,
    client: ClientData,
  ): RealTimeConnection {
    const checkScope = ({ stage }: { stage: Scope }) => {
      if (stage.account === scope.account && stage.region === scope.region) return;
      throw new TokenRefusal(StageErrorCode.TOKEN_NOT_ALLOWED);
    };
    const connection = new RealTimeConnection({
      wire,
      key: connectionKey(scope, tokenId),
      join: (socket, token) => joinBySocket(socket, token, { client }, checkScope, this.#options),
    });
    this.#connections.add(connection);
    wire.once('closed', () => this.#connections.delete(connection));
    return connection;
  }

  readonly #revoked = (scope: Scope, tokenId: string): void => {
    const key = connectionKey(scope, tokenId);
    // Also those who lost their connection a moment ago, and would be waited for.
    this.#options.registry.disconnectConnection(key);
    for (const connection of this.#connections) if (connection.key === key) connection.close(REVOKED);
  };
}

function closeFor(error: unknown): SocketClose {
  if (!(error instanceof ConnectionRefusal)) return closeForFailure(error);
  return error.reason === 'TOKEN_REVOKED' ? REVOKED : closeForConnectionRefusal(error.reason);
}

/** A name that no other token has. */
function connectionKey({ account, region }: Scope, tokenId: string): string {
  return [account, region, tokenId].join('/');
}
