/** What an application may import from the web client. */
export type Surface = readonly SurfaceExport[];

export const exportKinds = ['class', 'enumeration', 'constant', 'type'] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface SurfaceExport {
  readonly name: string;
  readonly kind: ExportKind;
  /** First sentence of its docstring; empty without one. */
  readonly summary: string;
  readonly deprecated: boolean;
  /** As TypeScript writes it; of a constant and of a type without members. */
  readonly type: string | undefined;
  readonly members: readonly SurfaceMember[];
}

export interface SurfaceMember {
  readonly name: string;
  readonly summary: string;
  readonly deprecated: boolean;
  /** As TypeScript writes it: of an enumeration's member, its value. */
  readonly type: string;
}
