import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../web/lib/problem.ts';

const auth = vi.hoisted(() => ({ signInInWindow: vi.fn(), onSignedOut: vi.fn() }));
vi.mock('../../../web/lib/auth.ts', () => auth);

type StepUp = typeof import('../../../web/lib/step-up.ts');
let stepUp: StepUp;

beforeEach(async () => {
  vi.resetAllMocks();
  vi.resetModules();
  stepUp = await import('../../../web/lib/step-up.ts');
});

const refusal = (evidence: Problem['evidence'], detail = 'Sign in again.') =>
  new Problem({
    status: 401,
    code: 'insufficient-user-authentication',
    title: '',
    detail,
    evidence,
    correlationId: '',
  });
const levels = ['urn:gold', 'urn:platinum'];

describe('the provider is asked', () => {
  it.each<[string, Problem['evidence'], object]>([
    [
      'for a new sign-in, where it is too old',
      { maxAgeSeconds: 900, acr: [], amr: [], missing: ['maxAge'] },
      { max_age: 900, prompt: 'login' },
    ],
    [
      'for a level, and for nothing that the person has done already',
      { maxAgeSeconds: 900, acr: levels, amr: [], missing: ['acr'] },
      { max_age: 900, acr_values: 'urn:gold urn:platinum' },
    ],
    [
      'to begin anew where a method is missing, for which there is no word',
      { maxAgeSeconds: null, acr: [], amr: ['mfa'], missing: ['amr'] },
      { prompt: 'login' },
    ],
    ['for no more than it knows', {}, {}],
  ])('%s', async (_what, evidence, wish) => {
    auth.signInInWindow.mockResolvedValue(true);
    const confirmed = stepUp.confirmIdentity(refusal(evidence));
    await stepUp.signInForChallenge();
    expect(auth.signInInWindow).toHaveBeenCalledWith({ ...wish, popupSignal: expect.any(AbortSignal) });
    expect(await confirmed).toBe(true);
  });
});

it('nothing is opened before the person says so, and nothing where nothing is asked', async () => {
  await stepUp.signInForChallenge();
  void stepUp.confirmIdentity(refusal({}));
  expect(auth.signInInWindow).not.toHaveBeenCalled();
});

it('somebody else who signs in confirms nothing', async () => {
  auth.signInInWindow.mockResolvedValue(false);
  const confirmed = stepUp.confirmIdentity(refusal({}));
  await stepUp.signInForChallenge();
  expect(await confirmed).toBe(false);
});

it('who would rather not closes the window, and what comes back from it later counts for nothing', async () => {
  const window = Promise.withResolvers<boolean>();
  auth.signInInWindow.mockReturnValue(window.promise);
  const confirmed = stepUp.confirmIdentity(refusal({}));
  const signingIn = stepUp.signInForChallenge();
  stepUp.giveUpChallenge();
  expect(await confirmed).toBe(false);
  expect(auth.signInInWindow.mock.calls[0]?.[0].popupSignal.aborted).toBe(true);
  const next = stepUp.confirmIdentity(refusal({}));
  window.resolve(true);
  await signingIn;
  stepUp.giveUpChallenge();
  expect(await next).toBe(false);
});

it('a window that was closed unseen can be opened again', async () => {
  auth.signInInWindow.mockReturnValueOnce(new Promise(() => undefined)).mockResolvedValueOnce(true);
  const confirmed = stepUp.confirmIdentity(refusal({}));
  void stepUp.signInForChallenge();
  await stepUp.signInForChallenge();
  expect(auth.signInInWindow.mock.calls[0]?.[0].popupSignal.aborted).toBe(true);
  expect(await confirmed).toBe(true);
});

it('a failure leaves the question open', async () => {
  auth.signInInWindow.mockRejectedValueOnce(new TypeError('no network')).mockResolvedValueOnce(true);
  const confirmed = stepUp.confirmIdentity(refusal({}));
  await stepUp.signInForChallenge();
  await stepUp.signInForChallenge();
  expect(await confirmed).toBe(true);
});

it('one new sign-in helps every call that waits for the same, and others are asked afterwards', async () => {
  auth.signInInWindow.mockResolvedValue(true);
  const [one, same, other] = [refusal({}), refusal({}), refusal({}, 'Sign in otherwise.')];
  const answers = [one, same, other].map((problem) => stepUp.confirmIdentity(problem));
  await stepUp.signInForChallenge();
  expect(await Promise.all(answers.slice(0, 2))).toEqual([true, true]);
  await vi.waitFor(() => stepUp.signInForChallenge());
  expect(auth.signInInWindow).toHaveBeenCalledTimes(2);
  expect(await answers[2]).toBe(true);
});

it('signing out ends it', async () => {
  const confirmed = stepUp.confirmIdentity(refusal({}));
  for (const [listener] of auth.onSignedOut.mock.calls) listener();
  expect(await confirmed).toBe(false);
});
