/** What a program needs to call the API: credentials and signatures. It loads nothing of the server. */
export { findCredentials } from './identity/environment-credentials.ts';
export { type Credentials, signPost } from './identity/sign-request.ts';
export { signingService } from './identity/signing-keys.ts';
