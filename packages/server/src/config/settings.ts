import { type OperationName, operationNames } from '@proscenium/model';
import { type Static, type TNumber, type TSchema, Type } from 'typebox';
import { defaultThrottleRates } from '../http/throttle-rates.ts';
import { accountStates } from '../identity/accounts.ts';

const closed = { additionalProperties: false };

/** A group of settings. Not written at all, it has the defaults of its members. */
function group<Members extends Record<string, TSchema>>(members: Members) {
  return Type.Object(members, { ...closed, default: {} });
}

/** Text of a form that a person can be told, `expected`. */
function text(pattern: RegExp, expected: string, options: { default?: string; environmentName?: string } = {}) {
  return Type.String({ ...options, pattern: pattern.source, expected });
}

function count(byDefault: number, minimum = 0) {
  return Type.Integer({ default: byDefault, minimum });
}

/** RFC 7065 */
const turnAddress = /^turns?:(\[[\da-fA-F:.]+\]|[^:\s?[\]"<>]+)(:\d{1,5})?(\?transport=(udp|tcp))?$/;

/** The word for no limit at all. */
export const unlimited = 'unlimited';

/** A number that nothing may exceed. */
function quota(byDefault: number, minimum = 0) {
  return Type.Unsafe<number | typeof unlimited>({
    type: ['integer', 'string'],
    minimum,
    pattern: `^${unlimited}$`,
    default: byDefault,
    expected: `a whole number >= ${minimum}, or ${unlimited}`,
  });
}

/** The word for what is not to be there at all. */
export const off = 'off';

/** A port of its own for one protocol, which may be left out. */
function optionalPort(byDefault: number) {
  return Type.Unsafe<number | typeof off>({
    type: ['integer', 'string'],
    minimum: 0,
    maximum: 65_535,
    pattern: `^${off}$`,
    default: byDefault,
    expected: `a port from 0 to 65535, or ${off}`,
  });
}

const account = /^\d{12}$/;
const region = /^[a-z]{2}(-[a-z]+)+-\d$/;
const accountForm = 'an account id of twelve digits, in quotes';
const regionForm = 'a region such as us-west-2';

const hostAndPort = /^(\[[\da-fA-F:.]+\]|[^:\s[\]]+):\d{1,5}$/;

const userName = /^[\w+=,.@-]{1,64}$/;
const userNameForm = '1 to 64 letters, digits or any of +=,.@_-';

/** Whom an access key without a name belongs to. */
export const defaultUserName = 'admin';

const accessKey = Type.Object(
  {
    accessKeyId: text(/^[\w-]{1,128}$/, '1 to 128 letters, digits or any of _-'),
    secretAccessKey: Type.String({ minLength: 1 }),
    account: Type.Optional(text(account, accountForm)),
    userName: text(userName, userNameForm, { default: defaultUserName }),
  },
  closed,
);

const user = Type.Object(
  {
    name: text(userName, userNameForm),
    account: Type.Optional(text(account, accountForm)),
    policies: Type.Array(Type.String({ minLength: 1 }), { default: [], maxItems: 10 }),
  },
  closed,
);

const policy = Type.Object(
  {
    name: text(/^[\w+=,.@-]{1,128}$/, '1 to 128 letters, digits or any of +=,.@_-'),
    account: Type.Optional(text(account, accountForm)),
    document: Type.Object({}),
  },
  closed,
);

const listedAccount = Type.Object(
  {
    id: text(account, accountForm),
    state: Type.Enum(accountStates, { default: 'ACTIVE' }),
  },
  closed,
);

const objectStores = ['folder', 's3'] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const cannedAcls = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
] as const;

/** Without the key, which is a secret. */
const rtmpAddress = /^rtmps?:\/\/(\[[\da-fA-F:.]+\]|[^\s/?#@:[\]]+)(:\d{1,5})?\/[^\s?#]+$/;

/** Either `builtIn`, or where another server takes the stream. */
const channel = Type.Object(
  {
    arn: text(/^arn:aws:ivs:[a-z0-9-]+:\d{12}:channel\/[a-zA-Z0-9-]{1,64}$/, 'the ARN of a channel'),
    builtIn: Type.Optional(Type.Boolean()),
    url: Type.Optional(text(rtmpAddress, 'an rtmp or rtmps address with an application, as rtmp://host/app')),
    streamKey: Type.Optional(text(/^[\x21-\x7e]{1,512}$/, '1 to 512 printable characters of ASCII, without spaces')),
    streamKeyFile: Type.Optional(Type.String({ minLength: 1 })),
    certificateAuthoritiesFile: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

const eventTargetTypes = ['eventbridge', 'sqs', 'webhook'] as const;

const webAddress = () => text(/^https?:\/\/[^\s]+$/, 'an http or https address');

/** Of the options after `pattern` each type of target has its own. */
const eventTarget = Type.Object(
  {
    name: text(/^[\w-]{1,64}$/, '1 to 64 letters, digits or any of _-'),
    type: Type.Enum(eventTargetTypes),
    pattern: Type.Optional(Type.Object({})),
    endpoint: Type.Optional(webAddress()),
    eventBusName: Type.Optional(Type.String({ minLength: 1 })),
    source: Type.Optional(Type.String({ minLength: 1 })),
    envelopeKey: Type.Optional(Type.String({ minLength: 1 })),
    queueUrl: Type.Optional(webAddress()),
    region: Type.Optional(text(region, regionForm)),
    accessKeyId: Type.Optional(Type.String({ minLength: 1 })),
    secretAccessKey: Type.Optional(Type.String({ minLength: 1 })),
    url: Type.Optional(webAddress()),
    secret: Type.Optional(Type.String({ minLength: 1 })),
    timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
  },
  closed,
);

/** https://docs.aws.amazon.com/ivs/latest/RealTimeUserGuide/service-quotas.html */
const quotas = group({
  stages: quota(1_000),
  publicKeys: quota(3),
  ingestConfigurations: quota(100),
  encoderConfigurations: quota(20),
  storageConfigurations: quota(5),
  compositions: quota(20),
  compositionsPerStage: quota(5),
  destinationsPerComposition: quota(2),
  compositionDurationHours: quota(24, 1),
  channels: quota(5_000),
  streamKeysPerChannel: quota(1),
  streams: quota(100),
  publishersPerStage: quota(12),
  subscribersPerStage: quota(10_000),
  publishers: quota(1_000),
  subscriptions: quota(20_000),
  replicationsPerParticipant: quota(5),
  participantDurationHours: quota(24, 1),
  publishPixels: quota(1_280 * 720, 1),
  publishBitrateBps: quota(8_500_000, 1),
  subscribeBitrateBps: quota(8_500_000, 1),
});

const ratesPerSecond = group(
  Object.fromEntries(
    operationNames.map((name) => [name, Type.Number({ default: defaultThrottleRates[name], exclusiveMinimum: 0 })]),
  ) as Record<OperationName, TNumber>,
);

/** Every option of the server, as a configuration file spells it. config.sample.yaml explains them. */
export const settingsSchema = group({
  listen: text(hostAndPort, 'HOST:PORT', { default: '127.0.0.1:7080' }),
  tls: group({
    certFile: Type.Optional(Type.String({ minLength: 1 })),
    keyFile: Type.Optional(Type.String({ minLength: 1 })),
  }),
  publicUrl: Type.Optional(text(/^https?:\/\/[^/\s?#]+\/?$/, 'an http or https address without a path')),
  hostNames: Type.Array(text(/^[^\s:/]+$/, 'a host name without a port'), { default: [] }),
  data: Type.String({ default: './data', minLength: 1 }),
  account: text(account, accountForm, { default: '123456789012' }),
  region: text(region, regionForm, { default: 'us-west-2' }),
  regions: Type.Array(text(region, regionForm), {
    default: ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2'],
  }),
  accounts: Type.Array(listedAccount, { default: [] }),
  accessKeys: Type.Array(accessKey, { default: [] }),
  users: Type.Array(user, { default: [] }),
  policies: Type.Array(policy, { default: [] }),
  logLevel: text(/^(fatal|error|warn|info|debug|trace|silent)$/, 'fatal, error, warn, info, debug, trace or silent', {
    default: 'info',
  }),
  media: group({
    listenAddress: Type.Optional(Type.String({ minLength: 1 })),
    announcedAddresses: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
    port: Type.Integer({ default: 7081, minimum: 0, maximum: 65_535 }),
    workers: Type.Optional(Type.Integer({ minimum: 0 })),
    consumersPerWorker: count(400, 1),
    workerPath: Type.Optional(Type.String({ minLength: 1, environmentName: 'PROSCENIUM_MEDIASOUP_WORKER' })),
  }),
  ingest: group({
    rtmpPort: optionalPort(1935),
    rtmpsPort: optionalPort(1936),
  }),
  turn: group({
    urls: Type.Array(text(turnAddress, 'an address such as turn:turn.example.com:3478'), { default: [] }),
    secret: Type.Optional(Type.String({ minLength: 1 })),
    ttlSeconds: count(86_400, 60),
  }),
  limits: group({
    sessionLingerSeconds: count(120),
    reconnectGraceSeconds: count(30),
    iceConsentTimeoutSeconds: count(10, 1),
    bodyBytes: count(1_048_576, 1),
    historyRetentionDays: count(60, 1),
  }),
  events: group({
    targets: Type.Array(eventTarget, { default: [] }),
    activeSpeakerIntervalSeconds: count(0),
    participantUpdates: Type.Boolean({ default: false }),
  }),
  objects: group({
    store: Type.Enum(objectStores, { default: 'folder' }),
    folder: Type.Optional(Type.String({ minLength: 1 })),
    spoolBytes: count(2_147_483_648, 1_048_576),
    s3: group({
      endpoint: Type.Optional(webAddress()),
      region: Type.Optional(text(region, regionForm)),
      pathStyle: Type.Optional(Type.Boolean()),
      accessKeyId: Type.Optional(Type.String({ minLength: 1 })),
      secretAccessKey: Type.Optional(Type.String({ minLength: 1 })),
      acl: Type.Optional(Type.Enum(cannedAcls)),
    }),
  }),
  compositions: group({
    cores: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    channels: Type.Optional(Type.Array(channel)),
    channelsBucket: text(/^[a-z0-9.-]{3,63}$/, '3 to 63 small letters, digits or any of .-', { default: 'channels' }),
  }),
  metrics: group({
    listen: Type.Optional(text(hostAndPort, 'HOST:PORT')),
    bearerToken: Type.Optional(text(/^[\w.~+/=-]{16,}$/, '16 characters or more, letters, digits or any of -._~+/=')),
    maximumSeries: count(50_000, 1_000),
    countryHeader: Type.Optional(text(/^[\w-]{1,64}$/, 'the name of a header')),
    cloudWatch: group({
      endpoint: Type.Optional(webAddress()),
      region: Type.Optional(text(region, regionForm)),
      namespace: text(/^[\w.\-/#:]{1,255}$/, '1 to 255 letters, digits or any of ._-/#:', {
        default: 'AWS/IVSRealTime',
      }),
      intervalSeconds: count(60, 10),
      accessKeyId: Type.Optional(Type.String({ minLength: 1 })),
      secretAccessKey: Type.Optional(Type.String({ minLength: 1 })),
    }),
  }),
  tracing: group({ endpoint: Type.Optional(webAddress()) }),
  quotas,
  audit: group({ file: Type.Optional(Type.String({ minLength: 1 })) }),
  throttles: group({ enabled: Type.Boolean({ default: false }), ratesPerSecond }),
  testing: group({ enabled: Type.Boolean({ default: false }) }),
});

export type Settings = Static<typeof settingsSchema>;

/** Some settings, from one place: a file, the environment, the command line. Not checked. */
export type SettingsLayer = { readonly [name: string]: unknown };
