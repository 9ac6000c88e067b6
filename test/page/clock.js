/**
 * A drawn clock as a video track: every frame differs, so that a frozen picture cannot pass for a live one.
 *
 * The tick comes from a worker, which browsers do not slow down when the page is not in front.
 *
 * @param {{ width?: number, height?: number, framesPerSecond?: number }} [size] 320 x 180 at 15 by default, which costs little to encode
 * @returns {{ track: MediaStreamTrack, stop: () => void }}
 */
export function drawClock({ width = 320, height = 180, framesPerSecond = 15 } = {}) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const [track] = canvas.captureStream(0).getVideoTracks();
  if (track === undefined) throw new Error('The canvas gave no video track');

  const worker = new Worker(`/page/metronome.js?framesPerSecond=${framesPerSecond}`);
  worker.onmessage = () => {
    draw(context, new Date());
    /** @type {CanvasCaptureMediaStreamTrack} */ (track).requestFrame();
  };

  return {
    track,
    stop() {
      worker.terminate();
      track.stop();
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Date} now
 */
function draw(context, now) {
  const { width, height } = context.canvas;
  const turn = ((now.getTime() % 1000) / 1000) * 2 * Math.PI;
  const radius = height / 3;

  context.fillStyle = '#103040';
  context.fillRect(0, 0, width, height);
  context.strokeStyle = '#f0c040';
  context.lineWidth = height / 45;
  context.beginPath();
  context.arc(width / 2, height / 2, radius, 0, 2 * Math.PI);
  context.moveTo(width / 2, height / 2);
  context.lineTo(width / 2 + radius * Math.sin(turn), height / 2 - radius * Math.cos(turn));
  context.stroke();
  context.fillStyle = 'white';
  context.font = `${height / 10}px monospace`;
  context.fillText(now.toISOString().slice(11, 23), width / 40, height / 8);
}
