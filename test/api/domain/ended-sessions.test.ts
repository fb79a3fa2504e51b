import { describe, expect, test } from 'vitest';
import {
  type BoundaryPlace,
  boundaryLength,
  deniesOf,
  initialBoundary,
} from '../../../api/domain/boundary.ts';
import { boundaryEnding, type EndedRequest, type Standing } from '../../../api/domain/ended-sessions.ts';
import { type Instant, iamTime } from '../../../api/domain/instant.ts';
import { ended, later, markOf, may, place, sessionOf, standing } from './simulated-boundary.ts';

/** Which words end the sessions of the revoked requests, and whose else with them. */

const initial = initialBoundary(place);
const ending = (
  requests: readonly EndedRequest[],
  more: Partial<Standing> = {},
  where: BoundaryPlace = place,
) => boundaryEnding(where, requests, standing(initial, more));
const cutOffOf = (document: string) => deniesOf(document)?.cutOff;
const namesOf = (document: string) => deniesOf(document)?.sessions ?? [];
/** That many requests of one person. */
const of = (person: number, count: number, minutes = 0): EndedRequest[] =>
  Array.from({ length: count }, (_, index) => ended(person * 500 + index, minutes, person));
/** One of each of so many people. */
const people = (count: number): EndedRequest[] => Array.from({ length: count }, (_, number) => ended(number));
const kindOf = (requests: readonly EndedRequest[], one: EndedRequest | undefined, more = {}) =>
  one && ending(requests, more).resultFor(one).kind;
const soon = iamTime(later(13));

describe('where there is room, each request is named', () => {
  const most = Math.max(
    ...Array.from({ length: 200 }, (_, count) => (cutOffOf(ending(people(count)).document) ? 0 : count)),
  );

  test('none, one and as many as fit', async () => {
    expect(ending([]).document).toBe(initial);
    expect(namesOf(ending([ended(3)]).document)).toEqual([`*.${ended(3).requestId}`]);
    const foreign = { document: '{', since: later(0) };
    expect(ending([ended(3)], { inForce: foreign }).document).toBe(ending([ended(3)]).document);
    expect(most).toBeGreaterThan(150);
    const requests = people(most);
    const { document, resultFor } = ending(requests);
    expect(new Set(requests.map((one) => resultFor(one).kind))).toEqual(new Set(['enforced']));
    expect(namesOf(document)).toHaveLength(most);
    expect(await may(document, sessionOf(0, 0, later(500)))).toBe(false);
    expect(await may(document, sessionOf(900, 0))).toBe(true);
  });

  test('to the last character', () => {
    const requests = people(most);
    const left = boundaryLength - ending(requests).document.length;
    const longer = (more: number) => ({
      ...place,
      targetRoles: `/${'x'.repeat('stepladder'.length + more)}/`,
    });
    expect(ending(requests, {}, longer(left)).document).toHaveLength(boundaryLength);
    expect(cutOffOf(ending(requests, {}, longer(left + 1)).document)).toMatchObject({ until: soon });
  });

  test('one more, and one person is denied by when their sessions were issued, all others by name', async () => {
    const requests = people(most + 1);
    const { document } = ending(requests);
    expect(cutOffOf(document)).toEqual({ until: soon, people: expect.any(Array) });
    expect((cutOffOf(document)?.people?.length ?? 0) + namesOf(document).length).toBe(requests.length);
    expect(await may(document, sessionOf(900, 900))).toBe(true);
  });

  test('is the same in whatever order they were revoked, and however often one is queued', () => {
    const requests = people(most + 30);
    expect(ending([...requests].reverse()).document).toBe(ending(requests).document);
    expect(ending([ended(1), ended(0), ended(1)]).document).toBe(ending([ended(0), ended(1)]).document);
  });
});

describe('where few people have many, theirs are ended and nobody else’s', () => {
  const many = of(1, 300);
  const others = [ended(1, 0, 2), ended(2, 0, 3)];
  const { document, resultFor } = ending([...many, ...others]);

  test.each<[string, ReturnType<typeof sessionOf>, boolean]>([
    ['one of the many', sessionOf(500, 1), false],
    ['one of the many that was narrowed at the last second', sessionOf(799, 1, later(13)), false],
    ["the person's own of another request, from before", sessionOf(400, 1, later(12)), false],
    ["the person's own of another request, from after", sessionOf(400, 1, later(13.1)), true],
    ["another one's, named", sessionOf(1, 2, later(500)), false],
    ['of the same other one, another request', sessionOf(400, 2), true],
    ['a bystander', sessionOf(400, 9), true],
  ])('%s: %j', async (_what, asked, allowed) => {
    expect(await may(document, asked)).toBe(allowed);
  });

  test('and each request is told which', () => {
    expect(many.map((one) => resultFor(one))).toEqual(
      many.map(() => ({ kind: 'enforced-for-person', issuedUntil: soon })),
    );
    expect(others.map((one) => resultFor(one).kind)).toEqual(['enforced', 'enforced']);
  });

  test('who has the most is first, and no more people than it takes', () => {
    const requests = [...of(1, 40), ...of(2, 100), ...of(3, 60)];
    expect(cutOffOf(ending(requests).document)?.people).toEqual([`*${markOf(2)}`]);
    const more = [...of(1, 160), ...of(2, 100), ...of(3, 161)];
    expect(cutOffOf(ending(more).document)?.people).toEqual([1, 3].map((one) => `*${markOf(one)}`));
    expect([kindOf(more, more[0]), kindOf(more, more[160])]).toEqual(['enforced-for-person', 'enforced']);
  });
});

