import { operation, type RequestTo, type ResponseFrom } from '../operation.ts';
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
export type ListTagsForResourceRequest = RequestTo<typeof ListTagsForResource>;
export type ListTagsForResourceResponse = ResponseFrom<typeof ListTagsForResource>;

export const TagResource = operation('TagResource', {
  method: 'POST',
  path,
  since: '2023-03',
  request: structure({ resourceArn, tags: Tags }),
  response: structure({}),
  errors: ['ValidationException', 'ResourceNotFoundException', 'InternalServerException'],
});
export type TagResourceRequest = RequestTo<typeof TagResource>;
export type TagResourceResponse = ResponseFrom<typeof TagResource>;

export const UntagResource = operation('UntagResource', {
  method: 'DELETE',
  path,
  since: '2023-03',
  request: structure({ resourceArn, tagKeys: locatedIn({ location: 'query' }, TagKeyList) }),
  response: structure({}),
  errors: ['ValidationException', 'ResourceNotFoundException', 'InternalServerException'],
});
export type UntagResourceRequest = RequestTo<typeof UntagResource>;
export type UntagResourceResponse = ResponseFrom<typeof UntagResource>;
