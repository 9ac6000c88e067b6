import { BackupError } from './backup-error.ts';

/** What stands before each file of an archive: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
export type TarEntry = {
  readonly type: 'file' | 'folder';
  /** With slashes, relative, none at its end. */
  readonly path: string;
  /** 0 for a folder. */
  readonly bytes: number;
  /** Whole seconds. */
  readonly modified: Date;
};

export const blockBytes = 512;
/** More than any path of ours. */
const longestExtension = 16_384;

/** Where the fields of a header are, and how long they may be. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
} as const;

/** Octal digits hold less than that. */
const largestPlainSize = 8 ** 11;
const types = { file: '0', folder: '5', extension: 'x' } as const;
type Kind = keyof typeof types;

/** Zeros up to the next block. */
export function padding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** The blocks that go before a file's bytes. Names and sizes that a plain header does not hold stand in an extension. */
export function formatEntry({ type, path, bytes, modified }: TarEntry): Buffer {
  const name = type === 'folder' ? `${path}/` : path;
  const isPlain = /^[\x20-\x7e]{1,100}$/.test(name);
  const records = [
    ...(isPlain ? [] : [record('path', name)]),
    ...(bytes < largestPlainSize ? [] : [record('size', `${bytes}`)]),
  ];
  const extension = Buffer.from(records.join(''));
  const seconds = Math.max(0, Math.floor(modified.getTime() / 1_000));
  const plainName = isPlain ? name : 'long-name';
  const header = formatHeader(type, plainName, bytes < largestPlainSize ? bytes : 0, seconds);
  if (extension.length === 0) return header;
  const before = formatHeader('extension', 'extension', extension.length, seconds);
  return Buffer.concat([before, extension, padding(extension.length), header]);
}

/** `<length> <name>=<value>`, where the length counts its own digits. */
function record(name: string, value: string): string {
  const rest = Buffer.byteLength(` ${name}=${value}\n`);
  let length = rest + 1;
  while (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${name}=${value}\n`;
}

function formatHeader(kind: Kind, name: string, bytes: number, seconds: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const put = (field: keyof typeof fields, text: string) => header.write(text, fields[field][0], 'latin1');
  const octal = (field: keyof typeof fields, value: number) =>
    put(field, `${value.toString(8).padStart(fields[field][1] - 1, '0')}\0`);
  put('name', name);
  octal('mode', kind === 'folder' ? 0o700 : 0o600);
  octal('uid', 0);
  octal('gid', 0);
  octal('size', bytes);
  octal('mtime', seconds);
  put('type', types[kind]);
  put('magic', 'ustar\x0000');
  put('checksum', `${checksumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Of all bytes, those of the checksum itself as spaces. */
function checksumOf(header: Buffer): number {
  const [start, length] = fields.checksum;
  return header.reduce((sum, byte, index) => sum + (index >= start && index < start + length ? 0x20 : byte), 0);
}

export type TarHeader = { kind: Kind; name: string; bytes: number; modified: Date };

/** @returns undefined for the block of zeros at the end. @throws BackupError for what is no header of ours */
export function readHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (field: keyof typeof fields) => {
    const [start, length] = fields[field];
    return block.toString('latin1', start, start + length).split('\0')[0] ?? '';
  };
  const octal = (field: keyof typeof fields) => Number.parseInt(text(field).trim(), 8);
  if (!text('magic').startsWith('ustar') || octal('checksum') !== checksumOf(block)) {
    throw new BackupError('The file is no backup, or it is damaged');
  }
  const kind = (Object.keys(types) as Kind[]).find((each) => types[each] === text('type'));
  const bytes = octal('size');
  if (kind === undefined || !Number.isSafeInteger(bytes))
    throw new BackupError('The backup holds what no backup holds');
  if (kind === 'extension' && bytes > longestExtension) throw new BackupError('The backup has a name that is too long');
  return { kind, name: text('name'), bytes, modified: new Date(octal('mtime') * 1_000) };
}

/** What an extension says of the header behind it. */
export function readExtension(extension: Buffer): { path?: string; bytes?: number } {
  const text = extension.toString();
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
  const size = /(?:^|\n)\d+ size=(\d{1,15})\n/.exec(text)?.[1];
  return { ...(path !== undefined && { path }), ...(size !== undefined && { bytes: Number(size) }) };
}
