import { EventEmitter } from 'node:events';
import type { EndReason, IngestViolation } from '@proscenium/media';
import type { EncoderConnection } from './encoder-connection.ts';

type HandEncoderEvents = { violation: [IngestViolation]; ended: [EndReason]; facts: []; sampled: [] };

/** An encoder's connection that is driven by hand, and sends nothing. */
export class HandEncoder extends EventEmitter<HandEncoderEvents> implements EncoderConnection {
  readonly streamKey: string;
  readonly protocol: EncoderConnection['protocol'];
  readonly remoteAddress = '127.0.0.1';
  readonly encoder = 'Lavf/61.7.100';
  readonly rtpPort = 9;
  silentMs = 0;
  ended = false;
  /** Why it was cut off. */
  told: string | undefined;

  constructor(streamKey: string, protocol: EncoderConnection['protocol'] = 'RTMPS') {
    super();
    this.streamKey = streamKey;
    this.protocol = protocol;
  }

  sendTo(): void {}

  close(reason?: string): void {
    this.told = reason;
    this.end('closed');
  }

  end(reason: EndReason): void {
    if (this.ended) return;
    this.ended = true;
    this.emit('ended', reason);
  }
}
