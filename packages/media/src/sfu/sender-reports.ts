import type { types } from 'mediasoup';
import { readNtpTime } from '../rtp/rtcp.ts';

/** When, by a sender's wall clock, which RTP time of one of its layers was captured (RFC 3550 §6.4.1). */
export interface LayerReport {
  /** Index of the layer; 0 without simulcast. */
  readonly layer: number;
  readonly wallClockMs: number;
  readonly rtpTime: number;
}

/** What mediasoup tells of a sender report (`info` of the trace event `sr`). */
interface SenderReportTrace {
  readonly ssrc: number;
  readonly ntpSec: number;
  readonly ntpFrac: number;
  readonly rtpTs: number;
}

/** Tells of each sender report that comes to a producer. @returns what ends that */
export function followSenderReports(source: types.Producer, tell: (report: LayerReport) => void): () => void {
  const hear = (trace: types.ProducerTraceEventData) => {
    if (trace.type !== 'sr') return;
    const report = readReport(source, trace.info as unknown as SenderReportTrace);
    if (report) tell(report);
  };
  source.observer.on('trace', hear);
  // An error is that of a stream that has ended meanwhile. Others may want reports as well: they stay on.
  source.enableTraceEvent(['sr']).catch(() => undefined);
  return () => source.observer.off('trace', hear);
}

function readReport(
  source: types.Producer,
  { ssrc, ntpSec, ntpFrac, rtpTs }: SenderReportTrace,
): LayerReport | undefined {
  const byScore = source.score.find((each) => each.ssrc === ssrc)?.encodingIdx;
  const layer = byScore ?? (source.rtpParameters.encodings ?? []).findIndex((encoding) => encoding.ssrc === ssrc);
  const wallClockMs = readNtpTime(ntpSec, ntpFrac);
  return layer === -1 || wallClockMs === undefined ? undefined : { layer, wallClockMs, rtpTime: rtpTs };
}
