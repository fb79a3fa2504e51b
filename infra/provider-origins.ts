const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The origins that the app's pages call at the OpenID provider: the issuer's, where discovery is, and the token
 * endpoint's, which some providers have on another host (Amazon Cognito: the user pool's domain). NB. Pages for signing
 * in and out are gone to, not called, and keys are the API's business.
 * @param discovery the document of OpenID Connect Discovery 1.0, section 3
 * @throws Error if it is another issuer's, or has no token endpoint that may be called
 */
export function providerOrigins(issuer: string, discovery: Readonly<Record<string, unknown>>): string[] {
  const { issuer: named, token_endpoint: endpoint } = discovery;
  if (named !== issuer) throw new Error('The discovery document names another issuer.');
  const token = typeof endpoint === 'string' ? URL.parse(endpoint) : null;
  if (token === null || !mayBeCalled(token)) {
    throw new Error('The discovery document names no token endpoint with https.');
  }
  return [...new Set([new URL(issuer).origin, token.origin])];
}

function mayBeCalled({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && loopback.includes(hostname));
}
