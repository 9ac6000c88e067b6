import assert from 'node:assert/strict';
import { launchChromium } from '../support/chromium.ts';
import { startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import { pretendedDevices, SamplePage } from './sample-page.ts';

/** Where pictures of the samples go, when somebody wants to look at them. */
export const pictures = process.env.PROSCENIUM_SAMPLE_PICTURES;

/**
 * Two people meet on the sample application at this address, made for the server at the endpoint: they see and hear
 * each other, one mutes, one leaves, once before he has let the page have his camera. A third one may only watch.
 */
export async function meet(name: string, serve: (endpoint: string) => Promise<string>): Promise<void> {
  const server = await startServer();
  const chromium = await launchChromium({ flags: pretendedDevices });
  try {
    const url = await serve(server.endpoint);
    const stage = await TestStage.create(server, ['alice', 'bob']);
    const [alice, bob] = [await SamplePage.open(chromium, url), await SamplePage.open(chromium, url)];
    const [aliceToken, bobToken] = [stage.invited('alice').token, stage.invited('bob').token];

    if (pictures) await alice.screenshot(`${pictures}/${name}-lobby`);
    await Promise.all([alice.join(aliceToken), bob.join(bobToken)]);
    for (const [page, self, other] of [
      [alice, 'alice', 'bob'],
      [bob, 'bob', 'alice'],
    ] as const) {
      assert.ok((await page.seeMoving(`${self} (you)`)) > 0);
      assert.ok((await page.seeMoving(other)) > 0);
      assert.ok((await page.hear(other)) > 0);
      await page.untilTiles(2);
    }

    await alice.press('Mute microphone');
    await bob.untilTiles(1, 'aliceMuted');
    await alice.press('Stop camera');
    await bob.untilPictures(1);
    if (pictures) await bob.screenshot(`${pictures}/${name}-muted`);
    await alice.press('Start camera');
    await bob.untilPictures(2);
    await alice.press('Unmute microphone');
    await bob.untilTiles(0, 'Muted');
    if (pictures) await bob.screenshot(`${pictures}/${name}`);

    await alice.press('Leave');
    await bob.untilTiles(1);
    await bob.untilTiles(0, 'alice');
    const prompt = await alice.hesitate();
    await alice.join(aliceToken);
    await prompt.asked();
    await alice.press('Leave');
    await prompt.allow();
    await alice.join(aliceToken);
    await bob.seeMoving('alice');

    const viewer = await SamplePage.open(chromium, url);
    await viewer.join(await stage.invite('viewer', ['SUBSCRIBE']));
    await viewer.readProblem(/does not allow/);
    await viewer.seeMoving('bob');
    if (pictures) await viewer.screenshot(`${pictures}/${name}-watching`);
    assert.deepEqual([alice.noise, bob.noise], [[], []]);
  } finally {
    await chromium.close();
    await server.stop();
  }
}
