import { EventEmitter } from 'node:events';
import type { EndReason, IngestProgrammeEvents, IngestViolation } from '@proscenium/media';
import type { EncoderConnection, EncoderProgramme } from './encoder-connection.ts';

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
  /** What it is a part of. */
  programme: Pick<EncoderProgramme, 'id'> | undefined;

  constructor(streamKey: string, protocol: EncoderConnection['protocol'] = 'RTMPS') {
    super();
    this.streamKey = streamKey;
    this.protocol = protocol;
  }

  sendTo(): void {}

  async openProgramme(): Promise<HandProgramme> {
    return new HandProgramme();
  }

  join(programme: Pick<EncoderProgramme, 'id'>): void {
    this.programme = programme;
  }

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

/** A programme of encoders that send nothing. */
export class HandProgramme extends EventEmitter<IngestProgrammeEvents> implements EncoderProgramme {
  static #count = 0;
  readonly id = String(++HandProgramme.#count);
  readonly rtpPort = 9;
  told: string | undefined;
  ended = false;

  sendTo(): void {}

  close(reason?: string): void {
    this.#end('closed', reason);
  }

  /** As one that the program cannot make any more. */
  fail(): void {
    this.#end('lost', 'The programme cannot go on');
  }

  #end(reason: EndReason, told: string | undefined): void {
    if (this.ended) return;
    this.told = told;
    this.ended = true;
    this.emit('ended', reason);
  }
}
