/** What a program needs to call the API: credentials and signatures. It loads nothing of the server. */
export { readCredentialsFile } from './identity/credentials-file.ts';
export { findCredentials } from './identity/environment-credentials.ts';
export { type Credentials, signPost, signRequest } from './identity/sign-request.ts';
export { signingService } from './identity/signing-keys.ts';
