import assert from 'node:assert/strict';
import { TestStage } from '../support/stage.ts';
import { SamplePage } from './sample-page.ts';
import type { Venue } from './venue.ts';

/** Somebody watches on the sample application at this address, sees and hears a publisher, sees him publish anew, and go. */
export async function watch({ server, chromium }: Venue, url: string): Promise<void> {
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
  await Promise.all([again.close(), audience.close()]);
}
