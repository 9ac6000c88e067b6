/*
 * Plays a recording by hls.js, which the page has loaded before, and counts what goes wrong.
 */

const { Hls } = /** @type {{ Hls: typeof import('hls.js').default }} */ (/** @type {unknown} */ (globalThis));

/** The beginning and the end wait for data by right; a stall is what comes between. */
const endSeconds = 0.3;
/** With more than this ahead of it, a player that waits is one that the machine gives no time. */
const aheadSeconds = 0.3;

/**
 * @typedef {{
 *   errors: string[],
 *   stalls: number,
 *   starvations: number,
 *   durationSeconds: number,
 *   playedSeconds: number,
 *   buffered: [number, number][],
 *   pictures: number,
 *   droppedPictures: number,
 *   sizes: string[],
 * }} Playback
 */

/**
 * Plays from the beginning to the end.
 *
 * @param {string} url of the multivariant playlist
 * @param {{ playbackRate: number }} options
 * @returns {Promise<Playback>}
 */
async function playRecording(url, { playbackRate }) {
  const video = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const sizes = [];
  let stalls = 0;
  let starvations = 0;
  video.addEventListener('resize', () => {
    if (video.videoWidth > 0) sizes.push(`${video.videoWidth}x${video.videoHeight}`);
  });
  video.addEventListener('error', () => errors.push(`video: ${video.error?.message}`));
  video.addEventListener('waiting', () => {
    const playing = video.currentTime > 0 && video.currentTime < video.duration - endSeconds;
    if (playing && secondsAhead(video) > aheadSeconds) starvations += 1;
    else if (playing) stalls += 1;
  });

  // All of it in advance: what is counted is the recording's fault, not the machine's.
  const hls = new Hls({ maxBufferLength: 3_600, maxBufferSize: 512 * 1024 * 1024 });
  hls.on(Hls.Events.ERROR, (_event, { type, details, reason, error, fatal }) => {
    errors.push(`${type} ${details} ${fatal ? 'fatal' : ''} ${reason ?? error?.message ?? ''}`.trim());
    if (fatal) finish?.();
  });
  /** @type {(() => void) | undefined} */
  let finish;
  const finished = new Promise((resolve) => {
    finish = () => resolve(undefined);
    video.addEventListener('ended', finish);
    video.addEventListener('error', finish);
  });
  const buffered = new Promise((resolve) => hls.once(Hls.Events.BUFFERED_TO_END, resolve));
  hls.loadSource(url);
  hls.attachMedia(video);
  await Promise.race([buffered, finished]);
  video.playbackRate = playbackRate;
  await video.play().catch((error) => errors.push(String(error)));
  await finished;

  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    errors,
    stalls,
    starvations,
    durationSeconds: video.duration,
    playedSeconds: video.currentTime,
    buffered: bufferedBy(video),
    pictures: totalVideoFrames,
    droppedPictures: droppedVideoFrames,
    sizes,
  };
}

/**
 * How much is there to be played without a gap.
 *
 * @param {HTMLVideoElement} video
 */
function secondsAhead(video) {
  const { currentTime } = video;
  const range = bufferedBy(video).find(([start, end]) => start <= currentTime && currentTime <= end);
  return range ? range[1] - currentTime : 0;
}

/**
 * @param {HTMLVideoElement} video
 * @returns {[number, number][]}
 */
function bufferedBy({ buffered }) {
  return Array.from({ length: buffered.length }, (_, index) => [buffered.start(index), buffered.end(index)]);
}

Object.assign(globalThis, { playRecording });
