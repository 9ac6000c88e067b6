export { SessionPage } from '../../sessions/session-page.tsx';
export { StagePage } from '../../stages/stage-page.tsx';
