import { setTimeout } from 'node:timers/promises';
import type { ChromiumPage } from '../../test/support/chromium.ts';
import type { WebClientStage } from './stage.ts';

/** The CPU time of the browser while its page receives and shows all publishers. */
export async function measureCpu(stage: WebClientStage, durationMs: number): Promise<void> {
  const publishers = stage.publisherIds.length;
  const ways = [
    { what: 'a page that receives nothing', connections: 0, subscribe: async () => {} },
    {
      what: 'one posted connection for each, without the client',
      connections: publishers,
      subscribe: (page: ChromiumPage) => stage.subscribeByPosts(page),
    },
    {
      what: 'the web client, one for each where none is offered',
      connections: publishers,
      subscribe: (page: ChromiumPage) => stage.subscribeWithoutOffers(page),
    },
    {
      what: 'the web client, one offered connection',
      connections: 1,
      subscribe: (page: ChromiumPage) => stage.subscribeByOffers(page),
    },
  ];
  const rows: { what: string; connections: number; percent: number }[] = [];
  for (const { what, connections, subscribe } of ways) {
    const page = await stage.chromium.openPage();
    await subscribe(page);
    const [before, begin] = [await stage.chromium.cpuSeconds(), performance.now()];
    await setTimeout(durationMs);
    const used = (await stage.chromium.cpuSeconds()) - before;
    rows.push({ what, connections, percent: (100 * used) / ((performance.now() - begin) / 1_000) });
    await page.close();
  }
  const reference = rows[1]?.percent ?? Number.NaN;
  console.log(`\nCPU of a browser whose page shows ${publishers} publishers, for ${durationMs / 1_000} s`);
  console.table(
    rows.map(({ percent, ...row }) => ({
      ...row,
      '% of a core': percent.toFixed(1),
      ratio: (percent / reference).toFixed(2),
    })),
  );
}
