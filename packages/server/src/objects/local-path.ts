/**
 * Where the local folder keeps an object, and what is kept where: one path for each key, one key for each path.
 *
 * A key's slashes are folders, so that a recording looks in the folder as it does in a bucket. To keep apart what a file
 * system would not, names have marks that a percent sign begins:
 *
 * | name | stands for |
 * | --- | --- |
 * | `%2E` | a byte that is not printable ASCII, or that means something to a file system or here; a dot at the end |
 * | `%_` | nothing: what is between two slashes |
 * | `clip%` | an object, `clip`. Without a dot in it a bare name is a folder |
 * | `v1.2%` | a folder, `v1.2`. With a dot in it a bare name is an object |
 * | `abc%-` | a folder whose names go on `abc`: no name may be longer than 255 bytes |
 */

/**
 * All but those that are left as they are. Colons, backslashes and the like are nothing that every file system takes,
 * nor are dots at the end, of which "." and ".." mean something else.
 */
const escapedBytes = /[^A-Za-z0-9 !$&'()+,\-.=@_~]|\.(?=\.*$)/g;
const emptyName = '%_';
const otherKind = '%';
const goesOn = '%-';
const longestName = 200;
/** What stands for itself. */
const ownName = /^[A-Za-z0-9 !$&'()+,\-.=@_~]{0,199}[A-Za-z0-9 !$&'()+,\-=@_~]$/;
const longestKeyBytes = 1_024;

export type EntryKind = 'object' | 'folder';

/** What a name in a folder stands for. */
export type ReadName =
  | { readonly goesOn: true; readonly begins: string }
  | { readonly goesOn: false; readonly kind: EntryKind; readonly segment: string };

/** Whether an object can be called so: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function isKey(key: string): boolean {
  return key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= longestKeyBytes;
}

/** Relative to the bucket's folder, with slashes. @param key one that {@link isKey} */
export function localPath(key: string): string {
  const segments = key.split('/');
  const last = segments.length - 1;
  return segments.flatMap((segment, index) => writeNames(segment, index === last ? 'object' : 'folder')).join('/');
}

function writeNames(segment: string, kind: EntryKind): string[] {
  const names: string[] = [];
  let rest = writeSegment(segment);
  for (; rest.length > longestName; rest = rest.slice(longestName)) names.push(rest.slice(0, longestName) + goesOn);
  return [...names, isBareFor(kind, rest) ? rest : rest + otherKind];
}

/**
 * Undefined: nothing that {@link localPath} writes.
 *
 * @param begins what the names of the folders around it, that go on, stand for
 * @param isFolder whether it is a folder in the file system
 */
export function readName(name: string, isFolder: boolean, begins: string): ReadName | undefined {
  if (name.endsWith(goesOn)) {
    return isFolder && name.length === longestName + goesOn.length
      ? { goesOn: true, begins: begins + name.slice(0, -goesOn.length) }
      : undefined;
  }
  const kind: EntryKind = isFolder ? 'folder' : 'object';
  const marked = name.endsWith(otherKind);
  const written = marked ? name.slice(0, -otherKind.length) : name;
  if (isBareFor(kind, written) === marked) return undefined;
  // As nearly all are.
  if (begins === '' && ownName.test(written)) return { goesOn: false, kind, segment: written };
  const segment = readSegment(begins + written);
  return segment === undefined || writeNames(segment, kind).at(-1) !== name
    ? undefined
    : { goesOn: false, kind, segment };
}

function isBareFor(kind: EntryKind, written: string): boolean {
  return written.includes('.') === (kind === 'object');
}

function writeSegment(segment: string): string {
  if (segment === '') return emptyName;
  return Buffer.from(segment).toString('latin1').replace(escapedBytes, escapeByte);
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined where {@link writeSegment} does not write so. */
function readSegment(written: string): string | undefined {
  if (written === emptyName) return '';
  const asBytes = written.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    const segment = utf8.decode(Buffer.from(asBytes, 'latin1'));
    return writeSegment(segment) === written ? segment : undefined;
  } catch {
    return undefined; // no UTF-8
  }
}
