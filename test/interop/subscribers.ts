import type { Chromium, ChromiumPage } from '../support/chromium.ts';
import type { MediaChild, VideoCodec } from '../support/media-child.ts';
import { subscribeByAiortc, subscribeByGstreamer } from '../support/post-subscriber.ts';
import type { Invited, TestStage } from '../support/stage.ts';
import type { Surroundings } from './publishers.ts';

/** What each subscriber must decode. */
const frames = 60;

/** A subscription under way. */
export interface Subscribing {
  /** Resolves when enough was decoded and the tone was heard. */
  receive(): Promise<void>;
  /** Ends it as the client does; where the other side has ended it before, that is no failure. */
  stop(): Promise<void>;
  /** Ends what is left of the client, whatever became of it. */
  dispose(): Promise<void>;
}

export interface Viewing {
  stage: TestStage;
  viewer: Invited;
  publisherId: string;
  /** What the publisher sends. */
  videoCodec: VideoCodec;
}

/** A client that subscribes. */
export interface SubscriberMake {
  name: string;
  /** As whom it joins. */
  userId: string;
  subscribe(surroundings: Surroundings, viewing: Viewing): Promise<Subscribing>;
}

/** Clients that subscribe by POST, one connection for each publisher. */
export const postSubscriberMakes: SubscriberMake[] = [
  { name: 'Chromium, plain POST', userId: 'chromium', subscribe: subscribeByPost },
  { name: 'whip-whep', userId: 'whip-whep', subscribe: subscribeByWhipWhep },
  {
    name: 'aiortc',
    userId: 'aiortc',
    subscribe: async (_, viewing) => child(subscribeByAiortc(targetOf(viewing), { videoCodec: viewing.videoCodec })),
  },
  {
    name: 'GStreamer',
    userId: 'gstreamer',
    subscribe: async ({ network }, viewing) =>
      child(subscribeByGstreamer(targetOf(viewing), { videoCodec: viewing.videoCodec, spawn: network.spawn })),
  },
];

export const subscriberMakes: SubscriberMake[] = [
  { name: 'our web client', userId: 'web-client', subscribe: subscribeByWebClient },
  ...postSubscriberMakes,
];

function targetOf({ stage, viewer, publisherId }: Viewing) {
  return { url: stage.subscribeUrl(publisherId), token: viewer.token };
}

function child(program: MediaChild): Subscribing {
  return { receive: () => program.receive(frames), stop: () => program.stop(), dispose: () => program.kill() };
}

async function subscribeByPost({ chromium }: Surroundings, viewing: Viewing) {
  const { url, token } = targetOf(viewing);
  return await inPage(chromium, async ({ stage }) => {
    const { location } = await stage.postSubscribe(url, token);
    return {
      source: location,
      stop: async () => {
        await stage.deletePosted(location, token);
      },
    };
  });
}

async function subscribeByWhipWhep({ chromium }: Surroundings, viewing: Viewing) {
  const { url, token } = targetOf(viewing);
  return await inPage(chromium, async ({ stage }) => {
    await stage.subscribeByNpmClient(url, token);
    return { source: url, stop: () => stage.stopNpmClient() };
  });
}

async function subscribeByWebClient({ chromium }: Surroundings, { viewer, publisherId }: Viewing) {
  return await inPage(chromium, async ({ stage }) => {
    await stage.joinStage(viewer.token, { publish: false });
    return { source: publisherId, stop: () => stage.leaveStage() };
  });
}

async function inPage(
  chromium: Chromium,
  subscribe: (page: ChromiumPage) => Promise<{ source: string; stop: () => Promise<void> }>,
): Promise<Subscribing> {
  const page = await chromium.openPage();
  try {
    const { source, stop } = await subscribe(page);
    return {
      async receive() {
        await page.stage.waitForFrames(source, frames);
        const { heard, peaksHz } = await page.stage.hearTone(source, { seconds: 1 });
        if (!heard) throw new Error(`No tone: peaks at ${peaksHz} Hz`);
      },
      stop,
      dispose: () => page.close(),
    };
  } catch (error) {
    await page.close();
    throw error;
  }
}
