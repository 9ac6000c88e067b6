import type { RemoteAudioStats, RemoteVideoStats } from './quality-stats.ts';
import type { QualityWindows, StreamTotals } from './quality-windows.ts';
import { counted, measured, type StatsObject, selectedCandidatePair, statsOfType } from './stats-object.ts';

const RECEIVED = [
  'bytesReceived',
  'packetsReceived',
  'packetsLost',
  'nackCount',
  'jitter',
  'jitterBufferDelay',
  'jitterBufferEmittedCount',
] as const;
const VIDEO = [
  'firCount',
  'pliCount',
  'frameWidth',
  'frameHeight',
  'framesPerSecond',
  'framesReceived',
  'framesDecoded',
  'framesDropped',
  'keyFramesDecoded',
  'freezeCount',
  'totalFreezesDuration',
  'pauseCount',
] as const;
const AUDIO = [
  'headerBytesReceived',
  'packetsDiscarded',
  'audioLevel',
  'totalSamplesReceived',
  'concealedSamples',
  'silentConcealedSamples',
  'concealmentEvents',
  'insertedSamplesForDeceleration',
  'removedSamplesForAcceleration',
] as const;

/** A stream of which nothing has come for this long does not get through, unless nothing is sent of it. */
const SILENCE_MS = 5_000;

/** Whether a stream is to be received just now. */
export type Expectation = 'expected' | 'held back';

/** What a receiver's report tells of a video. */
export function remoteVideoStats(
  report: RTCStatsReport,
  windows: QualityWindows,
  expectation: Expectation,
): RemoteVideoStats[] {
  return statsOfType(report, 'inbound-rtp').map((inbound) => ({
    ...receivedStats(report, inbound, windows, expectation),
    ...counted(inbound, VIDEO),
  }));
}

/** What a receiver's report tells of an audio stream. */
export function remoteAudioStats(
  report: RTCStatsReport,
  windows: QualityWindows,
  expectation: Expectation,
): RemoteAudioStats[] {
  return statsOfType(report, 'inbound-rtp').map((inbound) => ({
    ...receivedStats(report, inbound, windows, expectation),
    ...counted(inbound, AUDIO),
  }));
}

function receivedStats(
  report: RTCStatsReport,
  inbound: StatsObject,
  windows: QualityWindows,
  expectation: Expectation,
) {
  const remote = statsOfType(report, 'remote-outbound-rtp').find(({ localId, id }) =>
    localId === undefined ? id === inbound.remoteId : localId === inbound.id,
  );
  const counts = counted(inbound, RECEIVED);
  const roundTripTime =
    measured(remote, 'roundTripTime') ?? measured(selectedCandidatePair(report), 'currentRoundTripTime');
  const totals: StreamTotals = {
    countedAtMs: measured(inbound, 'timestamp'),
    packets: counts.packetsReceived + counts.packetsLost,
    packetsLost: counts.packetsLost,
    roundTripTimeSeconds: roundTripTime,
  };
  const down = expectation === 'expected' && isSilent(inbound, counts.packetsReceived);
  return { ...counts, roundTripTime, networkQuality: windows.judge(String(inbound.id), down ? undefined : totals) };
}

function isSilent(inbound: StatsObject, packetsReceived: number): boolean {
  const nowMs = measured(inbound, 'timestamp') ?? 0;
  const lastMs = measured(inbound, 'lastPacketReceivedTimestamp');
  return packetsReceived === 0 || (lastMs !== undefined && nowMs - lastMs > SILENCE_MS);
}
