/** A message of a stream of server-sent events, as far as this server writes them. */
export interface ServerSentMessage {
  readonly id: string;
  readonly data: string;
}

const longestMessage = 1_048_576;

/** The messages of a stream, one by one; comments are signs of life and left out. */
export async function* readMessages(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerSentMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > longestMessage) throw new Error('A message of the stream is too long');
    for (const block of blocks) {
      const message = readBlock(block);
      if (message !== undefined) yield message;
    }
  }
}

function readBlock(block: string): ServerSentMessage | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? undefined : { id: field('id') ?? '', data };
}
