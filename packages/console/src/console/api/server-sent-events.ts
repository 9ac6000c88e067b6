export interface ServerSentEvent {
  readonly id: string;
  readonly data: string;
}

const maximumLength = 1_000_000;

/**
 * Puts a stream of text together to messages, as the HTML standard has it (section 9.2.6). `EventSource` is not used because it
 * sends no headers, which a signature and `Last-Event-ID` are.
 */
export class EventParser {
  #rest = '';

  /** @throws {RangeError} when a message does not end */
  push(text: string): ServerSentEvent[] {
    const blocks = (this.#rest + text).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if (this.#rest.length > maximumLength) throw new RangeError('A message of the stream is too long');
    return blocks.map(readBlock).filter((event) => event !== undefined);
  }
}

function readBlock(block: string): ServerSentEvent | undefined {
  let id = '';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'id') id = value;
    if (name === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { id, data: data.join('\n') };
}
