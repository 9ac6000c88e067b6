import type { LocalAudioStats, LocalVideoStats } from './quality-stats.ts';
import type { QualityWindows, StreamTotals } from './quality-windows.ts';
import { counted, measured, type StatsObject, selectedCandidatePair, statsOfType } from './stats-object.ts';

const SENT = [
  'bytesSent',
  'headerBytesSent',
  'packetsSent',
  'nackCount',
  'retransmittedBytesSent',
  'retransmittedPacketsSent',
] as const;
const VIDEO = [
  'firCount',
  'pliCount',
  'frameWidth',
  'frameHeight',
  'framesPerSecond',
  'framesEncoded',
  'framesSent',
  'hugeFramesSent',
  'keyFramesEncoded',
] as const;

/** The server reports every stream within this time, an audio stream every five seconds. */
const SILENCE_MS = 8_000;

/** What a sender's report tells of a video: one entry for each layer, in the order in which the browser sends them. */
export function localVideoStats(report: RTCStatsReport, windows: QualityWindows): LocalVideoStats[] {
  return statsOfType(report, 'outbound-rtp')
    .toSorted((one, other) => (measured(one, 'encodingIndex') ?? 0) - (measured(other, 'encodingIndex') ?? 0))
    .map((outbound) => {
      const { rid, active, qualityLimitationReason, qualityLimitationDurations } = outbound;
      return {
        ...sentStats(report, outbound, windows),
        ...counted(outbound, VIDEO),
        rid: typeof rid === 'string' ? rid : '',
        active: active !== false,
        qualityLimitationReason: typeof qualityLimitationReason === 'string' ? qualityLimitationReason : 'none',
        qualityLimitationDurations: { ...(qualityLimitationDurations as Record<string, number> | undefined) },
      };
    });
}

/** What a sender's report tells of an audio stream. */
export function localAudioStats(report: RTCStatsReport, windows: QualityWindows): LocalAudioStats[] {
  return statsOfType(report, 'outbound-rtp').map((outbound) => ({
    ...sentStats(report, outbound, windows),
    ...counted(outbound, ['targetBitrate']),
  }));
}

function sentStats(report: RTCStatsReport, outbound: StatsObject, windows: QualityWindows) {
  const remote = statsOfType(report, 'remote-inbound-rtp').find(({ localId, id }) =>
    localId === undefined ? id === outbound.remoteId : localId === outbound.id,
  );
  const pair = selectedCandidatePair(report);
  const counts = { ...counted(outbound, SENT), ...counted(remote, ['packetsLost']) };
  const roundTripTime = measured(remote, 'roundTripTime') ?? measured(pair, 'currentRoundTripTime');
  const totals: StreamTotals = {
    countedAtMs: measured(remote, 'timestamp'),
    packets: counts.packetsSent,
    packetsLost: counts.packetsLost,
    roundTripTimeSeconds: roundTripTime,
  };
  const networkQuality = windows.judge(String(outbound.id), isDown(outbound, remote, pair) ? undefined : totals);
  return { ...counts, roundTripTime, networkQuality };
}

/** Whether nothing comes back of what is sent. Of a stream of which nothing is sent it cannot be said. */
function isDown(outbound: StatsObject, remote: StatsObject | undefined, pair: StatsObject | undefined): boolean {
  if (!pair) return true;
  const nowMs = measured(outbound, 'timestamp') ?? 0;
  const heardMs = [measured(remote, 'timestamp'), measured(pair, 'lastPacketReceivedTimestamp')]
    .filter((timestampMs) => timestampMs !== undefined)
    .reduce((latest, timestampMs) => Math.max(latest, timestampMs), 0);
  const sentMs = measured(pair, 'lastPacketSentTimestamp') ?? nowMs;
  return heardMs > 0 && nowMs - heardMs > SILENCE_MS && nowMs - sentMs < SILENCE_MS;
}
