import type { Page } from 'playwright-core';
import type { Chromium } from './chromium.ts';
import { type ServerProcess, testAccessKey } from './server.ts';

/** Pages of a server in one browser, with what they complained about and whom they asked. */
export class ConsolePages {
  readonly complaints: string[] = [];
  readonly hosts = new Set<string>();
  readonly #server: ServerProcess;
  readonly #chromium: Chromium;

  constructor(server: ServerProcess, chromium: Chromium) {
    this.#server = server;
    this.#chromium = chromium;
  }

  async open(address: string): Promise<Page> {
    const page = await this.#chromium.openAddress('about:blank');
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy|Permissions-Policy|Refused/.test(message.text()))
        this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') || protocol.startsWith('ws')) this.hosts.add(host);
    });
    await page.goto(address);
    return page;
  }

  /** The console, with the key of the tests. */
  async signIn(): Promise<Page> {
    const page = await this.open(`${this.#server.endpoint}/console`);
    await page.getByLabel('Access key id').fill(testAccessKey.accessKeyId);
    await page.getByLabel('Secret access key').fill(testAccessKey.secretAccessKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Stages', level: 1 }).waitFor();
    return page;
  }
}
