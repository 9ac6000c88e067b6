/** The least that a Fastify server can do: parses JSON, answers with JSON. A process of its own. */
import Fastify from 'fastify';
import pino from 'pino';

const answer = JSON.parse(process.argv[2] ?? '{}');
const fastify = Fastify({ loggerInstance: pino({ level: 'silent' }) });
fastify.post('/*', async () => answer);
await fastify.listen({ host: '127.0.0.1', port: 0 });
const address = fastify.server.address();
process.send?.(typeof address === 'object' ? address?.port : undefined);
process.on('disconnect', () => process.exit());
