import { extname } from 'node:path';
import type { Deployment } from './broker-stack.ts';

/** What the pages read before they do anything: `web/lib/config.ts`. */
export function pageConfig({ identity, branding }: Deployment) {
  const { issuer, clientId, scope, resource } = identity;
  const { title, logo, banner, colours } = branding;
  return {
    ...{ issuer, clientId, scope, title },
    ...(resource !== null && { resource }),
    ...(logo !== undefined && { logo: logoPath(logo) }),
    ...(banner && { banner }),
    ...(colours && { colours }),
  };
}

/** Where the pages find the logo. @param file the operator's */
export function logoPath(file: string): string {
  return `/logo${extname(file)}`;
}
