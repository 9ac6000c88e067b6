import type { LoadReport, LoadSample, Spread } from '@proscenium/load-test';

const spread = (count: number, p50: number): Spread => ({ count, p50, p90: 2 * p50, p99: 3 * p50, max: 4 * p50 });

/** Of a test in which all went well. */
export const goodReport: LoadReport = {
  measuredSeconds: 30.002,
  interrupted: false,
  publishers: { wanted: 2, joined: 2 },
  subscribers: { wanted: 4, joined: 4, cameAgain: 0 },
  joinMs: { publishers: spread(2, 40), subscribers: spread(4, 50) },
  firstPacketMs: spread(8, 55),
  firstKeyFrameMs: spread(8, 80),
  latencyMs: spread(720, 1.25),
  packets: {
    sent: 12_345,
    received: 49_380,
    repaired: 200,
    lost: 10,
    lossBeforeRepairPercent: 0.423,
    lossPercent: 0.02,
    opened: 3_000,
    notAuthentic: 0,
    streams: 16,
  },
  bitrateBps: { out: 4_100_000, in: 16_400_000, subscription: 2_050_000 },
  repair: { asked: 220, repeated: 12, keyFrameRequests: 9 },
  failures: [],
  disconnects: [],
  generator: {
    cpuPercent: 23.4,
    busyPercent: 20,
    delayP99Ms: 2.1,
    skippedPictures: 0,
    duePictures: 1_800,
    droppedDatagrams: 0,
    bottlenecks: [],
  },
};

/** Of a test in which nobody could join. */
export const emptyReport: LoadReport = {
  ...goodReport,
  measuredSeconds: 0,
  publishers: { wanted: 2, joined: 0 },
  subscribers: { wanted: 4, joined: 0, cameAgain: 0 },
  joinMs: { publishers: null, subscribers: null },
  firstPacketMs: null,
  firstKeyFrameMs: null,
  latencyMs: null,
  packets: {
    sent: 0,
    received: 0,
    repaired: 0,
    lost: 0,
    lossBeforeRepairPercent: 0,
    lossPercent: 0,
    opened: 0,
    notAuthentic: 0,
    streams: 0,
  },
  bitrateBps: { out: null, in: null, subscription: null },
  repair: { asked: 0, repeated: 0, keyFrameRequests: 0 },
  failures: [{ reason: 'publish: answered with 401: The token is malformed.', count: 2 }],
};

export const sample: LoadSample = {
  phase: 'measuring',
  elapsedMs: 12_000,
  publishers: { wanted: 2, joined: 2 },
  subscribers: { wanted: 1_200, joined: 1_100 },
  bitrateBps: { out: 4_100_000, in: 16_400_000, subscription: 2_050_000 },
  latencyMs: spread(24, 1.25),
  lossBeforeRepairPercent: 0.423,
  lossPercent: 0.02,
  asked: 220,
  failures: 3,
  disconnects: 1,
  cpuPercent: 23.4,
};
