import { posix } from 'node:path';

const unknownType = 'application/octet-stream';

/** Nothing that a browser would run: objects are read from the origin of the console. */
const types: ReadonlyMap<string, string> = new Map([
  ['.m3u8', 'application/vnd.apple.mpegurl'],
  ['.mp4', 'video/mp4'],
  ['.jpg', 'image/jpeg'],
  ['.json', 'application/json'],
]);

/** The media type of what is called so; `application/octet-stream` where the ending is none of a recording's. */
export function contentTypeOf(key: string): string {
  return types.get(posix.extname(key).toLowerCase()) ?? unknownType;
}
