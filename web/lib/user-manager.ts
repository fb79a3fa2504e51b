import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { paths } from './paths.ts';
import { offline } from './problem.ts';

/** What the server says in /config.json; the same build serves every environment. */
interface Config {
  issuer: string;
  clientId: string;
  scope: string;
  /** The API's audience, asked for by name (RFC 8707) where the provider wants that. */
  resource?: string;
  title?: string;
}

/** The OpenID client of this environment. @throws Problem, or what the network has against it */
export async function createManager(): Promise<UserManager> {
  const config = await loadConfig();
  if (config.title) document.title = config.title;
  return new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    scope: config.scope,
    ...(config.resource ? { resource: config.resource } : {}),
    redirect_uri: addressOf(paths.callback),
    response_type: 'code',
    automaticSilentRenew: false,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // The PKCE verifier and state of a sign-in under way have to survive the trip to the provider, and no longer.
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
  });
}

/** The whole address of a path of the app. */
export function addressOf(path: string): string {
  return new URL(path, location.origin).href;
}

async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-store' });
  if (!response.ok) throw offline();
  return (await response.json()) as Config;
}
