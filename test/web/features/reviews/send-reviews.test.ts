import { describe, expect, test } from 'vitest';
import type { RequestView } from '../../../../api/contract.ts';
import {
  type Decided,
  type Outcomes,
  type SendOne,
  sendReviews,
} from '../../../../web/features/reviews/send-reviews.ts';
import { offline, Problem } from '../../../../web/lib/problem.ts';
import { requestView } from '../../request-view.ts';

const [one, two, three] = ['one', 'two', 'three'].map((id) => requestView({ id }));
const requests = [one, two, three].filter((request) => request !== undefined);
const decided: Decided = { requests, decision: 'approve', comment: 'Fine.' };

function refusal(status: number, code: string): Problem {
  return new Problem({ status, code, title: '', detail: '', evidence: {}, correlationId: '' });
}

/** Answers each request by what is given for it, else lets it through; keeps what was asked. */
function server(answers: Record<string, Problem>) {
  const asked: string[] = [];
  const send: SendOne = async (request) => {
    asked.push(request.id);
    const problem = answers[request.id];
    if (problem) throw problem;
    return { ...request, status: 'active' };
  };
  return { asked, send };
}

const statesOf = (outcomes: Outcomes) =>
  Object.fromEntries([...outcomes].map(([id, { state }]) => [id, state]));

async function run(send: SendOne, before: Outcomes = new Map()) {
  const seen: Outcomes[] = [];
  const stoppedBy = await sendReviews(decided, before, (outcomes) => seen.push(outcomes), send);
  return { stoppedBy, seen, last: seen.at(-1) ?? before };
}

describe('one decision for several requests', () => {
  test('is sent for one after the other, and each outcome is told as it comes', async () => {
    const { asked, send } = server({});
    const { stoppedBy, seen } = await run(send);
    expect(stoppedBy).toBeNull();
    expect(asked).toEqual(['one', 'two', 'three']);
    expect(seen.map(statesOf)).toEqual([
      { one: 'sending' },
      { one: 'done' },
      { one: 'done', two: 'sending' },
      { one: 'done', two: 'done' },
      { one: 'done', two: 'done', three: 'sending' },
      { one: 'done', two: 'done', three: 'done' },
    ]);
  });

  test.each([
    [409, 'conflict'],
    [422, 'wrong-status'],
    [403, 'own-request'],
    [404, 'not-found'],
  ])('goes on where one is refused (%i %s)', async (status, code) => {
    const problem = refusal(status, code);
    const { asked, send } = server({ two: problem });
    const { stoppedBy, last } = await run(send);
    expect(stoppedBy).toBeNull();
    expect(asked).toEqual(['one', 'two', 'three']);
    expect(statesOf(last)).toEqual({ one: 'done', two: 'refused', three: 'done' });
    expect(last.get('two')).toEqual({ state: 'refused', problem });
  });

  test.each([
    ['no answer', offline()],
    ['a server that is not available', refusal(503, 'unavailable')],
    ['too many calls', refusal(429, 'throttled')],
    ['a person who would rather not sign in again', refusal(401, 'insufficient-user-authentication')],
    ['a new sign-in that is not enough', refusal(401, 'sign-in-not-enough')],
  ])('stops at %s, and goes on with what is left', async (_name, problem) => {
    const first = server({ two: problem });
    const stopped = await run(first.send);
    expect(stopped.stoppedBy).toBe(problem);
    expect(first.asked).toEqual(['one', 'two']);
    expect(statesOf(stopped.last)).toEqual({ one: 'done' });
    const second = server({});
    const resumed = await run(second.send, stopped.last);
    expect(resumed.stoppedBy).toBeNull();
    expect(second.asked).toEqual(['two', 'three']);
    expect(statesOf(resumed.last)).toEqual({ one: 'done', two: 'done', three: 'done' });
  });

  test('what each call made of its request is what is told', async () => {
    const { send } = server({});
    const { last } = await run(send);
    const active = (request: RequestView) => ({ state: 'done', request: { ...request, status: 'active' } });
    expect([...last.values()]).toEqual(requests.map(active));
  });
});
