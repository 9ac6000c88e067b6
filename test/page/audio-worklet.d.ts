/** What there is in the audio graph's own scope beside what a page has. */
declare const sampleRate: number;

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

declare function registerProcessor(name: string, processor: new (options: never) => AudioWorkletProcessor): void;
