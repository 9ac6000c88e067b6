import { operation } from '../operation.ts';
import { locatedIn, structure } from '../schema.ts';
import { ResourceArn } from '../shapes/arn.ts';
import { TagKeyList, Tags } from '../shapes/tags.ts';

const resourceArn = locatedIn({ location: 'path' }, ResourceArn);

const path = '/tags/{resourceArn}';

export const ListTagsForResource = operation('ListTagsForResource', {
  method: 'GET',
  path,
  since: '2023-03',
  request: structure({ resourceArn }),
  response: structure({ tags: Tags }),
  errors: ['ValidationException', 'ResourceNotFoundException', 'InternalServerException'],
});

export const TagResource = operation('TagResource', {
  method: 'POST',
  path,
  since: '2023-03',
  request: structure({ resourceArn, tags: Tags }),
  response: structure({}),
  errors: ['ValidationException', 'ResourceNotFoundException', 'InternalServerException'],
});

export const UntagResource = operation('UntagResource', {
  method: 'DELETE',
  path,
  since: '2023-03',
  request: structure({ resourceArn, tagKeys: locatedIn({ location: 'query' }, TagKeyList) }),
  response: structure({}),
  errors: ['ValidationException', 'ResourceNotFoundException', 'InternalServerException'],
});
