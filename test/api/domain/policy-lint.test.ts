import { describe, expect, test } from 'vitest';
import { fileOf, problemsOf, production, ruleOf, sandbox } from '../policy-documents.ts';

/** What has the right shape and cannot be meant. */

const whatOf = (accounts: unknown, roles: unknown = 'Admin') => ({ what: { accounts, roles } });
const never = (index: number, ...ids: string[]) =>
  `rules.${index}: can never apply: before it, ${ids.map((id) => `"${id}"`).join(' or ')} always ${ids.length === 1 ? 'does' : 'do'}`;

describe('one thing twice', () => {
  const exported = { Id: production.id, Name: 'Production' };
  test.each<[string, object, string[]]>([
    ['an account', { accounts: [production, production] }, ['accounts.1.id: 111122223333 stands twice']],
    ['a rule', fileOf(ruleOf('a'), ruleOf('a', { who: { groups: 'b' } })), ['rules.1.id: a stands twice']],
    [
      'an account of the export',
      { organization: { Accounts: [exported, exported] } },
      ['organization.Accounts.1.Id: 111122223333 stands twice'],
    ],
    [
      'an account of export and file',
      { organization: { Accounts: [exported] }, accounts: [{ id: production.id }] },
      [],
    ],
    [
      'the name of a condition',
      fileOf(
        ruleOf('a', {
          approval: {
            automatic: [
              { name: 'x', maxDuration: '1h' },
              { name: 'x', groups: 'g' },
            ],
          },
        }),
      ),
      ['rules.0.approval.automatic.1.name: x stands twice'],
    ],
  ])('%s', (_what, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });
});

describe('ids that Stepladder uses itself', () => {
  test.each(['conventions', 'not-yet-known'])('%s', (id) => {
    expect(problemsOf(fileOf(ruleOf(id)))).toEqual(['rules.0.id: this id is taken by Stepladder']);
  });
});

describe('accounts and roles', () => {
  test.each<[string, object, string[]]>([
    ['a known account', fileOf(ruleOf('a', whatOf(production.id))), []],
    [
      'an unknown account',
      fileOf(ruleOf('a', whatOf([production.id, '999988887777']))),
      ['rules.0.what.accounts.1: the account 999988887777 is unknown: name it under accounts'],
    ],
    [
      'an unknown name',
      fileOf(ruleOf('a', whatOf({ name: 'Prod' }))),
      ['rules.0.what.accounts.0: means no known account'],
    ],
    [
      'an unknown unit',
      fileOf(ruleOf('a', whatOf({ ou: '/Work' }))),
      ['rules.0.what.accounts.0: means no known account'],
    ],
    [
      'an unknown tag',
      fileOf(ruleOf('a', whatOf({ tag: { env: 'sand' } }))),
      ['rules.0.what.accounts.0: means no known account'],
    ],
    [
      'an account that neither the file nor an export has a name for',
      { accounts: [production, { id: sandbox.id }] },
      [`accounts.1.name: ${sandbox.id} has no name, here or in the organisation`],
    ],
    [
      'an account that was closed',
      {
        organization: {
          Accounts: [
            { Id: production.id, Name: 'P', Status: 'SUSPENDED' },
            { Id: sandbox.id, Name: 'S', State: 'CLOSED' },
          ],
        },
        rules: [ruleOf('a', whatOf([production.id, { name: 'S' }]))],
      },
      [
        'rules.0.what.accounts.0: the account 111122223333 is unknown: name it under accounts',
        'rules.0.what.accounts.1: means no known account',
      ],
    ],
    [
      'every account of none',
      { rules: [ruleOf('a')] },
      ['rules.0.what.accounts: no account is known: name accounts or an organization'],
    ],
    ['every account of none, by convention', { rules: [ruleOf('a', { who: { conventions: true } })] }, []],
    [
      'a pattern that no role is',
      fileOf(ruleOf('a', whatOf('*', ['Admin', 'Read*']))),
      ['rules.0.what.roles.1: no known role of these accounts is Read*'],
    ],
    [
      'a pattern that a role of another account is',
      {
        ...fileOf(ruleOf('a', whatOf(sandbox.id, 'Read*'))),
        accounts: [{ ...production, roles: 'ReadOnly' }, sandbox],
      },
      ['rules.0.what.roles.0: no known role of these accounts is Read*'],
    ],
    [
      'a pattern that a role of one of two accounts is',
      {
        ...fileOf(ruleOf('a', whatOf('*', 'Read*'))),
        accounts: [{ ...production, roles: 'ReadOnly' }, sandbox],
      },
      [],
    ],
    ['a pattern that a role is', { ...fileOf(ruleOf('a', whatOf('*', 'Read*'))), roles: 'ReadOnly' }, []],
    [
      'a pattern that groups name',
      fileOf(ruleOf('a', { ...whatOf('*', 'Read*'), who: { conventions: true } })),
      [],
    ],
  ])('%s', (_what, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });
});

