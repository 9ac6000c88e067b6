/** How often the page notes that it is awake. */
const awakeMs = 50;

/**
 * Watches a picture and a tone, and tells where they stop.
 *
 * @param {HTMLVideoElement} element
 * @param {MediaStreamTrack} audioTrack
 * @param {number} toneHz
 */
export async function watchBreaks(element, audioTrack, toneHz) {
  /** @type {{ atMs: number, rtpTime: number }[]} */
  let frames = [];
  /** @type {number[]} */
  let awake = [performance.now()];
  let quietMs = 0;
  let roughness = 0;
  setInterval(() => awake.push(performance.now()), awakeMs);

  /** @type {VideoFrameRequestCallback} */
  const note = (nowMs, { rtpTimestamp = 0 }) => {
    frames.push({ atMs: nowMs, rtpTime: rtpTimestamp });
    element.requestVideoFrameCallback(note);
  };
  element.requestVideoFrameCallback(note);

  const context = new AudioContext();
  await context.resume();
  await context.audioWorklet.addModule('/page/tone-watch.js');
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([audioTrack]) });
  const watch = new AudioWorkletNode(context, 'tone-watch', {
    numberOfOutputs: 0,
    processorOptions: { hz: toneHz },
  });
  watch.port.onmessage = ({ data }) => {
    quietMs = Math.max(quietMs, data.quietMs);
    roughness = Math.max(roughness, data.roughness);
  };
  source.connect(watch);

  return {
    /** What was seen and heard since this was asked for last. */
    take() {
      const seen = { frames: frames.length, pictureMs: longestBreak(frames, awake), quietMs, roughness };
      frames = frames.slice(-1);
      awake = awake.slice(-1);
      quietMs = 0;
      roughness = 0;
      return seen;
    },
  };
}

/**
 * The longest time without a new picture. What the page itself slept of it does not count.
 *
 * @param {{ atMs: number }[]} frames
 * @param {number[]} awake
 */
function longestBreak(frames, awake) {
  let longest = 0;
  for (let index = 1; index < frames.length; index += 1) {
    const [from, to] = [frames[index - 1]?.atMs ?? 0, frames[index]?.atMs ?? 0];
    longest = Math.max(longest, to - from - sleepWithin(awake, from, to));
  }
  return longest;
}

/**
 * @param {number[]} awake
 * @param {number} from
 * @param {number} to
 */
function sleepWithin(awake, from, to) {
  let slept = 0;
  for (let index = 1; index < awake.length; index += 1) {
    const [before, after] = [awake[index - 1] ?? 0, awake[index] ?? 0];
    if (after > from && before < to) slept += Math.max(0, Math.min(after, to) - Math.max(before, from) - 2 * awakeMs);
  }
  return slept;
}
