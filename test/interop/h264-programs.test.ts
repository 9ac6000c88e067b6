import { describePublishers } from './makes-meet.ts';
import { programMakes } from './publishers.ts';

const h264 = programMakes.filter(({ videoCodec }) => videoCodec === 'H264');
describePublishers('programs that publish H.264', h264);
