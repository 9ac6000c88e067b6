export { ChannelsPage } from '../../compositions/channels-page.tsx';
export { CompositionPage } from '../../compositions/composition-page.tsx';
export { CompositionsPage } from '../../compositions/compositions-page.tsx';
export { NewCompositionPage } from '../../compositions/new-composition-page.tsx';
