import { ServiceUnavailable } from '@proscenium/model';
import type { Logger } from 'pino';
import type { ClientData } from '../participants/client-data.ts';
import type { StageRegistry } from '../participants/registry.ts';
import { StageRefusal } from '../participants/stage-refusal.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import { type JoinRequest, type JoinTracing, noJoinTracing } from '../tracing/join-tracing.ts';
import { closeForRefusal, type SocketClose } from './close-codes.ts';
import type { EventsSocket } from './events-socket.ts';
import type { ParticipantAdmission } from './participant-admission.ts';

export interface SocketJoiningOptions {
  readonly registry: Pick<StageRegistry, 'stage'>;
  readonly admission: ParticipantAdmission;
  readonly logger: Logger;
  readonly tracing?: JoinTracing;
}

/** Who opened a socket. */
export interface SocketCaller {
  readonly client: ClientData;
  /** Undefined: the socket was there before, and has places in several stages. */
  readonly request?: JoinRequest;
}

/**
 * Lets the bearer of a token into its stage, or closes its socket for the reason why not.
 *
 * @param check throws a refusal for a token that is not for the place where the socket was opened
 */
export async function joinBySocket(
  socket: EventsSocket,
  token: string,
  { client, request }: SocketCaller,
  check: (claims: ParticipantClaims) => void,
  { registry, admission, logger, tracing = noJoinTracing }: SocketJoiningOptions,
): Promise<void> {
  try {
    await tracing.joinBySocket(request, async () => {
      const claims = await admission.verify(token);
      check(claims);
      tracing.identify(claims);
      await admission.admit(claims);
      await registry.stage(claims.stage).connect(claims, client, socket);
    });
  } catch (error) {
    const close = closeForFailure(error);
    if (close.code === 1011) logger.error({ err: error }, 'an events socket could not be opened');
    socket.close(close);
  }
}

/** What a client is told when its socket could not be opened. */
export function closeForFailure(error: unknown): SocketClose {
  if (error instanceof TokenRefusal) return closeForRefusal(error.code);
  if (error instanceof ServiceUnavailable) return { code: 1001, reason: 'the server is overloaded' };
  if (error instanceof StageRefusal) {
    return error.status === 503 ? { code: 1001, reason: error.message } : closeForRefusal(error.code);
  }
  return { code: 1011, reason: 'internal error' };
}
