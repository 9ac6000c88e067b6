import { type IngestRefusal, MediaRefusal } from '@proscenium/media';
import { StageRefusal } from '../participants/stage-refusal.ts';
import { TokenRefusal } from '../tokens/token-refusal.ts';

/** Why an encoder may not publish, as it is told. Nothing of its stream key is in it. */
export class EncoderRefusal extends Error {
  override readonly name = 'EncoderRefusal';
  readonly code: IngestRefusal['code'];

  constructor(code: IngestRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** What an encoder is told of an error; undefined: it is a fault of the server. */
export function refusalOf(error: unknown): EncoderRefusal | undefined {
  if (error instanceof EncoderRefusal) return error;
  if (error instanceof TokenRefusal) return new EncoderRefusal('NetStream.Publish.Denied', error.message);
  if (error instanceof MediaRefusal) return new EncoderRefusal('NetStream.Publish.Rejected', error.message);
  if (!(error instanceof StageRefusal)) return undefined;
  const code = error.status >= 500 ? 'NetStream.Publish.Rejected' : 'NetStream.Publish.Denied';
  return new EncoderRefusal(code, error.message);
}
