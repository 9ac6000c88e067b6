import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type MediaChild, type MediaChildOptions, type MediaTarget, startMediaChild } from './media-child.ts';
import { systemPython } from './python.ts';

/** aiortc, in a child program that subscribes by POST. */
export function subscribeByAiortc(target: MediaTarget, options: MediaChildOptions): MediaChild {
  return startMediaChild(systemPython, [scriptPath('subscribe-aiortc.py')], target, options);
}

/** GStreamer's webrtcbin, which takes no loopback addresses for media. */
export function subscribeByGstreamer(target: MediaTarget, options: MediaChildOptions): MediaChild {
  return startMediaChild(systemPython, [scriptPath('subscribe-gstreamer.py')], target, options);
}

/** A reason to skip, or false. */
export function gstreamerMissing(): string | false {
  const { status } = spawnSync(systemPython, [scriptPath('gstreamer.py')], {
    stdio: 'ignore',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return status === 0 ? false : "GStreamer's webrtcbin is not there (scripts/debian-packages.ts names the packages)";
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
