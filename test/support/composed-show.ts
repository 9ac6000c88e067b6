import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import {
  type Composition,
  CreateEncoderConfigurationCommand,
  CreateParticipantTokenCommand,
  CreateStageCommand,
  CreateStorageConfigurationCommand,
  type Destination,
  GetCompositionCommand,
  type LayoutConfiguration,
  StartCompositionCommand,
  StopCompositionCommand,
} from '@aws-sdk/client-ivs-realtime';
import { S3Client } from '@aws-sdk/client-s3';
import { postTo } from '@proscenium/load-test';
import { ReceivedEvents, Receiver, takeWebhook } from '../../packages/server/src/events/receiver.fixture.ts';
import { ClockPublisher, type ClockPublisherOptions, type EncodedClock } from './clock-publisher.ts';
import { createDataFolder } from './data-folder.ts';
import { RecordedBucket } from './recorded-bucket.ts';
import { type ServerProcess, startServer, testAccessKey } from './server.ts';
import { until } from './until.ts';

export const PICTURE = { width: 640, height: 360, framerate: 30, bitrate: 1_500_000 } as const;
const bucketName = 'composed-shows';
const account = '123456789012';

/** A channel of the test server's account. */
export function channelArn(id: string): string {
  return `arn:aws:ivs:us-west-2:${account}:channel/${id}`;
}

export interface ComposedShowOptions {
  /** @default none */
  readonly env?: Record<string, string>;
  /** As the configuration has them. */
  readonly channels?: readonly object[];
}

export interface StartOptions {
  readonly layout?: LayoutConfiguration;
  /** @default no channel */
  readonly channelArn?: string;
  /** @default true */
  readonly recorded?: boolean;
}

/** A server with a stage whose compositions go to channels and to a bucket. */
export class ComposedShow {
  readonly stageArn: string;
  readonly bucket: RecordedBucket;
  readonly events: ReceivedEvents;
  readonly server: ServerProcess;
  readonly #whipUrl: string;
  readonly #encoderArn: string;
  readonly storageArn: string;
  readonly #publishers: ClockPublisher[];

  private constructor(parts: {
    server: ServerProcess;
    publishers: ClockPublisher[];
    bucket: RecordedBucket;
    events: ReceivedEvents;
    stage: { arn: string; whipUrl: string };
    encoderArn: string;
    storageArn: string;
  }) {
    this.server = parts.server;
    this.#publishers = parts.publishers;
    this.bucket = parts.bucket;
    this.events = parts.events;
    this.stageArn = parts.stage.arn;
    this.#whipUrl = parts.stage.whipUrl;
    this.#encoderArn = parts.encoderArn;
    this.storageArn = parts.storageArn;
  }

  /** Ends with the test. */
  static async open(t: TestContext, { channels, env = {} }: ComposedShowOptions = {}): Promise<ComposedShow> {
    const events = new ReceivedEvents();
    const { url } = await Receiver.start(t, takeWebhook(events));
    const dataFolder = await createDataFolder(t);
    const config = path.join(dataFolder, 'config.yaml');
    const pattern = { 'detail-type': ['IVS Composition State Change'] };
    const hook = { name: 'hook', type: 'webhook', url, secret: 'a-secret-of-these-tests', pattern };
    await writeFile(
      config,
      JSON.stringify({ events: { targets: [hook] }, ...(channels && { compositions: { channels } }) }),
    );
    const server = await startServer({ dataFolder, args: ['--config', config], env });
    const publishers: ClockPublisher[] = [];
    t.after(async () => {
      await Promise.all(publishers.map((publisher) => publisher.stop()));
      await server.kill();
    });
    const { client, endpoint, region } = server;
    const s3 = new S3Client({ endpoint, region, credentials: testAccessKey, forcePathStyle: true });
    t.after(() => s3.destroy());
    const { stage } = await client.send(new CreateStageCommand({}));
    const { encoderConfiguration } = await client.send(new CreateEncoderConfigurationCommand({ video: PICTURE }));
    const { storageConfiguration } = await client.send(new CreateStorageConfigurationCommand({ s3: { bucketName } }));
    return new ComposedShow({
      server,
      publishers,
      bucket: new RecordedBucket(s3, bucketName),
      events,
      stage: { arn: stage?.arn ?? '', whipUrl: stage?.endpoints?.whip ?? '' },
      encoderArn: encoderConfiguration?.arn ?? '',
      storageArn: storageConfiguration?.arn ?? '',
    });
  }

