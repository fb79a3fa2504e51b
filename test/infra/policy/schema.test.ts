import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { compilePolicy, policyFile } from '../../../api/policy.ts';
import { schemaText } from '../../../infra/policy/schema.ts';

const url = new URL('../../../infra/policy/policy.schema.json', import.meta.url);
const text = readFileSync(url, 'utf8');

test('the schema that is checked in is the one that the shape makes: npm run policy -- schema', () => {
  expect(text).toBe(schemaText('Stepladder policy', policyFile));
});

test('the examples of the README are right', () => {
  const readme = readFileSync(new URL('../../../infra/policy/README.md', import.meta.url), 'utf8');
  const known = { organization: { Accounts: [] }, roles: ['ReadOnlyAccess'] };
  const accounts = [
    { id: '111122223333', name: 'Ledger', ou: '/Workloads/Production', tags: { environment: 'production' } },
  ];
  const examples = [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)].map(([, example = '']) =>
    parse(example),
  );
  const ids = examples.map((example) =>
    compilePolicy({ ...example, ...known, accounts }).rules.map(({ rule }) => rule.id),
  );
  expect(ids).toEqual([['payments-production'], ['conventions'], ['on-call-reads', 'ledger', 'production']]);
});

describe('an editor that knows the schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(text));
  const local = parse(readFileSync(new URL('../../../infra/local/policy.yaml', import.meta.url), 'utf8'));

  test('takes the local policy', () => {
    expect(schema.safeParse(local).error).toBeUndefined();
  });
  test.each<[string, object]>([
    ['an unknown field', { rule: [] }],
    ['a duration without a unit', { limits: { maxDuration: '8' } }],
    ['an account id as a number', { accounts: [{ id: 111122223333 }] }],
    ['an unknown guardrail', { rules: [{ ...local.rules[0], guardrails: 'all' }] }],
    ['an unknown approval', { rules: [{ ...local.rules[0], approval: 'two' }] }],
    ['a rule without what', { rules: [{ id: 'a', who: { groups: 'g' } }] }],
  ])('refuses %s', (_what, document) => {
    expect(schema.safeParse(document).success).toBe(false);
  });
});
