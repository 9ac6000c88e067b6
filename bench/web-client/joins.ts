import type { ChromiumPage } from '../../test/support/chromium.ts';
import { median } from '../support/median.ts';
import { percentile } from '../support/percentile.ts';
import type { WebClientStage } from './stage.ts';

/** From the call that joins until a frame of the one publisher is decoded, which is looked for ten times a second. */
export async function measureJoins(stage: WebClientStage, joins: number): Promise<void> {
  const ways = [
    { what: 'a posted offer', subscribe: (page: ChromiumPage) => stage.subscribeByPosts(page), tookMs: [] as number[] },
    {
      what: 'the web client',
      subscribe: (page: ChromiumPage) => stage.subscribeByOffers(page),
      tookMs: [] as number[],
    },
  ];
  for (let round = 0; round <= joins; round += 1) {
    for (const { subscribe, tookMs } of ways) {
      const page = await stage.chromium.openPage();
      const begin = performance.now();
      await subscribe(page);
      if (round > 0) tookMs.push(performance.now() - begin); // the first one warms the browser
      await page.close();
    }
  }
  const reference = median(ways[0]?.tookMs ?? []);
  console.log(`\nFrom joining to the first frame, ${joins} times`);
  console.table(
    ways.map(({ what, tookMs }) => ({
      what,
      'median ms': Math.round(median(tookMs)),
      ratio: (median(tookMs) / reference).toFixed(2),
      'p95 ms': Math.round(percentile(tookMs, 95)),
    })),
  );
}