  async token(attributes: Record<string, string> = {}): Promise<{ participantId: string; token: string }> {
    const command = new CreateParticipantTokenCommand({ stageArn: this.stageArn, attributes });
    const { participantToken } = await this.server.client.send(command);
    return { participantId: participantToken?.participantId ?? '', token: participantToken?.token ?? '' };
  }

  /** Somebody publishes a clock. */
  async publish(
    clock: EncodedClock,
    { attributes, ...options }: ClockPublisherOptions & { attributes?: Record<string, string> } = {},
  ): Promise<ClockPublisher> {
    const { token } = await this.token(attributes);
    return this.publishTo(this.#whipUrl, token, clock, options);
  }

  /** The same on any stage of the server. */
  async publishTo(
    whipUrl: string,
    token: string,
    clock: EncodedClock,
    options: ClockPublisherOptions = {},
  ): Promise<ClockPublisher> {
    const publisher = await ClockPublisher.start(postTo(whipUrl, token), clock, options);
    this.#publishers.push(publisher);
    return publisher;
  }

  /** @returns the composition's ARN */
  async start({ layout, channelArn, recorded = true }: StartOptions): Promise<string> {
    const { composition } = await this.server.client.send(
      new StartCompositionCommand({
        stageArn: this.stageArn,
        ...(layout && { layout }),
        destinations: [
          ...(channelArn ? [{ channel: { channelArn, encoderConfigurationArn: this.#encoderArn } }] : []),
          ...(recorded
            ? [
                {
                  s3: {
                    storageConfigurationArn: this.storageArn,
                    encoderConfigurationArns: [this.#encoderArn],
                    thumbnailConfigurations: [{ targetIntervalSeconds: 2 }],
                  },
                },
              ]
            : []),
        ],
      }),
    );
    return composition?.arn ?? '';
  }

  async composition(arn: string): Promise<Composition> {
    const { composition = { arn } } = await this.server.client.send(new GetCompositionCommand({ arn }));
    return composition as Composition;
  }

  /** Resolves when the composition itself is in this state. */
  untilState(arn: string, state: string): Promise<Composition> {
    return until(
      () => this.composition(arn),
      (composition) => composition.state === state,
    );
  }

  /** Resolves when its destination of this kind is in this state. */
  async untilDestination(arn: string, kind: 'channel' | 's3', state: string): Promise<Destination> {
    const find = ({ destinations = [] }: Composition) =>
      destinations.find(({ configuration }) => configuration?.[kind] !== undefined);
    const composition = await until(
      () => this.composition(arn),
      (read) => find(read)?.state === state,
    );
    return find(composition) as Destination;
  }

  /** Resolves when a recording has so many segments in the bucket. @returns how many there are */
  untilSegments(prefix: string, count: number): Promise<number> {
    return until(
      async () => (await this.bucket.list(prefix)).filter((file) => /\/\d+\.mp4$/.test(file)).length,
      (length) => length >= count,
    );
  }

  /** What was told of a composition, in order. */
  eventNames(arn: string): string[] {
    return this.#eventsOf(arn).map(({ event_name }) => String(event_name));
  }

  /** Resolves when so many events of a composition have come. @returns error code and reason of those that have one */
  async untilEvents(arn: string, count: number): Promise<[code: unknown, reason: unknown][]> {
    await until(
      async () => this.eventNames(arn).length,
      (length) => length >= count,
    );
    const failures = this.#eventsOf(arn).filter(({ error_code }) => error_code !== undefined);
    return failures.map(({ error_code, reason }) => [error_code, reason]);
  }

  #eventsOf(arn: string): Record<string, unknown>[] {
    return this.events.events.filter(({ resource }) => resource === arn).map(({ detail }) => detail);
  }

  async stop(arn: string): Promise<Composition> {
    await this.server.client.send(new StopCompositionCommand({ arn }));
    return this.untilState(arn, 'STOPPED');
  }
}