describe('everybody, until the cut-off', () => {
  test('where there is no room for all the people', async () => {
    const requests = people(500);
    const { document, resultFor } = ending(requests);
    expect(cutOffOf(document)).toEqual({ until: soon, people: null });
    expect(resultFor(ended(3))).toEqual({ kind: 'enforced-widely', issuedUntil: soon });
    expect(await may(document, sessionOf(900, 900, later(13)))).toBe(false);
    expect(await may(document, sessionOf(900, 900, later(13.1)))).toBe(true);
    expect(cutOffOf(ending(people(300)).document)?.people).not.toBeNull();
  });

  test('where there are others that were revoked before them, but not where none is live', () => {
    expect(cutOffOf(ending([ended(0)], { more: true }).document)).toEqual({ until: soon, people: null });
    expect(ending([], { more: true }).document).toBe(initial);
  });
});

describe('a cut-off that is in force', () => {
  const many = of(1, 300);
  const { document } = ending(many);
  const again = (
    requests: readonly EndedRequest[],
    since: Instant,
    minute: number,
    more: Partial<Standing> = {},
  ) => ending(requests, { now: later(minute), inForce: { document, since }, ...more }).document;

  test.each<[string, EndedRequest[], number, boolean]>([
    ['nothing is new', many, 10, true],
    ['it was written as late as it may be', many, 11, true],
    ['it was written later than that, so that somebody was in when it took effect', many, 11 + 1 / 60, false],
    ['another was revoked a minute before it', [...many, ended(3, 12, 1)], 10, true],
    [
      'another was revoked later, whose AssumeRole may be under way',
      [...many, ended(3, 12 + 1 / 60, 1)],
      10,
      false,
    ],
    ['another was revoked of somebody else', [...many, ended(3, 5, 3)], 10, false],
    ['some have run out', many.slice(0, 200), 10, true],
  ])('stays only while it covers all: %s', (_what, requests, since, stays) => {
    const next = again(requests, later(since), 20);
    if (stays) expect(next).toBe(document);
    else expect(cutOffOf(next)).toMatchObject({ until: iamTime(later(23)) });
    // And that one stays in its turn.
    const inForce = { document: next, since: later(20) };
    if (!stays) expect(ending(requests, { now: later(40), inForce }).document).toBe(next);
  });

  test('is gone as soon as there is room to name each', () => {
    expect(cutOffOf(again(many.slice(0, 100), later(10), 20))).toBeNull();
    expect(again([], later(10), 20)).toBe(initial);
  });

  test.each([
    ['as far ahead as one that is written now', 10, true],
    ['a second further', 10 - 1 / 60, false],
    ['years further', -1_000_000, false],
  ])('is replaced where it lies further ahead than any of ours: %s', (_what, now, stays) => {
    const next = again(many, later(-2_000_000), now);
    expect(cutOffOf(next)?.until).toBe(stays ? soon : iamTime(later(now + 3)));
  });
});

describe('while no deny may be taken out', () => {
  const kept = (document: string, requests: readonly EndedRequest[], more: Partial<Standing> = {}) =>
    ending(requests, { inForce: { document, since: later(10) }, keep: true, ...more }).document;
  const three = ending([ended(0), ended(1), ended(2)]).document;
  const forOne = ending(of(1, 300)).document;
  const all = ending([ended(0)], { more: true }).document;

  test('the names stay', () => {
    expect(kept(three, [ended(2)])).toBe(three);
    expect(kept(three, [])).toBe(three);
    expect(namesOf(kept(three, [ended(3)]))).toHaveLength(4);
    expect(kept('{', [ended(0)])).toBe(ending([ended(0)]).document);
  });

  test('the people stay, with a cut-off that is no earlier', () => {
    expect(kept(forOne, [])).toBe(forOne);
    expect(kept(forOne, [], { now: later(90) })).toBe(forOne);
    const next = kept(forOne, [ended(3)], { now: later(90) });
    expect(cutOffOf(next)).toEqual({ until: iamTime(later(93)), people: [`*${markOf(1)}`] });
    expect(namesOf(next)).toEqual([`*.${ended(3).requestId}`]);
    const both = cutOffOf(kept(forOne, [...of(2, 300), ended(1, 0, 3)], { now: later(90) }))?.people;
    expect(both).toEqual([1, 2].map((one) => `*${markOf(one)}`));
  });

  test('everybody stays', () => {
    expect(kept(all, [], { more: true })).toBe(all);
    expect(kept(all, [ended(3)])).toBe(all);
    expect(cutOffOf(kept(all, [ended(3, 30)], { now: later(31) }))).toEqual({
      until: iamTime(later(34)),
      people: null,
    });
  });

  test('a cut-off stays however far ahead it lies, and is not made earlier for others', () => {
    expect(kept(all, [ended(3)], { now: later(-500) })).toBe(all);
    expect(cutOffOf(kept(forOne, [ended(3)], { now: later(-500) }))?.until).toBe(soon);
  });
});
