import type { MediaSource } from './media-source.ts';

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_PER_SECOND = 30;
const TONE_HZ = 440;

/** A picture with the time, a moving shape, a name and a frame counter, and a tone. */
export function openGenerated(name: string): MediaSource {
  const picture = openPicture(name);
  const tone = openTone();
  return {
    audio: tone.track,
    video: picture.track,
    hearTone: tone.hear,
    stop() {
      picture.stop();
      tone.stop();
    },
  };
}

function openPicture(name: string): { track: MediaStreamTrack | undefined; stop: () => void } {
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext('2d', { alpha: false });
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const ticker = new Worker('/assets/ticker.js');
  let frame = 0;
  ticker.addEventListener('message', () => {
    frame += 1;
    if (pen) draw(pen, { name, hue, frame });
  });
  if (pen) draw(pen, { name, hue, frame });
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  return {
    track,
    stop() {
      ticker.terminate();
      track?.stop();
    },
  };
}

function draw(pen: CanvasRenderingContext2D, { name, hue, frame }: { name: string; hue: number; frame: number }): void {
  pen.fillStyle = `hsl(${hue} 45% 14%)`;
  pen.fillRect(0, 0, WIDTH, HEIGHT);

  const turn = frame / FRAMES_PER_SECOND;
  const x = WIDTH / 2 + Math.cos(turn) * WIDTH * 0.34;
  const y = HEIGHT / 2 + Math.sin(turn * 2) * HEIGHT * 0.24;
  pen.fillStyle = `hsl(${(hue + 40) % 360} 85% 62%)`;
  pen.beginPath();
  pen.arc(x, y, 45, 0, Math.PI * 2);
  pen.fill();

  pen.fillStyle = '#fff';
  pen.textAlign = 'center';
  pen.font = '600 75px ui-monospace, monospace';
  const time = new Date();
  const tenths = Math.floor(time.getMilliseconds() / 100);
  pen.fillText(`${time.toLocaleTimeString('en-GB')}.${tenths}`, WIDTH / 2, HEIGHT / 2 + 25);
  pen.font = '500 28px system-ui, sans-serif';
  pen.fillText(name, WIDTH / 2, 65, WIDTH - 40);
  pen.font = '400 20px ui-monospace, monospace';
  pen.fillText(`frame ${frame}`, WIDTH / 2, HEIGHT - 40);
}

function openTone(): { track: MediaStreamTrack | undefined; hear: (audible: boolean) => void; stop: () => void } {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: TONE_HZ });
  const volume = new GainNode(context, { gain: 0.1 });
  const speakers = new GainNode(context, { gain: 0 });
  const sent = new MediaStreamAudioDestinationNode(context);
  tone.connect(volume).connect(sent);
  volume.connect(speakers).connect(context.destination);
  tone.start();
  const [track] = sent.stream.getAudioTracks();
  return {
    track,
    hear(audible) {
      speakers.gain.value = audible ? 1 : 0;
    },
    stop() {
      void context.close();
      track?.stop();
    },
  };
}
