const MAXIMUM_BYTES = 10_000;

/** A request that is wrong, and the status with which to say so. */
export class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The body of a request, an object. */
export async function readJson(request) {
  // A page of another site can send no such request without being asked for first.
  if (request.headers['content-type'] !== 'application/json') throw new RequestError(415, 'The body is to be JSON');
  const pieces = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > MAXIMUM_BYTES) throw new RequestError(413, `The body is to have at most ${MAXIMUM_BYTES} bytes`);
    pieces.push(piece);
  }
  const body = parse(Buffer.concat(pieces).toString());
  if (typeof body !== 'object' || body === null) throw new RequestError(400, 'The body is to be an object');
  return body;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestError(400, `The body is no JSON: ${cause.message}`);
  }
}
