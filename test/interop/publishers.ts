import type { Chromium, ChromiumPage } from '../support/chromium.ts';
import type { MediaTarget, VideoCodec } from '../support/media-child.ts';
import type { NetworkNamespace } from '../support/netns.ts';
import { publishByAiortc, publishByFfmpeg, publishByGstreamer } from '../support/whip-publisher.ts';

/** Where clients of other makes run. */
export interface Surroundings {
  chromium: Chromium;
  /** For what takes no loopback addresses. */
  network: NetworkNamespace;
}

/** A publish under way. */
export interface Publishing {
  /** Ends it as the client does: by DELETE. */
  stop(): Promise<void>;
  /** Ends what is left of the client, whatever became of it. */
  dispose(): Promise<void>;
}

/** A client that publishes a moving picture and a 440 Hz tone. */
export interface PublisherMake {
  name: string;
  videoCodec: VideoCodec;
  publish(surroundings: Surroundings, target: MediaTarget): Promise<Publishing>;
}

/** Those that are programs of their own. */
export const programMakes: PublisherMake[] = [
  { name: 'FFmpeg', videoCodec: 'H264', publish: async (_, target) => child(publishByFfmpeg(target)) },
  ...(['H264', 'VP8'] as const).flatMap((videoCodec): PublisherMake[] => [
    {
      name: 'aiortc',
      videoCodec,
      publish: async (_, target) => child(publishByAiortc(target, { videoCodec })),
    },
    {
      name: 'GStreamer',
      videoCodec,
      publish: async ({ network }, target) => child(publishByGstreamer(target, { videoCodec, spawn: network.spawn })),
    },
  ]),
];

/** Those that are pages in Chromium. */
export const pageMakes: PublisherMake[] = [
  ...(['H264', 'VP8'] as const).map(
    (videoCodec): PublisherMake => ({
      name: 'Chromium, plain POST',
      videoCodec,
      publish: (around, target) => publishByPost(around, target, videoCodec),
    }),
  ),
  { name: 'our web client', videoCodec: 'H264', publish: publishByWebClient },
  ...['whip-whep', '@eyevinn/whip-web-client'].map(
    (name): PublisherMake => ({
      name,
      videoCodec: 'H264',
      publish: (around, target) => publishByNpmClient(around, target, name),
    }),
  ),
];

function child(program: { stop(): Promise<void>; kill(): Promise<void> }): Publishing {
  return { stop: () => program.stop(), dispose: () => program.kill() };
}

async function publishByPost({ chromium }: Surroundings, { url, token }: MediaTarget, videoCodec: VideoCodec) {
  return await inPage(chromium, async ({ stage }) => {
    const { location } = await stage.postPublish(url, token, { videoCodec: `video/${videoCodec}` });
    return async () => {
      await stage.deletePosted(location, token);
    };
  });
}

async function publishByWebClient({ chromium }: Surroundings, { token }: MediaTarget) {
  return await inPage(chromium, async ({ stage }) => {
    await stage.joinStage(token, { subscribe: false });
    return () => stage.leaveStage();
  });
}

async function publishByNpmClient({ chromium }: Surroundings, { url, token }: MediaTarget, name: string) {
  return await inPage(chromium, async ({ stage }) => {
    await stage.publishByNpmClient(name, url, token);
    return () => stage.stopNpmClient();
  });
}

async function inPage(
  chromium: Chromium,
  publish: (page: ChromiumPage) => Promise<() => Promise<void>>,
): Promise<Publishing> {
  const page = await chromium.openPage();
  try {
    return { stop: await publish(page), dispose: () => page.close() };
  } catch (error) {
    await page.close();
    throw error;
  }
}
