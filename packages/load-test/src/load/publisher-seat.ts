import { nowMs } from '@proscenium/participant/connection';
import { readToken } from '../clients/participant-token.ts';
import { Publisher } from '../clients/publisher.ts';
import { postTo } from '../clients/signalling.ts';
import type { Seat, SeatContext } from './seat.ts';

/** One who publishes by WHIP. */
export class PublisherSeat implements Seat {
  readonly participantId: string;
  readonly #token: string;
  readonly #context: SeatContext;
  #publisher: Publisher | undefined;
  #joining: Promise<void> | undefined;
  joined = false;

  constructor(token: string, context: SeatContext) {
    this.participantId = readToken(token).participantId;
    this.#token = token;
    this.#context = context;
  }

  join(): Promise<void> {
    this.#joining = this.#join();
    return this.#joining;
  }

  /** Sends nothing new. */
  pause(): void {
    this.#publisher?.pause();
  }

  async leave(): Promise<void> {
    await this.#joining;
    const publisher = this.#publisher;
    this.#publisher = undefined;
    this.joined = false;
    try {
      await publisher?.stop();
    } catch (error) {
      this.#context.ledger.failed('leave', error);
    }
  }

  async #join(): Promise<void> {
    const { plan, identity, ledger } = this.#context;
    const { video, lowerLayers, audio } = plan;
    const beginMs = nowMs();
    try {
      const signalling = postTo(readToken(this.#token).whipUrl, this.#token);
      const publisher = await Publisher.start(signalling, { identity, video, lowerLayers, audio });
      this.#publisher = publisher;
      this.joined = true;
      ledger.publishers.add(publisher);
      ledger.joinMs.publishers.add(nowMs() - beginMs);
      publisher.once('lost', (error) => {
        this.joined = false;
        ledger.disconnected('publisher', error);
      });
    } catch (error) {
      ledger.failed('publish', error);
    }
  }
}
