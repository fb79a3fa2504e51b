import type { Identity } from '../config.ts';
import { providerOrigins } from '../provider-origins.ts';

/** milliseconds */
const patience = 10_000;

/**
 * What the OpenID provider says of itself that the deployment file does not: its pages would be kept from it by the
 * content security policy, or its tokens would be refused, and that only shows when people sign in. Undefined: it fits.
 * A SAML provider is asked by Amazon Cognito, when the stack is deployed.
 */
export async function providerProblem(identity: Identity, ask: typeof fetch): Promise<string | undefined> {
  if (identity.kind === 'saml') return undefined;
  const address = `${identity.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let discovery: unknown;
  try {
    const response = await ask(address, { signal: AbortSignal.timeout(patience), redirect: 'error' });
    if (!response.ok) return `${address} answers ${response.status}: is identity.issuer right?`;
    discovery = await response.json();
  } catch (error) {
    return `${address} could not be read (${reasonOf(error)}): is identity.issuer right? With --offline it is not asked.`;
  }
  if (typeof discovery !== 'object' || discovery === null) return `${address} holds no discovery document.`;
  try {
    const called = providerOrigins(identity.issuer, { ...discovery });
    const missing = called.filter((origin) => !identity.origins.includes(origin));
    if (missing.length === 0) return undefined;
    return `The token endpoint is at ${missing.join(', ')}, which the pages may not call: write it as identity.origins.`;
  } catch (error) {
    return `${address}: ${reasonOf(error)} identity.issuer has to be letter for letter what the document names.`;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
