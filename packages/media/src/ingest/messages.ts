import type { ChannelNews, ChannelOptions } from '../channel/channel-options.ts';
import type { H264Facts } from '../rtp/index.ts';
import type { EndReason } from '../sfu/client-transport.ts';
import type { IngestViolation, RtpTarget } from '../sfu/ingest-source.ts';

export type IngestProtocol = 'RTMP' | 'RTMPS';

/** Where encoders are waited for. */
export interface IngestAddresses {
  readonly host: string;
  /** 0 takes any that is free; undefined: RTMP is not taken. */
  readonly rtmpPort?: number | undefined;
  /** 0 takes any that is free; undefined: RTMPS is not taken. Needs `tls`. */
  readonly rtmpsPort?: number | undefined;
  readonly tls?: IngestTls | undefined;
}

/** In PEM. */
export interface IngestTls {
  /** With those between it and its root. */
  readonly certificate: string;
  readonly key: string;
}

export type IngestPorts = Readonly<Partial<Record<IngestProtocol, number>>>;

/** An encoder that wants to publish. */
export interface IngestRequest {
  readonly connectionId: string;
  readonly protocol: IngestProtocol;
  /** The RTMP application. */
  readonly app: string;
  /** A secret. */
  readonly streamKey: string;
  readonly remoteAddress: string;
  /** What the encoder calls itself, if it does. */
  readonly encoder: string | undefined;
  /** UDP port on 127.0.0.1 from which its media is to be sent. */
  readonly rtpPort: number;
}

/** Why an encoder may not publish, or may no longer: it is told both before its connection is closed. */
export interface IngestRefusal {
  /** `BadName` for a stream key that is none, `Denied` for what is not allowed, `Rejected` for everything else. */
  readonly code: 'NetStream.Publish.BadName' | 'NetStream.Publish.Denied' | 'NetStream.Publish.Rejected';
  /** For people; no secrets. */
  readonly description: string;
}

/**
 * Where an encoder's stream goes: to a stage, or to a channel. With a programme, what comes is sent to its own target, and is one of
 * those of which the programme is made.
 */
export type IngestAnswer =
  | { readonly target: RtpTarget; readonly programmeId: string | undefined }
  | { readonly channel: ChannelOptions }
  | { readonly refusal: IngestRefusal };

/** Where a programme is sent from. */
export interface OpenProgramme {
  /** UDP port on 127.0.0.1. */
  readonly rtpPort: number;
}

/**
 * What the server tells the ingest program. `listen` is a question, answered with {@link IngestPorts}; so is `openProgramme`, with
 * {@link OpenProgramme}.
 */
export type ToIngestProgram =
  | { readonly type: 'listen'; readonly addresses: IngestAddresses }
  | { readonly type: 'openProgramme'; readonly programmeId: string }
  | { readonly type: 'sendProgramme'; readonly programmeId: string; readonly target: RtpTarget }
  | { readonly type: 'closeProgramme'; readonly programmeId: string }
  | { readonly type: 'certificate'; readonly tls: IngestTls }
  | { readonly type: 'close'; readonly connectionId: string; readonly refusal: IngestRefusal | undefined };

/**
 * What the ingest program tells the server. `publish` is a question, answered with an {@link IngestAnswer}; so is `tracks`, answered
 * when packets of all of them are taken. Tracks are told by the order in which they came.
 */
export type FromIngestProgram =
  | { readonly type: 'publish'; readonly request: IngestRequest }
  | { readonly type: 'tracks'; readonly connectionId: string; readonly tracks: readonly number[] }
  | { readonly type: 'facts'; readonly connectionId: string; readonly track: number; readonly facts: H264Facts }
  | IngestReport
  | ProgrammeSwitched
  | ProgrammeFailed
  | { readonly type: 'violation'; readonly connectionId: string; readonly violation: IngestViolation }
  | { readonly type: 'channel'; readonly connectionId: string; readonly news: ChannelNews }
  | { readonly type: 'ended'; readonly connectionId: string; readonly reason: EndReason };

/** A programme goes on with what another connection brings. */
export interface ProgrammeSwitched {
  readonly type: 'switched';
  readonly programmeId: string;
  readonly connectionId: string;
  /** What became of the one before. */
  readonly cause: 'ended' | 'silent';
}

/** A programme is closed, for it could not go on. */
export interface ProgrammeFailed {
  readonly type: 'programmeFailed';
  readonly programmeId: string;
}

/** Every second, of each connection that streams. */
export interface IngestReport {
  readonly type: 'report';
  readonly connectionId: string;
  /** For how long nothing has come from the encoder. */
  readonly silentMs: number;
  /** So far, whatever they are. */
  readonly receivedBytes: number;
  /** When that was, by the program's own clock. */
  readonly atMs: number;
  /** Of each track of the video. */
  readonly framesPerSecond: readonly (number | undefined)[];
}
