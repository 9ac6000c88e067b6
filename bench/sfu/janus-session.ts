interface Request {
  readonly janus: string;
  readonly [field: string]: unknown;
}

interface Message {
  readonly janus: string;
  readonly transaction?: string;
  readonly data?: { readonly id: number };
  readonly error?: { readonly reason: string };
  readonly plugindata?: { readonly data: { readonly id?: number; readonly error?: string } };
  readonly jsep?: SessionDescription;
}

interface SessionDescription {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** A session with Janus, over its WebSocket; within it a handle of the video room for each peer connection. */
export class JanusSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (message: Message) => void>();
  #transactions = 0;
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message: Message = JSON.parse(String(data));
      // The answer comes as an event after the acknowledgement.
      if (message.janus !== 'ack') this.#waiting.get(message.transaction ?? '')?.(message);
    });
  }

  /** Undefined where nothing listens. */
  static async open(url: string): Promise<JanusSession | undefined> {
    const socket = new WebSocket(url, 'janus-protocol');
    const opened = await new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true));
      socket.addEventListener('error', () => resolve(false));
    });
    if (!opened) return undefined;
    const session = new JanusSession(socket);
    session.#id = (await session.#ask({ janus: 'create' })).data?.id ?? 0;
    return session;
  }

  /** @returns a new handle */
  async attach(): Promise<number> {
    const { data } = await this.#ask({ janus: 'attach', session_id: this.#id, plugin: 'janus.plugin.videoroom' });
    return data?.id ?? 0;
  }

  /** @throws what the video room finds wrong */
  async tell(handle: number, body: object, jsep?: SessionDescription): Promise<{ id: number; sdp: string }> {
    const message = { janus: 'message', session_id: this.#id, handle_id: handle, body, ...(jsep ? { jsep } : {}) };
    const answer = await this.#ask(message);
    return { id: answer.plugindata?.data.id ?? 0, sdp: answer.jsep?.sdp ?? '' };
  }

  /** There are none to tell: Janus sees where the checks come from. It only acknowledges this. */
  endCandidates(handle: number): void {
    const candidate = { completed: true };
    this.#send({ janus: 'trickle', session_id: this.#id, handle_id: handle, candidate }, 'candidates');
  }

  async detach(handle: number): Promise<void> {
    await this.#ask({ janus: 'detach', session_id: this.#id, handle_id: handle });
  }

  async #ask(message: Request): Promise<Message> {
    this.#transactions += 1;
    const transaction = String(this.#transactions);
    const answer = await new Promise<Message>((resolve) => {
      this.#waiting.set(transaction, resolve);
      this.#send(message, transaction);
    });
    this.#waiting.delete(transaction);
    const error = answer.error?.reason ?? answer.plugindata?.data.error;
    if (error !== undefined) throw new Error(`Janus says to ${message.janus}: ${error}`);
    return answer;
  }

  #send(message: object, transaction: string): void {
    this.#socket.send(JSON.stringify({ ...message, transaction }));
  }
}
