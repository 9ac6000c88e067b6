/** A reference: sends each datagram back. A process of its own. */
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('message', (data, { port, address }) => socket.send(data, port, address));
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }));
