import { locatedIn, string } from '../schema.ts';

const header = (name: string) => locatedIn({ location: 'header', header: name }, string());

/** The headers that some responses model as members. */
export const headerMembers = {
  accessControlAllowOrigin: header('Access-Control-Allow-Origin'),
  accessControlExposeHeaders: header('Access-Control-Expose-Headers'),
  cacheControl: header('Cache-Control'),
  contentSecurityPolicy: header('Content-Security-Policy'),
  strictTransportSecurity: header('Strict-Transport-Security'),
  xContentTypeOptions: header('X-Content-Type-Options'),
  xFrameOptions: header('X-Frame-Options'),
};
