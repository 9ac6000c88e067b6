import type { Failure, LoadReport, Spread } from '@proscenium/load-test';
import { alignColumns, bitrate, decimal, milliseconds, percent } from './figures.ts';
import type { Judged, Threshold } from './thresholds.ts';

/** The report for people. @param where the load was put, and what it was */
export function reportText(report: LoadReport, judged: readonly Judged[], where: readonly string[]): string {
  const { publishers, subscribers, packets, repair, bitrateBps } = report;
  const again = subscribers.cameAgain > 0 ? `, left and came again ${decimal(subscribers.cameAgain)} times` : '';
  return [
    ...where,
    `${decimal(publishers.joined)} of ${decimal(publishers.wanted)} publishers and ${decimal(subscribers.joined)} of ${decimal(subscribers.wanted)} subscribers were there at the end${again}`,
    `Measured for ${decimal(report.measuredSeconds, 1)} s${report.interrupted ? ', then interrupted' : ''}`,
    '',
    ...alignColumns([
      ['', 'count', 'p50', 'p90', 'p99', 'max'],
      spreadRow('Publisher joins', report.joinMs.publishers),
      spreadRow('Subscriber joins', report.joinMs.subscribers),
      spreadRow('First packet', report.firstPacketMs),
      spreadRow('First key frame', report.firstKeyFrameMs),
      spreadRow('Latency', report.latencyMs),
    ]),
    '',
    `Bitrate      ${bitrate(bitrateBps.out)} out of publishers, ${bitrate(bitrateBps.in)} into subscribers, ${bitrate(bitrateBps.subscription)} a subscription`,
    `Packets      ${decimal(packets.sent)} sent, ${decimal(packets.received)} received in ${decimal(packets.streams)} streams`,
    `Loss         ${percent(packets.lossBeforeRepairPercent)} before repair, ${percent(packets.lossPercent)} after`,
    `Repair       ${decimal(repair.asked)} packets asked for again by subscribers (NACK), ${decimal(repair.repeated)} sent again by publishers, ${decimal(repair.keyFrameRequests)} key frames asked for`,
    ...listed('Failures   ', report.failures),
    ...listed('Disconnects', report.disconnects),
    ...generatorLines(report.generator),
    '',
    ...judged.map(verdictLine),
    '',
  ].join('\n');
}

function spreadRow(name: string, spread: Spread | null): string[] {
  if (!spread) return [name, '0', '–', '–', '–', '–'];
  const { count, p50, p90, p99, max } = spread;
  return [name, decimal(count), ...[p50, p90, p99, max].map(milliseconds)];
}

function listed(name: string, failures: readonly Failure[]): string[] {
  if (failures.length === 0) return [`${name}  none`];
  return failures.map(
    ({ reason, count }, index) => `${index === 0 ? name : ' '.repeat(name.length)}  ${count} × ${reason}`,
  );
}

function generatorLines({ cpuPercent, busyPercent, delayP99Ms, bottlenecks }: LoadReport['generator']): string[] {
  const figures = `Generator    ${decimal(cpuPercent)} % of a core, busy ${decimal(busyPercent)} % of the time, ${milliseconds(delayP99Ms)} late at p99`;
  if (bottlenecks.length === 0) return [figures];
  return [
    figures,
    '',
    'The generator was a bottleneck, so these figures are not the server’s alone:',
    ...bottlenecks.map((remark) => `  - ${remark}`),
    'Run it on a machine of its own, or with less load.',
  ];
}

const FORMAT: Readonly<Record<Threshold['name'], (value: number) => string>> = {
  'max-failures': (value) => decimal(value),
  'max-loss': percent,
  'max-join-ms-p99': milliseconds,
  'max-first-frame-ms-p50': milliseconds,
  'max-latency-ms-p99': milliseconds,
  'min-bitrate': bitrate,
};

function verdictLine({ name, limit, actual, passed }: Judged): string {
  const format = FORMAT[name];
  return `${passed ? 'PASS' : 'FAIL'}  ${name} ${format(limit)}: ${actual === null ? 'nothing was measured' : format(actual)}`;
}
