import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { Installation } from '../support/installation.ts';
import { until } from '../support/until.ts';
import { pictures } from './meeting.ts';
import { commandsOf, readerEnvironment } from './reader.ts';
import { RunningProgram } from './running-program.ts';
import { SamplePage } from './sample-page.ts';
import type { Venue } from './venue.ts';

/** Two people meet by the example in JavaScript, are broadcast, and the meeting ends. */
export async function meetByBackend(t: TestContext, { server, chromium }: Venue): Promise<void> {
  const { installation, registry } = await Installation.copyExample('javascript');
  const { folder } = installation;
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' };
  const env = { ...readerEnvironment(server), ...quiet, PORT: '0' };
  const backend = new RunningProgram(commandsOf(folder), { cwd: folder, env });
  t.after(() => backend.interrupt());
  t.after(() => registry.close());
  t.after(() => installation.remove());
  const url = await backend.says(/^Meetings at (.+)$/m);
  const call = (method: string, ...parts: string[]) => ask(method, [url, 'meetings', ...parts].join('/'));
  const news = await News.follow(url);
  t.after(() => news.close());

  const alice = await SamplePage.open(chromium, url);
  await alice.fill('Your name', 'alice');
  await alice.fill('New meeting', 'Friday’s show');
  await alice.press('Open');
  const bob = await SamplePage.open(chromium, url);
  await bob.fill('Your name', 'bob');
  await bob.press('Join');
  await Promise.all([alice.seeMoving('bob'), bob.seeMoving('alice'), alice.hear('bob')]);
  await news.until('Participant Published', 'bob');

  const [meeting] = await call('GET');
  assert.deepEqual([meeting.title, meeting.live, meeting.broadcast], ['Friday’s show', true, undefined]);
  const id = encodeURIComponent(meeting.id);
  const { broadcast } = await call('POST', id, 'broadcast');
  assert.equal(broadcast.state, 'STARTING');
  await news.until('Session Start');
  assert.equal((await call('GET'))[0].broadcast.state, 'ACTIVE');
  // The bucket may be ready before the channel is.
  await until(
    async () => (await fetch(`${broadcast.url}/multivariant.m3u8`)).text(),
    (playlist) => playlist.includes('RESOLUTION=1280x720'),
  );
  assert.deepEqual([alice.noise, bob.noise], [[], []]);
  if (pictures) await Promise.all([alice.screenshot(`${pictures}/javascript`), bob.press('Leave')]);
  if (pictures) await bob.screenshot(`${pictures}/javascript-lobby`);

  await call('DELETE', id);
  // Back where meetings are opened.
  await Promise.all([alice.fill('New meeting', ''), bob.fill('New meeting', '')]);
  assert.deepEqual(await call('GET'), []);
  await Promise.all([alice.close(), bob.close()]);
}

async function ask(method: string, url: string) {
  const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
  const response = await fetch(url, { method, ...body });
  const answer = await response.json();
  assert.ok(response.ok, JSON.stringify(answer));
  return answer;
}

/** What the backend tells its pages. */
class News {
  readonly #request: ClientRequest;
  #heard = '';

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.#heard += chunk;
    });
    // It is cut off by us or by the backend, in the end.
    response.on('error', () => undefined);
  }

  static async follow(url: string): Promise<News> {
    const request = get(`${url}/events`);
    const [response] = await once(request, 'response');
    return new News(request, response);
  }

  async until(event: string, person?: string): Promise<void> {
    const wanted = JSON.stringify({ event, person }).slice(1, -1);
    await until(
      async () => this.#heard,
      (heard) => heard.includes(wanted),
    );
  }

  close(): void {
    this.#request.destroy();
  }
}
