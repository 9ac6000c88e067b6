import type { SocketLike } from '../connection/lasting-socket.ts';

export interface ChannelParts {
  /** Says something over the connection, where it stands. */
  readonly say: (text: string) => void;
  readonly hurry: () => void;
  /** It is closed here. */
  readonly onClosed: () => void;
}

/** One stage's part of a real-time connection, which looks like a WebSocket of its own. */
export class Channel extends EventTarget implements SocketLike {
  readonly #number: number;
  readonly #join: { readonly token: string; readonly client: string };
  readonly #parts: ChannelParts;
  #readyState: WebSocket['readyState'] = WebSocket.CONNECTING;

  constructor(number: number, join: { token: string; client: string }, parts: ChannelParts) {
    super();
    this.#number = number;
    this.#join = join;
    this.#parts = parts;
  }

  get readyState(): WebSocket['readyState'] {
    return this.#readyState;
  }

  hurry(): void {
    this.#parts.hurry();
  }

  send(text: string): void {
    if (this.#readyState === WebSocket.OPEN) this.#say(text);
  }

  close(): void {
    const wasOpen = this.#readyState === WebSocket.OPEN;
    this.#readyState = WebSocket.CLOSED;
    this.#parts.onClosed();
    if (wasOpen) this.#say('{"type":"CLOSE"}');
  }

  /** The connection stands. */
  open(): void {
    this.#readyState = WebSocket.OPEN;
    this.#say(JSON.stringify({ type: 'JOIN', payload: this.#join }));
    this.dispatchEvent(new Event('open'));
  }

  /** The server said something. */
  receive(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  /** The server closed it, or the connection is lost. */
  ended(code: number): void {
    this.#readyState = WebSocket.CLOSED;
    this.dispatchEvent(new CloseEvent('close', { code }));
  }

  #say(text: string): void {
    this.#parts.say(`${text.slice(0, -1)},"channel":${this.#number}}`);
  }
}
