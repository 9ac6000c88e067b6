import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Publisher, postTo, StageSubscriber, VIDEO_DEFAULTS } from '@proscenium/load-test';
import { createIdentity } from '@proscenium/participant/connection';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { until } from '../support/until.ts';

test('a second offer that comes before the connection of the first one counts', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const stage = await TestStage.create(server, ['one', 'two', 'viewer']);
  const identity = await createIdentity();
  const hosts = [stage.invited('one'), stage.invited('two')];
  for (const { token, participantId } of hosts) {
    const video = { ...VIDEO_DEFAULTS, bitrateBps: 300_000 };
    const publisher = await Publisher.start(postTo(stage.whipUrl, token), { identity, video, audio: true });
    t.after(() => publisher.vanish());
    await stage.untilEvent(await stage.activeSessionId(), participantId, 'PUBLISH_STARTED');
  }

  const subscriber = await StageSubscriber.join(stage.invited('viewer').token, { identity, openEveryPictures: 1 });
  t.after(() => subscriber.stop());
  const ids = hosts.map(({ participantId }) => participantId);
  const line = await HeldUpLine.create(t);
  // Before the subscriber sees the offer.
  subscriber.socket.prependListener('offer', (offer) => Object.assign(offer, { sdp: line.lead(offer.sdp) }));
  const connected = once(subscriber, 'connected');
  const offered = once(subscriber.socket, 'offer');
  subscriber.subscribe(ids.slice(0, 1));
  await offered;
  const offeredMore = once(subscriber.socket, 'offer');
  subscriber.subscribe(ids);
  await offeredMore;
  line.open();
  await connected;
  await until(
    async () => subscriber.receiver?.received.streams,
    (streams) => streams === 4,
  );
});

/** A way to the server's media on which nothing gets through at first. */
class HeldUpLine {
  readonly #near: Socket;
  readonly #far: Socket;
  #leadsSomewhere = false;
  #isOpen = false;

  private constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
    // The server ends first: what the subscriber sends after that is refused, and nobody waits for it.
    far.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED') throw error;
    });
    near.on('message', (data, { port, address }) => {
      far.removeAllListeners('message').on('message', (answer) => near.send(answer, port, address));
      if (this.#isOpen) far.send(data);
    });
  }

  static async create(t: TestContext): Promise<HeldUpLine> {
    const sockets = [createSocket('udp4'), createSocket('udp4')] as const;
    for (const socket of sockets) {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      t.after(() => socket.close());
    }
    return new HeldUpLine(...sockets);
  }

  /** @returns the description with the line in place of the server's addresses */
  lead(sdp: string): string {
    const { port } = this.#near.address() as AddressInfo;
    return sdp.replace(/(a=candidate:\S+ 1 udp \d+) (\S+) (\d+)/gi, (_, head, address, target) => {
      if (!this.#leadsSomewhere) this.#far.connect(Number(target), address);
      this.#leadsSomewhere = true;
      return `${head} 127.0.0.1 ${port}`;
    });
  }

  open(): void {
    this.#isOpen = true;
  }
}
