import type { Operation } from '@proscenium/model';
import { CommandFailure } from '../failure.ts';
import { pythonText } from '../json/python-text.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { readPageToken, writePageToken } from './page-token.ts';

/** What the command line asks of the pages. */
export interface PageOptions {
  readonly startingToken: string | undefined;
  readonly pageSize: number | undefined;
  readonly maxItems: number | undefined;
}

/** Pages of an answer, one call each. */
export class Pages {
  readonly #call: (request: JsonObject) => Promise<JsonObject>;
  readonly #request: JsonObject;
  readonly #options: PageOptions;
  /** The member that has the items. */
  readonly items: string;
  /** Where the list goes on, once all pages were read of a list that is longer than was asked for. */
  resumeToken: string | undefined;

  constructor(
    { pagination, name }: Operation,
    request: JsonObject,
    options: PageOptions,
    call: (request: JsonObject) => Promise<JsonObject>,
  ) {
    if (pagination === undefined) throw new TypeError(`${name} has no pages`);
    this.items = pagination.items;
    this.#request = request;
    this.#options = options;
    this.#call = call;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<JsonObject> {
    const { startingToken, pageSize, maxItems } = this.#options;
    const place = startingToken === undefined ? { nextToken: null, shownItems: 0 } : readPageToken(startingToken);
    const request = new Map(this.#request);
    if (pageSize !== undefined) request.set('maxResults', pageSize);
    let { nextToken, shownItems } = place;
    let shown = 0;
    for (;;) {
      if (nextToken === null) request.delete('nextToken');
      else request.set('nextToken', nextToken);
      const page = await this.#call(request);
      const items = itemsOf(page, this.items).slice(shownItems);
      if (page.has(this.items)) page.set(this.items, items);
      const surplus = maxItems === undefined ? 0 : shown + items.length - maxItems;
      if (surplus > 0) {
        const kept = Math.max(0, items.length - surplus);
        page.set(this.items, items.slice(0, kept));
        this.resumeToken = writePageToken({ nextToken, shownItems: shownItems + kept });
        yield page;
        return;
      }
      yield page;
      shown += items.length;
      const following = page.get('nextToken') || null;
      if (following === null) return;
      if (shown === maxItems) {
        this.resumeToken = writePageToken({ nextToken: following, shownItems: 0 });
        return;
      }
      if (following === nextToken) {
        const repeated = pythonText(new Map([['nextToken', following]]));
        throw new CommandFailure(
          'General',
          `Error during pagination: The same next token was received twice: ${repeated}`,
        );
      }
      nextToken = following;
      shownItems = 0;
    }
  }

  /** The items of all pages in one list. */
  async merged(): Promise<JsonObject> {
    const all: JsonObject = new Map();
    for await (const page of this) {
      if (page.has(this.items)) all.set(this.items, [...itemsOf(all, this.items), ...itemsOf(page, this.items)]);
    }
    if (this.resumeToken !== undefined) all.set('NextToken', this.resumeToken);
    return all;
  }
}

function itemsOf(page: JsonObject, name: string): Json[] {
  const items = page.get(name);
  return Array.isArray(items) ? items : [];
}
