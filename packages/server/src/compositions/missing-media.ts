import type { CompositionMedia } from './composition-media.ts';

/** Stands where an engine belongs that composes pictures: every destination fails, and says why. */
export const missingMedia: CompositionMedia = {
  start({ destinations }, report) {
    for (const { id } of destinations) {
      report({
        destinationId: id,
        state: 'FAILED',
        errorCode: 'InternalServerException',
        reason: 'This server cannot compose pictures yet: it has no compositor',
      });
    }
    return { stop: async () => {} };
  },
};
