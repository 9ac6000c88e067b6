export type { Duration, ServerClock } from './server-clock.ts';
export type { Failure, ServerFailures } from './server-failures.ts';
export { type Proscenium, type ProsceniumOptions, startProscenium } from './start-proscenium.ts';
