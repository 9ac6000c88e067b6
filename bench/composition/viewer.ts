import { execFileSync } from 'node:child_process';
import { Listener } from '../../packages/media/src/rtmp/session.fixture.ts';

const START_CODE = Buffer.of(0, 0, 0, 1);
const WHITE = 160;

/** A server to which a composition is published, that notes when which picture came. */
export class Viewer {
  readonly #listener: Listener;
  readonly #stream: Buffer[] = [];
  readonly #arrivalsMs: number[] = [];
  readonly #watching: Promise<void>;

  private constructor(listener: Listener) {
    this.#listener = listener;
    this.#watching = this.#watch();
  }

  static async open(): Promise<Viewer> {
    return new Viewer(await Listener.open());
  }

  get url(): string {
    return `rtmp://127.0.0.1:${this.#listener.port}/app`;
  }

  async close(): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }

  /** When the pictures came with which a place begins to be white, by `performance.now()`. */
  async flashesMs(x: number, y: number): Promise<number[]> {
    await this.#watching;
    const filter = `crop=2:2:${x}:${y},format=gray`;
    const gray = execFileSync(
      'ffmpeg',
      [
        ...['-nostdin', '-v', 'error', '-f', 'h264', '-i', '-', '-vf', filter],
        ...['-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
      ],
      { input: Buffer.concat(this.#stream), maxBuffer: 2 ** 30 },
    );
    const isWhite = (picture: number) => (gray[4 * picture] ?? 0) > WHITE;
    return this.#arrivalsMs.filter((_, picture) => picture > 0 && isWhite(picture) && !isWhite(picture - 1));
  }

  async #watch(): Promise<void> {
    const heard = await this.#listener.session();
    await heard.published;
    heard.session.accept();
    heard.session.on('video', (tag) => {
      if (tag.kind === 'unsupported') return;
      const units = tag.kind === 'config' ? [...tag.sps, ...tag.pps] : tag.nalUnits;
      this.#stream.push(...units.flatMap((unit) => [START_CODE, Buffer.from(unit)]));
      if (tag.kind === 'picture') this.#arrivalsMs.push(performance.now());
    });
  }
}
