import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Asset {
  readonly body: Buffer;
  readonly contentType: string;
}

const built = path.join(import.meta.dirname, '../dist');

const pages: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/try': 'try.html',
  '/console': 'console.html',
};

/** The page of any channel, to be served where the channel is. */
export const channelPage = '/channel';

/** Where the other pages want to be served; everything else that they load is below `/assets/`. */
export const pagePaths: readonly string[] = Object.keys(pages);

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * The file that a browser gets at a path of this server, without its query.
 *
 * @returns undefined where there is none, also while the pages are not built
 */
export async function readAsset(urlPath: string): Promise<Asset | undefined> {
  const name = fileOf(urlPath);
  const contentType = name && contentTypes[path.extname(name)];
  if (!contentType) return undefined;
  try {
    return { body: await readFile(path.join(built, name)), contentType };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** One plain name below `assets`, so that no path leads out of it. */
function fileOf(urlPath: string): string | undefined {
  if (urlPath === channelPage) return 'channel.html';
  if (Object.hasOwn(pages, urlPath)) return pages[urlPath];
  const [, name] = /^\/assets\/([a-z][a-z0-9-]*(?:\.[a-z0-9]+)+)$/.exec(urlPath) ?? [];
  return name && path.join('assets', name);
}
