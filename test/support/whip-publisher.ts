import { fileURLToPath } from 'node:url';
import { type MediaChild, type MediaChildOptions, type MediaTarget, startMediaChild } from './media-child.ts';
import { pythonModuleMissing, systemPython } from './python.ts';

/** FFmpeg's WHIP muxer: H.264 Constrained Baseline with a key frame each second, Opus. */
export function publishByFfmpeg(target: MediaTarget): MediaChild {
  return startMediaChild(process.execPath, [scriptPath('whip-ffmpeg.ts')], target);
}

/** The same for a file's H.264 as it is, whatever it is. */
export function publishFile(target: MediaTarget, file: string): MediaChild {
  return startMediaChild(process.execPath, [scriptPath('whip-file.ts'), file], target);
}

/** A reason to skip, or false. */
export function aiortcMissing(): string | false {
  return pythonModuleMissing('aiortc', 'python3-aiortc');
}

/** aiortc: offers VP8 first, and H.264, unless told one of them. */
export function publishByAiortc(target: MediaTarget, options?: MediaChildOptions): MediaChild {
  return startMediaChild(systemPython, [scriptPath('whip-aiortc.py')], target, options);
}

/** GStreamer's webrtcbin, which takes no loopback addresses for media. */
export function publishByGstreamer(target: MediaTarget, options: MediaChildOptions): MediaChild {
  return startMediaChild(systemPython, [scriptPath('whip-gstreamer.py')], target, options);
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
