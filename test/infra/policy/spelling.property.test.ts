import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePolicy } from '../../../api/policy.ts';
import { readPolicyText } from '../../../infra/policy/read-policy.ts';
import { problemLine } from '../../../infra/policy/source-text.ts';
import { fields, list, type Meaning, minutes, plainly, some, value, Writer } from './spelling.ts';

/** A policy means the same however its YAML is spelled. */

/** Names that YAML takes for something else, unless they are quoted. */
const names = [
  ...[
    'payments',
    'yes',
    'null',
    '~',
    '1234',
    '0x1f',
    '1e3',
    '2026-11-24',
    'a: b',
    'a #b',
    "it's",
    '"',
    '- x',
  ],
  ...[
    '&a',
    '!x',
    '{',
    '[x]',
    '@x',
    '%',
    '|',
    '>',
    'aws-temp#Reviewer',
    'ö',
    '\\n',
    '09:00',
    '=',
    '<<',
    'a, b',
  ],
];
const name = fc.constantFrom(...names).map(value);
const someNames = fc.array(name, { minLength: 1, maxLength: 3 }).map((all) => some(...all));
const lengths = fc.constantFrom(15, 30, 60, 90, 120, 720).map(minutes);
const claims = fc
  .dictionary(fc.constantFrom('team', 'https://example.com/claims/level'), someNames, { minKeys: 1 })
  .map((all) => fields(all));

const account = (id: string) =>
  fc
    .tuple(
      name,
      fc.constantFrom('/', '/Prod', '/Prod/EU West'),
      fc.dictionary(fc.constantFrom('env', 'owner'), name),
    )
    .map(([called, ou, tags]) =>
      fields({ id: value(id), name: called, ou: value(ou), tags: fields(tags), roles: some(value('Admin')) }),
    );

const condition = fc.tuple(lengths, someNames, claims).map(([maxDuration, groups, who]) =>
  fields({
    name: value('office hours: 9 to 17'),
    maxDuration,
    groups,
    claims: who,
    hours: fields({
      days: some(value('mon')),
      from: value('09:00'),
      until: value('24:00'),
      zone: value('Europe/Berlin'),
    }),
  }),
);
const approval = fc.oneof(
  fc.constantFrom('automatic', 'one').map(value),
  fc
    .tuple(fc.array(condition, { minLength: 1, maxLength: 1 }), someNames, fc.integer({ min: 1, max: 3 }))
    .map(([automatic, groups, approvals]) =>
      fields(
        {
          automatic: list(...automatic),
          groups,
          approvals: value(approvals),
          apartBy: fields({ claims: some(value('team')) }),
        },
        { invitationCounts: value(false) },
      ),
    ),
  fc.constant(fields({ of: value(4) }, { approvals: value(1), automatic: value(false) })),
);

const selector = fc.constantFrom<Meaning[]>(
  value('111122223333'),
  fields({ id: value('111122223333') }),
  fields({ ou: value('/') }),
  fields({ name: value('*') }),
);
const rule = (index: number) =>
  fc
    .tuple(claims, fc.array(selector, { minLength: 1, maxLength: 2 }), lengths, approval)
    .map(([asked, accounts, maxDuration, how]) =>
      fields(
        {
          id: value(`rule-${index}`),
          who: fields({ groups: some(value(`group ${index}`)), claims: asked }),
          what: fields({ accounts: some(...accounts), roles: some(value('Admin'), value('*')) }),
          approval: how,
          maxDuration,
          guardrails: some(value('assume-roles')),
          ticket: fields({ pattern: value("[A-Z]+-\\d{1,6}|none'") }, { required: value(true) }),
          breakGlass: fields(
            { groups: some(value('on-call')), maxDuration: minutes(15) },
            { justification: value(30) },
          ),
        },
        { sessionLength: minutes(60) },
      ),
    );

const file = fc
  .tuple(account('111122223333'), account('012345678901'), rule(0), rule(1), fc.boolean(), lengths)
  .map(([one, other, first, second, conventions, maxDuration]) =>
    fields(
      {
        limits: fields({ maxDuration }, { pendingFor: minutes(1440) }),
        conventions: value(conventions),
        accounts: list(one, other),
        rules: list(first, second),
      },
      { $schema: value('policy.schema.json') },
    ),
  );
const choices = fc.array(fc.nat({ max: 10_000 }), { minLength: 50, maxLength: 200 });

test('whatever the order, the style, the quotes, the units, the comments and the anchors', () => {
  fc.assert(
    fc.property(file, choices, (meaning, numbers) => {
      const text = new Writer(numbers).write(meaning);
      const reading = readPolicyText(text, 'policy.yaml');
      expect(reading.ok ? [] : [...reading.problems.map(problemLine), text]).toEqual([]);
      expect(reading.ok && reading.policy).toEqual(compilePolicy(plainly(meaning)));
    }),
    { numRuns: 300 },
  );
});

test('another meaning is another policy', () => {
  fc.assert(
    fc.property(file, file, choices, (one, other, numbers) => {
      const [first, second] = [compilePolicy(plainly(one)), compilePolicy(plainly(other))];
      const reading = readPolicyText(new Writer(numbers).write(other), 'policy.yaml');
      fc.pre(JSON.stringify(first.rules) !== JSON.stringify(second.rules));
      expect(reading.ok && reading.policy.rules).not.toEqual(first.rules);
    }),
  );
});
