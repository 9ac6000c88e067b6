import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { launchChromium } from '../support/chromium.ts';
import { serveFolder } from '../support/folder-server.ts';
import { Installation } from '../support/installation.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { meet } from './meeting.ts';
import { SamplePage } from './sample-page.ts';

interface Example {
  /** Its folder in examples/web-client. */
  name: string;
  /** The folder inside of it that is served when it is built. */
  served: string;
}

/** Installs a sample and runs its script `build`. */
export async function buildExample(name: string): Promise<Installation> {
  const installed = await Installation.createExample(name);
  const { code, output } = await installed.run('npm', ['run', 'build'], { NEXT_TELEMETRY_DISABLED: '1' });
  assert.equal(code, 0, output);
  return installed;
}

/** @returns the address of the page */
export async function serveBuilt(t: TestContext, folder: string): Promise<string> {
  const pages = await serveFolder(folder);
  t.after(() => pages.close());
  return pages.url;
}

/** Two people meet on a sample that was built. */
export async function testBuiltMeeting(t: TestContext, { name, served }: Example): Promise<void> {
  const installed = await buildExample(name);
  await meet(name, () => serveBuilt(t, installed.path(served)));
}

/** Somebody watches on a sample that was built, sees and hears a publisher, sees him publish anew, and go. */
export async function testBuiltAudience(t: TestContext, { name, served }: Example): Promise<Installation> {
  const installed = await buildExample(name);
  const url = await serveBuilt(t, installed.path(served));
  const server = await startServer();
  t.after(() => server.stop());
  const chromium = await launchChromium();
  t.after(() => chromium.close());
  const stage = await TestStage.create(server, ['host', 'viewer']);
  const host = await chromium.openPage();
  await host.stage.joinStage(stage.invited('host').token);

  const audience = await SamplePage.open(chromium, url);
  await audience.join(stage.invited('viewer').token);
  assert.ok((await audience.seeMoving()) > 0);
  assert.ok((await audience.hear()) > 0);
  const first = await audience.picture();
  await host.kill();
  const again = await chromium.openPage();
  await again.stage.joinStage(stage.invited('host').token);
  await audience.untilPictureBut(first);
  assert.ok((await audience.seeMoving()) > 0);
  await audience.untilTiles(1);
  await again.stage.leaveStage();
  await audience.untilTiles(0);
  assert.deepEqual(audience.noise, []);
  return installed;
}
