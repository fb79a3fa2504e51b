import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ProblemView } from '../../api/contract.ts';
import { type Caller, type RouteName, routes } from '../../api/routes.ts';
import { type Answer, type Api, captureLog, type Parts, startApi } from '../api/http/calls.ts';
import { ada, oki, otto, production, ravi, staging, stoppedWorld } from '../api/people.ts';
import { approved, openStore, pending, type Store } from '../api/store.ts';
import { bodies, type Check, isIdempotencyKey, isRequestId, queries } from './well-formed.ts';

/**
 * Sends every route whatever a client can make up. What `well-formed.ts` does not describe is refused as a problem of
 * the input, before the database is asked for anything; and nothing at all is ever a failure of the server.
 */

const callers = { user: ada, reviewer: ravi, auditor: otto, operator: oki } as const satisfies Record<
  Caller,
  unknown
>;
const names = Object.keys(routes) as RouteName[];
const posts = names.filter((name): name is keyof typeof bodies => name in bodies);
const gets = names.filter((name): name is keyof typeof queries => name in queries);
const absent = '7'.repeat(26);
const commands: string[] = [];
let store: Store;
let api: Api;
let ids: string[];

beforeAll(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld());
  const ask = { target: { account: staging, role: 'Admin' }, durationMinutes: 60 };
  const waiting = await pending(store, api.world);
  const open = await approved(store, api.world, ada, {
    ...ask,
    ...reason,
    ticket: null,
    start: null,
    breakGlass: false,
  });
  ids = [absent, waiting.id, open.id];
  store.table.client.middlewareStack.add(
    (next, context) => (args) => {
      commands.push(context.commandName ?? 'unknown');
      return next(args);
    },
    { step: 'initialize', name: 'commands' },
  );
});
afterAll(() => {
  vi.restoreAllMocks();
});

async function send(name: RouteName, parts: Parts): Promise<Answer<ProblemView>> {
  commands.length = 0;
  const answer = await api.call(callers[routes[name].caller], name, parts);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  if (answer.status >= 300) expectProblem(answer);
  return answer;
}

function expectProblem({ status, headers, body, text }: Answer<ProblemView>) {
  expect(headers['content-type']).toBe('application/problem+json');
  expect(Object.keys(body).sort().join(' ')).toBe('code correlationId detail evidence status title type');
  expect(body).toMatchObject({ status, correlationId: 'correlation-1' });
  // No stack, and no echo that grows with what was sent: a Lambda may answer 6 MB, and a field's name costs little.
  expect(text).not.toMatch(/\.ts\b|node_modules|\bat \S+ \(/);
  expect(text.length).toBeLessThan(20_000);
}

/** Nothing of it is right. */
async function expectRefused(name: RouteName, parts: Parts, statuses = [400]) {
  const { status, body } = await send(name, parts);
  expect(statuses).toContain(status);
  expect(['invalid-input', 'not-json', 'invalid-cursor', 'not-found']).toContain(body.code);
  expect(commands).toEqual([]);
}

/** Its form is right, so that only a rule can be against it. */
async function expectUnderstood(name: RouteName, parts: Parts) {
  const { status } = await send(name, parts);
  expect([200, 201, 403, 404, 409, 422]).toContain(status);
}

const reason = { justification: 'Restart the payment workers.' };
const instant = fc
  .date({ min: new Date(0), noInvalidDate: true, max: new Date('2100-01-01') })
  .map((date) => date.toISOString());
const someText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'Admin',
    'a\nb',
    'a\u202eb',
    '\u2800'.repeat(12),
    '\ud800',
    'é',
    'x'.repeat(1001),
    'OPS-42',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 8, maxLength: 70 }),
);
const account = fc.constantFrom(production, staging, '000000000000');
const role = fc.constantFrom('Admin', 'ReadOnly', 'a'.repeat(64));
const terms = {
  durationMinutes: fc.integer({ min: 10, max: 800 }),
  justification: fc.oneof(fc.constant(reason.justification), someText),
};
const extras = { ticket: someText, start: instant };
const target = fc.record({ account, role });
const requestId = fc.constantFrom(absent, 'not-an-id');

/** Nearly right. */
const likely: Readonly<Record<keyof typeof bodies, fc.Arbitrary<object>>> = {
  createRequest: fc.record(
    {
      targets: fc.array(target, { maxLength: 11 }),
      ...terms,
      ...extras,
      breakGlass: fc.boolean(),
      extensionOf: requestId,
    },
    { requiredKeys: ['targets', 'durationMinutes', 'justification'] },
  ),
  acceptInvitation: fc.constant({}),
  cancelRequest: fc.constant({}),
  revokeRequest: fc.record({ comment: someText }),
  reviewRequest: fc.record({
    decision: fc.constantFrom('approve', 'reject', 'confirm', 'flag', 'Approve'),
    comment: someText,
    version: fc.integer({ min: -1, max: 3 }),
  }),
  invite: fc.record(
    {
      email: fc.oneof(fc.emailAddress(), fc.constantFrom('ada', 'a@b@c', 'a@b,c@d', 'a@\u200bb'), someText),
      account,
      role,
      ...terms,
      ...extras,
    },
    { requiredKeys: ['email', 'account', 'role', 'durationMinutes', 'justification'] },
  ),
  issueSession: fc.record({ kind: fc.constantFrom('cli', 'console', 'both') }),
  runPreflight: target,
};

