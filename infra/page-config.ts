import type { Deployment } from './broker-stack.ts';

/** What the pages read before they do anything: `web/lib/user-manager.ts`. */
export function pageConfig({ identity, branding }: Deployment) {
  const { issuer, clientId, scope, resource } = identity;
  return { issuer, clientId, scope, ...(resource !== null && { resource }), title: branding.title };
}
