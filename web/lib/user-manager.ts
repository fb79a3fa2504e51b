import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { loadConfig } from './config.ts';
import { paths } from './paths.ts';

/** The OpenID client of this environment. @throws Problem, or what the network has against it */
export async function createManager(): Promise<UserManager> {
  const config = await loadConfig();
  document.title = config.branding.title;
  return new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    scope: config.scope,
    ...(config.resource !== null ? { resource: config.resource } : {}),
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