describe('approval', () => {
  const approvals = 'rules.0.approval';
  const team = `${approvals}.apartBy.groups: nobody could approve for "engineers": every reviewer is of that team too`;
  test.each<[string, object, string[]]>([
    ['by nobody', { groups: [] }, [`${approvals}.groups: nobody could approve: name groups of reviewers`]],
    [
      'by more than there are',
      { approvals: 3, of: 2 },
      [`${approvals}.approvals: 3 approvals of 2 possible reviewers cannot be had`],
    ],
    ['by all that there are', { approvals: 2, of: 2 }, []],
    ['by one of them, as nothing is said', { of: 1 }, []],
    [
      'apart by nothing',
      { apartBy: {} },
      [`${approvals}.apartBy: name the groups or claims that make a team`],
    ],
    ['apart by a claim', { apartBy: { claims: 'team' } }, []],
    ['apart by the only team of the reviewers', { groups: 'engineers', apartBy: { groups: 'eng*' } }, [team]],
    [
      'apart by that team among others',
      { groups: 'engineers', apartBy: { groups: ['team-*', 'eng*'] } },
      [team],
    ],
    ['apart by a claim, in the same group', { groups: 'engineers', apartBy: { claims: 'team' } }, []],
    ['apart by another team', { groups: 'engineers', apartBy: { groups: 'team-*' } }, []],
    [
      'apart by one of two teams of reviewers',
      { groups: ['engineers', 'operators'], apartBy: { groups: '*' } },
      [],
    ],
    ['in the same group, and not apart', { groups: 'engineers' }, []],
    [
      'without reviewers and apart',
      { groups: [], apartBy: { groups: '*' } },
      [`${approvals}.groups: nobody could approve: name groups of reviewers`],
    ],
    ['automatic', { automatic: true }, []],
    ['never automatic', { automatic: false }, []],
  ])('%s', (_what, approval, problems) => {
    expect(problemsOf(fileOf(ruleOf('a', { approval })))).toEqual(problems);
  });
  test('apart, for who is known by a claim', () => {
    const approval = { groups: 'engineers', apartBy: { groups: '*' } };
    expect(problemsOf(fileOf(ruleOf('a', { who: { claims: { team: 'a' } }, approval })))).toEqual([]);
  });
  test('of groups that are all asked for: each for itself', () => {
    const who = { groups: ['engineers', 'operators'] };
    const approval = { groups: 'operators', apartBy: { groups: '*' } };
    expect(problemsOf(fileOf(ruleOf('a', { who, approval })))).toEqual([
      team.replace('engineers', 'operators'),
    ]);
  });
});

describe('break-glass that is longer than the rule', () => {
  const breakGlass = { groups: 'on-call', maxDuration: '2h' };
  const problem = "rules.0.breakGlass.maxDuration: 120 minutes are more than the rule's 60";
  test.each<[string, object, string[]]>([
    ['its own', fileOf(ruleOf('a', { breakGlass, maxDuration: '1h' })), [problem]],
    ["the file's", { ...fileOf(ruleOf('a', { breakGlass })), limits: { maxDuration: '1h' } }, [problem]],
    ['the default', fileOf(ruleOf('a', { breakGlass })), []],
    ['as long', fileOf(ruleOf('a', { breakGlass, maxDuration: '2h' })), []],
  ])('%s', (_what, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });
});

