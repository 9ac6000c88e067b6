import { describePublishers } from './makes-meet.ts';
import { pageMakes, programMakes } from './publishers.ts';

const vp8 = [...programMakes, ...pageMakes].filter(({ videoCodec }) => videoCodec === 'VP8');
describePublishers('clients of all makes that publish VP8', vp8);
