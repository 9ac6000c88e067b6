import { ValidationException } from './errors.ts';

/** Most that a participant's attributes may hold, keys and values together. */
export const maximumAttributesSizeBytes = 1024;

/** Size of attributes: their keys and values as UTF-8. */
export function attributesSizeBytes(attributes: Record<string, string>): number {
  let sizeBytes = 0;
  for (const [key, value] of Object.entries(attributes)) sizeBytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  return sizeBytes;
}

/** @throws ValidationException when the attributes are too large. */
export function checkAttributes(attributes: Record<string, string>): void {
  const sizeBytes = attributesSizeBytes(attributes);
  if (sizeBytes > maximumAttributesSizeBytes) {
    throw new ValidationException(
      `The attributes hold ${sizeBytes} bytes; keys and values together must not exceed ${maximumAttributesSizeBytes}`,
    );
  }
}
