import type { InBandMessage } from './in-band-message.ts';

/** What the worker says when it runs. */
export const READY = 'frame worker ready';

/** What the page gives the worker with each transform. */
export interface TransformOptions {
  readonly role: 'insert' | 'read';
  /** Takes `InsertRequest` or `ReadRequest`, and gives `InBandMessage` as it is read. */
  readonly port: MessagePort;
}

export interface InsertRequest {
  readonly message: InBandMessage;
  /** So many pictures of each layer carry it. */
  readonly pictures: number;
}

export interface ReadRequest {
  /** Whether messages are looked for from now on. */
  readonly reading: boolean;
}
