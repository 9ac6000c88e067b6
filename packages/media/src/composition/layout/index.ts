/** Where participants are seen in a composition: pure geometry, for whoever draws it. */
export { arrange } from './arrange.ts';
export { defaultGrid, defaultPip } from './default-layouts.ts';
export type { Layout, Tile } from './layout.ts';
