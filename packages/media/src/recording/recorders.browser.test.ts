import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { findBoxes, readBoxes } from '../hls/boxes.fixture.ts';
import { checkInRealTime } from '../real-time.fixture.ts';
import { startLoopbackSfu } from '../sfu/loopback-sfu.fixture.ts';
import type { Sfu } from '../sfu/sfu.ts';
import { beepsIn, decodingErrors, flashesIn, type ReadSegment, readSegments } from './read-recording.fixture.ts';
import { Recorders } from './recorders.ts';

const GUARD_MS = 60_000;

declare global {
  interface Window {
    flashingPublisher: RTCPeerConnection;
  }
}

describe('recordings of Chromium', { timeout: 8 * GUARD_MS }, () => {
  let sfu: Sfu;
  let recorders: Recorders;
  let browser: Browser;

  before(async () => {
    sfu = await startLoopbackSfu();
    recorders = await Recorders.start();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--autoplay-policy=no-user-gesture-required',
        '--allow-loopback-in-peer-connection',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    });
  });

  after(async () => {
    await recorders?.close();
    await browser?.close();
    sfu?.close();
  });

  it('have H.264 made of VP8, with the sound of its pictures', async (t) => {
    await checkInRealTime(async () => {
      const segments = await record(t, 'VP8', 1, 6_000);
      assert.ok(segments.every(({ map }) => map === 'init-0.mp4'));
      assertTogether(segments);
    });
  });

  it('have the highest layer that flows, as it comes', async (t) => {
    await checkInRealTime(async () => {
      const segments = await record(t, 'H264', 2, 9_000);
      const sizes = [...new Set(segments.map(({ map }) => map))].map((map) => sizeOf(segments, map));
      assert.equal(sizes.at(-1), '640x360');
      const last = segments.at(-1)?.map;
      assertTogether(segments.filter(({ map }) => map === last));
    });
  });

  async function record(t: { after(work: () => unknown): void }, codec: string, layers: number, durationMs: number) {
    const folder = await mkdtemp(join(tmpdir(), 'proscenium-recording-'));
    const stage = await sfu.createStage();
    const page = await browser.newPage();
    t.after(() => Promise.all([rm(folder, { recursive: true }), stage.close(), page.close()]));
    await page.route('http://127.0.0.1:9/page', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>page' }),
    );
    await page.goto('http://127.0.0.1:9/page');
    const offer = await page.evaluate(offerFlashes, { codec, layers });
    const publisher = await stage.publish('alice', offer);
    const recording = await recorders.record(publisher, {
      folder,
      mediaType: 'AUDIO_VIDEO',
      targetSegmentDurationSeconds: 2,
    });
    recording.on('failed', (fault) => assert.fail(fault));
    await page.evaluate(
      (sdp) => window.flashingPublisher.setRemoteDescription({ type: 'answer', sdp }),
      publisher.answer,
    );
    while (recording.durationMs < durationMs) await once(recording, 'durationchanged');
    await recording.stop();
    const segments = await readSegments(folder);
    assert.deepEqual(decodingErrors(segments), []);
    return segments;
  }
});

/** Each beep with its flash, which the page itself is some milliseconds late with. */
function assertTogether(segments: readonly ReadSegment[]): void {
  const [flashes, beeps] = [flashesIn(segments), beepsIn(segments)];
  assert.ok(flashes.length >= 4, `${flashes.length} flashes`);
  const off = flashes.map(
    (flash) => beeps.map((beep) => beep - flash).sort((one, other) => Math.abs(one) - Math.abs(other))[0],
  );
  const middle = off.map((each) => each ?? Number.NaN).sort((one, other) => one - other)[Math.floor(off.length / 2)];
  assert.ok(Math.abs(middle ?? Number.NaN) < 0.06, `beeps after flashes by ${off} s`);
}

function sizeOf(segments: readonly ReadSegment[], map: string): string {
  const init = segments.find((segment) => segment.map === map)?.init ?? Buffer.alloc(0);
  const [picture] = findBoxes(readBoxes(init), 'moov/trak/mdia/minf/stbl/stsd/avc1');
  return `${picture?.body.readUInt16BE(24)}x${picture?.body.readUInt16BE(26)}`;
}

/** A white flash and a beep at the beginning of each second. */
async function offerFlashes({ codec, layers }: { codec: string; layers: number }): Promise<string> {
  const audio = new AudioContext({ sampleRate: 48_000 });
  const out = audio.createMediaStreamDestination();
  const tone = new OscillatorNode(audio, { frequency: 1_000 });
  const gain = new GainNode(audio, { gain: 0 });
  tone.connect(gain).connect(out);
  tone.start();
  for (let second = 1; second < 60; second += 1) {
    gain.gain.setValueAtTime(0.8, second);
    gain.gain.setValueAtTime(0, second + 0.1);
  }
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const context = canvas.getContext('2d');
  setInterval(() => {
    if (!context) return;
    context.fillStyle = audio.currentTime >= 1 && audio.currentTime % 1 < 0.1 ? 'white' : 'black';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = 'grey';
    context.fillRect((audio.currentTime * 100) % 640, 340, 20, 20);
  }, 16);
  const [video] = canvas.captureStream(30).getVideoTracks();
  const [sound] = out.stream.getAudioTracks();
  if (!video || !sound) throw new Error('there is no track');
  window.flashingPublisher = new RTCPeerConnection();
  window.flashingPublisher.addTransceiver(sound, { direction: 'sendonly', streams: [out.stream] });
  const sendEncodings = layers === 1 ? [{}] : [{ rid: 'low', scaleResolutionDownBy: 2 }, { rid: 'hi' }];
  const transceiver = window.flashingPublisher.addTransceiver(video, {
    direction: 'sendonly',
    streams: [out.stream],
    sendEncodings,
  });
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => new RegExp(`${codec}|rtx`).test(mimeType)));
  await window.flashingPublisher.setLocalDescription();
  return window.flashingPublisher.localDescription?.sdp ?? '';
}
