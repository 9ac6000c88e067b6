import type { Locator, Page } from 'playwright-core';
import type { Chromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';

/** Failure guard: what is waited for either comes soon or never. */
const guardMs = 120_000;
const patient = { timeout: guardMs };

/** Flags of a browser whose camera shows a running figure, in pictures enough to see that it runs; its microphone beeps. */
export const pretendedDevices = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=fps=10'];

/** A page of one of the sample applications, used as a person uses it. */
export class SamplePage {
  readonly #page: Page;
  /** What the page wrote to the console, and its uncaught errors. */
  readonly noise: string[] = [];

  private constructor(page: Page) {
    this.#page = page;
    page.on('console', (message) => {
      const { url } = message.location();
      if (!isEndedResource(url)) this.noise.push(`${message.text()} (${url})`);
    });
    page.on('pageerror', (error) => this.noise.push(error.message));
  }

  static async open(chromium: Chromium, url: string): Promise<SamplePage> {
    const page = await chromium.openAddress('about:blank');
    const sample = new SamplePage(page);
    await page.goto(url);
    return sample;
  }

  async join(token: string): Promise<void> {
    await this.fill('Participant token', token);
    await this.press('Join');
  }

  /** Waits for the field, and fills it. */
  async fill(label: string, text: string): Promise<void> {
    await this.#page.getByLabel(label).fill(text, patient);
  }

  async press(name: string): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true }).click(patient);
  }

  /** Waits until the picture in the tile with this text moves, and gives its width. */
  async seeMoving(text = ''): Promise<number> {
    return await this.#untilIn(text, widthOfMoving);
  }

  /** The id of the picture in the first tile; empty when there is none. */
  async picture(): Promise<string> {
    return (await this.#page.locator('li video').evaluateAll(firstPicture)) ?? '';
  }

  /** Waits until the first tile has another picture. */
  async untilPictureBut(id: string): Promise<void> {
    await until(
      () => this.picture(),
      (shown) => shown !== '' && shown !== id,
      guardMs,
    );
  }

  /** Waits until something is heard of whoever has this in the tile, and gives how loud it is, at most 1. */
  async hear(text = ''): Promise<number> {
    return await this.#untilIn(text, loudness);
  }

  /** Waits until the page shows the problem. */
  async readProblem(text: RegExp): Promise<void> {
    await this.#page.getByRole('alert').filter({ hasText: text }).waitFor(patient);
  }

  /**
   * Lets the person of the page take time from now on, before camera and microphone may be opened.
   *
   * @returns `asked` waits until the page wants to open them; `allow` lets it, and waits until it has closed them again
   */
  async hesitate(): Promise<{ asked: () => Promise<void>; allow: () => Promise<void> }> {
    const devices = await this.#page.evaluateHandle(holdDevices);
    return {
      asked: () => devices.evaluate(({ asked }) => asked),
      async allow() {
        await devices.evaluate(({ allow }) => allow());
        await until(
          () => devices.evaluate(({ opened }) => opened.map(({ readyState }) => readyState)),
          (states) => states.length === 2 && states.every((state) => state === 'ended'),
        );
      },
    };
  }

  /** Waits until this, and nothing more, stands somewhere on the page. */
  async read(text: string): Promise<void> {
    await this.#page.getByText(text, { exact: true }).waitFor(patient);
  }

  /** Waits until so many tiles are there with this in them. */
  async untilTiles(count: number, text = ''): Promise<void> {
    const tiles = this.#tiles(text);
    if (count > 0) await tiles.nth(count - 1).waitFor(patient);
    await tiles.nth(count).waitFor({ ...patient, state: 'detached' });
  }

  /** Waits until so many pictures are shown. */
  async untilPictures(count: number): Promise<void> {
    const pictures = this.#page.locator('video').filter({ visible: true });
    await until(
      () => pictures.count(),
      (shown) => shown === count,
    );
  }

  /** As it looks on a desktop, and on a phone. */
  async screenshot(path: string): Promise<void> {
    await this.#page.screenshot({ path: `${path}.png` });
    await this.#page.setViewportSize({ width: 360, height: 740 });
    await this.#page.screenshot({ path: `${path}-phone.png` });
    await this.#page.setViewportSize({ width: 1280, height: 720 });
  }

  async close(): Promise<void> {
    await this.#page.context().close();
  }

  #tiles(text: string): Locator {
    return this.#page.getByRole('listitem').filter({ hasText: text });
  }

  async #untilIn(text: string, look: (video: HTMLVideoElement) => Promise<number>): Promise<number> {
    const video = this.#tiles(text).locator('video').first();
    await video.waitFor({ ...patient, state: 'attached' });
    const inPage = look as (element: HTMLElement | SVGElement) => Promise<number>;
    return await until(
      () => video.evaluate(inPage),
      (seen) => seen > 0,
    ).catch((cause: unknown) => {
      throw new Error(`Nothing of ${text}; the page said: ${this.noise.join('; ')}`, { cause });
    });
  }
}

/** Leaving ends a publish, too: the browser itself writes down that it was gone when the client deleted it. */
function isEndedResource(url: string): boolean {
  return /\/whip\/[^/]+\/resource\/[^/]+$/.test(url);
}

/** Runs in the page. */
function firstPicture([video]: Element[]): string | undefined {
  const media = video instanceof HTMLVideoElement ? video.srcObject : null;
  return media instanceof MediaStream ? media.getVideoTracks()[0]?.id : undefined;
}

/** Runs in the page: what it opens next has to be allowed first. */
function holdDevices() {
  const opened: MediaStreamTrack[] = [];
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    navigator.mediaDevices.getUserMedia = open;
    ask();
    await allowed;
    const media = await open(constraints);
    opened.push(...media.getTracks());
    return media;
  };
  return { opened, asked, allow };
}

/** Runs in the page. */
async function widthOfMoving(video: HTMLVideoElement): Promise<number> {
  return video.getVideoPlaybackQuality().totalVideoFrames > 10 ? video.videoWidth : 0;
}

/** Runs in the page: listens until it is loud, for a few beeps of the pretended microphone. */
async function loudness(video: HTMLVideoElement): Promise<number> {
  const tracks = video.srcObject instanceof MediaStream ? video.srcObject.getAudioTracks() : [];
  if (tracks.length === 0 || video.muted || video.paused) return 0;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream(tracks)).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const end = performance.now() + 60_000;
  let loudest = 0;
  while (loudest < 0.01 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    analyser.getFloatTimeDomainData(samples);
    loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }
  await context.close();
  return loudest < 0.01 ? 0 : loudest;
}
