/** Fewer decibels than this at the strongest frequency is silence. */
const silenceDecibels = -70;

/** How often the spectrum is looked at. */
const windowMs = 250;

/**
 * The strongest frequency of a spectrum, by a parabola through the strongest bin and its neighbours.
 *
 * @param {ArrayLike<number>} decibels one value a bin, from 0 Hz upwards
 * @param {number} binHz width of a bin
 * @returns {{ hz: number, decibels: number } | undefined} undefined for silence
 */
export function findPeak(decibels, binHz) {
  let strongest = 1;
  for (let bin = 1; bin < decibels.length - 1; bin += 1) {
    if (at(decibels, bin) > at(decibels, strongest)) strongest = bin;
  }
  const [left, top, right] = [at(decibels, strongest - 1), at(decibels, strongest), at(decibels, strongest + 1)];
  if (top < silenceDecibels) return undefined;
  const curvature = left - 2 * top + right;
  const offset = Number.isFinite(curvature) && curvature < 0 ? (left - right) / (2 * curvature) : 0;
  return { hz: (strongest + offset) * binHz, decibels: top };
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} index
 */
function at(values, index) {
  return values[index] ?? Number.NEGATIVE_INFINITY;
}

/**
 * Listens until the peak of the track's spectrum stayed within the tolerance, or silence lasted, for so many seconds in a row.
 *
 * @param {MediaStreamTrack} track
 * @param {{ hz: number | null, toleranceHz: number, seconds: number, timeoutMs: number }} wanted hz: null is silence
 * @returns {Promise<{ heard: boolean, peaksHz: (number | null)[] }>} the last peaks, one each quarter of a second;
 *   null is silence
 */
export async function hearTone(track, { hz, toleranceHz, seconds, timeoutMs }) {
  const stream = new MediaStream([track]);
  // Remote WebRTC audio flows into the audio graph only while an element plays it.
  const element = new Audio();
  element.muted = true;
  element.srcObject = stream;
  await element.play();

  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  source.connect(analyser);

  /** @param {number | null} peakHz */
  const isWanted = (peakHz) =>
    peakHz === hz || (peakHz !== null && hz !== null && Math.abs(peakHz - hz) <= toleranceHz);
  const wantedWindows = Math.ceil((seconds * 1000) / windowMs);
  const deadline = performance.now() + timeoutMs;
  const decibels = new Float32Array(analyser.frequencyBinCount);
  /** @type {(number | null)[]} */
  const peaksHz = [];
  let inARow = 0;
  try {
    while (inARow < wantedWindows && performance.now() < deadline) {
      await audioTimePassed(context, windowMs / 1000, deadline);
      analyser.getFloatFrequencyData(decibels);
      const peakHz = findPeak(decibels, context.sampleRate / analyser.fftSize)?.hz ?? null;
      peaksHz.push(peakHz && Math.round(peakHz * 10) / 10);
      if (peaksHz.length > wantedWindows) peaksHz.shift();
      inARow = isWanted(peakHz) ? inARow + 1 : 0;
    }
    return { heard: inARow >= wantedWindows, peaksHz };
  } finally {
    source.disconnect();
    element.srcObject = null;
    await context.close();
  }
}

/**
 * Waits by the clock of the audio graph, so that each look sees new samples however slow the machine is.
 *
 * @param {AudioContext} context
 * @param {number} seconds
 * @param {number} deadline in the time of performance.now()
 */
async function audioTimePassed(context, seconds, deadline) {
  const until = context.currentTime + seconds;
  while (context.currentTime < until && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
