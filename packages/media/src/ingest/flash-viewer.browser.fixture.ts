import type { Browser, Page } from 'playwright-core';
import type { StageMedia } from '../sfu/stage-media.ts';

/** When something was seen and heard, in milliseconds since 1970. */
export interface Sightings {
  readonly flashes: readonly number[];
  readonly beeps: readonly number[];
}

declare global {
  interface Window {
    viewer: RTCPeerConnection;
    sightings: { flashes: number[]; beeps: number[] };
  }
}

const GUARD_MS = 60_000;

/** A page that watches a publisher who flashes and beeps, and notes when it does. */
export class FlashViewer {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser, stage: StageMedia, publisherId: string): Promise<FlashViewer> {
    const page = await browser.newPage();
    const offer = await page.evaluate(offerToReceive);
    const { answer } = await stage.subscribe('viewer', publisherId, offer);
    await page.evaluate(watch, answer);
    return new FlashViewer(page);
  }

  /** Resolves when there are so many of both. */
  async sightings(count: number): Promise<Sightings> {
    await this.#page.waitForFunction(
      (most) => window.sightings.flashes.length >= most && window.sightings.beeps.length >= most,
      count,
      { timeout: GUARD_MS },
    );
    return this.#page.evaluate(() => window.sightings);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}

async function offerToReceive(): Promise<string> {
  window.viewer = new RTCPeerConnection();
  for (const kind of ['audio', 'video']) window.viewer.addTransceiver(kind, { direction: 'recvonly' });
  await window.viewer.setLocalDescription();
  return window.viewer.localDescription?.sdp ?? '';
}

async function watch(answer: string): Promise<void> {
  const { viewer } = window;
  const sightings: Window['sightings'] = { flashes: [], beeps: [] };
  window.sightings = sightings;
  await viewer.setRemoteDescription({ type: 'answer', sdp: answer });
  // In one stream, so that they are shown in step.
  const stream = new MediaStream(viewer.getReceivers().map(({ track }) => track));
  const video = document.createElement('video');
  video.autoplay = true; // as soon as there is something
  video.srcObject = stream;
  noteFlashes();
  noteBeeps();

  function noteFlashes(): void {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('the page cannot look at pictures');
    let wasBright = true;
    const look: VideoFrameRequestCallback = (_, { expectedDisplayTime }) => {
      context.drawImage(video, 0, 0, 1, 1);
      const [red = 0] = context.getImageData(0, 0, 1, 1).data;
      const isBright = red > 128;
      if (isBright && !wasBright) sightings.flashes.push(performance.timeOrigin + expectedDisplayTime);
      wasBright = isBright;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }

  function noteBeeps(): void {
    const [sampleRateHz, blockSamples] = [48_000, 256];
    const context = new AudioContext({ sampleRate: sampleRateHz });
    const processor = context.createScriptProcessor(blockSamples, 1, 1);
    let silentSamples = 0;
    processor.onaudioprocess = ({ inputBuffer, playbackTime }) => {
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      // What a second way to the ears adds, beside that of the element: two blocks, and the way to the loudspeaker.
      const addedSeconds = (2 * blockSamples) / sampleRateHz + context.baseLatency + context.outputLatency;
      for (const [index, sample] of inputBuffer.getChannelData(0).entries()) {
        if (Math.abs(sample) < 0.1) {
          silentSamples += 1;
          continue;
        }
        const heardSeconds = playbackTime + index / sampleRateHz - contextTime - addedSeconds;
        const heardMs = performanceTime + 1_000 * heardSeconds;
        if (silentSamples > sampleRateHz / 4) sightings.beeps.push(performance.timeOrigin + heardMs);
        silentSamples = 0;
      }
    };
    context.createMediaStreamSource(stream).connect(processor).connect(context.destination);
  }
}
