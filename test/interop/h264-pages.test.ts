import { describePublishers } from './makes-meet.ts';
import { pageMakes } from './publishers.ts';

const h264 = pageMakes.filter(({ videoCodec }) => videoCodec === 'H264');
describePublishers('pages that publish H.264', h264);
