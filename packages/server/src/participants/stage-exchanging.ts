import { isDeepStrictEqual } from 'node:util';
import type { ExchangedParticipantToken } from '@proscenium/model';
import type { EventsSocket } from '../signalling/events-socket.ts';
import type { ClientMessage, TokenExchangePayload } from '../signalling/messages.ts';
import type { ParticipantClaims } from '../tokens/participant-claims.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';
import type { LiveParticipant } from './live-participant.ts';
import type { LiveStageOptions } from './live-stage.ts';
import { Pace } from './pace.ts';
import type { StageContext } from './stage-context.ts';
import type { StagePublishing } from './stage-publishing.ts';
import type { StageSubscribing } from './stage-subscribing.ts';

export interface StageExchangingParts {
  readonly publishing: Pick<StagePublishing, 'revoke'>;
  readonly subscribing: Pick<StageSubscribing, 'revoke' | 'applyWish'>;
  /** Does what a client says. */
  readonly hear: (participant: LiveParticipant, socket: EventsSocket, message: ClientMessage) => void;
}

/** What a client may say while an exchange is under way. */
const MAXIMUM_WAITING_MESSAGES = 64;

/**
 * Who changes his token for another one while he is in the stage. What a client says after it has offered one waits until
 * that is settled, so that exchanges and everything else count in the order in which they were said. A client that comes
 * with another socket meanwhile has to offer it anew.
 */
export class StageExchanging {
  readonly #stage: StageContext;
  readonly #options: Pick<LiveStageOptions, 'exchange'>;
  readonly #parts: StageExchangingParts;

  constructor(stage: StageContext, options: Pick<LiveStageOptions, 'exchange'>, parts: StageExchangingParts) {
    this.#stage = stage;
    this.#options = options;
    this.#parts = parts;
  }

  /** Takes what the client offers: at once, unless it offers tokens all the time. */
  exchange(participant: LiveParticipant, socket: EventsSocket, payload: TokenExchangePayload): void {
    participant.exchange = { socket, waiting: [], ...payload };
    participant.exchangePace ??= new Pace(() => void this.#settle(participant));
    participant.exchangePace.ask();
  }

  /** Whether what the client says has to wait; it is heard when the exchange is settled. */
  keepsWaiting({ exchange }: LiveParticipant, socket: EventsSocket, message: ClientMessage): boolean {
    // Whoever leaves may be gone by the time that it is settled.
    if (exchange?.socket !== socket || message.type === 'LEAVE') return false;
    const count = exchange.waiting.push(message);
    if (count > MAXIMUM_WAITING_MESSAGES) socket.close({ code: 1008, reason: 'too many messages' });
    return true;
  }

  async #settle(participant: LiveParticipant): Promise<void> {
    const { exchange } = participant;
    if (!exchange) return;
    const { socket, exchangeId, token, waiting } = exchange;
    // Whoever has left, or has come with another socket, has no exchange under way.
    const isUnderWay = () => !participant.left && participant.socket === socket && participant.exchange === exchange;
    try {
      const claims = await this.#options.exchange(participant.claims, token);
      if (!isUnderWay()) return;
      if (!isDeepStrictEqual(claims, participant.claims)) this.#apply(participant, claims);
      socket.send(JSON.stringify({ type: 'TOKEN_EXCHANGED', payload: { exchangeId } }));
    } catch (error) {
      if (isUnderWay()) this.#refuse(participant, socket, error);
      return;
    }
    participant.exchange = undefined;
    // One of them may begin another exchange, for which the others wait.
    for (const message of waiting) this.#parts.hear(participant, socket, message);
  }

  #apply(participant: LiveParticipant, claims: ParticipantClaims): void {
    const { journal, logger } = this.#stage;
    const { claims: previous, id } = participant;
    participant.claims = claims;
    participant.exchanged = true;
    if (participant.isPublishing) this.#show(participant);
    const { userId, attributes, capabilities } = claims;
    participant.record = { ...participant.record, userId, attributes };
    const tokens = { previousToken: describe(previous), newToken: describe(claims) };
    journal.record({ record: participant.record, events: [journal.event('TOKEN_EXCHANGED', id, tokens)] });
    logger.info({ participantId: id, capabilities }, 'token exchanged');
    if (!capabilities.publish) this.#parts.publishing.revoke(participant);
    if (!capabilities.subscribe) this.#parts.subscribing.revoke(participant);
    else if (!previous.capabilities.subscribe) this.#parts.subscribing.applyWish(participant);
  }

  #show(participant: LiveParticipant): void {
    participant.shown = participant.claims;
    this.#stage.tell('changed', participant.id);
    this.#stage.stateChanged();
  }

  #refuse(participant: LiveParticipant, socket: EventsSocket, error: unknown): void {
    const { logger } = this.#stage;
    if (error instanceof TokenRefusal) {
      logger.info({ participantId: participant.id, cause: error.message }, 'token exchange refused');
      this.#stage.leave(participant, 'failed-exchange');
    } else {
      // Not the token's fault: the client comes again, and offers it once more.
      logger.error({ err: error }, 'a token could not be exchanged');
      socket.close({ code: 1011, reason: 'internal error' });
    }
  }
}

function describe({ userId, attributes, capabilities, expiresAt }: ParticipantClaims): ExchangedParticipantToken {
  return {
    capabilities: [
      ...(capabilities.publish ? (['PUBLISH'] as const) : []),
      ...(capabilities.subscribe ? (['SUBSCRIBE'] as const) : []),
    ],
    attributes,
    userId,
    expirationTime: expiresAt,
  };
}
