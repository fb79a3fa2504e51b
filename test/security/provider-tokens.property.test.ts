import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Unauthenticated } from '../../api/http/identity-errors.ts';
import { identityProfiles, type ProfileName } from '../../api/http/identity-profiles.ts';
import { createProvider, reviewers, shapes, type TestProvider, tenant } from '../support/provider-tokens.ts';
import { audience, type Claims, clientId } from '../support/tokens.ts';

/** Whatever signed tokens say besides: they are refused, or they are of the one person whom both of them name. */

const clock = Date.UTC(2026, 10, 24, 9);
const names = Object.keys(shapes) as ProfileName[];

const claim = fc.constantFrom(
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nbf',
    'azp',
    'client_id',
    'cid',
    'appid',
    'uid',
    'oid',
    'tid',
    'ver',
  ],
  ...['typ', 'token_use', 'groups', 'roles', 'cognito:groups', '_claim_names', 'hasgroups', 'email', 'name'],
  ...['email_verified', 'xms_edov', 'at_hash', 'cnf', 'auth_time', 'acr', 'amr', '__proto__', 'constructor'],
);
/** What an attacker would write, and anything else. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      clientId,
      audience,
      tenant,
      reviewers,
      `/${reviewers}`,
      [reviewers],
      [clientId, audience],
      'ID',
      'id',
    ],
    ...['Bearer', 'access', '2.0', 1, true, 'true', null, undefined, 0, clock / 1000, { groups: 'src1' }],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const changes = fc.dictionary(claim, value, { maxKeys: 4 });

describe.each(names)('%s', (name) => {
  const { person, client, groups } = identityProfiles[name];
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await createProvider(name, () => clock);
  });
  afterAll(() => provider[Symbol.asyncDispose]());

  it('takes nobody for somebody else, and no group from where there is none', async () => {
    let taken = 0;
    const property = fc.asyncProperty(changes, changes, async (access, id) => {
      const user = await provider.identify({ access, id }).catch((error: unknown) => error);
      if (user instanceof Unauthenticated) return;
      // Anything but a user is an error that nobody foresaw.
      expect(user).toMatchObject({ id: expect.stringMatching(/#./), email: expect.stringMatching(/.@./) });
      const says = (claims: Claims, kind: 'access' | 'id', one: string) =>
        Object.hasOwn(claims, one) ? claims[one] : saidAnyway(kind, one);
      taken += 1;
      const found = user as { id: string; email: string; groups: string[] };
      expect(says(access, 'access', person.access)).toBe(says(id, 'id', person.id));
      expect(found.id).toBe(`${provider.url}#${says(access, 'access', person.access)}`);
      expect(found.email).toBe(says(id, 'id', 'email'));
      expect(client.map((one) => says(access, 'access', one))).toContain(clientId);
      const written = [access, ...(groups.from.includes('id') ? [id] : [])].flatMap((claims) =>
        groups.claims.flatMap((one) => [claims[one.claim] ?? []].flat()),
      );
      for (const group of found.groups)
        expect([written, written.map((path) => String(path).slice(1))].flat()).toContain(group);
    });
    await fc.assert(property, { numRuns: 400 });
    // Else nothing was tried.
    expect(taken).toBeGreaterThan(40);
  });

  /** of a pair that nobody changed */
  function saidAnyway(kind: 'access' | 'id', one: string): unknown {
    const own = shapes[name].tokens[kind] ?? {};
    if (Object.hasOwn(own, one)) return own[one];
    return { ...provider.claims(), client_id: clientId, email: 'ada@example.com' }[one as 'sub'];
  }
});
