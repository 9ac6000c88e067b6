import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Failure guard: what is waited for comes soon, or never. */
const guardMs = 60_000;

interface ServerMessage {
  readonly type: string;
  readonly channel?: number;
  readonly payload?: unknown;
}

/** An events socket of a client that may say anything. */
export class FuzzedSocket {
  readonly #socket: WebSocket;
  readonly #closed: Promise<unknown>;
  readonly #messages: ServerMessage[] = [];
  #over = false;

  constructor(socket: WebSocket, closed: Promise<unknown>) {
    this.#socket = socket;
    this.#closed = closed.then((end) => {
      this.#over = true;
      return end;
    });
    socket.on('message', (data) => this.#messages.push(JSON.parse(data.toString())));
  }

  /** Nothing when it is closed already. */
  async send(text: string | Buffer): Promise<void> {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    await new Promise((resolve) => this.#socket.send(text, resolve));
  }

  /** Waits for a message of this type, on this channel if one is named. @returns undefined when the socket closes without */
  async next(type: string, channel?: number): Promise<ServerMessage | undefined> {
    const deadline = AbortSignal.timeout(guardMs);
    for (;;) {
      const index = this.#messages.findIndex((message) => message.type === type && message.channel === channel);
      if (index >= 0) return this.#messages.splice(0, index + 1).at(-1);
      if (this.#over) return undefined;
      deadline.throwIfAborted();
      await Promise.race([once(this.#socket, 'message', { signal: deadline }), this.#closed]);
    }
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Waits for its end. @returns the close code; @throws when it is one that tells of a fault of the server */
  async end(): Promise<number> {
    const [code, reason] = (await this.#closed) as [number, Buffer];
    assert.notEqual(code, 1011, reason.toString());
    return code;
  }
}

export async function openSocket(url: string, token: string): Promise<FuzzedSocket> {
  const socket = new WebSocket(url, [token]);
  socket.on('error', () => undefined); // the close event tells the rest
  const closed = once(socket, 'close');
  const fuzzed = new FuzzedSocket(socket, closed);
  await Promise.race([once(socket, 'open'), closed]);
  return fuzzed;
}
