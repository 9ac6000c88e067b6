/** Runs in a worker: puts messages into the pictures that are sent, and reads them from those that are received. */
import { insertMessages, readMessages } from './access-unit.ts';
import { type InsertRequest, READY, type ReadRequest, type TransformOptions } from './frame-worker-messages.ts';
import { PendingMessages } from './pending-messages.ts';

/** https://www.w3.org/TR/webrtc-encoded-transform/#RTCTransformEvent */
interface TransformEvent extends Event {
  readonly transformer: {
    readonly readable: ReadableStream<RTCEncodedVideoFrame>;
    readonly writable: WritableStream<RTCEncodedVideoFrame>;
    readonly options: TransformOptions;
  };
}

addEventListener('rtctransform', (event) => {
  const { readable, writable, options } = (event as TransformEvent).transformer;
  const { role, port } = options;
  const work = role === 'insert' ? inserting(port) : reading(port);
  const frames = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
    transform(frame, controller) {
      work(frame);
      controller.enqueue(frame);
    },
  });
  const over = () => port.close();
  // It fails when the connection is closed meanwhile.
  readable.pipeThrough(frames).pipeTo(writable).then(over, over);
});

postMessage(READY);

function inserting(port: MessagePort): (frame: RTCEncodedVideoFrame) => void {
  const pending = new PendingMessages();
  port.onmessage = ({ data: { message, pictures } }: MessageEvent<InsertRequest>) => {
    pending.add(message, pictures, performance.now());
  };
  return (frame) => {
    const layer = frame.getMetadata().synchronizationSource ?? 0;
    const messages = pending.take(layer, performance.now());
    const whole = messages.length > 0 ? insertMessages(new Uint8Array(frame.data), messages) : undefined;
    if (whole) frame.data = whole.buffer;
  };
}

function reading(port: MessagePort): (frame: RTCEncodedVideoFrame) => void {
  let reads = false;
  port.onmessage = ({ data }: MessageEvent<ReadRequest>) => {
    reads = data.reading;
  };
  return (frame) => {
    if (!reads) return;
    for (const message of readMessages(new Uint8Array(frame.data))) port.postMessage(message);
  };
}
