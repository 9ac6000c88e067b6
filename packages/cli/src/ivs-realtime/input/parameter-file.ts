import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { quoted } from '../json/python-text.ts';

/** The file that a parameter names cannot be read. */
export class ParameterFileError extends Error {
  override readonly name = 'ParameterFileError';
}

/** More than any request may be long, with room for spaces. */
const MAXIMUM_BYTES = 4_194_304;

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: '[Errno 2] No such file or directory',
  EACCES: '[Errno 13] Permission denied',
  ENOTDIR: '[Errno 20] Not a directory',
  EISDIR: '[Errno 21] Is a directory',
};

/** What a value stands for: the text of a file after `file://` or `fileb://`, else the value itself. */
export function resolveFile(value: string): string {
  const prefix = ['file://', 'fileb://'].find((each) => value.startsWith(each));
  if (prefix === undefined) return value;
  const path = expand(value.slice(prefix.length));
  const bytes = read(path, value);
  if (bytes.length > MAXIMUM_BYTES) {
    throw new ParameterFileError(`Unable to load paramfile ${value}: it has more than ${MAXIMUM_BYTES} bytes`);
  }
  const text = decode(bytes, path);
  // A file of text has line feeds only.
  return prefix === 'file://' ? text.replace(/\r\n?/g, '\n') : text;
}

function read(path: string, value: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ParameterFileError(`Unable to load paramfile ${value}: ${ERRORS[code] ?? message}: ${quoted(path)}`);
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ParameterFileError(`Unable to load paramfile (${path}), text contents could not be decoded.`);
  }
}

/** Of the home folder and of environment variables, as a shell does. */
function expand(path: string): string {
  const atHome = /^~(?=\/|$)/.test(path) ? homedir() + path.slice(1) : path;
  return atHome.replace(/\$(\w+)|\$\{([^}]*)\}/g, (whole, plain?: string, braced?: string) => {
    return process.env[plain ?? braced ?? ''] ?? whole;
  });
}
