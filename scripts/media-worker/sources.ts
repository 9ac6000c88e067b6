import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The C++ files of the worker, as mediasoup's own build files list them, in groups that may share a unit.
 *
 * @param workerDirectory the folder `worker` of the mediasoup package
 */
export function readWorkerSources(workerDirectory: string): { worker: string[]; webrtc: string[] } {
  const webrtcDirectory = path.join(workerDirectory, 'deps/libwebrtc');
  const inFolder = (folder: string) => (file: string) => path.join(folder, file);
  const build = readFileSync(path.join(workerDirectory, 'meson.build'), 'utf8');
  const webrtcBuild = readFileSync(path.join(webrtcDirectory, 'meson.build'), 'utf8');
  return {
    worker: [...listedSources(build, 'common_sources'), 'src/main.cpp'].map(inFolder(workerDirectory)),
    webrtc: listedSources(webrtcBuild, 'libwebrtc_sources').map(inFolder(webrtcDirectory)),
  };
}

/** The C++ files that a Meson build file gives the variable `name`, by `=` and by `+=`. */
export function listedSources(build: string, name: string): string[] {
  const lists = [...build.matchAll(new RegExp(`^\\s*${name} \\+?= \\[([^\\]]*)\\]`, 'gm'))].map(
    ([, list]) => list ?? '',
  );
  const files = lists.flatMap((list) =>
    [...list.matchAll(/^\s*'([^']+\.(?:cpp|cc))'/gm)].map(([, file]) => file ?? ''),
  );
  if (files.length === 0) throw new Error(`no list of sources named ${name} in mediasoup's build file`);
  return [...new Set(files)];
}
