import assert from 'node:assert/strict';
import { TestStage } from '../support/stage.ts';
import { SamplePage } from './sample-page.ts';
import type { Venue } from './venue.ts';

/** Where pictures of the samples go, when somebody wants to look at them. */
export const pictures = process.env.PROSCENIUM_SAMPLE_PICTURES;

/**
 * Two people meet on the sample application at this address: they see and hear each other, one mutes, one leaves, once
 * before he has let the page have his camera. A third one may only watch.
 */
export async function meet(name: string, { server, chromium }: Venue, url: string): Promise<void> {
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
  await Promise.all([alice, bob, viewer].map((page) => page.close()));
}
