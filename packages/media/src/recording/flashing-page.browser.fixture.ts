import { type Browser, chromium, type Page } from 'playwright-core';

declare global {
  interface Window {
    flashingPublisher: RTCPeerConnection;
  }
}

export function launchFlashingBrowser(): Promise<Browser> {
  return chromium.launch({
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
}

/** A page that publishes a white flash and a beep at the beginning of each second. */
export class FlashingPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser): Promise<FlashingPage> {
    const page = await browser.newPage();
    await page.route('http://127.0.0.1:9/page', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>page' }),
    );
    await page.goto('http://127.0.0.1:9/page');
    return new FlashingPage(page);
  }

  /** @param codec `H264` or `VP8` @param layers one of 640x360, or two, of which the lower has half of that */
  offer(codec: string, layers: number): Promise<string> {
    return this.#page.evaluate(offerFlashes, { codec, layers });
  }

  takeAnswer(answer: string): Promise<void> {
    return this.#page.evaluate((sdp) => window.flashingPublisher.setRemoteDescription({ type: 'answer', sdp }), answer);
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}

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
