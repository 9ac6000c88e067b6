import { describe, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { createCertificate, trust, trustFlag } from '../support/certificate.ts';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';

/** Neither `localhost` nor an address of loopback, which browsers trust without TLS. */
const hostName = 'stages.example';

/** Failure guard. */
const guardMs = 60_000;

async function start(
  t: TestContext,
  { env, flags }: { env: Record<string, string>; flags: string[] },
): Promise<{ server: ServerProcess; chromium: Chromium; address: string }> {
  const server = await startServer({ env: { ...env, PROSCENIUM_HOST_NAMES: hostName } });
  t.after(() => server.stop());
  const chromium = await launchChromium({
    flags: [
      `--host-resolver-rules=MAP ${hostName} 127.0.0.1`,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      ...flags,
    ],
  });
  t.after(() => chromium.close());
  return { server, chromium, address: server.endpoint.replace('127.0.0.1', hostName) };
}

/** Waits until ten pictures of the participant were decoded, which the page tells. */
async function seeMoving(page: Page, participantId: string): Promise<void> {
  await page
    .locator(`[data-participant="${participantId}"]`)
    .getByText(/ [\d,]{2,} frames/)
    .waitFor({ timeout: guardMs });
}

describe('the page /try of a server with a name of its own', { skip: chromiumMissing() }, () => {
  test('gets the camera when it comes by TLS, and people see each other', async (t) => {
    const files = createCertificate(await createDataFolder(t), 'own', [`DNS:${hostName}`, 'IP:127.0.0.1']);
    trust(files);
    const env = { PROSCENIUM_TLS_CERT_FILE: files.certFile, PROSCENIUM_TLS_KEY_FILE: files.keyFile };
    const { server, chromium, address } = await start(t, { env, flags: [trustFlag(files)] });
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [stage.invited('alice'), stage.invited('bob')];
    const pages = await Promise.all(
      [alice, bob].map(({ token }) => chromium.openAddress(`${address}/try#token=${token}`)),
    );
    for (const page of pages) {
      await page.getByLabel('Camera and microphone').check();
      await page.getByRole('button', { name: 'Join', exact: true }).click();
    }
    const [alicePage, bobPage] = pages as [Page, Page];
    await Promise.all([seeMoving(alicePage, bob.participantId), seeMoving(bobPage, alice.participantId)]);
  });

  test('gets none without TLS, and says so', async (t) => {
    const { server, chromium, address } = await start(t, { env: {}, flags: [] });
    const { token } = (await TestStage.create(server, ['alice'])).invited('alice');
    const page = await chromium.openAddress(`${address}/try#token=${token}`);
    await page.getByLabel('Camera and microphone').check();
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('alert').getByText('gives no camera to pages that are not on https').waitFor();
  });
});
