import { type Chromium, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { pretendedDevices } from './sample-page.ts';

/** Where samples are tried, one after the other: they share a server and a browser, and nothing that these hold. */
export class Venue {
  readonly server: ServerProcess;
  readonly chromium: Chromium;

  private constructor(server: ServerProcess, chromium: Chromium) {
    this.server = server;
    this.chromium = chromium;
  }

  static async open(): Promise<Venue> {
    const server = await startServer();
    try {
      return new Venue(server, await launchChromium({ flags: pretendedDevices }));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.chromium.close().finally(() => this.server.stop());
  }
}
