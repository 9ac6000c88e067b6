import * as exported from './exports.ts';

export * from './exports.ts';
export default exported;
