/** What is counted of a video stream at one moment. */
export interface VideoCount {
  readonly atMs: number;
  /** Decoded by a receiver, encoded by a sender. */
  readonly frames: number;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

/** What of WebRTC's statistics is looked at here (W3C webrtc-stats §6). */
interface StreamReport {
  readonly type: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesDecoded?: number;
  readonly framesEncoded?: number;
  readonly bytesReceived?: number;
  readonly bytesSent?: number;
}

/** Counts a sent or received video stream; undefined while nothing of it flows. */
export function countVideo(reports: Iterable<StreamReport>): VideoCount | undefined {
  for (const report of reports) {
    if (report.kind !== 'video' || !/^(inbound|outbound)-rtp$/.test(report.type)) continue;
    return {
      atMs: report.timestamp,
      frames: report.framesDecoded ?? report.framesEncoded ?? 0,
      bytes: report.bytesReceived ?? report.bytesSent ?? 0,
      width: report.frameWidth ?? 0,
      height: report.frameHeight ?? 0,
    };
  }
  return undefined;
}

/** A line such as `1280×720 · 812 kbps · 1,204 frames`. */
export function describeVideo(now: VideoCount, before: VideoCount | undefined): string {
  const parts = [];
  if (now.width > 0) parts.push(`${now.width}×${now.height}`);
  if (before && now.atMs > before.atMs && now.bytes >= before.bytes) {
    // Bits per millisecond are kilobits per second.
    parts.push(`${Math.round(((now.bytes - before.bytes) * 8) / (now.atMs - before.atMs))} kbps`);
  }
  parts.push(`${now.frames.toLocaleString('en')} frames`);
  return parts.join(' · ');
}
