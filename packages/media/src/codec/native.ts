import {
  AV_LOG_QUIET,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AVERROR_EAGAIN,
  AVERROR_ENOMEM,
  AVERROR_EOF,
} from '#node-av/constants';
import { Codec, type CodecContext, FFmpegError, Log } from '#node-av/lib';
import { CodecFailure } from './codec-failure.ts';

/*
 * What all codecs here share. The library is FFmpeg's C interface as it is: a return code that is passed over is memory
 * that is not what it seems. It runs in child programs alone.
 */

// What a peer sends must not fill the log; whatever goes wrong is told by return codes.
Log.setLevel(AV_LOG_QUIET);

/** @throws {CodecFailure} with INTERNAL for a negative return code */
export function check(code: number, doing: string): number {
  if (code >= 0) return code;
  throw new CodecFailure('INTERNAL', `${doing}: ${FFmpegError.strerror(code)}`);
}

/** What a decoder says of its input. @throws {CodecFailure} with INVALID_DATA, unless there is no memory */
export function checkDecoding(code: number, codec: string): void {
  if (code >= 0) return;
  const reason = code === AVERROR_ENOMEM ? 'INTERNAL' : 'INVALID_DATA';
  throw new CodecFailure(reason, `Decoding ${codec}: ${FFmpegError.strerror(code)}`);
}

/** Whether a decoder gave something; false when it wants more input first, or has given all. @throws {CodecFailure} */
export function hasDecoded(code: number, codec: string): boolean {
  if (isWithoutOutput(code)) return false;
  checkDecoding(code, codec);
  return true;
}

/** Whether an encoder gave something; false when it wants more input first, or has given all. @throws {CodecFailure} */
export function hasEncoded(code: number, codec: string): boolean {
  if (isWithoutOutput(code)) return false;
  check(code, `Encoding ${codec}`);
  return true;
}

function isWithoutOutput(code: number): boolean {
  return code === AVERROR_EAGAIN || code === AVERROR_EOF;
}

/** Frees what it was given in the order of giving, exactly once: freeing twice is memory that is not ours. */
export class NativeObjects {
  #freeing: (() => void)[] = [];
  #closed = false;

  /** @returns `object`, which `free` frees at the end */
  own<T>(object: T, free: (object: T) => void): T {
    this.#freeing.push(() => free(object));
    return object;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    for (const free of this.#freeing.splice(0)) free();
  }
}

export type DecoderName = Parameters<typeof Codec.findDecoderByName>[0];
export type EncoderName = Parameters<typeof Codec.findEncoderByName>[0];

export function findDecoder(name: DecoderName): Codec {
  return found(Codec.findDecoderByName(name), String(name));
}

export function findEncoder(name: EncoderName): Codec {
  return found(Codec.findEncoderByName(name), String(name));
}

function found(codec: Codec | null, name: string): Codec {
  if (codec === null) throw new CodecFailure('INTERNAL', `The codec library has no ${name}`);
  return codec;
}

/** Opens with options. Never by `open2Sync` with a dictionary: that frees it twice (node-av 6.1.1). */
export function openCodec(context: CodecContext, codec: Codec, options: Readonly<Record<string, string>> = {}): void {
  setOptions(context, options);
  check(context.open2Sync(codec, null), `Opening ${codec.name}`);
}

/** The same for a codec that takes its time: others go on meanwhile. */
export async function openCodecAside(
  context: CodecContext,
  codec: Codec,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  setOptions(context, options);
  check(await context.open2(codec, null), `Opening ${codec.name}`);
}

function setOptions(context: CodecContext, options: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(options)) {
    check(context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), `Option ${name}`);
  }
}
