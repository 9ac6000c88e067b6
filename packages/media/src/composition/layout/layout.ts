/** How tiles are arranged; spec: Amazon IVS Real-Time, server-side composition. Every member filled. */
export type Layout = { readonly grid: GridLayout } | { readonly pip: PipLayout };

export type FillMode = 'FILL' | 'COVER' | 'CONTAIN';

interface CommonLayout {
  /** Name of the attribute whose value `true` features a participant; `''`: nobody is featured. */
  readonly featuredParticipantAttribute: string;
  /** Name of the attribute whose integer orders participants; `''`: by arrival. */
  readonly participantOrderAttribute: string;
  readonly omitStoppedVideo: boolean;
  /** Pixels between tiles. */
  readonly gridGap: number;
}

export interface GridLayout extends CommonLayout {
  readonly videoAspectRatio: 'AUTO' | 'VIDEO' | 'SQUARE' | 'PORTRAIT';
  /** `''`: COVER in the grid, CONTAIN for the featured participant. */
  readonly videoFillMode: FillMode | '';
}

export interface PipLayout extends CommonLayout {
  readonly videoFillMode: FillMode;
  readonly pipParticipantAttribute: string;
  readonly pipBehavior: 'STATIC' | 'DYNAMIC';
  readonly pipOffset: number;
  readonly pipPosition: 'TOP_LEFT' | 'TOP_RIGHT' | 'BOTTOM_LEFT' | 'BOTTOM_RIGHT';
  /** In pixels. Without it, from the height; without both, at most a quarter of the picture's width and a third of its height. */
  readonly pipWidth?: number;
  readonly pipHeight?: number;
}

/** Somebody who publishes, as layouts see it. */
export interface LaidOutParticipant {
  readonly participantId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether its video is to be seen; false while it is stopped, missing or larger than may be drawn. */
  readonly hasVideo: boolean;
  /** Width by height of its video, if that is known. */
  readonly aspectRatio: number | undefined;
}

/** A place in the picture, in whole even pixels and inside of it. Later tiles lie above earlier ones. */
export interface Tile {
  readonly participantId: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fillMode: FillMode;
}
