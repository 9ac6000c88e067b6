import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChannelOptions, EndReason, IngestConnectionEvents } from '@proscenium/media';
import type { ChannelEncoder } from './channel-encoder.ts';

/** An encoder's connection to a channel that is driven by hand. */
export class HandChannelEncoder extends EventEmitter<IngestConnectionEvents> implements ChannelEncoder {
  readonly streamKey: string;
  readonly protocol: ChannelEncoder['protocol'];
  readonly remoteAddress = '127.0.0.1';
  readonly encoder = 'Lavf/61.7.100';
  silentMs = 0;
  ended = false;
  /** Why it was cut off. */
  told: string | undefined;
  channel: ChannelOptions | undefined;

  constructor(streamKey: string, protocol: ChannelEncoder['protocol'] = 'RTMPS') {
    super();
    this.streamKey = streamKey;
    this.protocol = protocol;
  }

  writeTo(channel: ChannelOptions): void {
    this.channel = channel;
  }

  /** Writes what the program that holds its connection would have written. */
  async write(name: string, { inRendition = true } = {}): Promise<void> {
    if (!this.channel) throw new Error('It was not let in');
    const { folder, rendition } = this.channel;
    const path = inRendition ? `media/hls/${rendition}/${name}` : `media/hls/${name}`;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${name}\n`);
    this.emit('file', path, name.endsWith('.mp4'));
  }

  /** Time passes for which nothing came. */
  beSilent(ms: number): void {
    this.silentMs = ms;
    this.emit('received', 1, 1);
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
