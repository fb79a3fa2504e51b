import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseEnv } from '../../api/env.ts';
import { createIdentity } from '../../api/http/identity.ts';
import { readConfig } from '../../infra/config.ts';
import { deploymentFile, profileNames } from '../../infra/deployment-file.ts';
import { schemaText } from '../../infra/policy/schema.ts';
import { problemLine } from '../../infra/policy/source-text.ts';

const folder = fileURLToPath(new URL('../../infra/examples/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.startsWith('deployment.'));
const schemaFile = new URL('../../infra/deploy/deployment.schema.json', import.meta.url);
const text = readFileSync(schemaFile, 'utf8');
const schema = z.fromJSONSchema(JSON.parse(text));
const document = (name: string) => parse(readFileSync(`${folder}${name}`, 'utf8'));

test('there is an example for every provider, for SAML and for a network without a public endpoint', () => {
  const wanted = [...profileNames, 'private', 'saml'].map((name) => `deployment.${name}.yaml`);
  expect(examples.toSorted()).toEqual(wanted.toSorted());
});

describe.each(examples)('%s', (name) => {
  test('can be deployed as it is', () => {
    const reading = readConfig(`${folder}${name}`);
    expect(reading.ok ? [] : reading.problems.map(problemLine)).toEqual([]);
  });
  test('is what its name says', () => {
    const { profile = 'saml' } = document(name).identity ?? {};
    expect([profile, 'private']).toContain(name.split('.')[1]);
    expect(document(name).network === undefined).toBe(name !== 'deployment.private.yaml');
  });
  test('is right for an editor that knows the schema', () => {
    expect(schema.safeParse(document(name)).error).toBeUndefined();
  });
});

test('all fields are in some example, for whoever looks for one', () => {
  const shown = new Set(examples.flatMap((name) => Object.keys(document(name))));
  // NB. `restored` is for the day after a restore, and in nobody's first file.
  const seldom = ['$schema', 'name', 'restored'];
  const fields = Object.keys(deploymentFile.shape).filter((name) => !seldom.includes(name));
  expect(fields.filter((name) => !shown.has(name))).toEqual([]);
});

test('the schema that is checked in is the one that the shape makes: npm run deploy -- schema', () => {
  expect(text).toBe(schemaText('Stepladder deployment', deploymentFile));
});

describe('an editor that knows the schema refuses', () => {
  const good = document('deployment.keycloak.yaml');
  test.each<[string, object]>([
    ['an unknown field', { regions: [] }],
    ['an account id as a number', { account: 999988887777 }],
    ['an unknown profile', { identity: { ...good.identity, profile: 'google' } }],
    ['a path without slashes', { targets: { ...good.targets, path: 'stepladder' } }],
    ['a number as a text', { traffic: { rate: '100' } }],
    ['a rate of nothing', { traffic: { rate: 0 } }],
  ])('%s', (_, changed) => {
    expect(schema.safeParse({ ...good, ...changed }).success).toBe(false);
  });
});

test.each(examples)('what %s says lets the Lambdas start', (name) => {
  const reading = readConfig(`${folder}${name}`);
  if (!reading.ok) throw new Error('The example is refused.');
  const { identity, targets, partition } = reading.config;
  parseEnv('enforce', {
    TABLE_NAME: 'table',
    TARGET_PARTITION: partition,
    TARGET_ROLE_PATH: targets.path,
    EXTERNAL_ID: targets.externalIds[0],
    BOUNDARY_POLICY: targets.boundary,
    REVOKER_ROLE: targets.revoker,
  });
  if (identity.kind === 'saml') return;
  const { profile, issuer, clientId, audience } = identity;
  const oidc = {
    OIDC_PROFILE: profile,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_AUDIENCE: audience,
  };
  parseEnv('authorizer', { ...oidc, POLICY_FILE: 'policy.json' });
  expect(createIdentity({ profile, issuer, clientId, audience, claims: [], now: Date.now })).toBeDefined();
});
