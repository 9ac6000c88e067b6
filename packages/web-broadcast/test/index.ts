export { launchChromium } from './chromium.ts';
export { Media } from './media.ts';
export { type ReceivedRequest, type Reply, StageServer } from './stage-server.ts';
