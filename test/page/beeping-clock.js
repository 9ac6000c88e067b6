/*
 * A clock that is drawn and heard: the picture that test/support/clock-picture.ts reads, and a beep with each of its
 * flashes. Both go by the time of one audio graph.
 */

const columns = 8;
const rows = 4;
const numberBits = 16;
const framesPerSecond = 30;
const flashSeconds = 0.1;
const beepHz = 1_000;
/** How long before its beginning a beep is put on the audio graph's list. */
const aheadSeconds = 3;

/**
 * @param {{ width?: number, height?: number }} [size] 640 x 360 by default
 * @returns {{ track: MediaStreamTrack, stop: () => void }[]} picture and sound
 */
export function startBeepingClock({ width = 640, height = 360 } = {}) {
  const audio = new AudioContext();
  const beeps = beepEachSecond(audio);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
  const [track] = canvas.captureStream(0).getVideoTracks();
  if (track === undefined) throw new Error('The canvas gave no video track');

  // Browsers slow down the timers of pages that are not in front, those of workers not.
  const worker = new Worker(`/page/metronome.js?framesPerSecond=${framesPerSecond}`);
  worker.onmessage = () => {
    beeps.plan();
    draw(context, audio.currentTime);
    /** @type {CanvasCaptureMediaStreamTrack} */ (track).requestFrame();
  };

  return [
    {
      track,
      stop() {
        worker.terminate();
        track.stop();
      },
    },
    {
      track: beeps.track,
      stop() {
        beeps.track.stop();
        void audio.close();
      },
    },
  ];
}

/** @param {AudioContext} audio */
function beepEachSecond(audio) {
  const oscillator = new OscillatorNode(audio, { frequency: beepHz });
  const gain = new GainNode(audio, { gain: 0 });
  const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
  oscillator.connect(gain).connect(destination);
  oscillator.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('The audio graph gave no track');
  let next = 1;
  return {
    track,
    plan() {
      for (; next < audio.currentTime + aheadSeconds; next += 1) {
        gain.gain.setValueAtTime(0.5, next);
        gain.gain.setValueAtTime(0, next + flashSeconds);
      }
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} seconds
 */
function draw(context, seconds) {
  const { width, height } = context.canvas;
  const number = Math.floor(seconds * framesPerSecond);
  /** @type {(column: number, row: number) => boolean} */
  const isWhite = (column, row) => {
    if (row === 0) return column % 2 === 0;
    if (row === 3) return seconds >= 1 && seconds % 1 < flashSeconds;
    return ((number % 2 ** numberBits) & (1 << ((row - 1) * columns + column))) !== 0;
  };
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      context.fillStyle = isWhite(column, row) ? 'white' : 'black';
      context.fillRect((column * width) / columns, (row * height) / rows, width / columns, height / rows);
    }
  }
}
