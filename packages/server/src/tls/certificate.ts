import { EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import type { Alarm, AlarmClock } from '../clock.ts';
import { ConfigError } from '../config/config-error.ts';
import {
  checkKeyPair,
  isSamePair,
  type KeyPair,
  type KeyPairFiles,
  parseCertificate,
  readKeyPair,
} from './key-pair.ts';

export interface CertificateEvents {
  /** The files hold another pair, and it is good. */
  changed: [pair: KeyPair];
}

export interface CertificateOptions {
  readonly files: KeyPairFiles;
  readonly clock: AlarmClock;
  readonly logger: Logger;
}

const LOOK_INTERVAL_MS = 5_000;

/**
 * The server's certificate and its key, and what becomes of them when their files change.
 *
 * The files are read again and again, since nothing tells of every way in which they change: written anew, renamed over,
 * or behind a link somewhere on the path that now points elsewhere, perhaps in a file system of another machine.
 */
export class Certificate extends EventEmitter<CertificateEvents> {
  readonly #options: CertificateOptions;
  #pair: KeyPair;
  /** What was wrong at the last look. */
  #fault: string | undefined;
  #loggedFault: string | undefined;
  #alarm: Alarm | undefined;
  #look: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: CertificateOptions, pair: KeyPair) {
    super();
    this.#options = options;
    this.#pair = pair;
    this.#setAlarm();
  }

  /** @throws ConfigError when a file cannot be read, or the two cannot be used */
  static async open(options: CertificateOptions): Promise<Certificate> {
    const { certFile, keyFile } = options.files;
    try {
      const pair = await readKeyPair(options.files);
      checkKeyPair(pair);
      return new Certificate(options, pair);
    } catch (error) {
      throw new ConfigError(`tls: ${certFile} and ${keyFile} cannot be used: ${(error as Error).message}`);
    }
  }

  /** The one that serves now. */
  get pair(): KeyPair {
    return this.#pair;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    await this.#look;
  }

  #setAlarm(): void {
    this.#alarm = this.#options.clock.setAlarm(LOOK_INTERVAL_MS, () => {
      this.#look = this.#lookAgain();
    });
  }

  async #lookAgain(): Promise<void> {
    try {
      const pair = await readKeyPair(this.#options.files);
      if (!this.#closed && !isSamePair(pair, this.#pair)) this.#take(pair);
      this.#fault = undefined;
      this.#loggedFault = undefined;
    } catch (error) {
      this.#keepOn((error as Error).message);
    }
    if (!this.#closed) this.#setAlarm();
  }

  #take(pair: KeyPair): void {
    checkKeyPair(pair);
    this.emit('changed', pair);
    this.#pair = pair;
    const { subjectAltName, validTo } = parseCertificate(pair);
    this.#options.logger.info({ subjectAltName, validTo }, 'a new TLS certificate serves new connections');
  }

  /** At the first look it may be half of a change that is under way. What lasts is told, once. */
  #keepOn(fault: string): void {
    if (fault === this.#fault && fault !== this.#loggedFault) {
      const { files, logger } = this.#options;
      logger.error(
        { ...files, reason: fault },
        'the TLS files cannot be used: the earlier certificate goes on serving',
      );
      this.#loggedFault = fault;
    }
    this.#fault = fault;
  }
}
