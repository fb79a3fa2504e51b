import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DeploymentConfig, readConfig } from '../../infra/config.ts';
import { problemLine } from '../../infra/policy/source-text.ts';

/** Deployment files for tests, in a folder of their own with what they name. */

export const folder = mkdtempSync(join(tmpdir(), 'stepladder-config-'));
export const removeFolder = () => rmSync(folder, { recursive: true });

const rule = (more = '') =>
  `accounts: [{ id: "111122223333", name: A }]\nrules: [{ id: a, who: { groups: g }, what: { accounts: "*", roles: Admin }${more} }]\n`;
export const files: Record<string, string> = {
  'policy.yaml': rule(),
  'ending.yaml': rule(', endLiveSessions: true'),
  'broken.yaml':
    'accounts: [{ id: "111122223333", name: A }]\nrules:\n  - { id: A, who: { groups: g }, what: { accounts: "*", roles: Admin } }\nrulez: 1\n',
  'logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'metadata.xml':
    '<?xml version="1.0"?><md:EntityDescriptor entityID="https://idp.example.com">x</md:EntityDescriptor>',
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
mkdirSync(join(folder, 'folder'));

/** Top-level parts of a deployment file, one line each, so that a problem's line is its part's. */
export const good = {
  account: '"999988887777"',
  region: 'eu-central-1',
  identity:
    '{ profile: keycloak, issuer: "https://id.example.com/realms/staff", clientId: web, audience: api }',
  policy: 'policy.yaml',
  notifications: '{ reviewers: reviewers@example.com }',
  alarms: '{ address: [ops@example.com] }',
  targets: '{ path: /stepladder/, externalId: "stepladder:prod" }',
};
export type Parts = Partial<
  Record<
    keyof typeof good | 'saml' | 'domain' | 'network' | 'branding' | 'traffic' | 'retention' | 'name',
    string
  >
>;

/** @param parts in place of those of the good file; an empty one is left out */
export function read(parts: Parts = {}, more = '') {
  const all = Object.entries({ ...good, ...parts }).filter(([, value]) => value !== '');
  const file = join(folder, 'deployment.yaml');
  writeFileSync(file, `${all.map(([name, value]) => `${name}: ${value}`).join('\n')}\n${more}`);
  return readConfig(file);
}

export function configOf(parts: Parts = {}): DeploymentConfig {
  const reading = read(parts);
  if (!reading.ok) throw new Error(reading.problems.map(problemLine).join('\n'));
  return reading.config;
}

/** Without the folder, as `deployment.yaml:1:1: where: what`. */
export function problemsIn(parts: Parts, more = ''): string[] {
  const reading = read(parts, more);
  return reading.ok ? [] : reading.problems.map((one) => problemLine(one).replaceAll(`${folder}/`, ''));
}
/** Those without file and place. */
export const problems = (parts: Parts) => problemsIn(parts).map((line) => line.replace(/^\S+: /, ''));

export const us = 'arn:aws:acm:us-east-1:999988887777:certificate/01234567-89ab-cdef-0123-456789abcdef';
export const own = us.replace('us-east-1', 'eu-central-1');
export const network = (more = '') =>
  `{ vpc: vpc-0123456789abcdef0, subnets: [{ id: subnet-0123456789abcdef0, zone: eu-central-1a }, { id: subnet-0123456789abcdef1, zone: eu-central-1b }], people: 10.0.0.0/8, provider: 10.1.0.0/16${more} }`;
export const domain = (certificate: string) =>
  `{ name: stepladder.example.com, certificate: "${certificate}" }`;

/** An example of infra/examples, as it is deployed. */
export function exampleOf(name: string): DeploymentConfig {
  const reading = readConfig(
    fileURLToPath(new URL(`../../infra/examples/deployment.${name}.yaml`, import.meta.url)),
  );
  if (!reading.ok) throw new Error(reading.problems.map(problemLine).join('\n'));
  return reading.config;
}
