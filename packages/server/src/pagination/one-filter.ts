import { ValidationException } from '@proscenium/model';

/** @throws ValidationException when more than one of the filters is set */
export function checkOneFilter(filters: readonly unknown[]): void {
  if (filters.filter((filter) => filter !== undefined).length > 1) {
    throw new ValidationException('Only one filter can be used at a time');
  }
}
