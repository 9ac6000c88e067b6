/**
 * Why a composition cannot begin or go on.
 *
 * - `NO_CAPACITY`: the processor has no room for another one
 * - `INTERNAL`: anything else
 */
export type CompositionFaultCode = 'NO_CAPACITY' | 'INTERNAL';

export class CompositionFault extends Error {
  override readonly name = 'CompositionFault';
  readonly code: CompositionFaultCode;

  constructor(code: CompositionFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
