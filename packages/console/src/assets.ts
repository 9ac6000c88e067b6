import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ContentCoding, contentCodings } from './content-coding.ts';

export { pageHeaders } from './page-headers.ts';

export interface Asset {
  readonly body: Buffer;
  readonly contentType: string;
  /** How `body` is compressed; undefined: not at all. */
  readonly contentCoding: ContentCoding['name'] | undefined;
  /** Another one for another body, in quotes as the header has it. */
  readonly etag: string;
  /** Whether another content would have another name, so that a browser need not ask again. */
  readonly isImmutable: boolean;
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
 * @param acceptEncoding the header of the request: which codings the browser takes
 * @returns undefined where there is none, also while the pages are not built
 */
export async function readAsset(urlPath: string, acceptEncoding = ''): Promise<Asset | undefined> {
  const name = fileOf(urlPath);
  const contentType = name && contentTypes[path.extname(name)];
  if (!contentType) return undefined;
  const isImmutable = /-[A-Z0-9]{8}\.js$/.test(name);
  for (const coding of [...contentCodings(acceptEncoding), undefined]) {
    const body = await readIfThere(path.join(built, `${name}${coding?.extension ?? ''}`));
    if (body) return { body, contentType, contentCoding: coding?.name, etag: etagOf(body), isImmutable };
  }
  return undefined;
}

/** One plain name below `assets`, so that no path leads out of it. */
function fileOf(urlPath: string): string | undefined {
  if (urlPath === channelPage) return 'channel.html';
  if (Object.hasOwn(pages, urlPath)) return pages[urlPath];
  const [, name] = /^\/assets\/([a-z][a-z0-9-]*(?:-[A-Z0-9]{8})?(?:\.[a-z0-9]+)+)$/.exec(urlPath) ?? [];
  return name && path.join('assets', name);
}

function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
