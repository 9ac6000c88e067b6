import type { WebSocket } from 'ws';
import { closeForRefusal, type SocketClose, StageErrorCode } from './close-codes.ts';
import { MessageLimit } from './message-limit.ts';
import { ProtocolViolation, parseMessage } from './messages.ts';
import { Wire } from './wire.ts';

/** A silent peer is probed this often and given up after the second probe without an answer. */
const PROBE_INTERVAL_MS = 5_000;
/** A client that does not read: what waits for it is full state, so nothing is lost by letting it come again. */
const MAXIMUM_BUFFERED_BYTES = 4 * 1024 * 1024;

/** A WebSocket: a heartbeat, and limits. */
export class SocketWire extends Wire {
  /** For how many stages it carries messages: what one may say and leave unread, several may so many times. */
  stages = 1;
  readonly #socket: WebSocket;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #limit = new MessageLimit();
  #unanswered = 0;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    this.#heartbeat = setInterval(() => this.#probe(), PROBE_INTERVAL_MS);
    socket.on('pong', () => {
      this.#unanswered = 0;
    });
    socket.on('message', (data, isBinary) => this.#read(data.toString(), isBinary));
    socket.on('error', () => socket.terminate()); // too big a message, bad frames: the close event tells the rest
    socket.on('close', () => this.finish());
  }

  get live(): boolean {
    return !this.closed && this.#unanswered < 2;
  }

  protected transmit(text: string, sent?: () => void): void {
    if (this.#socket.bufferedAmount > MAXIMUM_BUFFERED_BYTES * this.stages) this.#socket.terminate();
    else this.#socket.send(text, sent);
  }

  protected transmitClose({ code, reason }: SocketClose): void {
    this.#socket.close(code, reason);
  }

  protected override finish(): void {
    clearInterval(this.#heartbeat);
    super.finish();
  }

  #read(text: string, isBinary: boolean): void {
    if (this.closed) return;
    this.#unanswered = 0;
    try {
      if (isBinary) throw new ProtocolViolation('a message is binary');
      this.#limit.count(this.stages);
      this.receive(parseMessage(text));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.close({ code: 1008, reason: error.message });
    }
  }

  #probe(): void {
    if (this.#unanswered >= 2) {
      const { code, reason } = closeForRefusal(StageErrorCode.TIMEOUT);
      this.#socket.close(code, reason);
      this.finish();
      return;
    }
    this.#unanswered += 1;
    this.#socket.ping();
  }
}
