import { describe, expect, test } from 'vitest';
import type { Change } from '../../../api/domain/change.ts';
import { create } from '../../../api/domain/creation.ts';
import { type Event, eventTypes, kindsOf } from '../../../api/domain/event.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import { eventSchemas } from '../../../api/event-schemas.ts';
import { ada, allowed, alone, askFor, policy, ravi, sessionRecord, stoppedWorld } from '../people.ts';

const world = stoppedWorld();
const created: Change = allowed(create(askFor(), ada, policy, world.now(), alone(world.newId())));
const review = { kind: 'review', by: ravi, decision: 'approve', comment: 'Go.', version: 1 } as const;
const approved: Change = allowed(apply(created.request, review, world.now()));
const session = { ...sessionRecord(approved.request, world), accessKeyId: 'ASIAEXAMPLE' };
const intended: Change = allowed(apply(approved.request, { kind: 'intend-session', session }, world.now()));

/** As EventBridge hands it on. NB. Strict here, and only here: consumers may meet new fields. */
const strictly = (event: Event) => {
  const family = event.type === eventTypes.request ? 'request' : 'session';
  const json = JSON.parse(JSON.stringify(event.detail));
  const { error, data } = eventSchemas[family].safeParse({
    source: 'stepladder',
    'detail-type': event.type,
    detail: json,
  });
  return { error, told: data?.detail, json };
};

describe('every entry is an event', () => {
  test.each([
    ['created', created],
    ['approved', approved],
    ['session-intended', intended],
  ])('%s, as its schema says and with no field more', (kind, { event, entry }) => {
    expect(event).toMatchObject({
      id: `${entry.requestId}-${entry.version}`,
      at: entry.at,
      detail: { kind },
    });
    expect(event.detail.id).toBe(event.id);
    const { error, told, json } = strictly(event);
    expect(error).toBeUndefined();
    expect(told).toEqual(json);
  });

  test('of a request says what came of it', () => {
    expect(approved.event.detail).toMatchObject({
      actor: { id: ravi.id },
      text: 'Go.',
      request: { status: 'approved', version: 2, requester: { id: ada.id }, window: { from: world.now() } },
      session: null,
    });
    expect(created.event.detail.request.window).toBeNull();
  });

  test('of a session says by what CloudTrail knows it', () => {
    expect(intended.event.type).toBe('Stepladder Session Event');
    expect(intended.event.detail.session).toMatchObject({
      accessKeyId: 'ASIAEXAMPLE',
      sessionName: session.sessionName,
      sourceIdentity: session.sourceIdentity,
    });
  });
});

test('what is added to a request, a session or a person is not told by itself', () => {
  const secret = { secretAccessKey: 'not-for-anybody' };
  const person = { ...ada, ...secret };
  const change = allowed(create(askFor(), person, policy, world.now(), alone(world.newId())));
  const odd = allowed(
    apply(
      { ...approved.request, ...secret },
      { kind: 'intend-session', session: { ...session, ...secret } },
      world.now(),
    ),
  );
  for (const { event } of [change, odd]) expect(JSON.stringify(event)).not.toContain('not-for-anybody');
});

describe('the families', () => {
  // NB. Rules of others name them: what is on this list stays on it.
  test('are each kind once, and of a session what is of one session', () => {
    expect(kindsOf).toEqual({
      request: [
        ...['created', 'invited', 'accepted', 'approved-automatically', 'break-glass', 'approved-in-part'],
        ...[
          'approved',
          'confirmed',
          'flagged',
          'rejected',
          'cancelled',
          'revoked',
          'expired',
          'ended',
          'voided',
        ],
        ...['sessions-ended', 'sessions-ran-out'],
      ],
      session: ['session-intended', 'session-issued', 'session-failed'],
    });
  });
  test('are what the schemas know', () => {
    expect(eventSchemas.request.shape.detail.shape.kind.options).toEqual(kindsOf.request);
    expect(eventSchemas.session.shape.detail.shape.kind.options).toEqual(kindsOf.session);
  });
});
