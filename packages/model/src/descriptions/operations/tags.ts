import { example, shownTags } from '../common.ts';
import { describeOperation, type ResourceDescription } from '../describe.ts';

const resourceArn =
  'The resource: a stage, a composition, a public key, a channel, a stream key or a configuration of any kind.';

export const tags: ResourceDescription = {
  page: 'tags',
  title: 'Tags',
  about:
    'Tags are names with values that you give to resources, to find or to count them by. A resource has at most 50; names that ' +
    'begin with `aws:` are reserved.',
  operations: [
    describeOperation('ListTagsForResource', {
      summary: 'Shows the tags of a resource.',
      request: { resourceArn },
      response: { tags: shownTags },
      example: { request: { resourceArn: example.stageArn }, response: { tags: { team: 'red' } } },
    }),
    describeOperation('TagResource', {
      summary: 'Gives tags to a resource; a tag that is there already gets the new value.',
      notes: ['More than 50 tags in the end, or a reserved name, is a `ValidationException`.'],
      request: { resourceArn, tags: 'The tags to add or to change.' },
      response: {},
      example: { request: { resourceArn: example.stageArn, tags: { team: 'blue' } }, response: {} },
    }),
    describeOperation('UntagResource', {
      summary: 'Takes tags from a resource.',
      notes: ['A tag that is not there is no error.'],
      request: { resourceArn, tagKeys: 'The names of the tags to take away, each as a parameter of its own.' },
      response: {},
      example: { request: { resourceArn: example.stageArn, tagKeys: ['team', 'cost center'] }, response: {} },
    }),
  ],
};
