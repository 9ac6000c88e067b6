import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type AmfValue, readAmf0 } from './amf0.ts';
import { ChunkReader } from './chunk-reader.ts';
import { writeChunks } from './chunk-writer.ts';
import { writeCommand } from './command.ts';
import { Handshake, HELLO } from './handshake.ts';
import { LIMITS } from './limits.ts';
import { MESSAGE_TYPE, type RtmpMessage } from './message.ts';

/** An encoder that says what a test wants it to say, and hears what it is answered. */
export class Encoder {
  readonly socket: Socket;
  readonly #reader = new ChunkReader(LIMITS);
  readonly #heard: RtmpMessage[] = [];
  readonly #changed = new EventTarget();
  #closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    const handshake = new Handshake();
    let shaken = false;
    socket.on('data', (bytes: Buffer) => {
      const rest = shaken ? bytes : handshake.read(bytes).rest;
      if (!rest) return;
      shaken = true;
      this.#heard.push(...this.#reader.read(rest));
      this.#changed.dispatchEvent(new Event('change'));
    });
    socket.on('error', () => {}); // a server that hangs up may do so with a reset
    socket.on('close', () => {
      this.#closed = true;
      this.#changed.dispatchEvent(new Event('change'));
    });
  }

  /** All that there is to say for it: so that what is said next need not wait for an answer. */
  shakeHands(): this {
    this.socket.write(Buffer.concat([HELLO, HELLO.subarray(1)]));
    return this;
  }

  say(streamId: number, name: string, transactionId: number, ...values: readonly AmfValue[]): this {
    return this.send(writeCommand(streamId, name, transactionId, ...values));
  }

  send(message: Partial<RtmpMessage> & Pick<RtmpMessage, 'type' | 'data'>, chunkStreamId = 3): this {
    this.socket.write(writeChunks(chunkStreamId, { timestamp: 0, streamId: 0, ...message }, 128));
    return this;
  }

  /** The next message of this type that was not asked for before. @throws when the connection closes without it */
  async heard(type: number): Promise<RtmpMessage> {
    for (;;) {
      const index = this.#heard.findIndex((message) => message.type === type);
      const [message] = index === -1 ? [] : this.#heard.splice(index, 1);
      if (message) return message;
      if (this.#closed) throw new Error(`The connection closed without a message of type ${type}`);
      await once(this.#changed, 'change');
    }
  }

  /** The next command: its name, its transaction, and what follows the command object. */
  async answer(): Promise<[name: AmfValue, transactionId: AmfValue, ...AmfValue[]]> {
    const [name, transactionId, _object, ...rest] = readAmf0((await this.heard(MESSAGE_TYPE.amf0Command)).data);
    return [name, transactionId, ...rest];
  }

  /** The code of the next status. */
  async status(): Promise<AmfValue> {
    const [name, _transactionId, information] = await this.answer();
    return `${name} ${(information as { code?: AmfValue } | undefined)?.code}`;
  }
}
