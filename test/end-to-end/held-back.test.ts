import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Chromium, chromiumMissing, launchChromium } from '../support/chromium.ts';
import { type ServerProcess, startServer } from '../support/server.ts';
import { TestStage } from '../support/stage.ts';
import type { StagePage } from '../support/stage-page.ts';
import { until } from '../support/until.ts';

const kinds = ['audio', 'video'] as const;
type Kind = (typeof kinds)[number];

describe('a stream that is not wanted just now', { skip: chromiumMissing() }, () => {
  let server: ServerProcess;
  let chromium: Chromium;

  before(async () => {
    server = await startServer();
    chromium = await launchChromium();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
  });

  /** A host, and two who receive him. */
  async function startShow(t: TestContext) {
    const stage = await TestStage.create(server, ['host', 'viewer', 'other']);
    const [host, ...viewers] = ['host', 'viewer', 'other'].map((userId) => stage.invited(userId));
    const pages = await Promise.all([0, 1, 2].map(() => chromium.openPage()));
    t.after(() => Promise.all(pages.map((page) => page.close())));
    const [hostPage, viewer, other] = pages.map((page) => page.stage);
    assert.ok(host && hostPage && viewer && other);
    await hostPage.joinStage(host.token, { subscribe: false });
    for (const [index, page] of [viewer, other].entries()) {
      await page.joinStage(viewers[index]?.token ?? '', { publish: false });
      await page.waitForFrames(host.participantId, 10);
    }
    return { hostId: host.participantId, hostPage, viewer, other };
  }

  const bytesOf = async (page: StagePage, hostId: string, kind: Kind) =>
    (await page.received(hostId, kind)).bytesReceived;

  /** Waits until so many more bytes of the stream have come. */
  async function arrive(page: StagePage, hostId: string, kind: Kind, bytes: number): Promise<void> {
    const before = await bytesOf(page, hostId, kind);
    await until(
      () => bytesOf(page, hostId, kind),
      (now) => now >= before + bytes,
    );
  }

  /** Nothing comes of the stream while `control` goes on, once what was on its way is there. */
  async function costsNothing(
    page: StagePage,
    hostId: string,
    kind: Kind,
    control: () => Promise<void>,
  ): Promise<void> {
    let before = await bytesOf(page, hostId, kind);
    await until(
      async () => {
        const [earlier] = [before];
        await control();
        before = await bytesOf(page, hostId, kind);
        return before - earlier;
      },
      (bytes) => bytes === 0,
    );
    for (let times = 0; times < 3; times += 1) await control();
    assert.equal(await bytesOf(page, hostId, kind), before);
  }

  for (const kind of kinds) {
    const rest: Kind = kind === 'audio' ? 'video' : 'audio';

    test(`costs nobody a byte when it is ${kind} that its publisher has muted, and its ${rest} goes on`, async (t) => {
      const { hostId, hostPage, viewer, other } = await startShow(t);
      await hostPage.setMuted(kind, true);
      for (const page of [viewer, other]) {
        await costsNothing(page, hostId, kind, () => arrive(page, hostId, rest, 2_000));
      }
      await hostPage.setMuted(kind, false);
      for (const page of [viewer, other]) await arrive(page, hostId, kind, 2_000);
    });

    test(`costs a viewer nothing when he has hidden its ${kind}, which others go on receiving`, async (t) => {
      const { hostId, viewer, other } = await startShow(t);
      await viewer.setRemoteMuted(hostId, kind, true);
      await costsNothing(viewer, hostId, kind, async () => {
        await arrive(other, hostId, kind, 2_000);
        await arrive(viewer, hostId, rest, 2_000);
      });
      await viewer.setRemoteMuted(hostId, kind, false);
      await arrive(viewer, hostId, kind, 2_000);
    });
  }
});
