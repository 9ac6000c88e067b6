import type { OutputReport, RtmpOutputSettings } from '@proscenium/media';
import type { Logger } from 'pino';
import type { CompositionOutput, TellState } from './composition-output.ts';
import { destinationFailure, outputFailure } from './destination-failure.ts';

/** A channel that is published to another server. */
export class PushedChannel implements CompositionOutput {
  readonly #settings: RtmpOutputSettings;
  readonly #logger: Logger;
  #tell: TellState = () => {};

  constructor(settings: RtmpOutputSettings, { logger }: { logger: Logger }) {
    this.#settings = settings;
    this.#logger = logger;
  }

  async open(tell: TellState): Promise<RtmpOutputSettings> {
    this.#tell = tell;
    return this.#settings;
  }

  takeReport(report: OutputReport): void {
    if (report.state !== 'FAILED') {
      this.#tell(report);
      return;
    }
    const { code } = report;
    // Servers like to repeat what was sent to them.
    const says = report.message.replaceAll(this.#settings.streamKey, '(stream key)');
    this.#logger.warn({ code, says, url: this.#settings.url }, 'a channel could not be published');
    this.#tell(outputFailure(report));
  }

  fail(cause: unknown): void {
    this.#tell(destinationFailure(cause));
  }

  takeFile(): void {}
  takeGone(): void {}
  takeDuration(): void {}
}