/** JSON that JSON.stringify would never write, and what is no JSON. */
const oddities = [
  '1e999',
  '-0',
  '6e1',
  '60.0',
  '9007199254740993',
  'NaN',
  '"\\ud800"',
  '"\\u0000"',
  '{"__proto__":{"account":"111122223333"}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":null}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  `${'['.repeat(200_000)}`,
  '',
];
const odd = fc.oneof(
  fc.constantFrom(...oddities),
  fc.json(),
  someText.map((text) => JSON.stringify(text)),
);
const oddName = fc.constantFrom(
  '__proto__',
  'constructor',
  'id',
  'requester',
  'version',
  'hasOwnProperty',
  '',
  'a.b',
);

/** A body whose parts are now and then something else: the text as it is sent. */
function near(good: fc.Arbitrary<object>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(),
    to: odd,
    how: fc.constantFrom('replace', 'drop', 'add', 'repeat'),
  });
  return fc
    .tuple(good, fc.array(change, { maxLength: 2 }), oddName)
    .map(([body, changes, name]) =>
      changes.reduce((fields, one) => changed(fields, one, name), fieldsOf(body)),
    )
    .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`);
}

type Field = readonly [string, string];
const fieldsOf = (body: object): Field[] =>
  Object.entries(body).map(([name, value]) => [name, JSON.stringify(value)]);

function changed(
  fields: Field[],
  { at, to, how }: { at: number; to: string; how: string },
  name: string,
): Field[] {
  const index = fields.length === 0 ? 0 : at % fields.length;
  const field = fields[index];
  if (field === undefined || how === 'add') return [...fields, [name, to]];
  if (how === 'drop') return fields.toSpliced(index, 1);
  if (how === 'repeat') return [...fields, [field[0], to]];
  return fields.with(index, [field[0], to]);
}

function read(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const isDescribed = (text: string, check: Check) => {
  const json = read(text);
  return json !== undefined && check(json.value);
};

test('every route is described, once', () => {
  expect([...Object.keys(bodies), ...Object.keys(queries)].sort()).toEqual(names.toSorted());
  expect(posts.every((name) => routes[name].method === 'POST')).toBe(true);
  expect(gets.every((name) => routes[name].method === 'GET')).toBe(true);
});

describe.each(posts)('%s', (name) => {
  const json = { 'content-type': ['application/json'] };
  const bodyOf = (
    text: string,
    headers: Record<string, string[]> = json,
    event: Parts['event'] = {},
  ): Parts => ({
    id: absent,
    event: { body: text, multiValueHeaders: headers, ...event },
  });

  test('takes exactly the bodies that are described', async () => {
    const body = fc.oneof({ weight: 4, arbitrary: near(likely[name]) }, odd);
    await fc.assert(
      fc.asyncProperty(body, fc.nat(2), fc.boolean(), async (text, which, encoded) => {
        const event = encoded
          ? { body: Buffer.from(text).toString('base64'), isBase64Encoded: true }
          : { body: text };
        const parts = { ...bodyOf(text, json, event), id: ids[which] ?? absent };
        if (isDescribed(encoded ? text.toWellFormed() : text, bodies[name]))
          await expectUnderstood(name, parts);
        else await expectRefused(name, parts);
      }),
      { numRuns: 120 },
    );
  });
  test('takes a body only where it is said to be JSON, once', async () => {
    const type = fc.oneof(
      fc.constantFrom(
        'application/json',
        'APPLICATION/JSON ; charset=utf-8',
        'application/json;',
        'text/json',
      ),
      fc.constantFrom(
        '',
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/jsonp',
        'a,application/json',
      ),
      fc.string(),
    );
    const header = fc.constantFrom('content-type', 'Content-Type', 'CONTENT-TYPE');
    await fc.assert(
      fc.asyncProperty(
        likely[name],
        fc.array(fc.tuple(header, type), { maxLength: 2 }),
        async (body, given) => {
          const headers: Record<string, string[]> = {};
          for (const [at, value] of given) headers[at] = [...(headers[at] ?? []), value];
          const said = given.map(([, value]) => (value.split(';')[0] ?? '').trim().toLowerCase());
          const parts = bodyOf(JSON.stringify(body), headers);
          const isJson = said.length === 1 && said[0] === 'application/json';
          if (isJson && bodies[name](body)) await expectUnderstood(name, parts);
          else await expectRefused(name, parts, [400, 415]);
        },
      ),
      { numRuns: 40 },
    );
  });
  test('takes no query', async () => {
    await fc.assert(
      fc.asyncProperty(likely[name], fc.string(), fc.string(), async (body, parameter, value) => {
        const query = JSON.parse(`{${JSON.stringify(parameter)}:${JSON.stringify(value)}}`);
        await expectRefused(name, { id: absent, body, query });
      }),
      { numRuns: 20 },
    );
  });
  test('is not made to say much by a body with many fields, or one with a long name', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_none, at) => [`f${at}`, 0]));
    await expectRefused(name, { id: absent, body: many });
    await expectRefused(name, { id: absent, body: { ['\u0001'.repeat(1_000_000)]: 0 } });
  });
});

const parameter = fc.oneof(
  someText,
  instant,
  account,
  role,
  fc.constantFrom('cli', 'csv', 'jsonl', 'requests', 'sessions', 'pending', 'decided', 'yes', 'no', 'active'),
);
const parameterName = fc.constantFrom(
  ...[
    'search',
    'status',
    'account',
    'role',
    'from',
    'until',
    'email',
    'kind',
    'of',
    'format',
    'state',
    'breakGlass',
    'extensionOf',
  ],
  ...['cursor', 'limit', '__proto__', 'constructor', ''],
);
const needed: Partial<Record<RouteName, Record<string, string>>> = {
  explainTarget: { account: production, role: 'Admin' },
  listReviews: { state: 'pending' },
  exportAudit: { of: 'requests', format: 'csv' },
};

describe.each(gets)('%s', (name) => {
  test('takes exactly the queries that are described', async () => {
    const values = fc.oneof(
      { weight: 8, arbitrary: parameter.map((value) => [value]) },
      fc.array(parameter, { maxLength: 2 }),
    );
    const pairs = fc.array(fc.tuple(parameterName, values), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(2), async (given, which) => {
        const wanted = Object.entries(needed[name] ?? {}).map(([at, value]) => [at, [value]] as const);
        const query: Record<string, string[]> = Object.fromEntries([...wanted, ...given]);
        const parts = { id: ids[which] ?? absent, query };
        const once = Object.values(query).every((all) => all.length === 1);
        const single = Object.fromEntries(Object.entries(query).map(([at, [value]]) => [at, value]));
        const { from = '', until = '9' } = single;
        // What is no cursor of this API, for all its letters, is found out when it is read.
        if (once && queries[name](single) && from <= until && !('cursor' in single)) {
          await expectUnderstood(name, parts);
        } else await expectRefused(name, parts);
      }),
      { numRuns: 80 },
    );
  });
  test('takes no body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), async (body) => {
        await expectRefused(name, { id: absent, query: needed[name] ?? {}, event: { body } });
      }),
      { numRuns: 10 },
    );
  });
});

describe.each(names.filter((name) => routes[name].path.includes('{id}')))('%s', (name) => {
  test('finds nothing under an id that is none, whatever else is sent', async () => {
    const id = fc.oneof(
      someText,
      fc.constantFrom('../me', '%2e%2e', `${absent}\n`, absent.slice(1), 'U'.repeat(26)),
    );
    await fc.assert(
      fc.asyncProperty(id, odd, async (path, body) => {
        fc.pre(!isRequestId(path));
        await expectRefused(name, { id: path, event: { body } }, [404]);
      }),
      { numRuns: 30 },
    );
  });
});

describe.each(gets.filter((name) => queries[name]({ ...needed[name], cursor: 'a' })))('%s', (name) => {
  test('goes on from a cursor of its own kind, and refuses any other', async () => {
    const place = fc.record({
      month: fc.constantFrom(null, '2026-11', '2026-13', '0000-01', '9999-12', 11),
      after: fc.option(
        fc.record({
          at: instant,
          requestId: fc.constantFrom(absent, '', 7),
          sessionId: fc.constantFrom(null, absent),
        }),
      ),
    });
    const cursor = fc.oneof(
      fc
        .oneof(
          place,
          fc.json().map((text) => JSON.parse(text)),
          fc.nat(),
        )
        .map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...oddities),
    );
    await fc.assert(
      fc.asyncProperty(cursor, fc.boolean(), async (text, plain) => {
        const sent = plain ? text : Buffer.from(text).toString('base64url');
        const answer = await send(name, { id: absent, query: { ...needed[name], cursor: sent } });
        expect([200, 400, 404]).toContain(answer.status);
        if (answer.status === 400) expect(commands).toEqual([]);
        else expect(commands).not.toContain('TransactWriteItemsCommand');
      }),
      { numRuns: 60 },
    );
  });
});

test.each(['createRequest', 'invite'] as const)(
  '%s takes exactly the Idempotency-Keys that are described',
  async (name) => {
    const key = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\w-]{6,66}$/),
      fc.constantFrom(
        '',
        'a'.repeat(8),
        'a'.repeat(64),
        'a'.repeat(65),
        `${'a'.repeat(8)}\n`,
        '__proto__',
        'constructor',
      ),
    );
    const body =
      name === 'invite'
        ? { email: 'nobody@example.com', account: production, role: 'Admin', durationMinutes: 60, ...reason }
        : { targets: [{ account: '000000000000', role: 'Admin' }], durationMinutes: 60, ...reason };
    await fc.assert(
      fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 2 }), async (keys) => {
        const parts = { body, headers: { 'Idempotency-Key': keys } };
        if (keys.length === 1 && isIdempotencyKey(keys[0])) await expectUnderstood(name, parts);
        else await expectRefused(name, parts);
      }),
      { numRuns: 100 },
    );
  },
);
