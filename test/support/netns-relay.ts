/**
 * Child program: passes TCP connections on from an address of its network to a loopback port of the same number.
 *
 * Arguments: address, port. Prints a line when it listens.
 */
import { connect, createServer } from 'node:net';

const [, , address, portText] = process.argv;
const port = Number(portText);

const server = createServer((client) => {
  const target = connect(port, '127.0.0.1');
  client.pipe(target).pipe(client);
  // Either end's failure is the end of both.
  client.on('error', () => target.destroy());
  target.on('error', () => client.destroy());
});
server.listen(port, address, () => console.log('listening'));
