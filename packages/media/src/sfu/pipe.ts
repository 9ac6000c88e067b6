import type { types } from 'mediasoup';

/**
 * Brings a stream of a stage's origin router to a delivery router. The copy pauses, resumes and closes with the stream;
 * all streams between the same two routers share one pair of UDP ports.
 *
 * Both routers are in this process's hands, on one worker or on two. Where the delivery router is another node's, a pipe
 * between nodes takes this function's place.
 */
export async function pipeStream(
  origin: types.Router,
  stream: types.Producer,
  delivery: types.Router,
): Promise<types.Producer> {
  const { pipeProducer } = await origin.pipeToRouter({
    producerId: stream.id,
    router: delivery,
    // Ids stay unique within a worker only if the copy gets its own one.
    keepId: false,
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    // A worker that is busy for a moment loses what does not fit its socket. Without this only the publisher's next key
    // frame would heal it.
    enableRtx: true,
    // It does not leave the machine.
    enableSrtp: false,
    enableSctp: false,
  });
  if (!pipeProducer) throw new Error('a pipe was made without a producer');
  return pipeProducer;
}
