import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Conversation, type Envelope } from './conversation.ts';
import { tellLines } from './log-lines.ts';

export interface ChildProgramTiming {
  /** How long it may take to say that it is ready. */
  readonly readyTimeoutMs: number;
  /** How long it may take to end once it is asked to. */
  readonly closeTimeoutMs: number;
  /** Before each new start; the last one for all further ones. */
  readonly restartDelaysMs: readonly number[];
  /** How often it is asked whether it still answers. */
  readonly pingIntervalMs: number;
  /** With so many that it does not answer it is killed, and started again. */
  readonly unansweredPings: number;
  /** After this, it is taken to have started well: when it dies, the delays begin anew. */
  readonly stableAfterMs: number;
}

export interface ChildProgramOptions<FromChild> {
  /** A file that calls `runChildProgram`; see {@link entryBeside}. */
  readonly entry: URL;
  readonly arguments?: readonly string[];
  /** For messages about it. */
  readonly name: string;
  /** Each line that it writes to its standard error, within bounds. */
  readonly onLog?: (line: string) => void;
  /** Answers its questions. */
  readonly onQuestion?: (question: FromChild) => unknown;
  readonly timing?: Partial<ChildProgramTiming>;
}

export interface ChildProgramEvents<FromChild> {
  message: [message: FromChild];
  /** It ended by itself, or could not be started anew. Another start follows. */
  died: [cause: Error];
  /** It is there again, and knows nothing of what was sent before. */
  restarted: [];
}

const TIMING: ChildProgramTiming = {
  readyTimeoutMs: 30_000,
  closeTimeoutMs: 5_000,
  pingIntervalMs: 10_000,
  unansweredPings: 6,
  restartDelaysMs: [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000],
  stableAfterMs: 10_000,
};

/** Of our environment, what a child needs: what else is there may be secret. */
const ENVIRONMENT = [
  ...['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'NODE_COMPILE_CACHE'],
  // By which a child that connects to others judges their certificates.
  ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];
/** Codecs run on these threads, files are written by them. */
const THREADS = '8';

/** A program of ours beside the server, typed both ways; started again when it dies. It ends with this process. */
export class ChildProgram<ToChild, FromChild> extends EventEmitter<ChildProgramEvents<FromChild>> {
  readonly #options: ChildProgramOptions<FromChild>;
  readonly #timing: ChildProgramTiming;
  #child: ChildProcess | undefined;
  #conversation: Conversation<ToChild, FromChild> | undefined;
  #restart: NodeJS.Timeout | undefined;
  #starting: Promise<void> | undefined;
  #attempt = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: ChildProgramOptions<FromChild>) {
    super();
    this.#options = options;
    this.#timing = { ...TIMING, ...options.timing };
  }

  /** Resolves when it says that it is ready. @throws when it ends before, or takes too long */
  static async start<ToChild, FromChild>(
    options: ChildProgramOptions<FromChild>,
  ): Promise<ChildProgram<ToChild, FromChild>> {
    const program = new ChildProgram<ToChild, FromChild>(options);
    await program.#start();
    return program;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.#conversation ? this.#child?.pid : undefined;
  }

  /** Goes nowhere while it is down: who needs it sends it again on `restarted`. */
  send(message: ToChild): void {
    this.#conversation?.send(message);
  }

  /** @throws when it refuses, does not answer in time, is down or dies */
  ask<Answer>(question: ToChild, timeoutMs?: number): Promise<Answer> {
    if (!this.#conversation) return Promise.reject(new Error(`The ${this.#options.name} is down`));
    return this.#conversation.ask<Answer>(question, timeoutMs);
  }

  /** Asks it to end, waits a while, and ends it. Closing twice does nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restart);
    // One that is being started has nothing to lose.
    if (!this.#conversation) this.#child?.kill('SIGKILL');
    await this.#starting?.catch(() => undefined); // nobody needs it any more
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    // What it said last may come after its end.
    const ended = Promise.all([once(child, 'exit'), child.connected && once(child, 'disconnect')]);
    // One that cannot be told has ended already: an error would be taken for that of waiting for it.
    if (child.connected) child.send({ type: 'close' }, () => undefined);
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#timing.closeTimeoutMs);
    await ended;
    clearTimeout(timer);
  }

  #start(): Promise<void> {
    const starting = this.#startChild();
    this.#starting = starting;
    return starting;
  }

  #startChild(): Promise<void> {
    const { entry, name, onLog = () => undefined, onQuestion } = this.#options;
    const startedMs = performance.now();
    const child = fork(entry, this.#options.arguments ?? [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      env: environment(),
    });
    this.#child = child;
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    const conversation = new Conversation<ToChild, FromChild>(
      { send: (envelope, onSent) => void child.send(envelope, onSent), onStuck: () => child.kill('SIGKILL') },
      { onMessage: (message) => this.emit('message', message), ...(onQuestion && { onQuestion }) },
    );
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#timing.readyTimeoutMs);
    let unanswered = 0;
    const watch = setInterval(() => {
      if (this.#conversation !== conversation || !child.connected) return;
      unanswered += 1;
      if (unanswered > this.#timing.unansweredPings) child.kill('SIGKILL');
      else child.send({ type: 'ping' });
    }, this.#timing.pingIntervalMs);
    const end = (how: string) => {
      clearTimeout(timer);
      clearInterval(watch);
      const cause = new Error(`The ${name} ended with ${how}`);
      conversation.end(cause);
      if (this.#conversation !== conversation) return reject(cause);
      this.#conversation = undefined;
      if (performance.now() - startedMs >= this.#timing.stableAfterMs) this.#attempt = 0;
      this.#startLater(cause);
    };
    if (child.stderr) tellLines(child.stderr, onLog);
    child.on('message', (envelope: Envelope) => {
      unanswered = 0;
      if (envelope.type !== 'ready') conversation.receive(envelope);
      else {
        clearTimeout(timer);
        this.#conversation = conversation;
        resolve();
      }
    });
    // It could not be started, or what was sent to it could not be: then it ends, and that tells.
    child.on('error', (error) => (child.pid === undefined ? end(error.message) : child.kill('SIGKILL')));
    child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    return ready;
  }

  #startLater(cause: Error): void {
    if (this.#closing) return;
    const { restartDelaysMs } = this.#timing;
    const delayMs = restartDelaysMs[Math.min(this.#attempt, restartDelaysMs.length - 1)] ?? 0;
    this.#attempt += 1;
    this.#restart = setTimeout(() => {
      this.#start().then(
        () => {
          if (!this.#closing) this.emit('restarted');
        },
        (error: Error) => this.#startLater(error),
      );
    }, delayMs);
    this.emit('died', cause);
  }
}

/**
 * The entry file of a child: TypeScript in the repository, JavaScript in the published package.
 *
 * @param moduleUrl `import.meta.url` of a file in the same folder
 * @param name of the entry file, without its ending
 */
export function entryBeside(moduleUrl: string, name: string): URL {
  const extension = moduleUrl.slice(moduleUrl.lastIndexOf('.'));
  return new URL(`./${name}${extension}`, moduleUrl);
}

function environment(): NodeJS.ProcessEnv {
  const needed = ENVIRONMENT.map((name) => [name, process.env[name]] as const).filter(
    ([, value]) => value !== undefined,
  );
  return { ...Object.fromEntries(needed), UV_THREADPOOL_SIZE: THREADS };
}
