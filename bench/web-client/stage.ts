import { type Chromium, type ChromiumPage, launchChromium } from '../../test/support/chromium.ts';
import { type ServerProcess, startServer } from '../../test/support/server.ts';
import { type Invited, TestStage } from '../../test/support/stage.ts';

/** A stage with publishers in one browser, and another browser for the page that is measured. */
export class WebClientStage {
  readonly chromium: Chromium;
  readonly #server: ServerProcess;
  readonly #stage: TestStage;
  readonly #publishing: Chromium;
  readonly #hosts: Invited[];
  readonly #viewers: Invited[];
  #published = 0;

  private constructor(options: {
    server: ServerProcess;
    stage: TestStage;
    publishing: Chromium;
    chromium: Chromium;
    hosts: Invited[];
    viewers: Invited[];
  }) {
    this.chromium = options.chromium;
    this.#server = options.server;
    this.#stage = options.stage;
    this.#publishing = options.publishing;
    this.#hosts = options.hosts;
    this.#viewers = options.viewers;
  }

  static async start({ publishers, viewers }: { publishers: number; viewers: number }): Promise<WebClientStage> {
    const server = await startServer();
    const names = (role: string, count: number) => Array.from({ length: count }, (_, index) => `${role}-${index}`);
    const [hosts, watching] = [names('host', publishers), names('viewer', viewers)];
    const stage = await TestStage.create(server, [...hosts, ...watching]);
    return new WebClientStage({
      server,
      stage,
      publishing: await launchChromium(),
      chromium: await launchChromium(),
      hosts: hosts.map((name) => stage.invited(name)),
      viewers: watching.map((name) => stage.invited(name)),
    });
  }

  /** Who publishes by now. */
  get publisherIds(): string[] {
    return this.#hosts.slice(0, this.#published).map(({ participantId }) => participantId);
  }

  /** Lets so many publish in all. */
  async publish(count: number): Promise<void> {
    for (; this.#published < count; this.#published += 1) {
      const { token } = this.#hosts[this.#published] ?? missing();
      const page = await this.#publishing.openPage();
      await page.stage.joinStage(token, { subscribe: false });
    }
  }

  /** The token of somebody who has not been there yet. */
  takeToken(): string {
    return (this.#viewers.shift() ?? missing()).token;
  }

  /** Subscribes to all who publish by the web client, and waits for a frame of each. */
  async subscribeByOffers(page: ChromiumPage): Promise<void> {
    await this.#join(page, { offered: true });
  }

  /** The same with a server that offers nothing, so that the web client posts for each. */
  async subscribeWithoutOffers(page: ChromiumPage): Promise<void> {
    await this.#join(page, { offered: false });
  }

  /** Subscribes to all who publish without the web client, by a connection for each, and waits for a frame of each. */
  async subscribeByPosts(page: ChromiumPage): Promise<void> {
    for (const id of this.publisherIds) {
      const { location } = await page.stage.postSubscribe(this.#stage.subscribeUrl(id), this.takeToken());
      await page.stage.waitForFrames(location, 1);
    }
  }

  async #join(page: ChromiumPage, options: { offered: boolean }): Promise<void> {
    await page.stage.joinStage(this.takeToken(), { publish: false, ...options });
    for (const id of this.publisherIds) await page.stage.waitForFrames(id, 1);
  }

  async stop(): Promise<void> {
    await this.chromium.close();
    await this.#publishing.close();
    await this.#server.stop();
  }
}

function missing(): never {
  throw new Error('Nobody is left');
}
