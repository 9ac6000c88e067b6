/** What the tests use of a package that brings no types. */
declare module 'm3u8-parser' {
  export interface ParsedSegment {
    uri: string;
    duration: number;
    discontinuity?: boolean;
    map?: { uri: string };
    dateTimeString?: string;
  }

  export interface Manifest {
    endList?: boolean;
    targetDuration: number;
    playlistType?: string;
    mediaSequence: number;
    discontinuitySequence?: number;
    segments: ParsedSegment[];
    playlists: { uri: string; attributes: { BANDWIDTH: number; CODECS: string } }[];
  }

  export class Parser {
    readonly manifest: Manifest;
    push(text: string): void;
    end(): void;
  }
}
