/** Why a connection could not be made, and what to do about it. */
export interface ConnectionTrouble {
  readonly says: string;
  readonly remedy: string;
}

const TROUBLES: Readonly<Record<string, ConnectionTrouble>> = {
  ECONNREFUSED: {
    says: 'nothing listens there',
    remedy: 'Start the server, or correct the address; in a container, publish the port.',
  },
  ENOTFOUND: { says: 'the name has no address', remedy: 'Make an A or AAAA record for it, or correct the name.' },
  EAI_AGAIN: { says: 'the name server does not answer', remedy: "See to this machine's name servers." },
  ETIMEDOUT: {
    says: 'nobody answers',
    remedy: 'Open the port in the firewalls between here and there (cloud security group, ufw, nftables).',
  },
  EHOSTUNREACH: { says: 'no way leads there', remedy: 'Correct the address, or the routes to it.' },
  ENETUNREACH: { says: 'no way leads there', remedy: 'Correct the address, or the routes to it.' },
  ECONNRESET: { says: 'the connection was broken off', remedy: 'See the log of what answers there: a proxy, perhaps.' },
  EPROTO: { says: 'what answers does not speak TLS', remedy: 'Let the address begin with http, or set up TLS there.' },
  CERT_HAS_EXPIRED: { says: 'the certificate has expired', remedy: 'Renew it; the server takes new files by itself.' },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    says: 'the certificate signs itself, so that clients do not trust it',
    remedy: 'Get one of an authority that clients trust; for one of your own, set NODE_EXTRA_CA_CERTS here.',
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    says: 'the certificate is of an authority that clients do not trust',
    remedy: 'Get one of an authority that they trust; for one of your own, set NODE_EXTRA_CA_CERTS here.',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    says: 'certificates between that of the server and a trusted one are missing',
    remedy:
      'Serve the whole chain (fullchain.pem, not cert.pem); for an authority of your own, set NODE_EXTRA_CA_CERTS here.',
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    says: 'the certificate is of an authority that clients do not trust',
    remedy: 'Serve the whole chain (fullchain.pem); for an authority of your own, set NODE_EXTRA_CA_CERTS here.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: 'the certificate is for other names',
    remedy: 'Get one for the name that clients use, or let publicUrl have a name of the certificate.',
  },
};

/** Nothing of the request is in it. */
export function explainTrouble(error: unknown): ConnectionTrouble {
  const { code, message, errors = [] } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  // Of several addresses that were tried, the first one's.
  const key = code ?? errors[0]?.code ?? '';
  return (
    TROUBLES[key] ?? { says: key || message || 'no connection', remedy: 'See what stands between here and there.' }
  );
}
