import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { localAudioStats, localVideoStats } from './local-quality-stats.ts';
import { NetworkQuality } from './network-quality.ts';
import { QualityWindows } from './quality-windows.ts';
import { remoteAudioStats, remoteVideoStats } from './remote-quality-stats.ts';

const { DOWN, POOR, GOOD, EXCELLENT } = NetworkQuality;
const NOW_MS = 1_700_000_000_000;

function reportOf(...entries: { id: string; [name: string]: unknown }[]): RTCStatsReport {
  return new Map(entries.map((entry) => [entry.id, { timestamp: NOW_MS, ...entry }]));
}

const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'P' };
const pair = { id: 'P', type: 'candidate-pair', currentRoundTripTime: 0.15 };
const outbound = { id: 'O', type: 'outbound-rtp', packetsSent: 1_000, bytesSent: 500_000 };
const remoteInbound = { id: 'R', type: 'remote-inbound-rtp', localId: 'O', packetsLost: 5, roundTripTime: 0.03 };
const inbound = { id: 'I', type: 'inbound-rtp', packetsReceived: 1_000, lastPacketReceivedTimestamp: NOW_MS - 20 };

const localVideo = (...entries: Parameters<typeof reportOf>) =>
  localVideoStats(reportOf(...entries), new QualityWindows());
const remoteVideo = (...entries: Parameters<typeof reportOf>) =>
  remoteVideoStats(reportOf(...entries), new QualityWindows(), 'expected');

describe('statistics of local streams', () => {
  it('are none before anything is sent', () => {
    assert.deepEqual(localVideo(transport, pair), []);
    assert.deepEqual(localAudioStats(reportOf(), new QualityWindows()), []);
  });

  it('join what was sent with what the server received', () => {
    const [stats] = localVideo(transport, pair, outbound, remoteInbound);
    const { packetsSent, bytesSent, packetsLost, roundTripTime, networkQuality } = stats ?? {};
    assert.deepEqual(
      { packetsSent, bytesSent, packetsLost, roundTripTime, networkQuality },
      { packetsSent: 1_000, bytesSent: 500_000, packetsLost: 5, roundTripTime: 0.03, networkQuality: EXCELLENT },
    );
  });

  it('have 0 where a browser does not count', () => {
    const [stats] = localVideo(transport, pair, outbound);
    const { hugeFramesSent, packetsLost, rid, active, qualityLimitationReason, qualityLimitationDurations } =
      stats ?? {};
    assert.deepEqual(
      [hugeFramesSent, packetsLost, rid, active, qualityLimitationReason, qualityLimitationDurations],
      [0, 0, '', true, 'none', {}],
    );
  });

  it('have one entry for each layer, each with its own loss', () => {
    const layers = localVideo(
      transport,
      pair,
      { ...outbound, id: 'hi', rid: 'hi', encodingIndex: 1 },
      { ...outbound, id: 'low', rid: 'low', encodingIndex: 0, active: false },
      { ...remoteInbound, id: 'hi-remote', localId: 'hi', packetsLost: 200 },
      { ...remoteInbound, id: 'low-remote', localId: 'low' },
    );
    assert.deepEqual(
      layers.map(({ rid, active, packetsLost, networkQuality }) => [rid, active, packetsLost, networkQuality]),
      [
        ['low', false, 5, EXCELLENT],
        ['hi', true, 200, POOR],
      ],
    );
  });

  it('take the round trip of the connection before the server has reported', () => {
    const [stats] = localVideo(transport, pair, outbound);
    assert.equal(stats?.roundTripTime, 0.15);
    assert.equal(stats?.networkQuality, GOOD);
  });

  it('find the way in browsers that mark the pair', () => {
    const [stats] = localVideo(
      { ...pair, id: 'other', currentRoundTripTime: 9 },
      { ...pair, selected: true },
      outbound,
    );
    assert.equal(stats?.roundTripTime, 0.15);
  });

  it('tell that nothing gets through', () => {
    assert.equal(localVideo(outbound)[0]?.networkQuality, DOWN);
    const sending = { ...pair, lastPacketSentTimestamp: NOW_MS - 10, lastPacketReceivedTimestamp: NOW_MS - 8_001 };
    const old = { ...remoteInbound, timestamp: NOW_MS - 9_000 };
    assert.equal(localVideo(transport, sending, outbound, old)[0]?.networkQuality, DOWN);
    assert.equal(localVideo(transport, sending, outbound, remoteInbound)[0]?.networkQuality, EXCELLENT);
    const heard = { ...sending, lastPacketReceivedTimestamp: NOW_MS - 8_000 };
    assert.equal(localVideo(transport, heard, outbound, old)[0]?.networkQuality, EXCELLENT);
  });

  it('do not take a connection on which nothing is sent for broken', () => {
    const idle = { ...pair, lastPacketSentTimestamp: NOW_MS - 60_000, lastPacketReceivedTimestamp: NOW_MS - 60_000 };
    const old = { ...remoteInbound, timestamp: NOW_MS - 60_000 };
    assert.equal(localVideo(transport, idle, outbound, old)[0]?.networkQuality, EXCELLENT);
  });

  it('tell the bitrate of audio', () => {
    const [stats] = localAudioStats(reportOf({ ...outbound, targetBitrate: 64_000 }), new QualityWindows());
    assert.equal(stats?.targetBitrate, 64_000);
    assert.equal('rid' in (stats ?? {}), false);
  });
});

describe('statistics of remote streams', () => {
  it('are none before there is anything to receive', () => {
    assert.deepEqual(remoteVideo(transport, pair), []);
  });

  it('join what was received with what is known of the way', () => {
    const [stats] = remoteVideo(transport, pair, { ...inbound, packetsLost: 20, framesDecoded: 300, jitter: 0.004 });
    const { packetsReceived, packetsLost, framesDecoded, jitter, freezeCount, roundTripTime, networkQuality } =
      stats ?? {};
    assert.deepEqual(
      [packetsReceived, packetsLost, framesDecoded, jitter, freezeCount, roundTripTime, networkQuality],
      [1_000, 20, 300, 0.004, 0, 0.15, GOOD],
    );
  });

  it('prefer the round trip that the sender has measured', () => {
    const sender = { id: 'S', type: 'remote-outbound-rtp', localId: 'I', roundTripTime: 0.5 };
    const [stats] = remoteAudioStats(reportOf(transport, pair, inbound, sender), new QualityWindows(), 'expected');
    assert.equal(stats?.roundTripTime, 0.5);
    assert.equal(stats?.networkQuality, POOR);
  });

  it('tell that nothing comes', () => {
    assert.equal(remoteVideo({ ...inbound, packetsReceived: 0 })[0]?.networkQuality, DOWN);
    const last = (agoMs: number) => ({ ...inbound, lastPacketReceivedTimestamp: NOW_MS - agoMs });
    assert.equal(remoteVideo(last(5_001))[0]?.networkQuality, DOWN);
    assert.equal(remoteVideo(last(5_000))[0]?.networkQuality, EXCELLENT);
  });

  it('do not miss what is held back', () => {
    const report = reportOf({ ...inbound, lastPacketReceivedTimestamp: NOW_MS - 60_000 });
    assert.equal(remoteVideoStats(report, new QualityWindows(), 'held back')[0]?.networkQuality, EXCELLENT);
  });
});
