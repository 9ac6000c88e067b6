import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { launchChromium, Media, StageServer } from '@proscenium/web-broadcast/test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageHeaders, readAsset } from '../src/assets.ts';

describe('The page /try', () => {
  let browser: Browser;
  let server: StageServer;
  let context: BrowserContext;
  let media: Media;
  /** What pages wrote to their consoles, and the addresses that they asked for. */
  let told: string[];
  /** Answer to the wish for a stage. */
  let makeStatus: number;

  before(async () => {
    execFileSync(process.execPath, ['build.ts'], { cwd: path.join(import.meta.dirname, '..') });
    browser = await launchChromium();
  });

  after(() => browser.close());

  beforeEach(async () => {
    server = await StageServer.start();
    makeStatus = 200;
    server.onPage = async (url, { method }) => {
      if (url === '/try/stage' && method === 'POST') {
        const tokens = ['alice', 'bob'].map((id) => server.token(id, { attributes: { name: `Dear ${id}` } }));
        return { status: makeStatus, body: JSON.stringify({ stageArn: 'arn', tokens }) };
      }
      const asset = await readAsset(url.split('?')[0] ?? '');
      return (
        asset && {
          status: 200,
          headers: { ...pageHeaders(server.origin), 'content-type': asset.contentType },
          body: asset.body.toString(),
        }
      );
    };
    context = await browser.newContext({ permissions: ['camera', 'microphone', 'clipboard-write'] });
    context.setDefaultTimeout(60_000);
    media = await Media.start(server, context);
    told = [];
  });

  afterEach(async () => {
    media.stop();
    await context.close();
    await server.stop();
    assert.deepEqual(
      told.filter((text) => /Content Security Policy|Uncaught|eyJ/.test(text)),
      [],
    );
  });

  async function open(url = '/try'): Promise<Page> {
    const page = await context.newPage();
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(`Uncaught ${error.message}`));
    page.on('request', (request) => told.push(request.url()));
    await page.goto(url.startsWith('http') ? url : `${server.origin}${url}`);
    return page;
  }

  const tile = (page: Page, id: string) => page.locator(`[data-participant="${id}"]`);
  const alert = (page: Page) => page.getByRole('alert');

  /** Waits until the picture of a participant moves. */
  async function seeMoving(page: Page, id: string): Promise<void> {
    const video = tile(page, id).locator('video');
    await video.evaluate(async (element) => {
      if (!(element instanceof HTMLVideoElement)) throw new Error('no video');
      for (let frames = 0; frames < 3; frames += 1) {
        await new Promise((resolve) => element.requestVideoFrameCallback(resolve));
      }
    });
  }

  it('makes a stage for two tabs, which see each other', async () => {
    const alice = await open();
    await alice.getByLabel('A generated picture').check();
    await alice.getByRole('button', { name: 'Make a stage for me' }).click();
    await seeMoving(alice, 'alice');
    await alice.getByText('Connected', { exact: true }).waitFor();

    const link = await alice.getByLabel('Open this link in another tab').inputValue();
    assert.equal(await alice.getByRole('link', { name: 'Open' }).getAttribute('href'), link);
    const bob = await open(link);
    assert.equal(bob.url(), `${server.origin}/try`);
    await bob.getByRole('button', { name: 'Join' }).first().click();
    await Promise.all([seeMoving(alice, 'bob'), seeMoving(bob, 'alice')]);
    await tile(alice, 'bob').getByText('Dear bob').waitFor();
    await tile(bob, 'bob').getByText('Dear bob (you)').waitFor();
    await tile(alice, 'bob')
      .getByText(/\d+×\d+ · \d+ kbps · [\d,]+ frames/)
      .waitFor();
  });

  it('mutes, leaves and joins again', async () => {
    await media.publishPicture('eve');
    const page = await open(`/try#token=${server.token('alice')}`);
    await page.getByRole('button', { name: 'Join' }).first().click();
    await seeMoving(page, 'eve');
    await page.getByRole('button', { name: 'Mute audio' }).click();
    await tile(page, 'alice').getByText('Audio muted').waitFor();
    await server.message('MUTE', ({ payload }) => payload.audioMuted && !payload.videoStopped);
    await page.getByRole('button', { name: 'Stop video' }).click();
    await tile(page, 'alice').getByText('Video stopped').waitFor();
    await page.getByRole('button', { name: 'Start video' }).click();
    await tile(page, 'alice').getByText('Video stopped').waitFor({ state: 'hidden' });
    server.setMember('eve', { audioMuted: true });
    await tile(page, 'eve').getByText('Audio muted').waitFor();

    await page.getByRole('button', { name: 'Leave' }).click();
    await server.message('LEAVE');
    assert.equal(await page.getByRole('listitem').count(), 0);
    await page.getByRole('button', { name: 'Join again' }).press('Enter');
    await seeMoving(page, 'eve');
  });

  it('takes a token that is pasted, and only watches', async () => {
    await media.publishPicture('eve');
    const page = await open();
    await page.getByLabel('Nothing').check();
    await page.getByText('I have a participant token').click();
    await page.getByLabel('Participant token', { exact: true }).fill(server.token('alice'));
    await page.getByRole('button', { name: 'Join with this token' }).click();
    await seeMoving(page, 'eve');
    assert.equal(await page.getByRole('button', { name: 'Mute audio' }).isDisabled(), true);
    assert.equal(
      server.requests.filter(({ method, path: url }) => method === 'POST' && url.startsWith('/whip')).length,
      0,
    );
  });

  it('lets the own tone be heard only on demand', async () => {
    const page = await open(`/try#token=${server.token('alice')}`);
    await page.getByLabel('A generated picture').check();
    await page.getByRole('button', { name: 'Join' }).first().click();
    const toggle = page.getByLabel('Hear my tone here');
    await toggle.waitFor();
    assert.equal(await toggle.isChecked(), false);
    await toggle.check();
  });

  it('tells in plain words what is wrong with a token', async () => {
    const page = await open('/try#token=rubbish');
    await page.getByRole('button', { name: 'Join' }).first().click();
    await alert(page).getByText('This is no participant token').waitFor();
    const other = await open(`/try#token=${server.token('alice', { expiresInSeconds: -5 })}`);
    await other.getByRole('button', { name: 'Join' }).first().click();
    await alert(other).getByText('This token has expired').waitFor();
  });

  it('tells in plain words that no stage can be made', async () => {
    makeStatus = 403;
    const page = await open();
    await page.getByRole('button', { name: 'Make a stage for me' }).click();
    await alert(page).getByText('Stages are made only for pages').waitFor();
  });

  for (const [closeCode, reason, words] of [
    [4100, 'participant-disconnected', 'You were disconnected from the stage'],
    [4101, 'stage-deleted', 'The stage was deleted'],
    [4102, 'token-reused', 'Your token was used in another tab'],
  ] as const) {
    it(`tells in plain words that one is out: ${reason}`, async () => {
      const page = await open(`/try#token=${server.token('alice')}`);
      await page.getByLabel('Nothing').check();
      await page.getByRole('button', { name: 'Join' }).first().click();
      await tile(page, 'alice').waitFor();
      await page.getByText('Connected', { exact: true }).waitFor();
      server.closeSocket('alice', closeCode, reason);
      await alert(page).getByText(words).waitFor();
      await page.getByRole('button', { name: 'Join again' }).waitFor();
    });
  }

  it('tells in plain words that the camera was not allowed', async () => {
    await context.clearPermissions();
    const page = await open(`/try#token=${server.token('alice')}`);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('no', 'NotAllowedError');
      };
    });
    await page.getByRole('button', { name: 'Join' }).first().click();
    await alert(page).getByText('Camera and microphone were not allowed').waitFor();
  });

  it('keeps the token out of the address and of what it asks for', async () => {
    const token = server.token('alice');
    const page = await open(`/try#token=${token}`);
    await page.getByLabel('Nothing').check();
    await page.getByRole('button', { name: 'Join' }).first().click();
    await page.getByText('Connected', { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => location.href + JSON.stringify(history.state)), `${server.origin}/trynull`);
    // The only place where it stood is the address that the test opened.
    assert.deepEqual(
      told.filter((text) => text.includes(token)).map((text) => text.split('#')[0]),
      [],
    );
  });

  it('copies the link', async () => {
    const page = await open();
    await page.getByLabel('Nothing').check();
    await page.getByRole('button', { name: 'Make a stage for me' }).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    // No script of the page may read what was copied.
    const other = await open();
    await other.getByText('I have a participant token').click();
    await other.locator('#token').press('ControlOrMeta+V');
    assert.match(await other.locator('#token').inputValue(), /\/try#token=/);
  });

  it('is reached from the landing page', async () => {
    const page = await open('/');
    await page.getByRole('link', { name: 'Try a stage' }).click();
    await page.getByRole('heading', { name: 'Try a stage' }).waitFor();
  });
});
