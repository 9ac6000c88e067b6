import { EventEmitter } from 'node:events';
import type { types } from 'mediasoup';

export interface PipeEvents {
  /** By close(), or because either router is gone: all copies have ended. */
  closed: [];
}

const PORT: types.PipeTransportOptions = {
  listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
  // A worker that is busy for a moment loses what does not fit its socket. Without this only the publisher's next key frame
  // would heal it.
  enableRtx: true,
  // It does not leave the machine.
  enableSrtp: false,
  enableSctp: false,
};

/**
 * A pair of UDP ports over which streams of one router are copied into another one, on the same worker or on two. All layers
 * are copied, and key frames are asked for through it.
 *
 * Both routers are in this process's hands. Where the second is another node's, a pipe between nodes takes this one's place.
 */
export class Pipe extends EventEmitter<PipeEvents> {
  readonly #sender: types.PipeTransport;
  readonly #receiver: types.PipeTransport;

  private constructor(sender: types.PipeTransport, receiver: types.PipeTransport) {
    super();
    this.#sender = sender;
    this.#receiver = receiver;
    sender.observer.once('close', () => receiver.close());
    receiver.observer.once('close', () => {
      sender.close();
      this.emit('closed');
    });
  }

  /** @throws when either router is gone, or there is no port */
  static async open(from: types.Router, to: types.Router): Promise<Pipe> {
    const opening = await Promise.allSettled([from.createPipeTransport(PORT), to.createPipeTransport(PORT)]);
    const [sender, receiver] = opening.map((ended) => (ended.status === 'fulfilled' ? ended.value : undefined));
    try {
      if (!sender || !receiver || from.closed || to.closed) throw new Error('a pipe has lost one of its ends');
      await Promise.all([sender.connect(addressOf(receiver)), receiver.connect(addressOf(sender))]);
      if (sender.closed || receiver.closed) throw new Error('a pipe has lost one of its ends');
      return new Pipe(sender, receiver);
    } catch (error) {
      sender?.close(); // what is made too late does not close by itself
      receiver?.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#receiver.closed;
  }

  /** Copies a stream of the first router. The copy pauses, resumes and closes with the stream. */
  async copy(stream: types.Producer): Promise<types.Producer> {
    const consumer = await this.#sender.consume({ producerId: stream.id });
    try {
      const { kind, rtpParameters } = consumer;
      const copy = await this.#receiver.produce({ kind, rtpParameters, paused: consumer.producerPaused });
      // By what the worker tells of the consumer: the stream itself knows only when its own request is answered, and that may
      // come later. A copy that cannot be reached has ended, or its worker has: its closing tells.
      const follow = () => (consumer.producerPaused ? copy.pause() : copy.resume()).catch(() => undefined);
      consumer.observer.on('pause', follow);
      consumer.observer.on('resume', follow);
      consumer.observer.once('close', () => copy.close());
      copy.observer.once('close', () => consumer.close());
      if (copy.paused !== consumer.producerPaused) await follow();
      if (stream.closed || consumer.closed || this.closed) {
        copy.close();
        throw new Error('the stream ended while it was copied');
      }
      return copy;
    } catch (error) {
      consumer.close();
      throw error;
    }
  }

  /** Ends all copies. Closing twice does nothing. */
  close(): void {
    this.#sender.close();
  }
}

function addressOf({ tuple: { localAddress, localPort } }: types.PipeTransport): { ip: string; port: number } {
  return { ip: localAddress, port: localPort };
}
