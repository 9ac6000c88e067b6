/** How messages get to the other end, and whether it still reads them. */
export interface Wire {
  /** @param onSent once it has left this process, or never will */
  send(envelope: Envelope, onSent: () => void): void;
  /** More than {@link MAXIMUM_UNSENT} messages wait: the other end does not read. */
  onStuck(): void;
}

export interface Listener<Incoming> {
  onMessage(message: Incoming): void;
  /** What it resolves with is the answer; that of an error is its message. Without it, questions are refused. */
  onQuestion?(question: Incoming): unknown;
}

/** What goes over the wire. Those of the first kind are for those who start, watch and end the child. */
export type Envelope =
  | { readonly type: 'ready' | 'ping' | 'pong' | 'close' | 'closed' }
  | { readonly type: 'message'; readonly body: unknown }
  | { readonly type: 'question'; readonly id: number; readonly body: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly reason: string };

interface Waiting {
  readonly timer: NodeJS.Timeout;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

const MAXIMUM_UNSENT = 10_000;
const ANSWER_TIMEOUT_MS = 10_000;

/** One end of what two processes of ours say to each other: messages, and questions with one answer each. */
export class Conversation<Outgoing, Incoming> {
  readonly #wire: Wire;
  readonly #listener: Listener<Incoming>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #unsent = 0;
  #ended = false;

  constructor(wire: Wire, listener: Listener<Incoming>) {
    this.#wire = wire;
    this.#listener = listener;
  }

  send(message: Outgoing): void {
    this.#send({ type: 'message', body: message });
  }

  /** @throws when the other end refuses, does not answer in time, or is gone */
  ask<Answer>(question: Outgoing, timeoutMs = ANSWER_TIMEOUT_MS): Promise<Answer> {
    if (this.#ended) return Promise.reject(new Error('The conversation is over'));
    const id = ++this.#lastId;
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`There was no answer within ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiting.set(id, { timer, resolve, reject });
      this.#send({ type: 'question', id, body: question });
    }) as Promise<Answer>;
  }

  /** Takes what came over the wire. */
  receive(envelope: Envelope): void {
    switch (envelope.type) {
      case 'message':
        this.#listener.onMessage(envelope.body as Incoming);
        break;
      case 'question':
        void this.#answer(envelope.id, envelope.body as Incoming);
        break;
      case 'answer':
        this.#settle(envelope.id)?.resolve(envelope.body);
        break;
      case 'refusal':
        this.#settle(envelope.id)?.reject(new Error(envelope.reason));
        break;
    }
  }

  /** The other end is gone: all questions fail. */
  end(cause: Error): void {
    this.#ended = true;
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(cause);
    }
    this.#waiting.clear();
  }

  async #answer(id: number, question: Incoming): Promise<void> {
    try {
      if (!this.#listener.onQuestion) throw new Error('Nothing can be asked here');
      this.#send({ type: 'answer', id, body: await this.#listener.onQuestion(question) });
    } catch (error) {
      this.#send({ type: 'refusal', id, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #send(envelope: Envelope): void {
    if (this.#ended) return;
    this.#unsent += 1;
    if (this.#unsent > MAXIMUM_UNSENT) this.#wire.onStuck();
    else {
      this.#wire.send(envelope, () => {
        this.#unsent -= 1;
      });
    }
  }
}