describe('a rule that can never be the first', () => {
  const roles = { roles: ['Admin', 'ReadOnly'] };
  const anyRole = whatOf('*', '*');
  const conventions = { who: { conventions: true } };
  const who = (groups: string[], claims: object = {}) => ({ who: { groups, claims } });
  const values = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
  const thousand = { a: values(10), b: values(10), c: values(10) };
  test.each<[string, object[], string[]]>([
    ['the same again', [ruleOf('a'), ruleOf('b')], [never(1, 'a')]],
    ['less of the same', [ruleOf('a', anyRole), ruleOf('b', whatOf(production.id))], [never(1, 'a')]],
    ['more of the same', [ruleOf('a', whatOf(production.id)), ruleOf('b', anyRole)], []],
    [
      'by two together, of the accounts',
      [ruleOf('a', whatOf(production.id)), ruleOf('b', whatOf(sandbox.id)), ruleOf('c')],
      [never(2, 'a', 'b')],
    ],
    [
      'by two together, of the roles',
      [ruleOf('a'), ruleOf('b', whatOf('*', 'ReadOnly')), ruleOf('c', anyRole)],
      [never(2, 'a', 'b')],
    ],
    [
      'by two together, of the groups',
      [ruleOf('a', who(['x'])), ruleOf('b', who(['y'])), ruleOf('c', who(['x', 'y']))],
      [never(2, 'a', 'b')],
    ],
    ['not for one of the groups', [ruleOf('a', who(['x'])), ruleOf('b', who(['x', 'y']))], []],
    [
      'not for a group whose name only begins alike',
      [ruleOf('a', who(['payments'])), ruleOf('b', who(['payments-admin']))],
      [],
    ],
    [
      'by one that asks for less',
      [ruleOf('a', who(['x'])), ruleOf('b', who(['x'], { team: 'red' }))],
      [never(1, 'a')],
    ],
    [
      'not by one that asks for more',
      [ruleOf('a', who(['x'], { team: 'red' })), ruleOf('b', who(['x']))],
      [],
    ],
    [
      'by claims with more values',
      [
        ruleOf('a', { who: { claims: { team: ['red', 'blue'] } } }),
        ruleOf('b', { who: { claims: { team: 'red' } } }),
      ],
      [never(1, 'a')],
    ],
    [
      'not by claims of another name',
      [
        ruleOf('a', { who: { claims: { constructor: 'red' } } }),
        ruleOf('b', { who: { claims: { team: 'red' } } }),
      ],
      [],
    ],
    [
      'the same conventions',
      [
        ruleOf('a', { ...conventions, ...anyRole }),
        ruleOf('b', { ...conventions, ...whatOf(production.id) }),
      ],
      [never(1, 'a')],
    ],
    [
      'conventions in fewer accounts',
      [
        ruleOf('a', { ...conventions, ...whatOf(production.id, '*') }),
        ruleOf('b', { ...conventions, ...anyRole }),
      ],
      [],
    ],
    [
      'conventions in every known account, but not in others',
      [
        ruleOf('a', { ...conventions, ...whatOf({ ou: '/' }, '*') }),
        ruleOf('b', { ...conventions, ...anyRole }),
      ],
      [],
    ],
    [
      'conventions with fewer roles',
      [
        ruleOf('a', { ...conventions, ...whatOf('*', 'Ad*') }),
        ruleOf('b', { ...conventions, ...whatOf('*', ['Admin', 'Adm*']) }),
      ],
      [never(1, 'a')],
    ],
    [
      'conventions, but not for who is named without them',
      [ruleOf('a', { ...conventions, ...anyRole }), ruleOf('b')],
      [],
    ],
    [
      'named roles, but not whatever groups may name',
      [ruleOf('a', anyRole), ruleOf('b', { who: { groups: 'engineers', conventions: true }, ...anyRole })],
      [],
    ],
    ['the second and the third', [ruleOf('a'), ruleOf('b'), ruleOf('c')], [never(1, 'a'), never(2, 'a')]],
    [
      'of as many combinations as are tried',
      [ruleOf('a', who(['x'])), ruleOf('b', who(['x'], thousand))],
      [never(1, 'a')],
    ],
    [
      'of more combinations than are tried',
      [ruleOf('a', who(['x'])), ruleOf('b', who(['x'], { ...thousand, c: values(11) }))],
      [],
    ],
  ])('%s', (_what, rules, problems) => {
    expect(problemsOf({ ...fileOf(...rules), ...roles })).toEqual(problems);
  });
  test('is not told of the conventions that come after all rules', () => {
    const everything = ruleOf('a', { ...conventions, ...anyRole });
    expect(problemsOf({ ...fileOf(everything), conventions: true })).toEqual([]);
  });
  test('is not also told of a rule that is about no account at all', () => {
    const unknown = whatOf({ name: 'Nowhere' }, ['Admin', '*']);
    expect(problemsOf(fileOf(ruleOf('a'), ruleOf('b', unknown)))).toEqual([
      'rules.1.what.accounts.0: means no known account',
    ]);
  });
});
