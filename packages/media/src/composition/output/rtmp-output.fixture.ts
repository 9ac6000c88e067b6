import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { AvcPicture } from '../../rtmp/index.ts';
import type { HeardSession, Listener } from '../../rtmp/session.fixture.ts';
import type { OutputReport } from '../composition-options.ts';
import { Composed, encodePictures, outputStart, Told } from './encoded-media.fixture.ts';
import { RtmpOutput, type RtmpOutputTimings } from './rtmp-output.ts';

export const KEY = 'sk_eu-west-1_secret';
/** Of tests that are about something else: a busy machine is no slow peer. */
const PATIENT: Partial<RtmpOutputTimings> = { connectTimeoutMs: 60_000, firstRetryMs: 10, longestRetryMs: 40 };

const usualPictures = encodePictures();

interface Opening {
  readonly url: string;
  readonly certificateAuthorities?: string;
  readonly timings?: Partial<RtmpOutputTimings>;
  readonly start?: Parameters<typeof outputStart>[0];
  readonly pictures?: ReturnType<typeof encodePictures>;
}

/** An output with what it tells, and what is composed for it. */
export class Opened {
  readonly output: RtmpOutput;
  readonly composed: Composed;
  readonly reports = new Told<OutputReport>();

  constructor({ url, certificateAuthorities, timings, start, pictures = usualPictures }: Opening) {
    const settings = {
      type: 'rtmp',
      url,
      streamKey: KEY,
      ...(certificateAuthorities && { certificateAuthorities }),
    } as const;
    this.output = new RtmpOutput(settings, outputStart(start), { ...PATIENT, ...timings });
    this.output.on('report', (report) => this.reports.push(report));
    this.composed = new Composed(this.output, pictures);
  }

  get states(): string[] {
    return this.reports.values.map((report) => report.state);
  }

  reported(state: OutputReport['state'], times = 1): Promise<void> {
    return this.reports.until((reports) => reports.filter((report) => report.state === state).length >= times);
  }

  async fault() {
    await this.reported('FAILED');
    const report = this.reports.values.at(-1);
    assert.ok(report?.state === 'FAILED');
    assert.ok(!report.message.includes(KEY), report.message);
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.composed[Symbol.dispose]();
    await this.output.close();
  }
}

export function open(listener: Listener, opening: Partial<Opening> = {}): Opened {
  return new Opened({ url: `rtmp://127.0.0.1:${listener.port}/app`, ...opening });
}

export async function accepted(listener: Listener): Promise<HeardSession> {
  const heard = await listener.session();
  await heard.published;
  heard.session.accept();
  return heard;
}

export function heardPictures({ video }: HeardSession): AvcPicture[] {
  return video.flatMap((tag) => (tag.kind === 'picture' ? [tag] : []));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
