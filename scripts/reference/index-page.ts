import { operationNames } from '@proscenium/model';
import { resources } from '@proscenium/model/descriptions';
import { operationLink } from './errors-page.ts';
import { table } from './tables.ts';

/** The page from which all others are found, with what is true of every operation. */
export function indexPage(): string {
  return [
    '# API reference',
    `The ${operationNames.length} operations of the API, which is compatible with that of Amazon IVS Real-Time (version ` +
      '2020-07-14), and of what of the low-latency API belongs to [channels](../channels.md), with their [shapes](shapes.md) and [errors](errors.md). Where the public documentation of that API leaves ' +
      'something open, [behaviour](../behaviour.md) tells what this server does. [Coverage](../coverage.md) tells which operations ' +
      'are built.',
    ...resources.flatMap(({ page, title, operations: described }) => [
      `## [${title}](${page}.md)`,
      table(
        ['Operation', 'What it does'],
        described.map(({ name, summary }) => [operationLink(name), summary]),
      ),
    ]),
    '## Requests',
    [
      'An operation is a `POST` to the path that is its name, with a JSON object as its body; those of tags alone have other methods ' +
        'and name their resource in the path. No body at all is as `{}`.',
      '`Content-Type` is `application/json`, with or without parameters, or missing.',
      'A member that is `null` counts as left out; in a list or a map `null` is an error. Members that an operation does not know ' +
        'are ignored. Of several members of one name the last counts.',
      'Every request is signed with [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), in its ' +
        'headers or in its query, for the service `ivs` and the region that it is for: every region is a world of its own.',
      'Lengths are counted in Unicode characters. Patterns are regular expressions that the whole value must match.',
    ]
      .map(item)
      .join('\n'),
    '## Answers',
    [
      'Success is status 200, and 204 of `DeleteChannel` and `DeleteStreamKey`. An operation that has nothing to tell has an empty body. No answer contains `null`.',
      'Timestamps are ISO 8601 in UTC, with milliseconds if there are any: `2026-11-01T06:25:37.602Z`.',
      'Every answer has `x-amzn-RequestId` and `Date`, and always the same `Access-Control-Allow-Origin`, ' +
        '`Access-Control-Expose-Headers`, `Cache-Control`, `Content-Security-Policy`, `Strict-Transport-Security`, ' +
        '`X-Content-Type-Options` and `X-Frame-Options`; errors also `x-amzn-ErrorType`.',
    ]
      .map(item)
      .join('\n'),
    '## Pages',
    'A list comes in pages. While more items exist, a page has a `nextToken`: ask again with it and the same filters. A page may have ' +
      'fewer items than it could and still be followed by another one. Items that are there all the time come up exactly once, ' +
      'whatever comes and goes meanwhile.',
  ].join('\n\n');
}

function item(text: string): string {
  return `- ${text}`;
}
