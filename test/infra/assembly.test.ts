import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { synthesize } from '../../infra/assembly.ts';
import { exampleOf } from './deployment-text.ts';
import { shipped } from './synthesized.ts';

/** Every example becomes a stack, of small files in place of the bundles and the app. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-examples-'));
const { bundles, pages, remove } = shipped();
afterAll(() => {
  remove();
  rmSync(folder, { recursive: true });
});

const examples = readdirSync(fileURLToPath(new URL('../../infra/examples/', import.meta.url))).flatMap(
  (name) => /^deployment\.(\w+)\.yaml$/.exec(name)?.[1] ?? [],
);

function templateOf(name: string, directory: string): string {
  const deployment = exampleOf(name);
  const props = { deployment, bundles, pages, samlBundle: bundles.authorizer };
  const { stackName } = synthesize(props, join(folder, directory));
  expect(stackName).toBe(deployment.name);
  return readFileSync(join(folder, directory, 'assembly/Broker.template.json'), 'utf8');
}

describe.each(examples)('the example %s', (name) => {
  const text = templateOf(name, name);
  const { account, region } = exampleOf(name);
  test('becomes a stack in the account and region that it names', () => {
    const manifest = JSON.parse(readFileSync(join(folder, name, 'assembly/manifest.json'), 'utf8'));
    expect(manifest.artifacts.Broker.environment).toBe(`aws://${account}/${region}`);
  });
  test('has a user pool only where there is no OpenID provider', () => {
    expect(text.includes('AWS::Cognito::UserPool"')).toBe(name === 'saml');
  });
});

test('the same template comes of the same file', () => {
  expect(templateOf('keycloak', 'again')).toBe(
    readFileSync(join(folder, 'keycloak/assembly/Broker.template.json'), 'utf8'),
  );
  expect(existsSync(join(folder, 'again/assembly/cdk.out'))).toBe(true);
});
