import { createHmac } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { EventTarget, Outcome, OutgoingEvent } from '../event-target.ts';
import { failureText, HttpClient } from './http-client.ts';

export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  /** Both sides know it, and nobody else. */
  readonly secret: string;
  /** Seconds that the receiver may take to answer. */
  readonly timeoutSeconds: number;
}

/** Client errors that say "not now": the time-out, the conflict, too early, too many. */
const notNow: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Posts each event, signed, to a web address (docs/events.md). */
export class Webhook implements EventTarget {
  readonly name: string;
  readonly batchSize = 1;
  readonly #secret: string;
  readonly #http: HttpClient;
  readonly #clock: Clock;

  constructor({ name, url, secret, timeoutSeconds }: WebhookSettings, clock: Clock) {
    this.name = name;
    this.#secret = secret;
    this.#http = new HttpClient(new URL(url), timeoutSeconds * 1_000);
    this.#clock = clock;
  }

  deliver(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<Outcome[]> {
    return Promise.all(events.map((event) => this.#post(event, signal)));
  }

  close(): void {
    this.#http.close();
  }

  async #post({ id, json }: OutgoingEvent, signal: AbortSignal): Promise<Outcome> {
    const timestamp = String(Math.floor(this.#clock.now().getTime() / 1_000));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'proscenium',
      'proscenium-event-id': id,
      'proscenium-timestamp': timestamp,
      'proscenium-signature': `v1=${createHmac('sha256', this.#secret).update(`${timestamp}.${json}`).digest('hex')}`,
    };
    try {
      const { status } = await this.#http.post(headers, json, signal);
      return outcomeOf(status);
    } catch (error) {
      return { failed: failureText(error) };
    }
  }
}

/** Redirects are not followed: they are failures, and likely mistakes. */
function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  const reason = `HTTP ${status}`;
  return status >= 400 && status < 500 && !notNow.has(status) ? { refused: reason } : { failed: reason };
}
